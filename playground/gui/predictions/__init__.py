"""The answers of the network for new data in files: a table that is sorted by doubt and saved."""
