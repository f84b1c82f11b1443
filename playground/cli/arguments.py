"""Reads command-line arguments: finds the experiment, applies options, and checks that the command can run."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground.cli.wrong_use import WrongUse
from playground.spec.files.file_kind import NETWORK_SUFFIX, SHEET_SUFFIXES, becomes_data
from playground.spec.files.storage import shown
from playground.spec.messages import PlaygroundError, message, tr_noop
from playground.standard_streams import DONE, complain

if TYPE_CHECKING:
    from playground.spec.check.problem import Problem
    from playground.spec.component import FieldInfo
    from playground.spec.data.dataset import Dataset
    from playground.spec.data.table_reading import ReadingChoice
    from playground.spec.data.text_summary import TextChoice
    from playground.spec.experiment import Experiment


def ensure_folder() -> None:
    """Refuse to start in a deleted folder, where a library behind torch would end the process.

    Raises:
        WrongUse: the current folder was deleted.
    """
    try:
        os.getcwd()
    except FileNotFoundError as error:
        words = tr_noop("The folder that Playground was started in does not exist any more. Start it in another one.")
        raise WrongUse(message(words)) from error


def number(option: str, kind: type[int] | type[float]) -> Callable[[str], float]:
    """A function that reads an option's value as a number; it raises `WrongUse` if the text is not one."""
    words = tr_noop("{option} should be {what}, but is “{text}”.")
    what = message("a whole number") if kind is int else message("a number")

    def read(text: str) -> float:
        try:
            return kind(text)
        except ValueError as error:
            raise WrongUse(message(words, option=option, what=what, text=shown(text))) from error

    return read


def named(
    name: str,
    target: str | None = None,
    sheet: str | None = None,
    text: str | None = None,
    choice: ReadingChoice | None = None,
    units: TextChoice | None = None,
) -> Experiment:
    """The experiment of a preset, of an experiment file or of a trained network, or a first one for data of one's own.

    Args:
        name: of the preset, or the path.
        target: the column of a table to predict, instead of that of the experiment, or of the last one.
        sheet: of a spreadsheet, instead of the first one.
        text: the column of texts to classify, by which a table is read as labelled texts.
        choice: how a table is read, the sheet included; a column of the kind “text” is that of texts.
        units: how a text is read, see `text_units.units_choice`.

    Raises:
        WrongUse: there is no preset or file of that name, or no such column.
        PlaygroundError: the file cannot be read.
    """
    from playground.cli.data_choices import named_text

    if sheet is not None and Path(name).suffix.lower() not in SHEET_SUFFIXES:
        raise WrongUse(message("--sheet names a sheet of a spreadsheet, but {data} is none.", data=shown(name)))
    if text is not None and (os.path.isdir(name) or not becomes_data(Path(name))):
        raise WrongUse(message("--text names a column of a table, but {data} is none.", data=shown(name)))
    if choice is not None and sheet is None and (os.path.isdir(name) or not becomes_data(Path(name))):
        raise WrongUse(message("--read and --column are for tables, but {data} is none.", data=shown(name)))
    choice, text = named_text(choice, text)
    experiment = (
        _named(name, choice, units, target) if text is None else _first(Path(name), choice, text, units, target)
    )
    return experiment if target is None else _with_target(experiment, target)


def _with_target(experiment: Experiment, target: str) -> Experiment:
    """The experiment with another target, and with a first network for it."""
    from playground.spec.datasets.labelled import LabelledTexts
    from playground.spec.datasets.table import Table
    from playground.spec.first_experiment import first_experiment

    data = experiment.data
    chosen: Dataset
    if isinstance(data, LabelledTexts):
        columns, chosen = data.label_names, data.with_(label_column=target)
    elif isinstance(data, Table):
        columns, chosen = data.columns, data.with_(target=target, asks="auto")
    else:
        raise WrongUse(message("--target names a column of a table, but {data} is none.", data=data.title))
    if target not in columns:
        raise _no_column(data, target, columns)
    if chosen.values() == data.values():
        return experiment
    return first_experiment(chosen).with_(name=experiment.name)


