"""Image data sets that are downloaded once: clothes, letters, Japanese characters, small photographs.

Lengths and SHA-256 checksums are those of TensorFlow Datasets (tensorflow_datasets/url_checksums).
"""

from __future__ import annotations

from typing import ClassVar

from playground.spec.call import Call, call
from playground.spec.component import integer
from playground.spec.data.dataset import Loading, Samples
from playground.spec.data.remote_file import Remote
from playground.spec.datasets.mnist import Correctable, LabelledPictures
from playground.spec.export.changed_examples import picture_parts
from playground.spec.layer import Shape
from playground.spec.messages import tr_noop

_ENGINE = "playground.engine.data.sources.downloaded."
_FOUR = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)


_CONTENT = (47_040_016, 60_008, 7_840_016, 10_008)  # bytes of the four files after decompression


def _four(
    mirrors: tuple[str, ...], sizes: tuple[int, ...], sums: tuple[str, ...], contents: tuple[str, ...] = ()
) -> tuple[Remote, ...]:
    """The four files of a data set in MNIST's format; `contents` are checksums after decompression."""
    known = zip(_CONTENT, contents, strict=True) if contents else [None] * len(_FOUR)
    return tuple(
        Remote(name, tuple(f"{mirror}/{name}" for mirror in mirrors), size, sha256, content)
        for name, size, sha256, content in zip(_FOUR, sizes, sums, known, strict=True)
    )


def _limit(total: int) -> int:
    """The field for the number of training images, at most all that the data set has."""
    limit: int = integer(
        total,
        tr_noop("Training images"),
        tr_noop("At most this many are used for training; a small number is quickly memorised."),
        ge=1,
        le=total,
    )
    return limit


class FashionMNIST(LabelledPictures):
    """Clothes from a shop (Xiao, Rasul and Vollgraf, 2017, arXiv:1708.07747): in MNIST's format, but harder."""

    id: ClassVar[str] = "fashion_mnist"
    licence: ClassVar[str] = "MIT"
    label: ClassVar[str] = tr_noop("Fashion-MNIST")
    help: ClassVar[str] = tr_noop("70,000 small grey pictures of clothes, shoes and bags. Which of ten kinds is it?")
    keywords: ClassVar[str] = tr_noop("clothes download")
    panel: ClassVar[str] = "picture"
    asked_with: ClassVar[Samples | None] = Samples.PICTURES
    on_black: ClassVar[bool] = True
    picture_shape: ClassVar[Shape] = (1, 28, 28)
    classes: ClassVar[int] = 10
    total: ClassVar[int] = 60_000
    tests: ClassVar[int] = 10_000
    named: ClassVar[tuple[str, ...]] = (
        tr_noop("T-shirt"),
        tr_noop("Trousers"),
        tr_noop("Pullover"),
        tr_noop("Dress"),
        tr_noop("Coat"),
        tr_noop("Sandal"),
        tr_noop("Shirt"),
        tr_noop("Sneaker"),
        tr_noop("Bag"),
        tr_noop("Ankle boot"),
    )
    remotes: ClassVar[tuple[Remote, ...]] = _four(
        (
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets",
            "https://fashion-mnist.s3.eu-central-1.amazonaws.com",
        ),
        (26_421_880, 29_515, 4_422_102, 5_148),
        (
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        ),
        (
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ),
    )

    def reading(self) -> Call:
        return call(_ENGINE + "fashion_mnist", self.own_train_count, self.validation_count)

    def own_loading(self) -> Loading:
        return _loading(self, 'FashionMNIST(folder or "data", train=train, download=True)')


class KMNIST(Correctable):
    """Japanese characters in old cursive script (Clanuwat and others, 2018, arXiv:1812.01718), of MNIST's size."""

    id: ClassVar[str] = "kmnist"
    licence: ClassVar[str] = "CC BY-SA 4.0"
    label: ClassVar[str] = tr_noop("Kuzushiji-MNIST")
    help: ClassVar[str] = tr_noop("70,000 characters from old Japanese books, 28 × 28 pixels. Which of ten is it?")
    keywords: ClassVar[str] = tr_noop("japanese hiragana kuzushiji download")
    prompt: ClassVar[str] = tr_noop("Draw a character")
    classes: ClassVar[int] = 10
    total: ClassVar[int] = 60_000
    tests: ClassVar[int] = 10_000
    named: ClassVar[tuple[str, ...]] = ("お", "き", "す", "つ", "な", "は", "ま", "や", "れ", "を")
    remotes: ClassVar[tuple[Remote, ...]] = _four(
        ("https://codh.rois.ac.jp/kmnist/dataset/kmnist",),
        (18_165_135, 29_497, 3_041_136, 5_120),
        (
            "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
            "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
            "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
            "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
        ),
    )

    def reading(self) -> Call:
        return call(_ENGINE + "kmnist", self.own_train_count, self.validation_count)

    def own_loading(self) -> Loading:
        return _loading(self, 'KMNIST(folder or "data", train=train, download=True)')


