"""The command line: the way into the window, and the same engine without a screen.

Imports are made where they are needed: only `train` and `read` need torch, which takes seconds to import, and the
window is to be seen before anything is imported that its first paint does not need.
"""

from __future__ import annotations

import argparse
import io
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import get_args

from playground import __version__
from playground.cli.arguments import (
    WrongUse,
    adjusted,
    ensure_folder,
    ensure_here,
    ensure_sound,
    ensure_writable,
    named,
    number,
    problem_line,
)
from playground.cli.inference import read, takes_pictures, takes_prompt, write
from playground.engine.runtime.out_of_memory import as_out_of_memory
from playground.log import keeping_log, log_folder
from playground.spec.devices import Device
from playground.spec.files.storage import shown
from playground.spec.messages import PlaygroundError, message, plural, tr_noop
from playground.standard_streams import DONE, FAILED, WRONG_USE, complain, put, unwritten

IN_WINDOW = "open"  # the command that is meant when none is given

_log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments (those of the process when None) say, and return the exit code.

    Raises:
        SystemExit: help was asked for, or the arguments make no sense, as argparse has it.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a curve must not fail where the terminal has no such letters
    if isinstance(sys.stdout, io.TextIOWrapper):  # argparse passes over it that its words could not be written:
        sys.stdout.reconfigure(write_through=False)  # they wait until they are flushed
    with keeping_log():
        try:
            return _written(_done(list(sys.argv[1:] if arguments is None else arguments)))
        except SystemExit as end:  # help, or arguments that argparse refuses
            raise SystemExit(_written(end.code if isinstance(end.code, int) else DONE)) from None
        except KeyboardInterrupt:
            return _written(complain("Stopped.", FAILED))


def _done(arguments: list[str]) -> int:
    try:
        ensure_folder()
        asked = _parser().parse_args(_with_command(arguments))
        return _obey(asked.run, asked)
    except WrongUse as error:
        return complain(error, WRONG_USE)
    except PlaygroundError as error:
        _log.warning("%s", error, exc_info=True)
        return complain(error, FAILED)


def _written(code: int) -> int:
    """The exit code once all that was printed is written; where that cannot be, why not is said."""
    reason = unwritten()
    if reason is None:
        return code
    return complain(reason, FAILED) if str(reason) else FAILED


def _obey(command: Callable[[argparse.Namespace], int], asked: argparse.Namespace) -> int:
    """Run a command; what nobody foresaw becomes one sentence, and the log keeps the trace."""
    try:
        return command(asked)
    except PlaygroundError:
        raise
    except Exception as error:
        known = as_out_of_memory(error)
        if known is not None:
            raise known from error
        if isinstance(error, OSError) and (reason := unwritten(error)) is not None:
            return complain(reason, FAILED) if str(reason) else FAILED
        words = tr_noop("Something went wrong that should not: {kind}: {error}. The log in {folder} says more.")
        raise PlaygroundError(message(words, kind=type(error).__name__, error=error, folder=log_folder())) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="playground",
        usage="playground [FILE]\n       playground COMMAND …",
        description="Opens the window, with FILE in it; or does one of these without a screen:",
        epilog="Exit codes: 0 done, 1 the work failed, 2 wrong use.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"playground {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands", prog="playground")

    def command(name: str, run: Callable[[argparse.Namespace], int], help: str) -> argparse.ArgumentParser:
        found = commands.add_parser(name, help=help, description=help, allow_abbrev=False)
        found.set_defaults(run=run)
        return found

    def takes_experiment(found: argparse.ArgumentParser) -> None:
        which = "name of a preset (see “playground presets”), or a file"
        found.add_argument("what", metavar="PRESET|FILE", help=which)

    window = command(IN_WINDOW, _open, "open the window; the word may be left out")
    window.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        type=Path,
        help="experiment, trained network, or data: a table, a text, a folder",
    )
    train = command("train", _train, "train a network and test it")
    takes_experiment(train)
    train.add_argument(
        "--epochs", type=number("--epochs", int), metavar="N", help="so many, not as many as the experiment says"
    )
    train.add_argument(
        "--seed", type=number("--seed", int), metavar="N", help="where all chance begins, instead of the experiment's"
    )
    train.add_argument("--device", metavar="D", help=f"what computes: {', '.join(get_args(Device))}")
    train.add_argument("--out", type=Path, metavar="FILE.safetensors", help="write the trained network to this file")
    train.add_argument("--json", action="store_true", help="tell of every epoch and the end in one JSON object a line")
    command("presets", _presets, "list the experiments that come with the program")
    takes_experiment(command("check", _check, "say what keeps an experiment from being trained"))
    takes_experiment(command("code", _code, "print an experiment as a PyTorch program"))
    download = command("download", _download, "download a data set once, or list those there are")
    download.add_argument("data", metavar="DATA", nargs="?", help="its name, such as fashion-mnist; none lists them")
    download.add_argument("--from", type=Path, metavar="PATH", dest="place", help="copy the files that are there")
    takes_pictures(command("read", read, "read digits in pictures with a trained network"))
    takes_prompt(command("write", write, "let a trained network write on behind a prompt"))
    return parser


