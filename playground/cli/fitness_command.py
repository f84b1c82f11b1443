"""`playground fitness`: whether a trained network is fit to deploy, why not, and what would mend it."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from playground.cli.arguments import ensure_writable
from playground.cli.evaluate_command import Asked, asked_for, takes_network, tell_changed
from playground.spec.json_text import json_text
from playground.spec.messages import PlaygroundError, message, tr_noop
from playground.standard_streams import DONE, FAILED, complain, put

if TYPE_CHECKING:
    from playground.engine.fitness.fitness import Fitness
    from playground.spec.experiment import Experiment

_STYLES = {"green": "green", "red": "red", "measured": "", "not_applicable": "dim"}


def takes_fitness(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `fitness`."""
    takes_network(parser)
    parser.add_argument("--json", action="store_true", help="print all items and figures as one JSON object")
    words = "write a copy of the network whose logits are divided by the temperature that mends its confidences"
    parser.add_argument("--calibrate", type=Path, metavar="OUT.safetensors", help=words)
    words = "write a copy of the network that gives no answer below the confidence that the report proposes"
    parser.add_argument("--refuse", type=Path, metavar="OUT.safetensors", help=words)
    parser.epilog = "Exit codes: 0 all that applies holds, 1 something does not or the work failed, 2 wrong use."


def fitness_command(args: argparse.Namespace) -> int:
    """Print the report; return the exit code: 0 where nothing is red, else 1.

    Raises:
        WrongUse: there is no such network, or the data do not suit it.
        PlaygroundError: the network or its data cannot be read, or no temperature can be written.
    """
    from playground.engine.runtime.device import prepare_thread

    prepare_thread(1)
    for name in ("calibrate", "refuse"):
        ensure_writable(getattr(args, name), option=f"--{name}")
    asked = asked_for(args, *(out for out in (args.calibrate, args.refuse) if out is not None))
    from playground.engine.fitness.fitness import as_values, fitness

    tell_changed(asked)
    experiment = asked.trained.experiment.with_(data=asked.dataset)
    found = fitness(replace(asked.trained, experiment=experiment), asked.data)
    if args.calibrate is not None:  # first: the output may fail, as when `head` has read enough
        _calibrate(args.calibrate, asked, found)
    if args.refuse is not None:
        _refuse(args.refuse, asked, found)
    if args.json:
        put(json_text(as_values(experiment, found)))
    else:
        _print(experiment, found)
    return DONE if found.fit else FAILED


def _calibrate(out: Path, asked: Asked, found: Fitness) -> None:
    from playground.engine.fitness.calibrated import save_calibrated
    from playground.spec.files.storage import shown
    from playground.spec.number_text import setting_text

    temperature = found["calibration"].figures.get("temperature")
    if temperature is None:
        raise PlaygroundError(message("There is no temperature that would mend its confidences: nothing was written."))
    save_calibrated(out, asked.trained, temperature, asked.source)
    words = tr_noop("Saved as {file}: the same answers, with logits divided by T = {value}.")
    complain(message(words, file=shown(out), value=setting_text(temperature, 4)), DONE)


def _refuse(out: Path, asked: Asked, found: Fitness) -> None:
    from playground.engine.fitness.calibrated import save_refusing
    from playground.engine.fitness.remedy import RefuseBelow
    from playground.spec.files.storage import shown
    from playground.spec.number_text import setting_text

    offered = [item for item in found["non_examples"].remedies if isinstance(item, RefuseBelow) and item.confidence]
    if not offered:
        raise PlaygroundError(message("There is no other threshold to refuse below: nothing was written."))
    save_refusing(out, asked.trained, offered[0].confidence)
    words = tr_noop("Saved as {file}: the same network, which gives no answer below a confidence of {value}.")
    complain(message(words, file=shown(out), value=setting_text(offered[0].confidence)), DONE)


def _print(experiment: Experiment, found: Fitness) -> None:
    from rich.console import Console
    from rich.text import Text

    from playground.engine.fitness.fitness import conclusion
    from playground.engine.fitness.markdown import MARKS
    from playground.engine.fitness.remedy import DivideLogits, RefuseBelow
    from playground.spec.number_text import setting_text

    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    put(message("{name}, on {data}", name=experiment.name, data=experiment.data.title))
    labels = [str(message(item.label)) for item in found.items]
    width = max(map(len, labels))
    for item, label in zip(found.items, labels, strict=True):
        console.print(Text(MARKS[item.status], _STYLES[item.status]), end=" ")
        put(f"{label:{width}}  {item.reason}")
        if item.fix is not None:
            put(message("{space}Fix: {fix}", space=" " * (width + 4), fix=item.fix))
        if any(isinstance(remedy, DivideLogits) for remedy in item.remedies):
            words = tr_noop("{space}“--calibrate OUT” writes a copy of the network that does.")
            put(message(words, space=" " * (width + 4)))
        if any(isinstance(remedy, RefuseBelow) and remedy.confidence for remedy in item.remedies):
            words = tr_noop("{space}“--refuse OUT” writes a copy of the network that refuses below {value}.")
            value = next(it.confidence for it in item.remedies if isinstance(it, RefuseBelow) and it.confidence)
            put(message(words, space=" " * (width + 4), value=setting_text(value)))
    put(conclusion(found.items))
