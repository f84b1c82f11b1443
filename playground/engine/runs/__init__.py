"""Runs on disk: a folder for each, an index over all, and the thread that writes them. Imports no torch."""
