"""How much each character of a window of text counts for one output, at one position where there is one for each.

Characters have no derivatives; the vectors that the first layer makes of them have: those of an embedding, or one-hot
vectors. What the numbers of one vector count is added up. `blank` is the code that stands for nothing: the space.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import torch
from torch import Tensor, nn

from playground.engine.data.sources.text import units
from playground.engine.modules.one_hot import OneHot
from playground.engine.probes import attributions
from playground.engine.probes.attributions import Attribution, AttributionError, with_gradients
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.labelled import FIRST_CODE, UNKNOWN, LabelledTexts
from playground.spec.datasets.text import Text
from playground.spec.messages import message

_CHUNK = 4  # windows at once: recurrent layers take long
_MOST_STEPS = 128  # of integrated gradients


class FromVectors(nn.Module):
    """A network as a function of the vectors (N, T, E) that its first layer makes of codes (1, T).

    Its outputs are (N, K): those at `position` where there are some for each.
    """

    def __init__(self, network: nn.Module, codes: Tensor, position: int | None) -> None:
        """Raise `AttributionError` if the first layer is neither an embedding nor one-hot vectors."""
        super().__init__()
        self.network, self._codes, self._position = network, codes, position
        self._entry = _first_layer(network, codes)
        with torch.no_grad():
            self.vectors: Tensor = self._entry(codes).detach()

    def made_of(self, codes: Tensor) -> Tensor:
        """The vectors of other codes (1, T)."""
        with torch.no_grad():
            made: Tensor = self._entry(codes)
        return made.detach()

    def forward(self, vectors: Tensor) -> Tensor:
        """(N, T, E) → (N, K); no hook stays."""
        handle = self._entry.register_forward_hook(lambda _module, _given, _made: vectors)
        try:
            return _at(self.network(self._codes.expand(len(vectors), -1)), self._position)
        finally:
            handle.remove()


def blank_code(data: Dataset) -> int:
    """The code of the space; where it has none, of an unknown character of lines, or the first one of a text."""
    if isinstance(data, LabelledTexts):
        return FIRST_CODE + data.alphabet.index(" ") if " " in data.alphabet else UNKNOWN
    assert isinstance(data, Text)
    codes = units(data).encode(" ").tolist()
    return int(codes[0]) if codes else 0


def input_times_gradient(
    network: nn.Module, codes: Tensor, position: int | None, output: int, blank: int
) -> Attribution:
    """The slope of the output by each vector, times how far that is from the vector of the blank: (T,).

    Shrikumar, Greenside, Shcherbina and Kundaje, 2016, arXiv:1605.01713, with a baseline.

    Raises:
        AttributionError: see `FromVectors`.
    """
    with with_gradients(network):
        module = FromVectors(network, codes, position)
    found = attributions.gradient(module, module.vectors, output)
    away = (module.vectors - module.made_of(torch.full_like(codes, blank)))[0].numpy()
    return found._replace(values=(found.values * away).sum(1))


def integrated(
    network: nn.Module, codes: Tensor, position: int | None, output: int, blank: int
) -> Generator[None, None, Attribution]:
    """Integrated gradients on the way from a window of blanks, (T,); see `attributions.integrated_gradients`.

    Raises:
        AttributionError: see `FromVectors`.
    """
    with with_gradients(network):
        module = FromVectors(network, codes, position)
    baseline = module.made_of(torch.full_like(codes, blank))
    found = yield from attributions.integrated_gradients(
        module, module.vectors, output, baseline, chunk=_CHUNK, most=_MOST_STEPS
    )
    return found._replace(values=found.values.sum(1))


def occlusion(
    network: nn.Module, codes: Tensor, position: int | None, output: int, blank: int
) -> Generator[None, None, Attribution]:
    """How far the output falls where a blank stands in place of one character: (T,). A blank itself counts 0."""
    with with_gradients(network), torch.no_grad():
        whole = float(_at(network(codes), position)[0, output])
    fallen = torch.zeros(codes.shape[1])
    others = (codes[0] != blank).nonzero()[:, 0]
    for places in torch.split(others, _CHUNK):
        changed = codes.repeat(len(places), 1)
        changed[torch.arange(len(places)), places] = blank
        with with_gradients(network), torch.no_grad():
            fallen[places] = whole - _at(network(changed), position)[:, output].float()
        yield
    return Attribution(fallen.numpy(), whole)


def _at(outputs: Tensor, position: int | None) -> Tensor:
    """The outputs (N, K) at a position of (N, T, K), or as they are."""
    return outputs[:, position] if position is not None and outputs.dim() == 3 else outputs


def _first_layer(network: nn.Module, codes: Tensor) -> nn.Module:
    """The module that makes vectors of the codes."""
    found: list[nn.Module] = []

    def note(module: nn.Module, given: tuple[Any, ...], _made: Any) -> None:
        if not found and isinstance(given[0], Tensor) and given[0].shape == codes.shape:
            found.append(module)

    kinds = [module for module in network.modules() if isinstance(module, nn.Embedding | OneHot)]
    handles = [module.register_forward_hook(note) for module in kinds]
    try:
        with torch.no_grad():
            network(codes)
    finally:
        for handle in handles:
            handle.remove()
    if not found:
        raise AttributionError(message("This needs a network that begins with Embedding or OneHot."))
    return found[0]
