"""The panel for pictures that are not drawn: drop one, and see what the network takes it for."""
