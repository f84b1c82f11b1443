"""The search for a learning rate in the training thread: it gives way to every other command."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from playground.gui.session.worker_data import WorkerData
from playground.gui.session.worker_mailbox import RateFound, RateSearching
from playground.spec.cancelling import cancellable, stop_if_cancelled
from playground.spec.experiment import Experiment
from playground.spec.messages import PlaygroundError

_REPORTED_EVERY = 4  # pieces of work


def search_rate(
    experiment: Experiment,
    data: WorkerData,
    undisturbed: Callable[[], bool],
    report: Callable[[RateSearching | RateFound], None],
) -> None:
    """Test learning rates for an experiment and report progress and result; end early once it is not `undisturbed`."""
    from playground.engine.training.rate_finder import find_rate

    try:
        with cancellable(lambda: not undisturbed()):
            search = find_rate(experiment, data.of(experiment))
            for number in count(1):
                stop_if_cancelled()
                progress = next(search)
                if number % _REPORTED_EVERY == 0:
                    report(RateSearching(progress))
    except StopIteration as end:
        report(RateFound(experiment, end.value))
    except PlaygroundError as error:
        report(RateFound(experiment, None, error.message))
