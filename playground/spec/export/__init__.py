"""Writes an experiment as a PyTorch program that runs without Playground."""
