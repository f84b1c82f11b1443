"""The window and its widgets. The only floor that knows a screen."""
