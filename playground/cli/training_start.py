"""The start of a training: an experiment, and the weights or the training state of an earlier run."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from playground.cli.arguments import adjusted, named
from playground.cli.data_choices import reading_choice, with_settings
from playground.cli.text_units import units_choice
from playground.cli.wrong_use import WrongUse
from playground.spec.check.problems import check
from playground.spec.check.shapes import walk
from playground.spec.experiment import Experiment
from playground.spec.files.file_kind import NETWORK_SUFFIX
from playground.spec.files.storage import FileError, shown
from playground.spec.first_experiment import first_experiment
from playground.spec.kept_layers import kept_layers
from playground.spec.messages import Message, PlaygroundError, joined, message, tr_noop
from playground.standard_streams import DONE, complain

if TYPE_CHECKING:
    from torch import nn

    from playground.engine.provenance import Derivation
    from playground.engine.runs.reopening import Lost
    from playground.engine.runs.store import RunStore
    from playground.engine.runs.stored_run import StoredRun
    from playground.engine.training.training_state import TrainingState
    from playground.engine.weights import Trained


class Detour(NamedTuple):
    """Going on with a run from an earlier step than its last, whose checkpoint cannot be read."""

    run_id: str
    step: int  # from which it goes on
    lost: Lost

    @property
    def text(self) -> Message:
        """For people."""
        words = tr_noop("Run {run}: {why} Training goes on from step {step:,}: what it learned after that is lost.")
        return message(words, run=self.run_id, why=self.lost.why, step=self.step)

    @property
    def values(self) -> dict[str, object]:
        """For programs."""
        return {"event": "lost", "run": self.run_id, "lost_step": self.lost.step, "step": self.step}


class Beginning(NamedTuple):
    """The experiment to train, and the point from which it goes on."""

    experiment: Experiment
    state: TrainingState | None = None  # to go on from
    network: nn.Sequential | None = None  # with the weights to begin with
    parent: str | None = None  # id of the run from which the weights or the state come
    continued: str | None = None  # id of the stored run that goes on, or from which another branches off
    detour: Detour | None = None  # if the run does not go on from its last step
    provenance: tuple[Derivation, ...] = ()  # of the network, see `Trained`
    ended: bool = False  # the run that goes on was trained to its end and tested, or was ended by hand


def anew(what: str, options: Mapping[str, Any]) -> Beginning:
    """A new run of the experiment of a preset or a file, or of a first experiment for data of one's own.

    Raises:
        PlaygroundError: there is none, or an option does not suit it.
    """
    choice = reading_choice(options["read"], options["column"], options["sheet"])
    units = units_choice(what, options["units"], options["vocabulary"])
    experiment = named(what, options["target"], options["sheet"], options["text"], choice, units)
    return Beginning(adjusted(_divided(experiment, options["settings"]), options))


def _divided(experiment: Experiment, settings: Sequence[str]) -> Experiment:
    """The experiment with the fields of its data set, and a first network where its own does not suit them."""
    changed = experiment.with_(data=with_settings(experiment.data, settings))
    if changed == experiment or not check(changed) or check(experiment):
        return changed
    complain(message("The network does not suit the data with these settings: a first network takes its place."), DONE)
    return first_experiment(changed.data).with_(name=experiment.name)


def from_weights(
    what: str, source: str, options: Mapping[str, Any], store: RunStore, *, adapt: bool = False
) -> Beginning:
    """A new run of an experiment that begins with the weights of a file, of a trained preset or of a stored run.

    With `adapt`, layers for which there are no such weights begin at random.

    Raises:
        PlaygroundError: one of them does not exist, or the weights are those of another stack; with `adapt`, if no
            layer fits.
    """
    from playground.cli.named_network import source_name, trained_network
    from playground.engine.adapted_network import adapted
    from playground.engine.provenance import Derivation, learned
    from playground.engine.weights import network_with

    experiment = adjusted(named(what), options)
    trained = trained_network(source, store=store)
    try:
        weights = trained.network.state_dict()
        network = adapted(experiment, trained.experiment, weights) if adapt else network_with(experiment, weights)
    except FileError as error:
        words = tr_noop("The weights of “{source}” do not fit the stack of “{experiment}”. {why}")
        values = {"source": shown(source), "experiment": experiment.name, "why": error.message}
        raise PlaygroundError(message(words, **values)) from error
    if adapt:
        _tell_kept(experiment, trained.experiment)
    origin = Derivation("begun", source_name(source, trained), trained.run, learned(trained.figures))
    return Beginning(experiment, network=network, parent=trained.run, provenance=(*trained.provenance, origin))


def _tell_kept(experiment: Experiment, source: Experiment) -> None:
    """Say on the standard error which layers begin with other weights, and which at random."""
    before, after = (walk(item.stack, item.data.sample_shape) for item in (source, experiment))
    kept = kept_layers(before, after)
    values = {"kept": len(kept.pairs), "all": kept.all}
    words = message("Weights are kept in {kept} of {all} layers.", **values)
    if kept.new:
        names = joined((message(layer.label) for layer in kept.new), ", ")
        words = message("{found} These begin at random: {names}.", found=words, names=names)
    print(words, file=sys.stderr)


def going_on(what: str, options: Mapping[str, Any], store: RunStore) -> Beginning:
    """Going on with the run of a network file, or with a stored run.

    The stored run itself goes on, unless it went on from here already: then a new run branches off from it. So it does
    from the last checkpoint that is whole, if later ones are damaged or missing.

    Raises:
        PlaygroundError: there is none, or it has no training state.
    """
    from playground.engine.runs.reopening import reopened

    if _is_file(what):
        return _from_file(Path(what), options, store)
    run = _stored(what, store)
    try:
        trained, step, _, lost = reopened(run)
    except PlaygroundError as error:
        raise PlaygroundError(message("Run {run}: {why}", run=run.run_id, why=error.message)) from error
    if trained.state is None:
        words = tr_noop("Run {run} diverged, or its state is of another version: “--from” begins a new run from it.")
        raise PlaygroundError(message(words, run=run.run_id))
    found = _with_state(trained, trained.state, options, run, ended=run.record.ended is not None)
    return found._replace(detour=Detour(run.run_id, step, lost) if lost else None)


def stored_network(run: StoredRun, step: int) -> Trained:
    """The network of the checkpoint of a run at a step.

    Raises:
        PlaygroundError: there is none, or it is damaged.
    """
    from playground.engine.weights import load

    found = [item for item in run.checkpoints() if item.step == step]
    try:
        if not found:
            raise PlaygroundError(message("It has no checkpoint of its network there."))
        return load(run.checkpoint_file(found[-1]))
    except PlaygroundError as error:
        raise PlaygroundError(message("Run {run}: {why}", run=run.run_id, why=error.message)) from error


def _from_file(path: Path, options: Mapping[str, Any], store: RunStore) -> Beginning:
    from playground.engine.weights import load

    if path.suffix.lower() != NETWORK_SUFFIX:
        words = tr_noop("--continue takes a trained network ({ending}) or a stored run, but “{file}” is neither.")
        raise WrongUse(message(words, ending=NETWORK_SUFFIX, file=shown(path)))
    trained = load(path)
    known = trained.run in {row.run_id for row in store.runs()}
    run = store.open(trained.run) if known and trained.run else None
    state = trained.state
    step = trained.figures.step
    if state is None and run is not None and any(item.step == step for item in run.checkpoints()):
        state = stored_network(run, step).state
    if state is None:
        words = tr_noop(
            "“{file}” has no training state, and none of its run is stored here: it cannot be continued. "
            "“--with-state” writes a file that can; “--from” begins a new run with its weights."
        )
        raise PlaygroundError(message(words, file=shown(path)))
    if run is None:
        origin = _continued(trained, path.name)
        return Beginning(adjusted(state.experiment, options), state, parent=trained.run, provenance=origin, ended=True)
    return _with_state(trained, state, options, run, ended=True)


def _with_state(
    trained: Trained, state: TrainingState, options: Mapping[str, Any], run: StoredRun, *, ended: bool
) -> Beginning:
    """Going on from a state of a stored run, with that network."""
    experiment, known = adjusted(state.experiment, options), _continued(trained, run.run_id)
    return Beginning(experiment, state, continued=run.run_id, provenance=known, ended=ended)


def _continued(trained: Trained, source: str) -> tuple[Derivation, ...]:
    """The provenance of a network whose training goes on."""
    from playground.engine.provenance import Derivation, learned

    return *trained.provenance, Derivation("continued", source, trained.run, learned(trained.figures))


def _stored(word: str, store: RunStore) -> StoredRun:
    from playground.cli.run_store import stored_run

    return stored_run(word, store)


def _is_file(word: str) -> bool:
    return os.path.exists(word) or word.endswith(NETWORK_SUFFIX)
