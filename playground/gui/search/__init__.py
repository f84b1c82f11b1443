"""The window of a search: its choices, trials, plots and report."""
