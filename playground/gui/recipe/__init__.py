"""The recipe in one line under the toolbar."""
