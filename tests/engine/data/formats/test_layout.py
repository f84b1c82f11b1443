"""Tables as people write them: separators, line ends, comments, headers, encodings, and what is wrong with them."""

from __future__ import annotations

import pytest

from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.delimited import Rows
from playground.engine.data.formats.encoding import decoded
from playground.engine.data.formats.layout import found_rows
from playground.spec.data.skipped import Skips
from playground.spec.data.table_reading import ReadingChoice


def rows(text: str, skips: Skips | None = None, **choice: object) -> Rows:
    return found_rows(text, ReadingChoice(**choice), "utf-8", "a.csv", skips or Skips())[0]  # type: ignore[arg-type]


def cells_of(found: Rows) -> list[list[str]]:
    return list(map(list, found.by_row()))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|", ":", " "])
def test_the_separator_is_found(separator: str, end: str) -> None:
    text = end.join(separator.join(row) for row in (("name", "size"), ('"a b"', "1.5"), ("c", "2"), ("", "")))
    found = rows(text)
    assert (found.reading.separator, found.names, found.reading.header) == (separator, ("name", "size"), 1)
    assert cells_of(found) == [["a b", "1.5"], ["c", "2"]]
    assert found.numbers == [2, 3]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ('name,size\n"a, b",1\nc,2\n', [["a, b", "1"], ["c", "2"]]),
        ("x;y\n1,5;2,5\n3,5;4,0\n", [["1,5", "2,5"], ["3,5", "4,0"]]),
        ("x;y;n\n1,5;2,5;7\n3,5;4,0;8\n", [["1,5", "2,5", "7"], ["3,5", "4,0", "8"]]),
        (
            "when;x\n2025-12-31 12:30;1,5\n2026-01-01 12:45;2,5\n",
            [["2025-12-31 12:30", "1,5"], ["2026-01-01 12:45", "2,5"]],
        ),
        ("   x      y\n 1.5    20\n12.5     3\n", [["1.5", "20"], ["12.5", "3"]]),
        (
            "Name         Home town   Age\nAnna Smith   New York     31\nBo           Rome          7\n"
            "Cy Young                  8\n",
            [["Anna Smith", "New York", "31"], ["Bo", "Rome", "7"], ["Cy Young", "", "8"]],
        ),
        (
            "Name       Age City\nAnna Smith  31 Rome\nBo           7 New York\nCyrus Li    12 Oslo\n",
            [["Anna Smith", "31", "Rome"], ["Bo", "7", "New York"], ["Cyrus Li", "12", "Oslo"]],
        ),
        ("Mean size  n\n---------  -\n1,5  7\n12,5  8\n", [["1,5", "7"], ["12,5", "8"]]),
        (
            "Anna Smith   31\nBo Diddly   7\nCy Young   55\n",
            [["Anna Smith", "31"], ["Bo Diddly", "7"], ["Cy Young", "55"]],
        ),
        ("kind\ttext\nham\tno, it is\nspam\tyes, it is\n", [["ham", "no, it is"], ["spam", "yes, it is"]]),
        ("t,x\n27:00:01,1\n28:10:02,2\n", [["27:00:01", "1"], ["28:10:02", "2"]]),
        ("a;b\n1,23,456.50;1\n2,23,456.50;2\n", [["1,23,456.50", "1"], ["2,23,456.50", "2"]]),
        ("sep=;\nx;y\n1,0;2\n2,0;4\n", [["1,0", "2"], ["2,0", "4"]]),
        ("x;y\n1 234,5;2\n2 000,1;4\n", [["1 234,5", "2"], ["2 000,1", "4"]]),
        ("town,n\nNew York,5\nLos Angeles,6\n", [["New York", "5"], ["Los Angeles", "6"]]),
        ("x,y,\n1,2,\n3,4,\n", [["1", "2"], ["3", "4"]]),
        ("# made today\n# by, me\nx,y\n1,2\n# half, way, there\n3,4\n", [["1", "2"], ["3", "4"]]),
        ("x,colour\n1,#ff0000\n2,#00ff00\n", [["1", "#ff0000"], ["2", "#00ff00"]]),
        ("colour,x\n#ff0000,1\n#00ff00,2\n", [["#ff0000", "1"], ["#00ff00", "2"]]),
    ],
)
def test_cells_are_what_the_writer_meant(text: str, cells: list[list[str]]) -> None:
    assert cells_of(rows(text)) == cells


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a,b\n1,2\n", ("a", "b")),
        ("1,2\n3,4\n", ("column 1", "column 2")),
        ("red,1\nblue,2\n", ("column 1", "column 2")),
        ("a,a\n1,2\n", ("a", "a 2")),
        (",b\n0,2\n1,5\n", ("index", "b")),
        (",b,c\nx,2,3\ny,5,4\n", ("index", "b", "c")),
        (",0,1\n0,2.5,3\n1,5.5,4\n", ("index", "0", "1")),
        ("red,big\nblue,small\nred,big\n", ("column 1", "column 2")),
        ("colour,size\nblue,small\nred,big\n", ("colour", "size")),
        ("place,2019,2020\nA,1,2\nB,3,4\nA,5,6\n", ("place", "2019", "2020")),
        ("2019,2020\n1,2\n3,4\n", ("2019", "2020")),
        ("2019,2020\n2018,2021\n2017,2022\n", ("column 1", "column 2")),
        ("A,2019\nB,1800\nC,2400\n", ("column 1", "column 2")),
        ("mass,length\nkg,m\n1,2\n3,4\n", ("mass [kg]", "length [m]")),
        ("name,mass,count\n,[kg],-\na,1,2\nb,3,4\n", ("name", "mass [kg]", "count")),
        ("when,x\n2025-01-01,1\n2025-01-02,2\n", ("when", "x")),
        ("a,b\n?,1\n2,3\n4,5\n", ("a", "b")),
    ],
)
def test_a_header_is_told_from_values(text: str, names: tuple[str, ...]) -> None:
    assert rows(text).names == names


