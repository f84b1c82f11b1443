"""The part of an exported program that freezes layers, so that the optimizer leaves them as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from playground.spec.check.shapes import LayerShape, walk
from playground.spec.experiment import Experiment


def freezes(experiment: Experiment) -> bool:
    """Whether some parameters are frozen."""
    rows = walk(experiment.stack, experiment.data.sample_shape)
    return any(tensor.learned and tensor.frozen for row in rows for tensor in row.tensors)


def frozen_modules(rows: Iterable[LayerShape]) -> tuple[str, ...]:
    """The dotted names of the outermost modules of which all parameters are frozen.

    `rows` are the outermost layers that are enabled.
    """
    names: dict[str, bool] = {}
    at = 0
    for row in rows:
        names |= {f"{at}.{tensor.name}": tensor.frozen for tensor in row.tensors if tensor.learned}
        at += len(row.calls)
    return tuple(_outermost(names, ""))


def _outermost(names: dict[str, bool], prefix: str) -> Iterator[str]:
    """The longest groups of names behind `prefix` that are all frozen; `names` maps each to whether it is."""
    steps = dict.fromkeys(name.removeprefix(prefix).partition(".")[0] for name in names)
    for step in steps:
        whole = prefix + step
        inside = {name: frozen for name, frozen in names.items() if name == whole or name.startswith(f"{whole}.")}
        if all(inside.values()):
            yield whole
        elif any(inside.values()):
            yield from _outermost(inside, f"{whole}.")
