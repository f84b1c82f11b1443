"""Predictions of a trained network for images, points of the plane, and texts."""
