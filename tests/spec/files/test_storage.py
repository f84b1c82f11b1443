"""Files are read within bounds and written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.spec.files import storage
from playground.spec.files.storage import (
    FileError,
    is_namable,
    make_folder,
    open_file,
    read_bounded,
    shown,
    write_atomically,
)

OLD, NEW = b"what was there before", b"what is to be written"


def only_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_written_bytes_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for data in (OLD, NEW, b""):
        write_atomically(path, data)
        assert read_bounded(path, 100) == data
    assert only_file(tmp_path) == path


def test_a_folder_is_made_with_those_above_it_and_flushed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed = []
    monkeypatch.setattr(storage, "sync_folder", flushed.append)
    for _ in range(2):
        make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    assert flushed == [tmp_path, tmp_path / "a"]
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        make_folder(tmp_path / "file" / "b")


def test_a_replaced_file_keeps_its_mode_and_a_link_stays_one(tmp_path: Path) -> None:
    path, link = tmp_path / "file", tmp_path / "link"
    path.write_bytes(OLD)
    path.chmod(0o640)
    link.symlink_to("file")
    write_atomically(link, NEW)
    assert link.is_symlink()
    assert path.read_bytes() == NEW
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_all_names_of_a_file_show_the_new_contents(tmp_path: Path) -> None:
    path, other = tmp_path / "file", tmp_path / "other"
    path.write_bytes(bytes(1000))
    other.hardlink_to(path)
    path.chmod(0o640)
    write_atomically(path, NEW)
    assert path.samefile(other)
    assert other.read_bytes() == NEW
    assert stat.S_IMODE(other.stat().st_mode) == 0o640
    assert sorted(tmp_path.iterdir()) == [path, other]


END_AT_FSYNC = (
    "import errno, os, sys; from pathlib import Path\n"
    "from playground.spec.files.storage import write_atomically\n"
    "calls, sync = [], os.fsync\n"
    "def end(descriptor):\n"
    "    calls.append(descriptor)\n"
    "    if len(calls) == 2:\n        {end}\n"
    "    sync(descriptor)\n"
    "os.fsync = end\n"
    "write_atomically(Path(sys.argv[1]), sys.argv[2].encode())\n"
)


@pytest.mark.parametrize(
    ("end", "left"), [("os._exit(9)", 3), ("raise OSError(errno.EIO, 'no')", 2)], ids=["killed", "failed"]
)
def test_a_file_of_several_names_that_is_half_overwritten_is_still_whole_somewhere(
    tmp_path: Path, end: str, left: int
) -> None:
    path = tmp_path / "file"
    path.write_bytes(OLD)
    (tmp_path / "other").hardlink_to(path)
    command = [sys.executable, "-c", END_AT_FSYNC.format(end=end), path, NEW.decode()]
    subprocess.run(command, check=False, timeout=60)
    assert len(list(tmp_path.iterdir())) == left
    whole = path if left == 2 else next(tmp_path.glob(".*.part"))
    assert whole.read_bytes() == NEW


@pytest.mark.skipif(sys.platform != "linux", reason="extended attributes")
def test_a_replaced_file_keeps_its_attributes_and_owner(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(OLD)
    try:
        os.setxattr(path, "user.comment", b"kept")
    except OSError:
        pytest.skip("this file system has no extended attributes")
    if os.geteuid() == 0:
        os.chown(path, 65534, 65534)
    before = path.stat()
    write_atomically(path, NEW)
    after = path.stat()
    assert os.getxattr(path, "user.comment") == b"kept"
    assert (after.st_uid, after.st_gid, after.st_mode) == (before.st_uid, before.st_gid, before.st_mode)


def test_a_new_file_has_the_mode_that_the_umask_leaves(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write_atomically(tmp_path / "file", NEW)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o644


@pytest.mark.parametrize(("number", "written"), [(errno.EINVAL, True), (errno.EIO, False)])
def test_only_a_file_system_that_does_not_sync_folders_is_excused(
    number: int, written: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def failing(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", failing)
    with contextlib.nullcontext() if written else pytest.raises(FileError, match=os.strerror(number)):
        write_atomically(tmp_path / "file", NEW)


def test_a_write_that_fails_midway_leaves_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(OLD)
    program = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from playground.spec.files.storage import FileError, write_atomically\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n    write_atomically(Path(sys.argv[1]), bytes(5000))\n"
        "except FileError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"“{path}” was not saved: it is larger than files may be on that disk.")
    assert only_file(tmp_path).read_bytes() == OLD


@pytest.fixture
def read_only_folder() -> Iterator[Path]:
    """A folder with a file in it, into which nobody may write; a superuser becomes somebody else for it."""
    superuser = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "file").write_bytes(OLD)
        (folder / "file").chmod(0o666)
        folder.chmod(0o555)
        if superuser:
            os.seteuid(65534)
        try:
            yield folder
        finally:
            if superuser:
                os.seteuid(0)
            folder.chmod(0o755)


def test_read_only_folder_leaves_the_old_file_whole(read_only_folder: Path) -> None:
    path = read_only_folder / "file"
    with pytest.raises(FileError, match=r"you may not write there\. Save it elsewhere\."):
        write_atomically(path, NEW)
    assert only_file(read_only_folder).read_bytes() == OLD


def test_nothing_is_left_in_a_read_only_folder(read_only_folder: Path) -> None:
    path = read_only_folder / "new"
    with pytest.raises(FileError, match=r"“.*new” was not saved: you may not write there"):
        write_atomically(path, NEW)
    assert [item.name for item in read_only_folder.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("folder", "it is a folder"),
        ("missing/file", "its folder does not exist"),
        ("file/file", "a part of its path is not a folder"),
        ("x" * 300, "the name is too long"),
    ],
)
def test_impossible_places_are_named(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(OLD)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(FileError, match=message):
        write_atomically(tmp_path / name, NEW)
    assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "file").read_bytes() == OLD


def test_a_pipe_or_device_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileError, match="it is a device, a pipe or a socket"):
        write_atomically(tmp_path / "pipe", NEW)
    assert stat.S_ISFIFO(only_file(tmp_path).stat().st_mode)


def test_the_longest_name_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("字" * 85)  # 255 bytes
    write_atomically(path, NEW)
    assert only_file(tmp_path) == path


def test_too_large_a_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with open(path, "wb") as file:
        file.truncate(200_000_000_000)  # sparse: reading it would take minutes and more memory than there is
    with pytest.raises(FileError, match=r"“.*large” is too large .*: 200.0 GB, where at most 4.0 MB are expected"):
        read_bounded(path, 4_000_000)


def test_largest_allowed_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(OLD)
    assert read_bounded(path, len(OLD)) == OLD
    with pytest.raises(FileError, match="too large"):
        read_bounded(path, len(OLD) - 1)


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="does not exist"):
        read_bounded(tmp_path / "missing", 10)
    with pytest.raises(FileError, match="but a folder"):
        read_bounded(tmp_path, 10)
    os.mkfifo(tmp_path / "pipe")  # opening it would wait for ever
    with pytest.raises(FileError, match="but a device, a pipe or a socket"):
        read_bounded(tmp_path / "pipe", 10)
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(FileError, match="leads back to itself"):
        read_bounded(tmp_path / "loop", 10)


def test_a_long_path_loses_its_middle() -> None:
    assert shown("a" * 200) == "a" * 200
    assert shown("a" * 150 + "b" * 150) == "a" * 100 + "…" + "b" * 100


@pytest.mark.timeout(20)
def test_a_pipe_is_refused_also_where_it_takes_a_files_place_after_the_check(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a regular file"):
        open_file(tmp_path / "pipe")  # which would wait for someone to write


def test_names_that_are_no_text_can_be_shown(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    with pytest.raises(FileError) as caught:
        read_bounded(path, 10)
    assert str(caught.value).encode()


def test_unknown_errors_keep_the_systems_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def failing(descriptor: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    (tmp_path / "file").write_bytes(OLD)
    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(FileError, match=os.strerror(errno.EIO)):
        write_atomically(tmp_path / "file", NEW)
    assert only_file(tmp_path).read_bytes() == OLD


def test_an_error_without_a_number_is_told_in_its_own_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def failing(descriptor: int) -> None:
        raise OSError("no number")

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(FileError, match=r"was not saved: .*no number"):
        write_atomically(tmp_path / "file", NEW)


def test_a_name_that_is_no_unicode_cannot_be_stored() -> None:
    assert is_namable("Zoë.csv")
    assert not is_namable("Zo\udceb.csv")
