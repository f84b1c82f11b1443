"""Training: the trainer, its training step, recorded steps, and monitors of a run."""
