"""The standard form: what a school finds in its file, and that it survives LibreOffice."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from pipeline.reading.finding.layouts import read_book
from pipeline.reading.opening.grid import open_book
from pipeline.reading.schools import Schools
from pipeline.settings import Limits
from pipeline.writing.form.prefill import Prefill
from pipeline.writing.form.workbook import page_breaks, write_form
from pipeline.writing.pages import theme
from schemas import own_form
from schemas.district import Registry, School
from schemas.form import Form, Item, Kind, load_form
from tests.libreoffice import needs_libreoffice, printed, recalculated

AS_OF = date(2014, 3, 20)
BASES = {"teachers": 27.0, "pupils": 398.0, "parents": 600.0, "able": 455.0}
SCHOOL = School("08", "СОШ № 8", "МБОУ «Средняя школа № 8»", bases=BASES, classes=18)
BEFORE = Prefill(
    {
        "1": {"person": "Иванова Мария Петровна", "position": "заместитель директора по УВР"},
        "2": {"text": "«Электронная школа»"},
        "3": {"number": "214", "date": "2013-12-20"},
        "4.1": {"title": "Положение об электронном дневнике", "number": "12-од", "date": "2014-01-21"},
        "4.2": {"title": "Регламент", "number": "б/н", "date": "2014-01-21"},
        "5.1": {"text": "не требуется"},
        "6.1": {"count": 27.0},
        "6.3": {"count": 0.0},
        "8": {"count": 294.0, "classes": "5-9, 11"},
        "9": {"percent": 57.1},
        "11": {"yes": "да", "url": "https://school8.example/дневник"},
        "12.1": {"percent": 44.5, "classes": "1-11"},
        "12.2": {"count": 25.0},
        "12.3": {"text": "не предусмотрено"},
        "13": {"count": 19.0},
        "15": {"text": "Дополнительная информация"},
        "problem.1": {"problem": "Слабый интернет", "solution": "Подана заявка"},
        "problem.2": {"problem": "Не хватает компьютеров"},
    },
    {"14": "Активировано 310 чел., но логины выданы 298 (п. 12.1): активных не может быть больше, чем логинов."},
)


@pytest.fixture(scope="module")
def form() -> Form:
    return load_form("form-547")


@pytest.fixture(scope="module")
def written(form: Form) -> bytes:
    return write_form(form, SCHOOL, AS_OF)


@pytest.fixture(scope="module")
def book(written: bytes) -> Workbook:
    return opened(written)


@pytest.fixture(scope="module")
def sheet(book: Workbook) -> Worksheet:
    return book[own_form.SHEET]


def opened(content: bytes, **options: bool) -> Workbook:
    return load_workbook(BytesIO(content), **options)


def header_row(sheet: Worksheet) -> int:
    return next(row for row in range(1, 30) if sheet.cell(row, 1).value == own_form.NUMBER)


def row_of(sheet: Worksheet, number: str) -> int:
    """The item's row: found by its number in the first column, under the heading."""
    return next(row for row in range(header_row(sheet), sheet.max_row) if sheet.cell(row, 1).value == f"{number}.")


def named(book: Workbook, name: str) -> Cell:
    [(sheet, place)] = book.defined_names[name].destinations
    return book[sheet][place]


def unlocked(sheet: Worksheet) -> Iterator[Cell]:
    """The cells a school can write in, a merged area as its first cell."""
    for row in sheet.iter_rows():
        yield from (cell for cell in row if not isinstance(cell, MergedCell) and not cell.protection.locked)


def validation(sheet: Worksheet, place: str) -> DataValidation:
    return next(rule for rule in sheet.data_validations.dataValidation if place in rule.sqref)


def items(form: Form, *kinds: Kind) -> list[Item]:
    return [item for item in form.items if item.kind in kinds]


# ── the order's form ─────────────────────────────────────────────────────────────────────────────────────
def test_every_item_of_the_order_stands_in_its_order_and_in_its_words(form: Form, sheet: Worksheet) -> None:
    rows = [row_of(sheet, item.number) for item in form.items]
    assert rows == sorted(rows)
    for item, row in zip(form.items, rows, strict=True):
        assert sheet.cell(row, 2).value.startswith(item.title)


