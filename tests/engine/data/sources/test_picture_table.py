"""Pictures that a table labels: how it is found and read, what is left out, and that nothing outside is touched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from playground.engine.data.in_memory import DataError, load
from playground.engine.data.sources.picture_folder import inspect
from playground.spec.data.picture_folder_summary import PictureFolder
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import read_experiment, write_experiment
from tests.engine.data.sources.test_picture_layouts import put, read, shades


def labelled(root: Path, count: int = 12, within: str = "", head: str = "file,label", suffix: str = ".csv") -> Path:
    """Pictures of brightness 0, 1, …, by turns dogs and cats, and the table that says so."""
    put(root, within or ".", count=count)
    rows = [f"{shade:03}.png,{('dog', 'cat')[shade % 2]}" for shade in range(count)]
    path = root / f"labels{suffix}"
    path.write_text("\n".join(([head] if head else []) + rows))
    return path


def source(root: Path) -> PictureFolder:
    found: PictureFolder = inspect(str(root)).source
    return found


@pytest.mark.parametrize("within", ["", "images"])
@pytest.mark.parametrize("head", ["file,label", ""])
def test_a_table_labels_pictures(tmp_path: Path, within: str, head: str) -> None:
    labelled(tmp_path, within=within, head=head)
    looked = inspect(str(tmp_path))
    assert (looked.source.classes, looked.source.counts) == (("cat", "dog"), (6, 6))
    assert looked.source.layout.table.within == within
    assert looked.source.layout.table.reading.header == (1 if head else 0)
    assert "“labels.csv” says what the pictures show" in str(looked.remarks[0])
    assert looked.skipped == ()
    _, loaded = read(tmp_path, validation_share=0.25)
    found = sorted(shades(loaded.train) + shades(loaded.validation) + shades(loaded.test))
    assert found == [(shade, (shade + 1) % 2) for shade in range(12)]


def test_paths_may_lead_into_folders_with_either_separator(tmp_path: Path) -> None:
    put(tmp_path, "all/old")
    put(tmp_path, "all/new", first=6)
    rows = [f"all/old/{shade:03}.png;{shade % 3}" for shade in range(6)]
    rows += [f".\\all\\new\\{shade:03}.png;{shade % 3 + 8}" for shade in range(6, 12)]
    (tmp_path / "names.tsv").write_text("\n".join(["path;number", *rows]))
    data, _ = read(tmp_path)
    assert data.source.classes == ("0", "1", "2", "8", "9", "10")


@pytest.mark.parametrize(
    ("head", "label"), [("name,half,Class,site", "Class"), ("name,half,kind,site", "half"), ("label,half,x,y", "half")]
)
def test_the_column_of_labels(tmp_path: Path, head: str, label: str) -> None:
    put(tmp_path, ".", count=12)
    rows = [f"{shade:03}.png,{shade // 6},{shade % 3},here" for shade in range(12)]
    (tmp_path / "labels.csv").write_text("\n".join([head, *rows]))
    assert source(tmp_path).layout.table.labels == label
    read(tmp_path)


def test_what_is_left_out(tmp_path: Path) -> None:
    root = tmp_path / "own"
    path = labelled(root)
    Image.new("L", (9, 9)).save(tmp_path / "outside.png")
    (root / "link.png").symlink_to(tmp_path / "outside.png")
    long = "x" * 300
    names = ("gone.png", "../outside.png", str(tmp_path / "outside.png"), "link.png", f"{long}.png", "C:\\a.png")
    rows = [*(f"{name},dog" for name in names), "003.png,dog", "100.png,", "101.png,lonely"]
    put(root, ".", first=100, count=3)
    (root / "notes.txt").write_text("x")
    (root / "006.png").write_bytes(b"no picture")
    path.write_text("\n".join([path.read_text(), *rows, "too,many,cells"]))
    looked = inspect(str(root))
    left_out = {item.where: str(item.why) for item in looked.skipped}
    assert [left_out.pop(f"row {14 + at}") for at in range(6)] == [
        f"there is no file “{name if name[0] != 'x' else left_out_name(long)}” in the folder" for name in names
    ]
    assert left_out == {
        "row 20": "a row above labels “003.png” already",
        "row 21": "no value for label",
        "row 23": "3 cells instead of 2",
        "100.png": "no row of “labels.csv” labels it",
        "102.png": "no row of “labels.csv” labels it",
        "link.png": "no row of “labels.csv” labels it",
        "notes.txt": "it is not a picture",
        "006.png": left_out["006.png"],
        "lonely": "a class with fewer than two pictures",
    }
    assert "not a picture" in left_out["006.png"]
    assert looked.source.counts == (6, 5)
    data, loaded = read(root)
    assert (3, 0) in shades(loaded.train) + shades(loaded.test)
    assert data.test_count == 2


def left_out_name(long: str) -> str:
    from playground.spec.files.storage import shown

    return shown(f"{long}.png")


def test_folders_of_classes_come_before_a_table(tmp_path: Path) -> None:
    labelled(tmp_path)
    put(tmp_path, "cats", "dogs", first=50)
    assert source(tmp_path).layout.table.file == ""


def test_a_table_without_labels_and_several_tables_are_refused(tmp_path: Path) -> None:
    path = labelled(tmp_path)
    other = tmp_path / "z.csv"
    other.write_text(path.read_text())
    with pytest.raises(DataError, match=r"several tables that name its pictures: “labels\.csv”, “z\.csv”"):
        inspect(str(tmp_path))
    other.write_text("a,b\n1,2\n3,4\n")  # a table of something else
    assert source(tmp_path).total == 12
    path.write_text(path.read_text().replace("cat", "dog"))
    with pytest.raises(DataError, match="names pictures, but no column of it holds 2 to 200 classes"):
        inspect(str(tmp_path))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace("001.png,cat", "001.png,dog"), "has changed since it was chosen"),
        (lambda text: text.replace("label", "kind"), "“labels.csv” has no column “label” any more"),
        (lambda text: text.replace("001.png,cat\n", "").replace("003.png", "001.png"), "has changed"),
        (lambda _text: "", "labels.csv"),
    ],
)
def test_a_table_that_changed_is_refused(tmp_path: Path, change: object, words: str) -> None:
    path = labelled(tmp_path)
    data = OwnPictures(source=source(tmp_path), side=8)
    path.write_text(change(path.read_text()))  # type: ignore[operator]
    with pytest.raises(DataError, match=words):
        load(data)


def test_the_table_is_kept_in_files(tmp_path: Path) -> None:
    labelled(tmp_path / "own", within="images")
    data = OwnPictures(source=source(tmp_path / "own"))
    write_experiment(Experiment(data=data), tmp_path / "kept.playground")
    assert read_experiment(tmp_path / "kept.playground").data == data


def test_contradictory_rows_of_swapped_labels_change_the_summary(tmp_path: Path) -> None:
    path = labelled(tmp_path)
    before = source(tmp_path)
    swapped = path.read_text().replace("000.png,dog", "000.png,cat").replace("001.png,cat", "001.png,dog")
    path.write_text(swapped)
    after = source(tmp_path)
    assert before.counts == after.counts
    assert before.sha256 != after.sha256
    assert np.unique(after.counts).tolist() == [6]


def test_names_of_pictures_may_lack_their_ending(tmp_path: Path) -> None:
    put(tmp_path, "images", count=12)
    rows = [f"{shade:03},{('dog', 'cat')[shade % 2]}" for shade in range(12)]
    (tmp_path / "labels.csv").write_text("\n".join(["id,breed", *rows, "999,dog"]))
    found = source(tmp_path)
    assert (found.classes, found.counts, found.layout.table.ending) == (("cat", "dog"), (6, 6), ".png")
    _, loaded = read(tmp_path)
    assert sorted(shades(loaded.train) + shades(loaded.test)) == [(shade, (shade + 1) % 2) for shade in range(12)]


def test_parts_without_folders_are_no_classes(tmp_path: Path) -> None:
    put(tmp_path, "train", count=12)
    put(tmp_path, "test", first=20, count=4)
    looked = inspect(str(tmp_path))
    assert looked.source.classes == ("test", "train")
    assert "The folders “test”, “train” are read as classes" in str(looked.remarks[0])
    for part, shades_of in (("train", range(12)), ("test", range(20, 24))):
        rows = [f"{shade:03}.png,{('dog', 'cat')[shade % 2]}" for shade in shades_of]
        (tmp_path / f"{part}.csv").write_text("\n".join(["file,label", *rows]))
    looked = inspect(str(tmp_path))
    assert (looked.source.classes, looked.source.counts) == (("cat", "dog"), (6, 6))
    assert (looked.source.layout.table.file, looked.source.layout.table.within) == ("train.csv", "train")
    assert str(looked.skipped[0].why) == "no row of “train.csv” labels it"


def test_names_of_pictures_in_other_letters(tmp_path: Path) -> None:
    put(tmp_path, "Images", count=12)
    for path in (tmp_path / "Images").iterdir():
        path.rename(path.with_name(f"Cat{path.stem}.PNG"))
    rows = [f"images/cat{shade:03}.png,{('dog', 'cat')[shade % 2]}" for shade in range(12)]
    (tmp_path / "labels.csv").write_text("\n".join(["file,label", *rows]))
    data, loaded = read(tmp_path)
    assert data.source.counts == (6, 6)
    found = sorted(shades(loaded.train) + shades(loaded.test))
    assert found == [(shade, (shade + 1) % 2) for shade in range(12)]
    Image.new("L", (10, 10), 200).save(tmp_path / "Images" / "CAT000.png")  # which of the two is meant is not known
    assert inspect(str(tmp_path)).source.counts == (6, 5)


def test_a_column_that_says_train_or_test_divides_the_pictures(tmp_path: Path) -> None:
    put(tmp_path, "images", count=16)
    parts = ["Train"] * 11 + ["val"] * 2 + ["TEST"] * 3
    rows = [f"{shade:03}.png,{parts[shade]},{('dog', 'cat')[shade % 2]}" for shade in range(16)]
    (tmp_path / "labels.csv").write_text("\n".join(["file,split,species", *rows]))
    looked = inspect(str(tmp_path))
    assert looked.source.classes == ("cat", "dog")
    assert str(looked.remarks[1]) == "“split” says which pictures are for training, validation and the test."
    assert [str(item).partition(";")[0] for item in looked.remarks[2:]] == [
        "The test pictures are those that “split” names",
        "The validation pictures are those that “split” names",
    ]
    _, loaded = read(tmp_path)
    for part, wanted in ((loaded.train, range(11)), (loaded.validation, (11, 12)), (loaded.test, range(13, 16))):
        assert sorted(shades(part)) == [(shade, (shade + 1) % 2) for shade in wanted]


@pytest.mark.parametrize("labels", [True, False])
def test_a_table_of_test_pictures_beside_that_to_train_with(tmp_path: Path, labels: bool) -> None:
    put(tmp_path, "images", count=16)
    for part, numbers in (("train", range(12)), ("test", range(12, 16))):
        rows = [f"{shade:03}.png" + f",{('dog', 'cat')[shade % 2]}" * (labels or part == "train") for shade in numbers]
        head = "file,label" if labels or part == "train" else "file"
        (tmp_path / f"{part}.csv").write_text("\n".join([head, *rows]))
    looked = inspect(str(tmp_path))
    assert (looked.source.layout.table.file, looked.source.counts) == ("train.csv", (6, 6))
    assert ("“test.csv” names pictures as well, and is not used" in str(looked.remarks[-1])) is labels
    assert "no row of “train.csv” labels it" in [str(item.why) for item in looked.skipped]
    if labels:
        (tmp_path / "val.csv").write_bytes((tmp_path / "test.csv").read_bytes())
        told = str(inspect(str(tmp_path)).remarks[-1])
        assert "“test.csv”, “val.csv” name pictures as well, and are not used" in told
