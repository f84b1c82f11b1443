"""What a data set declares, and what is known of the data of a person before they are read."""
