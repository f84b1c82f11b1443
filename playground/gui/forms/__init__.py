"""Forms generated from the declaration of a component; a new component never needs a new editor."""
