"""The database of searches: where it is, which are refused, and no password in what is said of it."""

from __future__ import annotations

from pathlib import Path
from traceback import format_exception

import pytest

from playground.engine.search.database import storage
from playground.engine.search.plan import SearchError, plan
from playground.engine.search.storage_url import default_storage, without_password
from playground.engine.search.study import open_study
from tests.engine.search.test_search import RATE, experiment


def test_the_database_lies_beside_the_runs_whatever_their_folder_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_RUNS", str(tmp_path / "a?b#c%20d é" / "runs"))
    open_study(default_storage(), "one", plan(experiment(RATE)), 0)
    assert (tmp_path / "a?b#c%20d é" / "searches.sqlite").is_file()


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
