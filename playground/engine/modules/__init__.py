"""Modules that torch does not have; exported programs copy them from here."""
