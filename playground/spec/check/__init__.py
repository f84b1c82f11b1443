"""Checks whether an experiment can be trained: shapes, problems with their fixes, and memory."""
