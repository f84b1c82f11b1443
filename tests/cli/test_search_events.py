"""The lines for programs: a trial that is trained is told again as its learning curve grows."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest

from playground.cli import search_events
from playground.cli.search_events import SearchEvents
from playground.engine.search import trial as trial_module
from playground.engine.search.event_lines import Trial, event_in
from playground.engine.search.optuna_parts import optuna_quietly
from playground.engine.search.plan import plan
from playground.engine.search.search import Progress, Search, SearchBudget
from playground.engine.search.trial import Trials
from tests.engine.search.test_search import RATE, experiment


@pytest.mark.filterwarnings("ignore:Heartbeat of storage")
def test_a_curve_grows_while_its_trial_is_trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_events, "_PAUSE", 0.0)
    monkeypatch.setattr(trial_module, "_BETWEEN", 0.0)
    url, found = f"sqlite:///{tmp_path / 'searches.sqlite'}", plan(experiment(RATE, epochs=4), pruner="none")
    search, stream = Search(found, SearchBudget(trials=1), url=url, name="one", runs=None), StringIO()
    events = SearchEvents(stream, search)

    def look() -> bool:
        events.take(Progress(0.0, 0.0, 1))
        return False

    with optuna_quietly():
        trial = search.study.ask()
        trials = Trials(found, None, "one", look)
        search.study.tell(trial, trials.objective(trial))
    events.finish(search.rows(), exhausted=False)
    told = [event for line in stream.getvalue().splitlines() if isinstance(event := event_in(line.encode()), Trial)]
    assert [(item.state, len(item.curve), item.epochs) for item in told] == [
        *(("running", length, 0) for length in range(5)),
        ("trained", 4, 4),
    ]
    assert told[2].curve == told[-1].curve[:2]
