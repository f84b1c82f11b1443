"""New from preset: a gallery of experiments to begin with."""
