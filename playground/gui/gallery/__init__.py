"""New from preset: a gallery of experiments to start from."""
