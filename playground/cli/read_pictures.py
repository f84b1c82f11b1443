"""`playground read`: the digits in pictures, or the class of each picture."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from playground.cli.named_network import EXPERIMENT, NETWORK, trained_network
from playground.cli.predict import print_predictions, shares_text
from playground.spec.files.storage import shown
from playground.spec.json_text import json_text
from playground.spec.messages import PlaygroundError, message, tr_noop
from playground.standard_streams import DONE, FAILED, complain, put

if TYPE_CHECKING:
    from playground.engine.inference.digit_pieces import DigitPiece
    from playground.engine.weights import Trained

_UNKNOWN = "?"  # stands for a digit that the network is not sure of


def takes_pictures(read: argparse.ArgumentParser) -> None:
    """Declare the options of `read`."""
    read.add_argument("network", metavar="PRESET|NETWORK|RUN", help=NETWORK)
    read.add_argument("--experiment", metavar="PRESET|FILE", help=EXPERIMENT)
    read.add_argument("images", metavar="IMAGE", nargs="+", type=Path, help="a picture of one digit, or of several")
    read.add_argument("--json", action="store_true", help="print an object for each picture, on a line of its own")


def read(args: argparse.Namespace) -> int:
    """Print what each picture shows and how probable that is; return the exit code.

    Digits are found and read one by one, from left to right; other pictures are classified as a whole.

    Raises:
        PlaygroundError: the network cannot be read, or is not made for pictures.
    """
    from playground.engine.runtime.device import prepare_thread
    from playground.spec.data.dataset import Samples

    prepare_thread(1)
    trained = trained_network(args.network, args.experiment)
    kind = trained.experiment.data.asked_with
    if kind not in (Samples.DIGITS, Samples.PICTURES):
        words = tr_noop("“{file}” was made for {data}, not to classify pictures.")
        raise PlaygroundError(message(words, file=shown(args.network), data=message(trained.experiment.data.label)))
    if kind is Samples.PICTURES:
        return print_predictions(trained, [str(path) for path in args.images], as_json=args.json)
    return max([_read_digits(trained, path, as_json=args.json) for path in args.images])


def _read_digits(trained: Trained, path: Path, *, as_json: bool) -> int:
    """Print the digits in a picture; return the exit code."""
    from playground.engine.inference.digit_pieces import read_digits

    classes = trained.experiment.data.class_names
    try:
        found = read_digits(trained, path)
    except PlaygroundError as error:
        if as_json:
            put(json_text({"input": shown(path), "error": str(error)}))
        else:
            complain(message("{name}: {why}", name=shown(path), why=error.message), FAILED)
        return FAILED
    answer = "".join(piece.answer or _UNKNOWN for piece in found)
    if as_json:
        whole = None if any(piece.refused for piece in found) else answer
        pieces = [
            {
                **_answer(piece),
                "box": [piece.box.left, piece.box.top, piece.box.right, piece.box.bottom],
                "probabilities": dict(zip(classes, piece.probabilities, strict=True)),
            }
            for piece in found
        ]
        put(json_text({"input": shown(path), "answer": whole, "pieces": pieces}))
    elif len(found) == 1:
        put(f"{shown(path)}: {found[0].words}{shares_text(classes, found[0].probabilities)}")
    else:
        texts = [f"  {it.words}" if it.refused else shares_text([it.answer], [it.confidence]) for it in found]
        put(f"{shown(path)}: {answer}" + "".join(texts))
    return DONE


def _answer(piece: DigitPiece) -> dict[str, object]:
    """The digit; of a refused one null, and what it would have been."""
    if not piece.refused:
        return {"answer": piece.answer}
    lean = {"most_probable": piece.most_probable, "confidence": piece.confidence}
    return {"answer": None, "refused": True, **lean}
