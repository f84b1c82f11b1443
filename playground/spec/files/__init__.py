"""Files of experiments and networks, the presets, and reading and writing that all files share."""