def test_years_as_names_are_remarked_upon() -> None:
    _, remarks = found_rows("p,2019,2020\nA,1,2\nB,3,4\n", ReadingChoice(), "utf-8", "a.csv", Skips())
    assert [str(item) for item in remarks] == [
        "The first row, with 2019, 2020, was read as the names of the columns, not as values."
    ]


def test_what_the_user_decides_is_not_found_anew() -> None:
    assert cells_of(rows("1,2;3\n4,5;6\n", separator=",")) == [["1", "2;3"], ["4", "5;6"]]
    assert cells_of(rows("a,b\n1,2\n", header=0)) == [["a", "b"], ["1", "2"]]
    assert cells_of(rows("#a,b\n#1,2\n", comment="")) == [["#1", "2"]]


def test_rows_of_another_width_are_listed() -> None:
    skips = Skips()
    found = rows("a,b\n1,2\n\n3\n4,5,6\n7,8\n", skips)
    assert cells_of(found) == [["1", "2"], ["7", "8"]]
    assert found.numbers == [2, 6]
    assert [(item.where, str(item.why), item.row) for item in skips.listed] == [
        ("row 4", "1 cells instead of 2", 4),
        ("row 5", "3 cells instead of 2", 5),
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "word", "one\ntwo\n", "some words\nand some more words\nin lines\n"])
def test_what_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(Damaged, match="not a table"):
        rows(text)


@pytest.mark.parametrize("text", [";;;\n;;;\n", ",\n", "\t\t\n\t\t\n\n", "sep=;\n;;\n", ",,\r,,\r"])
def test_a_file_of_separators_alone_is_refused(text: str) -> None:
    with pytest.raises(Damaged, match=r"no values|not a table"):
        rows(text)


def test_encodings_are_found() -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        assert decoded("Größe, 5 €".encode(encoding), "file") == ("Größe, 5 €", encoding)
    assert decoded("Größe".encode("cp850"), "file", "cp850") == ("Größe", "cp850")
    for damaged in (b"a\0b", b"\xff\xfe\x00"):
        with pytest.raises(Damaged):
            decoded(damaged, "file")


def test_a_title_to_which_separators_were_added_stands_above_the_table() -> None:
    text = "Prices,,\n\nby me,,\nname,size,n\na,1,2\nb,,\n"
    found, remarks = found_rows(text, ReadingChoice(), "utf-8", "a.csv", Skips())
    assert (found.names, cells_of(found), found.reading.before) == (
        ("name", "size", "n"),
        [["a", "1", "2"], ["b", "", ""]],
        3,
    )
    assert list(map(str, remarks)) == ["The table begins below the first 3 lines."]
    assert not found_rows("sep=;\nx;y\n1;2\n", ReadingChoice(), "utf-8", "a.csv", Skips())[1]
    assert rows("x,\n1,2\n3,4\n").reading.before == 0


REST = [["d", "3", "x"], ["e", "4", "y"]]


def test_names_that_lack_the_first_are_those_of_the_other_columns() -> None:
    text = '"size" "kind"\n"a b" 1.5 "x"\n"c" 2 "y"\n"d" 3 "x"\n"e" 4 "y"\n'
    found = rows(text)
    assert (found.names, cells_of(found)) == (("index", "size", "kind"), [["a b", "1.5", "x"], ["c", "2", "y"], *REST])
    assert rows(text, header=0).names == ("column 1", "column 2", "column 3")
    assert rows("size,kind\na,1,x\na,2,y\n").names == ("column 1", "column 2", "column 3")  # which name is lacking?


def test_quotes_behind_a_backslash_are_told() -> None:
    def remarks(cell: str) -> list[str]:
        text = "name,quote,kind\n" + "".join(f'n{number},"{cell}",{"ab"[number % 2]}\n' for number in range(20))
        return list(map(str, found_rows(text, ReadingChoice(), "utf-8", "some.csv", Skips())[1]))

    assert remarks(r"he said \"yes\"") == [
        "The file has quotes behind a backslash, which end a cell here. A quote within a cell is written as two "
        "quotes: in R with qmethod = “double”."
    ]
    assert remarks('he said ""yes""') == []
    assert remarks("C:\\data\\") == []
