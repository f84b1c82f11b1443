"""The table of stored runs: find, compare, open and delete them."""
