"""Colours, icons, labels, dialogs and translation: how everything in the window looks and is worded."""
