"""Default arguments, which an exported program does not spell out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from playground.spec.call import Call, Copies, Written
from playground.spec.export.engine_source import defaults

_ADAM = {"betas": (0.9, 0.999), "eps": 1e-8}
_CONVOLUTION = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True}
_POOL = {"padding": 0}
_NORM = {"eps": 1e-5, "momentum": 0.1, "affine": True}

# PyTorch's defaults of the arguments that components set, by the call's target. The learning rate of an optimizer is
# not among them: it is always written, because it is the first setting that people change.
_USUAL: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("torch.nn.Conv1d", "torch.nn.Conv2d"), _CONVOLUTION),
    "torch.nn.ConvTranspose2d": {**_CONVOLUTION, "output_padding": 0},
    **dict.fromkeys(("torch.nn.MaxPool1d", "torch.nn.MaxPool2d", "torch.nn.AvgPool1d", "torch.nn.AvgPool2d"), _POOL),
    **dict.fromkeys(("torch.nn.BatchNorm1d", "torch.nn.BatchNorm2d"), _NORM),
    "torch.nn.InstanceNorm2d": {**_NORM, "affine": False},
    "torch.nn.GroupNorm": {"eps": 1e-5, "affine": True},
    "torch.nn.LayerNorm": {"eps": 1e-5, "elementwise_affine": True, "bias": True},
    "torch.nn.RMSNorm": {"elementwise_affine": True},
    "torch.nn.Linear": {"bias": True},
    "torch.nn.Dropout": {"p": 0.5},
    "torch.nn.Dropout2d": {"p": 0.5},
    "torch.nn.ELU": {"alpha": 1.0},
    "torch.nn.GELU": {"approximate": "none"},
    "torch.nn.GLU": {"dim": -1},
    "torch.nn.LeakyReLU": {"negative_slope": 0.01},
    "torch.nn.PReLU": {"num_parameters": 1, "init": 0.25},
    "torch.nn.Softplus": {"beta": 1.0, "threshold": 20.0},
    "torch.nn.Upsample": {"mode": "nearest"},
    "torch.nn.init.kaiming_uniform_": {"a": 0, "mode": "fan_in", "nonlinearity": "leaky_relu"},
    "torch.nn.init.kaiming_normal_": {"a": 0, "mode": "fan_in", "nonlinearity": "leaky_relu"},
    "torch.nn.functional.cross_entropy": {"label_smoothing": 0.0},
    "torch.nn.functional.huber_loss": {"delta": 1.0},
    "torch.optim.Adadelta": {"rho": 0.9, "eps": 1e-6},
    "torch.optim.Adagrad": {"lr_decay": 0.0, "eps": 1e-10},
    "torch.optim.Adam": _ADAM,
    "torch.optim.AdamW": {**_ADAM, "weight_decay": 0.01},
    "torch.optim.Adamax": _ADAM,
    "torch.optim.NAdam": {**_ADAM, "momentum_decay": 0.004},
    "torch.optim.RAdam": _ADAM,
    "torch.optim.RMSprop": {"alpha": 0.99, "eps": 1e-8, "momentum": 0.0},
    "torch.optim.SGD": {"momentum": 0.0, "nesterov": False},
    "torch.optim.lr_scheduler.CosineAnnealingLR": {"eta_min": 0.0},
    "torch.optim.lr_scheduler.CosineAnnealingWarmRestarts": {"T_mult": 1, "eta_min": 0.0},
    "torch.optim.lr_scheduler.LinearLR": {"end_factor": 1.0, "total_iters": 5},
    "torch.optim.lr_scheduler.MultiStepLR": {"gamma": 0.1},
    "torch.optim.lr_scheduler.OneCycleLR": {
        "pct_start": 0.3,
        "cycle_momentum": True,
        "div_factor": 25.0,
        "final_div_factor": 10000.0,
    },
    "torch.optim.lr_scheduler.ReduceLROnPlateau": {
        "mode": "min",
        "factor": 0.1,
        "patience": 10,
        "threshold": 1e-4,
        "threshold_mode": "rel",
        "cooldown": 0,
        "min_lr": 0.0,
        "eps": 1e-8,
    },
    "torch.optim.lr_scheduler.StepLR": {"gamma": 0.1},
    "torch.optim.swa_utils.AveragedModel": {"use_buffers": False},
}


def brief(call: Call) -> Call:
    """The call without arguments that equal the defaults, also in calls within it."""
    usual = defaults(call.target) if call.target.startswith("playground.") else _USUAL.get(call.target, {})
    given = dict(call.kwargs)
    if "Pool" in call.name and given.get("stride") == given.get("kernel_size"):
        given.pop("stride", None)  # windows do not overlap by default
    kept = tuple((name, _brief(value)) for name, value in given.items() if not _same(value, usual, name))
    return replace(call, args=tuple(map(_brief, call.args)), kwargs=kept)


def _same(value: Any, usual: dict[str, Any], name: str) -> bool:
    if name not in usual or isinstance(value, Call | Copies):
        return False
    return value.code == repr(usual[name]) if isinstance(value, Written) else bool(value == usual[name])


def _brief(value: Any) -> Any:
    if isinstance(value, Copies):
        return replace(value, call=brief(value.call))
    return brief(value) if isinstance(value, Call) else value
