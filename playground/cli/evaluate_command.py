"""`playground evaluate`: the figures of a trained network over a part of its data, without a screen."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from playground.cli.arguments import ensure_here, ensure_writable, named
from playground.cli.data_choices import with_settings
from playground.cli.named_network import EXPERIMENT, NETWORK, files_of, source_name, trained_network
from playground.cli.wrong_use import WrongUse
from playground.spec.files.storage import shown
from playground.spec.json_text import json_text
from playground.spec.messages import PlaygroundError, message, tr_noop
from playground.standard_streams import DONE, complain, put

if TYPE_CHECKING:
    from playground.engine.data.in_memory import Data
    from playground.engine.evaluation.answers import Answers
    from playground.engine.evaluation.data_part import EvaluatedPart
    from playground.engine.weights import Trained
    from playground.spec.data.dataset import Dataset

PARTS = ("validation", "test", "train")


class Asked(NamedTuple):
    """A network and the data that it is asked about."""

    trained: Trained
    dataset: Dataset
    data: Data
    source: str = ""  # the network's name in the provenance of others


def takes_network(command: argparse.ArgumentParser) -> None:
    """Declare the network that a command is about, and other data to ask it about."""
    command.add_argument("network", metavar="PRESET|NETWORK|RUN", help=NETWORK)
    command.add_argument("--experiment", metavar="PRESET|FILE", help=EXPERIMENT)
    words = (
        "other data of the same kind: those of a preset or a file; or a field of the data set, such as "
        "validation_share=0.2"
    )
    command.add_argument("--data", action="append", default=[], metavar="PRESET|FILE|FIELD=VALUE", help=words)


def takes_evaluation(evaluate: argparse.ArgumentParser) -> None:
    """Declare the options of `evaluate`."""
    takes_network(evaluate)
    words = "part of the data: validation, if any are held out, or else test, unless this says otherwise"
    evaluate.add_argument("--split", choices=PARTS, help=words)
    evaluate.add_argument("--json", action="store_true", help="print all figures as one JSON object")
    evaluate.add_argument("--predictions", type=Path, metavar="FILE.csv", help="write every answer to a CSV file")


def evaluate_command(args: argparse.Namespace) -> int:
    """Print the figures of the network; return the exit code.

    Raises:
        WrongUse: there is no such network, or the data do not suit it.
        PlaygroundError: the network or its data cannot be read, or the file cannot be written.
    """
    from playground.engine.runtime.device import prepare_thread

    prepare_thread(1)
    ensure_writable(args.predictions, None)
    asked = asked_for(args, *([args.predictions] if args.predictions is not None else []))
    part = _part(asked, args.split)
    if part.part != "train":
        tell_changed(asked)
    _print(asked, part, args.predictions, as_json=args.json)
    return DONE


def asked_for(args: argparse.Namespace, *written: Path) -> Asked:
    """The network and the data that the options of `takes_network` name.

    Args:
        args: the parsed options.
        written: files that will be written, and so must not be among those that are read.

    Raises:
        WrongUse: there is no such network, or the data do not suit it.
        PlaygroundError: the network or its data cannot be read, or what is written would replace what is read.
    """
    trained = trained_network(args.network, args.experiment)
    dataset = _dataset(trained, args.data)
    for path in written:
        _ensure_apart(path, args, trained.experiment.data, dataset)
    ensure_here(trained.experiment.with_(data=dataset))
    return Asked(trained, dataset, _loaded(trained, dataset), source_name(args.network, trained))


def _dataset(trained: Trained, given: list[str]) -> Dataset:
    """The data of the network's experiment, or others that `--data` names, with the fields that it sets."""
    data = trained.experiment.data
    others = [item for item in given if "=" not in item or os.path.exists(item)]
    if len(others) > 1:
        raise WrongUse(message("--data names several data sets: {names}.", names=", ".join(map(shown, others))))
    if others:
        found = named(others[0]).data
        if found.signature != data.signature:
            words = tr_noop("“{data}” does not suit this network, which was made for {own}: inputs or answers differ.")
            raise WrongUse(message(words, data=shown(others[0]), own=data.title))
        data = found
    return with_settings(data, [item for item in given if item not in others])


def _loaded(trained: Trained, dataset: Dataset) -> Data:
    """The data, scaled as the network learned them.

    Raises:
        PlaygroundError: they cannot be read, or are scaled otherwise.
    """
    from playground.engine.data.in_memory import load

    if not dataset.known:
        raise PlaygroundError(message("The experiment of this network has no data: “--data” names some."))
    if dataset.signature != trained.experiment.data.signature:
        raise WrongUse(message("With these settings the data do not suit the network: inputs or answers differ."))
    data = load(dataset)
    if trained.scaling is not None and data.scaling is not None and data.scaling != trained.scaling:
        words = tr_noop(
            "The columns of “{data}” are scaled otherwise than those that the network learned from, because its "
            "training rows are others. Its figures would be wrong."
        )
        raise PlaygroundError(message(words, data=dataset.title))
    return data


def _part(asked: Asked, split: str | None) -> EvaluatedPart:
    from playground.engine.evaluation.data_part import Part, default_part, part_of

    return part_of(asked.data, asked.dataset, Part(split) if split else default_part(asked.data))


def tell_changed(asked: Asked) -> None:
    """Say on the standard error if the samples are not those of the training: some may have been trained on."""
    if asked.dataset != asked.trained.experiment.data:
        words = tr_noop("These are not the data that the network was trained with: it may have seen some of them.")
        complain(message(words), DONE)


def _ensure_apart(out: Path, args: argparse.Namespace, *read: Dataset) -> None:
    """Refuse to write the answers over what they are made from.

    Raises:
        FileError: the file is an input.
    """
    from playground.spec.files.input_protection import ensure_not_an_input

    named_files = files_of(args.network, args.experiment, *args.data)
    ensure_not_an_input(out, [*named_files, *(path for data in read for path in data.own_paths)])


def _print(asked: Asked, part: EvaluatedPart, predictions: Path | None, *, as_json: bool) -> None:
    from playground.engine.evaluation.answers import all_answers
    from playground.engine.evaluation.class_labels import class_labels
    from playground.engine.evaluation.report import report

    experiment = asked.trained.experiment.with_(data=asked.dataset)
    data, names = asked.data, tuple(map(str, class_labels(asked.dataset)))
    answers = all_answers(asked.trained.network, experiment, part.samples, origin=data.origin, unit=data.unit)
    found = report(answers, asked.dataset.task, names)
    head: dict[str, object] = {"name": experiment.name, "data": str(asked.dataset.title), "split": part.part.value}
    head |= {"samples": len(part.samples), "of": str(part.words)} | ({"against": part.against} if part.against else {})
    head |= {"remark": str(part.remark)} if part.remark is not None else {}
    if predictions is not None:  # first: the output may fail, as when `head` has read enough
        _write(predictions, answers, part, data, names)
    if as_json:
        put(json_text({**head, **found}))
    else:
        from playground.cli.evaluation_text import print_report

        print_report(experiment, part, answers, found)


def _write(path: Path, answers: Answers, part: EvaluatedPart, data: Data, names: tuple[str, ...]) -> None:
    from playground.engine.data.csv_layout import layout_of_data
    from playground.engine.evaluation.answers_csv import Written, answers_csv
    from playground.spec.files.storage import write_atomically

    places = getattr(data.places, part.part.value) if data.places is not None else None
    written = Written(part.part, places, layout_of_data(part.dataset))
    write_atomically(path, tuple(answers_csv(answers, written, part.dataset.task, names)))
