"""The Open Inference Protocol, version 2, over HTTP, with its extension for binary tensor data.

Source: https://github.com/kserve/open-inference-protocol (specification/protocol/inference_rest.md), and for the
extension https://github.com/triton-inference-server/server (docs/protocol/extension_binary_data.md).
"""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from math import prod
from typing import Any, NamedTuple

import numpy as np
import torch
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from playground.engine.evaluation.evaluate import beliefs
from playground.engine.inference.predictor import Predictor
from playground.engine.service.problems import Problem
from playground.engine.service.replies import json_bytes, json_response
from playground.engine.service.reporter import seen
from playground.engine.service.requests import beside, body_of, json_of
from playground.engine.service.served_models import Served
from playground.engine.service.tensors import Array, Given, Inference, array_of, malformed
from playground.spec.data.dataset import Samples
from playground.spec.layer import Tokens
from playground.spec.messages import message
from playground.version import __version__

INPUT, OUTPUTS, PROBABILITIES = "input", "outputs", "probabilities"
LENGTH = "Inference-Header-Content-Length"  # of the JSON, where bytes of tensors follow it
MOST_NUMBERS = 4_000_000  # of an output


class _Asked(NamedTuple):
    """The content of a request; `binary`: by name, whether the client wants an output as bytes."""

    id: str | None
    inputs: Array
    binary: dict[str, bool]


def server_metadata() -> dict[str, Any]:
    """The description of the server."""
    return {"name": "playground", "version": __version__, "extensions": ["binary_tensor_data"]}


def model_metadata(served: Served) -> dict[str, Any]:
    """The tensors of a network; −1 stands for the number of samples.

    FP32 is scaled as in training. Pictures may be UINT8 as well, which is divided by 255. Tensors are numbers: no
    answer is refused here, and a client compares the greatest probability with the parameter `refuse_below` itself.
    """
    predictor = served.predictor
    data = predictor.trained.experiment.data
    kind = "INT64" if isinstance(data.sample_shape, Tokens) else "FP32"
    outputs = [{"name": OUTPUTS, "datatype": "FP32", "shape": [-1, *data.task.output]}]
    if _has_probabilities(predictor):
        outputs.append({"name": PROBABILITIES, "datatype": "FP32", "shape": [-1, *data.task.output]})
    below = predictor.trained.experiment.refuse_below
    return {
        "name": served.name,
        **({"parameters": {"refuse_below": below}} if below and _has_probabilities(predictor) else {}),
        "platform": "pytorch",
        "inputs": [{"name": INPUT, "datatype": kind, "shape": [-1, *predictor.input_shape]}],
        "outputs": outputs,
    }


async def infer(request: Request, served: Served) -> Response:
    """The outputs of a network, and the probabilities where it has classes.

    Raises:
        Problem: the request is not understood, or asks for what is not there.
        PredictionError: the tensor has another shape or type than the network takes.
    """
    asked = await _asked(request, served.predictor)
    seen(request).samples = [*asked.inputs]
    return await served.batcher.run(partial(_response, served, asked))


def _response(served: Served, asked: _Asked) -> Response:
    """The answer, computed and written in the thread of the network: large ones would hold up the other requests."""
    found = _outputs(served.predictor, asked.inputs)
    described, pieces = [], []
    for name, binary in asked.binary.items():
        array = found[name]
        about: dict[str, Any] = {"name": name, "datatype": "FP32", "shape": list(array.shape)}
        if binary:
            pieces.append(array.astype("<f4").tobytes())
            described.append({**about, "parameters": {"binary_data_size": len(pieces[-1])}})
        else:
            described.append({**about, "data": array.ravel().tolist()})
    answer = {"model_name": served.name, "outputs": described, "parameters": {"variant": served.variant.name}}
    answer |= {} if asked.id is None else {"id": asked.id}
    if not pieces:
        return json_response(answer)
    head = json_bytes(answer)
    headers = {LENGTH: str(len(head))}
    return Response(b"".join([head, *pieces]), headers=headers, media_type="application/octet-stream")


