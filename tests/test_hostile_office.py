"""The office's own words (settings, dates, the registry, the environment) may be as hostile as any school's file: each
ends with a summary or with one sentence that says what to do, never with a failure of the program."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from pipeline.writing.registry import write_registry
from schemas.district import Registry, School
from tests.batch import MARCH, order_form
from tests.depth import cases, some
from tests.order_form import FORM
from tests.test_cli import ROOT, one_russian_sentence, svod
from tests.test_grid import patched
from tests.test_returned import order_form_file

SCHOOLS = (
    School("01", "МБОУ СОШ № 1", bases={"teachers": 42, "pupils": 612, "parents": 574, "able": 548}),
    School("02", "МБОУ СОШ № 2", bases={"teachers": 20, "pupils": 200, "parents": 180, "able": 150}),
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two schools, one of which has reported."""
    folder = tmp_path_factory.mktemp("office")
    (folder / "input").mkdir()
    (folder / "input" / "registry.xlsx").write_bytes(write_registry(FORM, Registry(SCHOOLS), MARCH))
    (folder / "input" / "01.xlsx").write_bytes(order_form_file(order_form(MARCH, "01")))
    return folder


def ends_well(done: "subprocess.CompletedProcess[str]") -> str:
    """What speaks against how it ended; blank for nothing."""
    if done.returncode == 0:
        return "" if "Traceback" not in done.stdout + done.stderr else done.stderr
    if done.returncode == 2 and one_russian_sentence(done.stderr):
        return ""
    return f"{done.returncode}: {done.stdout[-500:]}{done.stderr}"