def test_the_table_has_the_headings_by_which_it_is_read(sheet: Worksheet) -> None:
    header = header_row(sheet)
    assert tuple(cell.value for cell in sheet[header]) == own_form.HEADINGS
    assert sheet.freeze_panes == f"A{header + 1}"


def test_the_head_names_form_school_and_date(form: Form, sheet: Worksheet) -> None:
    assert sheet["A1"].value == form.title
    assert [sheet["A2"].value, sheet["C2"].value] == ["в", "МБОУ «Средняя школа № 8» (код 08)"]
    assert [sheet["A3"].value, sheet["C3"].value] == ["по состоянию на", datetime(2014, 3, 20)]
    assert sheet["C3"].number_format == "dd.mm.yyyy"


def test_the_orders_hint_stands_under_the_item_in_small_grey_italics(form: Form, written: bytes) -> None:
    sheet = opened(written, rich_text=True)[own_form.SHEET]
    hinted = [item for item in items(form, Kind.PERSON, Kind.DOCUMENT, Kind.COVERAGE) if item.hint]
    assert hinted
    for item in hinted:
        text = sheet.cell(row_of(sheet, item.number), 2).value
        assert isinstance(text, CellRichText)
        hint = text[-1]
        assert isinstance(hint, TextBlock)
        assert (hint.text, hint.font.i, hint.font.sz) == (item.hint, True, 8)
        assert hint.font.color.rgb == f"FF{theme.GREY[1:]}"


def test_acts_and_problems_have_their_empty_numbered_rows(form: Form, sheet: Worksheet) -> None:
    for item in items(form, Kind.ACTS):
        first = row_of(sheet, item.number) + 1
        numbers = [sheet.cell(first + n, 1).value for n in range(own_form.ACT_ROWS)]
        assert numbers == [f"{item.number}.{n}." for n in range(1, own_form.ACT_ROWS + 1)]
    title = next(row for row in range(1, sheet.max_row) if sheet.cell(row, 1).value == form.problems.title)
    assert [sheet.cell(title + 1, column).value for column in (2, 3)] == ["Содержание проблемы", "Решение проблемы"]
    numbers = [sheet.cell(title + 1 + n, 1).value for n in range(1, own_form.PROBLEM_ROWS + 1)]
    assert numbers == list(range(1, own_form.PROBLEM_ROWS + 1))


def test_what_may_be_left_out_says_so_where_the_school_writes(form: Form, sheet: Worksheet) -> None:
    not_provided = next(item for item in form.items if item.may_be_not_provided)
    row = row_of(sheet, not_provided.number)
    assert "«не предусмотрено»" in sheet.cell(row, 2).value
    assert "«не предусмотрено»" in validation(sheet, f"C{row}").prompt
    for item in form.items:
        if item.may_be_not_required:
            row = row_of(sheet, item.number)
            assert "в первую строку «не требуется»" in sheet.cell(row, 3).value
            assert "«не требуется»" in validation(sheet, f"B{row + 1}").prompt
            assert "«не требуется»" not in validation(sheet, f"B{row + 2}").prompt


# ── figures ──────────────────────────────────────────────────────────────────────────────────────────────
def test_the_registrys_figures_stand_under_their_labels_in_named_cells(form: Form, book: Workbook) -> None:
    for base in form.bases:
        cell = named(book, base.name)
        assert cell.value == BASES[base.id]
        assert book[own_form.SHEET].cell(cell.row - 1, cell.column).value == base.label


def test_the_number_of_classes_stands_among_them(form: Form, book: Workbook) -> None:
    sheet = book[own_form.SHEET]
    labels = named(book, form.bases[0].name).row - 1
    column = next(cell.column for cell in sheet[labels] if cell.value == own_form.CLASSES)
    assert sheet.cell(labels + 1, column).value == 18


