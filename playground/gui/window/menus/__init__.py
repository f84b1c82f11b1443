"""All commands as menus of actions, each with a shortcut."""