class EMNISTLetters(Correctable):
    """Handwritten letters (Cohen, Afshar, Tapson and van Schaik, 2017, arXiv:1702.05373), both cases as one class."""

    id: ClassVar[str] = "emnist_letters"
    label: ClassVar[str] = tr_noop("EMNIST letters")
    help: ClassVar[str] = tr_noop(
        "145,600 handwritten letters, 28 × 28 pixels. Which of the 26 is it, small or capital?"
    )
    keywords: ClassVar[str] = tr_noop("alphabet handwriting download")
    prompt: ClassVar[str] = tr_noop("Draw a letter")
    classes: ClassVar[int] = 26
    total: ClassVar[int] = 124_800
    tests: ClassVar[int] = 20_800
    named: ClassVar[tuple[str, ...]] = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    remotes: ClassVar[tuple[Remote, ...]] = (
        Remote(
            "gzip.zip",
            (
                "https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip",
                "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/gzip.zip",
            ),
            561_753_746,
            "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e",
        ),
    )

    train_limit: int = _limit(124_800)

    def reading(self) -> Call:
        return call(_ENGINE + "emnist_letters", self.own_train_count, self.validation_count)

    def own_loading(self) -> Loading:
        files = 'EMNIST(folder or "data", "letters", train=train, download=True)'
        return _loading(self, files, "files.data.transpose(1, 2).unsqueeze(1)", "files.targets - 1")


class CIFAR10(LabelledPictures):
    """Small colour photographs (Krizhevsky, 2009, Learning Multiple Layers of Features from Tiny Images)."""

    id: ClassVar[str] = "cifar10"
    label: ClassVar[str] = tr_noop("CIFAR-10")
    help: ClassVar[str] = tr_noop(
        "60,000 colour photographs, 32 × 32 pixels, of animals and vehicles. Which of ten is it?"
    )
    keywords: ClassVar[str] = tr_noop("photographs colour animals download")
    panel: ClassVar[str] = "picture"
    asked_with: ClassVar[Samples | None] = Samples.PICTURES
    picture_shape: ClassVar[Shape] = (3, 32, 32)
    classes: ClassVar[int] = 10
    total: ClassVar[int] = 50_000
    tests: ClassVar[int] = 10_000
    named: ClassVar[tuple[str, ...]] = (
        tr_noop("Aeroplane"),
        tr_noop("Car"),
        tr_noop("Bird"),
        tr_noop("Cat"),
        tr_noop("Deer"),
        tr_noop("Dog"),
        tr_noop("Frog"),
        tr_noop("Horse"),
        tr_noop("Ship"),
        tr_noop("Lorry"),
    )
    remotes: ClassVar[tuple[Remote, ...]] = (
        Remote(
            "cifar-10-binary.tar.gz",
            ("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",),
            170_052_171,
            "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
        ),
    )

    train_limit: int = _limit(50_000)

    def reading(self) -> Call:
        return call(_ENGINE + "cifar10", self.own_train_count, self.validation_count)

    def own_loading(self) -> Loading:
        files = 'CIFAR10(folder or "data", train=train, download=True)'
        return _loading(self, files, "torch.from_numpy(files.data).permute(0, 3, 1, 2)", "torch.tensor(files.targets)")


def _loading(
    data: LabelledPictures, files: str, images: str = "files.data.unsqueeze(1)", labels: str = "files.targets"
) -> Loading:
    """Code with torchvision's reader of the same files; `images` and `labels` convert its data to the engine's."""
    shape = ", ".join(map(str, data.picture_shape))
    held_out = data.validation_count
    lines = [
        "def load_data(folder, device):",
        f'    """{data.label} as tensors: images (N, {shape}) in [0, 1], labels (N,)."""',
        "",
        "    def tensors(train):",
        "        try:",
        f"            files = datasets.{files}",
        "        except Exception as error:  # it is damaged, or there is no connection",
        f'            sys.exit(f"{data.label} cannot be read or downloaded: {{error}}")',
        f"        images, labels = {images} / 255, {labels}",
        f"        if images.shape != (len(labels), {shape}) or labels.max() >= {data.classes}:",
        f'            sys.exit(f"{data.label} holds other pictures: {{tuple(images.shape)}}.")',
        "        return images.to(device), labels.to(device)",
        "",
        "    images, labels = tensors(train=True)",
        *picture_parts(data.own_train_count, held_out, changed=bool(data.changes.items)),
    ]
    parts = ["train", *(["validation"] if held_out else []), "tensors(train=False)"]
    data_help = "folder for the data (default: data), downloaded if missing"
    return Loading("\n".join([*lines, f"    return {', '.join(parts)}"]), needs=("torchvision",), data_help=data_help)
