"""The report on fitness as a Markdown page."""

from __future__ import annotations

import re

from playground.engine.fitness.fitness import Fitness, conclusion
from playground.engine.fitness.item import Status
from playground.spec.experiment import Experiment
from playground.spec.messages import message, printable

MARKS = {Status.GREEN: "✓", Status.RED: "✗", Status.MEASURED: "·", Status.NOT_APPLICABLE: "–"}
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


def as_markdown(experiment: Experiment, found: Fitness) -> str:
    """The report in English: the conclusion, and a table with a row for each item, as `as_values` has them."""
    lines = [
        f"# {_plain(experiment.name)}: fit to deploy?",
        "",
        f"On {_plain(experiment.data.title)}. **{_plain(conclusion(found.items))}**",
        "",
        "| | Item | Figures and reason | Fix |",
        "| --- | --- | --- | --- |",
    ]
    for item in found.items:
        fix = "" if item.fix is None else _plain(item.fix)
        lines.append(f"| {MARKS[item.status]} | {_plain(message(item.label))} | {_plain(item.reason)} | {fix} |")
    return "\n".join((*lines, ""))


def _plain(text: object) -> str:
    """A text in one line in which nothing is Markdown or HTML: names come from files."""
    return _SPECIAL.sub(r"\\\1", printable(str(text)))
