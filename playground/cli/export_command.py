"""`playground export`: a trained network in another format, verified before it is written."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground.cli.arguments import ensure_writable
from playground.cli.named_network import EXPERIMENT, NETWORK, files_of, trained_network
from playground.cli.wrong_use import WrongUse
from playground.engine.export.formats import FORMATS, Format, format_named
from playground.spec.files.storage import shown
from playground.spec.json_text import json_text
from playground.spec.messages import message, tr_noop
from playground.spec.number_text import bytes_text
from playground.standard_streams import DONE, put

if TYPE_CHECKING:
    from playground.engine.export.exported import Exported
    from playground.engine.weights import Trained


def takes_export(export: argparse.ArgumentParser) -> None:
    """Declare the options of `export`."""
    export.add_argument("network", metavar="PRESET|NETWORK|RUN", nargs="?", help=NETWORK)
    export.add_argument("--experiment", metavar="PRESET|FILE", help=EXPERIMENT)
    export.add_argument("--to", choices=[item.id for item in FORMATS], help="format; “--list” says what each is for")
    export.add_argument("--out", type=Path, metavar="FILE", help="file to write")
    whole = "with what comes before and after the network: bytes or columns in, probabilities out"
    export.add_argument("--whole", action="store_true", help=whole)
    export.add_argument("--json", action="store_true", help="print what was written and verified as one JSON object")
    export.add_argument("--list", action="store_true", help="list the formats, and what each is for")


def export_command(args: argparse.Namespace) -> int:
    """Write the network in another format, and say what was verified; return the exit code.

    Raises:
        WrongUse: an option is missing, or the name of the file does not suit the format.
        PlaygroundError: the network cannot be read, exported or written, or what was exported answers differently.
    """
    if args.list:
        _print_formats(as_json=args.json)
        return DONE
    if None in (args.network, args.to, args.out):
        raise WrongUse(
            message("Name a network, a format and a file: “playground export NETWORK --to onnx --out FILE”.")
        )
    chosen = format_named(args.to)
    ensure_writable(args.out, chosen.suffix)
    from playground.engine.runtime.device import prepare_thread

    prepare_thread(1)
    trained = trained_network(args.network, args.experiment)
    _ensure_apart(args, trained)
    found = chosen.write(trained, args.out, whole=args.whole)
    if args.json:
        put(json_text(_record(chosen, args.out, found)))
    else:
        _print(chosen, args.out, found)
    return DONE


def _ensure_apart(args: argparse.Namespace, trained: Trained) -> None:
    """Refuse to write over what is read.

    Raises:
        FileError: the file is an input.
    """
    from playground.spec.files.input_protection import ensure_not_an_input

    read = files_of(args.network, args.experiment)
    ensure_not_an_input(args.out, [*read, *trained.experiment.data.own_paths])


def _print_formats(*, as_json: bool) -> None:
    if as_json:
        keys = ("id", "title", "suffix", "purpose", "takes_whole")
        put(json_text({"formats": [{key: getattr(item, key) for key in keys} for item in FORMATS]}))
        return
    width, ending = (max(len(getattr(item, key)) for item in FORMATS) for key in ("id", "suffix"))
    for item in FORMATS:
        put(f"{item.id:{width}}  {item.suffix:{ending}}  {message(item.title)}. {message(item.purpose)}")


def _print(chosen: Format, out: Path, found: Exported) -> None:
    words = tr_noop("{out}: {title}, {size}. {purpose}")
    size, title, purpose = bytes_text(len(found.data)), message(chosen.title), message(chosen.purpose)
    put(message(words, out=shown(out), title=title, size=size, purpose=purpose))
    if found.verification is not None:
        put(found.verification.words)
    for remark in found.remarks:
        put(remark)


def _record(chosen: Format, out: Path, found: Exported) -> dict[str, Any]:
    verification = found.verification
    record = None if verification is None else {**verification._asdict(), "samples": str(verification.samples)}
    return {
        "file": str(out),
        "format": chosen.id,
        "bytes": len(found.data),
        "verification": record,
        "remarks": [str(remark) for remark in found.remarks],
    }
