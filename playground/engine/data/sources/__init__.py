"""Where data sets come from: a module for each, which believes nothing that it has not verified."""
