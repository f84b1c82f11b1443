"""Experiments that between them use all that an exported program can hold."""

from __future__ import annotations

from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.files.presets import presets
from playground.spec.layer import Stack
from playground.spec.layers.activation import GELU, ReLU
from playground.spec.layers.attention import SelfAttention, TransformerBlock
from playground.spec.layers.containers import Parallel, Repeat, Residual
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.convolution1d import Conv1d
from playground.spec.layers.dense import Linear
from playground.spec.layers.glu import GLU
from playground.spec.layers.latent import GaussianLatent
from playground.spec.layers.normalization import LayerNorm
from playground.spec.layers.patches import Patches
from playground.spec.layers.permutation import Permute
from playground.spec.layers.pooling import MaxPool2d
from playground.spec.layers.pooling1d import MaxPool1d
from playground.spec.layers.position import ClassToken, LearnedPosition, SinusoidalPosition
from playground.spec.layers.recurrent import GRU, LSTM, RNN
from playground.spec.layers.regularization import Dropout, GaussianNoise
from playground.spec.layers.reshaping import Reshape
from playground.spec.layers.rows import Rows
from playground.spec.layers.sequence_pooling import SequencePool
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.augmentations import Augmentation
from playground.spec.recipe.losses import MSE, CrossEntropy, Loss
from playground.spec.recipe.one_cycle import OneCycle
from playground.spec.recipe.optimizers import SGD, Muon
from playground.spec.recipe.recipe import EMA, EarlyStopping, Recipe
from playground.spec.recipe.regularizers import L1L2, DecoupledDecay, MaxNorm
from playground.spec.recipe.schedules import CosineRestarts, Plateau

LAYERS = (
    Conv2d(out_channels=4, stride=3, init="orthogonal"),
    LayerNorm(),
    MaxPool2d(enabled=False),
    Linear(init="zeros", enabled=False),
    Flatten(),
    Linear(out_features=6, init="constant", init_value=0.01),
    Dropout(p=0.1),
    GaussianNoise(std=0.05),
    Linear(out_features=10, activation=GELU(approximate="tanh"), init="xavier_uniform"),
)
EVERYTHING = Experiment(
    name='Everything """ at once \\',
    about="First line\nsecond line\x00\u2028third ''' line\n\n" + "word " * 60,
    data=MNIST(train_limit=40, validation_share=0.0004),
    stack=Stack(layers=LAYERS),
    recipe=Recipe(
        optimizer=SGD(lr=0.05, momentum=0.9, nesterov=True),
        schedule=OneCycle(),
        loss=MSE(),
        regularizer=L1L2(l1=0.001, l2=0.01),
        batch_size=16,
        epochs=3,
        augmentations=tuple(member() for member in Augmentation.members()),
        stopping=EarlyStopping(patience=2),
        clip_norm=0.5,
    ),
    seed=3,
)
LOSSES = {
    f"loss {member.id}": EVERYTHING.with_(recipe=EVERYTHING.recipe.with_(loss=member())) for member in Loss.members()
}
# Wide, deep and normalised over whole samples, so that lines are broken and scales are told from weights.
INNER = Stack(layers=(Conv2d(out_channels=16, padding=1, init="orthogonal"), LayerNorm(), ReLU(), Dropout(p=0.1)))
SHORT = Stack(layers=(ReLU(),))
NESTED = EVERYTHING.with_(
    stack=Stack(
        layers=(
            Conv2d(out_channels=16, kernel_size=5, stride=4),
            Repeat(times=3, branches=(Stack(layers=(Residual(branches=(INNER,), activation=ReLU()),)),)),
            Repeat(times=2, shared=True, branches=(SHORT,)),
            Parallel(branches=(INNER, Stack(), Stack(layers=(Repeat(branches=(INNER,)),))), join="add"),
            Parallel(branches=(SHORT, Stack())),
            Residual(branches=(Stack(layers=(Conv2d(out_channels=8, stride=2, padding=1),)),)),
            Flatten(),
            Linear(out_features=10),
        )
    )
)
SEQUENCES = EVERYTHING.with_(
    stack=Stack(
        layers=(
            Rows(direction="columns"),
            Permute(),
            Conv1d(out_channels=6),
            MaxPool1d(),
            Permute(),
            LSTM(hidden_size=5, output="all", num_layers=2, bidirectional=True, dropout=0.1, forget_bias=1.0),
            GRU(hidden_size=6, output="all", init="orthogonal"),
            LayerNorm(),
            GLU(),
            RNN(hidden_size=4, nonlinearity="relu"),
            Reshape(first=2, second=2),
            Flatten(),
            Linear(out_features=10),
        )
    )
)
ATTENTIVE = EVERYTHING.with_(
    stack=Stack(
        layers=(
            Patches(patch_size=7, embedding_dim=8),
            ClassToken(),
            LearnedPosition(),
            SinusoidalPosition(),
            SelfAttention(num_heads=2, causal=True, bias=False),
            TransformerBlock(num_heads=2, dim_feedforward=12, dropout=0.1, norm_first=False, init="xavier_uniform"),
            SequencePool(how="first"),
            GaussianLatent(latent_features=6),
            Linear(out_features=10),
        )
    )
)
WARMED = EVERYTHING.with_(recipe=EVERYTHING.recipe.with_(schedule=CosineRestarts(warmup=0.5, t_0=1)))
FURTHER = {
    f"{name} {part.id}": EVERYTHING.with_(recipe=EVERYTHING.recipe.with_(**{name: part}))
    for name, part in (
        ("optimizer", Muon()),
        ("loss", CrossEntropy(label_smoothing=0.1, class_weights=(1.0, 2.5) * 5)),
        ("averaging", EMA(decay=0.9)),
        ("schedule", Plateau(patience=0, warmup=0.5)),
        ("regularizer", MaxNorm(max_norm=0.5)),
        ("regularizer", DecoupledDecay(decay_rate=0.1)),
    )
}
EXPERIMENTS = {
    **{entry.id: entry.experiment for entry in presets()},
    "everything": EVERYTHING,
    "nested": NESTED,
    "sequences": SEQUENCES,
    "attentive": ATTENTIVE,
    "warm-up": WARMED,
    **LOSSES,
    **FURTHER,
}
