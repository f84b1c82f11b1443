"""The recipe in one row below the toolbar."""
