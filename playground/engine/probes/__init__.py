"""Reads figures out of a live network without changing it: gradients, updates, activations, and what a batch holds."""
