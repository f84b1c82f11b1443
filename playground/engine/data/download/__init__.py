"""Downloads files, and trusts neither the network nor the server."""
