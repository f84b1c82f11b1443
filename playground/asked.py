"""What the command line was asked for: the experiment that is meant, with its options, and whether it can be done."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground.spec.words import PlaygroundError, say

if TYPE_CHECKING:
    from playground.spec.component import FieldInfo
    from playground.spec.experiment import Experiment
    from playground.spec.problem import Problem

NETWORK = ".safetensors"


class WrongUse(PlaygroundError):
    """What was asked for does not exist or makes no sense."""


def named(name: str) -> Experiment:
    """The experiment of a preset, an experiment's file or a trained network.

    Raises:
        WrongUse: there is none of that name.
        PlaygroundError: the file cannot be read.
    """
    from playground.spec.files import read_experiment
    from playground.spec.presets import preset

    path = Path(name)
    if path.is_file() and path.suffix.lower() == NETWORK:
        from playground.engine.weights import load

        return load(path).experiment
    if path.exists():
        return read_experiment(path)
    try:
        return preset(name).experiment
    except PlaygroundError as error:
        raise WrongUse(say("There is no file “{name}”. {presets}", name=name, presets=error.message)) from error


def adjusted(experiment: Experiment, options: Mapping[str, Any]) -> Experiment:
    """The experiment with what the options `epochs`, `seed` and `device` say, each None where it was not given.

    Raises:
        WrongUse: a value is out of its bounds.
    """
    from playground.spec.component import fields_of
    from playground.spec.experiment import Experiment
    from playground.spec.recipe import Recipe

    recipe, whole = (
        {field.name: _bounded(field, options[field.name]) for field in fields_of(owner) if field.name in options}
        for owner in (Recipe, Experiment)
    )
    recipe, whole = ({name: value for name, value in values.items() if value is not None} for values in (recipe, whole))
    return experiment.with_(recipe=experiment.recipe.with_(**recipe), **whole)


def _bounded(field: FieldInfo, value: Any) -> Any:
    """The value of an option, which fills that field."""
    if value is None:
        return None
    if field.options and value not in dict(field.options):
        known = ", ".join(str(option) for option, _ in field.options)
        raise WrongUse(
            say("--{name} should be one of {known}, but is “{value}”.", name=field.name, known=known, value=value)
        )
    low, high = field.minimum, field.maximum
    if low is not None and high is not None and not low <= value <= high:
        words = "--{name} should be between {low:,} and {high:,}, but is {value:,}."
        raise WrongUse(say(words, name=field.name, low=low, high=high, value=value))
    return value


def ensure_sound(experiment: Experiment) -> None:
    """Refuse what cannot be trained.

    Raises:
        PlaygroundError: it has problems, each of which is said on a line of its own.
    """
    from playground.spec.problems import check

    problems = check(experiment)
    if problems:
        lines = "\n".join(problem_line(problem, experiment) for problem in problems)
        raise PlaygroundError(say("{name} cannot be trained:\n{lines}", name=experiment.name, lines=lines))


def ensure_here(experiment: Experiment) -> None:
    """Nothing is downloaded unasked.

    Raises:
        PlaygroundError: its data are not on this machine.
    """
    data = type(experiment.data)
    if not data.remotes:
        return
    from playground.engine.shelf import lacking
    from playground.spec.number_text import bytes_text

    missing = lacking(data)
    if missing:
        words = "{data} is not on this machine. “playground download {name}” brings it: {size}."
        size = bytes_text(sum(remote.size for remote in missing))
        raise PlaygroundError(say(words, data=data.label, name=data.id.replace("_", "-"), size=size))


def ensure_writable(out: Path | None) -> None:
    """Find out before hours of training, not after them.

    Raises:
        WrongUse: the network cannot be written there.
    """
    if out is None:
        return
    import tempfile

    if out.suffix != NETWORK:
        raise WrongUse(say("--out should name a file that ends in {ending}, but is “{out}”.", ending=NETWORK, out=out))
    try:
        if out.is_dir():
            raise IsADirectoryError
        with tempfile.TemporaryFile(dir=out.absolute().parent):
            pass
    except OSError as error:
        words = "“{out}” cannot be written: its folder must exist, and you must be allowed to write there."
        raise WrongUse(say(words, out=out)) from error


def problem_line(problem: Problem, experiment: Experiment) -> str:
    """One line: where, what, what was expected, and what would mend it."""
    from playground.spec.shapes import walk

    place = ""
    if problem.layer is not None:
        row = next(row for row in walk(experiment.stack, experiment.data.sample_shape) if row.path == problem.layer)
        place = f"layer {'.'.join(str(index + 1) for index in problem.layer)}, {row.layer.label}: "
    elif problem.field is not None:
        place = f"{'.'.join(problem.field)}: "
    mend = f" {problem.fix.label}." if problem.fix else ""
    return f"{place}{problem.what} Expected: {problem.expected}.{mend}"
