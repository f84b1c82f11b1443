"""Labelled texts on the command line: from a table of texts to a label for each line of another file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from playground.cli.main import main
from tests.spreadsheets import xlsx

Output = pytest.CaptureFixture[str]
NOISE = ("tree", "river", "stone", "cloud", "paper")


@pytest.fixture
def reviews(tmp_path: Path) -> str:
    path = tmp_path / "reviews.csv"
    words = [(NOISE[n % 5], ("lovely", "awful")[n % 2], NOISE[n * 7 % 3], NOISE[n // 5 % 5]) for n in range(150)]
    rows = [f"{' '.join(row)} {n},{('good', 'bad')[n % 2]}" for n, row in enumerate(words)]
    path.write_text("\n".join(["review,label", *rows]))
    return str(path)


def test_texts_are_trained_at_once_and_lines_are_answered(reviews: str, tmp_path: Path, capsys: Output) -> None:
    network, lines = str(tmp_path / "r.safetensors"), tmp_path / "lines.txt"
    command = ["train", reviews, "--target", "label", "--epochs", "15", "--no-store", "--json", "--out", network]
    assert main(command) == 0
    said = capsys.readouterr()
    told = "“reviews.csv” is read as labelled texts: the text is “review”, the label “label”."
    assert said.err.splitlines()[0] == told
    done = json.loads(said.out.splitlines()[-1])
    assert (done["event"], done["test_score"]) == ("done", 1.0)
    Path(reviews).unlink()  # the network answers without it
    lines.write_text("a lovely tree\n\nthe awful river 你\n", encoding="utf-8")
    assert main(["predict", network, str(lines), "--json"]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(item["place"], item["answer"]) for item in answers] == [("line 1", "good"), ("line 3", "bad")]
    assert sum(answers[0]["probabilities"].values()) == pytest.approx(1.0)


def test_a_column_of_texts_can_be_named_and_a_wrong_one_is_refused(
    reviews: str, tmp_path: Path, capsys: Output
) -> None:
    wide = tmp_path / "wide.csv"
    header, *rows = Path(reviews).read_text().splitlines()
    wide.write_text("\n".join([f"{header},stars", *(f"{row},{n % 3}" for n, row in enumerate(rows))]))
    command = ["train", str(wide), "--epochs", "1", "--no-store", "--json", "--text"]
    assert main([*command, "review", "--target", "stars"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["event"] == "done"
    assert main([*command, "stars"]) == 2
    assert "wide.csv has no texts “stars”. It has: review, label." in capsys.readouterr().err
    assert main([*command, "review", "--target", "review"]) == 2
    assert "wide.csv has no column “review” that can be predicted. It has: label, stars." in capsys.readouterr().err
    assert main(["train", "iris", "--text", "species", "--no-store"]) == 2
    assert "--text names a column of a table, but iris is none." in capsys.readouterr().err


def test_labelled_texts_are_inspected_in_a_table_and_in_folders(reviews: str, tmp_path: Path, capsys: Output) -> None:
    assert main(["inspect", reviews, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["kind"], found["texts"], found["text"], found["label"]) == ("labelled texts", 150, "review", "label")
    assert found["classes"] == {"bad": 75, "good": 75}
    for name, word in (("up", "rise"), ("down", "fall")):
        (tmp_path / "folder" / name).mkdir(parents=True)
        for number in range(8):
            (tmp_path / "folder" / name / f"{number}.txt").write_text(f"they {word} again {number}")
    assert main(["inspect", str(tmp_path / "folder"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["classes"], found["encoding"]) == ({"down": 8, "up": 8}, "utf-8")
    assert main(["inspect", str(tmp_path / "folder")]) == 0
    assert capsys.readouterr().out.startswith("16 labelled texts; text “text”, label “folder”")


def test_texts_of_a_table_are_read_from_their_column(reviews: str, tmp_path: Path, capsys: Output) -> None:
    network = str(tmp_path / "r.safetensors")
    assert main(["train", reviews, "--epochs", "15", "--no-store", "--json", "--out", network]) == 0
    capsys.readouterr()

    def answers(name: str, text: str, *options: str) -> list[tuple[str, str | None]]:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        main(["predict", network, str(path), "--json", *options])
        found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        return [(item.get("place", ""), item.get("answer", item.get("error"))) for item in found]

    two = [("row 2", "good"), ("row 3", "bad")]
    wide = "note,Review,stars\nan awful one,a lovely tree,3\nso lovely a note,the awful river,1\n"
    assert answers("wide.csv", wide) == two
    assert answers("other.csv", "n;words\n1;a lovely tree\n2;the awful river\n") == two  # the only texts
    assert answers("one.csv", "review\na lovely tree, yes\nthe awful river: no\n") == two
    assert answers("gap.csv", "n,review\n1,a lovely tree\n2,\n") == [two[0], ("row 3", "no value for review")]
    assert answers("lines.txt", "a lovely tree, yes\n") == [("line 1", "good")]
    ((_, none),) = answers("none.csv", "x,y\n1,2\n3,4\n")
    assert str(none).endswith("no column “review”, from which the network learned, and no column of texts: x, y.")
    ((_, several),) = answers("several.csv", "x,y\na lovely tree,a lovely tree\nan awful one,a river in it\n")
    assert "several columns of texts: x, y. Give the name “review” to one of them." in str(several)
    book = tmp_path / "book.xlsx"
    book.write_bytes(xlsx({"old": [["n", "review"], [1, "a lovely tree"]], "new": [["review"], ["an awful tree"]]}))
    assert main(["predict", network, str(book), "--sheet", "new"]) == 0
    assert capsys.readouterr().out.startswith(f"{book}, row 2: bad ")


def test_one_column_is_enough_for_a_network_with_one_input(tmp_path: Path, capsys: Output) -> None:
    network, path = str(tmp_path / "n.safetensors"), tmp_path / "one.csv"
    path.write_text("\n".join(["size;colour", *(f"{n % 13},5;{'red' if n % 13 < 6 else 'blue'}" for n in range(80))]))
    assert main(["train", str(path), "--epochs", "15", "--no-store", "--json", "--out", network]) == 0
    capsys.readouterr()
    for text, rows in (("size\n1,5\n11,5\n", (2, 3)), ("1.5\n11.5\n", (1, 2)), ("SIZE\n1.5\n11.5\n", (2, 3))):
        path.write_text(text)
        assert main(["predict", network, str(path), "--json"]) == 0
        found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert [(item["place"], item["answer"]) for item in found] == [
            (f"row {rows[0]}", "red"),
            (f"row {rows[1]}", "blue"),
        ]
    path.write_text("weight\n1.5\n11.5\n")
    assert main(["predict", network, str(path)]) == 1
    assert "lacks columns that the network needs: size. It has: weight." in capsys.readouterr().err


def test_a_column_of_repeated_sentences_is_chosen_as_text(tmp_path: Path, capsys: Output) -> None:
    path, sentences = tmp_path / "short.csv", ("it was good", "it was bad", "I liked it a lot", "never again please")
    path.write_text("\n".join(["review,label", *(f"{sentences[n % 4]},{('yes', 'no')[n % 2]}" for n in range(60))]))
    assert main(["inspect", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [column["kind"] for column in found["columns"]] == ["category", "category"]
    chosen = ["--column", "review:kind=text"]
    assert main(["inspect", str(path), *chosen, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["kind"], found["text"], found["classes"]) == ("labelled texts", "review", {"no": 30, "yes": 30})
    command = ["train", str(path), "--epochs", "2", "--no-store", "--json", *chosen]
    assert main(command) == 0
    assert capsys.readouterr().err.startswith("short.csv: 60 texts.")
    assert main([*command, "--column", "label:kind=text"]) == 2
    assert "Only one column can be the text, but there are several: label, review." in capsys.readouterr().err
    for order in ("inspect", "train"):
        assert main([order, str(path), "--column", "reviw:kind=text"]) == 2
        assert "short.csv has no texts “reviw”. It has: review, label." in capsys.readouterr().err
