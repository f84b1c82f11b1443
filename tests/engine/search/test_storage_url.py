"""The database of searches: where it is, which are refused, and no password in what is said of it."""

from __future__ import annotations

from pathlib import Path
from traceback import format_exception

import pytest

from playground.engine.runs.store_move import move_store
from playground.engine.search import storage_url
from playground.engine.search.database import storage
from playground.engine.search.plan import SearchError, plan
from playground.engine.search.storage_url import default_storage, without_password
from playground.engine.search.stored import stored_searches
from playground.engine.search.study import open_study
from tests.engine.search.test_search import RATE, experiment


def test_each_folder_of_runs_has_its_database_whatever_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a?b#c%20d é", "runs"):
        monkeypatch.setenv("PLAYGROUND_RUNS", str(tmp_path / name))
        assert stored_searches(default_storage()) == []
        open_study(default_storage(), "one", plan(experiment(RATE)), 0)
        assert (tmp_path / name / "searches.sqlite").is_file()


def test_a_database_beside_the_folder_of_the_platform_is_used_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_url, "default_folder", lambda: tmp_path / "runs")
    monkeypatch.setattr(storage_url, "platform_folder", lambda: tmp_path / "runs")
    (tmp_path / "searches.sqlite").touch()
    assert default_storage() == f"sqlite:///{tmp_path}/searches.sqlite"
    monkeypatch.setattr(storage_url, "platform_folder", lambda: tmp_path / "others")
    assert default_storage() == f"sqlite:///{tmp_path}/runs/searches.sqlite"


def test_searches_move_with_the_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = tmp_path / "old", tmp_path / "elsewhere" / "new"
    monkeypatch.setenv("PLAYGROUND_RUNS", str(old))
    open_study(default_storage(), "one", plan(experiment(RATE)), 0)
    move_store(old, new, lambda: monkeypatch.setenv("PLAYGROUND_RUNS", str(new)))
    assert [search.name for search in stored_searches(default_storage())] == ["one"]


@pytest.mark.parametrize(
    "wrong", ["file:///tmp/x", "nothing", "sqlite:////dev/null/x.sqlite", "sqlite://", "sqlite:///:memory:"]
)
def test_a_storage_that_cannot_be_opened_is_said_so(wrong: str) -> None:
    with pytest.raises(SearchError):
        storage(wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        "postgres://anna:secret@host/name",
        "anna:secret@host/name",
        "postgresql://anna:secret@host:port/name",
        "postgresql://anna:12/secret@host/name",
        "postgresql://anna:12@secret@host/name",
        "postgresql+secret://anna:secret@host/name",
        "mysql+pymysql://anna:secret@127.0.0.1:9/name",
    ],
)
def test_no_password_of_a_storage_is_printed(wrong: str) -> None:
    with pytest.raises(SearchError) as caught:
        storage(wrong)
    text = "".join(format_exception(caught.value))
    assert "secret" not in str(caught.value)
    assert "secret" not in text.replace(wrong, "")
    assert without_password("for se%cret and se%25cret: no", "postgresql://a:se%25cret@h/n") == "for *** and ***: no"


def test_no_state_that_can_run_programs_is_read_from_a_storage_of_others(tmp_path: Path) -> None:
    with pytest.raises(SearchError, match="takes no storage"):
        open_study(f"sqlite:///{tmp_path}/x.sqlite", "one", plan(experiment(RATE), sampler="cmaes"), 0)
