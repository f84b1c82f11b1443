"""The panel for pictures that are not drawn: the user drops one, and the network classifies it."""
