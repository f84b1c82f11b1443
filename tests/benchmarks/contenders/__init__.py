"""An epoch of `textbook` as the users of each library would write it: network, batch and optimizer are the same."""
