"""The database of searches: what belongs to others is left alone, and what goes wrong is said in a sentence."""

from __future__ import annotations

import gc
import sqlite3
from pathlib import Path

import psutil
import pytest

from playground.engine.search import database
from playground.engine.search.database import close_storage, storage, storage_errors
from playground.engine.search.optuna_parts import BEGUN, optuna_quietly
from playground.engine.search.outcome import rows
from playground.engine.search.plan import SearchError, plan
from playground.engine.search.search import Search, SearchBudget
from playground.engine.search.stored import open_stored, stored_searches
from playground.engine.search.study import delete_study, open_study, restore_study
from tests.engine.search.test_search import RATE, WIDTH, experiment, trained


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'searches.sqlite'}"


@pytest.mark.parametrize("table", ["notes", "studies"])
def test_a_database_of_another_program_gets_no_tables(url: str, table: str) -> None:
    with sqlite3.connect(url.removeprefix("sqlite:///")) as other:
        other.execute(f"create table {table} (a)")
    with pytest.raises(SearchError, match=f"tables of another program, such as “{table}”"):
        storage(url)
    assert other.execute("select name from sqlite_master").fetchall() == [(table,)]
    other.close()


@pytest.mark.filterwarnings("ignore:Heartbeat of storage")  # which asks for trials by `optimize`
def test_a_study_of_another_program_is_neither_taken_nor_deleted(url: str) -> None:
    with optuna_quietly() as optuna:
        other = optuna.create_study(study_name="one", storage=storage(url), direction="maximize")
        open_study(url, "one", plan(experiment(RATE)), 0)  # nothing is in it: made by a search that ended at once
        other = optuna.create_study(study_name="two", storage=storage(url), direction="maximize")
        other.tell(other.ask(), 0.5)
        with pytest.raises(SearchError, match="“two” that is no search of this program"):
            open_study(url, "two", plan(experiment(RATE)), 0)
        with pytest.raises(SearchError, match="“two” that is no search of this program"):
            delete_study(url, "two")
        assert other.user_attrs == {}
        assert len(other.trials) == 1


def test_a_deleted_study_can_be_restored(url: str) -> None:
    found = plan(experiment(RATE))
    before = trained(found, url, 2)
    deleted = delete_study(url, "one")
    assert deleted is not None
    assert delete_study(url, "one") is None
    restore_study(url, deleted)
    with optuna_quietly():
        assert rows(open_study(url, "one", found, 0)) == before
        with pytest.raises(SearchError, match="another one of that name"):
            restore_study(url, deleted)


@pytest.mark.filterwarnings("ignore:Heartbeat of storage")  # which asks for trials by `optimize`
def test_a_trial_that_ran_when_its_study_was_deleted_waits_in_the_restored_one(url: str) -> None:
    found = plan(experiment(RATE))
    with optuna_quietly():
        trial = open_study(url, "one", found, 0).ask()
        trial.suggest_float("x", 0.0, 1.0)
        trial.set_user_attr(BEGUN, "a process that has ended")
        deleted = delete_study(url, "one")
        assert deleted is not None
        restore_study(url, deleted)
        (row,) = rows(open_study(url, "one", found, 0))
        assert (row.state, row.params, row.first) == ("waiting", trial.params, True)
    search = Search(found, SearchBudget(trials=1), url=url, name="one", runs=None)
    list(search)
    assert [row.state for row in search.rows()] == ["trained"]


def test_a_study_that_was_restored_in_part_is_restored_at_the_next_attempt(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = trained(plan(experiment(RATE)), url, 2)
    deleted = delete_study(url, "one")
    assert deleted is not None
    monkeypatch.setattr(database, "_PRAGMAS", (*database._PRAGMAS, "max_page_count=100"))  # a full disk's error
    with pytest.raises(SearchError, match="database or disk is full"):
        restore_study(url, deleted._replace(attributes={**deleted.attributes, "more": "x" * 1_000_000}))
    restore_study(url, deleted)
    with optuna_quietly():
        assert rows(open_study(url, "one", plan(experiment(RATE)), 0)) == before


def test_what_only_looks_at_a_storage_leaves_no_connection_open(url: str) -> None:
    found, path = plan(experiment(RATE)), url.removeprefix("sqlite:///")
    study = open_study(url, "one", found, 0)
    close_storage(study._storage._backend)  # type: ignore[attr-defined]

    def connections() -> int:
        return sum(item.path == path for item in psutil.Process().open_files())

    assert connections() == 0
    assert not gc.isenabled()  # it would close what is forgotten, at some time
    for _ in range(3):
        stored_searches(url)
        open_stored(url, "one")
    with pytest.raises(SearchError, match="another experiment"):
        open_study(url, "one", plan(experiment(WIDTH)), 0)
    deleted = delete_study(url, "one")
    assert deleted is not None
    restore_study(url, deleted)
    assert connections() == 0


def test_a_search_that_is_deleted_elsewhere_ends(url: str) -> None:
    search = Search(plan(experiment(RATE)), SearchBudget(trials=3), url=url, name="one", runs=None)
    delete_study(url, "one")
    with pytest.raises(SearchError, match="“one” has been deleted elsewhere, and ends"):
        list(search)
    with pytest.raises(SearchError, match="deleted"):
        search.rows()
    assert search.process_ids == ()


def test_other_missing_keys_are_not_taken_for_a_deleted_search(url: str) -> None:
    study = open_study(url, "one", plan(experiment(RATE)), 0)
    with pytest.raises(KeyError, match="else"), storage_errors(url, study):
        raise KeyError("else")


def test_a_full_disk_is_said(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_PRAGMAS", (*database._PRAGMAS, "max_page_count=100"))  # a full disk's error
    study = open_study(url, "one", plan(experiment(RATE)), 0)

    def fill() -> None:
        with storage_errors(url, study):
            for number in range(1000):
                study.set_user_attr(f"attribute {number}", "x" * 1000)

    with pytest.raises(SearchError, match=r"cannot be used any more: database or disk is full\."):
        fill()
    with pytest.raises(SearchError, match="database or disk is full"):
        open_study(url, "two", plan(experiment(RATE)), 0)
    assert len(rows(study)) == 1


@pytest.mark.parametrize(
    "damage",
    [
        "update study_user_attributes set value_json = '[[' where key = 'plan'",
        "update trial_user_attributes set value_json = '{'",
        "update trial_user_attributes set value_json = '[1]' where key in ('spent', 'figures')",
        "update trial_params set distribution_json = '{}'",
        "update trial_values set value = 'much'",
        "update trials set state = 'LOST'",
        "update trials set datetime_start = 'once'",
    ],
)
def test_what_is_damaged_in_a_storage_is_said_and_left_as_it_is(url: str, damage: str) -> None:
    found = plan(experiment(RATE))
    trained(found, url, 1)
    with sqlite3.connect(url.removeprefix("sqlite:///")) as other:
        other.execute(damage)
        before = list(other.iterdump())
    with pytest.raises(SearchError, match="The storage of searches is damaged"):
        list(Search(found, SearchBudget(trials=1), url=url, name="one", runs=None))
    assert list(other.iterdump()) == before
    other.close()
