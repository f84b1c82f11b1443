"""Of what is let go over the window one file is taken, and what is not is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl

from playground.gui.session.dropped_files import DroppedFiles, dropped_files, is_for_window

A, B = Path("a.png"), Path("b.png")


@pytest.mark.parametrize(
    ("names", "first"),
    [
        (("a.png", "iris.csv", "net.safetensors", "mine.playground"), "net.safetensors"),
        (("a.png", "iris.csv", "Mine.PLAYGROUND"), "Mine.PLAYGROUND"),
        (("a.png", "poem.txt", "iris.csv"), "poem.txt"),
        (("a.png", "net.pt"), "a.png"),
    ],
)
def test_an_experiment_goes_before_what_is_learned_from_and_that_before_others(
    names: tuple[str, ...], first: str
) -> None:
    assert DroppedFiles(tuple(map(Path, names))).first == Path(first)


def test_that_there_are_more_files_is_told() -> None:
    assert DroppedFiles((A,)).rest is None
    assert str(DroppedFiles((A, B)).rest) == "Of the 2 files only “a.png” was taken."
    assert str(DroppedFiles((A, B)).beside(B)) == "Of the 2 files only “b.png” was taken."
    assert DroppedFiles(()).first is None
    assert DroppedFiles(()).rest is None


def test_the_first_address_is_refused_where_there_is_no_file() -> None:
    refusal = DroppedFiles((), ("https://example.org/a", "https://example.org/b")).refusal
    assert str(refusal).startswith("“https://example.org/a” was not opened. It is an address on the network")
    assert DroppedFiles((A,), ("https://example.org/a",)).refusal is None
    assert DroppedFiles((A,)).refusal is None


def arrived(*urls: QUrl) -> DroppedFiles | None:
    mime = QMimeData()
    mime.setUrls(urls)
    return dropped_files(mime)


def test_files_and_addresses_are_told_apart(tmp_path: Path) -> None:
    file, address = QUrl.fromLocalFile(str(tmp_path / "a.png")), QUrl("https://me:secret@example.org/net.pt")
    assert arrived(address, file) == DroppedFiles((tmp_path / "a.png",), ("https://me@example.org/net.pt",))
    assert arrived() is None


@pytest.mark.parametrize(("length", "shown"), [(80, 80), (81, 80), (1000, 80)])
def test_an_address_is_shown_with_80_characters_at_most(length: int, shown: int) -> None:
    whole = "https://example.org/".ljust(length, "a")
    found = arrived(QUrl(whole))
    assert found is not None
    (address,) = found.addresses
    assert address == (whole if length == shown else whole[: shown - 1] + "…")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Mine.Playground", True), ("net.safetensors", True), ("iris.csv", True), ("poem.txt", True), ("a.png", False)],
)
def test_what_is_for_the_window(name: str, expected: bool) -> None:
    assert is_for_window(Path(name)) is expected
