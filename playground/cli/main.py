"""The command line: opens the window, or runs the same engine without a screen.

Modules are imported where they are needed: only `train` and `read` need torch, which takes seconds to import, and
the window should appear before anything is imported that its first paint does not need.
"""

from __future__ import annotations

import argparse
import io
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from playground.cli.arguments import ensure_folder, ensure_sound, named, problem_line
from playground.cli.distill_command import distill_command, takes_distillation
from playground.cli.evaluate_command import evaluate_command, takes_evaluation
from playground.cli.export_command import export_command, takes_export
from playground.cli.fitness_command import fitness_command, takes_fitness
from playground.cli.inference import takes_prompt, write
from playground.cli.inspect import inspect, takes_source
from playground.cli.predict import predict, takes_inputs
from playground.cli.prune_command import prune_command, takes_pruning
from playground.cli.quantize_command import quantize_command, takes_quantization
from playground.cli.race_command import race_command, takes_race
from playground.cli.read_pictures import read, takes_pictures
from playground.cli.runs import list_runs, takes_runs
from playground.cli.search_command import search_command, takes_search
from playground.cli.serve_command import serve_command, takes_service
from playground.cli.train_command import takes_training, train_command
from playground.cli.weights_command import takes_weights, weights_command
from playground.cli.wrong_use import WrongUse
from playground.engine.runtime.out_of_memory import as_out_of_memory
from playground.log import keeping_log, log_folder
from playground.spec.files.storage import shown
from playground.spec.messages import PlaygroundError, message, plural, tr_noop
from playground.standard_streams import DONE, FAILED, WRONG_USE, complain, put, unwritten
from playground.version import __version__

IN_WINDOW = "open"  # the command when none is given

_log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command in the arguments (those of the process if None), and return the exit code.

    Raises:
        SystemExit: argparse printed help or rejected the arguments.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a curve must not fail where the terminal lacks its characters
    if isinstance(sys.stdout, io.TextIOWrapper):  # argparse ignores a failed write of its text;
        sys.stdout.reconfigure(write_through=False)  # buffered, the failure shows when it is flushed
    with keeping_log():
        try:
            return _flushed(_dispatch(list(sys.argv[1:] if arguments is None else arguments)))
        except SystemExit as end:  # help, or arguments that argparse rejects
            raise SystemExit(_flushed(end.code if isinstance(end.code, int) else DONE)) from None
        except KeyboardInterrupt:
            return _flushed(complain("Stopped.", FAILED))


def _dispatch(arguments: list[str]) -> int:
    try:
        ensure_folder()
        args = _parser().parse_args(_with_command(arguments))
        return _run(args.run, args)
    except WrongUse as error:
        return complain(error, WRONG_USE)
    except PlaygroundError as error:
        _log.warning("%s", error, exc_info=True)
        return complain(error, FAILED)


def _flushed(code: int) -> int:
    """Flush the output and return the exit code; if that fails, report why."""
    reason = unwritten()
    if reason is None:
        return code
    return complain(reason, FAILED) if str(reason) else FAILED


def _run(command: Callable[[argparse.Namespace], int], args: argparse.Namespace) -> int:
    """Run a command; an unexpected error becomes one sentence, and the log keeps the traceback."""
    try:
        return command(args)
    except PlaygroundError:
        raise
    except Exception as error:
        known = as_out_of_memory(error)
        if known is not None:
            raise known from error
        if isinstance(error, OSError) and (reason := unwritten(error)) is not None:
            return complain(reason, FAILED) if str(reason) else FAILED
        words = tr_noop("An unexpected error occurred: {kind}: {error}. The log in {folder} has details.")
        raise PlaygroundError(message(words, kind=type(error).__name__, error=error, folder=log_folder())) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="playground",
        usage="playground [FILE]\n       playground COMMAND …",
        description="Opens the window with FILE, or runs one of these commands without a screen:",
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

    window = command(IN_WINDOW, _open, "open the window; the default command")
    window.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        type=Path,
        help="experiment, trained network, or data: a table, a text, a folder",
    )
    takes_training(command("train", train_command, "train a network, test it and store its run"))
    takes_race(command("race", race_command, "train several experiments in turn with one budget, and compare them"))
    takes_search(command("search", search_command, "search for better networks and recipes, with Optuna"))
    takes_runs(command("runs", list_runs, "list, show, compare, export and delete stored runs"))
    command("presets", _presets, "list the experiments that come with the program")
    takes_experiment(command("check", _check, "report the problems that prevent training"))
    takes_experiment(command("code", _code, "print an experiment as a PyTorch program"))
    download = command("download", _download, "download a data set, or list all of them")
    download.add_argument("data", metavar="DATA", nargs="?", help="name, such as fashion-mnist; without it, list all")
    download.add_argument("--from", type=Path, metavar="PATH", dest="source", help="copy the files from PATH instead")
    takes_pictures(command("read", read, "read digits in pictures with a trained network"))
    takes_inputs(command("predict", predict, "answer for new data with a trained network"))
    takes_evaluation(
        command("evaluate", evaluate_command, "figures of a trained network: what it confuses, and how far to trust it")
    )
    takes_fitness(
        command("fitness", fitness_command, "whether a trained network is fit to deploy, why not, and what mends it")
    )
    takes_pruning(command("prune", prune_command, "make a trained network smaller, with its figures before and after"))
    takes_distillation(
        command("distill", distill_command, "train a smaller network to match a trained one (knowledge distillation)")
    )
    takes_quantization(
        command(
            "quantize", quantize_command, "store a trained network in fewer bits (quantise), and measure what changes"
        )
    )
    takes_export(command("export", export_command, "write a trained network in another format, such as ONNX"))
    takes_service(command("serve", serve_command, "serve trained networks to other programs, over HTTP"))
    takes_source(command("inspect", inspect, "say how a file or a folder of data is read"))
    takes_weights(command("weights", weights_command, "put the weights of another program into the layers of a stack"))
    takes_prompt(command("write", write, "continue a prompt with a trained network"))
    return parser


