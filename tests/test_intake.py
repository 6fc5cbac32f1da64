"""The inbox as folders are: what is read, what is only counted, what is not called broken."""

import os
import re
from pathlib import Path

import pytest

from pipeline.reading.inbox import look_into, shown_path
from pipeline.reading.intake import Intake, _held, _state, take_in
from pipeline.settings import Limits
from schemas.form import load_form
from schemas.remarks import load_catalogue, remark
from schemas.reports import FileRead
from schemas.strict import UsageError
from tests.holders import zipped

FORM = load_form("form-547")
LIMITS = Limits()


def read_all(folder: Path, limits: Limits = LIMITS) -> list[FileRead]:
    return intake_of(folder, limits).reads


def intake_of(folder: Path, limits: Limits = LIMITS) -> Intake:
    inbox = look_into(folder, leave_out=folder / "none")
    return take_in(inbox, FORM, limits, load_catalogue(), 1, None, lambda done, of: None)


# A limit that is no number stands for a mistake of the program that shows at some files only: at every archive.
MISTAKEN = Limits(zip_entries=None)  # type: ignore[arg-type]


def said(reads: list[FileRead]) -> dict[str, list[str]]:
    return {read.file: [r.code for r in read.remarks] for read in reads}


TORN = b"PK\x03\x04" + b"\x00" * 300


@pytest.mark.parametrize("mark", ["~$отчёт.xlsx", ".~lock.отчёт.xlsx#"])
def test_a_file_open_in_excel_or_libreoffice_is_busy_and_not_broken(tmp_path, mark):
    (tmp_path / "отчёт.xlsx").write_bytes(TORN)
    (tmp_path / mark).write_bytes(b"x")
    assert said(read_all(tmp_path)) == {"отчёт.xlsx": ["FILE-BUSY"]}


def test_a_torn_file_that_nobody_holds_is_damaged(tmp_path):
    (tmp_path / "отчёт.xlsx").write_bytes(TORN)
    assert said(read_all(tmp_path)) == {"отчёт.xlsx": ["FILE-DAMAGED"]}


def test_a_file_at_which_the_program_fails_is_named_and_the_others_are_read(tmp_path):
    (tmp_path / "Иванова.xlsx").write_bytes(zipped({"xl/workbook.xml": ""}))
    (tmp_path / "скан.xlsx").write_bytes(b"%PDF-1.7")
    by_file = {read.file: read for read in read_all(tmp_path, MISTAKEN)}
    assert said(list(by_file.values())) == {"Иванова.xlsx": ["FILE-INTERNAL"], "скан.xlsx": ["FILE-KIND"]}
    (remark,) = by_file["Иванова.xlsx"].remarks
    assert re.fullmatch(r"TypeError, guard\.py:\d+", dict(remark.data)["where"])
    assert not by_file["Иванова.xlsx"].digest  # read again when the program is mended


def test_a_registry_at_which_the_program_fails_stops_the_run_with_one_sentence(tmp_path):
    (tmp_path / "registry.xlsx").write_bytes(zipped({"xl/workbook.xml": ""}))
    with pytest.raises(UsageError, match=r"Реестр registry\.xlsx не читается\. Внутренняя ошибка программы"):
        read_all(tmp_path, MISTAKEN)


def test_a_file_that_grew_between_two_looks_is_still_being_copied(tmp_path):
    path = tmp_path / "отчёт.xlsx"
    path.write_bytes(TORN)
    before = _state(path)
    path.write_bytes(TORN * 2)
    torn = FileRead("отчёт.xlsx", "", remarks=(remark("FILE-DAMAGED", what=""),))
    (busy,) = _held(tmp_path / "отчёт.xlsx", torn, before).remarks
    assert (busy.code, dict(busy.data)["what"]) == ("FILE-BUSY", "он ещё копируется")


def test_links_are_named_and_leftovers_only_counted(tmp_path):
    for name in ("a.tmp", "b.xlsx.part", ".DS_Store", "c.bak", "d.xlsx~", "README.md"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "глубоко" / "ещё").mkdir(parents=True)
    (tmp_path / "глубоко" / "ещё" / "отчёт.xlsx").write_bytes(b"x")
    (tmp_path / "README.xlsx").mkdir()
    inbox = look_into(tmp_path, leave_out=tmp_path / "none")
    assert [path.as_posix() for path in inbox.reports] == ["глубоко/ещё/отчёт.xlsx"]
    assert len(inbox.passed_over) == 6


@pytest.mark.parametrize("what", ["папка", "ссылка"])
def test_a_registry_that_is_no_file_is_refused_and_never_taken_for_none(tmp_path, what):
    registry = tmp_path / "registry.xlsx"
    if what == "папка":
        registry.mkdir()
    else:
        registry.symlink_to(tmp_path / "нет такого.xlsx")
    with pytest.raises(UsageError, match=f"— {what}, а не файл"):
        look_into(tmp_path, leave_out=tmp_path / "none")


def test_a_name_that_is_not_utf8_is_shown_and_read(tmp_path):
    name = b"\xee\xf2\xf7\xb8\xf2.xlsx"
    try:
        (tmp_path / Path(name.decode("utf-8", "surrogateescape"))).write_bytes(TORN)
    except (OSError, UnicodeEncodeError):
        pytest.skip("this file system takes no such name")
    (read,) = read_all(tmp_path)
    assert read.file == shown_path(Path(name.decode("utf-8", "surrogateescape")))
    assert read.file.encode()


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
def test_what_nobody_sees_in_a_name_is_shown_by_its_number():
    names = ["a\u202exslx.exe", "b\x1b[31m.xlsx", "c\nd.xlsx", "e\u200b.xlsx", "e.xlsx", "ё №\u00a01.xlsx"]
    shown = [shown_path(Path(name)) for name in names]
    assert shown == [
        "a⟨202E⟩xslx.exe",
        "b⟨001B⟩[31m.xlsx",
        "c⟨000A⟩d.xlsx",
        "e⟨200B⟩.xlsx",
        "e.xlsx",
        "ё №\u00a01.xlsx",
    ]
