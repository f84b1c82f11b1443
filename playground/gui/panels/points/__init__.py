"""The panel for points in the plane: a live map of what the network makes of every place."""
