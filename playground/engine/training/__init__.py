"""Training: the trainer, its step, the recorded step, and what watches a run."""
