"""A trained network in fewer bits: in int8 as an ONNX file, or with weights in float16; measured before and after."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import torch

from playground.engine.data.in_memory import Data, Subset
from playground.engine.evaluation.data_part import EvaluatedPart, Part, default_part, part_of
from playground.engine.evaluation.evaluate import evaluating, for_inference
from playground.engine.export.comparison import Comparison, Cost, Outputs, compared, milliseconds
from playground.engine.export.exported import Exported
from playground.engine.export.inputs import data_here
from playground.engine.export.onnx_file import export_onnx, runner
from playground.engine.export.verification import ExportError, in_torch
from playground.engine.provenance import Derivation, learned
from playground.engine.runtime.device import prepare_thread
from playground.engine.training.snapshots import Figures
from playground.engine.weights import Trained, file_bytes, network_with
from playground.spec.messages import Message, message, tr_noop
from playground.spec.number_text import bytes_text, milliseconds_text, percent_text

if TYPE_CHECKING:
    from onnx import ModelProto

MOST = 10_000  # samples that are measured
CALIBRATION = 512  # training samples, from which the ranges of activations are taken
_CALIBRATION_BATCH = 64
_KEY = "quantization"  # in the metadata of the file
_MARKS = ("Quantize", "Integer", "QLinear")  # of which one is in the name of each operator that computes in int8


class Quantized(NamedTuple):
    """A network in fewer bits, not yet written, with its figures.

    Attributes:
        data: the bytes of its file.
        part: the samples that both were asked.
        before: the network in float32, in the file and with the runtime that are nearest to `data`.
        after: what is in `data`.
        comparison: of their answers.
        calibrated: number of training samples that the ranges of activations are from; 0 where none are needed.
        runtime: what computed both, with its version.
        alone: whether each sample was asked alone for the comparison, because answers depend on the rest of a batch.
    """

    data: bytes
    part: EvaluatedPart
    before: Cost
    after: Cost
    comparison: Comparison
    calibrated: int
    runtime: str
    alone: bool

    @property
    def measured(self) -> tuple[Message, ...]:
        """The origin of the figures, as sentences."""
        values = {"samples": self.part.words, "runtime": self.runtime}
        words = tr_noop("Measured on {samples}, for none are held out for validation; with {runtime} on one thread.")
        if self.part.part is Part.VALIDATION:
            words = tr_noop("Measured on {samples}, with {runtime} on one thread.")
        if not self.alone:
            return (message(words, **values),)
        why = tr_noop("Each was asked alone: the range of an activation, and with it an answer, is that of its batch.")
        return (message(words, **values), message(why))

    @property
    def words(self) -> tuple[Message, ...]:
        """The figures as sentences."""
        words = tr_noop(
            "{score}: {after}, before {before}. Size: {size}, before {whole}. One sample: {time}, before {whole_time}."
        )
        told = message(
            words,
            score=message(self.part.dataset.task.score.value),
            after=percent_text(self.after.score),
            before=percent_text(self.before.score),
            size=bytes_text(self.after.bytes),
            whole=bytes_text(self.before.bytes),
            time=milliseconds_text(self.after.milliseconds),
            whole_time=milliseconds_text(self.before.milliseconds),
        )
        return (told, self.comparison.words, *self.measured)


def quantized(trained: Trained, precision: str, data: Data | None = None, source: str = "") -> Quantized:
    """A network in fewer bits, measured on held-out samples; on test samples if none are held out.

    Args:
        trained: the network; it is not changed.
        precision: `int8`: weights are stored as integers, and the ranges of activations are found for each batch
            (dynamic). `int8-static`: these ranges are fixed, from `CALIBRATION` random training samples. `float16`:
            weights are stored in 16 bits and computed in 32.
        data: of the network; None to read them.
        source: the network's name in the file, see `Derivation`.

    The calling thread computes alone from then on.

    Raises:
        ExportError: the network cannot be exported, nothing of it can be computed in int8, or its data are not here.
        DataError: there are no samples to measure it on.
        ModuleNotFoundError: a library of the extra `export` is missing.
    """
    prepare_thread(1)
    data = data_here(trained.experiment) if data is None else data
    if data is None:
        raise ExportError(
            message("The data of this network are not here: what fewer bits do to it is measured on them.")
        )
    part = part_of(data, trained.experiment.data, default_part(data), MOST)
    if precision == "float16":
        return _in_float16(trained, part, source)
    calibration = CALIBRATION if precision == "int8-static" else 0
    return _in_int8(trained, data, part, min(calibration, len(data.train)))


def export_int8(trained: Trained) -> Exported:
    """The network in int8 with dynamic ranges; see `quantized`."""
    return _exported(quantized(trained, "int8"))


def export_int8_static(trained: Trained) -> Exported:
    """The network in int8 with calibrated ranges; see `quantized`."""
    return _exported(quantized(trained, "int8-static"))


def export_float16(trained: Trained) -> Exported:
    """The network with weights in float16; see `quantized`."""
    return _exported(quantized(trained, "float16"))


def _exported(found: Quantized) -> Exported:
    return Exported(found.data, None, found.words)


def _in_float16(trained: Trained, part: EvaluatedPart, source: str) -> Quantized:
    halves = {name: parameter.detach().half() for name, parameter in trained.network.named_parameters()}
    for name, tensor in halves.items():
        if not tensor.isfinite().all():
            words = tr_noop("The tensor “{name}” has a number beyond 65,504, where float16 ends.")
            raise ExportError(message(words, name=name))
    rounded = {name: tensor.float() for name, tensor in halves.items()}
    network = network_with(trained.experiment, {**trained.network.state_dict(), **rounded})
    whole, data = file_bytes(trained), file_bytes(_made_of(trained, source), half=True)
    runtime = f"torch {torch.__version__}"
    return _measured(trained, part, (whole, _fused(trained.network)), (data, _fused(network)), 0, runtime)


def _made_of(trained: Trained, source: str) -> Trained:
    """The network with what its file in fewer bits tells: where it comes from, and no loss or score of the one before.

    It belongs to no run: the weights of its run are others.
    """
    before = trained.figures
    made = Derivation(
        "quantized",
        source or trained.run or trained.experiment.name,
        trained.run,
        (("weights", "float16, computed in float32"), *learned(before)),
    )
    figures = Figures(epochs=before.epochs, step=before.step, seconds=before.seconds)
    return replace(trained, figures=figures, run=None, provenance=(*trained.provenance, made))


def _fused(network: torch.nn.Sequential) -> Outputs:
    with evaluating(network):
        return in_torch(for_inference(network))


def _in_int8(trained: Trained, data: Data, part: EvaluatedPart, calibration: int) -> Quantized:
    import onnxruntime

    whole = export_onnx(trained).data
    with TemporaryDirectory() as folder, _without_advice():
        model = _fewer_bits(whole, Path(folder), data.train, calibration)
    if not any(mark in node.op_type for node in model.graph.node for mark in _MARKS):
        words = tr_noop("Nothing in this network can be computed in int8: it has no layer with large weights.")
        raise ExportError(message(words))
    entry = model.metadata_props.add()
    entry.key = _KEY
    entry.value = f"int8, static, calibrated on {calibration} training samples" if calibration else "int8, dynamic"
    model.graph.ClearField("value_info")
    found = model.SerializeToString()
    runtime = f"onnxruntime {onnxruntime.__version__}"
    before, after = (whole, runner(whole)), (found, runner(found))
    return _measured(trained, part, before, after, calibration, runtime, alone=not calibration)


def _fewer_bits(whole: bytes, folder: Path, train: Subset, calibration: int) -> ModelProto:
    """The model with weights in int8.

    Dynamic: weights unsigned, for which alone onnxruntime's convolution of integers is fast. Static: all signed, with a
    range for each channel of the weights, as its documentation advises for CPUs.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    prepared, out = folder / "prepared.onnx", folder / "out.onnx"
    quant_pre_process(onnx.load_from_string(whole), prepared, skip_optimization=True, skip_symbolic_shape=True)
    if not calibration:
        quantize_dynamic(prepared, out, weight_type=QuantType.QUInt8)
    else:
        reader = _Reader(train, calibration, onnx.load_from_string(whole).graph.input[0].name)
        quantize_static(prepared, out, reader, per_channel=True)
    model: ModelProto = onnx.load(out)
    return model


