"""The panels at the right, one for each kind of data: a person draws, types or points, and the network answers."""
