"""The stack of layers in the middle of the window, and the palette of layers to insert."""
