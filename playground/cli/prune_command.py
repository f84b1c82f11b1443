"""`playground prune`: a trained network made smaller, with its figures before and after."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from playground.cli.arguments import ensure_between, ensure_here, ensure_writable, number
from playground.cli.layer_sensitivity import SHARES, layer_name, layer_place, sensitivity
from playground.cli.named_network import EXPERIMENT, NETWORK, files_of, source_name, trained_network
from playground.cli.table import print_table
from playground.cli.wrong_use import WrongUse
from playground.spec.json_text import json_text
from playground.spec.messages import message, tr_noop
from playground.spec.number_text import bytes_text, flops_text, milliseconds_text, percent_text
from playground.standard_streams import DONE, complain, put

if TYPE_CHECKING:
    from playground.engine.data.in_memory import Data
    from playground.engine.evaluation.data_part import EvaluatedPart
    from playground.engine.pruning.measures import Measures
    from playground.engine.pruning.prune import Plan, Pruned
    from playground.engine.training.snapshots import Epoch
    from playground.engine.weights import Trained

_BY = ("group", "weight", "rank")
_CRITERIA = ("magnitude", "taylor", "movement")
_SEED = ""  # rewind to the weights that the seed gives
_MOST_SENSITIVE = 1000  # samples, for the sensitivity of each layer


class _Asked(NamedTuple):
    """A network with its data, and the samples that it is measured on: those held out, else those of the test."""

    trained: Trained
    source: str  # its name in the provenance of the pruned one
    data: Data
    part: EvaluatedPart


def takes_pruning(prune: argparse.ArgumentParser) -> None:
    """Declare the options of `prune`."""
    prune.add_argument("network", metavar="PRESET|NETWORK|RUN", help=NETWORK)
    prune.add_argument("--experiment", metavar="PRESET|FILE", help=EXPERIMENT)
    prune.add_argument("--out", type=Path, metavar="FILE.safetensors", help="write the pruned network to this file")
    words = (
        "cut out whole units and filters, so that the network becomes smaller (default), set weights to zero, or "
        "replace layers by two of lower rank, after their singular values"
    )
    prune.add_argument("--by", choices=_BY, default="group", help=words)
    words = (
        "what decides: the size of weights (default), the change of the loss without them in first order, or movement: "
        "how much training moves them away from zero, summed over the prunings of --epochs; without epochs, and for "
        "units, over training samples at the weights as they are, which tells less once training has settled"
    )
    prune.add_argument("--criterion", choices=_CRITERIA, default="magnitude", help=words)
    words = "share that is left, of the FLOPs by group and by rank, and of the weights by weight; 0.5 by default"
    prune.add_argument("--keep", type=number("--keep", float), default=0.5, metavar="SHARE", help=words)
    prune.add_argument("--evenly", action="store_true", help="every layer loses the same share")
    words = "train so many epochs further, in which weights are set to zero gradually; 0 by default"
    prune.add_argument("--epochs", type=number("--epochs", int), default=0, metavar="N", help=words)
    words = (
        "with --epochs: the whole network teaches the pruned one, which learns its probabilities beside the labels "
        "(knowledge distillation), at this temperature, 4 by default"
    )
    temperature = number("--distill", float)
    prune.add_argument("--distill", nargs="?", const=4.0, type=temperature, metavar="TEMPERATURE", help=words)
    words = (
        "lottery ticket, with --by weight: weights that stay go back to those of FILE, an early checkpoint of the same "
        "run, or without FILE to the initial ones, drawn with the seed; then train with --epochs. Only right for a "
        "network that was trained from these"
    )
    prune.add_argument("--rewind", nargs="?", const=_SEED, metavar="FILE", help=words)
    words = (
        "only print the score with each layer alone pruned at 25, 50, 75 and 90 %%, or by rank at the ranks 1, 2, 4, …"
    )
    prune.add_argument("--sensitivity", action="store_true", help=words)
    prune.add_argument("--json", action="store_true", help="print an object on one line")


def prune_command(args: argparse.Namespace) -> int:
    """Prune a network, print its figures and write it; return the exit code.

    Raises:
        WrongUse: an option is out of bounds, or there is no such network.
        PlaygroundError: the network or its data cannot be read, it cannot be pruned, or the file cannot be written.
    """
    ensure_between("keep", args.keep, 0.001, 1.0)
    ensure_between("epochs", args.epochs, 0, 10_000)
    if args.out is None and not args.sensitivity:
        raise WrongUse(message("--out is missing: the file that the pruned network is written to."))
    if args.rewind is not None and (args.by != "weight" or args.sensitivity):
        raise WrongUse(message("--rewind needs --by weight, and cannot be used with --sensitivity."))
    if args.distill is not None:
        ensure_between("distill", args.distill, 0.1, 100.0)
        if not args.epochs:
            raise WrongUse(message("--distill needs --epochs: so long the whole network teaches the pruned one."))
    if args.by == "rank" and args.criterion != "magnitude":
        raise WrongUse(message("--criterion decides on units and weights; by rank it is the singular values."))
    ensure_writable(args.out)
    from playground.engine.runtime.device import prepare_thread

    prepare_thread(1)
    asked = _asked(args)
    _ensure_apart(args, asked)
    if args.sensitivity and args.by == "rank":
        _print_curves(asked, as_json=args.json)
        return DONE
    if args.sensitivity:
        _print_sensitivity(asked, args)
        return DONE
    _print_pruned(asked, _plan(args), args.out, _early(args, asked), as_json=args.json)
    return DONE


def _ensure_apart(args: argparse.Namespace, asked: _Asked) -> None:
    from playground.spec.files.input_protection import ensure_not_an_input

    if args.out is not None:
        named_files = files_of(args.network, args.experiment, args.rewind or None)
        ensure_not_an_input(args.out, [*named_files, *asked.trained.experiment.data.own_paths])


def _asked(args: argparse.Namespace) -> _Asked:
    from playground.engine.data.in_memory import load
    from playground.engine.evaluation.data_part import default_part, part_of

    trained = trained_network(args.network, args.experiment)
    experiment = trained.experiment
    ensure_here(experiment)
    data = load(experiment.data)
    return _Asked(trained, source_name(args.network, trained), data, part_of(data, experiment.data, default_part(data)))


def _plan(args: argparse.Namespace) -> Plan:
    from playground.engine.pruning.importance import Criterion
    from playground.engine.pruning.prune import By, Plan

    return Plan(By(args.by), Criterion(args.criterion), args.keep, args.epochs, not args.evenly, args.distill)


def _early(args: argparse.Namespace, asked: _Asked) -> Trained | None:
    """The network whose weights those that stay go back to."""
    from playground.engine.build import build
    from playground.engine.training.snapshots import Figures
    from playground.engine.weights import Trained

    if args.rewind is None:
        return None
    if args.rewind == _SEED:
        return Trained(asked.trained.experiment, build(asked.trained.experiment), Figures(), {})
    return trained_network(args.rewind)


def _print_pruned(asked: _Asked, plan: Plan, out: Path, early: Trained | None, *, as_json: bool) -> None:
    from playground.engine.pruning.measures import measures
    from playground.engine.pruning.prune import Pruned, prune
    from playground.engine.pruning.pruned_from import pruned_from
    from playground.engine.pruning.study import size_of
    from playground.engine.weights import save

    experiment, network = asked.trained.experiment, asked.trained.network
    before = measures(experiment, network, asked.part.samples)
    found: Pruned | None = None
    weights = None if early is None else early.network.state_dict()
    epochs: list[Epoch] = []
    for item in prune(experiment, network, asked.data, plan, weights):
        if isinstance(item, Pruned):
            found = item
            continue
        epochs.append(item)
        if not as_json:
            score = item.validation_score if item.validation_score is not None else item.train_score
            complain(message("epoch {n}: {score}", n=item.epoch, score=percent_text(score)), DONE)
    assert found is not None
    after = measures(found.experiment, found.network, asked.part.samples)
    test = {} if not len(asked.data.test) else _tested(asked, found)
    learned = (early or asked.trained).figures  # it had learned before, and goes on from there
    figures = found.figures._replace(
        epochs=learned.epochs + found.figures.epochs,
        step=learned.step + found.figures.step,
        seconds=learned.seconds + found.figures.seconds,
        test_score=test.get("after"),
        test_loss=test.get("loss"),
    )
    result, trained = (found.experiment, found.network), asked.trained
    both = (size_of(experiment, network), size_of(*result))
    rewound = early is not None
    made = pruned_from(asked.source, trained.run, plan, both, trained.figures, epochs, rewound=rewound)
    origin = (asked.trained.scaling or asked.data.scaling, (*asked.trained.provenance, made))
    save(out, *result, figures, *origin)
    if as_json:
        put(json_text(_values(asked, plan, before, after, found, test)))
    else:
        _print_table(asked, before, after, found, test)
        put(str(message("Written: {file}", file=out)))


def _tested(asked: _Asked, found: Pruned) -> dict[str, float]:
    """The scores over the test samples."""
    from playground.engine.pruning.measures import evaluated

    before = evaluated(asked.trained.experiment, asked.trained.network, asked.data.test)
    after = evaluated(found.experiment, found.network, asked.data.test)
    return {"before": before.score, "after": after.score, "loss": after.loss}


def _values(
    asked: _Asked, plan: Plan, before: Measures, after: Measures, found: Pruned, test: dict[str, float]
) -> dict[str, Any]:
    return {
        "name": asked.trained.experiment.name,
        **{name: str(value) if isinstance(value, str) else value for name, value in plan._asdict().items()},
        "split": asked.part.part.value,
        "samples": len(asked.part.samples),
        "score_name": asked.trained.experiment.data.task.score.key,
        "before": before._asdict(),
        "after": after._asdict(),
        "test": {**test, "samples": len(asked.data.test)} if test else None,
        "kept": [{"layer": layer_place(item.path), "why": str(item.why)} for item in found.kept],
    }


def _print_table(asked: _Asked, before: Measures, after: Measures, found: Pruned, test: dict[str, float]) -> None:
    task = asked.trained.experiment.data.task
    rows = [
        ["", "before", "after", "share"],
        ["parameters", f"{before.parameters:,}", f"{after.parameters:,}", _share(after.parameters, before.parameters)],
        ["not zero", f"{before.nonzero:,}", f"{after.nonzero:,}", _share(after.nonzero, before.nonzero)],
        ["cost", flops_text(before.flops), flops_text(after.flops), _share(after.flops, before.flops)],
        ["size", bytes_text(before.bytes), bytes_text(after.bytes), _share(after.bytes, before.bytes)],
        [
            "compressed",
            bytes_text(before.compressed_bytes),
            bytes_text(after.compressed_bytes),
            _share(after.compressed_bytes, before.compressed_bytes),
        ],
        ["one sample", *(milliseconds_text(item.milliseconds) for item in (before, after)), ""],
        [task.score.word, percent_text(before.score), percent_text(after.score), ""],
    ]
    if test and asked.part.samples is not asked.data.test:
        rows.append([f"test {task.score.word}", percent_text(test["before"]), percent_text(test["after"]), ""])
    print_table(rows, right=(1, 2, 3))
    put(str(message("Measured on {part}; one sample on one thread.", part=asked.part.words)))
    _put_notes(asked.part)
    if after.nonzero < after.parameters and after.parameters == before.parameters:
        words = tr_noop("Zeros are computed like other numbers: the network is smaller when compressed, not faster.")
        put(str(message(words)))
    for item in found.kept:
        put(str(message("Layer {place} stays as it is. {why}", place=layer_place(item.path), why=item.why)))


def _print_sensitivity(asked: _Asked, args: argparse.Namespace) -> None:
    from playground.engine.evaluation.data_part import part_of
    from playground.engine.pruning.measures import evaluated

    experiment, network = asked.trained.experiment, asked.trained.network
    part = part_of(asked.data, experiment.data, asked.part.part, _MOST_SENSITIVE)
    whole = evaluated(experiment, network, part.samples).score
    rows = sensitivity(asked.trained, asked.data, part.samples, _plan(args))
    if args.json:
        head = {"name": experiment.name, "by": args.by, "split": part.part.value, "samples": len(part.samples)}
        layers = [{"layer": name, "scores": scores} for name, scores in rows]
        put(json_text({**head, "score": whole, "shares": SHARES, "layers": layers}))
        return
    heads = [percent_text(share, 0) for share in SHARES]
    print_table(
        [["pruned", "0 %", *heads], *([name, *map(percent_text, (whole, *scores))] for name, scores in rows)],
        right=range(1, 6),
    )
    words = tr_noop("{score} with one layer pruned, measured on {part}.")
    put(str(message(words, score=experiment.data.task.score.word, part=part.words)))
    _put_notes(part)


def _print_curves(asked: _Asked, *, as_json: bool) -> None:
    """Error and score of each layer by its rank."""
    from playground.engine.evaluation.data_part import part_of
    from playground.engine.pruning.low_rank import rank_curves, require, spectra
    from playground.engine.pruning.measures import evaluated

    experiment, network = asked.trained.experiment, asked.trained.network
    part = part_of(asked.data, experiment.data, asked.part.part, _MOST_SENSITIVE)
    found, kept = spectra(experiment, network)
    require(found, kept)
    whole = evaluated(experiment, network, part.samples).score
    weights = {item.path: len(item.left) * item.right.shape[1] for item in found}
    curves = list(rank_curves(experiment, network, found, part.samples))
    named = [(path, layer_name(experiment, path), points) for path, points in curves]
    if as_json:
        head = {"name": experiment.name, "by": "rank", "split": part.part.value, "samples": len(part.samples)}
        layers = [
            {"layer": name, "weights": weights[path], "points": [point._asdict() for point in points]}
            for path, name, points in named
        ]
        put(json_text({**head, "score": whole, "layers": layers}))
        return
    score = experiment.data.task.score.word
    rows = [["layer", "rank", "weights", "of", "error", score]]
    for path, name, points in named:
        rows += [
            [
                name,
                str(point.rank),
                f"{point.weights:,}",
                f"{weights[path]:,}",
                percent_text(point.error, 1),
                percent_text(point.score),
            ]
            for point in points
        ]
    print_table(rows, right=range(1, 6))
    words = tr_noop(
        "Error: ‖W − W′‖ / ‖W‖ (Frobenius). {score} with this layer alone of that rank, {whole} without, measured on "
        "{part}."
    )
    put(str(message(words, score=score, whole=percent_text(whole), part=part.words)))
    _put_notes(part)


def _put_notes(part: EvaluatedPart) -> None:
    """Say what must be known of the samples that were measured on."""
    for note in (part.caution, part.remark):
        if note is not None:
            put(str(note))


def _share(after: float, before: float) -> str:
    return percent_text(after / before if before else 1.0, 1)
