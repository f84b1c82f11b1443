"""Opens the dialog “Serve”, and serves the trained network of the window in a process of its own."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import shiboken6
from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from playground.engine.training.snapshots import Figures
from playground.gui.session.background import Background
from playground.gui.session.thread_shutdown import Thread
from playground.gui.session.worker_mailbox import Weights
from playground.gui.start.process_folder import process_folder
from playground.gui.start.program_parts import ProgramParts
from playground.gui.style.action import allow, untrained
from playground.gui.window.menus.file import FileMenu
from playground.spec.files.file_kind import NETWORK_SUFFIX
from playground.spec.files.storage import FileError
from playground.spec.messages import Message, message

if TYPE_CHECKING:
    from playground.engine.service.example_request import ExampleRequest
    from playground.gui.session.service_process import ServiceProcess, Wish
    from playground.gui.window.serve_dialog import ServeDialog
    from playground.gui.window.served_requests import ServedRequests

_TOKEN = 24  # random bytes
_EARLIER = message("An earlier moment of the run is shown. Show the latest network, and serve it then.")


class _Copy(NamedTuple):
    """A network that was written for the service."""

    weights: Weights
    name: str  # in addresses
    example: ExampleRequest
    example_file: Path
    header_file: Path  # that holds the token
    file: Path


class ProgramServing(QObject):
    """Owns one service for all dialogs; it serves the copy of the network that a button wrote last."""

    def __init__(self, program: ProgramParts) -> None:
        super().__init__(program)
        self._program = program
        self.dialog: ServeDialog | None = None
        self.service: ServiceProcess | None = None
        self.requests: ServedRequests | None = None
        self._background: Background | None = None  # a large network takes a while to be written
        self._folder: TemporaryDirectory[str] | None = None
        self._action: QAction | None = None
        self._served: _Copy | None = None
        self._asked: tuple[int, bool] | None = None  # the port, and whether other machines may ask
        self._preparing = False  # whether a network is being written to be served
        self._updating = False  # whether a newer network was asked for that does not answer yet
        self._other_run = False  # whether another run has begun since
        self._problem: Message | None = None  # why a copy could not be made
        run, document = program.run, program.document
        for signal in (run.weights_changed, run.past_changed, document.changed):
            signal.connect(self._follow)
        for signal in (run.began, run.opened):
            signal.connect(self._note_other_run)

    @property
    def threads(self) -> tuple[Thread, ...]:
        """The threads that end with the window."""
        return (*([self.service] if self.service else []), *([self._background] if self._background else []))

    def follow(self, menu: FileMenu) -> None:
        """Open the dialog from a menu."""
        self._action = menu.serve
        menu.serve.triggered.connect(self.open)
        self._follow()

    @Slot()
    def open(self) -> None:
        """Show the dialog, with the service that goes on if there is one."""
        from playground.gui.window.serve_dialog import ServeDialog

        _, requests = self._made()
        if self.dialog is None or not shiboken6.isValid(self.dialog):
            self.dialog = ServeDialog(requests, self._program.window)
            self.dialog.serve_requested.connect(self.serve)
            self.dialog.stop_requested.connect(self.stop)
            self.dialog.latest_requested.connect(self.serve_latest)
            self.dialog.finished.connect(self._remind)
            if self._asked is not None:
                port, network = self._asked
                self.dialog.place.choose(port, network=network)
        self._show()
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    @Slot(int, bool)
    def serve(self, port: int, network: bool) -> None:
        """Serve the network as it is now, at a port of this machine; 0 takes a free one.

        network: whether other machines may ask, with a token that is made for it. Without it, a service that they reach
        is ended at once, also where no other can begin.
        """
        self._asked = port, network
        if not network and self._exposed:
            self.stop()
        self._preparing = True
        self._write(self._begin)
        self._show()

    @Slot()
    def serve_latest(self) -> None:
        """Let the network as it is now answer in place of the one that is served, under the same address."""
        self._updating = True
        self._write(self._exchange)
        self._show()

    @Slot()
    def stop(self) -> None:
        """End the service, once requests that have begun are answered."""
        self._preparing, self._problem = False, None
        if self.service is not None:
            self.service.stop()
        self._show()

    def remove_files(self) -> None:
        """Remove what was written for the service, which has ended."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _made(self) -> tuple[ServiceProcess, ServedRequests]:
        """The parts that only a program that serves needs."""
        from playground.gui.session.service_process import ServiceProcess
        from playground.gui.window.served_requests import ServedRequests

        if self.service is None or self.requests is None:
            self.requests = ServedRequests(self)
            self.service = ServiceProcess(self)
            self.service.answered.connect(self.requests.add)
            self.service.changed.connect(self._follow_service)
        return self.service, self.requests

    def _write(self, go_on: Callable[[_Copy], None]) -> None:
        """Write a copy of the network, then go on with it."""
        run = self._program.run
        weights, self._problem = run.weights, None
        if weights is None or not run.can_be_asked or run.past is not None:
            missing = message("There is no trained network.")
            self._fail(missing if run.past is None else _EARLIER)
            return
        if self._folder is None:
            try:
                self._folder = process_folder("serve")
            except FileError as error:
                self._fail(error.message)
                return
        if self._background is None:
            self._background = Background(self)
        self._other_run = False
        job = self._background.do(_work(weights, run.shown_figures, Path(self._folder.name)))
        job.done.connect(go_on)
        job.failed.connect(self._fail)

    def _begin(self, copy: _Copy) -> None:
        from playground.gui.session.service_process import Wish

        if not self._preparing or self._asked is None:  # stopped meanwhile
            return
        port, network = self._asked
        token = secrets.token_urlsafe(_TOKEN) if network else ""
        self._start(copy, Wish(copy.name, copy.file, port, token))

    def _start(self, copy: _Copy, wish: Wish) -> None:
        from playground.engine.service.example_request import write_header

        try:
            write_header(copy.header_file, wish.token)
        except OSError as error:
            self._fail(message("The service could not be started: {why}.", why=error.strerror or str(error)))
            return
        self._served, self._preparing, self._updating = copy, False, False
        service, _ = self._made()
        service.serve(wish)

    def _exchange(self, copy: _Copy) -> None:
        """The service sees that the file has changed; another name needs another service."""
        wish = self.service.wish if self.service is not None else None
        if wish is None:  # stopped meanwhile
            return
        if wish.name == copy.name:
            self._served = copy
        else:
            self._start(copy, replace(wish, name=copy.name, file=copy.file))
        self._show()

    @Slot(object)
    def _fail(self, problem: Message) -> None:
        self._problem, self._preparing, self._updating = problem, False, False
        self._show()

    @Slot()
    def _follow_service(self) -> None:
        """Note that the latest network answers now."""
        from playground.gui.session.service_process import Phase

        assert self.service is not None
        if self._served is not None and self.service.step == self._served.weights.step:
            self._updating = False
        if self.service.phase in (Phase.STARTING, Phase.STOPPED, Phase.FAILED):
            self._updating = False
        if self.service.phase in (Phase.STARTING, Phase.FAILED):
            self._problem = None
        self._follow()

    @Slot()
    def _note_other_run(self) -> None:
        self._other_run = True

    @Slot()
    def _follow(self) -> None:
        if self._action is not None:
            serving = self.service is not None and self.service.running
            allow(self._action, serving or self._program.run.can_be_asked, untrained())
        self._show()

    @property
    def _exposed(self) -> bool:
        """Whether other machines reach the service."""
        wish = self.service.wish if self.service is not None else None
        return wish is not None and bool(wish.token)

    def _latest(self) -> int | None:
        """The step of a network that could be served instead of the one that is."""
        run, served = self._program.run, self._served
        weights = run.weights
        if weights is None or served is None or run.past is not None or not run.can_be_asked:
            return None
        same = weights.step == served.weights.step and weights.experiment.stack == served.weights.experiment.stack
        return None if same and not self._other_run else weights.step

    def _show(self) -> None:
        if self.dialog is None or not shiboken6.isValid(self.dialog) or self.service is None:
            return
        from playground.engine.service.example_request import curl_line
        from playground.gui.session.service_process import Phase
        from playground.gui.window.serve_dialog import ServeView
        from playground.gui.window.serve_place import NOWHERE, Address

        service, served, address, wish = self.service, self._served, NOWHERE, self.service.wish
        if service.phase is Phase.SERVING and served is not None and wish is not None:
            header = served.header_file if wish.token else None
            command = curl_line(served.example, service.place, served.example_file, header)
            address = Address(service.place, wish.token, command)
        phase = Phase.STARTING if self._preparing else service.phase
        if self._problem is not None and not service.running:
            phase = Phase.FAILED
        view = ServeView(
            phase,
            self._problem or service.problem,
            served.weights.experiment.name if served else "",
            service.step,
            self._latest(),
            self._updating,
            address,
            self._program.run.can_be_asked,
            None if wish is None else bool(wish.token),
        )
        self.dialog.show_view(view)

    @Slot()
    def _remind(self) -> None:
        """Say that the service goes on without its dialog."""
        if self.service is not None and self.service.running and self.service.place:
            words = message("The network is still served at {place}: File ▸ Serve… stops it.", place=self.service.place)
            self._program.notifications.tell(words)


def _work(weights: Weights, figures: Figures, folder: Path) -> Callable[[], _Copy]:
    """The work for the background thread."""

    def written() -> _Copy:
        from playground.engine.service.example_request import example_request
        from playground.engine.service.variants import address_name
        from playground.engine.weights import save_weights

        name = address_name(weights.experiment.name)
        file = folder / f"{name}{NETWORK_SUFFIX}"
        origin = (weights.scaling, weights.provenance)
        save_weights(file, weights.experiment, weights.tensors, figures, None, None, *origin)
        example = example_request(weights.experiment, name, weights.scaling)
        example_file = folder / f"example{example.suffix}"
        example_file.write_bytes(example.body)
        return _Copy(weights, name, example, example_file, folder / "authorization.txt", file)

    return written
