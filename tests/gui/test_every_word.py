"""Every word that a person sees went through a translator: none is shown that could not be said in another language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.gui.start.program import Program
from playground.spec.files.presets import presets
from tests.gui.everywhere import STEPS, painting, words_in
from tests.test_translation import extracted  # noqa: F401  a fixture

FIELD = re.compile(r"(\{[^{}]*\}|\[\*\]|\n+)")  # a value in a template, the mark of changes in a title, an end of lines
MARKED = re.compile(r"«[^«»]*(»|$)|^[^«»]*»")  # with what an ellipsis cut off at either end
TAG = re.compile(r"</?[a-z][^<>]*>")
NAMES = re.compile(  # of experiments, files, columns, tensors, encodings, units, keys, libraries; what `runs` says
    "|".join(re.escape(preset.title) for preset in presets())
    + r"|Untitled|\w+\.(csv|txt|gz|pt|weight)|nowhere|(petal|sepal) (width|length)|species|kind|utf-8|[kMGT]?(FLOP|B)\b"
    + r"|float32|int64"
    + r"|No such file or directory"  # what the system says
    + r"|one(?= +\d)"  # the folder of a class, before its number of pictures
    + r"|\((Ctrl|Shift|Alt|F\d|Del)[^()]*\)|Not yet fit to deploy\.|The loss is no number\."
    + r"|http://[\d.:]+/"  # of a service
    + r"|(Playground|Python|Linux|torch|torchvision|numpy|PySide6|pyqtgraph|pydantic|safetensors).*"
)
WORD = re.compile(r"[^\W\d_]{2,}")


class Brackets(QTranslator):
    """A language that knows what is extracted, and Qt's own words, and puts brackets around all but the values."""

    def __init__(self, known: set[tuple[str, str]]) -> None:
        super().__init__()
        self._known = known

    def isEmpty(self) -> bool:  # noqa: N802  Qt's name
        return False

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str | None:
        if not context.startswith("Q") and (context, text) not in self._known:
            return None  # Qt goes on with the class that this one inherits from
        return "".join(part if FIELD.fullmatch(part) else f"«{part}»" for part in FIELD.split(text) if part)


@pytest.fixture
def brackets(qapp: QApplication, extracted: set[tuple[str, str]]) -> Iterator[None]:  # noqa: F811  the fixture
    translator = Brackets(extracted)
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


def unmarked(text: str) -> list[str]:
    """The words outside of brackets, but for names."""
    return WORD.findall(NAMES.sub(" ", MARKED.sub(" ", TAG.sub(" ", text))))


@pytest.mark.usefixtures("brackets")
@pytest.mark.parametrize("step", STEPS)
def test_every_word_is_translated(
    qtbot: QtBot, make_program: Callable[[], Program], step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = make_program()
    with qtbot.waitExposed(program.window):
        program.window.show()
    program.fill()
    found: set[tuple[str, str]] = set()
    with painting(monkeypatch) as painted:
        for shown in STEPS[step](program):
            said = [*words_in(shown), *(("painted", item.text) for item in painted)]
            painted.clear()
            found |= {(place, text) for place, text in said if unmarked(text)}
    assert not found, "\n".join(f"{place}: {text}" for place, text in sorted(found))
