"""The page “Fit to deploy”: whether the trained network is, why not, and what mends it."""
