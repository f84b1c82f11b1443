"""Colours, icons, labels, dialogs and translation: shared appearance and wording of the window."""
