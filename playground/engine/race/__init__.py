"""Races: several experiments trained in turn on the same data with the same budget."""
