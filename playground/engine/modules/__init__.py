"""Modules that torch has no class for; exported programs copy them from here."""