def test_totals_follow_the_passport_and_carry_their_value(form: Form, sheet: Worksheet, written: bytes) -> None:
    values = opened(written, data_only=True)[own_form.SHEET]
    for item in items(form, Kind.COVERAGE):
        row, name = row_of(sheet, item.number), form.base(item.base).name
        assert sheet.cell(row, 4).value == f'=IF({name}="","",{name})'
        assert values.cell(row, 4).value == BASES[item.base]
        assert sheet.cell(row, 6).value == f'=IF(AND(ISNUMBER(E{row}),N(D{row})>0),E{row}/D{row},"")'
        assert values.cell(row, 6).value in ("", None)


def test_classes_are_asked_for_where_the_order_asks_and_kept_without_their_label(form: Form, sheet: Worksheet) -> None:
    for item in items(form, Kind.COVERAGE):
        cell = sheet.cell(row_of(sheet, item.number), 3)
        if item.classes:
            assert (cell.value, cell.number_format, cell.protection.locked) == ("…", '"классы: "@', False)
        else:
            assert (cell.value, cell.protection.locked) == (own_form.COVERED, True)


# ── hard to fill in wrongly ──────────────────────────────────────────────────────────────────────────────
def test_yellow_cells_and_no_others_can_be_written_in(sheet: Worksheet) -> None:
    cells = [cell for row in sheet.iter_rows() for cell in row if not isinstance(cell, MergedCell)]
    yellow = {cell.coordinate for cell in cells if cell.fill.fgColor.rgb == f"FF{theme.INPUT[1:]}"}
    assert yellow == {cell.coordinate for cell in unlocked(sheet)}
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert not sheet.protection.formatColumns  # False: not forbidden
    assert not sheet.protection.formatRows


def test_every_cell_to_fill_in_says_what_belongs_there(sheet: Worksheet) -> None:
    for cell in unlocked(sheet):
        rule = validation(sheet, cell.coordinate)
        assert 0 < len(rule.promptTitle) <= 32
        assert 0 < len(rule.prompt) <= 255
        if rule.type:
            assert 0 < len(rule.error) <= 255
            assert rule.errorStyle in (None, "stop")


def test_a_count_is_a_whole_number_of_people_not_above_the_total(form: Form, sheet: Worksheet) -> None:
    for item in items(form, Kind.COVERAGE):
        cell = f"E{row_of(sheet, item.number)}"
        total = cell.replace("E", "D")
        rule = validation(sheet, cell)
        assert (rule.type, rule.formula1) == (
            "custom",
            f"AND(ISNUMBER({cell}),{cell}=INT({cell}),{cell}>=0,{cell}<=N({total}))",
        )


def test_the_other_answers_are_held_to_their_kind(form: Form, book: Workbook, sheet: Worksheet) -> None:
    volume, yes_no = items(form, Kind.VOLUME)[0], items(form, Kind.YES_NO)[0]
    share = f"F{row_of(sheet, volume.number)}"
    assert validation(sheet, share).formula1 == f"AND(ISNUMBER({share}),{share}>=0,{share}<=1)"
    assert validation(sheet, f"C{row_of(sheet, yes_no.number)}").formula1 == '"есть,нет"'
    assert sheet.cell(row_of(sheet, yes_no.number) + 1, 2).value == own_form.ADDRESS
    assert validation(sheet, "C3").type == "date"
    people = validation(sheet, named(book, form.bases[0].name).coordinate)
    assert (people.type, people.formula1, people.formula2) == ("whole", "0", "20000")


def test_a_school_named_like_a_formula_stays_text(form: Form) -> None:
    sheet = opened(write_form(form, School("01", '=HYPERLINK("http://x")'), AS_OF))[own_form.SHEET]
    assert sheet["C2"].data_type == "s"
    assert sheet["C2"].value == '=HYPERLINK("http://x") (код 01)'


# ── what the office and the reader rely on ───────────────────────────────────────────────────────────────
def meta(book: Workbook) -> dict[str, object]:
    return {row[0].value: row[1].value for row in book[own_form.META_SHEET].iter_rows(max_col=2)}


