"""Adds forms that people write, but that are rare in MNIST, to its digits, so that drawings are recognised."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

INK = 0.4  # a pixel brighter than this belongs to a stroke
POINTS = 24  # on a curve: at most about 0.6 pixels apart, as fine as the thinnest pen


def handwriting(
    images: Tensor,
    labels: Tensor,
    generator: torch.Generator,
    *,
    ones: float = 0.6,
    sevens: float = 0.4,
    nines: float = 0.5,
    turned_sixes: float = 0.25,
    redrawn: float = 0.15,
) -> tuple[Tensor, Tensor]:
    """Give 1s a flag, 7s a bar and 9s a tail, turn 6s into 9s and redraw some digits altogether.

    images: (N, 1, H, W) in [0, 1], upright digits in bright strokes on 0; labels: (N,), the
    digits. Neither is modified. New strokes are as wide as the digit's own, and a changed digit is
    centred again, as MNIST's are. Only a turned 6 changes its label.

    ones, sevens, nines: fraction of these digits that get the stroke, 0–1.
    turned_sixes: fraction of the 6s that are turned by 180° and labelled 9, 0–1.
    redrawn: fraction of the 4s, 7s, 8s and 9s that are replaced by a newly drawn one, 0–1: an open
        4, a curly crossed 7, an 8 whose ends do not meet, a 9 with a small head and a hook.
    """
    inked = (images > INK).flatten(1).any(1)
    turn = _chosen(inked & (labels == 6), turned_sixes, generator)
    images, labels = images.clone(), labels.clone()
    images[turn], labels[turn] = images[turn].flip(2, 3), 9
    for digit, share, form in ((1, ones, _flag), (7, sevens, _bar), (9, nines, _tail)):
        which = _chosen(inked & (labels == digit), share, generator)
        curves = form(images[which, 0] > INK, generator)
        images[which] = _centred(images[which].maximum(_drawn(curves, images[which])))
    for digit, whole in ((4, _open_four), (7, _curly_seven), (8, _loose_eight), (9, _hooked_nine)):
        which = _chosen(inked & (labels == digit), redrawn, generator)
        curves = _fitted(whole(len(which), generator), images[which, 0] > INK)
        images[which] = _centred(_drawn(curves, images[which]))
    return images, labels


def _chosen(wanted: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """The indices, (n,), of a random share of the elements of wanted (N,) that are True."""
    random = torch.rand(len(wanted), generator=generator, device=wanted.device)
    return (wanted & (random < share)).nonzero().squeeze(1)


def _flag(ink: Tensor, generator: torch.Generator) -> Tensor:
    """A flag from the top of a 1's stem, and for some a base bar: curves (n, 2, 3, 2).

    ink: (n, H, W), True where there is a stroke. A curve is three control points (x, y) in
    pixels; each image has the two halves of a base bar, of length 0 where it has none.
    """
    top, bottom = _end(ink, 0), _end(ink, 1)
    stem = bottom - top
    turn, long, bulge, left, right, base = _uniform(
        len(ink), generator, (18, 64), (0.18, 0.85), (-0.22, 0.22), (2, 7), (2, 7), (0, 1)
    )
    cosine, sine = (turn * (math.pi / 180)).cos(), (turn * (math.pi / 180)).sin()
    x, y = stem.unbind(1)
    # The flag goes down, however much the stem leans, by at least a fifth of the stem's length.
    down = torch.maximum(x * sine + y * cosine, 0.2 * stem.norm(dim=1))
    reach = torch.stack([x * cosine - y * sine, down], 1) * long[:, None]
    across = torch.stack([-reach[:, 1], reach[:, 0]], 1) * bulge[:, None]
    flag = torch.stack([top, top + reach / 2 + across, top + reach], 1)
    has_base = (base < 0.15)[:, None]
    sides = torch.stack([-left, right], 1)[:, :, None] * bottom.new_tensor([1, 0])
    bar = torch.stack([bottom + sides[:, 0] * has_base, bottom, bottom + sides[:, 1] * has_base], 1)
    return torch.stack([flag, bar], 1)


def _bar(ink: Tensor, generator: torch.Generator) -> Tensor:
    """A bar across the stem of a 7: curves (n, 1, 3, 2), from ink (n, H, W)."""
    top, bottom = _end(ink, 0)[:, 1], _end(ink, 1)[:, 1]
    at, half, tilt = _uniform(len(ink), generator, (0.4, 0.82), (2.5, 8), (-0.4, 0.4))
    y = (top + at * (bottom - top)).round()
    row = ink[torch.arange(len(ink), device=ink.device), y.long()]
    row = row.where(row.any(1, keepdim=True), ink.any(1))  # a stem with a gap in it
    columns = torch.arange(ink.shape[2], device=ink.device)
    # The rightmost run of ink in the row is the stem; further left there may be a serif.
    right = columns.where(row, -1).amax(1)
    left = columns.where(~row & (columns < right[:, None]), -1).amax(1) + 1
    middle = torch.stack([(left + right) / 2, y], 1)
    reach = torch.stack([tilt.cos(), tilt.sin()], 1) * half[:, None]
    return torch.stack([middle - reach, middle, middle + reach], 1)[:, None]


def _tail(ink: Tensor, generator: torch.Generator) -> Tensor:
    """A tail that curls left from the foot of a 9: curves (n, 1, 3, 2), from ink (n, H, W)."""
    foot = _end(ink, 1)
    ranges = (4, 15), (-3.5, 1.5), (-0.2, 0.45), (0, 6)
    left, rise, bend, sag = _uniform(len(ink), generator, *ranges)
    control = foot + torch.stack([-left * bend, sag], 1)
    return torch.stack([foot, control, foot + torch.stack([-left, rise], 1)], 1)[:, None]


def _open_four(n: int, generator: torch.Generator) -> Tensor:
    """A 4 that is open at the top: curves (n, 4, 3, 2), one high and about as wide, y downwards."""
    lean, bow, depth, wide, rise, turn = _uniform(
        n,
        generator,
        (-0.1, 0.4),
        (-0.06, 0.06),
        (0.5, 0.78),
        (0.3, 0.85),
        (-0.15, 0.08),
        (0.05, 0.6),
    )
    ranges = (0.55, 1.0), (0.0, 0.9), (-0.2, 0.15), (0.92, 1.0)
    cross, short, slant, low = _uniform(n, generator, *ranges)
    # Down to the corner at (0, depth), around it with a roundness of `turn`, and to the right.
    above, after = depth * (1 - turn / 2), (wide * turn, depth + rise * turn)
    half = ((after[0] + wide) / 2, depth + rise * (turn + 1) / 2)
    angle = _path(
        (lean, 0.0), (lean / 2 + bow, above / 2), (0.0, above), (0.0, depth), after, half,
        (wide, depth + rise),
    )  # fmt: skip
    x = wide * cross
    upright = _path((x, depth * short), (x + slant / 2 + bow, (depth + low) / 2), (x + slant, low))
    return torch.cat([angle, upright], 1)


def _curly_seven(n: int, generator: torch.Generator) -> Tensor:
    """A 7 with a serif, a wave on top and a bar: curves (n, 5, 3, 2), one high, y downwards."""
    wide, serif, wave, bend, foot = _uniform(
        n, generator, (0.18, 0.32), (0.0, 0.2), (-0.08, 0.12), (-0.1, 0.15), (-0.25, 0.1)
    )
    ranges = (0.45, 0.75), (0.12, 0.4), (-0.08, 0.12), (-0.05, 0.05)
    at, half, tilt, curl = _uniform(n, generator, *ranges)
    knee = (wide + foot) / 2 + bend
    stroke = _path(
        (-wide, 0.05 + serif), (-wide, 0.05), (-0.8 * wide, 0.05), (-0.4 * wide, 0.05 - wave),
        (0.0, 0.05), (0.5 * wide, 0.05 + wave), (wide, 0.02), (knee, 0.45), (foot, 1.0),
    )  # fmt: skip
    x = (1 - at) ** 2 * wide + 2 * at * (1 - at) * knee + at**2 * foot  # the stem at that height
    bar = _path((x - half, at + tilt), (x, at + curl), (x + half, at - tilt))
    return torch.cat([stroke, bar], 1)


def _loose_eight(n: int, generator: torch.Generator) -> Tensor:
    """An 8 in one stroke whose ends do not meet: curves (n, 7, 3, 2), one high, y downwards."""
    upper, lower, start, waist, lean, right, down = _uniform(
        n, generator, (0.1, 0.26), (0.12, 0.28), (0.05, 0.2), (0.42, 0.55), (-0.06, 0.06),
        (-0.12, 0.25), (-0.15, 0.12),
    )  # fmt: skip
    middle = (lean, waist)
    return _path(
        (upper, start), (0.0, -0.12), (-upper, 0.22), (-upper, 0.4), middle,
        (lower, waist + 0.1), (lower, 0.77), (lower, 1.0), (0.0, 1.0),
        (-lower, 1.0), (-lower, 0.77), (-lower, waist + 0.12), middle,
        (upper, 0.3), (upper + right, start + down),
    )  # fmt: skip


def _hooked_nine(n: int, generator: torch.Generator) -> Tensor:
    """A 9 with a small head, a belly and a hook: curves (n, 6, 3, 2), one high, y downwards."""
    wide, high, leave, belly, low = _uniform(
        n, generator, (0.1, 0.28), (0.12, 0.27), (-40, 80), (-0.05, 0.4), (0.7, 1.0)
    )
    foot, left, lift = _uniform(n, generator, (-0.2, 0.15), (0.05, 0.5), (-0.05, 0.2))
    head = _path(
        (wide, high), (wide, 2 * high), (0.0, 2 * high), (-wide, 2 * high), (-wide, high),
        (-wide, 0.0), (0.0, 0.0), (wide, 0.0), (wide, high),
    )  # fmt: skip
    angle = leave * (math.pi / 180)
    stem = _path(
        (wide * angle.cos(), high + high * angle.sin()), (wide + belly, low), (foot, 1.0),
        (foot - left / 2, 1.04), (foot - left, 1.0 - lift),
    )  # fmt: skip
    return torch.cat([head, stem], 1)


def _path(*points: tuple[Tensor | float, Tensor | float]) -> Tensor:
    """Consecutive curves (n, k, 3, 2) through point, control point, point, ….

    There are 2k + 1 points (x, y), each coordinate one number for all or (n,) numbers.
    """
    numbers = [v for point in points for v in point]
    like = next(v for v in numbers if isinstance(v, Tensor))
    track = torch.stack([torch.zeros_like(like) + v for v in numbers], 1)
    return track.view(len(like), len(points), 2).unfold(1, 3, 2).transpose(2, 3)


def _fitted(curves: Tensor, ink: Tensor) -> Tensor:
    """Curves (n, k, 3, 2) of height one, scaled to the height of the ink (n, H, W) they replace."""
    top, bottom = _end(ink, 0)[:, 1], _end(ink, 1)[:, 1]
    corner = torch.stack([torch.full_like(top, ink.shape[2] / 2), top], 1)
    return curves * (bottom - top)[:, None, None, None] + corner[:, None, None]


def _uniform(n: int, generator: torch.Generator, *ranges: tuple[float, float]) -> list[Tensor]:
    """For each range (low, high), n numbers drawn uniformly from it."""
    unit = torch.rand(len(ranges), n, generator=generator, device=generator.device)
    return [low + (high - low) * u for u, (low, high) in zip(unit, ranges, strict=True)]


def _end(ink: Tensor, bottom: int) -> Tensor:
    """The middle (x, y), (n, 2), of the first row of ink (n, H, W) from the top or the bottom."""
    rows = ink.any(2).float()
    height, width = ink.shape[1:]
    y = height - 1 - rows.flip(1).argmax(1) if bottom else rows.argmax(1)
    row = ink[torch.arange(len(ink), device=ink.device), y].float()
    x = (row * torch.arange(width, device=ink.device)).sum(1) / row.sum(1)
    return torch.stack([x, y.float()], 1)


def _drawn(curves: Tensor, images: Tensor) -> Tensor:
    """Pictures (n, 1, H, W) of k quadratic Bézier curves each, (n, k, 3, 2), on 0.

    A stroke w pixels wide and l long has w·l of ink and a total variation of about 2·l. The ratio
    of the two is half the width of the strokes in images (n, 1, H, W), which becomes the new pen's
    radius, between 0.6 and 2.2 pixels. The pen has a soft edge of one pixel.
    """
    height, width = images.shape[2:]
    t = torch.linspace(0, 1, POINTS, device=images.device)
    weights = torch.stack([(1 - t) ** 2, 2 * t * (1 - t), t**2], 1)
    points = (weights @ curves).flatten(1, 2)
    y, x = torch.arange(height, device=images.device), torch.arange(width, device=images.device)
    pixels = torch.cartesian_prod(y, x)
    distance = torch.cdist(pixels.flip(1).float(), points).amin(2).view(-1, 1, height, width)
    variation = images.diff(dim=2).abs().sum((1, 2, 3)) + images.diff(dim=3).abs().sum((1, 2, 3))
    radius = (images.sum((1, 2, 3)) / variation.clamp(min=1)).clamp(0.6, 2.2)
    return (radius.view(-1, 1, 1, 1) + 0.5 - distance).clamp(0, 1)


def _centred(images: Tensor) -> Tensor:
    """Images (n, 1, H, W) moved by whole pixels so that the centre of mass is in the middle."""
    height, width = images.shape[2:]
    y = torch.arange(height, device=images.device)
    x = torch.arange(width, device=images.device)
    mass = images.sum((1, 2, 3))
    down = (images.sum((1, 3)) * y).sum(1) / mass - (height - 1) / 2
    right = (images.sum((1, 2)) * x).sum(1) / mass - (width - 1) / 2
    # The centre of mass is at most half an image from the middle, so pad by half an image.
    h, w = height // 2, width // 2
    padded = F.pad(images, (w, w, h, h))
    rows = y + h + down.round().long()[:, None]
    columns = x + w + right.round().long()[:, None]
    which = torch.arange(len(images), device=images.device)
    return padded[which[:, None, None], 0, rows[:, :, None], columns[:, None]][:, None]
