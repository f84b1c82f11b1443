"""Spaces of experiments: ranges in place of values, and limits that a network must keep."""