def _with_command(given: list[str]) -> list[str]:
    """The arguments with the command that is meant by a file, or by nothing at all.

    Raises:
        WrongUse: the first one is neither a command nor a file.
    """
    commands = (IN_WINDOW, "train", "presets", "check", "code", "download", "read", "write")
    if not given:
        return [IN_WINDOW]
    first = given[0]
    if first in commands or first.startswith("-"):
        return given
    if not os.path.exists(first):
        import difflib

        close = difflib.get_close_matches(first, commands, n=1)
        hint = (
            message("Did you mean “playground {command}”?", command=close[0])
            if close
            else message("Try playground --help.")
        )
        raise WrongUse(message("There is no command and no file “{word}”. {hint}", word=shown(first), hint=hint))
    return [IN_WINDOW, *given]


def _open(asked: argparse.Namespace) -> int:
    from playground.gui.start.display_check import NoWindow, ensure_window

    if asked.file is not None and not os.path.exists(asked.file):
        raise WrongUse(message("“{file}” does not exist.", file=shown(asked.file)))
    try:
        ensure_window()
    except NoWindow as error:
        return complain(error, WRONG_USE)
    from playground.gui.start.interrupts import Interrupts

    interrupts = Interrupts()
    from playground.gui.start.app import main as open_window

    return open_window(asked.file, interrupts)


def _presets(_asked: argparse.Namespace) -> int:
    from playground.spec.files.presets import presets

    entries = presets()
    names, titles = (max(len(getattr(entry, name)) for entry in entries) for name in ("id", "title"))
    for entry in entries:
        print(f"{entry.id:{names}}  {entry.title:{titles}}  {entry.expected}")
    return DONE


def _check(asked: argparse.Namespace) -> int:
    from playground.spec.check.problems import check
    from playground.spec.check.shapes import totals, walk
    from playground.spec.number_text import flops_text, parameters_text

    experiment = named(asked.what)
    problems = check(experiment)
    for problem in problems:
        put(problem_line(problem, experiment))
    if problems:
        return FAILED
    sums = totals(walk(experiment.stack, experiment.data.sample_shape))
    units = experiment.data.units[1]
    layers = plural("{count:,} layers", "1 layer", sums.layers)
    cost = f"{flops_text(sums.flops // units)} a {'sample' if units == 1 else 'character'}"
    put(f"{experiment.name}: can be trained. {layers}, {parameters_text(sums.parameters)}, {cost}")
    return DONE


def _code(asked: argparse.Namespace) -> int:
    from playground.spec.export.script import script

    experiment = named(asked.what)
    ensure_sound(experiment)
    program = script(experiment)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # as Python reads programs, whatever else is written here
    print(program, end="")
    return DONE


def _download(asked: argparse.Namespace) -> int:
    import playground.spec.datasets  # noqa: F401  every data set registers itself
    from playground.engine.data.dataset_cache import folders, lacking
    from playground.spec.data.dataset import Dataset
    from playground.spec.number_text import bytes_text

    offered = {data.id.replace("_", "-"): data for data in Dataset.members() if data.remotes}
    if asked.data is None:
        for name, data in offered.items():
            size = bytes_text(sum(remote.size for remote in data.remotes))
            print(f"{name:16}  {size:>9}  {'to be downloaded' if lacking(data) else 'here'}")
        return DONE
    wanted = offered.get(asked.data.replace("_", "-"))
    if wanted is None:
        words = tr_noop("There is no data set “{name}” to be downloaded. There are: {known}.")
        raise WrongUse(message(words, name=shown(asked.data), known=", ".join(offered)))
    if lacking(wanted):
        from rich.console import Console

        from playground.cli.download import fetch

        fetch(wanted, asked.place, Console(file=sys.stderr, highlight=False, markup=False, emoji=False))
    print(f"{wanted.label}: {', '.join(shown(folder) for folder in folders(wanted))}")
    return DONE


def _train(asked: argparse.Namespace) -> int:
    from playground.cli.train import train

    options = {name: getattr(asked, name) for name in ("epochs", "seed", "device")}
    experiment = adjusted(named(asked.what), options)
    ensure_sound(experiment)
    ensure_here(experiment)
    ensure_writable(asked.out)
    train(experiment, asked.out, as_json=asked.json)
    return DONE
