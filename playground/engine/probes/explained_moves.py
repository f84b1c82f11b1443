"""Explains numbers that a layer passes on, moves, looks up or repeats: which number of the input each of them is."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from playground.engine.modules.one_hot import OneHot
from playground.engine.modules.positions import ClassToken, LearnedPosition, SinusoidalPosition
from playground.engine.probes.explanation import Explained, Index, Line, Operator, Seen, Table, Window, at
from playground.engine.probes.layer_outputs import frozen
from playground.spec.messages import Message, message
from playground.spec.number_text import amount_text


def moved(seen: Seen, index: Index) -> Explained:
    """The number of the input that a layer puts at this place; found by moving the places of all numbers likewise."""
    places = torch.arange(seen.inputs.numel()).reshape(seen.inputs.shape)
    for module in seen.modules:
        places = module(places)
    return taken(seen.inputs, _unravelled(int(places[(0, *index)]), seen.inputs.shape[1:]))


def passed_on(seen: Seen, index: Index) -> Explained:
    """The number at the same place: layers that draw random numbers while training draw none when they answer."""
    lines = (
        Line(Operator.BEGIN, message("input"), at(seen.inputs, index)),
        Line(Operator.IS, message("passed on: only training draws random numbers"), at(seen.inputs, index)),
    )
    return Explained(lines, (), window_at(index))


def embedding(seen: Seen, index: Index) -> Explained:
    """A number in the row of the code, as `torch.nn.Embedding` defines it."""
    module, (step, feature) = seen.modules[0], index
    assert isinstance(module, nn.Embedding)
    code = int(seen.inputs[0, step])
    row = module.weight[code]
    words = message("code {code}: row {row:,}, column {column:,}", code=code, row=code + 1, column=feature + 1)
    table = Table(message("row {row:,} of the table", row=code + 1), frozen(row[None]), marked=(0, feature))
    return Explained((Line(Operator.BEGIN, words, float(row[feature])),), (table,))


def one_hot(seen: Seen, index: Index) -> Explained:
    """1 at the feature of the code, else 0."""
    assert isinstance(seen.modules[0], OneHot)
    step, feature = index
    code = int(seen.inputs[0, step])
    here = code == feature
    words = message("1: the code is {code}", code=code) if here else message("0: the code is {code}", code=code)
    return Explained((Line(Operator.BEGIN, words, float(here)),))


def position(seen: Seen, index: Index) -> Explained:
    """The number at the same place plus the one that belongs to the position."""
    module, (step, feature) = seen.modules[0], index
    assert isinstance(module, LearnedPosition | SinusoidalPosition)
    learned = isinstance(module, LearnedPosition)
    vectors = module.weight if isinstance(module, LearnedPosition) else module.get_buffer("waves")
    words = message("learned number of step {step:,}", step=step + 1)
    if not learned:
        name = message("sine") if feature % 2 == 0 else message("cosine")
        words = message("{wave} of wave {number:,} at step {step:,}", wave=name, number=feature // 2 + 1, step=step + 1)
    lines = (
        Line(Operator.BEGIN, message("input"), at(seen.inputs, index)),
        Line(Operator.ADD, words, float(vectors[step, feature])),
        Line(Operator.IS, message("output"), at(seen.outputs, index)),
    )
    return Explained(lines, (), window_at(index))


def class_token(seen: Seen, index: Index) -> Explained:
    """A number of the learned step in front, or of the step before this one in the input."""
    module, (step, feature) = seen.modules[0], index
    assert isinstance(module, ClassToken)
    if step:
        return taken(seen.inputs, (step - 1, feature))
    words = message("class token: learned number {number:,}", number=feature + 1)
    return Explained((Line(Operator.BEGIN, words, float(module.weight[feature])),))


def upsampled(seen: Seen, index: Index) -> Explained:
    """The nearest pixel, or the weighted sum of up to four; as `torch.nn.Upsample` without `align_corners`."""
    module, (channel, row, column) = seen.modules[0], index
    assert isinstance(module, nn.Upsample)
    assert module.scale_factor is not None
    scale = module.scale_factor
    assert isinstance(scale, int | float)
    given = seen.inputs[0, channel]
    if module.mode == "nearest":
        return taken(seen.inputs, (channel, int(row // scale), int(column // scale)))
    rows, columns = (_between(number, scale, size) for number, size in zip((row, column), given.shape, strict=True))
    parts = [(y, x, down * across) for y, down in rows for x, across in columns]
    lines = []
    for number, (y, x, share) in enumerate(parts):
        text = amount_text(share)
        words = message("row {row}, column {column}: input × {share}", row=y + 1, column=x + 1, share=text)
        lines.append(Line(Operator.ADD if number else Operator.BEGIN, words, float(given[y, x]) * share))
    lines.append(Line(Operator.IS, message("output"), at(seen.outputs, index)))
    window = Window(channel, rows[0][0], columns[0][0], len(rows), len(columns))
    top, left = window.top, window.left
    read = given[top : top + window.height, left : left + window.width]
    return Explained(tuple(lines), (Table(message("input"), frozen(read)),), window)


def taken(inputs: Tensor, source: Index) -> Explained:
    """A number of the input that is the output, unchanged."""
    value = at(inputs, source)
    lines = (Line(Operator.BEGIN, place_words(source), value), Line(Operator.IS, message("the same number"), value))
    return Explained(lines, (), window_at(source))


def place_words(place: Index) -> Message:
    """Where a number of the input is."""
    one = [number + 1 for number in place]
    if len(place) == 1:
        return message("input, number {number:,}", number=one[0])
    if len(place) == 2:
        return message("input, step {step:,}, feature {feature:,}", step=one[0], feature=one[1])
    return message(
        "input, channel {channel:,}, row {row:,}, column {column:,}", channel=one[0], row=one[1], column=one[2]
    )


def window_at(place: Index) -> Window:
    """The window with one number of the input: an image, a sequence (its steps count as channels) or a vector."""
    channel, row, column = {1: (0, 0, *place), 2: (place[0], 0, place[-1])}.get(len(place), place)
    return Window(channel, row, column, 1, 1)


def _unravelled(number: int, shape: tuple[int, ...]) -> Index:
    return tuple(int(part) for part in torch.unravel_index(torch.tensor(number), shape))


def _between(number: int, scale: float, size: int) -> list[tuple[int, float]]:
    """The pixels in one direction that a pixel of the output lies between, with their weights."""
    place = max((number + 0.5) / scale - 0.5, 0.0)
    first = min(int(place + 1e-6), size - 1)
    share = place - first
    return [(first, 1.0)] if share < 1e-6 or first == size - 1 else [(first, 1.0 - share), (first + 1, share)]