def _outputs(predictor: Predictor, inputs: Array) -> dict[str, Array]:
    found = predictor.outputs(inputs)
    if not _has_probabilities(predictor):
        return {OUTPUTS: found}
    trained = predictor.trained
    shares = beliefs(trained.network, torch.from_numpy(found), trained.experiment.recipe.loss)
    return {OUTPUTS: found, PROBABILITIES: shares.numpy()}


def _has_probabilities(predictor: Predictor) -> bool:
    """Whether the outputs are one number for each class."""
    task = predictor.trained.experiment.data.task
    return task.classes is not None and len(task.output) == 1


async def _asked(request: Request, predictor: Predictor) -> _Asked:
    """The content of a request, checked.

    Raises:
        Problem: it is not understood, or asks for what is not there.
    """
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message("Bodies are not compressed."))
    head, binary = _parts(await body_of(request), request.headers.get(LENGTH))
    return await beside(len(head), partial(_checked, head, binary, predictor))


def _checked(head: bytes, binary: bytes, predictor: Predictor) -> _Asked:
    """The content of the JSON of a request, and of the bytes after it."""
    try:
        given = Inference.model_validate(json_of(head))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "body"
        raise malformed(message("“{place}”: {why}.", place=place[:100], why=first["msg"])) from None
    if [item.name for item in given.inputs] != [INPUT]:
        raise malformed(message("This network takes one tensor, “{name}”.", name=INPUT))
    (tensor,) = given.inputs
    array = array_of(tensor, _bytes_of(tensor, binary))
    size = len(array) * prod(predictor.trained.experiment.data.task.output)
    if size > MOST_NUMBERS:
        words = message("The outputs would be {n:,} numbers; {most:,} are given at most.", n=size, most=MOST_NUMBERS)
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, words)
    return _Asked(given.id, _as_taken(array, predictor), _wanted(given, predictor))


def _parts(body: bytes, length: str | None) -> tuple[bytes, bytes]:
    """The JSON, and the bytes of tensors."""
    if length is None:
        return body, b""
    if not (length.isascii() and length.isdigit() and len(length) < 10 and int(length) <= len(body)):
        raise malformed(message("{header} is the number of bytes of the JSON.", header=LENGTH))
    return body[: int(length)], body[int(length) :]


def _bytes_of(tensor: Given, binary: bytes) -> bytes | None:
    """The bytes of a tensor, which is the only one; None where its data stand in the JSON."""
    size = tensor.parameters.get("binary_data_size")
    if (size is None) != (tensor.data is not None) or (size or 0) != len(binary):
        raise malformed(message("A tensor has either “data”, or “binary_data_size” bytes after the JSON."))
    return None if size is None else binary


def _as_taken(array: Array, predictor: Predictor) -> Array:
    """Pixels that are bytes become float32 in [0, 1]; everything else stays."""
    if array.dtype != np.uint8 or predictor.samples not in (Samples.DIGITS, Samples.PICTURES):
        return array
    return array / np.float32(255)


def _wanted(given: Inference, predictor: Predictor) -> dict[str, bool]:
    """The names of the outputs that are asked for, all by default, and whether as bytes."""
    known = (OUTPUTS, PROBABILITIES) if _has_probabilities(predictor) else (OUTPUTS,)
    default = given.parameters.get("binary_data_output") is True
    if not given.outputs:
        return dict.fromkeys(known, default)
    found = {}
    for item in given.outputs:
        if item.name not in known:
            raise malformed(
                message("The outputs are {known}, not “{name}”.", known=", ".join(known), name=item.name[:100])
            )
        if item.parameters.get("classification"):
            raise malformed(message("Classification is not supported: ask for “{name}”.", name=known[-1]))
        found[item.name] = item.parameters.get("binary_data", default) is True
    return found
