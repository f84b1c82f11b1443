"""Where a person draws on a cluttered field, and which pixels the network takes for ink."""