def _no_column(data: Dataset, name: str, columns: Sequence[str]) -> WrongUse:
    words = tr_noop("{file} has no column “{target}” that can be predicted. It has: {columns}.")
    return WrongUse(message(words, file=data.title, target=shown(name), columns=", ".join(columns)))


def _first(
    path: Path,
    choice: ReadingChoice | None,
    text: str | None = None,
    units: TextChoice | None = None,
    target: str | None = None,
) -> Experiment:
    """A first experiment for data of the user's own; with `text`, for the texts in that column."""
    from playground.cli.data_choices import ensure_columns, ensure_text, giveaways
    from playground.engine.data.opening import inspected_as
    from playground.spec.data.dataset import dataset_of
    from playground.spec.datasets.labelled import LabelledTexts
    from playground.spec.files.storage import ensure_namable
    from playground.spec.first_experiment import first_experiment

    kind = dataset_of(path) if text is None else LabelledTexts
    assert kind is not None
    ensure_namable(path.absolute())
    kind, found = inspected_as(kind, path, lambda _count: None, choice or units)
    ensure_columns(choice, found)
    before = kind() if text is None else LabelledTexts(text_column=text)
    data = kind.of_source(found.source, before)
    if isinstance(data, LabelledTexts):
        ensure_text(data.source, text)
    for remark in found.remarks:
        complain(remark, DONE)
    experiment = first_experiment(data)
    complain(experiment.data.account(found.skips), DONE)  # of the data as they are trained on
    experiment = experiment if target is None else _with_target(experiment, target)
    for remark in giveaways(found, experiment.data):
        complain(remark, DONE)
    return experiment


def _named(name: str, choice: ReadingChoice | None, units: TextChoice | None, target: str | None) -> Experiment:
    from playground.spec.files.experiment_file import read_experiment
    from playground.spec.files.presets import preset

    path = Path(name)
    if os.path.exists(name) and path.suffix.lower() == NETWORK_SUFFIX:
        from playground.engine.weights import load

        return load(path).experiment
    if os.path.exists(name) and becomes_data(path):
        return _first(path, choice, units=units, target=target)
    if os.path.exists(name):  # os.path.exists accepts names that no path can have
        return read_experiment(path)
    try:
        return preset(name).experiment
    except PlaygroundError as error:
        raise WrongUse(
            message("There is no file “{name}”. {presets}", name=shown(name), presets=error.message)
        ) from error


def trained_file(name: str) -> Path:
    """The file of a trained network: the named file, which need not exist, or that of the preset of that name.

    Raises:
        WrongUse: there is neither.
    """
    from playground.spec.files.presets import presets

    if os.path.exists(name) or name.endswith(NETWORK_SUFFIX):  # opening it reports what is wrong
        return Path(name)
    known = {entry.id: entry.trained for entry in presets()}
    if found := known.get(name):
        return found
    if name in known:
        words = tr_noop(
            "The preset “{name}” comes untrained: “playground train {name} --out {name}{ending}” trains it."
        )
        raise WrongUse(message(words, name=name, ending=NETWORK_SUFFIX))
    trained = ", ".join(name for name, path in known.items() if path)
    words = tr_noop(
        "There is no file and no run “{name}”, and no preset of that name that comes trained. There are: {trained}."
    )
    raise WrongUse(message(words, name=shown(name), trained=trained))


def adjusted(experiment: Experiment, options: Mapping[str, Any]) -> Experiment:
    """Apply the options `epochs`, `seed` and `device` to an experiment; None leaves its value unchanged.

    Raises:
        WrongUse: a value is out of its bounds.
    """
    from playground.spec.component import fields_of
    from playground.spec.experiment import Experiment
    from playground.spec.recipe.recipe import Recipe

    recipe, whole = (
        {field.name: _bounded(field, options[field.name]) for field in fields_of(owner) if field.name in options}
        for owner in (Recipe, Experiment)
    )
    recipe, whole = ({name: value for name, value in values.items() if value is not None} for values in (recipe, whole))
    return experiment.with_(recipe=experiment.recipe.with_(**recipe), **whole)


