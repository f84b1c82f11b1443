"""Trains one experiment with several seeds, one run after another, and summarises their tests: `train --seeds`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime
from typing import TYPE_CHECKING

from playground.cli.arguments import adjusted
from playground.cli.terminal import JsonLines
from playground.cli.train import Interruption, Output, Stopped, train_once
from playground.engine.evaluation.seed_comparison import SeedResult, in_full, not_counted, spreads
from playground.engine.runs.seed_group import group_name
from playground.engine.training.snapshots import Diverged, Epoch, Finished, Snapshot
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, message
from playground.standard_streams import DONE, FAILED, put

if TYPE_CHECKING:
    from typing import TextIO

    from playground.cli.training_start import Beginning


class RunLines(JsonLines):
    """Prints one JSON object for each run, with its seed."""

    def __init__(self, stream: TextIO, experiment: Experiment) -> None:
        super().__init__(stream, experiment)
        self._about = {"seed": experiment.seed, **self._about}

    def take(self, snapshot: Snapshot) -> None:
        """Write the line of the end of the run."""
        if not isinstance(snapshot, Epoch):
            super().take(snapshot)


def train_seeds(beginning: Beginning, output: Output, count: int, *, as_json: bool) -> int:
    """Train runs with the seed of the experiment and those after it, and print the mean of their tests.

    A run that diverges does not end the others. Ctrl+C, SIGTERM or SIGHUP ends the present run, which is tested, and
    is the last one. Return the exit code: failed if every run diverged.

    Raises:
        WrongUse: a seed is too large.
        PlaygroundError: see `train_once`.
    """
    first = beginning.experiment
    experiments = [adjusted(first, {"seed": first.seed + i}) for i in range(count)]
    if output.store is not None:
        output = output._replace(group=group_name(first, count, datetime.now().astimezone()))
    ends: dict[int, Finished | Diverged | None] = {}  # by seed
    with Interruption() as interruption:
        for number, experiment in enumerate(experiments, 1):
            if not as_json:
                place = {"seed": experiment.seed, "number": number, "count": count}
                put(message("Seed {seed}, run {number:,} of {count:,}", **place))
            again = beginning._replace(experiment=experiment, network=deepcopy(beginning.network))
            try:
                ends[experiment.seed] = train_once(again, output, interruption, RunLines if as_json else None)
            except Stopped:
                if number == 1:
                    raise
                break
            if interruption.requested:
                break
    left_out = {seed: reason for seed, end in ends.items() if (reason := _not_counted(end, first))}
    tested = {seed: end for seed, end in ends.items() if isinstance(end, Finished) and seed not in left_out}
    results = [SeedResult.of(seed, end) for seed, end in tested.items()]
    (_report_json if as_json else _report)(results, left_out, first, output.group)
    return FAILED if all(isinstance(end, Diverged) for end in ends.values()) else DONE


def _not_counted(end: Finished | Diverged | None, experiment: Experiment) -> Message | None:
    if isinstance(end, Finished):
        return not_counted(end, experiment.recipe.epochs, end.stopped_early)
    return end.message if end else message("it was not tested")


def _report(results: Sequence[SeedResult], left_out: dict[int, Message], experiment: Experiment, group: str) -> None:
    """Print mean, standard deviation and confidence interval, and which runs do not count."""
    if group:
        put(group)
    for seed, reason in left_out.items():
        put(message("Not counted: the run with seed {seed}: {reason}", seed=seed, reason=reason))
    for line in in_full(spreads(results), experiment.data):
        put(line)


def _report_json(
    results: Sequence[SeedResult], left_out: dict[int, Message], experiment: Experiment, group: str
) -> None:
    """Print the same as one JSON object."""
    figures = {f"test_{name}": found and found._asdict() for name, found in spreads(results)._asdict().items()}
    seeds = [result.seed for result in results]
    others = [{"seed": seed, "why": str(reason)} for seed, reason in left_out.items()]
    about = {"event": "summary", "score": experiment.data.task.score.key, "group": group or None}
    put(json.dumps({**about, "n": len(seeds), "seeds": seeds, "left_out": others, **figures}))
