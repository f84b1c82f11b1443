"""The panel in which the user draws a digit and the network classifies it."""
