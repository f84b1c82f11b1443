"""Shows a download in a terminal: a bar with the amount, the speed and the remaining time."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from playground.engine.data.download.fetch import Fetch
from playground.spec.data.dataset import Dataset


def fetch(data: type[Dataset], source: Path | None, console: Console) -> None:
    """Download missing files, or copy them from `source`; a download stopped with Ctrl+C can be continued later.

    Raises:
        PlaygroundError: it failed; the message gives the reason.
    """
    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    moves = console.is_terminal  # a log has no use for a bar
    with Progress(TextColumn("{task.description}"), *columns, console=console, disable=not moves) as bar:
        fetching = Fetch(data, source, progress=lambda done: bar.update(task, completed=done))
        task = bar.add_task(data.label, total=fetching.total)
        fetching.run()
