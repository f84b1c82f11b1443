"""The command line: the way into the window, and the same engine without a screen."""
