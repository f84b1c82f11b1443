"""The drawing pad: takes strokes and pictures, and turns them into the pixels that a network sees."""
