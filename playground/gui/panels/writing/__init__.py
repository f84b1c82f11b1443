"""The panel for networks that generate text."""