# ── settings ─────────────────────────────────────────────────────────────────────────────────────────────
HUGE = "9" * 400
TEXTS = {
    "keys of every wrong type": "\n".join(
        f"{key} = {value}"
        for key, value in {"form": 1, "timezone": "[]", "reporting_dates": "{}", "days_before": '"x"'}.items()
    ),
    "a form that is empty": 'form = ""',
    "a form that is a number": "form = 547",
    "a form of blanks": 'form = "   "',
    "a form with a null": 'form = "form\\u0000547"',
    "a form beyond the folder": 'form = "../../../etc/passwd"',
    "a form that is a device": 'form = "/dev/zero"',
    "a form that is a folder": 'form = "."',
    "a form of a thousand letters": f'form = "{"ф" * 5000}"',
    "a list of forms with a number": 'form = ["form-547", 5]',
    "a list of nothing": "form = []",
    "the same form in two spellings": 'form = ["form-547", "schemas/form-547.toml"]',
    "a thousand forms": f"form = {['form-547'] * 1000}",
    "a zone with a null": 'timezone = "Asia/\\u0000"',
    "a zone beyond the folder": 'timezone = "../../etc/passwd"',
    "a zone that is a folder": 'timezone = "Asia"',
    "a zone that is blank": 'timezone = ""',
    "an absolute zone": 'timezone = "/etc/localtime"',
    "a zone of a thousand letters": f'timezone = "{"я" * 5000}"',
    "a zone that is a table": 'timezone = "zone.tab"',
    "a date as text": 'reporting_dates = ["2014-03-20"]',
    "a date with a time": "reporting_dates = [2014-03-20T10:00:00]",
    "a time": "reporting_dates = [10:00:00]",
    "the first day of all": "reporting_dates = [0001-01-01]",
    "the last day of all": "reporting_dates = [9999-12-31]",
    "a day that is none": "reporting_dates = [2014-02-30]",
    "ten thousand dates": f"reporting_dates = {[date(2014, 4, 20)] * 10_000}".replace(
        "datetime.date(2014, 4, 20)", "2014-04-20"
    ),
    "the same date twice": "reporting_dates = [2014-04-20, 2014-04-20]",
    "holidays of the first year": "holidays = [0001-01-01, 9999-12-31]",
    "days below zero": "days_before = -1",
    "days beyond any number": f"days_before = {HUGE}",
    "days that are no number": "days_before = nan",
    "days without end": "days_before = inf",
    "days that are true": "days_before = true",
    "a switch that is a number": "archive = 1",
    "a switch that is a word": 'archive = "да"',
    "decisions in a folder": 'decisions = "."',
    "decisions in a device": 'decisions = "/dev/zero"',
    "decisions in a null": 'decisions = "a\\u0000b.xlsx"',
    "decisions nowhere": 'decisions = "нет/такой.xlsx"',
    "decisions in the settings": 'decisions = "settings.toml"',
    "decisions of a thousand letters": f'decisions = "{"р" * 5000}"',
    "decisions below zero": 'decisions = "-1"',
    "limits of nothing": "[limits]\nfile_mb = 0",
    "limits below zero": "[limits]\nseconds = -1",
    "limits in fractions": "[limits]\nseconds = 0.5",
    "limits as text": '[limits]\ncells = "много"',
    "a second without end": "[limits]\nseconds = inf",
    "seconds beyond any clock": f"[limits]\nseconds = {HUGE}",
    "seconds beyond a word": "[limits]\nseconds = 9223372036854775807",
    "memory beyond any": f"[limits]\nmemory_mb = {HUGE}",
    "memory beyond a word": "[limits]\nmemory_mb = 9223372036854775807",
    "memory of nothing": "[limits]\nmemory_mb = 1",
    "files beyond a word": "[limits]\nfile_mb = 9223372036854775807\nunpacked_mb = 9223372036854775807",
    "everything at its least": "[limits]\nfile_mb = 1\nzip_entries = 1\nsheets = 1\ncells = 1",
    "limits that are a list": "limits = []",
    "limits that are a number": "limits = 5",
    "mail that is a text": 'mail = "smtp"',
    "a host that is a list": "[mail]\nhost = []",
    "a host with a line break": '[mail]\nhost = "a\\nb"\nsender = "a@example.ru"',
    "a host of blanks": '[mail]\nhost = "   "\nsender = "a@example.ru"',
    "a port of nothing": '[mail]\nhost = "a"\nsender = "a@example.ru"\nport = 0',
    "a port above all": '[mail]\nhost = "a"\nsender = "a@example.ru"\nport = 65536',
    "a sender with two lines": '[mail]\nhost = "a"\nsender = "a@example.ru\\nBcc: b@example.ru"',
    "a sender that is a name": '[mail]\nhost = "a"\nsender = "Иванова"',
    "a sender of one sign": '[mail]\nhost = "a"\nsender = "@"',
    "a certificate that is a folder": '[mail]\nhost = "a"\nsender = "a@example.ru"\nca_file = "."',
    "a password file that is a device": '[mail]\nhost = "a"\nsender = "a@example.ru"\npassword_file = "/dev/zero"',
    "an edition that is none": '[mail]\nedition = "secret"',
    "an edition that is a list": '[mail]\nedition = ["full", "public"]',
    "controls that are a list": "controls = []",
    "a control of a number": "[controls]\nCOUNT-FELL = 5",
    "a control of an unknown word": '[controls]\nCOUNT-FELL = "fatal"',
    "a control of nothing": '[controls]\n"" = "off"',
    "all controls off": "",
    "an unknown section": "[почта]\nhost = 5",
    "a section in a section": "[mail.mail.mail]\nhost = 5",
    "tables without end": "[" + "a." * 3000 + "a]\nb = 1",
    "brackets without end": "form = " + "[" * 5000 + "]" * 5000,
    "keys without end": "a" * 100_000 + " = 1",
    "bidi in a key": '"\u202eform" = "form-547"',
    "bidi in a value": 'form = "\u202eform-547"',
    "an escape in a value": 'form = "\\u001b[31mform"',
    "a surrogate": 'form = "\\ud800"',
}


@pytest.mark.parametrize("name", some(TEXTS))
def test_settings(name: str, office: Path, tmp_path: Path):
    path = tmp_path / "settings.toml"
    path.write_text(TEXTS[name], "utf-8")
    done = svod(
        "--input", office / "input", "--output", tmp_path / "output", "--settings", path, "--as-of", "2014-03-20"
    )
    assert ends_well(done) == ""


def _a_folder(path: Path) -> None:
    path.mkdir()


def _a_loop(path: Path) -> None:
    path.symlink_to(path)


def _a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _a_socketless_pipe(path: Path) -> None:
    os.mkfifo(path)


def _nothing(path: Path) -> None:
    path.write_bytes(b"")


def _too_much(path: Path) -> None:
    path.write_bytes(b"# " + b"x" * 50_000_000)


