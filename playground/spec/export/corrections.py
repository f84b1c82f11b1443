"""Code with which an exported program mixes corrections into its training data."""

from __future__ import annotations

from dataclasses import replace

from playground.spec.call import printed
from playground.spec.data.dataset import Loading
from playground.spec.export.annotations import WIDTH


def corrected(loading: Loading, items: tuple[tuple[int, str], ...], copies: int) -> Loading:
    """Code that does as `loading` and adds corrections, pairs of a class and a packed picture, `copies` times."""
    own = loading.code.replace("def load_data(folder, device):", "def load_own_data(folder, device):", 1)
    lines = [
        own,
        "",
        "",
        "# Corrections of misread drawings: the class, and 28 × 28 bytes compressed by zlib, in base64.",
        f"COPIES = {copies}  # times that each is trained on in an epoch",
        "CORRECTIONS = [",
        *map(_item, items),
        "]",
        "",
        "",
        "def load_data(folder, device):",
        '    """As `load_own_data`, with the corrections after the training images."""',
        "    (images, labels), *others = load_own_data(folder, device)",
        '    pixels = b"".join(zlib.decompress(base64.b64decode(picture)) for _, picture in CORRECTIONS)',
        "    pictures = torch.frombuffer(bytearray(pixels), dtype=torch.uint8).view(-1, 1, 28, 28).to(device) / 255",
        "    classes = torch.tensor([number for number, _ in CORRECTIONS], device=device)",
        "    images = torch.cat((images, pictures.repeat(COPIES, 1, 1, 1)))",
        "    return (images, torch.cat((labels, classes.repeat(COPIES)))), *others",
    ]
    return replace(loading, code="\n".join(lines))


def _item(item: tuple[int, str]) -> str:
    line = f"    ({item[0]}, {printed(item[1])}),"
    return line if len(line) <= WIDTH else f"{line}  # noqa: E501"
