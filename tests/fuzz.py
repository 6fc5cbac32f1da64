"""Damages files as machines and people do and hands them to Svod: python -m tests.fuzz [--n 10000] [--seed 1]

Whatever a file holds, it becomes a report or remarks: a function that fails, or does not end in time, is a fault of
Svod. A library that aborts its process is none, for the process is replaced and the file gets its remark; how many
did is told. A registry ends in schools or in a sentence, settings in settings or in a sentence, a damaged cache in no
reads, a damaged journal in one with which a run and its letters go on. One seed gives the same files on every
machine; `--keep DIR` puts those that did harm aside, to become named fixtures.
"""

import argparse
import hashlib
import string
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from itertools import islice
from pathlib import Path
from random import Random
from typing import NamedTuple
from xml.etree import ElementTree

import openpyxl
import xlsxwriter
import xlwt

from pipeline.memory.journal import Journal
from pipeline.reading.cache import FILE as CACHE
from pipeline.reading.cache import ReadCache
from pipeline.reading.reports import Inputs, Refused, RegistryRead, read_file
from pipeline.settings import Limits, Settings, load_settings
from pipeline.workers import Outcome, Workers
from pipeline.writing.form.prefill import Prefill
from pipeline.writing.form.workbook import write_form
from pipeline.writing.registry import write_registry
from pipeline.writing.returned.in_worker import Made, ReturnTask, annotate
from pipeline.writing.returned.texts import Head, Shown
from pipeline.writing.settings_file import settings_toml
from schemas.remarks import Severity
from schemas.reports import FileRead
from schemas.strict import UsageError
from tests.batch import MARCH
from tests.damages import damage as damage_of_journal
from tests.order_form import FORM, REGISTRY, OrderForm
from tests.own_form import ANSWERS
from tests.test_damages import live, lived
from tests.word import order_form_document

BATCH = 200  # files that lie on the disk at once
LIMITS = Limits(seconds=20)
REMARKS = (Shown(Severity.ERROR, "14", "Отчёт", "C20", "281", "Логинов выдано 258.", "Исправьте число."),)
DIED = "the reader died"

# What stands in cells by mistake, by mischief or by the hand of another program.
ODD_TEXTS = (
    "", " ", "0", "-1", "1e308", "1" * 400, "100500 %", "42 / 100 % / 13", "∞", "½", "٤٢", "+7 (4234) 32-10-00",
    "=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "'", '"', "<b>&amp;</b>", "&nbsp;", "{{7*7}}", "%s%n", "\\", "../../etc",
    "\u202e12 %", "a\u0301" * 50, "\u200b42\u200b", "\x07", "_x0041_", "ﷺ" * 30, "😀" * 20, "й" * 33_000, "30.02.2014",
    "31.12.9999", "01.01.0001", "6 января", "приказ № от .", "1-11, 12-99 классы", "да нет", "xxx", "#REF!", "#N/A",
)  # fmt: skip
ODD_VALUES = (
    "",
    "-1",
    "0",
    "1",
    "99999999",
    "4294967296",
    "1e308",
    "NaN",
    "A0",
    "XFE1",
    "A1:A1048577",
    "true",
    "\ufffd",
)


class Case(NamedTuple):
    """One damaged file. `kind`: what it was; `how`: what was done to it."""

    kind: str
    how: str
    name: str
    content: bytes


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    chosen = parser.parse_args(words)
    counted: Counter[str] = Counter()
    faults: list[str] = []
    died: Counter[str] = Counter()
    for case, fault in results(chosen.n, chosen.seed):
        counted[case.kind] += 1
        if fault == DIED:
            died[case.kind] += 1
            continue
        if fault:
            faults.append(f"{case.name}: {case.kind}, {case.how}: {fault}")
            print(faults[-1], flush=True)
            if chosen.keep:
                chosen.keep.mkdir(parents=True, exist_ok=True)
                (chosen.keep / case.name).write_bytes(case.content)
    print(f"{counted.total()} damaged files (seed {chosen.seed}): {_told(counted)}. Faults: {len(faults)}.")
    print(f"Readers that a library has ended, their files remarked: {_told(died) or 'none'}.")
    return 1 if faults else 0


