"""`playground serve`: trained networks behind HTTP."""

from __future__ import annotations

import argparse
import os
import socket
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from playground.cli.arguments import ensure_between, number, trained_file
from playground.cli.named_network import is_file, trained_network
from playground.cli.serve_events import Events
from playground.cli.wrong_use import WrongUse
from playground.spec.files.file_kind import NETWORK_SUFFIX
from playground.spec.messages import PlaygroundError, message, tr_noop
from playground.standard_streams import DONE, complain, put

if TYPE_CHECKING:
    from playground.engine.service.variants import Variants

_NETWORKS = (
    "file of a trained network, a trained preset such as reader, or a stored run: its id, or “last”; NAME=FILE gives"
    " it another name, and NAME=FILE,FILE:0.1 sends a tenth of the requests to the second"
)
_TOKEN = (
    "file that holds the token which clients send; the environment variable PLAYGROUND_TOKEN does the same. A token on"
    " the command line would be seen by all users of the machine"
)
_EVENTS = (
    "for a program that starts the service: write where it listens and every request as JSON, an object a line, and"
    " end when the standard input ends"
)
_INSTALL = "pip install playground[serve]"
_SHORTEST_TOKEN = 16  # characters


def takes_service(serve: argparse.ArgumentParser) -> None:
    """Declare the options of `serve`."""
    serve.add_argument("networks", metavar="[NAME=]NETWORK", nargs="+", help=_NETWORKS)
    serve.add_argument("--host", default="127.0.0.1", help="address to listen at: of this machine alone, by default")
    serve.add_argument("--port", type=number("--port", int), default=8000, help="8000 by default; 0 takes a free one")
    serve.add_argument(
        "--workers", type=number("--workers", int), default=1, metavar="N", help="processes that answer, 1 by default"
    )
    serve.add_argument("--token-file", type=Path, metavar="FILE", help=_TOKEN)
    serve.add_argument("--events", action="store_true", help=_EVENTS)


def serve_command(args: argparse.Namespace) -> int:
    """Serve until the process is told to end; return the exit code.

    Raises:
        WrongUse: an option is out of bounds, or an address of the network has no token.
        PlaygroundError: a network cannot be read, the port is taken, or the libraries of the extra `serve` are missing.
    """
    ensure_between("--port", args.port, 0, 65_535)
    ensure_between("--workers", args.workers, 1, 64)
    if args.events and args.workers > 1:
        raise WrongUse(message("--events tells what one process does: leave out --workers."))
    events = Events() if args.events else None
    try:
        return _serve(args, events)
    except PlaygroundError as error:
        if events:
            events.tell_failure(error.message)
        raise


def _serve(args: argparse.Namespace, events: Events | None) -> int:
    """Serve; see `serve_command`.

    A port that is taken is said before torch is imported and networks are read; clients that come meanwhile wait.
    """
    try:
        import uvicorn  # noqa: F401  whether it is there

        from playground.engine.service.guards import LOOPBACK
        from playground.engine.service.variants import served_names
    except ModuleNotFoundError as error:
        raise _lacking() from error
    token = _token(args.token_file)
    if args.host not in LOOPBACK:
        _warn_of_network(args.host, token)
    with TemporaryDirectory() as folder:
        files = served_names(args.networks, lambda word: _file(word, Path(folder)))
        with _listening(args.host, args.port) as found:
            _run(args, events, files, found, token)
    return DONE


def _file(word: str, folder: Path) -> Path:
    """The file of a network; of a stored run, whose checkpoints come and go, a copy in a folder.

    Raises:
        WrongUse: there is no such network.
        PlaygroundError: it cannot be read.
    """
    if is_file(word):
        return trained_file(word)
    from playground.engine.weights import save_weights

    trained, copy = trained_network(word), folder / f"{word}{NETWORK_SUFFIX}"
    origin = (trained.run, trained.scaling, trained.provenance)
    save_weights(copy, trained.experiment, trained.network.state_dict(), trained.figures, None, *origin)
    return copy


def _run(
    args: argparse.Namespace, events: Events | None, files: Variants, found: socket.socket, token: str | None
) -> None:
    """Read the networks, and answer what comes to a socket, until the process is told to end."""
    try:
        import uvicorn

        from playground.engine.service import TOKEN
        from playground.engine.service.metrics import FOLDER
        from playground.engine.service.reporter import Reporter
        from playground.engine.service.server import Supervisor, config, from_environment, publish
    except ModuleNotFoundError as error:
        raise _lacking() from error
    publish(files, args.host)
    if token is not None:
        os.environ[TOKEN] = token
    app = from_environment(Reporter(events.write) if events else None)  # also to say first what cannot be served
    settings = config(
        app if args.workers == 1 else "playground.engine.service.server:from_environment",
        args.host,
        args.port,
        args.workers,
    )
    if not events:
        put(_address(found, list(files)))
    with suppress(KeyboardInterrupt):  # all requests have been answered by then
        if events:
            events.serve(uvicorn.Server(settings), found, app.state.steps)
        elif args.workers == 1:
            uvicorn.Server(settings).run(sockets=[found])
        else:
            with TemporaryDirectory() as folder:
                os.environ[FOLDER] = folder  # of the processes; this one has no figures
                try:
                    Supervisor(settings, [found]).run()
                finally:
                    del os.environ[FOLDER]


def _lacking() -> PlaygroundError:
    """The error for libraries of the extra that are missing."""
    return PlaygroundError(message("Serving needs further libraries: run “{command}”.", command=_INSTALL))


def _warn_of_network(host: str, token: str | None) -> None:
    """Say what it means to listen at an address of the network.

    Raises:
        WrongUse: there is no token.
    """
    from playground.engine.service import TOKEN

    if token is None:
        words = tr_noop(
            "Whoever reaches {host} could ask the networks: give clients a token, with --token-file or in {variable}."
        )
        raise WrongUse(message(words, host=host, variable=TOKEN))
    words = tr_noop(
        "Whoever reaches {host} and has the token can ask the networks. Tokens and answers are not encrypted."
    )
    complain(message(words, host=host), DONE)


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens: a client may read the address and come at once.

    Raises:
        PlaygroundError: the address cannot be used.
    """
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        words = tr_noop("Port {port} of {host} cannot be used: {why}.")
        why = os.strerror(error.errno) if error.errno else error  # Python's own text names the address again
        raise PlaygroundError(message(words, port=port, host=host, why=why)) from error


def _token(file: Path | None) -> str | None:
    """The token that clients must send.

    Raises:
        WrongUse: it is so short that it can be guessed, or cannot be a header.
    """
    from playground.engine.service import TOKEN
    from playground.spec.files.storage import read_bounded

    given = os.environ.get(TOKEN) if file is None else read_bounded(file, 4096).decode("ascii", "replace")
    if given is None:
        return None
    token = given.strip()
    if len(token) < _SHORTEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
        words = tr_noop("A token has {n} characters or more, without spaces: “openssl rand -hex 32” makes one.")
        raise WrongUse(message(words, n=_SHORTEST_TOKEN))
    return token


def _address(listening: socket.socket, names: list[str]) -> str:
    host, port = listening.getsockname()[:2]
    place = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    return "\n".join(
        [f"Serving at {place}, until Ctrl+C", *(f"  POST {place}/v1/models/{name}/predict" for name in names)]
    )
