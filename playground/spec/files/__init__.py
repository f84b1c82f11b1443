"""Files of experiments and networks, the presets, and what all files have in common."""
