"""Weights that another program wrote: read from its files, and fitted to the layers of a stack."""
