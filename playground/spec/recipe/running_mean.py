"""The number of steps over which training figures are averaged: small enough that the lag is not visible."""

SHARE = 10  # least ratio of steps so far to averaged steps: the mean lags by at most 1/20 of the run
DEFAULT = 50  # steps, unless the user chose another number


def running_mean_steps(step: int, most: int = DEFAULT, per_epoch: int | None = None) -> int:
    """Number of last steps in the mean that is shown after `step` steps.

    At least 1, at most `most`, a `SHARE`th of the steps so far, and half an epoch where `per_epoch` is given: next to
    validation figures, which do not lag, a mean over several epochs would hide overfitting.
    """
    fewest = most if per_epoch is None else min(most, per_epoch // 2)
    return max(1, min(fewest, step // SHARE))
