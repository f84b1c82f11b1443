"""Searches: studies of Optuna whose trials are runs, trained in processes of their own."""
