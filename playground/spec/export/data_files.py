"""Code with which an exported program finds its files: by `--data`, next to itself, or in an installed Playground."""

from __future__ import annotations


def find_file(folder: str, alone: bool = True) -> str:
    """The function `find_file(name, source)` for bundled files in the folder `folder` of the resources.

    alone: whether `source` is for this file only; else it is a folder that need not contain it.
    """
    return "\n".join(
        [
            "def find_file(name, source):",
            '    """Path of a file: at `source`, next to this program or in an installed Playground."""',
            "    folders = [Path(sys.argv[0]).parent, Path()]",
            '    if package := find_spec("playground"):',
            f'        folders += [up / "resources/{folder}" for up in Path(package.origin or ".").parents[:2]]',
            _paths("[up / name for up in folders]", alone),
            *_first_of_them(),
        ]
    )


def find_own_file(alone: bool = True) -> str:
    """The function `find_file(file, source)` for a user's file, known by its whole path; `alone` as above."""
    return "\n".join(
        [
            "def find_file(file, source):",
            '    """Path of a file: at `source`, where it was, or next to this program."""',
            "    name = Path(file).name",
            "    usual = [Path(file), Path(sys.argv[0]).with_name(name), Path(name)]",
            _paths("usual", alone),
            *_first_of_them(),
        ]
    )


def _paths(usual: str, alone: bool) -> str:
    """The line that loops over the candidate paths: the usual ones if `source` is empty."""
    if alone:
        return f"    for path in [Path(source), Path(source, name)] if source else {usual}:"
    return f'    for path in [Path(source or ".", name), *{usual}]:'


def _first_of_them() -> list[str]:
    return [
        "        if path.is_file():",
        "            return path",
        '    sys.exit(f"There is no {name}: put it next to this program, or pass its path with --data.")',
    ]


MNIST_DATA_HELP = "folder with MNIST; by default the usual folders are searched, or it is downloaded"

READ_DIGITS = '''def read_idx(path):
    """The bytes in an IDX file, which may be compressed, as a tensor."""
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        begin = 4 + 4 * content[3]  # lengths follow the number of dimensions
        shape = [int.from_bytes(content[at : at + 4], "big") for at in range(4, begin, 4)]
        return torch.frombuffer(bytearray(content[begin:]), dtype=torch.uint8).view(shape)
    except Exception as error:  # it cannot be read, or was damaged
        sys.exit(f"{path} is not a complete IDX file: {error}.")


def read_mnist(folder, part):
    """Images (N, 28, 28) and labels (N,) of MNIST: "train" or "t10k". Downloaded if not found."""
    usual = [Path("data"), Path(sys.argv[0]).parent]
    if package := find_spec("playground"):
        usual += [up / "resources/mnist" for up in Path(package.origin or ".").parents[:2]]
    for up in [Path(folder)] if folder else usual:
        for directory in (up / "MNIST/raw", up):
            images = sorted(directory.glob(f"{part}-images?idx3-ubyte*"))
            labels = sorted(directory.glob(f"{part}-labels?idx1-ubyte*"))
            if images and labels:
                return checked(read_idx(images[0]), read_idx(labels[0]).long(), images[0])
    try:
        from torchvision import datasets

        files = datasets.MNIST(folder or "data", train=part == "train", download=True)
    except (ImportError, OSError, RuntimeError) as error:
        sys.exit(f"MNIST was not found and cannot be downloaded ({error}): see --data.")
    return checked(files.data, files.targets, folder or "data")


def checked(images, labels, source):
    """Images and labels, if they are of digits."""
    sizes = f"{tuple(images.shape)} and {tuple(labels.shape)}"
    if images.shape != (len(labels), 28, 28) or not len(labels) or labels.max() > 9:
        sys.exit(f"{source} holds no digits of 28 x 28 with labels from 0 to 9: sizes are {sizes}.")
    return images, labels'''
