"""A beginning: the folder that `init` makes, and what the commands say before there is a registry."""

import re
import shutil
import tomllib
from datetime import date
from io import BytesIO
from pathlib import Path

import msgspec
import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from pipeline.commands.choosing import school_of
from pipeline.commands.init import BLANK, GUIDE, begin, lines
from pipeline.files import OutputError
from pipeline.reading.finding.layouts import read_book
from pipeline.reading.opening.grid import open_book
from pipeline.reading.registry import read_registry
from pipeline.reading.schools import Schools
from pipeline.settings import Fetch, Limits, Mail, Settings, load_settings
from pipeline.writing.guide import guide_html
from pipeline.writing.pages.colours import INPUT
from pipeline.writing.registry import write_template
from pipeline.writing.settings_file import settings_toml
from schemas.district import Paper, Received, Recipient, Registry, School, Topic, Waiver
from schemas.form import load_form
from schemas.registry_book import Need, Table, tables
from schemas.strict import UsageError
from tests.conftest import MEALS, Run
from tests.test_cli import one_russian_sentence, svod

FORM = load_form("form-547")
TODAY = date(2014, 3, 20)
HEADINGS = 3  # the row of the template where they stand


def template() -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(write_template(FORM, TODAY)))


def saved(book: openpyxl.Workbook) -> bytes:
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def read(content: bytes) -> Registry:
    return read_registry(open_book(content, Limits()), FORM)


# ── the registry's template ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", ["form-547", str(MEALS)])
def test_the_template_has_every_sheet_and_column_that_is_declared_with_a_hint_over_it(form: str):
    form_read = load_form(form)
    book = openpyxl.load_workbook(BytesIO(write_template(form_read, TODAY)))
    for table in tables(form_read):
        sheet = book[table.sheet]
        assert [cell.value for cell in sheet[HEADINGS]] == [column.heading for column in table.columns]
        hints = [str(cell.value) for cell in sheet[HEADINGS - 1]]
        assert [hint.casefold() for hint in hints] == [f"{column.holds}.".casefold() for column in table.columns]
        assert table.about in str(sheet["A1"].value)


@pytest.mark.parametrize("table", tables(FORM), ids=lambda table: table.sheet)
def test_yellow_is_what_the_office_has_to_fill_in(table: Table):
    sheet = template()[table.sheet]
    for number, column in enumerate(table.columns, start=1):
        colour = sheet.cell(HEADINGS + 1, number).fill.fgColor.rgb
        assert (colour == f"FF{INPUT.removeprefix('#')}") == (column.need is not Need.OPTIONAL), column.heading