def test_the_hidden_sheet_tells_whose_form_it_is(book: Workbook) -> None:
    hidden = book[own_form.META_SHEET]
    assert (hidden.sheet_state, hidden.protection.sheet) == ("veryHidden", True)
    assert meta(book) == {
        "form": "form-547",
        "version": 1,
        "school": "08",
        "as_of": "2014-03-20",
        "plan_min": 0.41,
        "plan_max": 0.6,
    }
    assert named(book, own_form.TARGET_NAME).value == 0.41


def test_before_the_first_target_no_plan_is_named(form: Form) -> None:
    early = meta(opened(write_form(form, SCHOOL, date(2014, 1, 30))))
    assert (early["plan_min"], early["plan_max"]) == (None, None)


def test_a_blank_form_asks_for_the_school_and_its_figures(form: Form) -> None:
    book = opened(write_form(form, None, AS_OF))
    sheet = book[own_form.SHEET]
    assert (sheet["C2"].value, sheet["C2"].protection.locked) == (None, False)
    assert [named(book, base.name).value for base in form.bases] == [None] * len(form.bases)
    assert meta(book)["school"] is None


def test_a_figure_that_the_registry_lacks_is_left_to_the_school(form: Form) -> None:
    some = School("08", "СОШ № 8", bases={"teachers": 27.0})
    content = write_form(form, some, AS_OF)
    parents = next(item for item in items(form, Kind.COVERAGE) if item.base == "parents")
    values = opened(content, data_only=True)
    assert named(values, form.base("parents").name).value is None
    sheet = values[own_form.SHEET]
    assert sheet.cell(row_of(sheet, parents.number), 4).value in ("", None)


def test_ten_numbered_sentences_say_how_to_fill_it_in(book: Workbook) -> None:
    rows = list(book[own_form.HELP_SHEET].iter_rows(min_row=2, max_col=2, values_only=True))
    assert [number for number, _ in rows] == [f"{n}." for n in range(1, 11)]
    assert all(str(sentence).endswith(".") for _, sentence in rows)


def test_it_prints_on_a4_with_the_header_repeated_and_each_page_begun_by_an_item(form: Form, sheet: Worksheet) -> None:
    header = header_row(sheet)
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == f"${header}:${header}"
    *items, problems = (sheet.cell(page_end.id + 1, 1).value for page_end in sheet.row_breaks.brk)
    assert items
    assert not [number for number in items if form.item(number.rstrip(".")).parent]
    assert problems == form.problems.title
    assert (sheet.oddFooter.left.text, sheet.oddFooter.center.text) == ("Форма 547, версия 1", "&A")
    assert sheet.oddFooter.right.text == "Лист &P из &N"


def test_the_same_form_is_the_same_bytes(form: Form, written: bytes) -> None:
    assert write_form(form, SCHOOL, AS_OF) == written
    assert opened(written).properties.created == datetime(2014, 3, 20)


# ── another order ────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture(scope="module")
def smaller(form: Form) -> Form:
    """A form of a text, a yes/no and one coverage, with one base and no targets."""
    teachers = form.base("teachers")
    kept = [items(form, Kind.TEXT)[0], items(form, Kind.YES_NO)[0], items(form, Kind.COVERAGE)[0]]
    renumbered = tuple(replace(item, number=str(n)) for n, item in enumerate(kept, start=1))
    return replace(form, id="form-other", version=3, bases=(teachers,), items=renumbered, targets=())


def test_a_form_of_fewer_kinds_and_bases_comes_out_as_well(smaller: Form) -> None:
    book = opened(write_form(smaller, SCHOOL, AS_OF))
    sheet = book[own_form.SHEET]
    assert [sheet.cell(row_of(sheet, n), 2).value.split("\n")[0] for n in "123"] == [
        f"{item.title} {item.blank}".strip() for item in smaller.items
    ]
    assert set(book.defined_names) == {smaller.bases[0].name, own_form.TARGET_NAME}
    assert (meta(book)["form"], meta(book)["version"], meta(book)["plan_min"]) == ("form-other", 3, None)
    instructions = " ".join(str(row[1]) for row in book[own_form.HELP_SHEET].iter_rows(values_only=True))
    assert "охват" in instructions
    assert "документ" not in instructions
    assert "Классы" not in instructions


