"""The settings of the store: kept in a file that may be missing or damaged; its folder can be moved."""

from __future__ import annotations

from pathlib import Path

import pytest
from platformdirs import user_config_path

from playground.engine.runs.store import RunStore
from playground.engine.runs.store_settings import (
    BUDGET,
    StoreSettings,
    default_folder,
    read_settings,
    write_settings,
)
from playground.spec.files.storage import FileError
from tests.engine.runs.stored import EXPERIMENT, FIGURES, WITHIN, step


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("PLAYGROUND_RUNS")
    return user_config_path("Playground", appauthor=False) / "runs.json"


def test_they_come_back(file: Path, tmp_path: Path) -> None:
    assert read_settings() == StoreSettings() == StoreSettings(enabled=True, budget=BUDGET, folder=None)
    chosen = StoreSettings(enabled=False, budget=10**9, folder=str(tmp_path / "elsewhere"))
    write_settings(chosen)
    assert file.exists()
    assert read_settings() == chosen
    assert default_folder() == tmp_path / "elsewhere"


def test_the_environment_comes_first(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_settings(StoreSettings(folder=str(tmp_path / "chosen")))
    monkeypatch.setenv("PLAYGROUND_RUNS", str(tmp_path / "named"))
    assert default_folder() == tmp_path / "named"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"budget": 5}', '{"budget": "much"}', "\0" * 200_000])
def test_damaged_settings_are_the_defaults(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert read_settings() == StoreSettings()


def test_settings_that_cannot_be_written_say_so(file: Path) -> None:
    file.parent.parent.mkdir(parents=True, exist_ok=True)
    file.parent.write_text("in the way")
    with pytest.raises(FileError):
        write_settings(StoreSettings())


def test_a_smaller_budget_takes_effect_at_once(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    run = store.begin(EXPERIMENT)
    for number in (1, 2, 3):
        run.append([step(number)])
        run.checkpoint(number, 0, lambda path: path.write_bytes(bytes(1000)))  # type: ignore[arg-type, return-value]
        assert store.flush(WITHIN)
    run.finish(FIGURES)
    assert store.flush(WITHIN)
    before = run.checkpoints()
    store.set_budget(store.usage().size - 1500)
    assert store.flush(WITHIN)
    assert len(run.checkpoints()) == len(before) - 2
    assert store.usage().budget < store.usage().size + 1500
    assert store.close(WITHIN)
