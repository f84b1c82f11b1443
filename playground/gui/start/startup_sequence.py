"""From an empty window to the program in it: what the first paint did not wait for is imported, then made."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from playground.gui.start.chunked_work import ChunkedWork, Portion
from playground.gui.start.window_shell import WindowShell
from playground.spec.messages import Message, PlaygroundError

if TYPE_CHECKING:
    from playground.engine.network_description import Description
    from playground.gui.start.program import Program

# What the program imports, in portions of which none keeps the window from answering for long.
_MODULES = ("playground.gui.window.toolbar", "playground.gui.stack.view", "playground.gui.start.program")


class StartupSequence(QObject):
    """Shows the shell of the window, and makes the program in it once it has been painted."""

    def __init__(self, shell: WindowShell, log_folder: Path, path: Path | None) -> None:
        """`path` is a file to be opened, or None."""
        super().__init__()
        self.program: Program | None = None
        self.error: Exception | None = None  # why there is none
        self._shell, self._log_folder = shell, log_folder
        self._path = path.absolute() if path else None
        self._reader_wanted = False
        self._first: Description | None = None  # what the file says
        self._refusal: Message | None = None  # why nothing of it can be shown
        self._portions = ChunkedWork(self._open(), shell.background, self)
        shell.window.painted.connect(self._portions.start)
        shell.window.closing.connect(shell.window.allow_close)  # there is nothing to save yet

    def start(self) -> None:
        """Show the window; all else follows its first paint."""
        if self._shell.settings.first_start and self._path is None:
            self._welcome()
        self._shell.settings.note_start()
        self._shell.window.show()

    def close(self, within: int | None = None) -> bool:
        """End what has begun, and wait for it; see `ended`."""
        self._portions.stop()
        return (self.program or self._shell).close(within)

    def _welcome(self) -> None:
        """Tell who is here for the first time, and came without a file, where to begin."""
        self._shell.window.messages.show_message(
            "hint",
            "hint",
            self.tr("Press Train to watch this network learn, or open the trained reader and draw a digit."),
            [(self.tr("Open the reader"), self._open_reader)],
        )

    def _open_reader(self) -> None:
        """Open the trained reader, now or as soon as there is a program to open it in."""
        if self.program is None:
            self._reader_wanted = True
        else:
            self.program.open_reader()

    def _import_spec(self) -> None:
        """Import what can be chosen and read what is shown first, so that the window's thread finds it ready."""
        from playground.engine.network_description import read_description
        from playground.spec.check.problems import check
        from playground.spec.files.file_kind import becomes_data
        from playground.spec.files.network_file import holds_bare_weights
        from playground.spec.files.presets import FIRST, preset

        if self._path is not None and not becomes_data(self._path) and not holds_bare_weights(self._path):
            try:
                self._first = read_description(self._path)
            except PlaygroundError as error:
                self._refusal = error.message
        check(self._first.experiment if self._first else preset(FIRST).experiment)

    def _open(self) -> Iterator[Portion]:
        """Import what the program needs, and make it."""
        window = self._shell.window
        try:
            yield self._import_spec
            for name in _MODULES:
                import_module(name)
                yield None
            from playground.gui.start.program import Program

            window.closing.disconnect(window.allow_close)
            self.program = Program(self._shell, self._log_folder, first=self._first)
        except Exception as error:  # without the program the window is of no use; whoever opened it tells why
            self.error = error
            window.allow_close()
        else:
            self.program.begin(self._path, self._first or self._refusal)  # shown it is, unless it was closed already
            if self._reader_wanted:
                self.program.open_reader()
