"""An answer of a network for one sample, and why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from playground.engine.data.csv_layout import CsvLayout
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, PlaygroundError, message
from playground.spec.number_text import PROBABILITY, amount_text, percent_text


class PredictionError(PlaygroundError):
    """A file is not one that the network can answer for."""


class Unsuitable(PredictionError):
    """The answers of a network do not fit into a table, whatever it is asked."""


class Truth(NamedTuple):
    """The right answer that stands beside a sample: a class or a number; None where it is empty or unknown."""

    value: str | float | None
    learned: bool = False  # whether the network learned from rows of the same file, or from files of the same folder
    named_by: str = ""  # the column that holds it; empty where the name of a folder does
    written: str = ""  # what stands there; empty where it stands in the cells of the sample, or is the name of a folder


@dataclass(frozen=True, slots=True)
class Prediction:
    """The answer for one sample.

    `where` says which sample of its file it is, such as `row 7`; it is empty where the file is the sample.
    `probabilities` are those of the data's classes, in their order, each in [0, 1]; empty where numbers or texts are
    answered. A `problem` says why there is no answer, a `remark` why not to rely on the one there is. Where the network
    refuses, being less sure than `Experiment.refuse_below` asks for, `answer` is empty and `most_probable` is the class
    that it would have answered.
    """

    source: str
    where: str = ""
    answer: str = ""
    probabilities: tuple[float, ...] = ()
    value: float | None = None
    cells: Mapping[str, str] = field(default_factory=dict)  # of a row, by column, or the line of a text
    layout: CsvLayout | None = None  # of the table that holds the sample
    problem: Message | None = None
    remark: Message | None = None
    truth: Truth | None = None  # None where neither a column nor a folder holds it
    most_probable: str = ""  # the class that is not answered; empty where there is an answer

    @property
    def name(self) -> str:
        """The sample, for people: `new.csv, row 7`."""
        return ", ".join(filter(None, (self.source, self.where)))

    @property
    def refused(self) -> bool:
        """Whether the network is not sure enough to answer."""
        return bool(self.most_probable)

    @property
    def confidence(self) -> float:
        """The probability of the most probable class; 0 where there are no classes."""
        return max(self.probabilities, default=0.0)

    @property
    def words(self) -> Message:
        """The answer, for people: a refusal says what is most probable."""
        if not self.refused:
            return message("{answer}", answer=self.answer)
        return not_sure(self.most_probable, self.confidence)

    @property
    def doubt(self) -> float:
        """One minus the probability of the answer; 0 where numbers are answered, and 1 without an answer."""
        if self.problem:
            return 1.0
        return 1.0 - max(self.probabilities) if self.probabilities else 0.0


def not_sure(most_probable: str, confidence: float) -> Message:
    """The words in place of an answer that is refused."""
    values = {"name": most_probable, "share": percent_text(confidence, PROBABILITY)}
    return message("not sure (most probable: {name}, {share})", **values)


def answered(
    experiment: Experiment,
    shares: Sequence[float],
    source: str,
    where: str = "",
    cells: Mapping[str, str] | None = None,
    remark: Message | None = None,
    layout: CsvLayout | None = None,
) -> Prediction:
    """The prediction of the most probable class, or of a number where the data's target is one.

    A class that is less probable than the experiment asks for is no answer; see `Experiment.refuses`.
    """
    data = experiment.data
    if data.task.classes is None:
        value = float(shares[0])
        text = amount_text(value)
        return Prediction(source, where, text, value=value, cells=cells or {}, layout=layout, remark=remark)
    probabilities = tuple(map(float, shares))
    answer = data.class_names[max(range(len(probabilities)), key=probabilities.__getitem__)]
    found = Prediction(source, where, answer, probabilities, cells=cells or {}, layout=layout, remark=remark)
    return replace(found, answer="", most_probable=answer) if experiment.refuses(found.confidence) else found