def _bounded(field: FieldInfo, value: Any) -> Any:
    """Check an option's value against the bounds of its field."""
    if value is None:
        return None
    if field.options and value not in dict(field.options):
        known = ", ".join(str(option) for option, _ in field.options)
        raise WrongUse(
            message(
                "--{name} should be one of {known}, but is “{value}”.",
                name=field.name,
                known=known,
                value=shown(str(value)),
            )
        )
    if field.minimum is not None and field.maximum is not None:
        ensure_between(field.name, value, field.minimum, field.maximum)
    return value


def ensure_between(name: str, value: float, low: float, high: float) -> None:
    """Refuse an option whose number is out of bounds.

    Raises:
        WrongUse: it is below `low`, above `high`, or NaN.
    """
    if low <= value <= high:
        return
    from playground.spec.number_text import setting_text

    shown = {
        key: f"{number:,}" if isinstance(number, int) else setting_text(number)
        for key, number in (("low", low), ("high", high), ("value", value))
    }
    raise WrongUse(message("--{name} should be between {low} and {high}, but is {value}.", name=name, **shown))


def ensure_sound(experiment: Experiment) -> None:
    """Refuse an experiment that cannot be trained.

    Raises:
        PlaygroundError: it has problems; the message names each on a line of its own.
    """
    from playground.spec.check.problems import check

    problems = check(experiment)
    if problems:
        lines = "\n".join(problem_line(problem, experiment) for problem in problems)
        raise PlaygroundError(message("{name} cannot be trained:\n{lines}", name=experiment.name, lines=lines))


def ensure_here(experiment: Experiment) -> None:
    """Refuse an experiment whose data would have to be downloaded first.

    Raises:
        PlaygroundError: its data are not on this machine.
    """
    data = type(experiment.data)
    if not data.remotes:
        return
    from playground.engine.data.dataset_cache import lacking
    from playground.spec.number_text import bytes_text

    missing = lacking(data)
    if missing:
        words = tr_noop("{data} is not on this machine. “playground download {name}” brings it: {size}.")
        size = bytes_text(sum(remote.size for remote in missing))
        raise PlaygroundError(message(words, data=message(data.label), name=data.id.replace("_", "-"), size=size))


def ensure_ending(out: Path, ending: str, option: str = "--out") -> None:
    """Raise WrongUse unless the name of the file, which the option gives, ends so."""
    if out.suffix != ending:
        words = tr_noop("{option} should name a file that ends in {ending}, but is “{out}”.")
        raise WrongUse(message(words, option=option, ending=ending, out=shown(out)))


def ensure_writable(out: Path | None, ending: str | None = NETWORK_SUFFIX, option: str = "--out") -> None:
    """Check before hours of work, not after them, that a file of that ending, or any, can be written.

    Raises:
        WrongUse: the file cannot be written there.
    """
    if out is None:
        return
    import stat
    import tempfile

    if ending is not None:
        ensure_ending(out, ending, option)
    try:
        with suppress(FileNotFoundError):
            if not stat.S_ISREG(os.stat(out).st_mode):
                raise WrongUse(
                    message("“{out}” cannot be written: it exists, and is not a regular file.", out=shown(out))
                )
            if not os.access(out, os.W_OK):
                raise PermissionError
        with tempfile.TemporaryFile(dir=Path(os.path.realpath(out)).parent):
            pass
    except OSError as error:
        words = tr_noop("“{out}” cannot be written: its folder must exist, and you must be allowed to write there.")
        if error.errno == errno.ENAMETOOLONG:
            words = tr_noop("“{out}” cannot be written: the name is too long.")
        raise WrongUse(message(words, out=shown(out))) from error


def problem_line(problem: Problem, experiment: Experiment) -> str:
    """One line: location, problem, expectation, and fix if there is one."""
    from playground.spec.check.shapes import walk

    location = ""
    if problem.layer is not None:
        row = next(row for row in walk(experiment.stack, experiment.data.sample_shape) if row.path == problem.layer)
        location = f"layer {'.'.join(str(index + 1) for index in problem.layer)}, {row.layer.label}: "
    elif problem.field is not None:
        location = f"{'.'.join(problem.field)}: "
    remedy = f" {problem.fix.label}." if problem.fix else ""
    return f"{location}{problem.what} Expected: {problem.expected}.{remedy}"
