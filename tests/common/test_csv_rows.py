"""CSV files from anywhere, and from nowhere good."""

from __future__ import annotations

import codecs
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from masthead.common import csv_rows
from masthead.common.csv_rows import Block, Broken, Record, Unreadable, Why


def rows(path: Path, content: bytes) -> list[Record | Broken]:
    path.write_bytes(content)
    return list(csv_rows.read(path, csv_rows.survey(path)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file.csv"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("email,name\na@example.org,Zoë\n".encode(), "utf-8"),
        (codecs.BOM_UTF8 + "email,name\na@example.org,Zoë\n".encode(), "utf-8"),
        ("email,name\na@example.org,Zoë\n".encode("utf-16"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + "email,name\na@example.org,Zoë\n".encode("utf-16-be"), "utf-16-be"),
        ("email,name\na@example.org,Zoë\n".encode("utf-16-le"), "utf-16-le"),
        ("email,name\na@example.org,Zoë\n".encode("latin-1"), "cp1252"),
        ("email,name\na@example.org,Zoë\n".encode("cp1252"), "cp1252"),
    ],
)
def test_every_usual_encoding_is_found_out(path: Path, content: bytes, encoding: str) -> None:
    found = rows(path, content)
    assert csv_rows.survey(path).encoding == encoding
    assert found == [Record(1, ["email", "name"]), Record(2, ["a@example.org", "Zoë"])]


def test_windows_quotation_marks_survive(path: Path) -> None:
    assert rows(path, b"email,name\na@example.org,\x93Ann\x94\n")[1] == Record(2, ["a@example.org", "“Ann”"])


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        ("Łukasz Wiśniewski, Kraków", "cp1250"),
        ("Анна Петрова", "cp1251"),
        ("Анна Петрова", "koi8_r"),
        ("محمد علي", "cp1256"),
        ("علي رضا پژمان", "cp1256"),
        ("Zoë Müller", "mac_roman"),
        ("Анна Петрова Иванова", "mac_cyrillic"),
    ],
)
def test_eight_bit_encodings_are_told_by_their_words(path: Path, words: str, encoding: str) -> None:
    assert rows(path, f"email;name\na@example.org;{words}\n".encode(encoding))[1] == Record(2, ["a@example.org", words])
    assert csv_rows.survey(path).encoding == encoding


def test_a_file_put_together_from_two_encodings_is_read_line_by_line(path: Path) -> None:
    content = "email,name\na@example.org,Zoë\nb@example.org,Léa\n".encode() + b"c@example.org,Zo\xeb\n" + b"d@example.org,Dan\n"
    assert rows(path, content)[3:] == [Record(4, ["c@example.org", "Zoë"]), Record(5, ["d@example.org", "Dan"])]
    layout = csv_rows.survey(path)
    assert (layout.encoding, layout.eight_bit) == ("utf-8", "cp1252")


def test_an_encoding_can_be_said_and_must_exist(path: Path) -> None:
    path.write_bytes("email,name\na@example.org,Ζωή\n".encode("iso8859-7"))
    layout = csv_rows.survey(path, encoding="iso-8859-7")
    assert list(csv_rows.read(path, layout))[1] == Record(2, ["a@example.org", "Ζωή"])
    with pytest.raises(Unreadable) as caught:
        csv_rows.survey(path, encoding="klingon")
    assert caught.value.why is Why.NO_SUCH_ENCODING


def test_bytes_that_the_encoding_has_no_letter_for_cost_their_own_line(path: Path) -> None:
    path.write_bytes(b"email,name\na@example.org,Zo\xeb\nb@example.org,\x81\n")
    layout = csv_rows.survey(path, encoding="cp1252")
    assert list(csv_rows.read(path, layout))[1:] == [Record(2, ["a@example.org", "Zoë"]), Broken(3, Why.UNDECODABLE)]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_every_usual_separator_is_found_out(path: Path, separator: str) -> None:
    content = f'email{separator}name\na@example.org{separator}"Marin{separator} Rosa, Ms; Dr"\n'
    assert rows(path, content.encode())[1] == Record(2, ["a@example.org", f"Marin{separator} Rosa, Ms; Dr"])


def test_the_separator_line_of_excel_is_obeyed(path: Path) -> None:
    assert rows(path, b"sep=;\r\nemail;name\r\na@example.org;A, B\r\n") == [
        Record(2, ["email", "name"]),
        Record(3, ["a@example.org", "A, B"]),
    ]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_every_line_end_counts_the_same(path: Path, end: bytes) -> None:
    found = rows(path, end.join([b"email", b"", b"a@example.org", b"b@example.org"]))
    assert found == [Record(1, ["email"]), Record(3, ["a@example.org"]), Record(4, ["b@example.org"])]
    assert csv_rows.survey(path).lines == 4


