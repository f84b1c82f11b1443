"""Everything that can be done, as menus of actions, each with a shortcut."""
