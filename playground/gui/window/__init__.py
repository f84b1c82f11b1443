"""The window's fixed parts: toolbar, message bar, status bar, menus, and the dialogs about the program."""