def test_the_form_of_another_order_is_read_as_svods_own() -> None:
    meals = load_form(Path(__file__).parent / "data" / "form-meals.toml")
    school = School("01", "Школа № 1", bases={"pupils": 100.0, "entitled": 20.0, "cooks": 5.0})
    before = Prefill(
        {"1": {"person": "Иванова М. П.", "position": "повар"}, "2.2": {"count": 15.0}, "4": {"yes": "да"}}
    )
    assert read_again(write_form(meals, school, date(2025, 9, 30), before), meals, school) == before.facts


def test_more_figures_than_a_row_holds_go_into_a_second_row(form: Form) -> None:
    extra = tuple(replace(form.bases[0], id=f"extra{n}", name=f"Ещё_{n}", label=f"Ещё {n}") for n in (1, 2))
    book = opened(write_form(replace(form, bases=form.bases + extra), None, AS_OF))
    places = {named(book, base.name).coordinate for base in form.bases + extra}
    assert len(places) == len(form.bases) + 2
    assert len({named(book, base.name).row for base in form.bases + extra}) == 2


def test_whatever_may_be_left_out_leaves_room_to_say_so(form: Form) -> None:
    kinds = (Kind.VOLUME, Kind.YES_NO, Kind.COVERAGE)
    volume, yes_no, coverage = (replace(items(form, kind)[0], may_be_not_provided=True) for kind in kinds)
    sheet = opened(write_form(replace(form, items=(volume, yes_no, coverage)), None, AS_OF))[own_form.SHEET]
    share = f"F{row_of(sheet, volume.number)}"
    assert validation(sheet, share).formula1.startswith(f'OR({share}="не предусмотрено",')
    assert validation(sheet, f"C{row_of(sheet, yes_no.number)}").formula1 == '"есть,нет,не предусмотрено"'
    assert not coverage.classes
    assert not sheet.cell(row_of(sheet, coverage.number), 3).protection.locked


# ── what is still to be done ─────────────────────────────────────────────────────────────────────────────
def hint(sheet: Worksheet, number: str) -> object:
    return sheet.cell(row_of(sheet, number), 7).value


def test_an_empty_form_asks_for_what_is_overdue_and_names_the_deadlines_to_come(form: Form, written: bytes) -> None:
    sheet = opened(written, data_only=True)[own_form.SHEET]
    overdue = {number for number, due in form.answer_due.items() if due < AS_OF}
    assert overdue < form.answer_due.keys()
    for number, due in form.answer_due.items():
        first = f"{number}.1" if form.item(number).kind is Kind.ACTS else number
        said = str(hint(sheet, first))
        assert said.startswith("▼ ") if number in overdue else said == f"○ нужно до {due:%d.%m.%Y}"
    assert sheet["A4"].value == f"▼ Впишите ещё {len(overdue)}\xa0ответов — см. столбец «Проверка»"


def test_a_blank_form_asks_first_whose_it_is(form: Form) -> None:
    sheet = opened(write_form(form, None, AS_OF), data_only=True)[own_form.SHEET]
    assert sheet["A4"].value == "▼ Впишите название школы"


def test_hints_use_functions_of_excel_2007_and_literals_that_excel_takes(form: Form) -> None:
    long = Prefill(notes={"14": 'Замечание "в кавычках" ' * 30})
    sheet = opened(write_form(form, SCHOOL, AS_OF, long))[own_form.SHEET]
    formulas = [str(cell.value) for row in sheet for cell in row if cell.data_type == "f"]
    texts = re.compile('"((?:[^"]|"")*)"')
    for formula in formulas:
        assert len(formula) < 8192
        assert max(map(len, texts.findall(formula)), default=0) <= 255
        assert set(re.findall(r"[A-Z]+(?=\()", texts.sub("", formula))) <= {
            *("IF", "AND", "OR", "NOT", "N", "INT", "ROUND", "ROUNDUP", "SUMPRODUCT", "COUNTIF", "MATCH", "DATE"),
            *("INDEX", "MOD"),
            *("ISNUMBER", "IFERROR", "SEARCH", "LEFT", "MID", "LEN", "TRIM", "SUBSTITUTE", "CHAR"),
        }


