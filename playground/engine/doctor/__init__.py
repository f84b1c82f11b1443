"""Watches a run and says in one sentence what is wrong with it, with the figure that shows it and a fix."""
