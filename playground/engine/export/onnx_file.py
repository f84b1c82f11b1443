"""A network as an ONNX file, for phones, browsers and other languages; verified with onnxruntime."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from playground.engine.export.description import metadata
from playground.engine.export.exported import Exported
from playground.engine.export.inputs import CheckedInputs
from playground.engine.export.portable import REFUSALS, culprit, graph, quiet
from playground.engine.export.program_file import captured, dimensions
from playground.engine.export.subject import Subject, subject
from playground.engine.export.verification import ExportError, in_torch, verified
from playground.engine.weights import Trained
from playground.spec.messages import message
from playground.version import __version__

if TYPE_CHECKING:
    from onnx import ModelProto

TITLE = "ONNX"
LARGEST = 1_900_000_000  # bytes of weights: a single file of this format ends at 2 GiB
_STEPS = (5, 12)  # other lengths, with which a network of any length is verified


def export_onnx(trained: Trained, *, whole: bool = False) -> Exported:
    """The network as the bytes of an .onnx file, run by onnxruntime and verified.

    Raises:
        ExportError: a layer cannot be exported, what was exported answers differently, or it is too large.
        ModuleNotFoundError: a library of the extra `export` is missing.
    """
    import onnxruntime
    import onnxscript  # noqa: F401  torch needs it, and says so in its own words

    if sum(item.nbytes for item in trained.network.state_dict().values()) > LARGEST:
        raise ExportError(message("An ONNX file holds 2 GiB at most, and the weights are larger."))
    it = subject(trained, whole=whole)
    try:
        found = captured(it)
        model = converted(found.program, it.example, whole=whole)
    except REFUSALS as error:
        raise culprit(trained.experiment, it.network, torch.zeros_like(it.given[:2]), _alone, error, TITLE) from error
    _describe(model, trained, whole=whole)
    runtime = f"onnxruntime {onnxruntime.__version__}"
    lengths = _any_length(model, it, runtime)
    _name_dimensions(model, lengths=lengths)
    data = model.SerializeToString()
    verification = it.verified(runner(data), runtime)
    return Exported(data, verification, (*it.remarks, *dimensions(it, lengths=lengths)))


def converted(program: torch.export.ExportedProgram, example: Tensor, *, whole: bool) -> ModelProto:
    """The graph as a model, which takes and gives numbers as the network, or with `whole` raw ones."""
    names = ("raw", "answer") if whole else ("input", "output")
    with quiet():
        found = torch.onnx.export(
            program, (example,), dynamo=True, verbose=False, input_names=[names[0]], output_names=[names[1]]
        )
    assert found is not None  # as no file was named
    model: ModelProto = found.model_proto
    return model


def _alone(module: nn.Module, example: Tensor) -> object:
    return converted(graph(module, example), example, whole=False)


def _describe(model: ModelProto, trained: Trained, *, whole: bool) -> None:
    """The metadata of the file; not where the modules stood in the program that wrote it."""
    model.producer_name, model.producer_version = "Playground", __version__
    model.doc_string = trained.experiment.name
    for node in model.graph.node:
        node.ClearField("metadata_props")
        node.ClearField("doc_string")
    model.graph.ClearField("value_info")  # shapes in between, which a runtime computes by itself
    for key, value in metadata(trained, whole=whole).items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value


def _name_dimensions(model: ModelProto, *, lengths: bool) -> None:
    """Call the first dimension of what goes in and comes out `batch`, and the second `length` if that may vary."""
    sequences = [model.graph.input[0]]
    if lengths and len(model.graph.output[0].type.tensor_type.shape.dim) == 3:
        sequences.append(model.graph.output[0])
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "batch"
    for value in sequences if lengths else ():
        value.type.tensor_type.shape.dim[1].dim_param = "length"


def _any_length(model: ModelProto, it: Subject, runtime: str) -> bool:
    """Whether the model answers as the network for sequences of other lengths: it is tried.

    Torch takes the length of a recurrent network for fixed, but the operators of ONNX do not.
    """
    if not it.lengths:
        return False
    import onnx
    from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, RuntimeException

    tried = onnx.ModelProto()
    tried.CopyFrom(model)
    _name_dimensions(tried, lengths=True)
    expected = in_torch(it.module)
    try:
        run = runner(tried.SerializeToString())
        for steps in _STEPS:
            inputs = it.of_length(steps)
            asked = CheckedInputs(inputs, message("{count} random inputs", count=len(inputs)))
            verified(expected, run, asked, inputs, runtime, classes=it.classes)
    except (ExportError, Fail, InvalidArgument, RuntimeException, RuntimeError):  # it is made for one length
        return False
    return True


def runner(data: bytes) -> Callable[[Tensor], Tensor]:
    """A model as a function, on one core."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # errors are raised; what it warns of concerns its own optimisations
    session: Any = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name

    def outputs(inputs: Tensor) -> Tensor:
        return torch.from_numpy(session.run(None, {name: inputs.contiguous().numpy()})[0])

    return outputs
