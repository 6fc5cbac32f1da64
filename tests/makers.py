"""What people, programs and enemies send: every kind of file that has harmed a reader of workbooks, each made alone.

python -m tests.makers [NAME ...] puts each of them into a small district, does the main job on it by itself, and prints
a table: how it ended, seconds, memory at its peak. The other schools' figures must be those of the district without it,
the file must be named in the results and lie where it lay.
"""

import csv
import hashlib
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import xlsxwriter
import xlwt

from pipeline.wording import NBSP
from pipeline.writing.form.prefill import Prefill
from pipeline.writing.form.workbook import write_form
from pipeline.writing.registry import write_registry
from schemas.district import Registry
from tests.batch import MARCH, order_form, school
from tests.holders import mailed, zipped
from tests.order_form import FORM
from tests.own_form import ANSWERS
from tests.test_encrypted import locked_xlsx
from tests.test_grid import ods, patched, with_rows
from tests.test_returned import order_form_file
from tests.word import order_form_document

AS_OF = MARCH.isoformat()
ROOT = Path(__file__).parent.parent
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
OTHERS = ("01", "02", "03")  # schools that have nothing to do with it
HOSTILE = "04"  # whose report it may be
MB = 2**20
SECONDS = 300  # for a whole run

Make = Callable[[Path], None]  # lays something into the input folder


class Ended(NamedTuple):
    """`faults`: what speaks against it, none for nothing."""

    faults: list[str]
    seconds: float
    peak_mb: float


def report(**answers: str | float) -> bytes:
    return order_form_file(order_form(MARCH, HOSTILE, dict(answers)))


def old_book() -> bytes:
    """The report as an .xls."""
    book, target = xlwt.Workbook(), BytesIO()
    sheet = book.add_sheet("Отчёт")
    for at, row in enumerate(order_form(MARCH, HOSTILE).rows):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(at, column, value)
    book.save(target)
    return target.getvalue()


def changed(part: str, old: str, new: str) -> bytes:
    """The report with other words in a part of it."""

    def change(xml: str) -> str:
        assert old in xml, (part, old)
        return xml.replace(old, new, 1)

    return patched(report(), part, change)


def in_sheet(cells: str) -> bytes:
    """The report with more rows at its end, as XML."""
    return changed(SHEET, "</sheetData>", f"{cells}</sheetData>")