def _told(counted: Counter[str]) -> str:
    return ", ".join(f"{kind} {number}" for kind, number in sorted(counted.items()))


def results(number: int, seed: int) -> Iterator[tuple[Case, str]]:
    """Each case with what went wrong, blank where nothing did."""
    dice = Random(seed)
    made = (case_of(dice, at) for at in range(number))
    with (
        tempfile.TemporaryDirectory() as folder,
        Workers(read_file, 2, seconds=LIMITS.seconds, memory_mb=LIMITS.memory_mb) as readers,
        Workers(annotate, 1, seconds=LIMITS.seconds, memory_mb=LIMITS.memory_mb) as markers,
    ):
        while batch := list(islice(made, BATCH)):
            for case in batch:
                (Path(folder) / case.name).write_bytes(case.content)
            unsound = dict(_returned(batch, Path(folder), markers))
            for case, fault in _results(batch, Path(folder), readers):
                yield case, unsound.get(case.name) or fault


def _results(batch: list[Case], folder: Path, workers: "_Readers") -> Iterator[tuple[Case, str]]:
    by_name = {case.name: case for case in batch}
    for registry, kinds in ((None, ("registry",)), (REGISTRY, tuple(READ))):
        inputs = Inputs(folder, FORM, LIMITS, registry)
        some = [Path(case.name) for case in batch if case.kind in kinds]
        for path, outcome in workers.map(some, inputs):
            yield (
                by_name[path.name],
                _fault_of(outcome, RegistryRead | Refused | FileRead if registry is None else FileRead),
            )
    for case in batch:
        if case.kind in HELD:
            yield case, HELD[case.kind](folder / case.name)
        (folder / case.name).unlink()


def _returned(batch: list[Case], folder: Path, workers: "Workers[Made | bytes | None]") -> Iterator[tuple[str, str]]:
    """Names of those that come back to the school unsound, or not at all because marking failed."""
    tasks = {}
    for case in batch:
        if case.kind in READ and case.name.endswith(".xlsx"):
            digest = hashlib.sha256(case.content).hexdigest()
            place = folder / case.name
            tasks[case.name] = ReturnTask(
                REGISTRY.schools[0], case.name, place, place, digest, REMARKS, Head("СОШ № 1", MARCH)
            )
    for task, outcome in workers.map(tasks.values(), LIMITS):
        if outcome.failed or outcome.late:
            yield task.file, f"not marked: {outcome.failed or 'late'}"
        elif isinstance(outcome.result, bytes) and (unsound := _unsound(outcome.result)):
            yield task.file, f"goes back with {unsound}"


