"""What a run that goes on says of the network that it begins with."""

from __future__ import annotations

import gc
import threading
import weakref

from playground.engine.data.in_memory import load
from playground.engine.training.snapshots import Step
from playground.engine.training.trainer import Trainer
from playground.gui.session.worker_run import WorkerRun
from playground.spec.datasets.points import Points
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.recipe.recipe import Recipe

FEW = Experiment(
    name="Few",
    data=Points(count=100, validation_share=0.2),
    stack=Stack(layers=(Linear(out_features=2),)),
    recipe=Recipe(epochs=3, batch_size=20, device="cpu"),
)


def test_a_run_that_is_closed_lets_go_of_its_data_at_once() -> None:
    run = WorkerRun(Trainer(FEW, load(FEW.data)), None)
    others = set(threading.enumerate())
    run.call_doctor(load(FEW.data), lambda _finding: None)
    next(run.snapshots)
    (doctor,) = set(threading.enumerate()) - others
    trainer = weakref.ref(run.trainer)
    gc.disable()  # the window collects the oldest garbage only every few minutes
    try:
        run.close()
        doctor.join()
        del doctor, run
        assert trainer() is None
    finally:
        gc.enable()


def test_a_network_that_was_left_in_the_middle_of_an_epoch_had_all_its_steps() -> None:
    run = WorkerRun(Trainer(FEW, load(FEW.data)), None)
    each = FEW.recipe.steps_per_epoch(FEW.data.train_count)
    steps = 0
    for snapshot in run.snapshots:
        steps += isinstance(snapshot, Step)
        if steps == each + 2:
            break
    (made,) = run.origin.goes_on_as("begun")
    assert (made.how, made.source, made.run) == ("begun", "Few", None)
    assert dict(made.settings) == {"epochs before": "1", "steps before": str(each + 2)}
