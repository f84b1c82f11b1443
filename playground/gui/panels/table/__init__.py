"""The panel for tables: a slider or a choice for each column, and what the network says of such a row."""
