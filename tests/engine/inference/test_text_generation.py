"""Networks write and restore: by chance that can be repeated, and only where they were made for it."""

from __future__ import annotations

from itertools import islice

import pytest
import torch
from torch import nn

from playground.engine.build import build
from playground.engine.data.sources.text import alphabet, restored
from playground.engine.evaluation.scores import Scoring
from playground.engine.inference import punctuation
from playground.engine.inference.punctuation import Piece, RestoringError
from playground.engine.inference.text_generation import SamplingOptions, WritingError, next_character, write
from playground.spec.data.task import Score, Task
from playground.spec.data.text_summary import TextFile
from playground.spec.datasets.text import OwnText, Shakespeare
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.layers.recurrent import LSTM
from playground.spec.recipe.losses import MSE
from tests.slices import outcome


def made_for(asked: str, seed: int = 0, context: int = 12) -> tuple[nn.Module, Experiment]:
    data = Shakespeare(asked=asked, context=context)
    layers = (Embedding(embedding_dim=5), LSTM(hidden_size=6, output="all"), Linear(out_features=data.task.output[-1]))
    experiment = Experiment(data=data, stack=Stack(layers=layers), seed=seed)
    return build(experiment), experiment


def restore(network: nn.Module, experiment: Experiment, line: str) -> tuple[Piece, ...]:
    return outcome(punctuation.restore(network, experiment, line))


def text(prompt: str, manner: SamplingOptions, count: int = 40) -> str:
    return "".join(guess.character for guess in islice(write(*made_for("next"), prompt, manner), count))


def test_the_same_seed_writes_the_same() -> None:
    assert text("ROMEO:", SamplingOptions(seed=3)) == text("ROMEO:", SamplingOptions(seed=3))
    assert text("ROMEO:", SamplingOptions(seed=3)) != text("ROMEO:", SamplingOptions(seed=4))


def test_at_temperature_0_the_likeliest_is_taken_and_so_it_is_of_one() -> None:
    coldest, single = text("A", SamplingOptions(temperature=0.0)), text("A", SamplingOptions(top_k=1, seed=7))
    assert coldest == single
    network, experiment = made_for("next")
    guess = next_character(network, experiment, "A", 0, SamplingOptions(temperature=0.0))
    assert guess.character == guess.likeliest[0][0]
    assert guess.probability == pytest.approx(guess.likeliest[0][1])


def test_characters_are_drawn_as_often_as_they_are_probable() -> None:
    network, experiment = made_for("next")
    guesses = [
        next_character(network, experiment, "A", 0, SamplingOptions(temperature=1.0, seed=seed)) for seed in range(600)
    ]
    best, share = guesses[0].likeliest[0]
    found = sum(guess.character == best for guess in guesses) / 600
    assert found == pytest.approx(share, abs=4 * (share * (1 - share) / 600) ** 0.5)


def test_what_comes_later_is_not_looked_at_and_what_is_far_back_neither() -> None:
    network, experiment = made_for("next")
    near = next_character(network, experiment, "x" * 50 + "abcdefghijkl", 0, SamplingOptions())
    assert near == next_character(network, experiment, "y" * 50 + "abcdefghijkl", 0, SamplingOptions())


def test_the_training_mode_is_left_as_it_was() -> None:
    network, experiment = made_for("next")
    next_character(network.train(), experiment, "A", 0, SamplingOptions())
    assert network.training


def test_unknown_characters_are_left_out() -> None:
    assert text("RO漢MEO:", SamplingOptions()) == text("ROMEO:", SamplingOptions())


def test_a_network_that_knows_no_line_break_begins_by_itself() -> None:
    characters = " abc"
    source = TextFile(path="own.txt", count=400, alphabet=characters, letters=characters, kept=400)
    data = OwnText(source=source, context=12)
    layers = (Embedding(embedding_dim=5), Linear(out_features=data.task.output[-1]))
    experiment = Experiment(data=data, stack=Stack(layers=layers))
    network = build(experiment)
    begun = next_character(network, experiment, "", 0, SamplingOptions())
    assert begun == next_character(network, experiment, " ", 0, SamplingOptions())
    assert begun == next_character(network, experiment, "漢", 0, SamplingOptions())


def test_a_network_for_no_text_does_not_write() -> None:
    data = OwnText(context=12)
    layers = (Embedding(embedding_dim=5), Linear(out_features=data.task.output[-1]))
    experiment = Experiment(data=data, stack=Stack(layers=layers))
    with pytest.raises(WritingError, match="trained on no text"):
        next_character(build(experiment), experiment, "", 0, SamplingOptions())


def test_a_network_that_diverged_does_not_write() -> None:
    network, experiment = made_for("next")
    with torch.no_grad():
        next(iter(network.parameters())).fill_(float("nan"))
    with pytest.raises(WritingError, match="are not finite"):
        next_character(network, experiment, "A", 0, SamplingOptions())