def _locked(path: Path) -> None:
    path.write_bytes(b"")
    path.chmod(0)


PLACES = (_a_folder, _a_loop, _a_device, _a_socketless_pipe, _nothing, _too_much, _locked)


@pytest.mark.skipif(os.name != "posix", reason="files as POSIX has them")
@pytest.mark.parametrize("make", PLACES)
def test_places_of_settings(make: Callable[[Path], None], office: Path, tmp_path: Path):
    path = tmp_path / "settings.toml"
    make(path)
    done = svod(
        "--input", office / "input", "--output", tmp_path / "output", "--settings", path, "--as-of", "2014-03-20"
    )
    assert ends_well(done) == ""


# ── dates and other words of the command line ────────────────────────────────────────────────────────────
DAYS = (
    "0000-00-00", "0001-01-01", "9999-12-31", "1900-02-29", "2100-01-01", "2012-12-31", "2013-01-01", "2099-12-31",
    "-2014-03-20", "2014-03-20T00:00", "2014-3-20", "20.03.2014", "2014-13-01", "2014-02-29", "٢٠١٤-٠٣-٢٠",
    "２０１４-０３-２０",
    "", " ", "\u202e2014-03-20", "2014-03-20\n", "2014-W12-4", "2014-079", "1e3", "NaN", "0x7de", "--", "сегодня",
    "2014-03", "2014-Q1", "2014-Q5", "2014", "99999999999999999999-01-01", "'; DROP TABLE runs", "%s", "../..", "=1+1",
)  # fmt: skip


@pytest.mark.parametrize("day", some(DAYS))
def test_dates(day: str, office: Path, tmp_path: Path):
    done = svod("--input", office / "input", "--output", tmp_path / "output", f"--as-of={day}")
    assert ends_well(done) == ""


def _words(office: Path, tmp_path: Path) -> dict[str, list[object]]:
    reads = ["--input", office / "input", "--output", tmp_path / "o"]
    return {
        "input that is a file": ["--input", office / "input" / "01.xlsx"],
        "input that is a device": ["--input", "/dev/null"],
        "input of a thousand letters": ["--input", "д" * 5000],
        "output that is a device": ["--input", office / "input", "--output", "/dev/null"],
        "output below a file": ["--input", office / "input", "--output", office / "input" / "01.xlsx" / "x"],
        "output of a thousand letters": ["--input", office / "input", "--output", tmp_path / ("д" * 5000)],
        "settings of a thousand letters": ["--settings", "д" * 5000],
        "a school that is a path": ["school", "../../etc", *reads],
        "a school of a thousand letters": ["school", "ш" * 5000, *reads],
        "an item that is a formula": ["trace", "01", "=1+1", *reads],
        "a check of a device": ["check", "/dev/zero"],
        "a check of nothing": ["check", ""],
        "forms of a school with signs": ["forms", "--school", "\x1b[31m", *reads],
        "a rebuild of no date": ["rebuild", "0001-01-01", "--output", tmp_path],
        "an approval of no date": ["approve", "9999-12-31", "--output", tmp_path],
        "an order that is a device": ["new-order", "/dev/zero"],
        "a form that is a device": ["form", "/dev/zero"],
        "a form that is a folder": ["form", "/"],
        "jobs beyond any number": ["--jobs", HUGE],
        "jobs in other digits": ["--jobs", "٣", *reads, "--as-of", "2014-03-20"],
        "jobs in fractions": ["--jobs", "1.5"],
        "a day of the schedule": ["schedule", "--day", "0"],
        "a time of the schedule": ["schedule", "--time", "25:61"],
        "a demo without schools": ["demo", "--schools", "-1", "--dir", tmp_path / "demo"],
        "a demo of too many dates": ["demo", "--dates", "99", "--dir", tmp_path / "demo"],
        "a demo of a huge seed": ["demo", "--schools", "1", "--dates", "1", "--seed", HUGE, "--dir", tmp_path / "demo"],
        "an init below a file": ["init", office / "input" / "01.xlsx"],
    }  # fmt: skip


@pytest.mark.skipif(os.name != "posix", reason="files as POSIX has them")
@pytest.mark.parametrize("name", _words(Path(), Path()))
def test_words_of_the_command_line(name: str, office: Path, tmp_path: Path):
    done = svod(*_words(office, tmp_path)[name])  # type: ignore[arg-type]
    if done.returncode in (1, 3):  # `check` of a file that cannot be read, and a disk that refuses
        assert one_russian_sentence(done.stderr) or done.stdout
        assert "Сбой программы" not in done.stderr
    else:
        assert ends_well(done) == ""


