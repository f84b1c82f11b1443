"""The dialog of a race: contestants, budget, curves and table."""
