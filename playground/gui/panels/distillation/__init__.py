"""The panel in which the user draws a digit, and teacher and student classify it side by side."""
