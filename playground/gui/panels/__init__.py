"""The panels on the right, one per kind of data: the user draws, types or points, and the network answers."""
