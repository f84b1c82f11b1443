"""Over how many steps the figures of training are averaged: so few that they lag no more than can be seen."""

SHARE = 10  # the steps made so far over those that are averaged, at least: the mean lags by 1/20 of the run at most
DEFAULT = 50  # steps, where nobody chose another number


def running_mean_steps(step: int, most: int = DEFAULT, per_epoch: int | None = None) -> int:
    """How many steps the figure shown after `step` steps is the mean of: the last of them.

    At least 1, at most `most`, a `SHARE`th of those made so far, and half an epoch where `per_epoch` is given: beside
    validation figures, which do not lag, a mean over several epochs would make a network look as if it did not overfit.
    """
    fewest = most if per_epoch is None else min(most, per_epoch // 2)
    return max(1, min(fewest, step // SHARE))
