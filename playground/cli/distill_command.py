"""`playground distill`: a smaller network that learns from a trained one, with the figures of both."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from playground.cli.arguments import (
    adjusted,
    ensure_between,
    ensure_here,
    ensure_sound,
    ensure_writable,
    named,
    number,
)
from playground.cli.named_network import NETWORK, files_of, source_name, trained_network
from playground.cli.table import print_table
from playground.spec.files.file_kind import NETWORK_SUFFIX
from playground.spec.files.storage import shown
from playground.spec.json_text import json_text
from playground.spec.messages import message
from playground.spec.number_text import flops_text, percent_text, setting_text
from playground.standard_streams import DONE, complain, put

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import nn

    from playground.engine.data.in_memory import Data
    from playground.engine.evaluation.data_part import EvaluatedPart
    from playground.engine.provenance import Derivation
    from playground.engine.pruning.prune import Pruned
    from playground.engine.training.snapshots import Epoch
    from playground.engine.weights import Trained
    from playground.spec.experiment import Experiment


def takes_distillation(distill: argparse.ArgumentParser) -> None:
    """Declare the options of `distill`."""
    words = (
        "the smaller network: a preset or an experiment, whose network begins anew, or the file of a trained network, "
        "whose weights it begins with; it is trained with its own recipe on the teacher's data"
    )
    distill.add_argument("student", metavar="STUDENT", help=words)
    distill.add_argument("--teacher", metavar="NETWORK", required=True, help=NETWORK)
    words = "write the student to this file"
    distill.add_argument("--out", type=Path, metavar="FILE.safetensors", required=True, help=words)
    words = "softens the probabilities that are matched, so that improbable classes count as well; 4 by default"
    distill.add_argument("--temperature", type=number("--temperature", float), default=4.0, metavar="T", help=words)
    words = "number of epochs, instead of the experiment's"
    distill.add_argument("--epochs", type=number("--epochs", int), metavar="N", help=words)
    words = "random seed, instead of the experiment's"
    distill.add_argument("--seed", type=number("--seed", int), metavar="N", help=words)
    distill.add_argument("--json", action="store_true", help="print an object on one line")


def distill_command(args: argparse.Namespace) -> int:
    """Train the student, print the figures of both and write it; return the exit code.

    Raises:
        WrongUse: an option is out of bounds, or there is no such network.
        PlaygroundError: a network or the data cannot be read, they do not suit one another, the training diverged, or
            the file cannot be written.
    """
    ensure_between("temperature", args.temperature, 0.1, 100.0)
    ensure_writable(args.out)
    from playground.engine.data.in_memory import load
    from playground.engine.evaluation.data_part import default_part, part_of
    from playground.engine.pruning.prune import Pruned, distill
    from playground.engine.runtime.device import prepare_thread
    from playground.engine.weights import save

    prepare_thread(1)
    teacher = trained_network(args.teacher)
    _ensure_apart(args, teacher)
    experiment, network, student = _student(args, teacher)
    ensure_here(experiment)
    data = load(experiment.data)
    found: Pruned | None = None
    epochs: list[Epoch] = []
    for item in distill(experiment, network, data, teacher, args.temperature):
        if isinstance(item, Pruned):
            found = item
            continue
        epochs.append(item)
        if not args.json:
            score = item.validation_score if item.validation_score is not None else item.train_score
            complain(message("epoch {n}: {score}", n=item.epoch, score=percent_text(score)), DONE)
    assert found is not None
    origin = (teacher.scaling or data.scaling, _provenance(args, teacher, student, epochs))
    save(args.out, experiment, found.network, found.figures, *origin)
    _print(args, teacher, found, data, part_of(data, experiment.data, default_part(data)))
    return DONE


def _student(args: argparse.Namespace, teacher: Trained) -> tuple[Experiment, nn.Sequential, Trained | None]:
    """The student's experiment, with the data of the teacher, its network, and the one whose weights that has."""
    from playground.engine.build import build
    from playground.engine.weights import network_with

    options = {"epochs": args.epochs, "seed": args.seed}
    experiment = adjusted(named(args.student), options).with_(data=teacher.experiment.data)
    ensure_sound(experiment)
    if Path(args.student).suffix != NETWORK_SUFFIX:
        return experiment, build(experiment), None
    student = trained_network(args.student)
    return experiment, network_with(experiment, student.network.state_dict()), student


def _provenance(
    args: argparse.Namespace, teacher: Trained, student: Trained | None, epochs: Sequence[Epoch]
) -> tuple[Derivation, ...]:
    """What the student's file says of its teacher, and of the network that it began as, if it was a trained one."""
    from playground.engine.provenance import Derivation, Point, learned

    began = "random weights" if student is None else source_name(args.student, student)
    settings = (
        ("began with", began),
        ("temperature", setting_text(args.temperature)),
        ("training", f"{len(epochs):,} epoch{'s' * (len(epochs) != 1)}"),
        *(learned(student.figures) if student is not None else ()),
    )
    curve = tuple(Point.of(epoch, losses=False) for epoch in epochs)
    taught = Derivation("distilled", source_name(args.teacher, teacher), teacher.run, settings, curve)
    return *(student.provenance if student is not None else ()), taught


def _ensure_apart(args: argparse.Namespace, teacher: Trained) -> None:
    from playground.spec.files.input_protection import ensure_not_an_input

    read = files_of(args.teacher, args.student)
    ensure_not_an_input(args.out, [*read, *teacher.experiment.data.own_paths])


def _print(args: argparse.Namespace, teacher: Trained, found: Pruned, data: Data, part: EvaluatedPart) -> None:
    from playground.engine.pruning.groups import sizes
    from playground.engine.pruning.measures import evaluated

    both = ((teacher.experiment, teacher.network), (found.experiment, found.network))
    totals = [sizes(experiment) for experiment, _ in both]
    scores = [evaluated(*one, part.samples).score for one in both]
    tests = [evaluated(*one, data.test).score for one in both] if len(data.test) else None
    task = found.experiment.data.task
    if args.json:
        figures = [
            {"parameters": total.parameters, "flops": total.flops, "score": score}
            for total, score in zip(totals, scores, strict=True)
        ]
        head = {"name": found.experiment.name, "temperature": args.temperature, "epochs": found.figures.epochs}
        split = {"split": part.part.value, "samples": len(part.samples), "score_name": task.score.key}
        put(json_text({**head, **split, "teacher": figures[0], "student": figures[1], "test_scores": tests}))
        return
    rows = [["", "teacher", "student"]]
    rows.append(["parameters", *(f"{total.parameters:,}" for total in totals)])
    rows.append(["cost", *(flops_text(total.flops) for total in totals)])
    rows.append([task.score.word, *map(percent_text, scores)])
    if tests and part.samples is not data.test:
        rows.append([f"test {task.score.word}", *map(percent_text, tests)])
    print_table(rows, right=(1, 2))
    put(message("Measured on {part}.", part=part.words))
    for note in (part.caution, part.remark):
        if note is not None:
            put(note)
    put(message("Written: {file}", file=shown(args.out)))
