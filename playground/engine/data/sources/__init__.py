"""Readers of data sets, one module each, which verify all files before use."""