# ── the registry ─────────────────────────────────────────────────────────────────────────────────────────
HEADINGS = ("Код", "Краткое наименование", "Педагогических работников", "Обучающихся", "Родителей", "Электронная почта")
WAIVER: list[object] = ["Код школы", "Пункт", "Код замечания", "Основание", "Кто разрешил", "Действует до"]
CODES = (
    "municipality", "Municipality ", "..", ".", "/", "../../x", "a/b", "a\\b", "CON", "nul.xlsx", "COM1", "=1+1", "+1",
    "@x", "-1", "'", '"', "<b>", "%s", "{0}", "\x07", "\x1b[31m", "01\n02", "\u202e10", "\u200b", "\ufeff01", "٠١",
    "½", "№ 1", "1" * 300, "к" * 300, "*", "?", "|", "~$x", ".svod.lock", "svod-2014-03-20", "registry.xlsx", "01 ",
    " 01", "0x1", "1e5", "NaN", "None", "true", "null", "", " ", "\t", "a;b", "😀" * 40, "e\u0301", "ﬁ", "ı",
)  # fmt: skip
VALUES: dict[str, object] = {
    "an error of a formula": "#REF!",
    "no number": "много",
    "below zero": -5,
    "a fraction": 0.5,
    "true": True,
    "nothing": None,
    "beyond all people": 1e300,
    "not a number": "nan",
    "without end": "inf",
    "a number of four hundred digits": HUGE,
    "two to the power of sixty-four": 2**64,
    "the first day": date(1900, 1, 1),
    "the last day": date(9999, 12, 31),
    "a moment": datetime(2014, 3, 20, 10, 30),
    "an hour": time(10, 30),
    "a formula": "=1/0",
    "a formula of all cells": "=SUM(A1:XFD1048576)",
    "words without end": "я" * 32_000,
    "a control character": "4\x072",
    "turned round": "\u202e24",
    "other digits": "٤٢",
    "a link": "http://example.org/42",
}


def registry_of(
    *rows: tuple[object, ...], headings: tuple[object, ...] = HEADINGS, **more: list[list[object]]
) -> bytes:
    """The sheet «Школы» with these rows; `more`: other sheets. Texts stay texts, as a program would write them."""
    target = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    with xlsxwriter.Workbook(target, options) as book:
        for title, lines in {"Школы": [headings, *rows], **more}.items():
            sheet = book.add_worksheet(title)
            for at, line in enumerate(lines):
                for column, value in enumerate(line):
                    _write(book, sheet, at, column, value)
    return target.getvalue()


def _write(book: xlsxwriter.Workbook, sheet: Worksheet, row: int, column: int, value: object) -> None:
    match value:
        case None:
            pass
        case bool():
            sheet.write_boolean(row, column, value)
        case str() if value.startswith("=") and len(value) > 4:
            sheet.write_formula(row, column, value, None, "#DIV/0!")
        case str():
            sheet.write_string(row, column, value[:32_767])
        case datetime() | date():
            sheet.write_datetime(row, column, value, book.add_format({"num_format": "dd.mm.yyyy"}))
        case time():
            sheet.write_datetime(row, column, value, book.add_format({"num_format": "hh:mm"}))
        case _:
            sheet.write_number(row, column, float(str(value)))


def with_registry(content: bytes, office: Path, folder: Path) -> str:
    """How a run with that registry ends (`ends_well`)."""
    (folder / "input").mkdir()
    (folder / "input" / "01.xlsx").write_bytes((office / "input" / "01.xlsx").read_bytes())
    (folder / "input" / "registry.xlsx").write_bytes(content)
    before = set(folder.parent.iterdir())
    done = svod("--input", folder / "input", "--output", folder / "output", "--as-of", "2014-03-20")
    assert set(folder.parent.iterdir()) == before  # nothing beside the folders
    return ends_well(done)


SOUND = ("02", "МБОУ СОШ № 2", 20, 200, 180, "s2@example.org")