def test_what_is_to_be_done_is_tinted_and_has_its_mark(form: Form, sheet: Worksheet) -> None:
    rules = {str(area.sqref): list(area.rules) for area in sheet.conditional_formatting}
    last = next(cell.row for cell in sheet["A"] if cell.value == form.recognise.note[0]) - 1
    for area in ("A4:G4", f"G{header_row(sheet) + 1}:G{last}"):
        tints = {rule.text: rule.dxf.fill.bgColor.rgb if rule.dxf.fill else None for rule in rules[area]}
        assert tints == {"▼": f"FF{theme.ORANGE_TINT[1:]}", "●": None}


# ── last time's answers ──────────────────────────────────────────────────────────────────────────────────
def read_again(content: bytes, form: Form, school: School = SCHOOL) -> dict[str, dict[str, str | float]]:
    """Item -> field -> value, as the pipeline reads the form; what it derives is left out."""
    reports, remarks = read_book(open_book(content, Limits()), form, Schools(Registry((school,))))
    assert remarks == ()
    assert reports[0].own_form
    facts: dict[str, dict[str, str | float]] = {}
    for fact in reports[0].facts:
        if fact.basis == "stated":
            facts.setdefault(fact.item, {})[fact.field] = fact.value
    return facts


def test_sent_back_unchanged_it_says_what_was_said_last_time(form: Form) -> None:
    assert read_again(write_form(form, SCHOOL, AS_OF, BEFORE), form) == BEFORE.facts


@needs_libreoffice
def test_saved_unchanged_by_libreoffice_it_says_the_same(form: Form, tmp_path: Path) -> None:
    saved = recalculated(write_form(form, SCHOOL, AS_OF, BEFORE), tmp_path)
    assert read_again(saved.read_bytes(), form) == BEFORE.facts


def test_last_times_answers_are_italic_inputs_and_the_form_says_so(form: Form) -> None:
    sheet = opened(write_form(form, SCHOOL, AS_OF, BEFORE))[own_form.SHEET]
    assert "Курсив — из прошлого отчёта: обновите." in sheet["D3"].value
    table = [cell for cell in unlocked(sheet) if cell.row > header_row(sheet)]
    assert any(cell.value == 0 for cell in table)
    said = [cell.coordinate for cell in table if cell.value not in (None, own_form.CLASSES_WANTED)]
    assert [cell.coordinate for cell in table if cell.font.i] == said
    assert "Курсив" not in opened(write_form(form, SCHOOL, AS_OF))[own_form.SHEET]["D3"].value


def test_an_answer_set_aside_is_asked_for_anew_with_what_was_wrong_beside_it(form: Form) -> None:
    sheet = opened(write_form(form, SCHOOL, AS_OF, BEFORE), data_only=True)[own_form.SHEET]
    [(number, note)] = BEFORE.notes.items()
    row = row_of(sheet, number)
    assert [sheet.cell(row, column).value for column in (3, 5)] == [own_form.CLASSES_WANTED, None]
    assert hint(sheet, number) == f"▼ укажите число людей\n{note}"
    assert sheet.row_dimensions[row].height > sheet.row_dimensions[row + 1].height


def test_problems_last_time_left_open_are_pointed_out(form: Form) -> None:
    sheet = opened(write_form(form, SCHOOL, AS_OF, BEFORE), data_only=True)[own_form.SHEET]
    checks = {cell.value: sheet.cell(cell.row, 7).value for cell in sheet["A"] if isinstance(cell.value, int)}
    assert [checks[n] for n in (1, 2, 3)] == ["● заполнено", "○ решение не указано", "–"]


def test_a_percent_without_people_stays_a_percent_until_people_are_given(form: Form) -> None:
    percent_only = next(number for number, facts in BEFORE.facts.items() if facts.keys() == {"percent", "classes"})
    sheet = opened(write_form(form, SCHOOL, AS_OF, BEFORE), data_only=True)[own_form.SHEET]
    assert sheet.cell(row_of(sheet, percent_only), 5).value == "44,5 %"
    assert hint(sheet, percent_only) == "○ было 44,5 %: впишите число людей"
    assert sheet["A4"].value == "▼ Впишите ещё 3\xa0ответа — см. столбец «Проверка»"


