"""Who may race: experiments whose scores can be compared, their names, and what differs between them."""

from __future__ import annotations

from collections.abc import Sequence

from playground.spec.experiment import LONGEST_NAME, Experiment
from playground.spec.experiment_differences import Difference, differences
from playground.spec.messages import Message, PlaygroundError, message, tr_noop

FEWEST, MOST = 2, 6  # contestants
_LONGEST = LONGEST_NAME - 2  # characters of a name before its number


class EntryError(PlaygroundError):
    """Experiments cannot race against each other."""


def entries(
    experiments: Sequence[Experiment], seed: int | None = None, *, same_data: bool = False
) -> tuple[Experiment, ...]:
    """The contestants of a race, all with one seed, that of the first if None; equal names are numbered.

    With `same_data`, all get the settings of the first one's data, if they learn from the same kind.

    Raises:
        EntryError: there are too few or too many, or their data differ, so that their scores cannot be compared.
    """
    if not FEWEST <= len(experiments) <= MOST:
        words = tr_noop("A race has {fewest} to {most} experiments, but there are {count}.")
        raise EntryError(message(words, fewest=FEWEST, most=MOST, count=len(experiments)))
    first = experiments[0]
    for other in experiments[1:]:
        _require_same_data(first, other, same_data)
    seed = first.seed if seed is None else seed
    names: list[str] = []
    for experiment in experiments:
        names.append(_unique(experiment.name, names))
    pairs = zip(names, experiments, strict=True)
    return tuple(experiment.with_(seed=seed, name=name, data=first.data) for name, experiment in pairs)


def others_settings(racing: Sequence[Experiment]) -> tuple[tuple[Difference, ...], ...]:
    """For each entry, in what it differs from the first; nothing for the first itself."""
    return tuple(differences(racing[0], entry) for entry in racing)


def cautions(racing: Sequence[Experiment]) -> tuple[Message, ...]:
    """Cautions about comparing the figures of these entries, in sentences."""
    recipes = [entry.recipe for entry in racing]
    found = []
    if any(recipe.loss != recipes[0].loss for recipe in recipes):
        found.append(message("The losses differ, so that their values cannot be compared: compare the scores."))
    if any(recipe.batch_size != recipes[0].batch_size for recipe in recipes):
        found.append(
            message("All see the same samples in the same order, but in batches of other sizes: steps differ in work.")
        )
    if any(recipe.device != recipes[0].device for recipe in recipes):
        found.append(message("They may compute on different devices, so that their times cannot be compared."))
    return tuple(found)


def _require_same_data(first: Experiment, other: Experiment, same_kind_suffices: bool) -> None:
    if first.data == other.data:
        return
    values = {"a": first.name, "b": other.name}
    if (first.data.id, first.data.signature) != (other.data.id, other.data.signature):
        words = tr_noop(
            "“{a}” learns from {first} and “{b}” from {second}: their scores cannot be compared, so they cannot race."
        )
        raise EntryError(message(words, **values, first=first.data.title, second=other.data.title))
    if same_kind_suffices:
        return
    words = tr_noop(
        "“{a}” and “{b}” differ in their data ({what}), so that their scores cannot be compared: they can race only if "
        "all get the data of the first."
    )
    found = [item for item in differences(first, other) if item.path.startswith("data")]
    what = message("{label}: {a}, {b}", label=found[0].label, a=found[0].a, b=found[0].b) if found else first.data.title
    raise EntryError(message(words, **values, what=what))


def _unique(name: str, taken: Sequence[str]) -> str:
    """The name, with a number if it is taken."""
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name[:_LONGEST]} {number}"
    return found