def _unsound(data: bytes) -> str:
    """A part that no reader can parse, or that declares entities; blank where all are sound."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        for name in package.namelist():
            content = package.read(name)
            if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                return name
            if name.endswith((".xml", ".rels")):
                try:
                    ElementTree.fromstring(content)
                except ElementTree.ParseError:
                    return name
    return ""


def _fault_of(outcome: "Outcome[FileRead | RegistryRead | Refused]", expected: object) -> str:
    if outcome.failed:
        return f"failed: {outcome.failed}"
    if outcome.died or outcome.starved:
        return DIED
    if outcome.late:
        return f"not read in {LIMITS.seconds} s"
    assert isinstance(outcome.result, expected)  # type: ignore[arg-type]
    return (
        "" if not isinstance(outcome.result, FileRead) or _is_accounted_for(outcome.result) else "nothing is said of it"
    )


def _is_accounted_for(read: FileRead) -> bool:
    """A file gives a report, decisions, or a remark."""
    return bool(read.reports or read.remarks or read.decisions)


def case_of(dice: Random, at: int) -> Case:
    """The `at`-th case of those dice."""
    kind = dice.choice([*READ, *READ, "registry", *HELD])
    base, suffix = BASES[kind]
    damages = [*OF_BYTES, *(OF_PACKAGES * 2 if zipfile.is_zipfile(BytesIO(base)) else ())]
    if kind == "cells":
        return Case(kind, "odd cells", f"{at:06}.xlsx", _odd_cells(dice))
    if kind == "registry" and dice.random() < 0.5:
        return Case(kind, "odd cells", f"{at:06}.xlsx", _odd_registry(dice))
    if kind == "journal" and dice.random() < 0.7:
        return Case(kind, *_odd_journal(dice, f"{at:06}{suffix}"))
    damage = dice.choice(damages)
    return Case(kind, damage.__name__.strip("_"), f"{at:06}{suffix}", damage(base, dice))


# ── the files as they should be ──────────────────────────────────────────────────────────────────────────


def _order_form_xlsx(rows: list[list[object]]) -> bytes:
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("Отчёт")
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, float):
                    sheet.write_number(at, column, value)
                elif value is not None:
                    sheet.write_string(at, column, str(value)[:32_767])
    return target.getvalue()


def _order_form_xls() -> bytes:
    book, target = xlwt.Workbook(), BytesIO()
    sheet = book.add_sheet("Отчёт")
    for at, row in enumerate(OrderForm().rows):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(at, column, value)
    book.save(target)
    return target.getvalue()


def _cache() -> bytes:
    """Of one report, read and kept."""
    with tempfile.TemporaryDirectory() as folder:
        report, cache = Path(folder, "report.xlsx"), Path(folder, "cache")
        report.write_bytes(_order_form_xlsx(OrderForm().rows))
        inputs, reads = Inputs(Path(folder), FORM, LIMITS, REGISTRY), ReadCache(cache)
        read = read_file(inputs, Path(report.name))
        assert isinstance(read, FileRead)
        reads.shelf(inputs).remember(read)
        reads.keep()
        return (cache / CACHE).read_bytes()


def _journal() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return lived(Path(folder, "journal.db"), 2)


BASES = {
    "own form": (write_form(FORM, REGISTRY.schools[0], MARCH, Prefill(ANSWERS)), ".xlsx"),
    "order form": (_order_form_xlsx(OrderForm().rows), ".xlsx"),
    "document": (order_form_document(OrderForm()), ".docx"),
    "xls": (_order_form_xls(), ".xls"),
    "cells": (b"", ".xlsx"),
    "registry": (write_registry(FORM, REGISTRY, MARCH), ".xlsx"),
    "settings": (settings_toml().encode(), ".toml"),
    "cache": (_cache(), ""),
    "journal": (_journal(), ".db"),
}
READ = ("own form", "order form", "document", "xls", "cells")


def _settings_fault(path: Path) -> str:
    try:
        found = load_settings(path)
    except UsageError:
        return ""
    return "" if isinstance(found, Settings) else "no settings"


def _cache_fault(path: Path) -> str:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / CACHE).write_bytes(path.read_bytes())
        ReadCache(Path(folder)).shelf(Inputs(path.parent, FORM, LIMITS, REGISTRY)).recall(Path(path.name))
    return ""


def _guarded(judge: Callable[[Path], str], path: Path) -> str:
    try:
        return judge(path)
    except Exception as error:
        return f"failed: {type(error).__name__}: {error}"


def _journal_fault(path: Path) -> str:
    """Whatever it was, a run and its letters go on with what is made of it."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "journal.db")
        place.write_bytes(path.read_bytes())
        with Journal.open(place) as journal:
            live(journal, 9)
            moved = bool(journal.warning)
        return "" if any(place.parent.glob("*.damaged-*")) is moved else "not said, or not moved aside"


HELD = {
    "settings": partial(_guarded, _settings_fault),
    "cache": partial(_guarded, _cache_fault),
    "journal": partial(_guarded, _journal_fault),
}


# ── damage to bytes ──────────────────────────────────────────────────────────────────────────────────────


def _flipped(data: bytes, dice: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.choice((1, 3, 30, 300))):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def _cut_off(data: bytes, dice: Random) -> bytes:
    return data[: dice.randrange(len(data))]


def _block_doubled(data: bytes, dice: Random) -> bytes:
    start, end = sorted(dice.randrange(len(data)) for _ in range(2))
    return data[:end] + data[start:end][:100_000] + data[end:]


