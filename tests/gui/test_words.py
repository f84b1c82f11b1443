"""What spec says is translated where it is shown, values inside sentences included."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator

from playground.gui.words import translated
from playground.spec.words import joined, say


class Backwards(QTranslator):
    """A language in which three templates are known."""

    KNOWN = {"Linear": "raeniL", "{count} units": "stinu {count}", "Remove {layer}": "{layer} evomeR"}  # noqa: RUF012

    def isEmpty(self) -> bool:  # noqa: N802
        return False

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str | None:
        return self.KNOWN.get(text)


@pytest.fixture
def backwards(qapp: QCoreApplication) -> Iterator[None]:
    translator = Backwards()
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


@pytest.mark.usefixtures("backwards")
def test_templates_are_translated_before_values_are_filled_in() -> None:
    assert translated("Linear") == "raeniL"
    assert translated(say("{count} units", count=12)) == "stinu 12"
    assert translated(say("Remove {layer}", layer=say("Linear"))) == "raeniL evomeR"
    assert translated(joined((say("{count} units", count=1), say("Linear")))) == "stinu 1 · raeniL"


def test_english_is_the_source(qapp: QCoreApplication) -> None:
    assert translated(say("Remove {layer}", layer=say("Linear"))) == "Remove Linear"
    assert translated("") == ""