@pytest.mark.parametrize("table", tables(FORM), ids=lambda table: table.sheet)
def test_whoever_enters_a_cell_is_told_what_belongs_there_and_what_follows_from_a_slip(table: Table):
    sheet = template()[table.sheet]
    rules = {str(rule.sqref).partition(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    for number, column in enumerate(table.columns, start=1):
        said = rules[f"{get_column_letter(number)}{HEADINGS + 1}"].prompt
        assert said.casefold().startswith(column.holds.casefold()[:200])
        assert column.unread in said or said.endswith("…")


def test_an_untouched_template_is_a_registry_without_schools_and_without_a_remark():
    assert read(write_template(FORM, TODAY)) == Registry()


def test_what_is_filled_in_is_read_as_it_was_meant():
    """Codes keep their zeros, and 6.1 becomes no date."""
    book = template()
    rows = {
        "Школы": [
            "01",
            "СОШ № 1",
            None,
            "школа один; первая",
            42,
            612,
            574,
            548,
            22,
            "1@example.ru",
            "Северный куст",
            date(2010, 9, 1),
        ],
        "Рассылка": ["Петрова", "head@example.ru", "сводка, сбои"],
        "Исключения": ["01", "6.1", "TOTAL-NOT-BASE", "слияние", "Петрова", date(2014, 9, 1)],
        "Документы": ["01", FORM.unseen[0], "да"],
    }
    for sheet, values in rows.items():
        for column, value in enumerate(values, start=1):
            cell = book[sheet].cell(HEADINGS + 1, column)
            assert cell.number_format == "@" or not re.fullmatch(r"[\d.]+", str(value)) or not isinstance(value, str)
            cell.value = value
    found = read(saved(book))
    school = School(
        "01",
        "СОШ № 1",
        "",
        ("школа один", "первая"),
        dict(zip([base.id for base in FORM.bases], (42.0, 612.0, 574.0, 548.0), strict=True)),
        22,
        "1@example.ru",
        date(2010, 9, 1),
        group="Северный куст",
    )
    assert found == Registry(
        (school,),
        (Recipient("Петрова", "head@example.ru", frozenset({Topic.SUMMARY, Topic.FAILURES})),),
        (Waiver("01", "6.1", "TOTAL-NOT-BASE", "слияние", "Петрова", date(2014, 9, 1)),),
        (Paper("01", FORM.unseen[0], Received.YES),),
    )


def test_a_draft_is_the_template_with_what_the_reports_say(few: Run, tmp_path: Path):
    """Also where the registry is a template that nobody has filled in."""
    (tmp_path / "input").mkdir()
    for path in sorted(few.input.rglob("*.xlsx"))[:3]:
        shutil.copy(path, tmp_path / "input")
    (tmp_path / "input" / "registry.xlsx").write_bytes(write_template(FORM, TODAY))
    result = svod("--as-of", few.folder.name, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    draft_path = Path("output", few.folder.name, "registry.xlsx")
    said = f"Реестр: в нём нет ни одной школы; черновик — {draft_path}: сначала перенесите его"
    assert said in result.stdout
    draft = openpyxl.load_workbook(tmp_path / "output" / few.folder.name / "registry.xlsx")
    assert draft.sheetnames == template().sheetnames
    schools = draft["Школы"]
    assert (schools["A4"].value, schools["B4"].value is None) == ("01", False)
    blank = [cell for cell in schools[HEADINGS + 1][:8] if cell.value is None]
    assert {cell.fill.fgColor.rgb == f"FF{INPUT.removeprefix('#')}" for cell in blank if cell.column > 4} <= {True}


def test_a_template_without_a_school_and_no_report_is_told_and_nothing_is_written(tmp_path: Path):
    begin(tmp_path, TODAY, None)
    result = svod(cwd=tmp_path)
    assert (result.returncode, one_russian_sentence(result.stderr)) == (2, True)
    assert "нет ни одной школы" in result.stderr
    assert not list((tmp_path / "output").rglob("*.xlsx"))


# ── the settings ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_settings_of_a_beginning_change_nothing(tmp_path: Path):
    (tmp_path / "settings.toml").write_text(settings_toml(), "utf-8")
    assert load_settings(tmp_path / "settings.toml") == Settings()


def test_every_key_that_there_is_stands_in_them_with_a_sentence_before_it(tmp_path: Path):
    """Freed of its sign each is taken, with its default where it has one that says something."""
    text = settings_toml()
    freed = re.sub(r"^#(?=\S)", "", text, flags=re.MULTILINE)
    values = tomllib.loads(freed)
    assert set(values) == set(Settings.__struct_fields__)
    for section, kind in (("mail", Mail), ("fetch", Fetch), ("limits", Limits)):
        assert set(values[section]) == set(kind.__struct_fields__)
    (tmp_path / "settings.toml").write_text(freed, "utf-8")
    settings, usual = load_settings(tmp_path / "settings.toml"), Settings()
    examples = {"reporting_dates", "holidays", "decisions", "mail", "fetch", "controls"}
    taken = {key: value for key, value in msgspec.structs.asdict(settings).items() if key not in examples}
    assert taken == {key: value for key, value in msgspec.structs.asdict(usual).items() if key not in examples}
    rows = text.splitlines()
    keys = [number for number, row in enumerate(rows) if re.match(r"#\w+ = ", row)]
    assert all(re.match(r"# [А-Я].*\.$|\[controls\]", rows[number - 1]) for number in keys)


# ── init ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_init_makes_a_folder_to_begin_with(tmp_path: Path):
    result = svod("init", tmp_path / "Свод школ")
    assert (result.returncode, result.stderr) == (0, "")
    made = {path.relative_to(tmp_path / "Свод школ").as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert made == {"input/registry.xlsx", "settings.toml", "бланк.xlsx", "Руководство.html"}
    said = result.stdout.splitlines()
    assert [line.partition(" — ")[0] for line in said[:4]] == [
        "input/registry.xlsx",
        "settings.toml",
        "бланк.xlsx",
        "Руководство.html",
    ]
    assert said[-1] == str(tmp_path / "Свод школ")


def test_init_leaves_what_stands_there_and_says_so_in_one_sentence(tmp_path: Path):
    """A file, a folder or a link, even one that leads nowhere."""
    (tmp_path / "settings.toml").write_text('timezone = "Europe/Moscow"')
    (tmp_path / BLANK).mkdir()
    (tmp_path / GUIDE).symlink_to(tmp_path / "нет")
    first, second = begin(tmp_path, TODAY, None), begin(tmp_path, TODAY, None)
    assert [path.as_posix() for path, is_new in first.files.items() if is_new] == ["input/registry.xlsx"]
    assert list(lines(first))[1] == "Уже было и осталось без изменений: settings.toml, бланк.xlsx, Руководство.html."
    assert (tmp_path / "settings.toml").read_text() == 'timezone = "Europe/Moscow"'
    assert not (tmp_path / "нет").exists()
    assert not any(second.files.values())


def test_init_on_a_file_is_wrong_use_and_a_file_in_the_way_a_failure(tmp_path: Path):
    (tmp_path / "файл").write_text("")
    with pytest.raises(UsageError, match="файл, а не папка"):
        begin(tmp_path / "файл", TODAY, None)
    (tmp_path / "input").write_text("")
    with pytest.raises(OutputError, match=r"registry\.xlsx: на этом месте лежит файл, а не папка"):
        begin(tmp_path, TODAY, None)


def test_the_blank_form_of_a_beginning_leaves_school_and_date_to_be_filled_in(tmp_path: Path):
    begin(tmp_path, TODAY, None)
    reports, _ = read_book(open_book((tmp_path / BLANK).read_bytes(), Limits()), FORM, Schools(Registry()))
    assert [(report.school_as_written, report.as_of) for report in reports] == [("", None)]


def test_the_guide_is_a_page_that_fetches_nothing(tmp_path: Path):
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.png").write_bytes(b"\x89PNG")
    source = tmp_path / "guide.md"
    source.write_text("# Как <работать>\n\n![картинка](images/a.png)\n\n| а | б |\n|---|---|\n| 1 | 2 |\n", "utf-8")
    page = guide_html(source)
    assert "<title>Как &lt;работать&gt;</title>" in page
    assert 'src="data:image/png;base64,iVBORw=="' in page
    assert "<td>2</td>" in page
    begin(tmp_path, TODAY, None)
    made = (tmp_path / GUIDE).read_text("utf-8")
    assert not re.search(r"(?:src|href)=\"(?!data:)", made)
    assert "Действует по" in made


# ── before there is a registry ───────────────────────────────────────────────────────────────────────────────


def test_forms_without_a_registry_say_so(tmp_path: Path):
    none = svod("forms", cwd=tmp_path)
    assert none.returncode == 0
    assert none.stdout.splitlines()[0] == (
        f"Бланк один, пустой. Реестра школ «{Path('input', 'registry.xlsx')}» нет: "
        "заготовку запишет python run.py init."
    )
    begin(tmp_path, TODAY, None)
    empty = svod("forms", cwd=tmp_path)
    assert "нет ни одной школы: впишите их на лист «Школы»" in empty.stdout.splitlines()[0]
    one = svod("forms", "--school", "СОШ № 1", cwd=tmp_path)
    assert (one.returncode, one_russian_sentence(one.stderr)) == (2, True)
    assert "СОШ № 1" in one.stderr


# ── a school by its code or its name ─────────────────────────────────────────────────────────────────────────


def test_a_school_is_chosen_by_code_short_code_or_name(demo: Run):
    registry = demo.done.survey.intake.registry
    for school in registry.schools:
        for said in (school.code, school.code.lstrip("0"), school.name, school.full_name):
            assert school_of(registry, said) == school


@pytest.mark.parametrize("command", ["forms", "school", "history", "trace"])
def test_every_command_takes_a_school_by_its_name(command: str, few: Run, tmp_path: Path):
    school = few.done.figures.schools[2]
    (tmp_path / "output").mkdir()
    shutil.copy(few.output / "journal.db", tmp_path / "output")
    words = {
        "forms": ["forms", "--school", school.name],
        "school": ["school", school.name],
        "history": ["history", "--school", school.name],
        "trace": ["trace", school.name, "14"],
    }[command]
    day = [] if command == "history" else ["--as-of", few.folder.name]
    result = svod(*words, *day, "--input", few.input, "--output", tmp_path / "output")
    assert (result.returncode, result.stderr) == (0, "")
    if command == "history":
        codes = {line.split()[0] for line in result.stdout.splitlines() if re.match(r" *\d\d ", line)}
        assert codes == {school.code}
    elif command == "trace":
        assert result.stdout.startswith(f"{school.name} (код {school.code})")
    else:
        assert [path.name[:2] for path in tmp_path.rglob("*.xlsx")] == [school.code]


def test_a_name_that_fits_several_schools_asks_for_the_code_and_a_strange_one_names_the_like():
    registry = Registry((School("01", "СОШ № 8"), School("02", "ООШ № 8"), School("03", "Гимназия")))
    with pytest.raises(
        UsageError, match=r"Название «школа 8» подходит нескольким школам: СОШ № 8 \(01\), ООШ № 8 \(02\)"
    ):
        school_of(registry, "школа 8")
    with pytest.raises(UsageError, match=r"Школы «НОШ № 8» в реестре нет, похожие: СОШ № 8 \(01\)"):
        school_of(registry, "НОШ № 8")
    with pytest.raises(UsageError, match=r"Школы «Лицей № 999» в реестре нет. Коды: 01, 02, 03\."):
        school_of(registry, "Лицей № 999")


@pytest.mark.parametrize("command", ["forms", "history"])
def test_a_school_that_is_not_there_is_one_sentence_with_those_that_are(command: str, few: Run, tmp_path: Path):
    (tmp_path / "output").mkdir()
    shutil.copy(few.output / "journal.db", tmp_path / "output")
    result = svod(command, "--school", "Лицей № 999", "--input", few.input, "--output", tmp_path / "output")
    assert (result.returncode, one_russian_sentence(result.stderr)) == (2, True)
    assert "«Лицей № 999»" in result.stderr
    assert few.done.figures.schools[0].code in result.stderr


def test_history_knows_a_school_by_its_code_without_a_registry(few: Run, tmp_path: Path):
    school = few.done.figures.schools[2]
    nowhere = ["--input", tmp_path, "--output", few.output]
    assert svod("history", "--school", school.code, *nowhere).returncode == 0
    named = svod("history", "--school", school.name, *nowhere)
    assert (named.returncode, one_russian_sentence(named.stderr)) == (2, True)
