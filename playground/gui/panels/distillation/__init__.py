"""Where a person draws a digit, and what the teacher and its pupil read in it, side by side."""