class _Reader:
    """Random training samples, always the same ones, as `onnxruntime.quantization.CalibrationDataReader` gives them."""

    def __init__(self, train: Subset, count: int, name: str) -> None:
        chosen = train.order(torch.Generator().manual_seed(0))[:count]
        self._batches = (train.batch(some)[0] for some in torch.split(chosen, _CALIBRATION_BATCH))
        self._name = name

    def get_next(self) -> dict[str, Any] | None:
        """The inputs of the next batch; None at the end."""
        inputs = next(self._batches, None)
        return None if inputs is None else {self._name: inputs.contiguous().numpy()}


def _measured(
    trained: Trained,
    part: EvaluatedPart,
    before: tuple[bytes, Outputs],
    after: tuple[bytes, Outputs],
    calibrated: int,
    runtime: str,
    *,
    alone: bool = False,
) -> Quantized:
    comparison = compared(trained.experiment, part.samples, before[1], _one_by_one(after[1]) if alone else after[1])
    costs = [
        Cost(len(data), score, milliseconds(run, part.samples, 1), milliseconds(run, part.samples, 32))
        for (data, run), score in zip((before, after), (comparison.before, comparison.after), strict=True)
    ]
    return Quantized(after[0], part, costs[0], costs[1], comparison, calibrated, runtime, alone)


def _one_by_one(run: Outputs) -> Outputs:
    return lambda inputs: torch.cat([run(one) for one in torch.split(inputs, 1)])


@contextmanager
def _without_advice() -> Iterator[None]:
    """Drop what onnxruntime writes to the root logger, and keep it from adding a handler to that."""
    root, handler = logging.getLogger(), logging.NullHandler()

    def kept(record: logging.LogRecord) -> bool:
        return "quantization" not in Path(record.pathname).parts

    keep: Callable[[logging.LogRecord], bool] = kept
    root.addHandler(handler)
    root.addFilter(keep)
    try:
        yield
    finally:
        root.removeFilter(keep)
        root.removeHandler(handler)
