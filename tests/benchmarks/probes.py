"""Training with probes beside training without, in turns.

    python -m tests.benchmarks probes

A turn is as many steps as lie between two probes, so that it holds one, in seconds of the processor, which other
programs disturb less than those of the clock. The ratio is the median of those of the rounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from time import process_time

from playground.engine.data.dataset_cache import lacking
from playground.engine.data.in_memory import Data, load
from playground.engine.probes.step_probe import EVERY
from playground.engine.training.snapshots import Diverged, Finished, Probed, Step
from playground.engine.training.trainer import Trainer
from playground.spec.experiment import Experiment
from playground.spec.files.presets import presets
from tests.benchmarks.contest import take_turns
from tests.benchmarks.figure import Figure

BAR = 1.01
ROUNDS = {"textbook": 41, "xor": 41, "lenet-5": 9, "vision-transformer": 5}
PROBED, PLAIN = "with probes", "without probes"


def figures(quick: bool) -> Iterator[Figure]:
    """One for each of these presets."""
    for entry in presets():
        if entry.id in ROUNDS and not lacking(type(entry.experiment.data)):
            yield measured(entry.id, entry.experiment, 1 if quick else ROUNDS[entry.id])


def measured(name: str, experiment: Experiment, rounds: int) -> Figure:
    """The seconds of a turn, both ways."""
    print(name, flush=True)
    data = load(experiment.data)
    probed, plain = _Turns(experiment, data, EVERY), _Turns(experiment, data, None)
    times = take_turns({PROBED: probed, PLAIN: plain}, rounds)
    ratio = median(one / other for one, other in zip(times[PROBED].seconds, times[PLAIN].seconds, strict=True))
    without = median(times[PLAIN].seconds)
    note = f"a probe takes {1e3 * median(probed.probes):.2f} ms by the clock"
    work = f"{EVERY} steps of {name}"
    return Figure(work=work, value=ratio * without, unit="s", peer=PLAIN, beside=without, bar=BAR, note=note)


class _Turns:
    """A run that goes on by one turn at each call; evaluation does not count."""

    def __init__(self, experiment: Experiment, data: Data, every: int | None) -> None:
        recipe = experiment.recipe.with_(epochs=10_000)
        self._run = Trainer(experiment.with_(recipe=recipe), data, probe_every=every)
        self.probes: list[float] = []  # seconds of each turn's probe, by the clock
        self()  # with the more frequent probes of the beginning
        self.probes.clear()

    def __call__(self) -> float:
        """Make the steps of a turn; the seconds of the processor."""
        seconds, last = 0.0, self._run.step + EVERY
        while True:
            began = process_time()
            snapshot = next(self._run)
            taken = process_time() - began
            if isinstance(snapshot, Step | Probed):
                seconds += taken
            elif isinstance(snapshot, Finished | Diverged):
                raise RuntimeError(f"the run ended: {snapshot}")
            if self._run.step == last and isinstance(snapshot, Step):
                probe = self._run._parts.probe
                self.probes.append(probe.seconds if probe else 0.0)
                return seconds