def _block_lost(data: bytes, dice: Random) -> bytes:
    start, end = sorted(dice.randrange(len(data)) for _ in range(2))
    return data[:start] + data[end:]


def _block_of_zeros(data: bytes, dice: Random) -> bytes:
    start, end = sorted(dice.randrange(len(data)) for _ in range(2))
    return data[:start] + bytes(end - start) + data[end:]


def _words_before(data: bytes, dice: Random) -> bytes:
    return (
        dice.choice((b"\xef\xbb\xbf", b"MZ", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-1.7\n", b"\x00" * 512)) + data
    )


OF_BYTES = (_flipped, _cut_off, _block_doubled, _block_lost, _block_of_zeros, _words_before)


# ── damage to packages and their XML ─────────────────────────────────────────────────────────────────────

Parts = list[tuple[str, bytes]]


def _repacked(data: bytes, dice: Random, change: Callable[[Parts, Random], Parts]) -> bytes:
    with zipfile.ZipFile(BytesIO(data)) as package:
        parts = [(name, package.read(name)) for name in package.namelist()]
    target = BytesIO()
    with zipfile.ZipFile(target, "w", dice.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as package:
        for name, content in change(parts, dice):
            with package.open(zipfile.ZipInfo(name or "x"), "w") as part:
                part.write(content)
    return target.getvalue()


def _part_lost(data: bytes, dice: Random) -> bytes:
    return _repacked(data, dice, lambda parts, dice: dice.sample(parts, len(parts) - 1))


def _part_emptied(data: bytes, dice: Random) -> bytes:
    return _one_part(data, dice, lambda content, dice: b"")


def _parts_swapped(data: bytes, dice: Random) -> bytes:
    def swapped(parts: Parts, dice: Random) -> Parts:
        names, contents = [name for name, _ in parts], [content for _, content in parts]
        a, b = dice.sample(range(len(parts)), 2)
        contents[a], contents[b] = contents[b], contents[a]
        return list(zip(names, contents, strict=True))

    return _repacked(data, dice, swapped)


def _part_renamed(data: bytes, dice: Random) -> bytes:
    def renamed(parts: Parts, dice: Random) -> Parts:
        at = dice.randrange(len(parts))
        name = dice.choice(("../x.xml", "/etc/x", "xl/worksheets/sheet1.xml", parts[at][0].upper(), "a" * 300, "я.xml"))
        return [*parts[:at], (name, parts[at][1]), *parts[at + 1 :]]

    return _repacked(data, dice, renamed)


def _part_damaged(data: bytes, dice: Random) -> bytes:
    return _one_part(data, dice, lambda content, dice: dice.choice(OF_BYTES)(content or b"\x00", dice))


def _xml_odd(data: bytes, dice: Random) -> bytes:
    return _one_part(
        data, dice, lambda content, dice: dice.choice(OF_XML)(content.decode("utf-8", "replace"), dice).encode()
    )


def _one_part(data: bytes, dice: Random, change: Callable[[bytes, Random], bytes]) -> bytes:
    """Sheets and texts are damaged as often as all other parts together."""

    def changed(parts: Parts, dice: Random) -> Parts:
        telling = [
            at for at, (name, _) in enumerate(parts) if "sheet" in name or "document" in name or "Strings" in name
        ]
        at = dice.choice(telling) if telling and dice.random() < 0.5 else dice.randrange(len(parts))
        return [*parts[:at], (parts[at][0], change(parts[at][1], dice)), *parts[at + 1 :]]

    return _repacked(data, dice, changed)


OF_PACKAGES = (_part_lost, _part_emptied, _parts_swapped, _part_renamed, _part_damaged, _xml_odd, _xml_odd, _xml_odd)


def _tags(xml: str) -> list[tuple[int, int]]:
    """Where elements begin and end."""
    places, at = [], xml.find("<")
    while at >= 0:
        end = xml.find(">", at)
        if end < 0:
            break
        places.append((at, end + 1))
        at = xml.find("<", end)
    return places or [(0, 0)]


def _tag_lost(xml: str, dice: Random) -> str:
    start, end = dice.choice(_tags(xml))
    return xml[:start] + xml[end:]


def _tag_doubled(xml: str, dice: Random) -> str:
    start, end = dice.choice(_tags(xml))
    return xml[:end] + xml[start:end] * dice.choice((1, 2, 5_000)) + xml[end:]


def _elements_lost(xml: str, dice: Random) -> str:
    tags = _tags(xml)
    (start, _), (_, end) = sorted(dice.choices(tags, k=2))
    return xml[:start] + xml[end:]


def _value_odd(xml: str, dice: Random) -> str:
    """Of one attribute."""
    places = [at for at, letter in enumerate(xml) if letter == '"']
    pairs = list(zip(places[::2], places[1::2], strict=False))
    if not pairs:
        return xml
    start, end = dice.choice(pairs)
    return f"{xml[: start + 1]}{dice.choice(ODD_VALUES)}{xml[end:]}"


def _text_odd(xml: str, dice: Random) -> str:
    end = dice.choice(_tags(xml))[1]
    after = xml.find("<", end)
    said = dice.choice(ODD_TEXTS).replace("&", "&amp;").replace("<", "&lt;")
    return f"{xml[:end]}{said}{xml[after:]}" if after >= 0 else f"{xml[:end]}{said}"


def _declaration(xml: str, dice: Random) -> str:
    said = dice.choice(
        (
            '<!DOCTYPE a [<!ENTITY b "c">]>',
            '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>',
            "<!-- a -->",
            "<![CDATA[ <c r='A1'/> ]]>",
            '<?xml version="1.0" encoding="utf-16"?>',
            "&b;",
        )
    )
    at = dice.choice(_tags(xml))[1]
    return xml[:at] + said + xml[at:]


def _letters_odd(xml: str, dice: Random) -> str:
    at = dice.randrange(len(xml) or 1)
    return xml[:at] + dice.choice((*string.printable, "\x00", "\ufffe", "й", "\ud7ff")) + xml[at + 1 :]


OF_XML = (
    _tag_lost,
    _tag_doubled,
    _elements_lost,
    _value_odd,
    _value_odd,
    _text_odd,
    _text_odd,
    _declaration,
    _letters_odd,
)


# ── odd cells ────────────────────────────────────────────────────────────────────────────────────────────


def _odd_cells(dice: Random) -> bytes:
    """The order's form with some of its cells odd, rows lost, doubled, in another order."""
    rows = [list(row) for row in OrderForm().rows]
    for _ in range(dice.choice((1, 3, 10, 40))):
        at = dice.randrange(len(rows))
        match dice.randrange(5):
            case 0:
                del rows[at]
                rows = rows or [[]]
            case 1:
                rows.insert(at, list(dice.choice(rows)))
            case 2:
                other = dice.randrange(len(rows))
                rows[at], rows[other] = rows[other], rows[at]
            case _:
                row = rows[at] = [*rows[at], *[None] * (3 - len(rows[at]))]
                row[dice.randrange(len(row))] = dice.choice((*ODD_TEXTS, dice.uniform(-1e6, 1e6)))
    return _order_form_xlsx(rows)


def _odd_registry(dice: Random) -> bytes:
    book = openpyxl.load_workbook(BytesIO(BASES["registry"][0]))
    for _ in range(dice.choice((1, 5, 30))):
        sheet = dice.choice(book.worksheets)
        text = dice.choice(ODD_TEXTS)
        value = "".join(letter for letter in text if letter >= " ")[:32_767]
        sheet.cell(dice.randint(1, 8), dice.randint(1, 12)).value = dice.choice((value, dice.uniform(-1e9, 1e9), True))
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _odd_journal(dice: Random, name: str) -> tuple[str, str, bytes]:
    """Pages, values, tables: what SQLite itself may still take for whole."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(BASES["journal"][0])
        how = damage_of_journal(path, dice)
        return how.strip("_"), name, path.read_bytes()


_Readers = Workers[FileRead | RegistryRead | Refused]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
