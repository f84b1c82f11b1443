"""The recipe and its components: optimizers, losses, schedules, regularizers and augmentations."""
