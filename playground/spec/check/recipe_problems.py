"""Checks that the recipe fits the data: loss, class weights, augmentations and early stopping."""

from __future__ import annotations

from collections.abc import Iterator

from playground.spec.check.problem import Fix, Problem
from playground.spec.data.task import Targets
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.messages import message, tr_noop
from playground.spec.recipe.losses import MOST_CLASS_WEIGHTS, MSE, CrossEntropy, Loss
from playground.spec.recipe.recipe import EarlyStopping, NoStopping


def loss_problems(experiment: Experiment) -> Iterator[Problem]:
    """The loss must accept the kind of targets that the data has."""
    task, loss = experiment.data.task, experiment.recipe.loss
    wanted = {task.targets, experiment.data.train_targets or task.targets}
    if task.classes is not None and any(augmentation.mixes for augmentation in experiment.recipe.augmentations):
        wanted.add("soft")
    if wanted <= loss.takes:
        return
    better: Loss = MSE() if task.classes is None else CrossEntropy()
    words = message("Set the loss to {loss}", loss=message(better.label))
    what = _UNFIT["soft" if "soft" in wanted and "classes" in loss.takes else task.targets]
    yield Problem(
        message(what, loss=message(loss.label), data=message(experiment.data.label)),
        message("a loss for such targets, such as {loss}", loss=message(better.label)),
        field=("recipe", "loss"),
        fix=Fix(words, (Set(("recipe", "loss"), better, words),)),
    )


# Why a loss does not fit, for each kind of targets.
_UNFIT: dict[Targets, str] = {
    "classes": tr_noop("{loss} compares numbers, but the targets of {data} are classes."),
    "soft": tr_noop("{loss} needs one class as a target, but here a target is spread over several classes."),
    "values": tr_noop("{loss} compares classes, but the targets of {data} are numbers."),
    "probabilities": tr_noop("{loss} compares classes, but the targets of {data} are numbers between 0 and 1."),
}


def class_weight_problems(experiment: Experiment) -> Iterator[Problem]:
    """Class weights, where there are any, must be as many as classes."""
    loss, classes = experiment.recipe.loss, experiment.data.task.classes
    if not isinstance(loss, CrossEntropy) or not loss.class_weights or classes in (None, len(loss.class_weights)):
        return
    assert classes is not None
    given = loss.class_weights
    whole = (*given, *[1.0] * (classes - len(given)))[:classes]
    words = message("Fill up with 1") if len(given) < classes else message("Keep the first {classes}", classes=classes)
    if classes > MOST_CLASS_WEIGHTS:
        whole, words = (), message("Weight all classes alike")
    names = {"count": len(given), "classes": classes, "data": message(experiment.data.label)}
    yield Problem(
        message("There are {count} class weights, but {data} has {classes} classes.", **names),
        message("{classes} class weights, or none", classes=classes),
        field=("recipe", "loss", "class_weights"),
        fix=Fix(words, (Set(("recipe", "loss", "class_weights"), whole, words),)),
    )


_DIGITS = tuple("0123456789")


def augmentation_problems(experiment: Experiment) -> Iterator[Problem]:
    """Augmentations need pictures; some also need the class of each, and others blend classes."""
    data, chosen = experiment.data, experiment.recipe.augmentations
    task = data.task
    asks_class = task.classes is not None and task.positions == 1
    labelled = asks_class and "soft" not in (task.targets, data.train_targets)
    for number, augmentation in enumerate(chosen):
        blended = any(other.mixes for other in chosen[:number])
        names = {"augmentation": message(augmentation.label), "data": message(data.label)}
        expected = message("another augmentation, or none")
        remaining = tuple(other for other in chosen if type(other) is not type(augmentation))
        words = message("Remove {augmentation}", **names)
        if not data.augmented:
            what = message(
                "{data} cannot be augmented: {augmentation} would change the inputs, but not the targets.", **names
            )
        elif augmentation.mixes and not asks_class:
            what = message(
                "{augmentation} blends classes, but the targets of {data} are not one class per picture.", **names
            )
        elif augmentation.reads_labels and (data.class_names != _DIGITS or data.sample_shape[0] != 1):
            what = message("{augmentation} change grey digits, which {data} does not contain.", **names)
        elif augmentation.reads_labels and not labelled:
            what = message("{augmentation} must know the class of each picture, which {data} does not give.", **names)
        elif augmentation.reads_labels and blended:
            what = message("{augmentation} must know the class of each picture, but they have been blended.", **names)
            expected = message("{augmentation} before augmentations that blend pictures", **names)
            remaining = tuple(sorted(chosen, key=lambda other: other.mixes))
            words = message("Blend last")
        else:
            continue
        fix = Fix(words, (Set(("recipe", "augmentations"), remaining, words),))
        yield Problem(what, expected, field=("recipe", "augmentations"), fix=fix)


def stopping_problems(experiment: Experiment) -> Iterator[Problem]:
    """Early stopping needs validation data."""
    data = experiment.data
    if not isinstance(experiment.recipe.stopping, EarlyStopping) or data.validation_count > 0:
        return
    if data.available > 1:
        share = max(1 / 12, 1 / data.available)
        words = message(
            "Keep {count:,} {samples} for validation",
            count=round(data.available * share),
            samples=message(data.samples),
        )
        edit = Set(("data", "validation_share"), share, words)
    else:
        words = message("Train all epochs")
        edit = Set(("recipe", "stopping"), NoStopping(), words)
    yield Problem(
        message("Early stopping watches the loss on the validation data, but there is none."),
        message("a share of the data for validation"),
        field=("data", "validation_share"),
        fix=Fix(words, (edit,)),
    )