def test_a_quoted_cell_may_hold_lines_and_quotation_marks(path: Path) -> None:
    assert rows(path, b'email,name\na@example.org,"Rosa\r\n""Ro"" Marin"\nb@example.org,B\n') == [
        Record(1, ["email", "name"]),
        Record(2, ["a@example.org", 'Rosa\n"Ro" Marin']),
        Record(4, ["b@example.org", "B"]),
    ]


def test_a_quotation_mark_in_mid_cell_is_a_character(path: Path) -> None:
    assert rows(path, b'email,note\na@example.org,5" disk\nb@example.org,B\n')[1:] == [
        Record(2, ["a@example.org", '5" disk']),
        Record(3, ["b@example.org", "B"]),
    ]


def test_a_quote_that_never_closes_costs_its_own_line_only(path: Path) -> None:
    body = b"".join(b"r%d@example.org,R\n" % number for number in range(5000))
    found = rows(path, b'email,name\na@example.org,"Rosa\n' + body)
    assert found[1] == Broken(2, Why.QUOTE_OPEN)
    assert found[2] == Record(3, ["r0@example.org", "R"])
    assert len(found) == 5002


def test_nul_bytes_and_long_lines_cost_their_own_lines(path: Path) -> None:
    long = b"x" * (csv_rows.LONGEST_LINE + 1)
    found = rows(path, b"email\na\0@example.org\n" + long + b"\r\nb@example.org")
    assert found == [Record(1, ["email"]), Broken(2, Why.NUL), Broken(3, Why.LINE_TOO_LONG), Record(4, ["b@example.org"])]


def test_a_line_of_many_megabytes_takes_no_memory(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"email\n")
        for _ in range(40):
            file.write(b"x" * (1 << 20))
        file.write(b"\na@example.org\n")
    layout = csv_rows.survey(path)
    assert layout.lines == 3
    assert list(csv_rows.read(path, layout))[1:] == [Broken(2, Why.LINE_TOO_LONG), Record(3, ["a@example.org"])]


def test_too_many_columns_cost_their_own_line(path: Path) -> None:
    found = rows(path, b"email,name\n" + b"," * 9999 + b"\na@example.org,A\n")
    assert found[1:] == [Broken(2, Why.TOO_MANY_COLUMNS), Record(3, ["a@example.org", "A"])]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", Why.EMPTY_FILE),
        (b" \n\r\n\t", Why.EMPTY_FILE),
        (b"PK\x03\x04" + b"\0" * 50, Why.NOT_CSV),
        (b"%PDF-1.7", Why.NOT_CSV),
        ("email\na@example.org".encode("utf-32"), Why.UTF_32),
    ],
)
def test_what_is_no_csv_file_is_refused_as_a_whole(path: Path, content: bytes, why: Why) -> None:
    path.write_bytes(content)
    with pytest.raises(Unreadable) as caught:
        csv_rows.survey(path)
    assert caught.value.why is why


def test_quotation_marks_do_not_make_reading_slow(path: Path) -> None:
    content = b"email\n" + b'"\n' + b'""\n' * 200_000
    started = perf_counter()
    rows(path, content)
    assert perf_counter() - started < 60  # looking back at each of them would take hours


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader_and_line_numbers_only_rise(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        layout = csv_rows.survey(path)
    except Unreadable:
        return
    records = list(csv_rows.read(path, layout))
    lines = [entry.line for entry in records]
    assert lines == sorted(set(lines))
    assert not lines or lines[-1] <= layout.lines
    assert in_blocks(path, layout) == records


def in_blocks(path: Path, layout: csv_rows.Layout) -> list[Record | Broken]:
    """What blocks hold, record by record."""
    found: list[Record | Broken] = []
    for entry in csv_rows.read_blocks(path, layout):
        if isinstance(entry, Block):
            read = (csv_rows.record(number, text, entry.separator) for number, text in enumerate(entry.texts, entry.line))
            found += [record for record in read if record is not None]
        else:
            found.append(entry)
    return found


def test_lines_come_in_blocks_where_each_stands_for_itself(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_text("sep=;\nemail;name\n" + "".join(f"r{number}@example.org;Rosa\n\n" for number in range(9)))
    layout = csv_rows.survey(path)
    first, block = csv_rows.read_blocks(path, layout)
    assert first == Record(2, ["email", "name"])
    assert isinstance(block, Block)
    assert (block.line, len(block.texts), block.separator) == (3, 18, ";")
    monkeypatch.setattr(csv_rows, "_BLOCK", 20)
    path.write_text('email,name\na@example.org,"Rosa\nMarin"\nb@example.org,"Leo\nc@example.org,Ida\nd@example.org,Kim\n')
    layout = csv_rows.survey(path)
    assert in_blocks(path, layout) == list(csv_rows.read(path, layout))
    assert [entry.line for entry in in_blocks(path, layout)] == [1, 2, 4, 5, 6]
