"""What a download looks like in a terminal: a bar with how much has come, how fast, and how long it will take."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from playground.engine.data.download.fetch import Fetch
from playground.spec.data.dataset import Dataset


def fetch(data: type[Dataset], place: Path | None, console: Console) -> None:
    """Download what is lacking, or copy it from `place`; Ctrl+C ends it, and the next time it goes on from there.

    Raises:
        PlaygroundError: it did not come; the message says why.
    """
    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    moves = console.is_terminal  # elsewhere, in a log, a bar says nothing
    with Progress(TextColumn("{task.description}"), *columns, console=console, disable=not moves) as bar:
        fetching = Fetch(data, place, progress=lambda done: bar.update(task, completed=done))
        task = bar.add_task(data.label, total=fetching.total)
        fetching.run()
