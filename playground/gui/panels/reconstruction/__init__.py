"""Where a person draws a digit, sees it painted again, and paints digits from the middle of the network."""