def test_a_count_above_the_total_is_told_what_can_be_done(form: Form) -> None:
    item = items(form, Kind.COVERAGE)[0]
    people = SCHOOL.bases[item.base]
    sheet = opened(write_form(form, SCHOOL, AS_OF, Prefill({item.number: {"count": people + 1}})), data_only=True)[
        own_form.SHEET
    ]
    assert hint(sheet, item.number) == "▼ больше, чем всего: исправьте здесь или вверху"
    assert (
        "сначала исправьте сведения о школе вверху листа" in validation(sheet, f"E{row_of(sheet, item.number)}").error
    )


def test_every_row_has_room_for_whatever_its_hint_may_become(form: Form, sheet: Worksheet) -> None:
    """Two lines beside a count, though the blank form says no more than «○ нужно до 01.09.2014»."""
    for item in items(form, Kind.COVERAGE):
        needed = theme.text_height("▼ больше, чем всего: исправьте здесь или вверху", 190, 8)
        assert sheet.row_dimensions[row_of(sheet, item.number)].height >= needed


def test_a_long_name_of_the_school_has_room(form: Form) -> None:
    school = School("08", "СОШ № 8", f"Муниципальное {'бюджетное ' * 12}учреждение")
    heights = [
        opened(write_form(form, one, AS_OF))[own_form.SHEET].row_dimensions[2].height for one in (SCHOOL, school)
    ]
    assert heights[1] > heights[0]


# ── whoever signs ────────────────────────────────────────────────────────────────────────────────────────
SIGNED = {
    "Руководитель: должность": "Директор",
    "фамилия, имя, отчество": "Петрова Анна Сергеевна",
    "дата": datetime(2014, 3, 20),
    "Исполнитель: должность": "методист",
    "телефон": "8 (35141) 2-34-56",
}


def signed(sheet: Worksheet) -> None:
    """Fills in every yellow cell of the block, under its label."""
    first = next(cell.row for cell in sheet["A"] if cell.value == own_form.SIGNED)
    for row in sheet.iter_rows(min_row=first):
        for cell in row:
            if cell.value in SIGNED and not sheet.cell(cell.row + 1, cell.column).protection.locked:
                sheet.cell(cell.row + 1, cell.column).value = SIGNED[cell.value]


def test_the_form_closes_with_a_block_to_be_signed(sheet: Worksheet) -> None:
    first = next(cell.row for cell in sheet["A"] if cell.value == own_form.SIGNED)
    labels = [[c.value for c in sheet[row] if c.value] for row in (first + 1, first + 3)]
    assert labels == [[label for label in row if label] for row in own_form.SIGNERS]
    assert sheet.max_row == first + 4


def test_a_block_that_was_filled_in_answers_nothing_and_is_no_note(form: Form) -> None:
    book = opened(write_form(form, SCHOOL, AS_OF, BEFORE), rich_text=True)
    signed(book[own_form.SHEET])
    target = BytesIO()
    book.save(target)
    assert read_again(target.getvalue(), form) == BEFORE.facts


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("heights", "starts", "breaks"),
    [
        ([10.0] * 9, [0, 5], []),  # all of it on one page
        ([10.0] * 15, [0, 5, 8, 12], [8]),  # before the last item that the page reaches
        ([10.0] * 15, [0, 10], [10]),  # which may end with the page
        ([10.0] * 15, [0, 5], [10]),  # half a page would stay empty: the item is parted
        ([10.0] * 26, [0, 8, 17], [8, 17]),  # the heading takes a row of the second page
        ([10.0, 150.0, 10.0], [0], [1, 2]),  # a row higher than a page has one of its own
    ],
)
def test_a_page_ends_between_items_and_never_half_empty(
    heights: list[float], starts: list[int], breaks: list[int]
) -> None:
    assert page_breaks(heights, starts, room=100.0, repeated=10.0) == breaks


