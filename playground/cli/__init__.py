"""The command line: opens the window, or runs the same engine without a screen."""
