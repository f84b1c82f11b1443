"""The drawing pad: collects strokes and pictures, and converts them to the pixels of the network's input."""
