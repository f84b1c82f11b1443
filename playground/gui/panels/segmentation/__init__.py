"""The panel in which the user draws on a cluttered field, and the network marks the pixels of ink."""
