"""Named tensors and header texts as one safetensors file, with a checksum over all bytes."""

from __future__ import annotations

import json
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from playground.spec.files import checksum
from playground.spec.files.network_file import METADATA, Refused
from playground.spec.messages import message

DTYPES = {torch.float32: "F32", torch.float16: "F16", torch.int64: "I64", torch.uint8: "U8"}


def tensor_pieces(tensors: dict[str, Tensor], texts: dict[str, str]) -> list[bytes | memoryview]:
    """The header's length (8 bytes, little-endian) and a JSON header; then each tensor. The same input, the same bytes.

    Tensors on the CPU are not copied, and other threads go on while their checksum is computed.

    tensors: float32, float16, int64 or uint8, anywhere and in any layout.
    """
    ordered = sorted(tensors.items(), key=lambda item: (-item[1].element_size(), item[0]))  # keeps all aligned
    header: dict[str, Any] = {METADATA: {**texts, checksum.KEY: checksum.UNSEALED}}
    body, size = list[bytes | memoryview](), 0
    for name, tensor in ordered:
        numbers = tensor.detach().to("cpu").contiguous().view(-1).view(torch.uint8)
        body.append(numbers.numpy().data)
        begin, size = size, size + len(numbers)
        kind, shape = DTYPES[tensor.dtype], list(tensor.shape)
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [begin, size]}
    text = json.dumps(header, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return [checksum.add_checksum(len(text).to_bytes(8, "little") + text, body), *body]


def tensors_of(data: bytes) -> dict[str, Tensor]:
    """The tensors in the bytes of a safetensors file.

    Raises:
        Refused: they are not valid safetensors.
    """
    try:
        return safetensors.torch.load(data)
    except SafetensorError as error:
        raise Refused(message("It is not valid safetensors: {why}.", why=error)) from error
