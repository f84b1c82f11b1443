"""Loss and score of a run over the epochs: the recorded history, the figures computed from it, and the panel."""
