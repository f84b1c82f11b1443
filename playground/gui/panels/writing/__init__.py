"""The panel for networks that write."""
