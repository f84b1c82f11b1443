"""The window in which people collect their own drawings with labels."""
