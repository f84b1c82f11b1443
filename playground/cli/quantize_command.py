"""`playground quantize`: a trained network in fewer bits, with its figures before and after."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground.cli.arguments import ensure_here, ensure_writable
from playground.cli.named_network import EXPERIMENT, NETWORK, files_of, source_name, trained_network
from playground.cli.table import print_table
from playground.engine.export.formats import FEWER_BITS, INSTALL, format_named
from playground.spec.files.storage import shown, write_atomically
from playground.spec.json_text import json_text
from playground.spec.messages import PlaygroundError, message, tr_noop
from playground.spec.number_text import bytes_text, milliseconds_text, percent_text
from playground.standard_streams import DONE, put

if TYPE_CHECKING:
    from playground.engine.export.quantization import Quantized
    from playground.engine.weights import Trained


def takes_quantization(quantize: argparse.ArgumentParser) -> None:
    """Declare the options of `quantize`."""
    quantize.add_argument("network", metavar="PRESET|NETWORK|RUN", help=NETWORK)
    quantize.add_argument("--experiment", metavar="PRESET|FILE", help=EXPERIMENT)
    words = (
        "int8: an .onnx file with weights as integers (dynamic); int8-static: also with fixed ranges of activations, "
        "calibrated on training samples; both run with onnxruntime. float16: a .safetensors file of half the size, "
        "which Playground opens like any other"
    )
    quantize.add_argument("--to", choices=[item.id for item in FEWER_BITS], required=True, help=words)
    quantize.add_argument("--out", type=Path, metavar="FILE", required=True, help="file to write")
    words = "print the figures, and which samples are answered differently, as one JSON object"
    quantize.add_argument("--json", action="store_true", help=words)


def quantize_command(args: argparse.Namespace) -> int:
    """Write the network in fewer bits, and print its figures; return the exit code.

    Raises:
        WrongUse: the name of the file does not suit the format, or there is no such network.
        PlaygroundError: the network or its data cannot be read, it cannot be quantized, or the file cannot be written.
    """
    from playground.spec.files.input_protection import ensure_not_an_input

    chosen = format_named(args.to)
    ensure_writable(args.out, chosen.suffix)
    trained = trained_network(args.network, args.experiment)
    read = files_of(args.network, args.experiment)
    ensure_not_an_input(args.out, [*read, *trained.experiment.data.own_paths])
    ensure_here(trained.experiment)
    found = _quantized(trained, args.to, source_name(args.network, trained))
    write_atomically(args.out, found.data)
    if args.json:
        put(json_text(_record(trained, args, found)))
    else:
        _print(found, args.out)
    return DONE


def _quantized(trained: Trained, precision: str, source: str) -> Quantized:
    from playground.engine.data.in_memory import load
    from playground.engine.export.quantization import quantized

    try:
        return quantized(trained, precision, load(trained.experiment.data), source)
    except ModuleNotFoundError as error:
        words = tr_noop("{title} needs further libraries: run “{command}”.")
        raise PlaygroundError(message(words, title=precision, command=INSTALL)) from error


def _print(found: Quantized, out: Path) -> None:
    task, before, after = found.part.dataset.task, found.before, found.after
    rows = [["", "float32", "now"], ["size", bytes_text(before.bytes), bytes_text(after.bytes)]]
    for name, key in (("one sample", "milliseconds"), ("one of 32 at once", "milliseconds_32")):
        rows.append([name, *(milliseconds_text(getattr(cost, key)) for cost in (before, after))])
    rows.append([task.score.word, percent_text(before.score), percent_text(after.score)])
    print_table(rows, right=(1, 2))
    put(found.comparison.words)
    if found.calibrated:
        words = tr_noop("The ranges of activations are from {count:,} random training {samples}.")
        put(message(words, count=found.calibrated, samples=message(found.part.dataset.samples)))
    for sentence in found.measured:
        put(sentence)
    put(message("Written: {file}", file=shown(out)))


def _record(trained: Trained, args: argparse.Namespace, found: Quantized) -> dict[str, Any]:
    comparison = found.comparison
    return {
        "name": trained.experiment.name,
        "to": args.to,
        "file": str(args.out),
        "runtime": found.runtime,
        "split": found.part.part.value,
        "samples": len(found.part.samples),
        "asked_alone": found.alone,
        "calibration_samples": found.calibrated,
        "score_name": trained.experiment.data.task.score.key,
        "before": found.before._asdict(),
        "after": found.after._asdict(),
        "answers": comparison.answers,
        "changed": comparison.changed,
        "changed_samples": comparison.changed_samples,
        "largest_difference": comparison.largest_difference,
    }
