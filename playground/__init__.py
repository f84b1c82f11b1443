"""Playground: stack neural-network layers, train them on real data, and watch them learn."""

__version__ = "0.1.0"
