"""Every limit is told where it stops a file: what is too much, how much may be, and where that is raised."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from pipeline.drafting.opening import read_order
from pipeline.settings import Limits
from pipeline.wording import message
from pipeline.writing.registry import write_registry
from schemas.district import Registry, School
from schemas.remarks import load_catalogue
from schemas.strict import UsageError
from tests.batch import MARCH, order_form
from tests.order_form import FORM, REGISTRY
from tests.test_cache import with_an_endless_string
from tests.test_grid import with_rows, xlsx
from tests.test_holders import zipped
from tests.test_intake import intake_of, read_all
from tests.test_returned import order_form_file

NOISE = os.urandom(2 * 2**20)
RAISED = "увеличить: ключ {} в [limits] файла settings.toml"


def report() -> bytes:
    return order_form_file(order_form())


def many_sheets() -> bytes:
    def fill(book: xlsxwriter.Workbook) -> None:
        for _ in range(4):
            book.add_worksheet()

    return xlsx(fill)


def many_cells(rows: int) -> bytes:
    return with_rows("".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, rows + 1)))


def too_big_for_memory(folder: Path) -> bytes:
    path = folder / "книга"
    path.write_bytes(write_registry(FORM, REGISTRY, MARCH))  # its texts stand in a table of their own
    data = with_an_endless_string(path)
    path.unlink()
    return data


# Key -> name of the file, what it holds, the limits that it is above, and what is said of it.
ABOVE: dict[str, tuple[str, Callable[[Path], bytes], Limits, str]] = {
    "file_mb": (
        "отчёт.xlsx",
        lambda _: zipped({"xl/workbook.xml": NOISE}),
        Limits(file_mb=1),
        "он занимает 2 МБ (предел — 1 МБ; ",
    ),
    "archive_mb": (
        "отчёты.zip",
        lambda _: zipped({"1.xlsx": NOISE}),
        Limits(archive_mb=1),
        "он занимает 2 МБ (предел — 1 МБ; ",
    ),
    "unpacked_mb": (
        "отчёты.zip",
        lambda _: zipped({"1.xlsx": NOISE}),
        Limits(unpacked_mb=1),
        "в нём слишком много: 2 МБ (предел — 1 МБ; ",
    ),
    "zip_entries": (
        "отчёты.zip",
        lambda _: zipped({"1.xlsx": report(), "2.xlsx": report()}),
        Limits(zip_entries=1),
        "в нём слишком много: 2 файла (предел — 1; ",
    ),
    "sheets": ("отчёт.xlsx", lambda _: many_sheets(), Limits(sheets=3), "в книге 4 листа (предел — 3; "),
    "cells": (
        "отчёт.xlsx",
        lambda _: many_cells(101),
        Limits(cells=100),
        "на одном листе слишком много ячеек (предел — 100 ячеек; ",
    ),
    "seconds": (
        "отчёт.xlsx",
        lambda _: many_cells(1_000_000),
        Limits(seconds=1, cells=10**8, file_mb=999, unpacked_mb=999, memory_mb=8_000),
        "чтение не закончилось вовремя (предел — 1 с; ",
    ),
    "memory_mb": (
        "отчёт.xlsx",
        too_big_for_memory,
        Limits(memory_mb=300),
        "на его чтение нужно слишком много памяти (предел — 300 МБ; ",
    ),
}


def test_every_limit_has_its_file():
    assert ABOVE.keys() == set(Limits.__struct_fields__)


@pytest.mark.usefixtures("spawned")
@pytest.mark.parametrize("key", ABOVE)
def test_a_limit_is_told_with_its_key_and_the_others_are_read(key: str, tmp_path: Path):
    if key == "memory_mb" and sys.platform != "linux":
        pytest.skip("the memory of a process is limited on Linux only")
    name, make, limits, expected = ABOVE[key]
    (tmp_path / name).write_bytes(make(tmp_path))
    (tmp_path / "другая.docx").write_bytes(b"")
    read = {one.file: one.remarks for one in read_all(tmp_path, limits)}
    if key != "seconds":  # within one a busy computer reads no file at all
        assert [said.code for said in read["другая.docx"]] == ["FILE-EMPTY"]
    (said,) = read[name]
    words = message(said, load_catalogue()).replace("\u00a0", " ")
    assert expected in words
    assert RAISED.format(key) in words


def test_a_registry_may_be_ten_times_as_long_as_a_report(tmp_path: Path):
    """A region has a row for each of forty thousand schools."""
    schools = tuple(School(f"{n:02}", f"МБОУ СОШ № {n}") for n in range(1, 21))
    (tmp_path / "registry.xlsx").write_bytes(write_registry(FORM, Registry(schools), MARCH))
    (tmp_path / "01.xlsx").write_bytes(report())
    intake = intake_of(tmp_path, Limits(cells=60))
    assert intake.registry.schools == schools
    assert [dict(said.data)["what"] for said in intake.reads[0].remarks] == ["на одном листе слишком много ячеек"]


def test_a_part_of_an_archive_names_its_limit_too(tmp_path: Path):
    (tmp_path / "отчёты.zip").write_bytes(zipped({"1.xlsx": NOISE, "2.xlsx": report()}))
    read = {one.file: one.remarks for one in read_all(tmp_path, Limits(file_mb=1))}
    (said,) = read["отчёты.zip/1.xlsx"]
    assert dict(said.data)["limit"] == f"1\u00a0МБ; {RAISED.format('file_mb')}"


@pytest.mark.usefixtures("spawned")
@pytest.mark.parametrize("key", ["seconds", "memory_mb"])
def test_an_order_that_takes_too_much_says_so(key: str, tmp_path: Path):
    if key == "memory_mb" and sys.platform != "linux":
        pytest.skip("the memory of a process is limited on Linux only")
    _, make, limits, _ = ABOVE[key]
    path = tmp_path / "приказ.xlsx"
    path.write_bytes(make(tmp_path))
    with pytest.raises(UsageError, match=RAISED.format(key).replace("[", r"\[").replace("]", r"\]")):
        read_order(path, limits)