def test_acts_and_problems_go_on_below_last_times_with_one_row_free_at_least(form: Form) -> None:
    papers = {f"4.{n}": {"title": f"Акт {n}", "number": str(n), "date": "2013-12-10"} for n in range(1, 12)}
    problems = {f"problem.{n}": {"problem": f"Проблема {n}"} for n in range(1, 11)}
    sheet = opened(write_form(form, SCHOOL, AS_OF, Prefill(papers | problems)))[own_form.SHEET]
    first = row_of(sheet, "4.1")
    titles = [sheet.cell(row, 2).value for row in range(first, row_of(sheet, "5"))]
    assert titles == [*(f"Акт {n}" for n in range(1, 12)), None]
    numbers = [cell.value for cell in sheet["A"] if isinstance(cell.value, int)]
    assert numbers == list(range(1, 12))


def test_an_answer_named_like_a_formula_stays_text(form: Form) -> None:
    sheet = opened(write_form(form, SCHOOL, AS_OF, Prefill({"2": {"text": "=1+1"}}, {"14": "=1+1"})))[own_form.SHEET]
    assert sheet.cell(row_of(sheet, "2"), 3).data_type == "s"
    assert '&"=1+1"' in str(hint(sheet, "14"))


# ── LibreOffice ──────────────────────────────────────────────────────────────────────────────────────────
@needs_libreoffice
def test_filled_in_and_saved_by_libreoffice_it_reads_back_the_same(form: Form, written: bytes, tmp_path: Path) -> None:
    book = opened(written)
    sheet = book[own_form.SHEET]
    text, volume = items(form, Kind.TEXT)[0], items(form, Kind.VOLUME)[0]
    coverage = next(item for item in items(form, Kind.COVERAGE) if item.classes)
    answers = {
        (row_of(sheet, text.number), 3): "«Электронная школа»",
        (row_of(sheet, volume.number), 6): 0.83,
        (row_of(sheet, coverage.number), 3): "1–11",
        (row_of(sheet, coverage.number), 5): 294,
    }
    for (row, column), answer in answers.items():
        sheet.cell(row, column).value = answer
    filled = BytesIO()
    book.save(filled)

    saved = recalculated(filled.getvalue(), tmp_path).read_bytes()

    rows = CalamineWorkbook.from_filelike(BytesIO(saved)).get_sheet_by_name(own_form.SHEET).to_python()
    assert {place: rows[place[0] - 1][place[1] - 1] for place in answers} == answers
    row = row_of(sheet, coverage.number)
    assert rows[row - 1][3] == BASES[coverage.base]
    assert rows[row - 1][5] == pytest.approx(294 / BASES[coverage.base])
    again = opened(saved)
    assert meta(again) == meta(book)
    assert [named(again, base.name).value for base in form.bases] == [BASES[base.id] for base in form.bases]
    assert again[own_form.META_SHEET].sheet_state in ("hidden", "veryHidden")
    assert {cell.coordinate for cell in unlocked(again[own_form.SHEET])} >= {c.coordinate for c in unlocked(sheet)}


@needs_libreoffice
def test_it_prints_on_four_pages_and_one_of_help(written: bytes, tmp_path: Path) -> None:
    pdf = printed(written, tmp_path).read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 5


@needs_libreoffice
@pytest.mark.parametrize("before", [None, BEFORE])
def test_what_the_form_says_before_anybody_computes_is_what_libreoffice_computes(
    form: Form, before: Prefill | None, tmp_path: Path
) -> None:
    content = write_form(form, SCHOOL, AS_OF, before)
    handed_out = opened(content, data_only=True)[own_form.SHEET]
    computed = opened(recalculated(content, tmp_path).read_bytes(), data_only=True)[own_form.SHEET]
    formulas = [cell.coordinate for row in opened(content)[own_form.SHEET] for cell in row if cell.data_type == "f"]
    assert len(formulas) > 70
    assert {cell: computed[cell].value or "" for cell in formulas} == {
        cell: pytest.approx(value) if isinstance(value := handed_out[cell].value or "", float) else value
        for cell in formulas
    }
