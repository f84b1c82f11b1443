"""The panel for networks that classify texts."""
