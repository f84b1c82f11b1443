"""`playground predict`: a trained network's answers for new data."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from playground.cli.arguments import ensure_writable
from playground.cli.named_network import EXPERIMENT, NETWORK, files_of, trained_network
from playground.spec.json_text import json_text
from playground.spec.messages import message
from playground.standard_streams import DONE, FAILED, complain, put

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playground.engine.inference.predictions.prediction import Prediction
    from playground.engine.weights import Trained
    from playground.spec.data.dataset import Dataset

_CSV = "write the answers to a CSV file, with the separator and the decimal sign of the first input that is a table"
_MOST_SHOWN = 10  # classes whose probabilities are printed; of more, the most probable ones
_FEW = 3


def takes_inputs(predict: argparse.ArgumentParser) -> None:
    """Declare the options of `predict`."""
    predict.add_argument("network", metavar="PRESET|NETWORK|RUN", help=NETWORK)
    predict.add_argument("--experiment", metavar="PRESET|FILE", help=EXPERIMENT)
    predict.add_argument(
        "inputs",
        metavar="INPUT",
        nargs="+",
        help="a CSV file or another table, a picture, a text file, a folder of these, or a point such as 0.5,-2",
    )
    predict.add_argument(
        "--sheet", metavar="NAME", help="sheet of a spreadsheet, instead of its usual one or the first table"
    )
    predict.add_argument("--csv", type=Path, metavar="OUT", help=_CSV)
    predict.add_argument("--json", action="store_true", help="print an object for each sample, on a line of its own")


def predict(args: argparse.Namespace) -> int:
    """Print an answer for each sample of the inputs; return the exit code, 1 if any has none.

    Raises:
        PlaygroundError: the network cannot be read, its answers do not fit into a table, or would replace an input.
    """
    from playground.spec.files.input_protection import ensure_not_an_input

    ensure_writable(args.csv, None)
    if args.csv is not None:
        read = [*files_of(args.network, args.experiment), *args.inputs]
        ensure_not_an_input(args.csv, read)
    from playground.engine.runtime.device import prepare_thread

    prepare_thread(1)
    trained = trained_network(args.network, args.experiment)
    if args.csv is not None:
        ensure_not_an_input(args.csv, trained.experiment.data.own_paths)
    return print_predictions(trained, args.inputs, args.csv, args.sheet, as_json=args.json)


def print_predictions(
    trained: Trained, inputs: Sequence[str], csv: Path | None = None, sheet: str | None = None, *, as_json: bool = False
) -> int:
    """Print an answer for each sample of the inputs, and write them to a CSV file; return the exit code.

    The file is written also where the output cannot be, as when `head` has read enough.

    Raises:
        PlaygroundError: the network's answers do not fit into a table, or the file cannot be written.
        OSError: the output could not be written.
    """
    from playground.engine.inference.predictions.agreement import Agreement
    from playground.engine.inference.predictions.predict import predictions

    data, answers, code, count = trained.experiment.data, [], DONE, 0
    agreement = Agreement(data)
    unwritten: OSError | None = None
    for item in predictions(trained, inputs, sheet):
        count += 1
        code = FAILED if item.problem else code
        agreement.add(item)
        if csv is not None:
            answers.append(item)
        try:
            if unwritten is None:
                _print(item, data, as_json=as_json)
        except OSError as error:
            if csv is None:
                raise
            unwritten = error
    if not count:
        complain(message("There is nothing to answer for."), DONE)
    if csv is not None:
        from playground.engine.inference.predictions.predictions_csv import predictions_csv
        from playground.spec.files.storage import write_atomically

        write_atomically(csv, predictions_csv(data, answers).encode())
    if unwritten is not None:
        raise unwritten
    for sentence in agreement.sentences():
        put(sentence, file=sys.stderr if as_json else None)
    return code


def _print(item: Prediction, data: Dataset, *, as_json: bool) -> None:
    if as_json:
        put(json_text(_object(item, data)))
    elif item.problem is None:
        put(f"{item.name}: {item.words}{_detail(item, data)}{f'  note: {item.remark}' if item.remark else ''}")
    else:
        complain(message("{name}: {why}", name=item.name, why=item.problem), FAILED)


def _object(item: Prediction, data: Dataset) -> dict[str, object]:
    from playground.engine.inference.predictions.prediction_json import prediction_object

    found: dict[str, object] = {"input": item.source}
    if item.where:
        found["place"] = item.where
    return {**found, **prediction_object(item, data)}


def _detail(item: Prediction, data: Dataset) -> str:
    """The probabilities of the classes, or the name of the number."""
    if item.value is not None:
        return f"  ({data.target_name})" if data.target_name else ""
    pairs = list(zip(data.class_names, item.probabilities, strict=False))
    if len(pairs) > _MOST_SHOWN:
        pairs = sorted(pairs, key=lambda pair: -pair[1])[:_FEW]
    return shares_text([name for name, _ in pairs], [share for _, share in pairs])


def shares_text(names: Sequence[str], shares: Sequence[float]) -> str:
    """Classes with their probabilities, to be put behind an answer: `  4: 99.8 %  9: 0.1 %`."""
    from playground.spec.number_text import PROBABILITY, percent_text

    return "".join(f"  {name}: {percent_text(share, PROBABILITY)}" for name, share in zip(names, shares, strict=True))
