"""Answers of a trained network for new data in files, one kind of data in each module."""
