"""The dialog in which a trained network is pruned: what that costs in answers, before anything is changed."""
