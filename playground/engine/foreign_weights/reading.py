"""Reads named tensors from a safetensors file or a PyTorch file (.pt, .pth) of another program; no code in it runs."""

from __future__ import annotations

import io
import pickle
import re
import struct
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from playground.engine.tensor_file import tensors_of
from playground.engine.training.state_file import PREFIX
from playground.spec.files.file_kind import NETWORK_SUFFIX
from playground.spec.files.network_file import Refused, ensure_undamaged, is_bare, read_header
from playground.spec.files.storage import read_bounded
from playground.spec.messages import Message, message, tr_noop
from playground.spec.number_text import bytes_text

LARGEST = 4_000_000_000  # bytes of a file, and of the tensors in it
MOST = 20_000  # tensors
CHECKPOINT_KEYS = ("state_dict", "model_state_dict", "model_state", "model", "network", "net", "weights", "params")
PREFIXES = ("module.", "_orig_mod.", "model.", "network.", "net.")  # DataParallel, torch.compile, Lightning

# What torch and pickle raise for bytes that they cannot read.
_UNREADABLE = (
    *(pickle.UnpicklingError, zipfile.BadZipFile, struct.error, EOFError, OSError, RuntimeError, MemoryError),
    *(ValueError, TypeError, LookupError, AttributeError, AssertionError, ArithmeticError, ImportError),
)


class ForeignTensors(NamedTuple):
    """The tensors of a file, in the order of the layers as far as the file keeps it."""

    tensors: dict[str, Tensor]  # dense, on the CPU; names without a prefix that all share, such as `module.`
    remarks: tuple[Message, ...] = ()  # on where in the file they are


def read_foreign(path: Path) -> ForeignTensors:
    """The named tensors of a file; those of a training state of Playground are left out.

    A `.pt` file holds a `state_dict()`, or a mapping with one under a usual name. It is read with
    `torch.load(weights_only=True)`: an unpickler that makes tensors and containers and calls nothing else.

    Raises:
        FileError: it cannot be read, is too large, holds code or other objects, or no tensors.
    """
    try:
        found = _safetensors(path) if path.suffix.lower() == NETWORK_SUFFIX else _pickled(path)
        return _plain(found)
    except Refused as refusal:
        raise refusal.named(path) from refusal


def _safetensors(path: Path) -> ForeignTensors:
    header, end = read_header(path)  # which bounds the header, and says why it is not one
    data = read_bounded(path, LARGEST)
    if not is_bare(header):  # our own file, whose damage would go unnoticed
        ensure_undamaged(data, end)
    found = tensors_of(data)
    names = sorted((name for name in found if not name.startswith(PREFIX)), key=_natural)
    return ForeignTensors({name: found[name] for name in names})


def _natural(name: str) -> list[tuple[int, str]]:
    """The key of an order in which 2 comes before 10: files of this kind keep the names, but not their order."""
    parts = re.split(r"(\d+)", name)
    return [(int(part[:18]), "") if part.isdecimal() else (-1, part) for part in parts]


def _pickled(path: Path) -> ForeignTensors:
    data = read_bounded(path, LARGEST)
    try:
        if data.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                _ensure_size(sum(item.file_size for item in archive.infolist()))  # it may be packed
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on old formats, which are read all the same
            loaded = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except _UNREADABLE as error:
        raise Refused(_why(error)) from error
    return _state_dict(loaded)


def _why(error: BaseException) -> Message:
    """Why torch does not read a file, in a sentence; its own advice is to read it unsafely."""
    text = str(error)
    if isinstance(error, MemoryError) or "not enough memory" in text or "can't allocate memory" in text:
        return message("There is not enough memory to read it.")
    if "TorchScript" in text:
        words = tr_noop("It is a TorchScript program, and no state_dict. Save model.state_dict() instead.")
        return message(words)
    if "Unsupported global" in text or "Unsupported operand" in text or "Unsupported class" in text:
        words = tr_noop(
            "It is a pickle that holds more than tensors, and so could run any program. Nothing of it was run. "
            "Save model.state_dict() instead of the model."
        )
        return message(words)
    return message("It is no PyTorch file, or it was cut off or damaged.")


def _state_dict(loaded: object) -> ForeignTensors:
    """The mapping of tensors in what was unpickled.

    Raises:
        Refused: there is none.
    """
    if isinstance(loaded, Mapping):
        if any(isinstance(value, Tensor) for value in loaded.values()):
            return ForeignTensors(_named(loaded))
        for key in CHECKPOINT_KEYS:
            inner = loaded.get(key)
            if isinstance(inner, Mapping) and any(isinstance(value, Tensor) for value in inner.values()):
                return ForeignTensors(
                    _named(inner), (message("The tensors are those under “{key}” in the file.", key=key),)
                )
    words = tr_noop("It holds no state_dict: neither tensors by name, nor a mapping of them under {keys}.")
    raise Refused(message(words, keys=", ".join(CHECKPOINT_KEYS)))


def _named(mapping: Mapping[Any, Any]) -> dict[str, Tensor]:
    return {str(name): value for name, value in mapping.items() if isinstance(value, Tensor)}


def _plain(found: ForeignTensors) -> ForeignTensors:
    """The same, checked, and without a prefix that all names share.

    Raises:
        Refused: there are too many or too large tensors, or one of a kind that no layer has.
    """
    tensors = found.tensors
    if not tensors:
        raise Refused(message("It holds no tensors."))
    if len(tensors) > MOST:
        raise Refused(message("It holds {count:,} tensors; {most:,} are read at most.", count=len(tensors), most=MOST))
    for name, tensor in tensors.items():
        usual = type(tensor) in (Tensor, nn.Parameter, nn.Buffer)
        dense = tensor.layout is torch.strided and tensor.device.type == "cpu" and not tensor.is_quantized
        if not (usual and dense):
            words = tr_noop("The tensor “{name}” is sparse, quantized or without values.")
            raise Refused(message(words, name=name[:60]))
    _ensure_size(sum(tensor.numel() * tensor.element_size() for tensor in tensors.values()))
    remarks = list(found.remarks)
    while prefix := next((item for item in PREFIXES if all(name.startswith(item) for name in tensors)), None):
        tensors = {name.removeprefix(prefix): tensor for name, tensor in tensors.items()}
        remarks.append(message("All names begin with “{prefix}”, which is left out.", prefix=prefix))
    return ForeignTensors({name: tensor.detach() for name, tensor in tensors.items()}, tuple(remarks))


def _ensure_size(size: int) -> None:
    if size > LARGEST:
        words = tr_noop("Its tensors take {size}, and {most} are read at most.")
        raise Refused(message(words, size=bytes_text(size), most=bytes_text(LARGEST)))
