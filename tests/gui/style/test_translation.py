"""What spec says is translated where it is shown, values inside sentences included."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator

import playground
from playground.gui.style.translation import translated
from playground.spec.files.presets import presets
from playground.spec.messages import joined, message, plural


class Backwards(QTranslator):
    """A language in which few templates are known; its plural begins with 3."""

    KNOWN = {"Linear": "raeniL", "{count} units": "stinu {count}", "Remove {layer}": "{layer} evomeR"}  # noqa: RUF012
    FORMS = {("{count:,} rows", "1 row"): ("wor {count:,}", "swor {count:,}")}  # noqa: RUF012

    def isEmpty(self) -> bool:  # noqa: N802
        return False

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str | None:
        few, many = self.FORMS.get((text, disambiguation or ""), (None, None))
        return self.KNOWN.get(text) if few is None else few if n % 100 < 3 else many


@pytest.fixture
def backwards(qapp: QCoreApplication) -> Iterator[None]:
    translator = Backwards()
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


@pytest.mark.usefixtures("backwards")
def test_templates_are_translated_before_values_are_filled_in() -> None:
    assert translated("Linear") == "raeniL"
    assert translated(message("{count} units", count=12)) == "stinu 12"
    assert translated(message("Remove {layer}", layer=message("Linear"))) == "raeniL evomeR"
    assert translated(joined((message("{count} units", count=1), message("Linear")))) == "stinu 1 · raeniL"


@pytest.mark.usefixtures("backwards")
@pytest.mark.parametrize(
    ("count", "words"), [(1, "wor 1"), (2, "wor 2"), (3, "swor 3"), (10**10 + 1, "wor 10,000,000,001")]
)
def test_a_language_has_plural_forms_of_its_own(count: int, words: str) -> None:
    rows = plural("{count:,} rows", "1 row", count)
    assert translated(rows) == words
    assert translated(joined((rows,))) == words


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (10**10, "10,000,000,000 rows")]
)
def test_english_has_two_forms(qapp: QCoreApplication, count: int, words: str) -> None:
    rows = plural("{count:,} rows", "1 row", count)
    assert (translated(rows), str(rows)) == (words, words)


def test_english_is_the_source(qapp: QCoreApplication) -> None:
    assert translated(message("Remove {layer}", layer=message("Linear"))) == "Remove Linear"
    assert translated("") == ""


def visible() -> Iterator[tuple[str, str]]:
    """Every string that a person may read, with the file that it stands in."""
    package = Path(playground.__file__).parent
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            name = getattr(called, "attr", getattr(called, "id", ""))
            if isinstance(node, ast.Call) and name in ("mark", "say", "tr", "_tr", "translate"):
                for value in node.args:
                    if isinstance(value, ast.Constant) and isinstance(value.value, str):
                        yield path.name, value.value
    for entry in presets():
        yield entry.id, f"{entry.title} {entry.about} {entry.expected}"
    yield "README.md", (package.parent / "README.md").read_text(encoding="utf-8")


def test_what_is_not_trained_on_has_one_name() -> None:
    other = re.compile(r"\b(held|hold)[- ]out\b|\bhold out\b|\bdivision\b", re.IGNORECASE)
    found = [(place, text[:60]) for place, text in visible() if other.search(text)]
    assert [item for item in found if "Keeps a division from exploding" not in item[1]] == []
