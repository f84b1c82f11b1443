"""Pictures: MNIST's own come out unchanged, drawings as MNIST's makers would have normalised them, photographs read."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from playground.engine.data.in_memory import Data, pixels
from playground.engine.inference.picture_files import DAMAGED, PictureError, decoding
from playground.engine.inference.picture_pixels import in_bytes
from playground.engine.inference.pictures import digit, read_picture, tile

Grey = npt.NDArray[np.float64]


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def grey_image(grey: Grey) -> Image.Image:
    return Image.fromarray((grey.clip(0, 1) * 255).round().astype(np.uint8))


def page(picture: Grey) -> Grey:
    """A sheet (300, 400) with a digit written on it, nine times enlarged: white ink on black."""
    sheet = np.zeros((300, 400))
    sheet[30 : 30 + 252, 90 : 90 + 252] = np.kron(picture, np.ones((9, 9)))
    return sheet


@pytest.fixture(scope="module")
def seven(mnist: Data) -> Grey:
    return pixels(mnist.test.inputs[0, 0]).numpy().astype(np.float64)


def test_mnist_comes_out_unchanged(mnist: Data) -> None:
    for picture in pixels(mnist.test.inputs[:1000, 0]).numpy():
        assert np.array_equal(digit(picture), picture)
        assert np.array_equal(read_picture(encoded(grey_image(picture))), picture)


def test_whole_boxes_are_averaged_exactly(mnist: Data) -> None:
    """Drawn eight times as large anywhere, a digit of MNIST comes back as it was."""
    for picture in pixels(mnist.test.inputs[:50, 0]).numpy():
        large = np.pad(np.kron(picture, np.ones((8, 8))), ((13, 150), (77, 5)))
        np.testing.assert_allclose(digit(large), picture, atol=1e-6)


@pytest.mark.parametrize(("height", "width"), [(200, 100), (37, 91), (5, 3), (1, 1), (1, 400), (401, 7)])
def test_fits_the_longer_side_to_twenty_and_keeps_the_aspect(height: int, width: int) -> None:
    found = digit(np.pad(np.ones((height, width)), 30))
    rows, columns = np.flatnonzero(found.any(1)), np.flatnonzero(found.any(0))
    fitted = 20 / max(height, width)
    assert max(len(rows), len(columns)) == 20
    assert abs(found.sum() - height * width * fitted**2) < 1e-3 * found.sum() + 1e-6
    centre = [float(np.average(np.arange(28) + 0.5, weights=found.sum(axis))) for axis in (1, 0)]
    assert all(14.0 - 1e-6 <= place < 15.0 for place in centre)


def test_lopsided_ink_stays_within_the_picture() -> None:
    heavy = np.zeros((100, 100))
    heavy[:, 90:] = 1.0
    heavy[50, :] = 0.2
    found = digit(heavy)
    assert len(np.flatnonzero(found.any(0))) == 20


def test_no_ink_is_all_zero() -> None:
    assert not digit(np.zeros((50, 60))).any()


@given(
    arrays(
        np.float32,
        st.tuples(st.integers(1, 40), st.integers(1, 40)),
        elements=st.floats(width=32, allow_nan=True, allow_infinity=True),
    )
)
def test_whatever_comes_in_numbers_between_0_and_1_come_out(grey: npt.NDArray[np.float32]) -> None:
    found = digit(grey)
    assert found.shape == (28, 28)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    assert 0.0 <= found.min() <= found.max() <= 1.0


@pytest.mark.parametrize("shape", [(0, 5), (28,), (1, 28, 28)])
def test_refuses_what_is_no_picture(shape: tuple[int, ...]) -> None:
    with pytest.raises(PictureError, match="rows and columns"):
        digit(np.zeros(shape))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "WEBP"])
@pytest.mark.parametrize("dark_on_light", [True, False])
def test_reads_formats_and_both_polarities(kind: str, dark_on_light: bool, seven: Grey) -> None:
    sheet = page(seven)
    data = encoded(grey_image(1 - sheet if dark_on_light else sheet), kind)
    np.testing.assert_allclose(digit(read_picture(data)), seven, atol=0.2)
    assert np.abs(digit(read_picture(data)) - seven).mean() < 0.02


def test_reads_a_photograph_with_shadow_grain_and_dust(seven: Grey) -> None:
    y, x = np.mgrid[0:1:300j, 0:1:400j]
    photograph = (0.9 - 0.35 * x - 0.1 * y * y) * (1 - 0.7 * page(seven))
    photograph += np.random.default_rng(0).normal(0, 0.02, photograph.shape)
    photograph[5:8, 5:8] = 0.1
    found = digit(read_picture(encoded(grey_image(photograph), "JPEG", quality=80)))
    assert np.abs(found - seven).mean() < 0.03


def test_what_is_transparent_is_white_paper(seven: Grey) -> None:
    ink = page(seven)
    pixels = np.zeros((*ink.shape, 4), np.uint8)
    pixels[..., 3] = (ink * 255).round()
    assert np.abs(digit(read_picture(encoded(Image.fromarray(pixels)))) - seven).mean() < 0.02


def test_turns_a_photograph_as_the_camera_says(seven: Grey) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held so that the picture has to be turned clockwise
    turned = grey_image(1 - np.rot90(page(seven)))
    found = digit(read_picture(encoded(turned, "JPEG", quality=95, exif=exif)))
    assert np.abs(found - seven).mean() < 0.02


def test_reduces_large_pictures(seven: Grey) -> None:
    large = grey_image(1 - page(seven)).resize((4000, 3000))
    found = read_picture(encoded(large.convert("RGB"), "JPEG"))
    assert max(found.shape) <= 400
    assert np.abs(digit(found) - seven).mean() < 0.03


def test_sixteen_bits(seven: Grey) -> None:
    deep = Image.fromarray(((1 - page(seven)) * 65535).astype(np.uint16))
    assert np.abs(digit(read_picture(encoded(deep))) - seven).mean() < 0.02


def test_reads_from_a_path(tmp_path: Path, seven: Grey) -> None:
    (tmp_path / "seven.png").write_bytes(encoded(grey_image(page(seven))))
    assert read_picture(tmp_path / "seven.png").shape == (300, 400)
    with pytest.raises(PictureError, match="does not exist"):
        read_picture(tmp_path / "eight.png")


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(("width", "height"), [(100_000, 100_000), (10_000, 10_000), (8000, 7000)])
def test_too_many_pixels_are_refused_before_decoding(width: int, height: int) -> None:
    with pytest.raises(PictureError, match="at most 50,000,000"):
        read_picture(png_header(width, height))


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"no picture", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7", b"\0" * 1000])
def test_no_picture(data: bytes) -> None:
    with pytest.raises(PictureError, match=r"not a picture|damaged"):
        read_picture(data)


def test_too_many_bytes() -> None:
    with pytest.raises(PictureError, match="at most 64"):
        read_picture(bytes(64_000_001))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "WEBP"])
def test_damage_is_one_picture_error_or_none(kind: str, seven: Grey) -> None:
    data = encoded(grey_image(1 - page(seven)), kind)
    chance = np.random.default_rng(1)
    for length in chance.integers(0, len(data), 40):
        attempt(data[:length])
    for place in chance.integers(0, len(data), 40):
        attempt(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])


def attempt(data: bytes) -> None:
    try:
        found = read_picture(data)
    except PictureError:
        return
    assert np.isfinite(digit(found)).all()


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_nothing_to_be_seen(shade: int) -> None:
    with pytest.raises(PictureError, match="equally bright"):
        read_picture(encoded(Image.new("L", (200, 100), shade)))


def test_paper_with_grain_alone_shows_nothing() -> None:
    grain = np.random.default_rng(2).normal(0.8, 0.02, (300, 300))
    with pytest.raises(PictureError, match="equally bright"):
        read_picture(encoded(grey_image(grain)))


def test_too_little_memory_is_not_the_pictures_fault() -> None:
    with pytest.raises(MemoryError), decoding(DAMAGED):
        raise MemoryError


@pytest.mark.parametrize("colour", [False, True])
def test_a_tile_has_memory_of_its_own(colour: bool, tmp_path: Path) -> None:
    Image.new("RGB", (40, 30), "white").save(tmp_path / "white.png")
    found = tile(tmp_path / "white.png", 28, colour)
    assert found.shape == (3 if colour else 1, 28, 28)
    assert found.flags.c_contiguous
    assert found.flags.writeable  # torch warns of other memory on the terminal


@pytest.mark.parametrize("kind", [np.uint16, np.int32, np.float32])
def test_deep_greys_look_like_those_of_eight_bits(kind: type, tmp_path: Path) -> None:
    shallow = np.tile(np.arange(64, dtype=np.uint8) * 2, (64, 1))
    Image.fromarray(shallow).save(tmp_path / "8.png")
    deep = shallow.astype(kind) if kind is np.float32 else (shallow.astype(kind) * 257)
    if kind is np.uint16:
        data = encoded(Image.fromarray(deep))
        (tmp_path / "16.png").write_bytes(data)
        assert np.array_equal(tile(tmp_path / "16.png", 64, False), tile(tmp_path / "8.png", 64, False))
    assert np.array_equal(np.asarray(in_bytes(Image.fromarray(deep))), shallow)
