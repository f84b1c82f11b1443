"""The source of the data: downloads, the user's files and folders, and the items skipped in them."""
