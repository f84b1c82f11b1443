"""Trained networks in other formats, each verified by what reads that format before it counts as written."""
