"""Contributions of the columns of a row to the answer, or the answer along the range of each column."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from playground.engine.evaluation.column_values import value_text
from playground.gui.explanation.curve_grid import CurveGrid
from playground.gui.explanation.row_inference import RowAnswer
from playground.gui.explanation.scrolled import Scrolled
from playground.gui.explanation.signed_bars import Bar, SignedBars
from playground.gui.style.labels import set_text, text_label
from playground.gui.style.translation import translated
from playground.spec.attribution_methods import CURVES
from playground.spec.data.table_summary import Column
from playground.spec.datasets.table import Table
from playground.spec.messages import Message, message
from playground.spec.number_text import BRIEF, amount_text, percent_text


class RowView(QWidget):
    """Bars or curves at the left, and what they are of at the right."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.answer: RowAnswer | None = None
        self.bars = SignedBars(self.tr("What each column counted"), self)
        self.curves = CurveGrid(self)
        self._kinds = QStackedWidget(self)
        self._kinds.addWidget(Scrolled(self.bars, parent=self))
        self._kinds.addWidget(self.curves)
        self.title = text_label(self, "", "heading")
        self.title.setWordWrap(True)
        self.help = text_label(self, "", "muted", smaller=1.0)
        self.figures = text_label(self, "", "muted", smaller=1.0)
        for label in (self.help, self.figures):
            label.setWordWrap(True)
        self.figures.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 8)
        row.setSpacing(16)
        row.addWidget(self._kinds, 5)
        row.addWidget(Scrolled(self.title, self.figures, self.help, parent=self), 3)

    def show_answer(self, answer: RowAnswer, names: tuple[str, ...]) -> None:
        """Show an explanation; `names` are those of the classes."""
        self.answer = answer
        curved = answer.question.method is CURVES
        self._kinds.setCurrentIndex(int(curved))
        if curved:
            self.curves.show_curves(answer)
        elif answer.found is not None:
            amounts = answer.found.values.tolist()
            cells = zip(answer.columns, answer.row.tolist(), amounts, strict=True)
            self.bars.show_bars(tuple(Bar(_named(column, value), amount) for column, value, amount in cells))
        set_text(self.title, translated(title_of(answer, names)))
        set_text(self.help, translated(answer.question.method.help))
        self.help.setToolTip(answer.question.method.source)
        set_text(self.figures, "\n".join(translated(line) for line in figures(answer, names)))


def title_of(answer: RowAnswer, names: tuple[str, ...]) -> Message:
    """The question, by the class or the number that is explained."""
    if not names:
        return message("Why {name} = {number}?", name=_target(answer), number=amount_text(answer.number))
    name = names[answer.target]
    return (
        message("Why {name}?", name=name) if answer.target == answer.answer else message("Why not {name}?", name=name)
    )


def figures(answer: RowAnswer, names: tuple[str, ...]) -> Iterator[Message]:
    """The subject of the numbers."""
    if names:
        share = percent_text(answer.probabilities[answer.answer], BRIEF)
        read = message("answer: {name}, {share}", name=names[answer.answer], share=share)
    else:
        read = message("answer: {number}", number=amount_text(answer.number))
    if answer.found is None:
        yield message("{answer} · after step {step:,}", answer=read, step=answer.version)
        if len(answer.curves) < len(answer.columns):
            yield message("The first {shown} of {count:,} columns", shown=len(answer.curves), count=len(answer.columns))
        if names:
            yield message("Up: the probability of {name}, from 0 to 100 %", name=names[answer.target])
        else:
            yield message("Up: {name}, in its unit", name=_target(answer))
    else:
        yield from _sums(answer, names, read)
    if not answer.trained:
        yield message("The network has not been trained yet: its answer is chance.")


def _sums(answer: RowAnswer, names: tuple[str, ...], read: Message) -> Iterator[Message]:
    """The explained output, what it is compared with, and whether the bars add up to the difference."""
    found = answer.found
    assert found is not None
    assert answer.typical is not None
    if names:
        value = amount_text(found.output)
        words = {"name": names[answer.target], "value": value, "read": read, "step": answer.version}
        if answer.before_softmax:
            yield message("Output of {name} before softmax: {value} · {read} · after step {step:,}", **words)
        else:
            yield message("Output of {name}: {value} · {read} · after step {step:,}", **words)
    else:
        yield message("{answer}, in its unit · after step {step:,}", answer=read, step=answer.version)
    cells = zip(answer.columns, answer.typical.tolist(), strict=True)
    row = ", ".join(_named(column, value) for column, value in cells)
    if found.baseline is None:
        yield message("Typical row (medians, most frequent categories): {row}", row=row)
        return
    row_words = message("Typical row (medians, most frequent categories): {row}", row=row)
    yield message("{row} · its output: {output}", row=row_words, output=amount_text(found.baseline))
    total = amount_text(float(found.values.sum(dtype="float64")))
    if found.completeness is None:
        yield message("Sum of all columns: {total}; the outputs are equal", total=total)
    else:
        yield message(
            "Sum of all columns: {total}, {share} of the difference {difference}",
            total=total,
            share=percent_text(found.completeness, 1),
            difference=amount_text(found.output - found.baseline),
        )


def _target(answer: RowAnswer) -> str:
    data = answer.experiment.data
    assert isinstance(data, Table)
    return data.target_name


def _named(column: Column, value: float) -> str:
    words = value_text(column, value)
    return f"{column.name} = {translated(words) if isinstance(words, Message) else words}"
