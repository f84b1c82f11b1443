"""A storage behind Optuna's gRPC proxy, and trials without heartbeats: what is refused, and that none is lost."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from time import monotonic

import pytest

from playground.engine.search import database, signs_of_life
from playground.engine.search.database import storage
from playground.engine.search.optuna_parts import BEGUN, optuna_quietly
from playground.engine.search.outcome import rows
from playground.engine.search.plan import SearchError, plan
from playground.engine.search.search import Search, SearchBudget
from playground.engine.search.signs_of_life import ALIVE, Silence, has_heartbeats
from playground.engine.search.storage_url import address_of, scheme_of
from playground.engine.search.stored import stored_searches
from playground.engine.search.study import delete_study, open_study
from tests.engine.search.test_search import RATE, experiment


@pytest.mark.parametrize(
    "wrong",
    [
        *(
            "grpc://host",
            "grpc://host:port",
            "grpc://:13000",
            "grpc://host:13000/name",
            "grpc://anna:secret@host:13000",
        ),
        *("grpc+x://host:1", "grpc://[::1]x:1", "grpc://[v1.x]:1", "grpc://h\n:1", "grpc://h\0:1", "grpc://h,g:1"),
        *("grpc://host:0", "grpc://host:65536", "grpc://host:1?x"),
    ],
)
def test_the_url_of_a_proxy_is_host_and_port_alone(wrong: str) -> None:
    with pytest.raises(SearchError, match="grpc://host:port") as caught:
        scheme_of(wrong)
    assert "secret" not in str(caught.value)
    assert address_of("grpc://host:13000/") == ("host", 13000)
    assert address_of("grpc://[::1]:1") == ("[::1]", 1)


def test_what_a_proxy_needs_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "grpc", None)  # as where it is not installed
    with pytest.raises(SearchError, match=r"needs gRPC, which is not installed: run “pip install grpcio protobuf”\."):
        storage("grpc://127.0.0.1:9")


def test_a_search_goes_through_a_proxy(tmp_path: Path) -> None:
    pytest.importorskip("grpc", reason="grpcio is not installed")
    from optuna.storages import get_storage
    from optuna.storages._grpc.server import make_server

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    behind, url = f"sqlite:///{tmp_path / 'behind.sqlite'}", f"grpc://127.0.0.1:{port}"
    with optuna_quietly():
        server = make_server(get_storage(behind), "127.0.0.1", port)
    server.start()
    try:
        search = Search(plan(experiment(RATE)), SearchBudget(trials=3), url=url, name="one", runs=None, workers=2)
        list(search)
        assert [row.state for row in search.rows() if row.counted] == ["trained"] * 3
        assert [(item.name, item.trials) for item in stored_searches(url)] == [("one", 3)]
        assert [item.name for item in stored_searches(behind)] == ["one"]
        assert delete_study(url, "none") is None
    finally:
        server.stop(None).wait()
    with pytest.raises(SearchError, match=r"The storage of searches cannot be used any more: .*\. What it holds"):
        search.rows()


@pytest.mark.filterwarnings("ignore:Heartbeat of storage")
def test_without_heartbeats_a_trial_that_is_silent_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one behind a proxy whose machine lost its power: it would hold its place in the budget for ever."""
    monkeypatch.setattr(database, "HEARTBEAT", None)
    url, found = f"sqlite:///{tmp_path / 'searches.sqlite'}", plan(experiment(RATE))
    study = open_study(url, "one", found, 0)
    assert not has_heartbeats(study)
    with optuna_quietly():
        trial = study.ask()
    trial.set_user_attr(BEGUN, "a process of a machine that lost its power")
    search = Search(found, SearchBudget(trials=1), url=url, name="one", runs=None)
    search._fail_stale()
    assert [row.state for row in rows(search.study)] == ["running"]
    monkeypatch.setattr(signs_of_life, "GRACE", -1.0)
    search._fail_stale()
    assert [(row.state, row.reason) for row in rows(search.study)] == [("again", "Its process ended."), ("waiting", "")]


def test_a_trial_that_counts_is_not_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "HEARTBEAT", None)
    study = open_study(f"sqlite:///{tmp_path / 'searches.sqlite'}", "one", plan(experiment(RATE)), 0)
    with optuna_quietly():
        trial = study.ask()
    trial.set_user_attr(BEGUN, "a process")
    silence = Silence()

    def silent(now: float, *, heartbeats: bool = False) -> list[int]:
        return [item.number for item in silence.too_long(study.trials, now, heartbeats=heartbeats)]

    assert silent(0.0) == []
    trial.set_user_attr(ALIVE, 1)
    assert silent(30.0) == []
    assert silent(40.0) == []
    assert silent(60.0, heartbeats=True) == []  # Optuna looks after those that began
    assert silent(61.0) == []
    assert silent(90.0) == [0]


def test_a_trial_gives_signs_of_life_where_optuna_gives_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "HEARTBEAT", None)
    monkeypatch.setattr(signs_of_life, "HEARTBEAT", 0.01)
    study = open_study(f"sqlite:///{tmp_path / 'searches.sqlite'}", "one", plan(experiment(RATE)), 0)
    with optuna_quietly():
        trial = study.ask()
    with signs_of_life.signs_of_life(trial):
        until = monotonic() + 60
        while (count := study.trials[0].user_attrs.get(ALIVE, 0)) < 2 and monotonic() < until:
            pass
    assert count >= 2
