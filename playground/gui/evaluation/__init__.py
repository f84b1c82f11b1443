"""Tabs with the figures of the trained network: confusion, mistakes and trust."""
