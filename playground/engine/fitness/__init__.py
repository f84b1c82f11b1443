"""Whether a trained network is fit to deploy: its score, calibration, robustness, speed, and what would mend them."""
