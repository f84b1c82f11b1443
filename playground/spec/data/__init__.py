"""The declaration of data sets, and the summaries of a user's own files that experiments store."""
