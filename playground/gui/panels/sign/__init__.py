"""The panel for networks that learn from one's own drawings: a pad for signs with the labels of the collection."""
