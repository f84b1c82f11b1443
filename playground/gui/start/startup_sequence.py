"""From an empty window to the program: after the first paint, imports the remaining modules and creates the parts."""

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

# Modules of the program, in portions that each block the window only briefly.
_MODULES = ("playground.gui.window.toolbar", "playground.gui.stack.view", "playground.gui.start.program")


class StartupSequence(QObject):
    """Shows the window, and creates the program after the first paint."""

    def __init__(self, shell: WindowShell, log_folder: Path, path: Path | None) -> None:
        """`path` is a file to open, or None."""
        super().__init__()
        self.program: Program | None = None
        self.error: Exception | None = None  # the error that prevented the program
        self._shell, self._log_folder = shell, log_folder
        self._path = path.absolute() if path else None
        self._reader_wanted = False
        self._first: Description | None = None  # contents of the file
        self._refusal: Message | None = None  # reason why the file cannot be shown
        self._portions = ChunkedWork(self._open(), shell.background, self)
        shell.window.painted.connect(self._portions.start)
        shell.window.closing.connect(shell.window.allow_close)  # there is nothing to save yet

    def start(self) -> None:
        """Show the window; all else follows its first paint."""
        if self._shell.settings.first_start and self._path is None:
            self._welcome()
        self._shell.settings.note_start()
        self._shell.window.show()

    def leave(self) -> None:
        """Close the window without a question; unsaved changes are kept for recovery at the next start."""
        if self.program is not None:
            self.program.recovery.keep()
        self._shell.window.allow_close()

    def close(self, within: int | None = None) -> bool:
        """Shut down everything that was started; see `ended`."""
        self._portions.stop()
        return (self.program or self._shell).close(within)

    def _welcome(self) -> None:
        """On the first start without a file, show a hint."""
        self._shell.window.messages.show_message(
            "hint",
            "hint",
            self.tr("Press Train to watch this network learn, or open the trained reader and draw a digit."),
            [(self.tr("Open the reader"), self._open_reader)],
        )

    def _open_reader(self) -> None:
        """Open the trained reader, now or as soon as the program exists."""
        if self.program is None:
            self._reader_wanted = True
        else:
            self.program.open_reader()

    def _import_spec(self) -> None:
        """Import components and read what is shown first, so that the window's thread finds them ready."""
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
        """Import the program's modules, and create it."""
        window = self._shell.window
        try:
            yield self._import_spec
            for name in _MODULES:
                import_module(name)
                yield None
            from playground.gui.start.program import Program

            window.closing.disconnect(window.allow_close)
            self.program = Program(self._shell, self._log_folder, first=self._first)
        except Exception as error:  # the window is useless without the program; the caller reports the error
            self.error = error
            window.allow_close()
        else:
            self.program.begin(self._path, self._first or self._refusal)  # already shown, unless closed meanwhile
            if self._reader_wanted:
                self.program.open_reader()
