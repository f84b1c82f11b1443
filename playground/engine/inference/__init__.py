"""What a trained network answers: for pictures, points of the plane, and texts."""
