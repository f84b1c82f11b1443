"""Where a person draws a digit, and what the network reads in it."""
