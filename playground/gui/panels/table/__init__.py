"""The panel for tables: a slider or a choice per column, and the prediction for the resulting row."""
