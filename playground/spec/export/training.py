"""The part of an exported program that trains: optimizer, schedule, epochs, early stopping and test."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from playground.spec.call import Call, Written, printed
from playground.spec.data.dataset import Dataset, Loading
from playground.spec.experiment import Experiment
from playground.spec.export.annotations import WIDTH
from playground.spec.export.evaluation import added, class_weights, loss_of, restraints, score_of, sums_of
from playground.spec.export.freezing import freezes
from playground.spec.export.statement import local, statement
from playground.spec.recipe.schedules import PER_EPOCH, WARM_UP


def main(experiment: Experiment) -> str:
    """The main program: options, data, network, epochs, saved file and test."""
    data = experiment.data
    data_path = [] if data.loading().data_help is None else ["options.data"]
    given = ", ".join((*(["--data"] if data_path else []), "--device, --from or --out"))
    parts = ["(train_inputs, train_targets)", *(["validation"] if data.validation_count else []), "test"]
    lines = [
        *_options(experiment),
        "torch.set_flush_denormal(True)  # numbers below 1e-38 count as 0: CPUs are slow with them",
        "torch.manual_seed(SEED)",
        "try:",
        f"    {', '.join(parts)} = load_data({', '.join([*data_path, 'options.device'])})",
        "    model = build_model().to(options.device)",
        "    if options.start:",
        "        model.load_state_dict(load_file(options.start))",
        '    open(options.out, "ab").close()  # fail now rather than after the training',
        "except Exception as error:  # a file is missing, damaged, of another network, or write-protected",
        f"""    sys.exit(f"Wrong {given}: {{' '.join(str(error).split())[:200]}}")""",
        *([f"{_count(data)} = {data.loading().count}"] if _count(data) == "samples" else []),
        *_setup(experiment),
        "for epoch in range(1, EPOCHS + 1):",
        *(f"    {line}" for line in _epoch(experiment)),
        *_ending(experiment),
    ]
    return "\n".join(["def main():", *(f"    {line}" for line in lines)])


def _statement(before: str, call: Call, *leading: str) -> list[str]:
    return statement(before, call, *leading, inset=4)


def _options(experiment: Experiment) -> Iterator[str]:
    yield "parser = argparse.ArgumentParser(description=__doc__)"
    data_help = experiment.data.loading().data_help
    if data_help is not None:
        words = data_help.replace("%", "%%")  # argparse interprets a single one
        yield from _statement("", Call("parser.add_argument", ("--data",), (("help", words),)))
    chosen = experiment.recipe.device
    device = '"cuda" if torch.cuda.is_available() else "cpu"' if chosen == "auto" else printed(chosen)
    yield f'parser.add_argument("--device", default={device})'
    yield 'parser.add_argument("--from", dest="start", metavar="FILE", help="saved network to start from")'
    yield 'parser.add_argument("--out", default="trained.safetensors", help="file to save the network in")'
    yield "options = parser.parse_args()"


def _judged(experiment: Experiment) -> str:
    """The name of the network that is tested: the trained one, or its average."""
    return "averaged" if experiment.recipe.averaging.call() else "model"


def _setup(experiment: Experiment) -> Iterator[str]:
    recipe = experiment.recipe
    averaging = recipe.averaging.call()
    if averaging:
        yield from _statement("averaged = ", local(averaging), "model")
    grouping = recipe.optimizer.grouping
    parameters = f"{grouping.name}(model)" if grouping else "model.parameters()"
    if freezes(experiment) and not grouping:
        yield "trained = [parameter for parameter in model.parameters() if parameter.requires_grad]"
        parameters = "trained"
    yield from _statement("optimizer = ", local(recipe.optimizer.call()), parameters)
    yield from _scheduler(experiment)
    weights = class_weights(experiment, "train_targets", training=True)
    if weights is not None:
        yield from _statement("class_weights = ", weights)
    if recipe.augmentations:
        yield "generator = torch.Generator(options.device).manual_seed(SEED)"
    if restraints(experiment):
        yield "matrices = weight_matrices(model)"
    stopping = recipe.stopping.call()
    if stopping:
        yield from _statement("stopping = ", local(stopping))


def _scheduler(experiment: Experiment) -> Iterator[str]:
    """The schedule, with its warm-up if it has one."""
    schedule = experiment.recipe.schedule
    calls = _schedules(experiment)
    if calls:
        yield f"{PER_EPOCH} = math.ceil({_count(experiment.data)} / BATCH_SIZE)"
    if schedule.warm_up:
        yield f"{WARM_UP} = {printed(schedule.warm_up)}"
    if len(calls) == 1:
        yield from _statement("scheduler = ", local(calls[0]), "optimizer")
    elif calls:
        for name, call in zip(("warm_up", "schedule"), calls, strict=True):
            yield from _statement(f"{name} = ", local(call), "optimizer")
        both = Call("torch.optim.lr_scheduler.SequentialLR", (), (("milestones", [Written(WARM_UP)]),))
        yield from _statement("scheduler = ", both, "optimizer", "[warm_up, schedule]")
    reaction = schedule.reaction()
    if reaction:
        yield from _statement("plateau = ", local(reaction), "optimizer")


def _schedules(experiment: Experiment) -> tuple[Call, ...]:
    return experiment.recipe.schedule.calls(experiment.recipe.optimizer.lr)


def _epoch(experiment: Experiment) -> Iterator[str]:
    recipe, data, count = experiment.recipe, experiment.data, _count(experiment.data)
    weighted = class_weights(experiment, "train_targets", training=True) is not None
    yield "started, loss_sum, sums = time.perf_counter(), 0.0, 0"
    if weighted:
        yield "weight_sum = 0.0"
    if data.loading().batches:
        yield "for inputs, targets in batches(train_inputs, train_targets):"
        step = []
    else:
        yield f"for chosen in torch.randperm({count}, device=options.device).split(BATCH_SIZE):"
        step = ["inputs, targets = train_inputs[chosen], train_targets[chosen]"]
    yield from (f"    {line}" for line in (*step, *_step(experiment)))
    loss, value = _progress(experiment)
    trained, score = (_score(data, against) for against in data.against)
    yield from (
        "print(",
        f'    f"epoch {{epoch}}/{{EPOCHS}}: train loss {{{loss}:.4f}}, "',
        *_pieces(f"{trained} {{{value}:.2%}}, ", "{time.perf_counter() - started:.1f} s"),
        "    flush=True,",
        ")",
    )
    if data.validation_count:
        yield f"validation_loss, validation_score = evaluate({_judged(experiment)}, *validation)"
        line = f'f"  validation: loss {{validation_loss:.4f}}, {score} {{validation_score:.2%}}"'
        yield from statement("", Call("print", (Written(line),), (("flush", True),)), inset=8)
    if recipe.schedule.reaction():
        yield f"plateau.step({'validation_loss' if experiment.data.validation_count else loss})"
    if recipe.stopping.call():
        yield from (f"stopping.note(validation_loss, {_judged(experiment)})", "if stopping.exhausted:", "    break")


def _progress(experiment: Experiment) -> tuple[str, str]:
    """The expressions for loss and score of an epoch, at its end."""
    data, count = experiment.data, _count(experiment.data)
    weighted = class_weights(experiment, "train_targets", training=True) is not None
    return f"loss_sum / {'weight_sum' if weighted else count}", score_of(data.task, count)


def data_cell(experiment: Experiment) -> str:
    """The settings, and the data, of a notebook."""
    data = experiment.data
    data_help = data.loading().data_help
    chosen = experiment.recipe.device
    device = '"cuda" if torch.cuda.is_available() else "cpu"' if chosen == "auto" else printed(chosen)
    parts = ["(train_inputs, train_targets)", *(["validation"] if data.validation_count else []), "test"]
    given = ", ".join([*([] if data_help is None else ["options.data"]), "options.device"])
    lines = [
        "options = argparse.Namespace(",
        *([] if data_help is None else [f"    # {line}" for line in textwrap.wrap(data_help, WIDTH - 6)]),
        *([] if data_help is None else ["    data=None,"]),
        f"    device={device},",
        '    out="trained.safetensors",  # file to save the network in',
        ")",
        "torch.set_flush_denormal(True)  # numbers below 1e-38 count as 0: CPUs are slow with them",
        "torch.manual_seed(SEED)",
        f"{', '.join(parts)} = load_data({given})",
        *([f"{_count(data)} = {data.loading().count}"] if _count(data) == "samples" else []),
    ]
    return "\n".join(lines)


def training_cell(experiment: Experiment) -> str:
    """The training of a notebook, whose `history` gets loss and score of each epoch; validation behind them."""
    loss, score = _progress(experiment)
    lines = [*_setup(experiment), "history = []", "for epoch in range(1, EPOCHS + 1):"]
    for line in _epoch(experiment):
        if line == "print(" and f"    {line}" not in lines:
            lines.append(f"    history.append([{loss}, {score}])")
        lines.append(f"    {line}")
        if line.startswith("validation_loss, validation_score ="):
            lines.append("    history[-1] += [validation_loss, validation_score]")
    return "\n".join(lines)


def testing_cell(experiment: Experiment) -> str:
    """The saved file and the test of a notebook."""
    return "\n".join(_ending(experiment))


def _score(data: Dataset, against: str) -> str:
    """The name of the score, with its reference where training and test differ in it."""
    return f"{data.task.score.word} vs. {against}" if against else data.task.score.word


def _pieces(first: str, second: str) -> list[str]:
    """The last argument of a `print` call, on two lines if it is long."""
    whole = f'    f"{first}{second}",'
    return [whole] if len(whole) + 8 <= WIDTH else [f'    f"{first}"', f'    f"{second}",']


def _count(data: Dataset) -> str:
    """The expression for the number of samples in an epoch; `samples` if it is a long one."""
    count = data.loading().count
    return count if len(count) <= len(Loading("").count) else "samples"


def _step(experiment: Experiment) -> Iterator[str]:
    recipe = experiment.recipe
    if recipe.augmentations:
        yield "inputs, targets = augment(inputs, targets, generator)"
    yield "outputs = model(inputs)"
    yield f"loss = {loss_of(experiment, 'outputs', 'targets')}"
    yield "optimizer.zero_grad()"
    terms = added(experiment)
    yield f"({' + '.join(('loss', *terms))}).backward()" if terms else "loss.backward()"
    if recipe.clip_norm:
        yield f"nn.utils.clip_grad_norm_(model.parameters(), {recipe.clip_norm!r})"
    if recipe.regularizer.keeps_zeros:
        yield "masks = zeros(matrices)"
    if recipe.regularizer.decay:
        yield f'decay(matrices, optimizer.param_groups[0]["lr"], {recipe.regularizer.decay!r})'
    yield "optimizer.step()"
    if recipe.regularizer.keeps_zeros:
        yield "restore_zeros(matrices, masks)"
    if recipe.regularizer.largest_norm:
        yield f"confine(matrices, {recipe.regularizer.largest_norm!r})"
    if recipe.averaging.call():
        yield "averaged.update_parameters(model)"
    if _schedules(experiment):
        yield "scheduler.step()"
    if class_weights(experiment, "train_targets", training=True) is None:
        yield "loss_sum += loss.item() * len(targets)"
    else:
        yield "counted = class_weights[targets].sum().item()"
        yield "loss_sum, weight_sum = loss_sum + loss.item() * counted, weight_sum + counted"
    sums = sums_of(experiment, "targets", training=True)
    yield f"sums {'= sums +' if sums.startswith('torch.stack') else '+='} {sums}"


def _ending(experiment: Experiment) -> Iterator[str]:
    """The best weights, the saved file and the test, whose line comes last."""
    judged = _judged(experiment)
    if experiment.recipe.stopping.call():
        yield f"stopping.restore({judged})"
    network = "averaged.module" if judged == "averaged" else judged
    weights = f"{network}.state_dict()"
    if network != "model":  # else the line has room for it
        yield f"weights = {weights}"
        weights = "weights"
    yield f"save_file({{name: each.cpu().clone() for name, each in {weights}.items()}}, options.out)"
    score = _score(experiment.data, experiment.data.against[1])
    yield f'print("test: loss {{:.4f}}, {score} {{:.2%}}".format(*evaluate({judged}, *test)))'
