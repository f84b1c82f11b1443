"""The experiment that begins with data of one's own: a small network, and a recipe that suits the number of samples."""

from __future__ import annotations

from math import ceil

from playground.spec.adapt import adaptation, beginning
from playground.spec.data.dataset import Dataset
from playground.spec.experiment import LONGEST_NAME, Experiment
from playground.spec.layer import Layer, Stack, Tokens
from playground.spec.layers.activation import ReLU
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.convolution1d import Conv1d
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.layers.permutation import Permute
from playground.spec.layers.pooling import AdaptiveAvgPool2d, MaxPool2d
from playground.spec.layers.pooling1d import AdaptiveMaxPool1d
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.losses import MSE, CrossEntropy
from playground.spec.recipe.optimizers import Adam
from playground.spec.recipe.recipe import EarlyStopping, Recipe

_STEPS = 3_000  # of the whole training, about
_FEWEST_EPOCHS, _MOST_EPOCHS = 5, 200
_PATIENCE = 0.1  # share of the epochs
_VALIDATION = 0.1  # share of the samples outside the test set
_FEWEST_VALIDATION = 5  # samples; fewer say nothing
_SMALLEST_SIDE = 4  # pixels that are left where pictures are halved once more

# Whether each of 128 pieces of words occurs in a text, wherever it is; the padding behind a short text does not matter
# then, as it would to the last state of a recurrent layer.
_PHRASES: tuple[Layer, ...] = (
    Embedding(embedding_dim=32),
    Permute(),
    Conv1d(out_channels=128, kernel_size=5, padding=2, activation=ReLU()),
    AdaptiveMaxPool1d(),
    Flatten(),
)


def first_experiment(data: Dataset) -> Experiment:
    """A network and a recipe to begin with; a tenth of the data is held out for validation.

    Tables get two hidden layers, pictures a convolutional network, texts an LSTM, labelled texts a convolution whose
    maximum counts. Training makes about 3,000 steps of
    32 samples, and ends earlier where the validation loss no longer falls.
    """
    held_out = round(data.available * _VALIDATION) >= _FEWEST_VALIDATION
    data = data.with_(validation_share=_VALIDATION) if held_out and not data.validation_share else data
    batches = max(1, ceil(data.train_count / Recipe().batch_size))
    epochs = min(max(ceil(_STEPS / batches), _FEWEST_EPOCHS), _MOST_EPOCHS)
    recipe = Recipe(optimizer=Adam(), epochs=epochs, loss=CrossEntropy() if data.task.classes else MSE())
    if data.validation_count:
        recipe = recipe.with_(stopping=EarlyStopping(patience=max(3, round(epochs * _PATIENCE))))
    experiment = Experiment(name=str(data.title)[:LONGEST_NAME], data=data, recipe=recipe)
    experiment = experiment.with_(stack=Stack(layers=_hidden(experiment)))
    fix = adaptation(experiment)
    return fix.apply(experiment).with_(name=experiment.name) if fix else experiment


def _hidden(experiment: Experiment) -> tuple[Layer, ...]:
    """The layers before the output layer, which the adaptation appends."""
    shape, output = experiment.data.sample_shape, experiment.data.task.output
    if isinstance(shape, Tokens) and len(output) == 1:
        return _PHRASES
    if isinstance(shape, Tokens) or len(output) > 1:
        return beginning(experiment)
    if len(shape) == 3:
        return _convolutions(min(shape[1:]))
    return Linear(out_features=64, activation=ReLU()), Linear(out_features=64, activation=ReLU())


def _convolutions(side: int) -> tuple[Layer, ...]:
    """Convolutions with pooling, as long as enough of a picture with this shorter side is left."""
    layers: list[Layer] = []
    for channels in (16, 32, 64):
        layers.append(Conv2d(out_channels=channels, padding=1, activation=ReLU()))
        if side // 2 >= _SMALLEST_SIDE:
            layers.append(MaxPool2d())
            side //= 2
    return (
        *layers,
        AdaptiveAvgPool2d(output_size=_SMALLEST_SIDE),
        Flatten(),
        Linear(out_features=64, activation=ReLU()),
    )
