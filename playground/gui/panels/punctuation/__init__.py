"""The panel for networks that restore capitals and punctuation."""
