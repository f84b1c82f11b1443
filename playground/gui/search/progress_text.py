"""The words on a search: how far it is, how long it takes at the speed of the trials that have ended, its outcome."""

from __future__ import annotations

from collections.abc import Sequence

from playground.engine.search.event_lines import Progressed
from playground.engine.search.outcome import TrialRow
from playground.engine.search.plan import Plan
from playground.engine.search.report import counts_text, winner_text
from playground.gui.search.choices import Budget
from playground.gui.session.search_process import SearchPhase, SearchProcess
from playground.spec.messages import Message, joined, message
from playground.spec.number_text import clock_text

_MEASURED = 3  # trials that have ended, before the time of one says how many there will be


def phase_text(
    process: SearchProcess,
    plan: Plan | None,
    trials: Sequence[TrialRow],
    progress: Progressed | None,
    budget: Budget,
    before: int,
) -> Message | None:
    """What to say about a search in the phase that it is in; see `progress_text` and `outcome_text`."""
    if process.phase is SearchPhase.FAILED and process.problem is not None:
        return process.problem
    if process.phase is SearchPhase.STARTING:
        return message("Starting: the processes load PyTorch.")
    if process.phase is SearchPhase.STOPPING:
        return message("Stopping: trials that are not finished wait for the next time.")
    if process.phase is SearchPhase.SEARCHING:
        return progress_text(trials, progress, budget, before)
    return outcome_text(plan, trials, process.reason, exhausted=process.exhausted)


def progress_text(trials: Sequence[TrialRow], progress: Progressed | None, budget: Budget, before: int) -> Message:
    """A line about a search that goes on; `before` trials had ended when it began or went on."""
    parts = [counts_text(trials)]
    if progress is None:
        return parts[0]
    parts.append(message("{count:,} running", count=progress.running))
    time = clock_text(progress.seconds)
    if budget.minutes is not None:
        parts.append(message("{time} of {whole}", time=time, whole=clock_text(60.0 * budget.minutes)))
    else:
        parts.append(message("{text}", text=time))
    ended = sum(row.counted for row in trials)
    if ended - before >= _MEASURED and progress.seconds > 0:
        parts.append(_forecast(ended, before, (ended - before) / progress.seconds, budget))
    return joined(parts)


def outcome_text(plan: Plan | None, trials: Sequence[TrialRow], reason: str | None, *, exhausted: bool) -> Message:
    """A line about a search that is not going on: what won, and how many trials there are; or how one begins.

    reason: why it trained nothing. exhausted: whether it found no further network.
    """
    if plan is not None and not trials and reason:
        return message("{reason}", reason=reason)
    if plan is None or not trials:
        return message(
            "Start trains the starting point first, the experiment as it is or the network of the space, then others. "
            "Each trial becomes a stored run."
        )
    parts = [message("{counts}.", counts=counts_text(trials))]
    won = winner_text(plan, trials)
    if won is not None:
        parts.insert(0, won)
    if exhausted:
        parts.append(message("The space seems to hold no further network."))
    return joined(parts, " ")


def _forecast(ended: int, before: int, rate: float, budget: Budget) -> Message:
    """The time that is left, by the measured rate of trials per second, with all that comes between them."""
    if budget.trials is not None:
        left = clock_text(max(0.0, (budget.trials - ended) / rate))
        return message("about {time} left for {count:,} trials", time=left, count=budget.trials)
    return message("about {count:,} trials in all", count=before + round(rate * 60.0 * (budget.minutes or 0.0)))
