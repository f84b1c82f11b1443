"""Runs for tests of their table, which nobody has to train."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playground.engine.runs.run_folder import RunFolder
from playground.engine.runs.run_record import RunRecord
from playground.engine.runs.store import RunStore
from playground.engine.training.snapshots import Figures
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.optimizers import SGD, Adam
from playground.spec.recipe.recipe import Recipe

WITHIN = 20.0  # seconds
BEGAN = datetime(2026, 1, 1, 12, tzinfo=UTC)
BASE = Experiment(
    name="first", stack=Stack(layers=(Flatten(), Linear(out_features=10))), recipe=Recipe(optimizer=Adam(lr=0.001))
)
EXPERIMENTS = (
    BASE,
    BASE.with_(name="second", recipe=Recipe(optimizer=Adam(lr=0.003))),
    BASE.with_(name="third", seed=5, recipe=Recipe(optimizer=SGD(lr=0.1), batch_size=32, epochs=3)),
)
_SCORES = (0.9, None, 0.85)


def store_run(store: RunStore, experiment: Experiment, number: int | None = None, **fields: object) -> str:
    """Write a run that ended, as if it had been the one of that number; return its id."""
    assert store.flush(WITHIN)
    number = len(store.runs()) if number is None else number
    created = BEGAN + timedelta(minutes=number)
    run_id = f"{created:%Y%m%d-%H%M%S}-{number:08x}"
    score = _SCORES[number % 3]
    record = {
        "run_id": run_id,
        "name": experiment.name,
        "created": created,
        "ended": created + timedelta(seconds=20),
        "seed": experiment.seed,
        "data": experiment.data.id,
        "parameters": 7850 + number,
        "flops": 15700,
        "figures": Figures(10, 8600, 20.0 + number, test_score=score, test_loss=0.1 * (number + 1)),
    }
    folder = RunFolder(store.folder / run_id)
    folder.create(RunRecord.model_validate({**record, **fields}), experiment)
    folder.unlock()
    return run_id


def damage(store: RunStore, run_id: str) -> None:
    """Cut off the end of a run's record."""
    file = store.folder / run_id / "run.json"
    file.write_bytes(file.read_bytes()[:-30])
