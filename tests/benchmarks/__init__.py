"""Figures that the program has to reach, each a script of its own; none of them is a test."""