def _with_command(given: list[str]) -> list[str]:
    """Add the command to arguments that consist of a file, or of nothing.

    Raises:
        WrongUse: the first argument is neither a command nor a file.
    """
    commands = (
        IN_WINDOW,
        "train",
        "race",
        "search",
        "runs",
        "presets",
        "check",
        "code",
        "distill",
        "download",
        "read",
        "predict",
        "evaluate",
        "export",
        "fitness",
        "inspect",
        "prune",
        "quantize",
        "serve",
        "weights",
        "write",
    )
    if not given:
        return [IN_WINDOW]
    first = given[0]
    if first in commands or first.startswith("-"):
        return given
    if not os.path.exists(first):
        import difflib

        from playground.spec.files.presets import presets

        close = difflib.get_close_matches(first, commands, n=1)
        if first in {entry.id for entry in presets()}:
            hint = message(
                "It is a preset, which File ▸ New from preset… shows; “playground train {name}” trains it.", name=first
            )
        elif close:
            hint = message("Did you mean “playground {command}”?", command=close[0])
        else:
            hint = message("Try playground --help.")
        raise WrongUse(message("There is no command and no file “{word}”. {hint}", word=shown(first), hint=hint))
    return [IN_WINDOW, *given]


def _open(args: argparse.Namespace) -> int:
    from playground.gui.start.display_check import NoWindow, ensure_window

    if args.file is not None and not os.path.exists(args.file):
        raise WrongUse(message("“{file}” does not exist.", file=shown(args.file)))
    try:
        ensure_window()
    except NoWindow as error:
        return complain(error, WRONG_USE)
    from playground.gui.start.interrupts import Interrupts

    interrupts = Interrupts()
    from playground.gui.start.app import main as open_window

    return open_window(args.file, interrupts)


def _presets(_args: argparse.Namespace) -> int:
    from playground.spec.files.presets import presets

    entries = presets()
    names, titles = (max(len(getattr(entry, name)) for entry in entries) for name in ("id", "title"))
    for entry in entries:
        print(f"{entry.id:{names}}  {entry.title:{titles}}  {entry.expected}")
    return DONE


def _check(args: argparse.Namespace) -> int:
    from playground.spec.check.problems import check
    from playground.spec.check.shapes import totals, walk
    from playground.spec.number_text import flops_text, parameters_text

    experiment = named(args.what)
    problems = check(experiment)
    for problem in problems:
        put(problem_line(problem, experiment))
    if problems:
        return FAILED
    sums = totals(walk(experiment.stack, experiment.data.sample_shape))
    units = experiment.data.units[1]
    layers = plural("{count:,} layers", "1 layer", sums.layers)
    cost = f"{flops_text(sums.flops // units)} a {'sample' if units == 1 else 'character'}"
    size = parameters_text(sums.parameters, sums.trained_parameters)
    put(f"{experiment.name}: can be trained. {layers}, {size}, {cost}")
    if experiment.data.changed is not None:
        put(message("{data}: {changed}", data=experiment.data.title, changed=experiment.data.changed))
    return DONE


def _code(args: argparse.Namespace) -> int:
    from playground.spec.export.script import script

    experiment = named(args.what)
    ensure_sound(experiment)
    program = script(experiment)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # Python's encoding of source files, whatever the terminal's is
    print(program, end="")
    return DONE


def _download(args: argparse.Namespace) -> int:
    import playground.spec.datasets  # noqa: F401  every data set registers itself
    from playground.engine.data.dataset_cache import folders, lacking
    from playground.spec.data.dataset import Dataset
    from playground.spec.number_text import bytes_text

    offered = {data.id.replace("_", "-"): data for data in Dataset.members() if data.remotes}
    if args.data is None:
        for name, data in offered.items():
            size = bytes_text(sum(remote.size for remote in data.remotes))
            print(f"{name:16}  {size:>9}  {'to be downloaded' if lacking(data) else 'here'}")
        return DONE
    wanted = offered.get(args.data.replace("_", "-"))
    if wanted is None:
        words = tr_noop("There is no data set “{name}” to be downloaded. There are: {known}.")
        raise WrongUse(message(words, name=shown(args.data), known=", ".join(offered)))
    if lacking(wanted):
        from rich.console import Console

        from playground.cli.download import fetch

        fetch(wanted, args.source, Console(file=sys.stderr, highlight=False, markup=False, emoji=False))
    print(f"{wanted.label}: {', '.join(shown(folder) for folder in folders(wanted))}")
    return DONE
