"""The Keras counterpart of each module that a layer makes, with its weights in the layout of Keras.

Sources: the documentation and code of Keras 3. Its convolutions keep their kernels as (height, width, in, out), its
dense layers as (in, out). The gates of its LSTM have torch's order (input, forget, cell, output); those of its GRU are
update, reset, new, where torch has reset, update, new. Its LSTM adds one bias; its GRU, with `reset_after`, two, as
torch does to both.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from playground.engine.export import keras_sequences, keras_windows
from playground.engine.export.keras_writer import NoCounterpart, Writer
from playground.engine.modules import attention, containers, latent, noise, one_hot, permute, positions, recurrent
from playground.spec.messages import message, tr_noop

_Emit = Callable[[Writer, Any, str], None]
_SIMPLE: dict[type[nn.Module], str] = {
    nn.ReLU: "ops.relu({0})",
    nn.SELU: "ops.selu({0})",
    nn.SiLU: "ops.silu({0})",
    nn.Mish: "{0} * ops.tanh(ops.softplus({0}))",
    nn.Hardswish: "ops.hard_silu({0})",
    nn.Sigmoid: "ops.sigmoid({0})",
    nn.Tanh: "ops.tanh({0})",
}


def emit(writer: Writer, module: nn.Module, variable: str) -> None:
    """Write the lines that apply a module to a variable.

    Raises:
        NoCounterpart: Keras cannot compute the same.
    """
    simple = _SIMPLE.get(type(module))
    if simple is not None:
        writer.compute(variable, simple.format(variable))
        return
    for kind, function in _EMITS.items():
        if isinstance(module, kind):
            function(writer, module, variable)
            return
    raise NoCounterpart(message("Keras has no layer that computes the same"))


def _sequential(writer: Writer, module: nn.Sequential, variable: str) -> None:
    for child in module:
        emit(writer, child, variable)


def _linear(writer: Writer, module: nn.Linear, variable: str) -> None:
    _dense(writer, variable, module.weight, module.bias)


def _dense(writer: Writer, variable: str, weight: Tensor, bias: Tensor | None) -> None:
    weights = [weight.t(), *([] if bias is None else [bias])]
    writer.layer(
        variable, "Dense", str(len(weight)), *([] if bias is not None else ["use_bias=False"]), weights=weights
    )


def _leaky(writer: Writer, module: nn.LeakyReLU, variable: str) -> None:
    writer.compute(variable, f"ops.leaky_relu({variable}, negative_slope={module.negative_slope!r})")


def _elu(writer: Writer, module: nn.ELU, variable: str) -> None:
    writer.compute(variable, f"ops.elu({variable}, alpha={module.alpha!r})")


def _gelu(writer: Writer, module: nn.GELU, variable: str) -> None:
    writer.compute(variable, f"ops.gelu({variable}, approximate={module.approximate == 'tanh'})")


def _softplus(writer: Writer, module: nn.Softplus, variable: str) -> None:
    plain = f"ops.softplus({variable})"
    scaled = f"ops.softplus({variable} * {module.beta!r}) / {module.beta!r}"
    writer.compute(variable, plain if module.beta == 1 else scaled)


def _axis(writer: Writer, module: nn.Module, dim: int) -> int:
    """A dimension of torch, of what the module reads, as the axis in Keras, from the end."""
    rank = len(writer.input_of(module))
    dim %= rank
    return {1: -1, 2: -3, 3: -2}[dim] if rank == 4 else dim - rank


def _softmax(writer: Writer, module: nn.Softmax, variable: str) -> None:
    assert module.dim is not None
    writer.compute(variable, f"ops.softmax({variable}, axis={_axis(writer, module, module.dim)})")


def _glu(writer: Writer, module: nn.GLU, variable: str) -> None:
    writer.compute(variable, f"ops.glu({variable}, axis={_axis(writer, module, module.dim)})")


def _prelu(writer: Writer, module: nn.PReLU, variable: str) -> None:
    rank = len(writer.input_of(module))
    axes = list(range(1, rank))
    channels = rank - 1 if rank == 4 else 1
    shared = axes if module.num_parameters == 1 else [axis for axis in axes if axis != channels]
    shape = [1 if axis in shared else module.num_parameters for axis in axes]
    options = [f"shared_axes={shared}"] if shared else []
    writer.layer(variable, "PReLU", *options, weights=[module.weight.view(shape)])


def _batch_norm(writer: Writer, module: nn.BatchNorm1d | nn.BatchNorm2d, variable: str) -> None:
    options = [f"axis={_axis(writer, module, 1)}", f"epsilon={module.eps!r}"]
    if module.momentum is not None:
        options.append(f"momentum={round(1 - module.momentum, 9)!r}")  # Keras counts the share that stays
    learned = [module.weight, module.bias] if module.affine else []
    options += [] if module.affine else ["center=False", "scale=False"]
    assert module.running_mean is not None
    assert module.running_var is not None
    weights = [*learned, module.running_mean, module.running_var]
    writer.layer(variable, "BatchNormalization", *options, weights=weights)


def _over(writer: Writer, module: nn.LayerNorm | nn.RMSNorm) -> tuple[str, Callable[[Tensor], Tensor]]:
    """The axes that are normalized together, and the function that brings their weights into the order of Keras."""
    count = len(module.normalized_shape)
    rank = len(writer.input_of(module))
    if rank == 4 and count != 3:
        raise NoCounterpart(message("Keras normalizes images as a whole"))
    axes = list(range(rank - count, rank))
    return f"axis={axes if count > 1 else -1}", (lambda w: w.permute(1, 2, 0)) if count == 3 else (lambda w: w)


def _layer_norm(writer: Writer, module: nn.LayerNorm, variable: str) -> None:
    axes, ordered = _over(writer, module)
    options = [axes, f"epsilon={module.eps!r}"]
    options += ["scale=False"] if module.weight is None else []
    options += ["center=False"] if module.bias is None else []
    weights = [ordered(item) for item in (module.weight, module.bias) if item is not None]
    writer.layer(variable, "LayerNormalization", *options, weights=weights)


def _rms_norm(writer: Writer, module: nn.RMSNorm, variable: str) -> None:
    axes, ordered = _over(writer, module)
    weight = torch.ones(module.normalized_shape) if module.weight is None else module.weight
    writer.layer(variable, "RMSNormalization", axes, f"epsilon={module.eps!r}", weights=[ordered(weight)])


def _group_norm(writer: Writer, module: nn.GroupNorm, variable: str) -> None:
    options = [str(module.num_groups), f"axis={_axis(writer, module, 1)}", f"epsilon={module.eps!r}"]
    options += [] if module.affine else ["center=False", "scale=False"]
    weights = [module.weight, module.bias] if module.affine else []
    writer.layer(variable, "GroupNormalization", *options, weights=weights)


def _instance_norm(writer: Writer, module: nn.InstanceNorm2d, variable: str) -> None:
    options = ["groups=-1", f"epsilon={module.eps!r}"]
    options += [] if module.affine else ["center=False", "scale=False"]
    writer.layer(
        variable, "GroupNormalization", *options, weights=[module.weight, module.bias] if module.affine else []
    )


def _dropout(writer: Writer, module: nn.Dropout, variable: str) -> None:
    writer.layer(variable, "Dropout", repr(module.p))


def _dropout2d(writer: Writer, module: nn.Dropout2d, variable: str) -> None:
    writer.layer(variable, "SpatialDropout2D", repr(module.p))


def _noise(writer: Writer, module: noise.GaussianNoise, variable: str) -> None:
    writer.layer(variable, "GaussianNoise", repr(module.std))


def _reshaped(writer: Writer, module: nn.Module, variable: str) -> None:
    """Flatten and Unflatten: numbers keep the order of torch, in which channels come first."""
    found, wanted = writer.input_of(module), writer.output_of(module)
    writer.to_torch(variable, len(found))
    writer.layer(variable, "Reshape", str(wanted[1:]))
    writer.to_keras(variable, len(wanted))


def _permuted(writer: Writer, module: permute.Permute, variable: str) -> None:
    rank = len(writer.input_of(module))
    writer.to_torch(variable, rank)
    writer.permute(variable, *module.dims)
    writer.to_keras(variable, rank)


def _embedding(writer: Writer, module: nn.Embedding, variable: str) -> None:
    options = str(module.num_embeddings), str(module.embedding_dim)
    writer.layer(variable, "Embedding", *options, weights=[module.weight])


def _one_hot(writer: Writer, module: one_hot.OneHot, variable: str) -> None:
    writer.compute(variable, f"ops.one_hot({variable}, {module.count})")


def _learned_position(writer: Writer, module: positions.LearnedPosition, variable: str) -> None:
    writer.classes.add("AddedTable")
    writer.layer(variable, "AddedTable", weights=[module.weight[: writer.input_of(module)[1]]])


def _waves(writer: Writer, module: positions.SinusoidalPosition, variable: str) -> None:
    writer.classes.add("AddedTable")
    waves: Any = module.waves
    writer.layer(variable, "AddedTable", "trainable=False", weights=[waves[: writer.input_of(module)[1]]])


def _class_token(writer: Writer, module: positions.ClassToken, variable: str) -> None:
    writer.classes.add("ClassToken")
    writer.layer(variable, "ClassToken", weights=[module.weight])


def _sequence_pool(writer: Writer, module: positions.SequencePool, variable: str) -> None:
    pooled = {"mean": "ops.mean({0}, axis=1)", "max": "ops.max({0}, axis=1)", "first": "{0}[:, 0]"}
    writer.compute(variable, pooled.get(module.how, "{0}[:, -1]").format(variable))


def _transformer(writer: Writer, module: attention.TransformerBlock, variable: str) -> None:
    first = writer.fresh("kept")
    writer.compute(first, variable)
    if module.norm_first:
        emit(writer, module.norm1, variable)
    keras_sequences.self_attention(writer, module.attention, variable)
    _dropped(writer, module, variable)
    writer.compute(variable, f"{first} + {variable}")
    if not module.norm_first:
        emit(writer, module.norm1, variable)
    second = writer.fresh("kept")
    writer.compute(second, variable)
    if module.norm_first:
        emit(writer, module.norm2, variable)
    emit(writer, module.expand, variable)
    emit(writer, module.activation, variable)
    _dropped(writer, module, variable)
    emit(writer, module.contract, variable)
    _dropped(writer, module, variable)
    writer.compute(variable, f"{second} + {variable}")
    if not module.norm_first:
        emit(writer, module.norm2, variable)


def _dropped(writer: Writer, module: attention.TransformerBlock, variable: str) -> None:
    if module.dropout.p:
        emit(writer, module.dropout, variable)


def _residual(writer: Writer, module: containers.Residual, variable: str) -> None:
    kept = writer.fresh("kept")
    writer.compute(kept, variable)
    emit(writer, module.body, variable)
    if module.shortcut is not None:
        emit(writer, module.shortcut, kept)
    writer.compute(variable, f"{variable} + {kept}")


def _parallel(writer: Writer, module: containers.Parallel, variable: str) -> None:
    names = [writer.fresh("branch") for _ in module]
    for name, branch in zip(names, module, strict=True):
        writer.compute(name, variable)
        emit(writer, branch, name)
    joined = " + ".join(names) if module.join == "add" else f"ops.concatenate([{', '.join(names)}], axis=-1)"
    writer.compute(variable, joined)


def _repeated(writer: Writer, module: containers.Repeated, variable: str) -> None:
    for _ in writer.repeatedly(module.times):
        emit(writer, module.body, variable)


def _latent(_writer: Writer, _module: latent.GaussianLatent, _variable: str) -> None:
    words = tr_noop("Keras has no layer that draws from a distribution and adds its divergence to the loss")
    raise NoCounterpart(message(words))


_EMITS: dict[type[nn.Module], _Emit] = {
    nn.Sequential: _sequential,
    nn.Linear: _linear,
    nn.Conv1d: keras_windows.conv1d,
    nn.Conv2d: keras_windows.conv2d,
    nn.ConvTranspose2d: keras_windows.transposed,
    nn.MaxPool1d: keras_windows.pool,
    nn.AvgPool1d: keras_windows.pool,
    nn.MaxPool2d: keras_windows.pool,
    nn.AvgPool2d: keras_windows.pool,
    nn.AdaptiveAvgPool1d: keras_windows.adaptive,
    nn.AdaptiveMaxPool1d: keras_windows.adaptive,
    nn.AdaptiveAvgPool2d: keras_windows.adaptive,
    nn.AdaptiveMaxPool2d: keras_windows.adaptive,
    nn.LeakyReLU: _leaky,
    nn.ELU: _elu,
    nn.GELU: _gelu,
    nn.Softplus: _softplus,
    nn.Softmax: _softmax,
    nn.GLU: _glu,
    nn.PReLU: _prelu,
    nn.BatchNorm1d: _batch_norm,
    nn.BatchNorm2d: _batch_norm,
    nn.LayerNorm: _layer_norm,
    nn.RMSNorm: _rms_norm,
    nn.GroupNorm: _group_norm,
    nn.InstanceNorm2d: _instance_norm,
    nn.Dropout2d: _dropout2d,
    nn.Dropout: _dropout,
    noise.GaussianNoise: _noise,
    nn.Flatten: _reshaped,
    nn.Unflatten: _reshaped,
    permute.Permute: _permuted,
    nn.Upsample: keras_windows.upsampled,
    nn.Embedding: _embedding,
    one_hot.OneHot: _one_hot,
    positions.LearnedPosition: _learned_position,
    positions.SinusoidalPosition: _waves,
    positions.ClassToken: _class_token,
    positions.SequencePool: _sequence_pool,
    recurrent.OneOutput: keras_sequences.recurrent,
    attention.SelfAttention: keras_sequences.self_attention,
    attention.TransformerBlock: _transformer,
    containers.Residual: _residual,
    containers.Parallel: _parallel,
    containers.Repeated: _repeated,
    latent.GaussianLatent: _latent,
}
