"""The part of an exported program that uses a teacher: its network, its weights and its probabilities."""

from __future__ import annotations

import os
from pathlib import Path

from playground.spec.call import printed
from playground.spec.check.shapes import LayerShape, last_row, walk
from playground.spec.data.dataset import Loading
from playground.spec.experiment import Experiment
from playground.spec.export.data_files import READ_DIGITS, find_file, find_own_file
from playground.spec.export.script import network_code
from playground.spec.export.statement import applied, is_ours
from playground.spec.files.network_file import read_described
from playground.spec.files.presets import preset
from playground.spec.messages import PlaygroundError, message, tr_noop
from playground.spec.recipe.output_activations import IDENTITY

READER = "reader"  # the preset with the default teacher
FILE = "reader.safetensors"  # weights file of the default teacher


def require_teacher(experiment: Experiment, path: Path) -> None:
    """Check that a trained network can be the teacher.

    Raises:
        PlaygroundError: it does not classify 28 × 28 pixels into ten classes.
    """
    data = experiment.data
    if tuple(data.sample_shape) != (1, 28, 28) or data.task.output != (10,) or data.task.classes != 10:
        what = tr_noop("The network in “{file}” cannot teach: it does not classify 28 × 28 pixels into ten classes.")
        raise PlaygroundError(message(what, file=path.name))


def loading(teacher: str, train_count: int, validation_count: int) -> Loading:
    """The code that reads the images, builds the teacher and computes its probabilities.

    `teacher`: its file; empty for the bundled reader.

    Raises:
        PlaygroundError: the teacher's file cannot be read, or its network does not classify digits.
    """
    path = Path(os.path.abspath(Path(teacher).expanduser()))
    experiment = read_described(path) if teacher else preset(READER).experiment
    require_teacher(experiment, path)
    rows = walk(experiment.stack, experiment.data.sample_shape)
    building = network_code(experiment, "build_teacher")
    calls = (call for row in rows if row.active and not row.nested for call in row.calls)
    constant = f"TEACHER = {printed(str(path) if teacher else FILE)}"
    finding = find_own_file(False) if teacher else find_file("presets", False)
    reading = _load_data(_shares(experiment, rows), train_count, validation_count)
    return Loading(
        "\n\n\n".join((constant, finding, READ_DIGITS, building, reading)),
        copied=tuple(inner.target for call in calls for inner in call.whole() if is_ours(inner)),
        needs=("torchvision",),
        data_help=f"folder that holds MNIST, and {path.name if teacher else FILE}, the teacher",
    )


def _shares(experiment: Experiment, rows: tuple[LayerShape, ...]) -> tuple[str, ...]:
    """The lines that turn the teacher's `outputs` into probabilities, as `evaluate.probabilities` does."""
    last = last_row(rows)
    output_activation = experiment.recipe.loss.output_activation
    if last is not None and last.calls[-1:] and last.calls[-1].target == "torch.nn.Softmax":
        output_activation = IDENTITY
    if output_activation == IDENTITY:
        return (
            "outputs = outputs.clamp_min(0)",
            "shares = outputs / outputs.sum(1, keepdim=True)",
            "return torch.where(shares.isfinite().all(1, keepdim=True), shares, 0.1)",
        )
    return (f"return {applied(output_activation.log, 'outputs')}.softmax(1)",)


def _load_data(shares: tuple[str, ...], train_count: int, validation_count: int) -> str:
    lines = [
        "@torch.no_grad()",
        "def load_data(folder, device):",
        '    """Images (N, 1, 28, 28) in [0, 1] with the teacher\'s probabilities (N, 10), or labels (N,)."""',
        "    teacher = build_teacher()",
        "    teacher.load_state_dict(load_file(find_file(TEACHER, folder)))",
        "    teacher.to(device).eval()",
        "",
        "    def answers_of(images):",
        "        outputs = teacher(images)",
        *(f"        {line}" for line in shares),
        "",
        "    def tensors(part):",
        "        images, labels = read_mnist(folder, part)",
        "        return (images.unsqueeze(1) / 255).to(device), labels.to(device)",
        "",
        '    images, labels = tensors("train")',
        f"    pictures = images[:{train_count}]",
        "    answers = torch.cat([answers_of(some) for some in pictures.split(500)])",
    ]
    if validation_count:
        lines.append(f"    validation = images[-{validation_count}:], labels[-{validation_count}:]")
    parts = ["(pictures, answers)", *(["validation"] if validation_count else []), 'tensors("t10k")']
    return "\n".join([*lines, f"    return {', '.join(parts)}"])