def test_networks_do_what_they_were_made_for() -> None:
    with pytest.raises(WritingError, match="was not made to guess"):
        next(write(*made_for("restore"), "A", SamplingOptions()))
    with pytest.raises(RestoringError, match="was not made for that"):
        restore(*made_for("next"), "A")


@pytest.mark.parametrize("line", ["a", "to be or not to be", "x" * 100, "First Citizen:\nSpeak, 漢!", "", "漢"])
def test_each_character_is_restored(line: str) -> None:
    pieces = restore(*made_for("restore"), line)
    expected = line.lower().replace(":", "").replace(",", "").replace("!", "")
    assert "".join(piece.before for piece in pieces) == expected
    for piece in pieces:
        assert piece.after[0].lower() == piece.before
        assert 0.0 < piece.probability <= 1.0


def test_a_long_text_is_restored_as_in_one_window_where_that_does_not_matter() -> None:
    """With weights that look at one character alone, it does not matter in which window it stands."""
    network, experiment = made_for("restore")
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if "weight_hh" in name:
                parameter.zero_()
        network[1].bias_ih_l0[6:12] = -100.0  # forget all
    text = "the quick brown fox jumps over the lazy dog"
    whole = restore(network, experiment, text)
    for number in (0, 5, 17, 42):
        alone = restore(network, experiment, text[number])[0]
        assert alone.after == whole[number].after
        assert alone.probability == pytest.approx(whole[number].probability, rel=1e-4)


@pytest.mark.parametrize("context", [12, 13])
def test_each_character_is_read_in_the_window_that_sees_to_both_sides(context: int) -> None:
    """Beside windows cut out of the text character by character, in plain torch."""
    network, experiment = made_for("restore", context=context)
    line = "to be or not to be that is the question whether tis nobler in the mind"
    pieces = restore(network, experiment, line)
    half = context // 2
    before = (context - half) // 2
    known = "".join(sorted(set(alphabet(experiment.data).characters)))
    for number, (character, piece) in enumerate(zip(line, pieces, strict=True)):
        begin = number // half * half - before
        window = [line[at] if 0 <= at < len(line) else "\n" for at in range(begin, begin + context)]
        with torch.no_grad():
            outputs = network(torch.tensor([[known.index(letter) for letter in window]]))[0, number - begin]
        assert piece.before == character
        assert piece.probability == pytest.approx(outputs.softmax(0).max().item(), rel=1e-5)
        assert piece.after == restored(experiment.data).written(character, int(outputs.argmax()))


def test_outputs_all_below_zero_say_nothing_but_still_which_class() -> None:
    """Of MSE they are cut off at 0: all classes are as probable, and the score takes the greatest output."""
    network, experiment = made_for("restore")
    experiment = experiment.with_(recipe=experiment.recipe.with_(loss=MSE()))
    classes = experiment.data.task.output[-1]
    with torch.no_grad():
        network[-1].weight.zero_()
        network[-1].bias.copy_(torch.linspace(-2.0, -1.0, classes))
    for piece in restore(network, experiment, "be"):
        assert piece.probability == pytest.approx(1 / classes)
        assert piece.after == restored(experiment.data).written(piece.before, classes - 1)
    network, experiment = made_for("next")
    experiment = experiment.with_(recipe=experiment.recipe.with_(loss=MSE()))
    with torch.no_grad():
        network[-1].weight.zero_()
        network[-1].bias.fill_(-1.0)
    guess = next_character(network, experiment, "A", 0, SamplingOptions())
    assert guess.probability == pytest.approx(1 / experiment.data.task.output[-1])


def test_f1_is_that_of_precision_and_recall() -> None:
    generator = torch.Generator().manual_seed(5)
    outputs, targets = torch.randn(4, 9, 3, generator=generator), torch.randint(3, (4, 9), generator=generator)
    pairs = list(zip(outputs.argmax(-1).flatten().tolist(), targets.flatten().tolist(), strict=True))
    right = sum(said == true > 0 for said, true in pairs)
    precision = right / sum(said > 0 for said, _ in pairs)
    recall = right / sum(true > 0 for _, true in pairs)
    scoring = Scoring(Task((9, 3), "classes", Score.F1))
    sums = [item.item() for item in scoring(outputs, targets)]
    assert scoring.score(sums, 4) == pytest.approx(2 / (1 / precision + 1 / recall))
    assert scoring.score([0.0, 0.0], 4) == 1.0


def test_a_long_text_is_restored_four_windows_at_a_time() -> None:
    network, experiment = made_for("restore")
    computed: list[int] = []  # windows
    network.register_forward_hook(lambda _network, inputs, _outputs: computed.append(len(inputs[0])))
    slices = punctuation.restore(network, experiment, "ab " * 60)
    next(slices)
    assert computed == [4]
    outcome(slices)
    assert set(computed[:-1]) == {4}
