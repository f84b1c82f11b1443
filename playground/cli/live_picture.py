"""A picture at the end of a terminal that is redrawn in place, below the lines that stay."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from playground.spec.messages import printable

REDRAW = 0.125  # seconds between two updates


class LivePicture:
    """Where the output is no terminal, nothing is drawn, and lines are written as they are."""

    def __init__(self, console: Console, period: float = REDRAW) -> None:
        """period: seconds between two updates, at least."""
        self._console, self._period = console, period
        self._drawn = 0.0
        moves = console.is_terminal and not console.is_dumb_terminal
        self._live = Live(console=console, auto_refresh=False, transient=True) if moves else None
        if self._live:
            self._live.start()

    def draw(self, picture: Callable[[], RenderableType]) -> None:
        """Draw what `picture` makes, unless something was drawn a moment ago."""
        if self._live and time.monotonic() - self._drawn > self._period:
            self._live.update(picture(), refresh=True)
            self._drawn = time.monotonic()

    def print(self, line: object) -> None:
        """Print a line above the picture; escape sequences in text from files are made harmless."""
        self._console.print(Text(printable(str(line), kept="\n\t")), soft_wrap=True)
        self._console.file.flush()

    def close(self) -> None:
        """Remove the picture."""
        if self._live:
            self._live.update("", refresh=True)
            self._live.stop()
            self._live = None
