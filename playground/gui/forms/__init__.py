"""Forms generated from what a component declares; adding a component never needs a new editor."""
