"""Trains without a screen: `playground train` after its arguments were read."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.console import Console

from playground.cli.shared_training import how_to_go_on, shared_data
from playground.cli.terminal import JsonLines, Reporter, Screen
from playground.cli.wrong_use import WrongUse
from playground.engine.runtime.sleep_inhibition import staying_awake
from playground.engine.training.snapshots import Diverged, Epoch, Finished
from playground.spec.cancelling import Cancelled, cancellable, stop_if_cancelled
from playground.spec.experiment import Experiment
from playground.spec.messages import PlaygroundError, message, plural, tr_noop
from playground.standard_streams import END_SIGNALS, taken

if TYPE_CHECKING:
    from playground.cli.examiner import Examiner
    from playground.cli.training_start import Beginning
    from playground.engine.data.in_memory import Data
    from playground.engine.runs.run_recorder import RunRecorder
    from playground.engine.runs.store import RunStore
    from playground.engine.runtime.ranks import Ranks
    from playground.engine.training.trainer import Trainer


class Output(NamedTuple):
    """The places to which a training writes, besides its report."""

    file: Path | None = None  # of the trained network
    with_state: bool = False  # whether that holds the training state
    store: RunStore | None = None  # gets the run
    tensorboard: Path | None = None  # a folder that gets an event file
    group: str = ""  # of the stored run


class Stopped(PlaygroundError):
    """Training was interrupted before it began."""


def train(beginning: Beginning, output: Output, *, as_json: bool, ranks: Ranks | None = None) -> None:
    """Train, test and report on the standard output; Ctrl+C, SIGTERM or SIGHUP ends the training, not the test.

    With `ranks` other processes train the same network.

    Raises:
        PlaygroundError: the run diverged, was stopped before it began, cannot go on from its state, or the network
            could not be written.
    """
    with Interruption(once=ranks is None) as interruption:
        end = train_once(beginning, output, interruption, JsonLines if as_json else None, ranks)
    if isinstance(end, Diverged) and (ranks is None or ranks.first):
        raise PlaygroundError(end.message)


def train_once(
    beginning: Beginning,
    output: Output,
    interruption: Interruption,
    json_lines: type[JsonLines] | None,
    ranks: Ranks | None = None,
) -> Finished | Diverged | None:
    """Train and test one run; `json_lines` reports it, or a `Screen` if None. Return how the run ended.

    Raises:
        Stopped: it was interrupted before the first step.
        PlaygroundError: it cannot go on from its state, or the network could not be written.
    """
    from playground.cli.examiner import Examiner
    from playground.engine.data.in_memory import load  # torch takes seconds: a signal may come meanwhile
    from playground.engine.probes.step_probe import EVERY
    from playground.engine.runtime.ranks import LostRank
    from playground.engine.training.trainer import Trainer

    experiment = beginning.experiment
    try:
        with cancellable(lambda: interruption.requested):
            data = load(experiment.data)
            told = (experiment.data.notice, experiment.data.changed)
            for remark in (*data.remarks, *filter(None, told)):
                sys.stderr.write(f"note: {remark}\n")
            if ranks:
                data = shared_data(data, experiment, ranks)
            network, state = beginning.network, beginning.state
            trainer = Trainer(experiment, data, network=network, state=state, probe_every=EVERY, ranks=ranks)
            trainer.provenance = beginning.provenance
            stop_if_cancelled()
    except Cancelled as error:
        raise Stopped(message("Stopped before anything was trained.")) from error
    if beginning.ended and trainer.exhausted:
        _refuse(trainer)
    recorder = _recorder(beginning, trainer, data, output)
    with staying_awake():
        reporter = _reporter(json_lines, experiment, output.tensorboard)
        examiner = Examiner(reporter, experiment, data, _epochs_before(beginning, output))
        try:
            _follow(trainer, reporter, examiner, interruption, output, recorder, ranks)
        except LostRank as error:
            raise LostRank(how_to_go_on(error, trainer, recorder)) from error
    return trainer.finished


def _refuse(trainer: Trainer) -> None:
    """Say that nothing is left to train."""
    if trainer.epochs < trainer.experiment.recipe.epochs:
        raise WrongUse(message("Early stopping has ended this run: there is nothing left to train."))
    words = tr_noop("All {count:,} epochs are trained: “--epochs” says how many there should be in all.")
    singular = tr_noop("The one epoch is trained: “--epochs” says how many there should be in all.")
    raise WrongUse(plural(words, singular, trainer.epochs))


def _recorder(beginning: Beginning, trainer: Trainer, data: Data, output: Output) -> RunRecorder | None:
    """Stores the run, if there is a store."""
    if output.store is None:
        return None
    from playground.engine.runs.run_recorder import RunRecorder, continuing

    if beginning.continued is not None:
        return continuing(output.store, trainer, data, beginning.continued)
    return RunRecorder(output.store, trainer, data, parent=beginning.parent, group=output.group)


def _epochs_before(beginning: Beginning, output: Output) -> list[Epoch]:
    """Those of the stored run that goes on, up to the state that it goes on from."""
    if output.store is None or beginning.continued is None or beginning.state is None:
        return []
    before = output.store.open(beginning.continued).curves()
    step = beginning.state.progress.figures.step
    return [item for item in before if isinstance(item, Epoch) and item.step <= step]


class Interruption:
    """Sets `requested` on the first Ctrl+C, SIGTERM or SIGHUP; a second one has its usual effect."""

    def __init__(self, *, once: bool = True) -> None:
        """Not `once`: later ones have no effect until the program ends, as launchers repeat them, and kill at last."""
        self.requested, self._once = False, once
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Interruption:
        for number in filter(taken, END_SIGNALS):
            self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if self._once:
            self._restore()

    def ask(self) -> None:
        """Request the end, from any thread."""
        self.requested = True

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.ask()
        if self._once:
            self._restore()

    def _restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)


def _follow(
    trainer: Trainer,
    reporter: Reporter,
    examiner: Examiner,
    interruption: Interruption,
    output: Output,
    recorder: RunRecorder | None,
    ranks: Ranks | None,
) -> None:
    """Train to the end or until interrupted, which still tests the network; write the network in any case."""
    from playground.engine.runtime.ranks import LostRank

    stopping, saved = False, None
    between = False  # two steps, so that the state of the training is whole
    try:
        for snapshot in trainer:
            between = True
            if recorder:
                recorder.take(snapshot)
            examiner.take(snapshot)
            reporter.take(snapshot)
            wanted = ranks.agreed(interruption.requested) if ranks else interruption.requested
            if wanted and not stopping:
                trainer.stop()
                stopping = True
                if ranks and recorder:
                    recorder.pause()  # the launcher may not wait for the test
            between = False
    except LostRank:
        between = True  # all is as it was before the step that failed
        raise
    finally:
        if recorder:  # does nothing where the run has ended
            recorder.close() if between else recorder.abandon()
        try:
            if output.file is not None and trainer.step:
                _save(trainer, output.file, output.with_state, recorder)
                saved = output.file
        finally:
            reporter.close(saved)


def _save(trainer: Trainer, path: Path, with_state: bool, recorder: RunRecorder | None) -> None:
    from playground.engine.weights import save_weights

    state = trainer.state() if with_state and isinstance(trainer.finished, Finished) else None
    run, weights = recorder.run_id if recorder else None, trainer.network.state_dict()
    origin = (trainer.scaling, trainer.provenance)
    save_weights(path, trainer.experiment, weights, trainer.figures, state, run, *origin)


def _reporter(json_lines: type[JsonLines] | None, experiment: Experiment, tensorboard: Path | None) -> Reporter:
    if tensorboard is not None:
        from playground.cli.event_reporter import EventReporter
        from playground.engine.event_file import EventFile

        events = EventFile(tensorboard, experiment)
        return EventReporter(_reporter(json_lines, experiment, None), events)
    if json_lines is not None:
        return json_lines(sys.stdout, experiment)
    return Screen(Console(file=sys.stdout, highlight=False, markup=False, emoji=False), experiment)
