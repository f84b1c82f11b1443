"""The bar of the time machine: its slider, its words, the film, and the actions in the menu."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from playground.gui.curves.time_bar import TimeBar
from playground.gui.start.film import Film
from playground.gui.style.action import leaves
from tests.gui.session.test_continuing import LOAD
from tests.gui.session.test_saved_networks import Session, session  # noqa: F401  a fixture
from tests.gui.session.test_time_machine import HALF, machine, trained  # noqa: F401  a fixture


@pytest.fixture
def bar(trained: Session, qtbot: QtBot) -> TimeBar:  # noqa: F811
    made = TimeBar(machine(trained))
    qtbot.addWidget(made)
    return made


def test_the_slider_ends_with_the_latest_network(bar: TimeBar, trained: Session) -> None:  # noqa: F811
    assert bar.isEnabled()
    assert (bar.slider.minimum(), bar.slider.maximum()) == (0, len(machine(trained).moments))
    assert bar.slider.value() == bar.slider.maximum()
    assert bar.words == "latest"
    assert not bar.branch.isEnabled()
    assert bar.earlier.isEnabled()
    assert not bar.later.isEnabled()


def test_moving_it_shows_the_moment(bar: TimeBar, trained: Session) -> None:  # noqa: F811
    bar.slider.setValue(machine(trained).moments.index(HALF))
    trained.qtbot.waitUntil(lambda: machine(trained).shown == HALF, timeout=LOAD)
    assert bar.words == "step 32, epoch 4"
    asked: list[tuple[str, int]] = []
    bar.continue_requested.connect(lambda *given: asked.append(given))
    bar.branch.trigger()
    assert asked == [(trained.run.run_id, 32)]
    bar.slider.setValue(0)
    trained.qtbot.waitUntil(lambda: bar.words == "before the first step", timeout=LOAD)
    assert not bar.branch.isEnabled()
    bar.later.trigger()
    trained.qtbot.waitUntil(lambda: machine(trained).shown == machine(trained).moments[1], timeout=LOAD)


def test_the_film_shows_every_moment_and_ends_with_the_latest(bar: TimeBar, trained: Session) -> None:  # noqa: F811
    seen = []
    machine(trained).shown_changed.connect(seen.append)
    bar.play.trigger()
    trained.qtbot.waitUntil(lambda: bool(seen) and seen[-1] is None, timeout=LOAD)
    assert seen[:-1] == sorted(seen[:-1])
    assert seen[0] == machine(trained).moments[0]
    assert not bar.play.isChecked()


@pytest.mark.parametrize("name", ["film.gif", "film.png"])
def test_the_film_is_saved(trained: Session, bar: TimeBar, tmp_path: Path, name: str) -> None:  # noqa: F811
    film = Film(machine(trained), bar, trained.program.saving, trained.program.ask, bar)
    with trained.qtbot.waitSignal(film.saved, timeout=LOAD) as told:
        film.save(tmp_path / name)
    count = len(machine(trained).moments) + 1
    assert str(told.args[0]) == f"The film was saved: {count} pictures"
    files = sorted(tmp_path.glob("film*"))
    if name.endswith("gif"):
        with Image.open(files[0]) as found:
            assert (len(files), found.n_frames) == (1, count)
    else:
        assert [file.name for file in files] == [
            f"film-{number:0{len(str(count))}}.png" for number in range(1, count + 1)
        ]
        with Image.open(files[0]) as found:
            assert found.size == (bar.width(), bar.height())
    assert machine(trained).shown is None


def test_pictures_that_exist_are_not_replaced(trained: Session, bar: TimeBar, tmp_path: Path) -> None:  # noqa: F811
    film = Film(machine(trained), bar, trained.program.saving, trained.program.ask, bar)
    digits = len(str(len(machine(trained).moments) + 1))
    there = tmp_path / f"film-{2:0{digits}}.png"
    there.write_bytes(b"a photograph")
    with trained.qtbot.waitSignal(film.failed, timeout=LOAD) as told:
        film.save(tmp_path / "film.png")
    assert "exists already" in str(told.args[0])
    assert there.read_bytes() == b"a photograph"
    assert list(tmp_path.glob("film*")) == [there]


def test_a_film_that_is_interrupted_ends_with_a_word_and_another_can_be_made(
    trained: Session,  # noqa: F811
    bar: TimeBar,
    tmp_path: Path,
) -> None:
    film = Film(machine(trained), bar, trained.program.saving, trained.program.ask, bar)
    failures: list[str] = []
    film.failed.connect(lambda words: failures.append(str(words)))
    film.save(tmp_path / "film.gif")
    film.save(tmp_path / "film.gif")
    assert failures == ["A film is being saved already: wait for its end."]
    trained.qtbot.waitUntil(lambda: machine(trained).shown is not None, timeout=LOAD)
    machine(trained).show(None)
    trained.qtbot.waitUntil(lambda: len(failures) == 2, timeout=LOAD)
    assert "was not saved" in failures[1]
    with trained.qtbot.waitSignal(film.saved, timeout=LOAD):
        film.save(tmp_path / "film.gif")


def test_a_second_film_begins_while_the_first_is_written(trained: Session, bar: TimeBar, tmp_path: Path) -> None:  # noqa: F811
    film = Film(machine(trained), bar, trained.program.saving, trained.program.ask, bar)
    refusals: list[str] = []
    told: list[str] = []
    film.failed.connect(lambda words: refusals.append(str(words)))
    film.saved.connect(lambda words: told.append(str(words)))
    disk = threading.Event()
    trained.program.saving.do(disk.wait)

    def began_second() -> bool:
        refusals.clear()
        film.save(tmp_path / "second.gif")
        return not refusals

    film.save(tmp_path / "first.gif")
    trained.qtbot.waitUntil(began_second, timeout=LOAD)
    disk.set()
    trained.qtbot.waitUntil(lambda: len(told) == 2, timeout=LOAD)
    count = len(machine(trained).moments) + 1
    assert told == [f"The film was saved: {count} pictures"] * 2
    for name in ("first.gif", "second.gif"):
        with Image.open(tmp_path / name) as found:
            assert found.n_frames == count


def test_a_message_says_that_the_past_is_shown(bar: TimeBar, trained: Session) -> None:  # noqa: F811
    shown = trained.program.window.messages
    bar.slider.setValue(machine(trained).moments.index(HALF))
    trained.qtbot.waitUntil(lambda: any("after step 32" in text for text in shown.texts()), timeout=LOAD)
    machine(trained).show(None)
    trained.qtbot.waitUntil(lambda: not any("after step" in text for text in shown.texts()), timeout=LOAD)


def test_a_bar_without_moments_says_so(qtbot: QtBot, session) -> None:  # noqa: F811
    made = TimeBar(machine(session(stored=False)))
    qtbot.addWidget(made)
    assert not made.isEnabled()
    assert made.words == "no stored moments yet"
    assert all(action.shortcuts() for action in leaves(made.menu))
