"""The stack of layers in the middle of the window, and the palette from which it is filled."""
