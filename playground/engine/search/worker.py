"""The process that trains trials: kept between them, because importing torch takes seconds.

It speaks with the search in lines of JSON. The first line that it reads says where the study is; each further one asks
for a forecast or a trial. The end of its input ends it: so it does when the search is killed. A trial that is given up
then waits for another process.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TextIO

from playground.engine.runtime.priority import lower_process_priority
from playground.standard_streams import END_SIGNALS

if TYPE_CHECKING:
    from optuna import Study, Trial

    from playground.engine.search.trial import Trials

MOST_REFUSED = 200  # values in a row that are no network that may be trained, or one that was
_MOST_OF_FEW = 20  # the same in a space that can be counted: then one of the values that are left is given


class _Orders:
    """The orders of the search; a thread reads them, so that its end is noticed in the middle of a trial."""

    def __init__(self, stream: TextIO, *, loading: bool = False) -> None:
        """`loading`: whether libraries are imported now, which takes seconds and leaves nothing to end in order."""
        self.ended = threading.Event()
        self.loading = loading
        self._waiting: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        self._stream = stream
        threading.Thread(target=self._read, daemon=True).start()

    def next(self) -> dict[str, Any] | None:
        """The next order; None at the end."""
        return None if self.ended.is_set() else self._waiting.get()

    def end(self) -> None:
        """Give up the present trial, and take no more; while libraries are imported, end the process."""
        if self.loading:
            os._exit(0)
        self.ended.set()
        self._waiting.put(None)

    def _read(self) -> None:
        with suppress(ValueError):  # a line that was cut off: whoever writes them was killed
            for line in self._stream:
                self._waiting.put(json.loads(line))
        self.end()


def _serve(orders: _Orders, out: TextIO) -> None:
    about = orders.next()
    if about is None:
        return
    from playground.engine.runs.store import RunStore
    from playground.engine.runs.store_settings import read_settings
    from playground.engine.search.database import storage_errors
    from playground.engine.search.optuna_parts import optuna_quietly
    from playground.engine.search.plan import Plan, SearchError
    from playground.engine.search.study import open_study
    from playground.engine.search.trial import Trials

    with optuna_quietly():
        plan = Plan.model_validate(about["plan"])
        study = open_study(about["storage"], about["study"], plan, about["seed"])
        orders.loading = False
        store = RunStore(Path(about["runs"]), read_settings().budget) if about["runs"] else None
        trials = Trials(plan, store, about["study"], orders.ended.is_set)
        _tell(out, ready=True)
        try:
            with storage_errors(about["storage"], study):
                _obey(study, trials, orders, out)
        except SearchError as error:  # the search says it
            _tell(out, broken=str(error))
        finally:
            if store:
                store.close(30.0)


def _obey(study: Study, trials: Trials, orders: _Orders, out: TextIO) -> None:
    while (order := orders.next()) is not None:
        if order.get("forecast"):
            _tell(out, forecast=trials.seconds_of_a_trial())
        else:
            trials.most = order["most"]
            _one_trial(study, trials, orders, out)


def _one_trial(study: Study, trials: Trials, orders: _Orders, out: TextIO) -> None:
    """Train one trial; values that are refused are replaced by others."""
    from playground.engine.search.optuna_parts import BEGUN, SURPLUS, given, this_process, try_again
    from playground.engine.search.outcome import rows
    from playground.engine.search.possible import TRIED, none_trained, possible
    from playground.engine.search.signs_of_life import signs_of_life
    from playground.engine.search.untried import untried

    begun: list[Trial] = []

    def objective(trial: Trial) -> list[float]:
        begun.append(trial)
        trial.set_user_attr(BEGUN, this_process())
        _tell(out, begun=trial.number)
        with signs_of_life(trial):
            return trials.objective(trial)

    for refused in range(MOST_REFUSED):
        left = untried(study, trials.plan)
        if orders.ended.is_set() or left == {}:
            break
        if left is not None and refused and refused % _MOST_OF_FEW == 0:
            study.enqueue_trial(left)
        if refused and refused % TRIED == 0 and none_trained(rows(study)):
            met = possible(trials.plan, seed=len(study.get_trials(deepcopy=False)))
            if met is None:
                break
            study.enqueue_trial(met)
        study.optimize(objective, n_trials=1, catch=(Exception,))
        number = begun[-1].number
        ended = next(item for item in study.get_trials(deepcopy=False) if item.number == number)
        if trials.interrupted:
            try_again(study, ended)
            return
        if SURPLUS in ended.user_attrs and given(ended):  # then its values wait for another time
            try_again(study, ended)
        if "refused" not in ended.user_attrs or SURPLUS in ended.user_attrs:
            _tell(out, done=number)
            return
        _tell(out, refused=number)
    if not orders.ended.is_set():
        _tell(out, exhausted=True)


def _tell(out: TextIO, **values: Any) -> None:
    with suppress(OSError):  # the search has gone, and the end of the input follows
        print(json.dumps(values), file=out, flush=True)


def main() -> None:
    """Serve until the end of the input."""
    lower_process_priority()
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever else prints does not disturb the lines
    orders = _Orders(sys.stdin, loading=True)
    for number in END_SIGNALS:  # Ctrl+C reaches all processes: the search decides; others end the trial in order
        signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else lambda *_: orders.end())
    _serve(orders, out)


if __name__ == "__main__":
    main()
