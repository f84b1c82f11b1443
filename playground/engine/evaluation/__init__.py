"""How good a network is: loss, scores, baseline, and what is said of them."""
