"""Pictures in formats that cameras, scanners and microscopes write: TIFF, AVIF and HEIC."""

from __future__ import annotations

import io
import sys

import numpy as np
import pytest
from PIL import Image

from playground.engine.inference.picture_files import PictureError, has_several_pages
from playground.engine.inference.pictures import tile
from playground.spec.files.file_kind import is_heic

RAMP = np.arange(0, 256, 4, dtype=np.uint8).reshape(8, 8)


def saved(values: np.ndarray, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(values).save(file, kind, **options)
    return file.getvalue()


def grey(data: bytes) -> np.ndarray:
    return tile(data, 8, False)[0]


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_deflate", "packbits"])
def test_tiff(compression: str | None) -> None:
    np.testing.assert_array_equal(grey(saved(RAMP, "TIFF", compression=compression)), RAMP)
    colour = np.stack([RAMP, RAMP.T, 255 - RAMP], axis=2)
    found = tile(saved(colour, "TIFF", compression=compression), 8, True)
    np.testing.assert_array_equal(found, colour.transpose(2, 0, 1))


def test_deep_tiff_is_scaled_and_may_have_white_at_zero() -> None:
    deep = RAMP.astype(np.uint16) * 257
    np.testing.assert_array_equal(grey(saved(deep, "TIFF")), RAMP)
    np.testing.assert_array_equal(grey(saved(deep, "TIFF", tiffinfo={262: 0})), 255 - RAMP)
    big_endian = io.BytesIO()
    Image.frombytes("I;16B", (8, 8), deep.astype(">u2").tobytes()).save(big_endian, "TIFF")
    np.testing.assert_array_equal(grey(big_endian.getvalue()), RAMP)


def test_twelve_bits_are_not_nearly_black() -> None:
    values = (RAMP.astype(np.uint32) * 16).reshape(-1, 2)
    packed = np.stack([values[:, 0] >> 4, (values[:, 0] & 15) << 4 | values[:, 1] >> 8, values[:, 1] & 255], 1)
    pixels = packed.astype(np.uint8).tobytes()
    tags = [
        (256, 8),
        (257, 8),
        (258, 12),
        (259, 1),
        (262, 1),
        (273, 134),
        (277, 1),
        (278, 8),
        (279, len(pixels)),
        (284, 1),
    ]
    entries = b"".join(tag.to_bytes(2, "little") + b"\4\0\1\0\0\0" + value.to_bytes(4, "little") for tag, value in tags)
    head = b"II*\0\x08\0\0\0" + len(tags).to_bytes(2, "little") + entries + bytes(4)
    found = grey(head + pixels)
    np.testing.assert_allclose(found, RAMP, atol=1)


def test_the_first_page_is_read() -> None:
    file = io.BytesIO()
    Image.fromarray(RAMP).save(file, "TIFF", save_all=True, append_images=[Image.fromarray(255 - RAMP)])
    np.testing.assert_array_equal(grey(file.getvalue()), RAMP)
    assert has_several_pages(file.getvalue())
    assert not has_several_pages(saved(RAMP, "TIFF"))
    file = io.BytesIO()
    Image.fromarray(RAMP).save(file, "GIF", save_all=True, append_images=[Image.fromarray(255 - RAMP)])
    assert not has_several_pages(file.getvalue())


def test_damaged_tiff_is_refused() -> None:
    with pytest.raises(PictureError):
        tile(saved(RAMP, "TIFF", compression="tiff_lzw")[:-60], 8, False)


def test_avif() -> None:
    flat = np.full((16, 16, 3), (200, 30, 40), np.uint8)
    data = saved(flat, "AVIF")
    assert not is_heic(data)
    assert np.abs(tile(data, 8, True).astype(int) - flat[:8, :8].transpose(2, 0, 1)).max() < 5


def test_heic() -> None:
    pytest.importorskip("pillow_heif").register_heif_opener()
    flat = np.full((64, 64, 3), (200, 30, 40), np.uint8)
    data = saved(flat, "HEIF")
    assert is_heic(data)
    assert np.abs(tile(data, 8, True).astype(int) - flat[:8, :8].transpose(2, 0, 1)).max() < 5
    with pytest.raises(PictureError, match=r"not a picture|damaged"):
        tile(data[:200], 8, True)


def test_heic_without_its_reader_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(PictureError, match=r"pillow-heif is missing.*pip install playground\[pictures\]"):
        tile(b"\0\0\0\x18ftypheic" + bytes(16), 8, True)


@pytest.mark.parametrize(
    ("head", "heic"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", True),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", True),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", False),
        (b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", False),
        (b"\x89PNG\r\n\x1a\n", False),
        (b"", False),
    ],
)
def test_the_brands_of_the_container_tell_heic_from_avif(head: bytes, heic: bool) -> None:
    assert is_heic(head) is heic
