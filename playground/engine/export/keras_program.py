"""A network as a Keras program with its weights beside it; verified with Keras where it is installed."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from playground.engine.build import enabled_rows
from playground.engine.export.exported import Exported
from playground.engine.export.keras_layers import emit
from playground.engine.export.keras_text import program_text
from playground.engine.export.keras_writer import NoCounterpart, Writer
from playground.engine.export.portable import portable
from playground.engine.export.subject import subject
from playground.engine.export.verification import ExportError
from playground.engine.weights import Trained
from playground.spec.layer import Tokens
from playground.spec.messages import message, tr_noop

TITLE = "Keras"
WEIGHTS_SUFFIX = ".npz"
_PATIENCE = 300  # seconds that Keras may take to be imported and to answer

# Runs in a process of its own: Keras chooses its backend once and for all when it is imported.
_ASK = """\
import numpy, runpy, sys
program, asked, answers = sys.argv[1:]
names = runpy.run_path(program)
model = names["load_weights"](names["build_model"]())
numpy.save(answers, numpy.asarray(model.predict(numpy.load(asked), batch_size=64, verbose=0)))
"""


class KerasProgram(NamedTuple):
    """The two files of a network."""

    text: str
    weights: dict[str, list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]]]  # arrays of each layer, by its name

    @property
    def archive(self) -> bytes:
        """The weights as the bytes of an .npz file: `layer/0`, `layer/1` and so on."""
        file = io.BytesIO()
        arrays = {f"{name}/{n}": array for name, found in self.weights.items() for n, array in enumerate(found)}
        np.savez(file, allow_pickle=False, **arrays)
        return file.getvalue()


def export_keras(trained: Trained) -> Exported:
    """The program as the bytes of a .py file, and the weights beside it.

    Raises:
        ExportError: a layer has no counterpart, or Keras is installed and answers differently.
    """
    it = subject(trained, whole=False)
    found = keras_program(trained)
    data, archive = found.text.encode(), found.archive
    remarks = [message("The weights are in the file beside it that ends in {ending}.", ending=WEIGHTS_SUFFIX)]
    if len(trained.experiment.data.sample_shape) == 3:
        remarks.append(message("Images have their channels last: (N, height, width, channels)."))
    verification = None
    if _here():
        with TemporaryDirectory() as folder:
            runtime = f"Keras {version('keras')} on PyTorch"
            verification = it.verified(_asked(Path(folder), data, archive, it.asked.inputs), runtime)
    else:
        remarks.append(message("It was not verified, because Keras is not installed here: pip install keras."))
    return Exported(data, verification, tuple(remarks), beside=((WEIGHTS_SUFFIX, archive),))


def keras_program(trained: Trained) -> KerasProgram:
    """The program of a network.

    Raises:
        ExportError: a layer has no counterpart in Keras; the message names it.
    """
    experiment, network = trained.experiment, portable(trained.network)
    shape = experiment.data.sample_shape
    writer = _shapes(network, shape)
    modules = list(network.children())
    for row in enabled_rows(experiment):
        own, modules = modules[: len(row.calls)], modules[len(row.calls) :]
        try:
            for module in own:
                emit(writer, module, "x")
        except NoCounterpart as error:
            words = tr_noop("{title} cannot hold layer {number}, {label}: {why}.")
            label, number = message(row.layer.label), row.path[0] + 1
            raise ExportError(message(words, title=TITLE, number=number, label=label, why=error.why)) from error
    output = writer.output_of(network)
    text = program_text(
        name=experiment.name,
        reads=_reads(shape),
        gives=f"{_dimensions(output[1:])}: outputs before the softmax or sigmoid that the loss applies, if it does",
        shape=f"({shape[0]},), dtype='int32'" if isinstance(shape, Tokens) else str(_last(shape)),
        lines=writer.lines,
        classes=writer.classes,
    )
    return KerasProgram(text, writer.weights)


def _shapes(network: nn.Sequential, shape: tuple[int, ...]) -> Writer:
    """A writer that knows what goes into each module, and comes out."""
    writer = Writer({}, {})

    def note(module: nn.Module, given: tuple[Tensor, ...], output: Tensor) -> None:
        writer.inputs[id(module)], writer.outputs[id(module)] = tuple(given[0].shape), tuple(output.shape)

    hooks = [module.register_forward_hook(note) for module in network.modules()]
    kind = torch.int64 if isinstance(shape, Tokens) else torch.float32
    try:
        with torch.no_grad():
            network(torch.zeros(2, *shape, dtype=kind))
    finally:
        for hook in hooks:
            hook.remove()
    return writer


def _last(shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape without the batch, with an image's channels last."""
    return (*shape[1:], shape[0]) if len(shape) == 3 else tuple(shape)


def _dimensions(shape: tuple[int, ...]) -> str:
    return f"(N, {', '.join(map(str, _last(shape)))})"


def _reads(shape: tuple[int, ...]) -> str:
    if isinstance(shape, Tokens):
        return f"codes (N, {shape[0]}) from 0 to {shape.vocabulary - 1}"
    kind = {1: "vectors", 2: "sequences"}.get(len(shape), "images, channels last,")
    return f"{kind} {_dimensions(shape)}, as the network takes them"


def _here() -> bool:
    """Whether Keras 3 can be asked."""
    try:
        return (
            find_spec("keras") is not None and int(version("keras").split(".")[0]) >= 3 and not hasattr(sys, "frozen")
        )
    except (PackageNotFoundError, ValueError):
        return False


def _asked(folder: Path, data: bytes, archive: bytes, inputs: Tensor) -> Callable[[Tensor], Tensor]:
    """The program as a function that gives its answers for `inputs`, in order, some at a time; one process for all."""
    program = folder / "network.py"
    program.write_bytes(data)
    program.with_suffix(WEIGHTS_SUFFIX).write_bytes(archive)
    answers, asked = to_torch(_answers(folder, program, to_keras(inputs))), 0

    def outputs(some: Tensor) -> Tensor:
        nonlocal asked
        asked += len(some)
        return answers[asked - len(some) : asked]

    return outputs


def _answers(folder: Path, program: Path, inputs: Tensor) -> Tensor:
    asked, answers = folder / "asked.npy", folder / "answers.npy"
    np.save(asked, inputs.numpy())
    environment = {**os.environ, "KERAS_BACKEND": "torch", "KERAS_HOME": str(folder)}
    command = [sys.executable, "-P", "-c", _ASK, str(program), str(asked), str(answers)]
    try:
        subprocess.run(command, env=environment, capture_output=True, check=True, timeout=_PATIENCE)
    except (OSError, subprocess.SubprocessError) as error:
        words = getattr(error, "stderr", None) or b""
        last = words.decode(errors="replace").strip().splitlines()[-1:] or [type(error).__name__]
        raise ExportError(message("Keras does not run the program: {why}", why=last[0][:300])) from error
    return torch.from_numpy(np.load(answers))


def to_keras(values: Tensor) -> Tensor:
    """Images (N, C, H, W) as (N, H, W, C); others as they are. Codes become 32 bits."""
    if not values.is_floating_point():
        return values.to(torch.int32)
    return values.permute(0, 2, 3, 1).contiguous() if values.dim() == 4 else values


def to_torch(values: Tensor) -> Tensor:
    """The way back."""
    return values.permute(0, 3, 1, 2).contiguous() if values.dim() == 4 else values