def test_codes(office: Path, tmp_path: Path):
    """All of them in one registry, and each that ends the run by itself."""
    schools = [(code, f"МБОУ СОШ № {n}", 20, 200, 180, "") for n, code in enumerate(CODES, 100)]
    assert with_registry(registry_of(SOUND, *schools), office, tmp_path) == ""


@pytest.mark.parametrize("code", ["municipality", "..", "1" * 300])
def test_a_code_alone(code: str, office: Path, tmp_path: Path):
    assert with_registry(registry_of(SOUND, (code, "МБОУ СОШ № 1", 42, 612, 574, "")), office, tmp_path) == ""


def test_values_in_every_column(office: Path, tmp_path: Path):
    rows = [
        tuple(value if column == at else one for at, one in enumerate(SOUND))
        for value in VALUES.values()
        for column in range(len(SOUND))
    ]
    codes = [(f"{n:04}", *row[1:]) if row[0] == SOUND[0] else row for n, row in enumerate(rows, 3)]
    more = {
        "Рассылка": [["Имя", "Электронная почта", "Что получает"], *([value] * 3 for value in VALUES.values())],
        "Исключения": [WAIVER, *([value] * len(WAIVER) for value in VALUES.values())],
        "Документы": [["Код школы", "Документ", "Получен"], *([value] * 3 for value in VALUES.values())],
    }
    assert with_registry(registry_of(SOUND, *codes, **more), office, tmp_path) == ""


def with_xml(rows: str, behind: str = "") -> bytes:
    """A sound registry with these rows, as XML, and what stands behind them."""
    end = "</sheetData>"
    return patched(registry_of(SOUND), "xl/worksheets/sheet1.xml", lambda xml: xml.replace(end, rows + end + behind))


