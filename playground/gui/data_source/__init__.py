"""Where data comes from: downloads, files and folders of a person, and what was left out of them."""