def packed(name: str, piece: bytes, megabytes: int, *, before: bytes = b"", behind: bytes = b"") -> bytes:
    """The report with that part blown up to so many megabytes, packed small."""
    target = BytesIO()
    data = report()
    with (
        zipfile.ZipFile(BytesIO(data)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for other in old.namelist():
            if other != name:
                new.writestr(other, old.read(other))
        with new.open(zipfile.ZipInfo(name), "w", force_zip64=True) as part:
            part.write(before)
            block = piece * (MB // len(piece))
            for _ in range(megabytes):
                part.write(block)
            part.write(behind)
    return target.getvalue()


def _declared(part: str, declaration: str, used: str = "") -> bytes:
    """The report with a declaration of entities before a part's root."""

    def change(xml: str) -> str:
        head, sign, rest = xml.partition("?>")
        body = rest.replace("</", f"{used}</", 1) if used else rest
        return f"{head}{sign}{declaration}{body}"

    return patched(report(), part, change)


LAUGHS = "<!DOCTYPE x [<!ENTITY a '{}'>{}]>".format(
    "ha" * 50, "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
)
OUTSIDE = "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"
NET = "<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/x.dtd' [<!ENTITY % p SYSTEM 'http://127.0.0.1:9/p'> %p;]>"
PARTS = ("[Content_Types].xml", "xl/workbook.xml", SHEET, "xl/styles.xml", "xl/_rels/workbook.xml.rels")


def _books() -> Iterator[tuple[str, bytes]]:
    """Name of a maker, and what a workbook by it holds."""
    end = '<row r="1048576"><c r="{}"><v>1</v></c></row>'
    yield "a form with a cell at the end of the sheet", in_sheet(end.format("XFD1048576"))
    yield "one cell at the end of the sheet", with_rows(end.format("XFD1048576"))
    for at in ("ZZZZZZZZ1", "A99999999999999999999", "A0", "1A"):
        yield f"a cell {at}", with_rows(f'<row r="1"><c r="{at}"><v>1</v></c></row>')
    book = write_form(FORM, school(HOSTILE, full_name=""), MARCH, Prefill(ANSWERS))
    for count in ("99999999999", "1000000000000000000", "-1"):
        yield (
            f"{count} texts announced",
            patched(book, STRINGS, lambda xml, n=count: xml.replace('uniqueCount="', f'uniqueCount="{n}" was="', 1)),  # type: ignore[misc]
        )
    yield "a date without end", with_rows('<row r="1"><c r="A1" s="1"><v>-inf</v></c></row>')
    for number in ("1e309", "NaN", "-1e309", "1e-400", "0x10", "1,5"):
        yield f"a number {number}", in_sheet(f'<row r="99"><c r="C99"><v>{number}</v></c></row>')
    for error in ("#REF!", "#ССЫЛКА!", "#SPILL!", "#CALC!", "#DIV/0!"):
        yield f"an error {error}", in_sheet(f'<row r="99"><c r="C99" t="e"><v>{error}</v></c></row>')
    yield "a formula never calculated", in_sheet('<row r="99"><c r="C99"><f>1+1</f></c></row>')
    for index in ("-1", "1e3", "abc", "99999"):
        yield f"text number {index}", in_sheet(f'<row r="99"><c r="C99" t="s"><v>{index}</v></c></row>')
    yield "a date that is none", in_sheet('<row r="99"><c r="C99" t="d"><v>вчера</v></c></row>')
    merged = '</sheetData><mergeCells><mergeCell ref="{}"/></mergeCells>'
    yield "everything merged", changed(SHEET, "</sheetData>", merged.format("A1:XFD1048576"))
    yield "two million cells merged", changed(SHEET, "</sheetData>", merged.format("E1:Z100000"))
    yield "a sheet without its part", patched(report(), SHEET, None)
    strict = (
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
    )
    yield "strict Open XML", patched(report(), SHEET, lambda xml: xml.replace(*strict))
    yield "a dimension that lies", changed(SHEET, "<sheetData", '<dimension ref="A1:XFD1048576"/><sheetData')
    yield "a sheet in UTF-16", patched(report(), SHEET, lambda xml: xml.replace("UTF-8", "UTF-16").encode("utf-16"))
    yield "a sheet in cp1251", patched(report(), SHEET, lambda xml: _in_cp1251(xml))
    yield (
        "a book of hidden sheets",
        patched(
            report(),
            "xl/workbook.xml",
            lambda xml: xml.replace("<sheet ", '<sheet state="hidden" ').replace('state="visible"', ""),
        ),
    )
    yield (
        "a book of very hidden sheets",
        patched(
            report(),
            "xl/workbook.xml",
            lambda xml: xml.replace("<sheet ", '<sheet state="veryHidden" ').replace('state="visible"', ""),
        ),
    )
    yield "two forms in a book", _two_forms()
    for part in PARTS:
        yield f"billion laughs in {part}", _declared(part, LAUGHS, "&i;" if part == SHEET else "")
        yield f"a file as an entity in {part}", _declared(part, OUTSIDE, "&e;" if part == SHEET else "")
        yield f"an entity of the net in {part}", _declared(part, NET)
    rels = "xl/_rels/workbook.xml.rels"
    for target in ("/etc/passwd", "file:///etc/passwd", "http://127.0.0.1:9/x.xml", "../../../../etc/passwd"):
        yield (
            f"a relation to {target}",
            patched(report(), rels, lambda xml, to=target: xml.replace("worksheets/sheet1.xml", to)),  # type: ignore[misc]
        )
    for text in (
        "=cmd|' /C calc'!A0",
        "@SUM(1)",
        "\t=1",
        "[/red]",
        "%s%n{0}",
        "\u202e12 %",
        "_x0000__x001B_[31m",
        "я" * 32_767,
    ):
        yield f"an answer {text[:12]!r}", report(**{"7": text, "2": text})


def _dear_books() -> Iterator[tuple[str, bytes]]:
    """Those that cost a reader much; and their maker."""
    end = '<row r="1048576"><c r="{}"><v>1</v></c></row>'
    yield "a hundred million cells", with_rows('<row r="1"><c r="A1"><v>1</v></c></row>' + end.format("CV1048576"))
    yield "ten million cells", with_rows('<row r="1"><c r="A1"><v>1</v></c></row>' + end.format("J1048576"))
    many = "".join(f'<mergeCell ref="H{n}:I{n}"/>' for n in range(100, 60_000))
    yield "sixty thousand merged areas", changed(SHEET, "</sheetData>", f"</sheetData><mergeCells>{many}</mergeCells>")
    column = "".join(f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in range(100, 400_000))
    yield "a column formatted to its end", in_sheet(column)
    yield "a gigabyte of a sheet", packed(SHEET, b"<row/>", 1024)
    yield "a gigabyte of texts", packed(STRINGS, b"<si/>", 1024)
    for part in ("[Content_Types].xml", "xl/styles.xml", "_rels/.rels"):
        yield f"three hundred megabytes of {part}", packed(part, b"<Default/>", 300)
    yield "ninety megabytes of one text", packed(STRINGS, b"a", 90, before=b"<sst><si><t>", behind=b"</t></si></sst>")


def _in_cp1251(xml: str) -> bytes:
    return xml.replace("UTF-8", "windows-1251").encode("cp1251", "xmlcharrefreplace")


def _two_forms() -> bytes:
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False}) as book:
        for name, answers in (("Отчёт", {}), ("Отчёт (2)", {"14": "80 %"})):
            sheet = book.add_worksheet(name)
            for at, row in enumerate(order_form(MARCH, HOSTILE, answers).rows):
                for column, value in enumerate(row):
                    if value is not None and value != "":
                        sheet.write(at, column, value)
    return target.getvalue()


def _zips() -> Iterator[tuple[str, bytes]]:
    """Archives that no office program writes, called workbooks."""
    with zipfile.ZipFile(BytesIO(report())) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    yield "two thousand parts more", zipped({**parts, **{f"x/{n}": b"" for n in range(2_001)}})
    yield "parts that lead out", zipped({**parts, "../../../../tmp/out.xml": b"x", "/etc/out": b"x"})
    yield "parts packed by bzip2", zipped(parts, zipfile.ZIP_BZIP2)
    yield "parts packed by LZMA", zipped(parts, zipfile.ZIP_LZMA)
    target = BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(target, "w") as new:
        warnings.simplefilter("ignore")
        for name, content in [*parts.items(), (SHEET, parts[SHEET])]:
            new.writestr(name, content)
    yield "two parts of one name", target.getvalue()
    plain = bytearray(zipped(parts))
    at = plain.find(b"PK\x01\x02")
    plain[at + 8] |= 1
    yield "a part that says it is locked", bytes(plain)
    lying = bytearray(zipped(parts))
    struct.pack_into("<I", lying, lying.find(b"PK\x01\x02") + 24, 10)
    yield "a part that lies of its size", bytes(lying)
    yield "a torn download", report()[:3000]
    yield (
        "an archive of archives",
        zipped({f"{n}.zip": zipped({f"{m}.zip": zipped({"x": bytes(MB)}) for m in range(9)}) for n in range(9)}),
    )
    yield "an archive of names", zipped({"../../01.xlsx": b"PK", "C:\\x.xlsx": b"PK", "я" * 120 + ".xlsx": b"PK"})


def _others() -> Iterator[tuple[str, str, bytes]]:
    """Name of a maker, how its file ends, and what it holds."""
    yield "an encrypted book", ".xlsx", locked_xlsx("secret", report())
    kinds = {
        "PDF": b"%PDF-1.7\n", "JPEG": b"\xff\xd8\xff\xe0", "a web page": b"<html><table><tr><td>14</td>",
        "Excel 2003 XML": b"<?xml version='1.0'?><Workbook/>", "lines with commas": "Код;14\n01;88".encode("cp1251"),
        "zeros": bytes(10_000), "nothing": b"", "an old book's head": b"\xd0\xcf\x11\xe0" + bytes(600),
    }  # fmt: skip
    yield from ((kind, ".xlsx", content) for kind, content in kinds.items())
    good = ods("<table:table-row><table:table-cell/></table:table-row>")
    yield "an .ods whose table does not end", ".ods", _spoilt_ods(good)
    repeated = (
        '<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="float" '
        'office:value="1" table:number-columns-repeated="1000"/></table:table-row>'
    )
    yield "an .ods of a thousand million cells", ".ods", ods(repeated)
    for seed in (7, 77, 777):
        yield f"a damaged .xls ({seed})", ".xls", _damaged(old_book(), seed)
        yield f"a damaged .docx ({seed})", ".docx", _damaged(order_form_document(order_form(MARCH, HOSTILE)), seed)
    yield "a letter without end", ".eml", mailed({"отчёт.xlsx": report()}) * 3
    yield "an .xls sent as .xlsx", ".xlsx", old_book()


def _spoilt_ods(data: bytes) -> bytes:
    with zipfile.ZipFile(BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    return zipped({name: part.replace(b"</table:table>", b"</table:tablf>") for name, part in parts.items()})


def _damaged(data: bytes, seed: int) -> bytes:
    damage = bytearray(data)
    for step in range(30):
        damage[(seed * 7919 * (step + 1)) % len(damage)] ^= 0xFF
    return bytes(damage)


def _laid(name: str, content: bytes) -> Make:
    def lay(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return lay


NAMES = (
    "=1+1.xlsx", "-rf.xlsx", "%s%n.xlsx", "[bold]x[red].xlsx", "a\nb.xlsx", "😀.xlsx", "д" * 120 + ".xlsx",
    "CON.xlsx",     "точка..xlsx", " пробел .xlsx", "\u202exslx.exe.xlsx", "\x1b[31m.xlsx", "'x'.xlsx", "a;b,c.xlsx",
    "é.xlsx", "e\u0301.xlsx",
)  # fmt: skip


def makers(*, dear: bool = True) -> Iterator[tuple[str, Make]]:
    """Names, and what lays it into the input folder; one after the other, for together they are big."""
    for at, (name, content) in enumerate(chain(_books(), _zips(), _dear_books() if dear else ())):
        yield name, _laid(f"hostile-{at:03}.xlsx", content)
    for at, (name, suffix, content) in enumerate(_others()):
        yield name, _laid(f"other-{at:03}{suffix}", content)
    for at, name in enumerate(NAMES):
        yield f"a file called {name!r}", _laid(name, report() if at % 2 else b"PK\x03\x04 no book")
    yield "a file whose name is no text", lambda folder: _raw(folder, b"\xff\xfe\xd0.xlsx")
    yield "forty folders deep", lambda folder: _deep(folder, report())
    yield "a folder called a book", lambda folder: (folder / "folder.xlsx").mkdir()
    links = {"/dev/zero": "zero.xlsx", "/etc/passwd": "passwd.xlsx", "loop.xlsx": "loop.xlsx", "/": "root.xlsx"}
    for target, name in links.items():
        yield f"a link to {target}", lambda folder, to=target, at=name: (folder / at).symlink_to(to)  # type: ignore[misc]
    yield "a pipe", lambda folder: os.mkfifo(folder / "pipe.xlsx")
    yield "a socket", lambda folder: _socket(folder / "socket.xlsx")


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(path))  # a whole path may be longer than one of a socket may be


def _raw(folder: Path, name: bytes) -> None:
    with open(os.path.join(os.fsencode(folder), name), "wb") as file:
        file.write(b"PK no book")


def _deep(folder: Path, content: bytes) -> None:
    place = folder.joinpath(*["в"] * 40)
    place.mkdir(parents=True)
    (place / "глубоко.xlsx").write_bytes(content)


# ── a small district with it ─────────────────────────────────────────────────────────────────────────────


def district(folder: Path) -> None:
    """Three schools that have reported, and one that has not."""
    (folder / "input").mkdir(parents=True)
    schools = tuple(school(code, full_name="") for code in (*OTHERS, HOSTILE))
    (folder / "input" / "registry.xlsx").write_bytes(write_registry(FORM, Registry(schools), MARCH))
    for at, code in enumerate(OTHERS):
        answers: dict[str, str | float] = {"14": f"{40 + at},5%", "13": f"{80 + at}%"}
        (folder / "input" / f"{code}.xlsx").write_bytes(order_form_file(order_form(MARCH, code, answers)))


def main_job(folder: Path) -> tuple[subprocess.CompletedProcess[str], float, float]:
    """The run by itself, its seconds, and the megabytes of its greatest process."""
    words = [str(ROOT / "run.py"), "--input", "input", "--output", "output", "--as-of", AS_OF]
    command = [sys.executable, "-c", _MEASURED, sys.executable, *words]
    begun = time.monotonic()
    done = subprocess.run(
        command, cwd=folder, capture_output=True, encoding="utf-8", errors="replace", check=False, timeout=SECONDS
    )
    said, _, peak = done.stdout.rpartition("\n")
    ended = subprocess.CompletedProcess(command, done.returncode, said + done.stderr, "")
    return ended, time.monotonic() - begun, float(peak or 0) / 1024


# Between this process and the run: what a process is forked from counts into its memory.
_MEASURED = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], check=False).returncode
print(f"\\n{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}", end="")
sys.exit(code)
"""


def figures_of_others(folder: Path) -> list[str]:
    """The lines of `indicators.csv` about them, as they stand."""
    lines = (folder / "output" / AS_OF / "indicators.csv").read_text("utf-8").splitlines()
    return [line for line in lines if line.split(",")[1] in OTHERS]


def contents(folder: Path) -> dict[str, str]:
    """What lies in the input folder: regular files by their digest."""
    found = {}
    for place, _, names in os.walk(folder / "input"):
        for name in names:
            path = Path(place, name)
            whole = not path.is_symlink() and path.is_file()
            found[os.fspath(path)] = hashlib.sha256(path.read_bytes()).hexdigest() if whole else "no file"
    return found


def named_in_results(folder: Path) -> set[str]:
    found = set[str]()
    for name in ("answers.csv", "findings.csv"):
        with (folder / "output" / AS_OF / name).open(encoding="utf-8", newline="") as file:
            found |= {row["file"].removeprefix("'") for row in csv.DictReader(file)}
    return found


def attempt(folder: Path, make: Make, undisturbed: list[str]) -> Ended:
    """The district in `folder` with what `make` lays there. `undisturbed`: the others' figures without it."""
    district(folder)
    before = contents(folder)
    make(folder / "input")
    laid = contents(folder)
    done, seconds, peak = main_job(folder)
    faults = []
    if done.returncode != 0:
        return Ended([f"exit code {done.returncode}: {done.stdout[-300:]}"], seconds, peak)
    if any(word in done.stdout for word in ("Traceback", "panicked", "Сбой программы")):
        faults.append("the console tells of a failure")
    if figures_of_others(folder) != undisturbed:
        faults.append("another school's figures differ")
    if contents(folder) != laid:
        faults.append("the input has changed")
    if laid.keys() - before.keys() and not named_in_results(folder) - {Path(name).name for name in before}:
        faults.append("nothing is said of it")
    return Ended(faults, seconds, peak)


def main(names: list[str]) -> int:
    failed = 0
    with tempfile.TemporaryDirectory() as place:
        district(Path(place, "undisturbed"))
        main_job(Path(place, "undisturbed"))
        undisturbed = figures_of_others(Path(place, "undisturbed"))
        print(f"{'maker':58} {'seconds':>7} {'MB':>6}  ended")
        for number, (name, make) in enumerate(makers()):
            if names and not any(one in name for one in names):
                continue
            ended = attempt(Path(place, str(number)), make, undisturbed)
            failed += bool(ended.faults)
            said = "; ".join(ended.faults) or "well"
            print(f"{name[:58].replace(NBSP, ' '):58} {ended.seconds:7.1f} {ended.peak_mb:6.0f}  {said}", flush=True)
    print(f"Faults: {failed}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
