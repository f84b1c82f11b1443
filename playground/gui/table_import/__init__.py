"""The view in which a person sees how a table is read, and decides otherwise."""
