"""How settings are written beside the curves."""

from __future__ import annotations


def setting_text(value: float) -> str:
    """A setting such as a learning rate, with the digits it needs."""
    return f"{value:.4g}"
