"""A training that several processes share: its share of the data, and the words at its end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from playground.cli.wrong_use import WrongUse
from playground.spec.messages import Message, message

if TYPE_CHECKING:
    from playground.engine.data.in_memory import Data
    from playground.engine.runs.run_recorder import RunRecorder
    from playground.engine.runtime.ranks import LostRank, Ranks
    from playground.engine.training.trainer import Trainer
    from playground.spec.experiment import Experiment


def shared_data(data: Data, experiment: Experiment, ranks: Ranks) -> Data:
    """The data of one of the processes: only the first one tests.

    Raises:
        WrongUse: a batch is too small to be shared.
        RankError: the processes have different experiments or data.
        LostRank: one has ended.
    """
    from playground.engine.data.fingerprint import fingerprint
    from playground.engine.data.in_memory import LimitedSubset

    size = experiment.recipe.batch_size
    if size < ranks.world:
        words = message("A batch of {size} cannot be shared by {count} processes.", size=size, count=ranks.world)
        raise WrongUse(words)
    ranks.ensure_same(experiment.model_dump_json() + fingerprint(data))
    return data if ranks.first else replace(data, test=LimitedSubset(data.test, 0))


def how_to_go_on(error: LostRank, trainer: Trainer, recorder: RunRecorder | None) -> Message:
    """That another process has ended, where the run stands, and how to continue it."""
    run = recorder.run_id if recorder else None
    words = message("{what} The run ends after step {step:,}.", what=error.message, step=trainer.step)
    if run is None:
        return words
    return message("{what} “playground train --continue {run}” goes on with it.", what=words, run=run)
