"""Code with which an exported program changes the labels of examples and leaves some out of training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from playground.spec.data.dataset import Loading

Changes = Sequence[tuple[int, str, int | None]]  # see `with_changes`
_FUNCTION = "playground.spec.data.example_changes.with_changes"


def with_change_list(loading: Loading, changes: Changes) -> Loading:
    """The same code with the list of changes, `CHANGES`, above it; without changes the code is unchanged."""
    if not changes:
        return loading
    lines = [
        "CHANGES = [  # changed examples: number, digest of the contents, and class; None: left out of training",
        *(f'    ({number}, "{digest}", {label}),' for number, digest, label in changes),
        "]",
    ]
    return replace(loading, code="\n".join([*lines, "", "", loading.code]), copied=(*loading.copied, _FUNCTION))


def change_lines(targets: str, held_out: str, tested: str, contents: str) -> Iterator[str]:
    """Lines that apply `CHANGES` to an array, and take samples that are left out from the list `train`.

    Args:
        targets: an expression for the array, in which the classes are changed.
        held_out: an expression for the numbers of the validation samples.
        tested: the same for the test samples.
        contents: an expression for the contents of the sample `number`.
    """
    yield "    try:"
    yield f"        train = with_changes(CHANGES, {targets}, train, {held_out}, {tested}, lambda number: {contents})"
    yield "    except ValueError as error:"
    yield '        sys.exit("A changed example, number {}, cannot be used: it is {} now.".format(*error.args))'


def picture_parts(train_count: int, held_out: int, *, changed: bool) -> Iterator[str]:
    """Lines that take `train`, and `validation` if any are held out, from `images` and `labels`."""
    if changed:
        validated = f"range(len(labels) - {held_out}, len(labels))" if held_out else "()"
        yield f"    train = range({train_count})"
        pixels = "bytes((images[number] * 255).round().byte().flatten().tolist())"
        yield from change_lines("labels", validated, "()", pixels)
        yield "    train = images[train], labels[train]"
    else:
        yield f"    train = images[:{train_count}], labels[:{train_count}]"
    if held_out:
        yield f"    validation = images[-{held_out}:], labels[-{held_out}:]"
