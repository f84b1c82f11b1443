"""Brings files from the network onto this machine, and believes neither the network nor the server."""