SHAPES: dict[str, Callable[[], bytes]] = {
    "no sheet of schools": lambda: registry_of(headings=("а",), Другое=[["б"]]),
    "no headings": lambda: registry_of(SOUND, headings=()),
    "headings alone": registry_of,
    "headings twice": lambda: registry_of(SOUND + SOUND, headings=HEADINGS + HEADINGS),
    "headings that are numbers": lambda: registry_of(SOUND, headings=(1, 2, 3, 4, 5, 6)),
    "headings that are dates": lambda: registry_of(SOUND, headings=(*HEADINGS[:2], date(2014, 1, 1), *HEADINGS[3:])),
    "headings of control characters": lambda: registry_of(SOUND, headings=("Код\x07", "Краткое\x1b наименование")),
    "a thousand columns": lambda: registry_of(SOUND + ("x",) * 1000, headings=HEADINGS + tuple(map(str, range(1000)))),
    "the same school a thousand times": lambda: registry_of(*[SOUND] * 1000),
    "thousands of schools": lambda: registry_of(
        *[(f"{n:05}", f"СОШ № {n}", 20, 200, 180, "") for n in range(cases(2_000, 20_000))]
    ),
    "a million rows": lambda: with_xml("".join(f'<row r="{n}"><c r="A{n}"/></row>' for n in range(10, 1_000_010))),
    "four hundred thousand codes": lambda: with_xml(
        "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(10, 400_010))
    ),
    "a cell at the end of the sheet": lambda: with_xml('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "merged headings": lambda: with_xml("", '<mergeCells><mergeCell ref="A1:F1"/></mergeCells>'),
    "everything merged": lambda: with_xml("", '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
    "nothing": lambda: b"",
    "zeros": lambda: bytes(10_000),
    "a torn book": lambda: registry_of(SOUND)[:2000],
    "a web page": lambda: b"<html><table><tr><td>\xd0\x9a\xd0\xbe\xd0\xb4</td></tr></table></html>",
    "a report": lambda: order_form_file(order_form(MARCH, "01")),
    "a document": lambda: b"%PDF-1.7",
    "texts without end": lambda: registry_of(("01", "я" * 32_000, 1, 1, 1, "")),
    "a name of signs alone": lambda: registry_of(("01", "№ «»", 1, 1, 1, ""), ("02", "---", 1, 1, 1, "")),
    "a name like all others": lambda: registry_of(*[(f"{n:02}", "школа", 1, 1, 1, "") for n in range(5)]),
    "sheets of one name but for the case": lambda: registry_of(SOUND, школы_=[["Код"]], рассылка=[["Имя"]]),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_of_registries(shape: str, office: Path, tmp_path: Path):
    assert with_registry(SHAPES[shape](), office, tmp_path) == ""


def test_a_registry_above_a_limit_is_told_which(office: Path, tmp_path: Path):
    settings = tmp_path / "settings.toml"
    settings.write_text("[limits]\nsheets = 1", "utf-8")
    done = svod("--input", office / "input", "--output", tmp_path / "output", "--settings", settings)
    assert done.returncode == 2
    assert done.stderr.startswith("Реестр registry.xlsx не читается: в книге ")
    assert done.stderr.endswith(
        " (предел — 1; увеличить: ключ sheets в [limits] файла settings.toml). Оставьте в нём только листы реестра.\n"
    )
    settings.write_text("[limits]\ncells = 1", "utf-8")
    done = svod("--input", office / "input", "--output", tmp_path / "output", "--settings", settings)
    assert done.returncode == 2
    assert done.stderr.endswith("ключ cells в [limits] файла settings.toml). Сократите его или увеличьте предел.\n")


@pytest.mark.skipif(os.name != "posix", reason="files as POSIX has them")
@pytest.mark.parametrize("make", PLACES)
def test_places_of_registries(make: Callable[[Path], None], office: Path, tmp_path: Path):
    (tmp_path / "input").mkdir()
    (tmp_path / "input" / "01.xlsx").write_bytes((office / "input" / "01.xlsx").read_bytes())
    make(tmp_path / "input" / "registry.xlsx")
    done = svod("--input", tmp_path / "input", "--output", tmp_path / "output", "--as-of", "2014-03-20")
    assert ends_well(done) == ""


# ── the environment ──────────────────────────────────────────────────────────────────────────────────────
SURROUNDINGS: dict[str, dict[str, str]] = {
    "the language of C": {"LANG": "C", "LC_ALL": "C"},
    "a language that is none": {"LANG": "xx_YY.KOI8-R", "LC_ALL": "нет"},
    "no home": {"HOME": "", "USERPROFILE": "", "XDG_CACHE_HOME": ""},
    "a home that is a device": {"HOME": "/dev/null"},
    "a zone of nonsense": {"TZ": "Нет/Такого\x01"},
    "a place for files that is none": {"TMPDIR": "/нет/такой"},
    "an empty path": {"PATH": ""},
    "a console of nothing": {"TERM": "", "COLUMNS": "-1", "LINES": "много"},
}


def by_itself(
    office: Path, tmp_path: Path, surroundings: dict[str, str], *words: object
) -> "subprocess.CompletedProcess[str]":
    command = [
        sys.executable,
        str(ROOT / "run.py"),
        "--input",
        office / "input",
        "--output",
        tmp_path / "output",
        *words,
    ]
    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        check=False,
        env={**os.environ, **surroundings},  # type: ignore[arg-type]
    )
    out, err = (text.decode("utf-8", "replace") for text in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(command, done.returncode, out, err)


@pytest.mark.skipif(os.name != "posix", reason="an environment as POSIX has it")
@pytest.mark.parametrize("name", SURROUNDINGS)
def test_surroundings(name: str, office: Path, tmp_path: Path):
    done = by_itself(office, tmp_path, SURROUNDINGS[name], "--as-of", "2014-03-20")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="an environment as POSIX has it")
def test_a_system_that_takes_no_russian_names(office: Path, tmp_path: Path):
    office = Path(shutil.copytree(office, tmp_path / "office"))
    report = order_form(MARCH, "01", {"14": "более 20 %"})
    (office / "input" / "школа 01.xlsx").write_bytes(order_form_file(report))  # it goes back with a Russian name
    nothing = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = by_itself(office, tmp_path, nothing, "--as-of", "2014-03-20")
    assert done.returncode == 2
    assert done.stderr == "Система не принимает русские имена файлов: запустите Свод с переменной PYTHONUTF8=1.\n"


@pytest.mark.skipif(os.name != "posix", reason="words as POSIX has them")
@pytest.mark.parametrize("word", [b"--as-of=\xff\xfe", b"--settings=\xff.toml", b"\xff", b"--\xd0"])
def test_words_that_are_no_text(word: bytes, office: Path, tmp_path: Path):
    done = by_itself(office, tmp_path, {}, word)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.strip().count("\n") == 0
