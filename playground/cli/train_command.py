"""`playground train`: its options, what it begins with, and where its run is stored."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from playground.cli.arguments import ensure_between, ensure_here, ensure_sound, ensure_writable, number
from playground.cli.data_choices import takes_reading
from playground.cli.launched import as_rank, launched
from playground.cli.wrong_use import WrongUse
from playground.spec.data.unit_kind import UnitKind
from playground.spec.devices import Device
from playground.spec.json_text import json_text
from playground.spec.messages import message, tr_noop
from playground.standard_streams import DONE, complain, put

if TYPE_CHECKING:
    from playground.cli.training_start import Beginning
    from playground.engine.runs.store import RunStore
    from playground.engine.runtime.ranks import Ranks

_DATA = {  # options that decide on the data, by the name of their value
    "target": "--target",
    "sheet": "--sheet",
    "read": "--read",
    "column": "--column",
    "settings": "--data",
    "text": "--text",
    "units": "--units",
    "vocabulary": "--vocabulary",
}
MOST_SEEDS = 1000  # of one group


def takes_training(train: argparse.ArgumentParser) -> None:
    """Declare the options of `train`."""
    what = (
        "name of a preset (see “playground presets”), or a file: an experiment, a network, or data, for which a first "
        "network is made; with --continue a trained network, or a run"
    )
    train.add_argument("what", metavar="PRESET|FILE|DATA|RUN", help=what)
    before = train.add_mutually_exclusive_group()
    before.add_argument(
        "--continue",
        action="store_true",
        dest="going_on",
        help="go on with the run of a network file or with a stored run (its id, or “last”); --epochs is the new total",
    )
    before.add_argument(
        "--from", metavar="NETWORK", dest="source", help="begin with the weights of a file, a trained preset or a run"
    )
    train.add_argument(
        "--adapt", action="store_true", help="with --from: layers that the weights do not fit begin at random"
    )
    numbers = (
        ("--epochs", "number of epochs, instead of the experiment's"),
        ("--seed", "random seed, instead of the experiment's"),
        ("--seeds", "train this many runs as one group, each with the next seed, and print the mean of their tests"),
    )
    for option, words in numbers:
        train.add_argument(option, type=number(option, int), metavar="N", help=words)
    train.add_argument("--target", metavar="COLUMN", help="column of a table to predict, instead of the experiment's")
    train.add_argument("--sheet", metavar="NAME", help="sheet of a spreadsheet, instead of its first one")
    takes_reading(train)
    words = "field of the data set, such as test_share=0.3 or split_by=order"
    train.add_argument("--data", action="append", dest="settings", default=[], metavar="FIELD=VALUE", help=words)
    train.add_argument("--text", metavar="COLUMN", help="column of a table that holds texts: classify these")
    units = ", ".join(get_args(UnitKind))
    train.add_argument("--units", metavar="U", help=f"what a text is read in: {units}")
    train.add_argument(
        "--vocabulary", type=number("--vocabulary", int), metavar="N", help="with --units: how many different ones"
    )
    train.add_argument("--device", metavar="D", help=f"device that computes: {', '.join(get_args(Device))}")
    train.add_argument("--out", type=Path, metavar="FILE.safetensors", help="write the trained network to this file")
    train.add_argument(
        "--with-state", action="store_true", help="write the training state too, so that --continue can take the file"
    )
    train.add_argument(
        "--tensorboard", type=Path, metavar="DIR", help="write an event file for TensorBoard into a new folder in DIR"
    )
    train.add_argument("--no-store", action="store_true", help="do not store the run (see “playground runs”)")
    train.add_argument(
        "--json", action="store_true", help="print every epoch and the result as one JSON object per line"
    )


def train_command(args: argparse.Namespace) -> int:
    """Train what the arguments say; under a launcher together with the other processes."""
    if launched():
        return as_rank(_train_command, args)
    return _train_command(args, None)


def _train_command(args: argparse.Namespace, ranks: Ranks | None) -> int:
    if args.seeds is not None:
        _ensure_one_group(args)
    if args.with_state and args.out is None:
        raise WrongUse(message("--with-state needs --out: the training state is written into that file."))
    if args.adapt and not args.source:
        raise WrongUse(message("--adapt needs --from: the network whose weights are to be kept."))
    from playground.engine.runs.store_settings import read_settings

    args.no_store = args.no_store or not read_settings().enabled
    if args.no_store and not (args.going_on or args.source):
        return _train(args, None, ranks)
    from playground.cli.run_store import FirstProblem, opened

    with opened(FirstProblem()) as store:
        return _train(args, store, ranks)


def _ensure_one_group(args: argparse.Namespace) -> None:
    """Refuse options that do not go with several seeds.

    Raises:
        WrongUse: there is one.
    """
    if args.going_on:
        raise WrongUse(message("--seeds trains new runs: it cannot be used with --continue."))
    if args.out is not None:
        words = tr_noop(
            "--out names one file, but --seeds trains several networks: “playground runs export” writes each."
        )
        raise WrongUse(message(words))
    ensure_between("seeds", args.seeds, 2, MOST_SEEDS)


def _train(args: argparse.Namespace, store: RunStore | None, ranks: Ranks | None) -> int:
    from playground.cli.train import Output, train

    beginning = _beginning(args, store)
    ensure_sound(beginning.experiment)
    ensure_here(beginning.experiment)
    ensure_writable(args.out)
    if detour := beginning.detour:
        complain(detour.text, DONE)
        if args.json:
            put(json_text(detour.values))
    output = Output(args.out, args.with_state, None if args.no_store else store, args.tensorboard)
    if args.seeds is not None:
        from playground.cli.seeds import train_seeds

        return train_seeds(beginning, output, args.seeds, as_json=args.json)
    train(beginning, output, as_json=args.json, ranks=ranks)
    return DONE


def _beginning(args: argparse.Namespace, store: RunStore | None) -> Beginning:
    from playground.cli import training_start

    for name, option in _DATA.items():
        if getattr(args, name) and (args.going_on or args.source):
            words = tr_noop("{option} begins a new network: it cannot be used with --continue or --from.")
            raise WrongUse(message(words, option=option))
    options = {name: getattr(args, name) for name in ("epochs", "seed", "device", *_DATA)}
    if store is not None and args.going_on:
        return training_start.going_on(args.what, options, store)
    if store is not None and args.source:
        return training_start.from_weights(args.what, args.source, options, store, adapt=args.adapt)
    return training_start.anew(args.what, options)
