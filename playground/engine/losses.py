"""Losses that torch does not have; exported programs copy them from here.

Classes are the last dimension of outputs and targets: (N, C), or (N, P, C) with P positions in a sample.
`torchvision.ops` has a focal loss of sigmoids, not of a softmax over classes, and no Dice.
"""

from torch import Tensor
from torch.nn import functional as F


def kl_divergence(outputs: Tensor, targets: Tensor, *, smoothing: float = 0.0, temperature: float = 1.0) -> Tensor:
    """Kullback-Leibler divergence Σ t · (ln t - ln softmax(z)) of outputs z from targets t, mean
    over the batch.

    outputs: logits (N, C) or (N, P, C); targets: probabilities of the same shape. 0 · ln 0 is 0.

    smoothing: share of each target that is spread over all K classes, t = (1 - smoothing) · target
    + smoothing / K. Kullback and Leibler, 1951, On Information and Sufficiency, equation 2.3.

    temperature T: both are softened, softmax(z / T) and softmax(ln t / T), and the result is
    multiplied by T², so that its gradient stays about as large. Hinton, Vinyals and Dean, 2015,
    arXiv:1503.02531, section 2.
    """
    spread = targets * (1 - smoothing) + smoothing / targets.shape[-1]
    if temperature != 1.0:
        outputs, spread = outputs / temperature, (spread.log() / temperature).softmax(-1)
    divergence = F.kl_div(outputs.log_softmax(-1), spread, reduction="none").sum(-1).mean()
    return temperature * temperature * divergence


def distillation(outputs: Tensor, targets: Tensor, *, temperature: float, label_share: float) -> Tensor:
    """(1 - s) · T² · KL(softmax(t / T), softmax(z / T)) + s · cross entropy of z with the labels, mean
    over the batch.

    Hinton, Vinyals and Dean, 2015, arXiv:1503.02531, section 2. outputs: the student's logits z
    (N, C); targets: the teacher's probabilities (N, C), in which the label's may be larger by any
    number, so that it is the largest: it is computed as what the others leave of 1.

    temperature T: above 0. label_share s: weight of the labels, from 0 to 1.
    """
    labels = targets.argmax(-1, keepdim=True)
    others = targets.scatter(-1, labels, 0.0)
    teacher = others.scatter(-1, labels, (1.0 - others.sum(-1, keepdim=True)).clamp_min(0.0))
    soft = kl_divergence(outputs, teacher, temperature=temperature)
    return (1.0 - label_share) * soft + label_share * F.cross_entropy(outputs, labels.squeeze(-1))


def focal(outputs: Tensor, labels: Tensor, *, gamma: float = 2.0) -> Tensor:
    """Focal loss -(1 - p)^gamma · ln p, p the softmax of the target class, mean over the batch.

    outputs: logits (N, classes); labels: (N,) int64. Lin et al., 2017, arXiv:1708.02002, equation
    4.

    gamma: reduces the weight of easy samples, at least 0; at 0 it is the cross entropy.
    """
    log_p = outputs.log_softmax(1).gather(1, labels.unsqueeze(1))
    # 1 - p without cancellation; kept above 0, where a power below 1 has no derivative.
    wrong = log_p.expm1().neg().clamp_min(1e-30)
    return (wrong**gamma * -log_p).mean()


def dice(outputs: Tensor, targets: Tensor) -> Tensor:
    """Soft Dice loss 1 - 2 Σ p·t / (Σ p² + Σ t²) with p the softmax of the outputs, mean over the
    batch.

    outputs: logits (N, C) or (N, P, C); targets: probabilities of the same shape. The sums go over
    all positions of a sample, as in Milletari, Navab and Ahmadi, 2016, V-Net, arXiv:1606.04797,
    section 3, and over its classes. With P positions, the first class is background and left out,
    as there and in nnU-Net (Isensee et al., arXiv:1809.10486): it covers nearly everything, and
    would outweigh the other classes. A sample with background alone has a loss of 1, for any
    outputs. The overlap is computed per sample, so that the loss of a set is the mean over its
    samples, for any batch size.
    """
    p, t = outputs.softmax(-1), targets
    if outputs.dim() > 2:
        p, t = p[..., 1:], t[..., 1:]
    p, t = p.flatten(1), t.flatten(1)
    return (1 - 2 * (p * t).sum(1) / (p.square().sum(1) + t.square().sum(1)).clamp_min(1e-8)).mean()


def dice_cross_entropy(outputs: Tensor, targets: Tensor, *, weight: float = 1.0) -> Tensor:
    """Cross entropy plus `weight` times `dice`; the sum of both is that of nnU-Net (Isensee et al.,
    arXiv:1809.10486).

    outputs: logits (N, C) or (N, P, C); targets: probabilities of the same shape.
    """
    cross_entropy = F.cross_entropy(outputs.flatten(0, -2), targets.flatten(0, -2))
    return cross_entropy + weight * dice(outputs, targets)
