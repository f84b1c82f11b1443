"""`playground write`: text that a trained network generates.

The functions import torch themselves, which takes seconds; options are declared without it.
"""

from __future__ import annotations

import argparse

from playground.cli.arguments import ensure_between, number
from playground.cli.named_network import EXPERIMENT, NETWORK, trained_network
from playground.spec.messages import message, tr_noop
from playground.standard_streams import DONE, complain, put

# The bounds of the options of `write`: name, minimum and maximum.
_WRITING = (("temperature", 0.0, 10.0), ("top_k", 0, 100_000), ("length", 1, 1_000_000), ("seed", 0, 2**32 - 1))


def takes_prompt(write: argparse.ArgumentParser) -> None:
    """Declare the options of `write`."""
    write.add_argument("network", metavar="PRESET|NETWORK|RUN", help=NETWORK)
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
