"""The part of an exported program that trains: optimizer, schedule, epochs, early stopping and the test."""

from __future__ import annotations

from collections.abc import Iterator

from playground.spec.call import Call, Written, printed
from playground.spec.experiment import Experiment
from playground.spec.recipe import EarlyStopping
from playground.spec.schedules import PER_EPOCH, WARM_UP
from playground.spec.script_statement import local, statement


def main(experiment: Experiment) -> str:
    held_out = experiment.data.validation_count > 0
    score = experiment.data.task.score.word
    parts = ["(train_inputs, train_targets)", *(["validation"] if held_out else []), "test"]
    chosen = experiment.recipe.device
    device = '"cuda" if torch.cuda.is_available() else "cpu"' if chosen == "auto" else printed(chosen)
    lines = [
        "parser = argparse.ArgumentParser(description=__doc__)",
        *statement("", _data_option(experiment)),
        f'parser.add_argument("--device", default={device})',
        "arguments = parser.parse_args()",
        "device = torch.device(arguments.device)",
        "torch.manual_seed(SEED)",
        f"{', '.join(parts)} = load_data(arguments.data, device)",
        "model = build_model().to(device)",
        *_setup(experiment),
        "for epoch in range(1, EPOCHS + 1):",
        *(f"    {line}" for line in _epoch(experiment)),
        *_ending(experiment),
        f"test_loss, test_score = evaluate({_judged(experiment)}, *test)",
        f'print(f"test: loss {{test_loss:.4f}}, {score} {{test_score:.2%}}")',
    ]
    return "\n".join(["def main():", *(f"    {line}" for line in lines)])


def _data_option(experiment: Experiment) -> Call:
    place = experiment.data.loading().place.replace("%", "%%")  # argparse fills in what stands behind a single one
    return Call("parser.add_argument", ("--data",), (("default", "data"), ("help", place)))


def _judged(experiment: Experiment) -> str:
    """The name of the network that is tested: the one that is trained, or its average."""
    return "averaged" if experiment.recipe.averaging.call() else "model"


def _setup(experiment: Experiment) -> Iterator[str]:
    recipe = experiment.recipe
    averaging = recipe.averaging.call()
    if averaging:
        yield from statement("averaged = ", averaging, "model")
    grouping = recipe.optimizer.grouping
    parameters = f"{grouping.name}(model)" if grouping else "model.parameters()"
    yield from statement("optimizer = ", local(recipe.optimizer.call()), parameters)
    yield from _scheduler(experiment)
    if recipe.augmentations:
        yield "generator = torch.Generator(device).manual_seed(SEED)"
    if isinstance(recipe.stopping, EarlyStopping):
        yield "best_loss, waited = math.inf, 0"
        if recipe.stopping.restore_best:
            yield f"best_weights = copy.deepcopy({_judged(experiment)}.state_dict())"


def _scheduler(experiment: Experiment) -> Iterator[str]:
    """The schedule, or a warm-up and then the schedule."""
    schedule = experiment.recipe.schedule
    calls = _schedules(experiment)
    if calls:
        yield f"{PER_EPOCH} = math.ceil(len(train_targets) / BATCH_SIZE)"
    if schedule.warm_up:
        yield f"{WARM_UP} = {printed(schedule.warm_up)}"
    if len(calls) == 1:
        yield from statement("scheduler = ", calls[0], "optimizer")
    elif calls:
        for name, call in zip(("warm_up", "schedule"), calls, strict=True):
            yield from statement(f"{name} = ", call, "optimizer")
        both = Call("torch.optim.lr_scheduler.SequentialLR", (), (("milestones", [Written(WARM_UP)]),))
        yield from statement("scheduler = ", both, "optimizer", "[warm_up, schedule]")
    reaction = schedule.reaction()
    if reaction:
        yield from statement("plateau = ", reaction, "optimizer")


def _schedules(experiment: Experiment) -> tuple[Call, ...]:
    return experiment.recipe.schedule.calls(experiment.recipe.optimizer.lr)


def _epoch(experiment: Experiment) -> Iterator[str]:
    recipe = experiment.recipe
    yield "total = 0.0"
    yield "for chosen in torch.randperm(len(train_targets), device=device).split(BATCH_SIZE):"
    step = ["inputs, targets = train_inputs[chosen], train_targets[chosen]"]
    if recipe.augmentations:
        step.append("inputs, targets = augment(inputs, targets, generator)")
    step += ["loss = loss_function(model, inputs, targets)", "optimizer.zero_grad()", "loss.backward()"]
    if recipe.clip_norm:
        step.append(f"nn.utils.clip_grad_norm_(model.parameters(), {recipe.clip_norm!r})")
    if recipe.regularizer.decay:
        step.append('decay(model, optimizer.param_groups[0]["lr"])')
    step.append("optimizer.step()")
    if recipe.regularizer.largest_norm:
        step.append("confine(model)")
    if recipe.averaging.call():
        step.append("averaged.update_parameters(model)")
    if _schedules(experiment):
        step.append("scheduler.step()")
    step.append("total += loss.item() * len(targets)")
    yield from (f"    {line}" for line in step)
    yield 'print(f"epoch {epoch}: train loss {total / len(train_targets):.4f}", flush=True)'
    if experiment.data.validation_count:
        yield f"validation_loss, validation_score = evaluate({_judged(experiment)}, *validation)"
        score = experiment.data.task.score.word
        yield f'print(f"  validation: loss {{validation_loss:.4f}}, {score} {{validation_score:.2%}}", flush=True)'
    if recipe.schedule.reaction():
        watched = "validation_loss" if experiment.data.validation_count else "total / len(train_targets)"
        yield f"plateau.step({watched})"
    yield from _stopping(experiment)


def _stopping(experiment: Experiment) -> Iterator[str]:
    stopping = experiment.recipe.stopping
    if not isinstance(stopping, EarlyStopping):
        return
    yield "waited += 1"
    yield "if validation_loss < best_loss:"
    yield "    best_loss, waited = validation_loss, 0"
    if stopping.restore_best:
        yield f"    best_weights = copy.deepcopy({_judged(experiment)}.state_dict())"
    yield f"if waited == {stopping.patience}:"
    yield "    break"


def _ending(experiment: Experiment) -> Iterator[str]:
    stopping = experiment.recipe.stopping
    if isinstance(stopping, EarlyStopping) and stopping.restore_best:
        yield f"{_judged(experiment)}.load_state_dict(best_weights)"
