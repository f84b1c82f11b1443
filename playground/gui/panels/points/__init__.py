"""The panel for points in the plane: a live map of the network's output at every point."""
