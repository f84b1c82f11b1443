"""Containers: what they make of a shape, what is wrong with them and how it is mended, and edits around them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from playground.spec.check.problem import Problem
from playground.spec.check.problems import check
from playground.spec.check.shapes import LayerShape, totals, walk
from playground.spec.container import DEEPEST, Container
from playground.spec.edits import Insert, LayerPath, Move, Remove, Unwrap, Wrap, layer_at
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import FileError, experiment_bytes, parse_experiment
from playground.spec.layer import Layer, Shape, Stack, Tokens
from playground.spec.layers.activation import ELU, GELU, ReLU, SiLU, Softmax, Tanh
from playground.spec.layers.containers import MOST_MODULES, Parallel, Repeat, Residual, projection
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.layers.normalization import BatchNorm
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.recipe import Recipe

IMAGE = (8, 14, 14)
ENDING = (Flatten(), Linear(out_features=10))
LETTERS = {ReLU: "R", Tanh: "T", ELU: "E", GELU: "G", SiLU: "S"}


def stack(*layers: Layer) -> Stack:
    return Stack(layers=layers)


def residual(*layers: Layer, **settings: object) -> Residual:
    return Residual(branches=(stack(*layers),), **settings)


def repeat(*layers: Layer, **settings: object) -> Repeat:
    return Repeat(branches=(stack(*layers),), **settings)


def row(container: Container, shape: Shape = IMAGE) -> LayerShape:
    return walk(stack(container), shape)[0]


def problems(*layers: Layer, recipe: Recipe | None = None) -> tuple[Problem, ...]:
    return check(Experiment(stack=stack(*layers), recipe=recipe or Recipe()))


def drawn(layers: tuple[Layer, ...]) -> str:
    """A stack in letters: `RT[E|G]S`."""
    text = ""
    for layer in layers:
        inner = "|".join(drawn(branch.layers) for branch in layer.branches) if isinstance(layer, Container) else ""
        text += f"[{inner}]" if isinstance(layer, Container) else LETTERS[type(layer)]
    return text


@pytest.fixture
def nested() -> Experiment:
    parallel = Parallel(branches=(stack(ELU(), residual(GELU())), stack()))
    return Experiment(stack=stack(ReLU(), parallel, Tanh()))


def test_shortcut_is_the_identity_where_shapes_agree() -> None:
    body = Conv2d(out_channels=8, padding=1, bias=False)
    found = row(residual(body))
    assert found.output == IMAGE
    assert found.parameters == 8 * 8 * 9
    assert found.flops == body.flops(IMAGE)


@pytest.mark.parametrize("stride", [1, 2, 3, 5, 13, 14, 20])
def test_shortcut_is_projected_with_the_bodys_stride(stride: int) -> None:
    body = Conv2d(out_channels=16, kernel_size=3, padding=1, stride=stride, bias=False)
    found = row(residual(body))
    assert found.mismatch is None
    assert found.output == body.output_shape(IMAGE)
    assert found.parameters == 16 * 8 * 9 + 16 * 8
    assert [tensor.name for tensor in found.tensors] == ["body.0.weight", "shortcut.weight"]


def test_vectors_are_projected_by_linear() -> None:
    assert projection((12,), (7,)) == Linear(out_features=7, bias=False)
    assert row(residual(Linear(out_features=7)), (12,)).parameters == 12 * 7 + 7 + 12 * 7


@pytest.mark.parametrize("output", [(12,), (8, 12, 12), (8, 15, 15), (8, 7, 14)])
def test_what_no_single_layer_makes_is_not_projected(output: Shape) -> None:
    assert projection(IMAGE, output) is None


def test_without_projection_other_shapes_are_refused_and_mended() -> None:
    (problem,) = problems(Conv2d(out_channels=4), residual(Conv2d(padding=1), projection=False), *ENDING)
    assert str(problem.what) == ("The layers in it make 32 × 26 × 26 of 4 × 26 × 26, and the two cannot be added.")
    assert problem.layer == (1,)
    assert problem.fix is not None
    assert str(problem.fix.label) == "Project the shortcut"


def test_a_body_that_shrinks_is_padded() -> None:
    (problem,) = problems(residual(Conv2d(), Conv2d(kernel_size=5, dilation=2)), *ENDING)
    assert problem.fix is not None
    assert str(problem.fix.label) == "Pad the convolutions"
    mended = problem.fix.apply(Experiment(stack=stack(residual(Conv2d(), Conv2d(kernel_size=5, dilation=2)), *ENDING)))
    assert check(mended) == ()
    assert [layer.padding for layer in mended.stack.layers[0].branches[0].layers] == [1, 4]


def test_what_cannot_be_mended_can_be_unwrapped() -> None:
    experiment = Experiment(stack=stack(residual(Conv2d(kernel_size=4)), *ENDING))
    (problem,) = check(experiment)
    assert problem.fix is not None
    assert str(problem.fix.label) == "Unwrap Residual"
    assert problem.fix.apply(experiment).stack.layers == (Conv2d(kernel_size=4), *ENDING)


@pytest.mark.parametrize(
    ("branches", "join", "output"),
    [
        ((stack(), stack()), "concatenate", (16, 14, 14)),
        ((stack(), stack(Conv2d(out_channels=3, padding=1))), "concatenate", (11, 14, 14)),
        ((stack(), stack(Conv2d(out_channels=8, padding=1)), stack(ReLU())), "add", IMAGE),
        ((stack(Flatten(), Linear(out_features=3)), stack(Flatten())), "concatenate", (3 + 8 * 14 * 14,)),
    ],
)
def test_parallel_joins(branches: tuple[Stack, ...], join: str, output: Shape) -> None:
    assert row(Parallel(branches=branches, join=join)).output == output


@pytest.mark.parametrize(
    ("other", "join", "words", "mend"),
    [
        (Conv2d(out_channels=8), "add", "8 × 26 × 26, and the two cannot be added", "Pad the convolutions"),
        (Conv2d(out_channels=3, padding=1), "add", "3 × 28 × 28, and the two cannot be added", "Project the branches"),
        (Conv2d(), "concatenate", "32 × 26 × 26, and the two cannot be concatenated", "Pad the convolutions"),
        (Conv2d(kernel_size=4), "concatenate", "32 × 25 × 25, and the two cannot", "Flatten and concatenate"),
        (Flatten(), "add", "6,272, and the two cannot be added", "Flatten and concatenate"),
    ],
)
def test_branches_that_do_not_go_together(other: Layer, join: str, words: str, mend: str) -> None:
    parallel = Parallel(branches=(stack(), stack(other)), join=join)
    experiment = Experiment(stack=stack(Conv2d(out_channels=8, padding=1), parallel, *ENDING))
    problem = check(experiment)[0]
    assert words in str(problem.what)
    assert problem.layer == (1,)
    assert problem.fix is not None
    assert str(problem.fix.label) == mend
    assert all(left.layer != (1,) for left in check(problem.fix.apply(experiment)))


@pytest.mark.parametrize("shared", [False, True])
def test_repeat_counts_weights_as_often_as_there_are(shared: bool) -> None:
    body = Conv2d(out_channels=8, padding=1)
    found = row(repeat(body, times=5, shared=shared))
    assert found.output == IMAGE
    assert found.parameters == (1 if shared else 5) * (8 * 8 * 9 + 8)
    assert found.flops == 5 * body.flops(IMAGE)
    assert totals(walk(stack(repeat(body, times=5, shared=shared)), IMAGE)).activation_bytes == 5 * 4 * 8 * 14 * 14


def test_repeated_layers_must_keep_the_shape() -> None:
    (problem,) = problems(repeat(Flatten(), Linear(out_features=10), times=3))
    assert str(problem.what) == "The layers in it make 10 of 1 × 28 × 28, and so cannot follow themselves."
    assert problem.fix is not None
    assert str(problem.fix.label) == "Repeat once"
    assert not problems(repeat(Flatten(), Linear(out_features=10), times=1))


def test_repeats_in_repeats_do_not_grow_beyond_measure() -> None:
    deep: Layer = ReLU()
    for _ in range(6):
        deep = repeat(deep, times=100)
    problem = problems(deep, *ENDING)[0]
    assert f"at most {MOST_MODULES:,}" in str(problem.expected)


def test_what_is_wrong_inside_is_said_inside() -> None:
    (problem,) = problems(residual(Conv2d(padding=1), Linear(out_features=5)), *ENDING)
    assert problem.layer == (0, 0, 1)
    assert "Linear reads vectors" in str(problem.what)


CODES = Tokens(6, 9)


def test_codes_pass_through_what_does_not_compute_with_them() -> None:
    (found, inner) = walk(stack(repeat(Embedding(embedding_dim=4), times=1)), CODES)
    assert found.output == inner.output == (6, 4)
    assert walk(stack(repeat(times=3)), CODES)[0].output == CODES


@pytest.mark.parametrize("container", [Residual(), Parallel(join="add"), Parallel()])
def test_codes_are_not_added(container: Container) -> None:
    found = row(container, CODES)
    assert found.mismatch is not None
    assert "computes with numbers, but receives 6 codes out of 9" in str(found.mismatch.what)
    assert isinstance(found.mismatch.before, Embedding)


def test_an_embedding_has_no_shortcut() -> None:
    found = row(residual(Embedding()), CODES)
    assert found.mismatch is not None
    assert found.mismatch.before is None  # behind an Embedding there are no codes for the one inside


def test_sequences_are_projected_step_by_step() -> None:
    assert row(residual(Linear(out_features=7)), (5, 12)).output == (5, 7)
    assert row(Parallel(branches=(stack(), stack(Linear(out_features=7)))), (5, 12)).output == (5, 19)


def test_totals_count_what_is_inside_once() -> None:
    layers = (Conv2d(out_channels=8, padding=1), residual(Conv2d(out_channels=8, padding=1), BatchNorm()))
    sums = totals(walk(stack(*layers), (1, 28, 28)))
    assert sums.layers == 4
    assert sums.parameters == (8 * 9 + 8) + (8 * 8 * 9 + 8) + 2 * 8
    assert sums.flops == 2 * 8 * 28 * 28 * 9 * (1 + 8)
    assert sums.activation_bytes == 4 * 4 * 8 * 28 * 28  # the first, both inside, and the sum
    assert sums.weight_bytes == 4 * sums.parameters + 4 * 2 * 8 + 8


def test_disabled_container_passes_everything_over() -> None:
    disabled = residual(Flatten(), Conv2d(), enabled=False)
    rows = walk(stack(disabled), IMAGE)
    assert [(item.output, item.active, item.mismatch) for item in rows] == [(IMAGE, False, None)] * 3
    assert totals(rows).parameters == 0
    assert not problems(disabled, *ENDING)


def test_disabled_layer_inside_is_passed_over() -> None:
    found = row(residual(Conv2d(out_channels=8, padding=1, bias=False), Conv2d(enabled=False)))
    assert found.parameters == 8 * 8 * 9


def test_softmax_at_the_end_of_a_repeated_body_is_found() -> None:
    doubled = repeat(Linear(out_features=10), Softmax(), times=2)
    found = problems(Flatten(), Linear(out_features=10), doubled)
    assert [problem.layer for problem in found] == [(2, 0, 1)]
    assert not problems(Flatten(), Linear(out_features=10), residual(Linear(out_features=10), Softmax()))
    (problem,) = problems(Flatten(), residual(Linear(out_features=10), activation=Softmax()))
    assert problem.layer == (1,)
    assert problem.fix is not None
    assert str(problem.fix.label) == "Remove Softmax"


def test_single_samples_are_found_inside() -> None:
    experiment = Experiment(
        stack=stack(Flatten(), residual(Linear(out_features=10), BatchNorm())), recipe=Recipe(batch_size=1)
    )
    (problem,) = check(experiment)
    assert problem.layer == (1, 0, 1)


def test_the_end_of_a_container_is_no_ending() -> None:
    (problem,) = problems(Flatten(), residual(Linear(out_features=20)))
    assert problem.fix is not None
    assert str(problem.fix.label) == "Append Linear"


def test_containers_cannot_be_nested_without_end() -> None:
    deep: Layer = ReLU()
    for _ in range(DEEPEST):
        deep = residual(deep)
    experiment = Experiment(stack=stack(deep, *ENDING))
    assert parse_experiment(experiment_bytes(experiment)) == experiment
    assert check(experiment) == ()
    with pytest.raises(ValidationError, match="more than 12 nested containers"):
        residual(deep)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b'"layers": []', b'"layers": [{"type": "nothing"}]', 'the type "nothing" is unknown'),
        (b'"branches": [', b'"branches": 7, "was": [', "7 is not a list"),
    ],
)
def test_a_wrong_branch_in_a_file_is_told(old: bytes, new: bytes, words: str) -> None:
    data = experiment_bytes(Experiment(stack=stack(Parallel())))
    lines = [line for line in data.splitlines() if b"checksum" not in line and b"sha256" not in line]
    with pytest.raises(FileError, match=words):
        parse_experiment(b"\n".join(lines).replace(old, new, 1))


def test_a_walk_keeps_what_it_knows_inside() -> None:
    layers = (residual(Conv2d(out_channels=8, padding=1)), ReLU())
    rows = walk(stack(*layers), IMAGE)
    again = walk(stack(Tanh(), *layers), IMAGE, rows)
    assert [item.path for item in again] == [(0,), (1,), (1, 0, 0), (2,)]
    assert again[1].measure is rows[0].measure
    assert again[2].measure is rows[1].measure
    off = walk(stack(layers[0].with_(enabled=False), ReLU()), IMAGE, rows)
    assert [item.parameters for item in off] == [0, 0, 0]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (((0,),), "[R][E[G]|]T"),
        (((0,), (2,)), "[R[E[G]|]T]"),
        (((1, 0, 0),), "R[[E][G]|]T"),
        (((1, 0, 0), (1, 0, 1), (1, 0, 1, 0, 0)), "R[[E[G]]|]T"),
        (((1, 0, 1, 0, 0),), "R[E[[G]]|]T"),
        (((1, 0, 0), (2,)), "R[[E[G]|]T]"),
        (((1,), (1, 0, 0)), "R[[E[G]|]]T"),
    ],
)
def test_wrap(nested: Experiment, paths: tuple[LayerPath, ...], expected: str) -> None:
    edit = Wrap(paths, Residual())
    after = edit.apply(nested)
    assert drawn(after.stack.layers) == expected
    assert isinstance(layer_at(after.stack, edit.destination), Residual)
    assert str(edit.label) == "Wrap in Residual"


def test_wrap_in_parallel_leaves_the_other_branch_empty(nested: Experiment) -> None:
    assert drawn(Wrap(((0,),), Parallel()).apply(nested).stack.layers) == "[R|][E[G]|]T"


@pytest.mark.parametrize(("path", "expected"), [((1,), "RE[G]T"), ((1, 0, 1), "R[EG|]T")])
def test_unwrap(nested: Experiment, path: LayerPath, expected: str) -> None:
    edit = Unwrap(path, "Parallel")
    assert drawn(edit.apply(nested).stack.layers) == expected
    assert str(edit.label) == "Unwrap Parallel"


@pytest.mark.parametrize(
    ("paths", "to", "expected"),
    [
        (((0,),), (1, 1, 0), "[E[G]|R]T"),
        (((0,),), (1, 0, 1, 0, 1), "[E[GR]|]T"),
        (((2,), (0,)), (1, 0, 0), "[RTE[G]|]"),
        (((1, 0, 0),), (0,), "ER[[G]|]T"),
        (((1, 0, 0),), (3,), "R[[G]|]TE"),
        (((1, 0, 1, 0, 0), (2,)), (1, 1, 0), "R[E[]|GT]"),
        (((1, 0, 1),), (1, 0, 0), "R[[G]E|]T"),
        (((1,),), (1, 0, 0), "R[E[G]|]T"),
        (((1, 0, 1), (1, 0, 1, 0, 0)), (0,), "[G]R[E|]T"),
    ],
)
def test_move_between_stacks(nested: Experiment, paths: tuple[LayerPath, ...], to: LayerPath, expected: str) -> None:
    assert drawn(Move(paths, to).apply(nested).stack.layers) == expected


def test_insert_and_remove_inside(nested: Experiment) -> None:
    assert drawn(Insert((1, 1, 0), (SiLU(), SiLU())).apply(nested).stack.layers) == "R[E[G]|SS]T"
    assert drawn(Remove(((1, 0, 0), (1, 0, 1, 0, 0), (0,))).apply(nested).stack.layers) == "[[]|]T"
