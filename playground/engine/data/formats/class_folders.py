"""Reads the text files of a folder that holds a folder for each class."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.text_files import opened
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.labelled_summary import MOST_CLASSES, MOST_OTHERS, FileEncoding
from playground.spec.data.skipped import SkippedKind, Skips
from playground.spec.data.text_summary import MOST_BYTES
from playground.spec.files.storage import FileError, is_namable, shown, why_not_read
from playground.spec.messages import message

SUFFIX = ".txt"


@dataclass(slots=True)
class ClassFolders:
    """The texts in a folder, sorted by class and then by name; blank ones and links are left out."""

    texts: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    encodings: dict[str, str] = field(default_factory=dict)  # of each text, by its path in the folder
    sha256: str = ""  # of names and contents

    @property
    def encoding(self) -> str:
        """The commonest encoding."""
        return Counter(self.encodings.values()).most_common(1)[0][0] if self.encodings else "utf-8"

    @property
    def others(self) -> tuple[FileEncoding, ...]:
        """The texts in other encodings."""
        usual = self.encoding
        odd = ((name, encoding) for name, encoding in self.encodings.items() if encoding != usual)
        return tuple(FileEncoding(name=name, encoding=encoding) for name, encoding in odd)


def class_folders(
    folder: Path,
    skips: Skips,
    encoding: str | None = None,
    progress: Callable[[int], object] = int,
    others: Mapping[str, str] | None = None,
    *,
    checked: bool = False,
) -> ClassFolders:
    """Read the texts, in the given encoding or in the one that each seems to have.

    progress: gets the number of texts so far.
    others: the encodings of texts, by their paths in the folder, that are not in `encoding`.
    checked: whether files that do not seem to be texts are left out although their encoding is given.

    Raises:
        FileError: the folder cannot be read.
        Damaged: its texts are too large.
        Cancelled: see `stop_if_cancelled`.
    """
    found, digest, room = ClassFolders(), hashlib.sha256(), MOST_BYTES
    for number, path in enumerate(_files(folder, skips), 1):
        stop_if_cancelled()
        progress(number)
        name = f"{path.parent.name}/{path.name}"
        try:
            if checked:
                opened(path, name, None)
            file = opened(path, name, (others or {}).get(name, encoding))
            text = "".join(file.pieces()).strip()
        except (FileError, Damaged) as error:
            skips.add(SkippedKind.FILE, shown(name), error.message)
            continue
        room -= len(file.data)
        if room < 0:
            raise Damaged(shown(folder), message("all its files together are larger than 100 MB"))
        if not text:
            skips.add(SkippedKind.FILE, shown(name), message("it is empty"))
            continue
        digest.update(f"{name}\0{file.part.sha256}\n".encode(errors="surrogateescape"))
        found.texts.append(text)
        found.labels.append(path.parent.name)
        found.encodings[name] = file.part.encoding
    if len(found.others) > MOST_OTHERS:
        words = message("more than {most:,} of its files are in other encodings than most", most=MOST_OTHERS)
        raise Damaged(shown(folder), words)
    found.sha256 = digest.hexdigest()
    return found


def _files(folder: Path, skips: Skips) -> Iterator[Path]:
    folders = [item for item in _listed(folder, skips) if item.is_dir() and not item.is_symlink()]
    for item in folders[:MOST_CLASSES]:
        for path in _listed(item, skips):
            if path.suffix.lower() == SUFFIX and path.is_file() and not path.is_symlink():
                yield path
            else:
                skips.add(SkippedKind.FILE, shown(f"{item.name}/{path.name}"), message("not a text file (.txt)"))
    for item in folders[MOST_CLASSES:]:
        why = message("only the first {count} folders are used", count=MOST_CLASSES)
        skips.add(SkippedKind.CLASS, shown(item.name), why)


def _listed(folder: Path, skips: Skips) -> list[Path]:
    """The entries of a folder, without hidden ones and those whose names are no text, sorted by name."""
    try:
        found = sorted(item for item in folder.iterdir() if not item.name.startswith("."))
    except OSError as error:
        raise FileError(why_not_read(folder, error)) from error
    for item in found:
        if not is_namable(item.name):
            skips.add(SkippedKind.FILE, shown(item), message("its name is no text"))
    return [item for item in found if is_namable(item.name)]
