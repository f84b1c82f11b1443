"""Commands for trained networks: `read` classifies pictures, and `write` generates text.

The functions import torch themselves, which takes seconds; options are declared without it.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from playground.cli.arguments import ensure_between, named, number, trained_file
from playground.spec.files.storage import shown
from playground.spec.messages import PlaygroundError, message, tr_noop
from playground.standard_streams import DONE, FAILED, complain, put

if TYPE_CHECKING:
    from playground.engine.weights import Trained

NETWORK = "file that “train --out” wrote, or a trained preset, such as reader"

EXPERIMENT = "preset or file of the experiment, if the weights file does not contain it"

# The bounds of the options of `write`: name, minimum and maximum.
_WRITING = (("temperature", 0.0, 10.0), ("top_k", 0, 100_000), ("length", 1, 1_000_000), ("seed", 0, 2**32 - 1))


def takes_pictures(read: argparse.ArgumentParser) -> None:
    """Declare the options of `read`."""
    read.add_argument("network", metavar="PRESET|NETWORK", help=NETWORK)
    read.add_argument("--experiment", metavar="PRESET|FILE", help=EXPERIMENT)
    read.add_argument("images", metavar="IMAGE", nargs="+", type=Path, help="a picture of one digit, or of several")
    read.add_argument("--json", action="store_true", help="print an object for each picture, on a line of its own")


def takes_prompt(write: argparse.ArgumentParser) -> None:
    """Declare the options of `write`."""
    write.add_argument("network", metavar="PRESET|NETWORK", help=NETWORK)
    write.add_argument("--experiment", metavar="PRESET|FILE", help=EXPERIMENT)
    write.add_argument("--prompt", default="", metavar="TEXT", help="how the text begins: “ROMEO:”")
    write.add_argument(
        "--temperature",
        type=number("--temperature", float),
        default=0.8,
        metavar="T",
        help="0 always chooses the likeliest, 0.8 by default",
    )
    write.add_argument(
        "--top-k",
        type=number("--top-k", int),
        default=0,
        metavar="K",
        help="sample from the K likeliest characters; 0 for all",
    )
    write.add_argument(
        "--length", type=number("--length", int), default=500, metavar="N", help="characters to write, 500 by default"
    )
    write.add_argument("--seed", type=number("--seed", int), default=0, metavar="N", help="random seed")


def read(args: argparse.Namespace) -> int:
    """Print what each picture shows and how probable that is; return the exit code.

    Digits are found and read one by one, from left to right; other pictures are classified as a whole.

    Raises:
        PlaygroundError: the network cannot be read, or is not made for pictures.
    """
    from playground.cli.predict import print_predictions
    from playground.engine.runtime.device import prepare_thread

    prepare_thread(1)
    trained = trained_network(args.network, args.experiment)
    if trained.experiment.data.panel not in ("digits", "distillation", "picture"):
        words = tr_noop("“{file}” was made for {data}, not to classify pictures.")
        raise PlaygroundError(message(words, file=shown(args.network), data=message(trained.experiment.data.label)))
    if trained.experiment.data.panel == "picture":
        return print_predictions(trained, [str(path) for path in args.images], as_json=args.json)
    return max([_read_digits(trained, path, as_json=args.json) for path in args.images])


def _read_digits(trained: Trained, path: Path, *, as_json: bool) -> int:
    """Print the digits in a picture; return the exit code."""
    from playground.cli.json_text import json_text
    from playground.cli.predict import shares_text
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
    answer = "".join(piece.answer for piece in found)
    if as_json:
        pieces = [
            {
                "answer": piece.answer,
                "box": [piece.box.left, piece.box.top, piece.box.right, piece.box.bottom],
                "probabilities": dict(zip(classes, piece.probabilities, strict=True)),
            }
            for piece in found
        ]
        put(json_text({"input": shown(path), "answer": answer, "pieces": pieces}))
    elif len(found) == 1:
        put(f"{shown(path)}: {answer}{shares_text(classes, found[0].probabilities)}")
    else:
        put(f"{shown(path)}: {answer}" + "".join(shares_text([it.answer], [max(it.probabilities)]) for it in found))
    return DONE


def write(args: argparse.Namespace) -> int:
    """Print the prompt and the generated characters, each as soon as it is drawn; return the exit code.

    Raises:
        WrongUse: an option is out of bounds.
        PlaygroundError: the network cannot be read, or does not generate text.
    """
    from itertools import islice

    for name, low, high in _WRITING:
        ensure_between(name.replace("_", "-"), getattr(args, name), low, high)
    from playground.engine.inference.text_generation import SamplingOptions, unknown_characters, write
    from playground.engine.runtime.device import prepare_thread

    prepare_thread(1)
    trained = trained_network(args.network, args.experiment)
    options = SamplingOptions(args.temperature, args.top_k, args.seed)
    written = write(trained.network, trained.experiment, args.prompt, options)
    first = next(written)  # before printing, so that nothing is printed if it cannot write
    unknown = unknown_characters(trained.experiment, args.prompt)
    if unknown:
        words = tr_noop("This network does not know “{unknown}”, and reads the prompt without it.")
        complain(message(words, unknown=unknown), DONE)
    put(args.prompt + first.character, end="")
    for guess in islice(written, args.length - 1):
        put(guess.character, end="")
    print()
    return DONE


def trained_network(name: str, experiment: str | None) -> Trained:
    """Load the named network, with the named experiment where its file contains none."""
    from playground.engine.weights import load

    path = trained_file(name)
    return load(path, None if experiment is None else named(experiment))
