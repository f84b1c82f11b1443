"""`playground runs`: lists the stored runs, shows and compares them, exports, deletes and restores them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground.cli.arguments import ensure_writable
from playground.cli.table import print_table
from playground.cli.wrong_use import WrongUse
from playground.spec.files.file_kind import EXPERIMENT_SUFFIX, NETWORK_SUFFIX
from playground.spec.files.storage import shown, write_atomically
from playground.spec.json_text import json_text
from playground.spec.messages import Message, PlaygroundError, message, tr_noop
from playground.spec.number_text import flops_text, loss_text, percent_text, seconds_text
from playground.standard_streams import DONE, put

if TYPE_CHECKING:
    from playground.engine.runs.index import RunRow
    from playground.engine.runs.run_record import RunRecord
    from playground.engine.runs.store import RunStore
    from playground.engine.runs.stored_run import StoredRun

CSV_SUFFIX = ".csv"
_RUN = "id of a run, a unique beginning of it, or “last”"
_LONGEST_NAME = 32  # characters of a name in the table

_FIGURES: dict[str, tuple[Message, Callable[[Any], object]]] = {  # of a record: label and format
    "epochs": (message("Epochs"), "{:,}".format),
    "step": (message("Steps"), "{:,}".format),
    "seconds": (message("Time"), seconds_text),
    "train_loss": (message("Train loss"), loss_text),
    "train_score": (message("Train score"), percent_text),
    "validation_loss": (message("Validation loss"), loss_text),
    "validation_score": (message("Validation score"), percent_text),
    "test_loss": (message("Test loss"), loss_text),
    "test_score": (message("Test score"), percent_text),
}


def takes_runs(runs: argparse.ArgumentParser) -> None:
    """Declare the commands below `runs` and their options."""
    runs.add_argument("--json", action="store_true", help="print one JSON object per line")
    commands = runs.add_subparsers(metavar="COMMAND", title="commands; without one, the runs are listed")

    def command(name: str, run: Callable[[argparse.Namespace], int], help: str) -> argparse.ArgumentParser:
        found = commands.add_parser(name, help=help, description=help, allow_abbrev=False)
        found.set_defaults(run=run)
        return found

    listing = command("list", list_runs, "list the runs, as without a command")
    listing.add_argument("--deleted", action="store_true", help="list the runs in the trash instead")
    listing.add_argument("--json", action="store_true", help="print one JSON object per line")
    show = command("show", _show, "print the figures and settings of a run")
    show.add_argument("named", metavar="RUN", help=_RUN)
    show.add_argument("--json", action="store_true", help="print them as one JSON object")
    diff = command("diff", _diff, "print where two runs differ, and their figures side by side")
    diff.add_argument("named", metavar="RUN", nargs=2, help=_RUN)
    compare = command(
        "compare", _compare, "test whether one experiment is better than another, each with several seeds"
    )
    group = "name of a group (see “train --seeds”), a unique beginning of it, or ids of runs with commas between them"
    compare.add_argument("named", metavar="GROUP", nargs=2, help=group)
    export = command("export", _export, "write the network, the experiment or the curves of a run to a file")
    export.add_argument("named", metavar="RUN", help=_RUN)
    export.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE",
        help=f"{NETWORK_SUFFIX}: the network, {EXPERIMENT_SUFFIX}: the experiment, {CSV_SUFFIX}: the curves",
    )
    delete = command("delete", _delete, "move runs to the trash, from which they can be restored for a week")
    delete.add_argument("named", metavar="RUN", nargs="+", help=_RUN)
    restore = command("restore", _restore, "restore deleted runs from the trash")
    restore.add_argument("named", metavar="RUN", nargs="+", help=f"{_RUN}, which is the last one deleted")


def list_runs(args: argparse.Namespace) -> int:
    """Print a table of all runs, or of the deleted ones, or a JSON object for each."""
    from playground.cli.run_store import opened

    if getattr(args, "deleted", False):
        return _list_deleted(as_json=args.json)
    with opened() as store:
        rows = store.runs()
    if args.json:
        for row in rows:
            put(json_text(row._asdict()))
        return DONE
    if not rows:
        put(message("No run is stored yet."))
        return DONE
    header = ("id", "name", "data", "epochs", "score", "loss", "on", "time", "date", "")
    print_table([header, *map(_cells, rows)], right=(3, 4, 5, 7))
    return DONE


def _list_deleted(*, as_json: bool) -> int:
    """Print the runs in the trash, when each was deleted, and until when it is kept at least."""
    from playground.cli.run_store import opened

    with opened() as store:
        found = store.deleted_runs()
    if as_json:
        for row, *moments in found:
            deleted, kept_until = (moment.isoformat() for moment in moments)
            put(json_text({**row._asdict(), "deleted": deleted, "kept_until": kept_until}))
        return DONE
    if not found:
        put(message("No deleted run is kept."))
        return DONE
    rows: list[Sequence[str]] = [("id", "name", "data", "score", "deleted", "kept until")]
    for row, *moments in found:
        times = (f"{moment.astimezone():%Y-%m-%d %H:%M}" for moment in moments)
        run_id, name, data, _, score, *_ = _cells(row)
        rows.append((run_id, name, data, score, *times))
    print_table(rows, right=[3])
    put(message("“playground runs restore ID” brings a run back. If the disk budget is used up, it goes earlier."))
    return DONE


def _cells(row: RunRow) -> tuple[str, ...]:
    if row.damaged:
        return (row.run_id, str(message("damaged")), *[""] * 8)
    name = row.name if len(row.name) <= _LONGEST_NAME else f"{row.name[: _LONGEST_NAME - 1]}…"
    state = "" if row.ended else str(message(" (not ended)"))
    measured_on = str(message(row.measured_on)) if row.measured_on else ""
    score = percent_text(row.score), loss_text(row.loss), measured_on
    figures = (f"{row.epochs:,}", *score, seconds_text(row.seconds))
    date = datetime.fromisoformat(row.created).astimezone()
    return row.run_id, name + state, row.data.replace("_", "-"), *figures, f"{date:%Y-%m-%d %H:%M}", "★" * row.star


def _show(args: argparse.Namespace) -> int:
    from playground.cli.run_store import opened, stored_run
    from playground.spec.experiment_settings import settings

    with opened() as store:
        run = stored_run(args.named, store)
        record, experiment = run.record, run.experiment
        checkpoints = [item.step for item in run.checkpoints()]
    if args.json:
        values = json.loads(record.model_dump_json())
        about = {"checkpoints": checkpoints, "experiment": json.loads(experiment.model_dump_json())}
        put(json_text({**values, **about}))
        return DONE
    lines = [*_about(record), (message("Checkpoints"), f"{len(checkpoints):,}")]
    lines += [(label, write(getattr(record.figures, name))) for name, (label, write) in _FIGURES.items()]
    lines += [(item.label, item.value) for item in settings(experiment)]
    print_table([(str(label), str(value)) for label, value in lines])
    return DONE


def _about(record: RunRecord) -> list[tuple[Message, object]]:
    """The fields of a record, with labels, apart from its figures; empty ones are left out."""
    ended = f"{record.ended.astimezone():%Y-%m-%d %H:%M:%S}" if record.ended else message("not ended")
    lines = [
        (message("Run"), record.run_id),
        (message("Name"), record.name),
        (message("Started"), f"{record.created.astimezone():%Y-%m-%d %H:%M:%S}"),
        (message("Ended"), ended),
        (message("Parent run"), record.parent),
        (message("Star"), "★" * record.star),
        (message("Group"), record.group),
        (message("Note"), record.note.replace("\n", " ")),
        (message("Versions"), ", ".join(f"{name} {number}" for name, number in record.versions.items())),
        (message("Device"), message("{device}, threads: {threads}", device=record.device, threads=record.threads)),
        (message("Parameters"), None if record.parameters is None else f"{record.parameters:,}"),
        (message("Cost of a sample"), None if record.flops is None else flops_text(record.flops)),
    ]
    return [(label, value) for label, value in lines if value]


def _diff(args: argparse.Namespace) -> int:
    from playground.cli.run_store import opened, stored_run
    from playground.spec.experiment_differences import differences

    with opened() as store:
        runs = [stored_run(word, store) for word in args.named]
        experiments = [run.experiment for run in runs]
    first, second = (run.record for run in runs)
    rows = [["", first.run_id, second.run_id], ["Name", first.name, second.name]]
    for name, (label, write) in _FIGURES.items():
        rows.append([str(label), *(str(write(getattr(record.figures, name))) for record in (first, second))])
    found = differences(*experiments)
    for item in found:
        rows.append([str(item.label), str(item.a), str(item.b)])
    print_table(rows)
    if not found:
        put(message("Both runs have the same settings."))
    return DONE


def _compare(args: argparse.Namespace) -> int:
    from playground.cli.comparison import compared
    from playground.cli.run_store import opened

    with opened() as store:
        found = compared(args.named, store)
    print_table(found.rows, right=[1])
    for sentence in found.sentences:
        put(sentence)
    return DONE


def _export(args: argparse.Namespace) -> int:
    from playground.cli.run_store import opened, stored_run
    from playground.engine.runs.curves_csv import curves_csv
    from playground.spec.files.experiment_file import write_experiment
    from playground.spec.files.input_protection import ensure_not_an_input

    kind = args.out.suffix
    if kind not in (NETWORK_SUFFIX, EXPERIMENT_SUFFIX, CSV_SUFFIX):
        words = tr_noop("--out should name a file that ends in {network}, {experiment} or {curves}, but is “{out}”.")
        endings = {"network": NETWORK_SUFFIX, "experiment": EXPERIMENT_SUFFIX, "curves": CSV_SUFFIX}
        raise WrongUse(message(words, **endings, out=shown(args.out)))
    with opened() as store:
        run = stored_run(args.named, store)
        ensure_not_an_input(args.out, [run.folder.path, *run.experiment.data.own_paths])
        if kind == NETWORK_SUFFIX:
            _export_network(run, args.out)
        elif kind == EXPERIMENT_SUFFIX:
            write_experiment(run.experiment, args.out)
        else:
            write_atomically(args.out, curves_csv(run.curves()).encode())
    put(message("Saved as {file}", file=shown(args.out)))
    return DONE


def _export_network(run: StoredRun, out: Path) -> None:
    ensure_writable(out)
    from playground.cli.named_network import last_network  # torch takes seconds
    from playground.engine.weights import save_weights

    trained = last_network(run)
    figures = run.latest_figures(trained.figures)
    weights = trained.network.state_dict()
    origin = (trained.scaling, trained.provenance)
    save_weights(out, trained.experiment, weights, figures, None, run.run_id, *origin)


def _delete(args: argparse.Namespace) -> int:
    from playground.cli.run_store import opened, run_named

    with opened() as store:
        run_ids = [row.run_id for row in store.runs()]
        for run_id in [run_named(word, run_ids) for word in args.named]:
            store.delete(run_id)
            _ensure_done(store, run_id)
            put(message("Deleted {run}. “playground runs restore {run}” brings it back.", run=run_id))
    return DONE


def _restore(args: argparse.Namespace) -> int:
    from playground.cli.run_store import opened, run_named

    with opened() as store:
        run_ids = store.deleted()
        for run_id in [run_named(word, run_ids) for word in args.named]:
            store.restore(run_id)
            _ensure_done(store, run_id)
            put(message("Restored {run}.", run=run_id))
    return DONE


def _ensure_done(store: RunStore, run_id: str) -> None:
    """Wait until a run was moved.

    Raises:
        PlaygroundError: it was not.
    """
    from playground.cli.run_store import WITHIN

    flushed = store.flush(WITHIN)
    if store.problem is not None or not flushed:
        why = store.problem or message("The disk does not answer.")
        raise PlaygroundError(message("Run {run}: {why}", run=run_id, why=why))
