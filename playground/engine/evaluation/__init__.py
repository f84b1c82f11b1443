"""Evaluation of a network: loss, scores, baseline, and the texts that report them."""
