"""The panel in which the user draws a digit, sees its reconstruction, and decodes points of the latent space."""
