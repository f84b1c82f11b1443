"""What is remembered between two starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings

from playground.gui.style.settings import RECENT, Settings


def test_recent_files_are_latest_first_without_repeats_and_bounded(settings: Settings, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.playground" for number in range(RECENT + 3)]
    for path in (*paths, paths[5]):
        path.touch()
        settings.add_recent(path)
    assert settings.recent()[:2] == (paths[5], paths[-1])
    assert len(settings.recent()) == RECENT == len(set(settings.recent()))


def test_files_that_are_gone_are_not_listed(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "gone.playground"
    path.touch()
    settings.add_recent(path)
    path.unlink()
    assert settings.recent() == ()


def test_it_lasts(tmp_path: Path) -> None:
    store = str(tmp_path / "s.ini")
    first = Settings(QSettings(store, QSettings.Format.IniFormat))
    assert first.first_start
    first.note_start()
    first.appearance = "dark"
    first.set_layout("window", QByteArray(b"state"))
    first.set_sizes("down", [300, 100])
    (tmp_path / "a.playground").touch()
    first.add_recent(tmp_path / "a.playground")
    QSettings(store, QSettings.Format.IniFormat).sync()
    del first
    second = Settings(QSettings(store, QSettings.Format.IniFormat))
    assert not second.first_start
    assert second.appearance == "dark"
    assert second.layout("window") == QByteArray(b"state")
    assert second.sizes("down") == (300, 100)
    assert second.recent() == (tmp_path / "a.playground",)
    assert second.folder == tmp_path


def test_nonsense_is_as_if_it_had_never_been_set(tmp_path: Path) -> None:
    store = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
    for name in ("recent", "appearance", "layout/window", "layout/sizes/down", "folder", "started"):
        store.setValue(name, 7)
    settings = Settings(store)
    assert settings.recent() == ()
    assert settings.appearance == "system"
    assert settings.layout("window") is None
    assert settings.sizes("down") == ()
    assert settings.folder == Path.home()
    assert settings.first_start


@pytest.mark.parametrize("value", [5000 * "9", "99999999999999999999 1", 5000 * "x", "a\0b"])
def test_values_that_no_system_takes_are_passed_over(value: str, tmp_path: Path) -> None:
    store = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    for name in ("recent", "folder", "layout/sizes/down"):
        store.setValue(name, value)
    settings = Settings(store)
    assert settings.recent() == ()
    assert settings.folder == Path.home()
    assert settings.sizes("down") == ()
