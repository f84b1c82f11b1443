"""`playground weights`: which tensors of another program fit a stack, and the network with those that do."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground.cli.arguments import ensure_sound, ensure_writable, named
from playground.cli.table import print_table
from playground.spec.files.storage import shown
from playground.spec.json_text import json_text
from playground.spec.messages import Message, message
from playground.standard_streams import DONE, FAILED, put

if TYPE_CHECKING:
    from playground.engine.foreign_weights.tensor_fit import FittedWeights


def takes_weights(weights: argparse.ArgumentParser) -> None:
    """Declare the options of `weights`."""
    words = "safetensors file, or PyTorch file (.pt) with a state_dict"
    weights.add_argument("file", metavar="FILE", type=Path, help=words)
    words = "preset or file of the experiment whose layers get the weights"
    weights.add_argument("--into", metavar="PRESET|FILE", required=True, help=words)
    words = "write the network with the weights to this file; without it, only say what fits"
    weights.add_argument("--out", type=Path, metavar="FILE.safetensors", help=words)
    weights.add_argument("--json", action="store_true", help="print an object on one line")


def weights_command(args: argparse.Namespace) -> int:
    """Print what fits, and write the network if a file is named; return the exit code: 1 if nothing fits.

    Raises:
        WrongUse: there is no such experiment, or the name of the file does not suit a network.
        PlaygroundError: the file cannot be read, nothing fits, or the network cannot be written.
    """
    ensure_writable(args.out)
    experiment = named(args.into)
    ensure_sound(experiment)
    from playground.engine.foreign_weights.taken_weights import looked_at, taken
    from playground.engine.runtime.device import prepare_thread

    prepare_thread(1)
    if args.out is None:
        fit, remarks = looked_at(args.file, experiment)
    else:
        from playground.engine.training.snapshots import Figures
        from playground.engine.weights import save
        from playground.spec.files.input_protection import ensure_not_an_input

        ensure_not_an_input(args.out, [args.file, args.into, *experiment.data.own_paths])
        network, fit, remarks = taken(args.file, experiment)
        save(args.out, experiment, network, Figures())
    if args.json:
        put(json_text(_record(args, fit, remarks)))
    else:
        _print(fit, remarks, args.out)
    return DONE if fit.taken else FAILED


def _print(fit: FittedWeights, remarks: tuple[Message, ...], out: Path | None) -> None:
    from playground.engine.foreign_weights.tensor_fit import shape_text

    rows = [["tensor", "shape", "dtype", "layer"]]
    for row in fit.rows:
        place = f"{row.layer}: {row.target}" if row.target else f"– {row.why_not}"
        rows.append([row.name, shape_text(row.shape), row.dtype, place])
    print_table(rows)
    for remark in (*remarks, fit.words):
        put(remark)
    if out is not None:
        put(message("Written: {file}", file=shown(out)))


def _record(args: argparse.Namespace, fit: FittedWeights, remarks: tuple[Message, ...]) -> dict[str, Any]:
    tensors = [
        {
            "name": row.name,
            "shape": row.shape,
            "dtype": row.dtype,
            "target": row.target,
            "why_not": None if row.why_not is None else str(row.why_not),
        }
        for row in fit.rows
    ]
    return {
        "file": str(args.file),
        "out": None if args.out is None else str(args.out),
        "matched_by": fit.how,
        "tensors": tensors,
        "random": [str(layer) for layer in fit.random],
        "remarks": [str(remark) for remark in remarks],
    }
