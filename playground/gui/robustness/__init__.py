"""The tab that shows how far pictures may be spoiled before the network fails."""
