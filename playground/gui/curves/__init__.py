"""Loss and score over a run: what was recorded, what of it is drawn, and the panel that draws it."""
