"""The catalogue: every remark is raised by something, reads well with its figures, and fits where it is shown."""

import ast
import os
import re
import string
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace as replace_in

from pipeline.reading.decided import find_decisions
from pipeline.reading.opening.book import Book, Cell, Sheet
from pipeline.reading.registry import read_registry
from pipeline.reading.reports import Inputs, read_file
from pipeline.settings import Limits
from pipeline.wording import message, todo
from pipeline.writing.pages.fitting import text_height
from pipeline.writing.registry import write_registry
from schemas import own_form, remarks
from schemas.addresses import Spot
from schemas.decided import DECISION, HEADINGS, SHEET, Decided, DecisionsRead, Matter, Memory, seal
from schemas.district import Registry, School
from schemas.explained import MEMORY, WORDS, Asked, remembered
from schemas.form import Form, Relation
from schemas.remarks import Remark, load_catalogue
from schemas.reports import FileRead
from schemas.strict import UsageError
from tests import figure_reports
from tests.batch import CATALOGUE, MARCH, checked, file_of, measured, order_form, school
from tests.figure_reports import SPRING, SUMMER
from tests.holders import mailed, zipped
from tests.order_form import FORM, REGISTRY, OrderForm, read
from tests.own_form import own_form_file
from tests.table_forms import (
    EVENTS,
    HEALTH,
    HEALTH_ITEMS,
    MEALS,
    MEALS_HEADINGS,
    MEALS_ROWS,
    health,
    meals,
    with_cell,
)
from tests.table_forms import read as read_tables
from tests.test_intake import MISTAKEN, intake_of, read_all
from tests.test_own_form_touched import PASSPORT_ROW
from tests.test_own_form_touched import read as read_touched
from tests.test_package import compound
from tests.test_papers import document, workbook
from tests.test_papers import read as read_papers
from tests.test_returned import order_form_file
from tests.word import answered as in_word
from tests.word import paragraph, run, text_box

ROOT = Path(__file__).parent.parent
ENTRIES = CATALOGUE.entries
JANUARY = date(2014, 1, 30)


# ── codes ────────────────────────────────────────────────────────────────────────────────────────────────
ENCODINGS = {"UTF-8", "UTF-16"}  # look like codes


def test_every_code_in_the_program_is_in_the_catalogue_and_the_reverse() -> None:
    files = [*(ROOT / "pipeline").rglob("*.py"), *(ROOT / "schemas").rglob("*.py")]
    used = {code for path in files for code in codes_in(path.read_text("utf-8"))} - ENCODINGS
    assert used == set(ENTRIES)


def codes_in(source: str) -> Iterator[str]:
    """Texts of a module that are a code and nothing else."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and re.fullmatch(r"[A-Z]{3,}(-[A-Z0-9]+)+", str(node.value)):
            yield str(node.value)


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("code", ENTRIES)
def test_an_example_holds_exactly_what_the_sentences_name(code: str) -> None:
    entry = ENTRIES[code]
    named = {name for text in (entry.message, entry.todo) for _, name, _, _ in string.Formatter().parse(text) if name}
    assert set(entry.example) == named


@pytest.mark.parametrize("code", ENTRIES)
def test_rule_message_and_todo_are_whole_sentences(code: str) -> None:
    example = CATALOGUE.example(code)
    for said in (ENTRIES[code].rule, message(example, CATALOGUE), todo(example, CATALOGUE)):
        assert re.fullmatch(r"[«А-ЯЁ0-9].*[.]", said)
        said = re.sub(r"\bключ [a-z_]+", "ключ", said)  # of the settings
        assert not re.search(r"\s\s|\.\.|[{}_]|\d \d|\bNone\b|\s\d{4}-\d\d-\d\d", said)


# Characters of the columns «Замечание» and «Что сделать» of a returned file.
WIDTHS = {message: 58, todo: 48}


@pytest.mark.parametrize("say", WIDTHS, ids=lambda say: say.__name__)
@pytest.mark.parametrize("code", ENTRIES)
def test_what_is_said_takes_no_more_than_two_lines_of_its_column(
    code: str, say: Callable[[Remark, object], str]
) -> None:
    pixels = WIDTHS[say] * 7 + 5 - 8  # the cell's indent
    assert text_height(say(CATALOGUE.example(code), CATALOGUE), pixels) <= 2 * text_height("одна строка", pixels)


@pytest.mark.parametrize(
    ("figure", "said"), [(1.0, "1"), (1240.0, "1\u00a0240"), (350.14, "350,14"), (245.5, "245,5"), (0.0, "0")]
)
def test_people_are_said_as_people_write_them(figure: float, said: str) -> None:
    spoken = replace(CATALOGUE.example("TOTAL-NOT-BASE"), data=(("total", figure), ("base", 2.0), ("label", "Детей")))
    assert message(spoken, CATALOGUE) == f"Всего указано {said}{chr(160)}чел., а в реестре 2 («Детей»)."


def test_an_exception_is_said_with_its_reason_behind_the_message() -> None:
    waived = replace(CATALOGUE.example("CELL-NO-VALUE"), data=(("waiver", "согласовано (Иванова)"),))
    assert message(waived, CATALOGUE).endswith("без вычисленного значения. Разрешено: согласовано (Иванова).")


# ── every remark has a fixture that raises it ────────────────────────────────────────────────────────────
Fixture = Callable[[Path], Iterable[Remark]]  # the folder is empty


def answered(item: str, words: str | float | Cell, day: date = MARCH) -> Fixture:
    """An order form that answers one item so."""
    return lambda folder: checked([file_of(order_form(day, answers={item: words}))]).remarks  # type: ignore[dict-item]


def headed(school: str = "МБОУ СОШ № 1", as_of: str = "20.03.2014", registry: Registry = REGISTRY) -> Fixture:
    """An order form with this school and date above its table."""
    return lambda folder: file_of(OrderForm(school=school, as_of=as_of), registry=registry).remarks


def written_beside(item: str, words: str, beside: str) -> Fixture:
    """An order form that answers an item so, with a cell right of the answer."""
    form = order_form(answers={item: words})
    form.rows[form.row_of(item)].append(beside)
    return on_sheets(form.sheet())


def written_below(item: str, words: str, below: str) -> Fixture:
    """An order form with a row added below an item, for a second answer."""
    form = order_form(answers={item: words})
    form.rows.insert(form.row_of(item) + 1, ["", "", below])
    return on_sheets(form.sheet())


def in_one_cell(first: str, last: str) -> Fixture:
    """An order form whose cell for the answers of two items is one."""
    form = order_form(answers={last: ""})
    area = (Spot(form.row_of(first) + 1, 3), Spot(form.row_of(last) + 1, 3))
    return on_sheets(form.sheet()._replace(merged=(area,)))


def in_one_building(item: str, words: str) -> Fixture:
    """An order form with a column a building, alike but for an item that one of them alone answers."""
    form = order_form(answers={item: words})
    first = form.row_of(FORM.items[0].number)
    for row in form.rows[first : form.row_of("15") + 1]:
        row.append("" if row[0] == item else row[-1])
    form.rows.insert(first, ["", "", "Корпус А", "Корпус Б"])
    return on_sheets(form.sheet())


def the_next_row_nameless(item: str, words: str) -> Fixture:
    """An order form whose row below an item, left blank, has lost its number and its wording."""
    form = order_form(answers={item: ""})
    form.rows[form.row_of(item) + 1] = ["", "", words]
    return on_sheets(form.sheet())


def answers_moved_down(folder: Path) -> Iterable[Remark]:
    """A cell was inserted above: hints and answers stand a row below their own."""
    form = OrderForm()
    for number in ("10", "12"):
        form.rows[form.row_of(number)][2] = FORM.item(number).hint
    rows = form.rows[form.row_of("9") : form.row_of("15")]
    for row, typed in zip(rows, ["", *(row[2] for row in rows[:-1])], strict=True):
        row[2] = typed
    return file_of(form).remarks


def answers_headed(words: str) -> Fixture:
    form = order_form()
    next(row for row in form.rows if "Выполнение" in row)[2] = words
    return on_sheets(form.sheet())


def typed_over(changes: dict[tuple[str, str], object]) -> Fixture:
    """Svod's own form with cells typed over: (column, item or row) -> what stands there."""
    return lambda folder: read_touched(changes)[1]


def on_sheets(*sheets: Sheet) -> Fixture:
    return lambda folder: read(*sheets)[1]


def on_meals(*parts: Sequence[object]) -> Fixture:
    return lambda folder: read_tables(meals(*parts), form=MEALS)[1]


def on_health(**parts: Sequence[object]) -> Fixture:
    return lambda folder: read_tables(health(**parts), form=HEALTH)[1]


def decided(*rows: list[str], headings: Iterable[str] = HEADINGS) -> Fixture:
    """A summary workbook whose column of decisions says this."""
    cells = {Spot(1, 1): Cell(seal(FORM.id, MARCH))}
    cells |= {Spot(2, column): Cell(heading) for column, heading in enumerate(headings, start=1)}
    cells |= {Spot(3 + number, 1 + HEADINGS.index(DECISION)): Cell(said) for number, [said] in enumerate(rows)}
    found = find_decisions(Book((Sheet(SHEET, cells),)), FORM)
    assert found
    return lambda folder: found.remarks


def explained_elsewhere() -> Fixture:
    """A report with the remarks' sheet of another school's returned file, filled in."""

    def raised(folder: Path) -> Iterable[Remark]:
        book = openpyxl.load_workbook(BytesIO(order_form_file(order_form())))
        sheet = book.create_sheet("Замечания")
        sheet.append([WORDS, MEMORY])
        sheet.append(["Выбыли два класса", remembered(Asked("07", "COUNT-FELL", "6.2", MARCH, ""))])
        book.save(folder / "01.xlsx")
        found = read_file(Inputs(folder, FORM, Limits(), REGISTRY), Path("01.xlsx"))
        assert isinstance(found, FileRead)
        return found.remarks

    return raised


def summaries(*days: date) -> Fixture:
    """A summary of each date has come back, each with another decision in the same row, and the picture of March."""
    memory = Memory(key="1", as_of=JANUARY, matter=Matter.OWN, tag="Своё", text="")
    found = [DecisionsRead(day, (Decided(memory, f"Решение {number}"),)) for number, day in enumerate(days)]
    reads = [FileRead(f"{number}.xlsx", "", decisions=decisions) for number, decisions in enumerate(found)]
    return lambda folder: measured([file_of(order_form()), *reads]).remarks


def handed_out(**meta: str) -> Fixture:
    """A form that Svod handed out for another school or date than stands in its head."""
    meta_sheet = table(own_form.META_SHEET, meta.items())
    return on_sheets(OrderForm().sheet(), meta_sheet._replace(hidden=True))


def in_the_inbox(content: bytes) -> Fixture:
    def fixture(folder: Path) -> Iterable[Remark]:
        (folder / "отчёт.xlsx").write_bytes(content)
        return read_there(folder)

    return fixture


def in_the_folder(content: bytes) -> Fixture:
    """A file of a folder whose archives and letters are opened."""

    def fixture(folder: Path) -> Iterable[Remark]:
        (folder / "отчёт.xlsx").write_bytes(content)
        return [said for read in read_all(folder) for said in read.remarks]

    return fixture


def an_archive_that_is_opened(folder: Path) -> Iterable[Remark]:
    (folder / "отчёты.zip").write_bytes(zipped({"отчёт.xlsx": b"PK\x03\x04" + bytes(300)}))
    return intake_of(folder).inbox.remarks


def read_there(folder: Path) -> Iterable[Remark]:
    found = read_file(Inputs(folder, FORM, Limits(), REGISTRY), Path("отчёт.xlsx"))
    return found.remarks  # type: ignore[union-attr]


def sent(*days: date, as_of: date = MARCH, registry: Registry = REGISTRY) -> Fixture:
    """Order forms of the first school for these dates, and the picture of a date."""
    files = [file_of(order_form(day), f"{number}.xlsx") for number, day in enumerate(days)]
    return lambda folder: measured(files, registry, as_of).remarks


def from_one_to_the_next(item: str, before: str, now: str) -> Fixture:
    reports = {"1.xlsx": order_form(JANUARY, answers={item: before}), "2.xlsx": order_form(answers={item: now})}
    return lambda folder: checked([file_of(form, name) for name, form in reports.items()]).remarks


def sent_twice(earlier: dict[str, str], later: dict[str, str]) -> Fixture:
    """Two files for one date that differ from a clean report so."""
    files = [file_of(order_form(answers=said), f"{number}.xlsx") for number, said in enumerate((earlier, later))]
    return lambda folder: checked(files).remarks


def of_district(answers: dict[str, dict[str, str]]) -> Fixture:
    """Order forms of schools of one size for one date: code -> what it answers otherwise than the clean form."""
    registry = Registry(tuple(school(code) for code in answers))
    files = [file_of(order_form(MARCH, code, said), f"{code}.xlsx", registry) for code, said in answers.items()]
    return lambda folder: checked(files, registry).remarks


def own_answers_after_a_copy(folder: Path) -> Iterable[Remark]:
    """School 02 has sent school 01's report in January, and its own in March: other documents, fewer people."""
    registry = Registry((school("01"), school("02")))
    days = {JANUARY: {}, MARCH: {"3": "приказ № 99 от 01.12.2013", "10.1": "15/36%", "6.1": "30/71%"}}
    files = [file_of(order_form(day, "02", said), f"02-{day}.xlsx", registry) for day, said in days.items()]
    return checked([file_of(order_form(JANUARY, "01"), "01.xlsx", registry), *files], registry).remarks


def in_the_registry(*rows: Iterable[object], sheet: str = "Школы") -> Fixture:
    """A registry of one school with these rows, the first a heading, on a sheet of that name."""
    schools = rows if sheet == "Школы" else (["Код", "Краткое наименование"], ["01", "МБОУ СОШ № 1"])
    book = Book(tuple({name: table(name, given) for name, given in (("Школы", schools), (sheet, rows))}.values()))
    return lambda folder: read_registry(book, FORM).remarks


def table(name: str, rows: Iterable[Iterable[object]]) -> Sheet:
    cells = {Spot(r, c): Cell(value) for r, row in enumerate(rows, 1) for c, value in enumerate(row, 1) if value}  # type: ignore[arg-type]
    return Sheet(name, cells)


def a_folder_called_like_a_report(folder: Path) -> Iterable[Remark]:
    (folder / "отчёт.xlsx").mkdir()
    return read_there(folder)


def a_file_far_above_the_limit(folder: Path) -> Iterable[Remark]:
    with open(folder / "отчёт.xlsx", "wb") as file:
        file.truncate(Limits().file_mb * 2**20 + 1)
    return read_there(folder)


def a_file_that_may_not_be_read(folder: Path) -> Iterable[Remark]:
    (folder / "отчёт.xlsx").write_bytes(b"PK")
    (folder / "отчёт.xlsx").chmod(0)
    try:
        os.seteuid(NOBODY if os.geteuid() == 0 else os.geteuid())  # root may read everything
        return read_there(folder)
    finally:
        os.seteuid(os.getuid())


NOBODY = 65_534


def a_file_at_which_the_program_fails(folder: Path) -> Iterable[Remark]:
    (folder / "отчёт.xlsx").write_bytes(zipped({"xl/workbook.xml": ""}))
    (read,) = read_all(folder, MISTAKEN)
    return read.remarks


def an_item_under_another_number(folder: Path) -> Iterable[Remark]:
    form = OrderForm()
    form.rows[form.row_of("9")][0] = "29"
    return file_of(form).remarks


def a_row_of_something_else(folder: Path) -> Iterable[Remark]:
    form = OrderForm()
    form.rows[form.row_of("14")][1] = "Светоотражатели на рюкзаках"
    return file_of(form).remarks


def with_a_second_date(folder: Path) -> Iterable[Remark]:
    form = OrderForm()
    form.rows.insert(2, ["Дата отчёта: 30.01.2014"])
    return file_of(form).remarks


def an_item_answered_twice(folder: Path) -> Iterable[Remark]:
    form = OrderForm()
    form.rows.insert(form.row_of("9") + 1, ["9", FORM.item("9").title, "40 %"])
    return file_of(form).remarks


def a_note_beside_the_form(folder: Path) -> Iterable[Remark]:
    form = OrderForm()
    form.rows[form.row_of("9")].append("уточнить")
    return file_of(form).remarks


def a_problem_alone(folder: Path) -> Iterable[Remark]:
    return checked([file_of(OrderForm(problems=[("Слабый интернет", "")]))]).remarks


def nothing_filled_in(folder: Path) -> Iterable[Remark]:
    return checked([file_of(OrderForm(answers={}, problems=[]))]).remarks


def teachers_of_whom_there_are_none(folder: Path) -> Iterable[Remark]:
    first = REGISTRY.schools[0]
    nobody = Registry((replace(first, bases=first.bases | {"teachers": 0.0}),))
    return checked([file_of(order_form(), registry=nobody)], nobody).remarks


def a_blank_base(folder: Path) -> Iterable[Remark]:
    unknown = Registry((replace(REGISTRY.schools[0], bases={}),))
    return measured([file_of(order_form(), registry=unknown)], unknown).remarks


def percents_without_a_registry(folder: Path) -> Iterable[Remark]:
    draft = Registry((replace(REGISTRY.schools[0], bases={}),), draft=True)
    return checked([file_of(order_form(), registry=draft)], draft).remarks


def a_prefilled_form_sent_back(folder: Path) -> Iterable[Remark]:
    return checked([own_form_file("1.xlsx", JANUARY), own_form_file("2.xlsx", MARCH)]).remarks


def grown_alike(folder: Path) -> Iterable[Remark]:
    """Ten points more in five items than the report before."""
    before = order_form(JANUARY, answers={"8": "40,5%", "9": "21 %", "12.1": "51%", "12.2": "85 %", "13": "78%"})
    return checked([file_of(before, "1.xlsx"), file_of(order_form(), "2.xlsx")]).remarks


def all_percents_round(folder: Path) -> Iterable[Remark]:
    tens = {"8": "50%", "9": "30 %", "12.1": "60%", "12.2": "90 %", "13": "80%", "14": "40%"}
    return checked([file_of(order_form(answers=tens))]).remarks


def two_schools_of_one_number() -> Registry:
    return Registry((School("08", "МБОУ СОШ № 8"), School("18", "МБОУ НОШ № 8")))


def one_part_above_its_whole(folder: Path) -> Iterable[Remark]:
    return checked([], Registry((school(bases={"parents": 540, "able": 548}),))).on_registry


# A form that asks for the days of meals twice, and one that wants no more than one event.
WITH_EQUALS = replace_in(MEALS, relations=(Relation(kind="equal", item="5", of=("4/дети",)),))
WITH_ONE_LINE = replace_in(HEALTH, tables=tuple(replace_in(table, at_most=1) for table in HEALTH.tables))


WITH_PAGE = replace_in(
    HEALTH,
    items=tuple(
        replace_in(item, choices=tuple(replace_in(one, address=True) for one in item.choices))
        if item.number == "2"
        else item
        for item in HEALTH.items
    ),
)


def of_figures(changes: figure_reports.Said, form: Form) -> Fixture:
    """A report of meals or of health that is right but for these answers."""
    meals = form.id == MEALS.id
    said, day = (figure_reports.OF_MEALS, figure_reports.JANUARY) if meals else (figure_reports.OF_HEALTH, SPRING)
    read = figure_reports.file_of({**said, **changes}, day)
    known = figure_reports.registry(MEALS if meals else HEALTH)
    return lambda folder: checked([read], known, form=form).remarks


def since_the_new_year_fewer(folder: Path) -> Iterable[Remark]:
    files = [figure_reports.file_of({**figure_reports.OF_HEALTH, "4": n}, day) for n, day in ((6, SPRING), (5, SUMMER))]
    return checked(files, figure_reports.registry(HEALTH), form=HEALTH).remarks


def a_plan_in_words(folder: Path) -> Iterable[Remark]:
    headings = ["Код", "Краткое наименование", "План: дней по болезни на одного обучающегося"]
    book = Book((table("Школы", (headings, ["01", "СОШ № 1", "четыре"])),))
    return read_registry(book, HEALTH).remarks


WITH_TEACHERS = ["Код", "Краткое наименование", "Педагогических работников", "Действует с"]
MAILING = ["Имя", "Электронная почта", "Что получает"]
WAIVERS = ["Код школы", "Пункт", "Код замечания", "Основание", "Кто разрешил", "Действует до"]


def papers(files: dict[str, bytes]) -> Fixture:
    return lambda folder: [said for read in read_papers(folder, files).values() for said in read.remarks]


ANOTHER_PLAN = {
    "план.docx": document("УТВЕРЖДЁН приказом от 06.12.2013 № 14", "План действий МБОУ СОШ № 8"),
    "форма.xlsx": workbook("приказ № 12 от 05.12.2013"),
}


RAISED: dict[str, Fixture] = {
    # the file
    "FILE-LINK": a_folder_called_like_a_report,
    "FILE-EMPTY": in_the_inbox(b""),
    "FILE-KIND": in_the_inbox(b"%PDF-1.7\n"),
    "FILE-ARCHIVE": in_the_inbox(b"MSCF\0\0\0\0"),
    "FILE-LETTER": in_the_inbox(b"\x78\x9f\x3e\x22\x01\x00"),
    "FILE-HOLDS-NOTHING": in_the_folder(mailed({})),
    "ARCHIVE-OPENED": an_archive_that_is_opened,
    "ARCHIVE-LIMIT": in_the_folder(zipped({f"школа {n}.xlsx": "" for n in range(2_001)})),
    "FILE-INTERNAL": a_file_at_which_the_program_fails,
    "FILE-ENCRYPTED": in_the_inbox(compound("Root Entry", "EncryptedPackage")),
    "FILE-DAMAGED": in_the_inbox(b"PK\x03\x04" + bytes(300)),
    "FILE-LIMIT": a_file_far_above_the_limit,
    "FILE-BUSY": read_there,  # it is gone
    "FILE-DENIED": a_file_that_may_not_be_read,
    "FILE-NO-FORM": on_sheets(Sheet("Список", {Spot(1, 1): Cell("Телефоны")})),
    "FILE-REGISTRY": in_the_inbox(write_registry(FORM, REGISTRY, MARCH)),
    # papers beside the reports
    "PAPER-RECEIVED": papers({"Приказ СОШ № 8.pdf": b"%PDF"}),
    "PAPER-BY-TEXT": papers({"1.docx": document("План действий МБОУ СОШ № 8")}),
    "PAPER-DIFFERS": papers(ANOTHER_PLAN),
    # a summary that has come back
    "DECISIONS-READ": decided(["Проверить"]),
    "DECISIONS-MANY": decided(*([f"Проверить {number}"] for number in range(101))),
    "DECISIONS-UNREADABLE": decided(headings=HEADINGS[:4]),
    "DECISIONS-LATER": summaries(MARCH),
    "DECISIONS-DIFFER": summaries(JANUARY, JANUARY),
    # a returned file that has come back
    "EXPLANATION-ASTRAY": explained_elsewhere(),
    # its sheets
    "FORM-OTHER-ORDER": handed_out(form="form-meals"),
    "FORM-OTHER-VERSION": handed_out(version="0"),
    "FORM-HIDDEN": on_sheets(OrderForm().sheet(hidden=True)),
    "FORM-TWICE": on_sheets(OrderForm().sheet(), OrderForm(name="Лист2").sheet()),
    "FORM-UNUSED": on_sheets(OrderForm().sheet(), OrderForm(name="Лист2").sheet(hidden=True)),
    "FORM-CONFLICT": on_sheets(OrderForm().sheet(), replace(order_form(answers={"13": "12 %"}), name="Лист2").sheet()),
    # its head
    "COLUMN-OTHER-DATE": answers_headed("Выполнение на 30.01.2014"),
    "COLUMN-NOT-ANSWER": answers_headed("План"),
    "SCHOOL-MISSING": headed(school="____________"),
    "SCHOOL-UNKNOWN": headed(school="МБОУ СОШ № 99"),
    "SCHOOL-AMBIGUOUS": headed(school="школа № 8", registry=two_schools_of_one_number()),
    "SCHOOL-SEVERAL": headed(school="МБОУ СОШ № 1, МБОУ СОШ № 10"),
    "SCHOOL-CONFLICT": handed_out(school="10"),
    "SCHOOL-LATIN": headed(school="МБОУ CОШ № 1"),
    "DATE-MISSING": headed(as_of="________"),
    "DATE-UNREADABLE": headed(as_of="31.02.2014"),
    "DATE-SEVERAL": with_a_second_date,
    "DATE-BEFORE-ORDER": headed(as_of="20.03.2013"),
    "DATE-CONFLICT": handed_out(as_of="20.05.2014"),
    # its place among the others
    "DATE-ODD": sent(date(2014, 2, 17)),
    "DATE-FUTURE": sent(MARCH + timedelta(days=1)),
    "REPORT-SUPERSEDED": sent(MARCH, MARCH),
    "REPORT-OLDER": sent(JANUARY, MARCH),
    "REPORT-EMPTY": nothing_filled_in,
    "SCHOOL-NOT-IN-BEING": sent(MARCH, registry=Registry((school(until=JANUARY),))),
    # its cells
    "NOTE-BESIDE": a_note_beside_the_form,
    "ANSWER-ASIDE": in_the_inbox(in_word("13", run("88 %", "<strike/>"))),
    "TEXT-UNREAD": in_the_inbox(in_word("13", run("88 %") + text_box(paragraph("44 %")))),
    "TEXT-ASIDE": in_the_inbox(in_word("13", run("88 %") + run("1", '<vertAlign val="superscript"/>'))),
    "ROW-UNKNOWN": a_row_of_something_else,
    "ROW-FOREIGN": on_meals([*MEALS_ROWS, ("", "Дошкольная группа", 15, 150, 225, 33750)]),
    "LIST-SUM": on_health(events=[*EVENTS, ("", "Итого", "", 60)]),
    "COLUMN-FOREIGN": on_meals(MEALS_ROWS, (*MEALS_HEADINGS[:5], "Израсходовано")),
    "CELL-CLOSED": on_meals(with_cell(MEALS_ROWS, "1.1", 3, 97.26)),
    "ITEM-BY-WORDING": an_item_under_another_number,
    "CELL-ERROR": answered("13", Cell("#ДЕЛ/0!", fault="error")),
    "CELL-NO-VALUE": answered("13", Cell("", fault="no_value")),
    # one answer
    "NUM-NONE": answered("13", "в процессе"),
    "NUM-RANGE": answered("13", "80–85 %"),
    "NUM-BOUND": answered("13", "более 50 %"),
    "NUM-ABOUT": answered("13", "около 90 %"),
    "NUM-LETTER": answered("13", "З0 %"),
    "NUM-UNCLEAR": answered("6.2", "87"),
    "NUM-FRACTION": answered("8", 0.87),
    "NUM-SEVERAL": answered("13", "87 % / 90 %"),
    "NUM-OTHER-DATE": answered("13", "100 % с 01.09.2014"),
    "NUM-NOT-WHOLE": answered("6.1", "24,5 чел."),
    "NUM-WHOLE": on_meals(with_cell(MEALS_ROWS, "1", 2, "12,5")),
    "NUM-MARK": on_meals(with_cell(MEALS_ROWS, "1", 2, "1,234")),
    "NUM-OTHER-UNIT": on_meals(with_cell(MEALS_ROWS, "1", 5, "12 тыс. руб.")),
    "NUM-FOREIGN-UNIT": on_meals(with_cell(MEALS_ROWS, "1", 5, "15 чел.")),
    "CHOICE-ONE": on_health(items=with_cell(HEALTH_ITEMS, "2", 2, "школа, комбинат")),
    "CHOICE-UNKNOWN": on_health(items=with_cell(HEALTH_ITEMS, "2", 2, "столовая")),
    "DAY-UNREADABLE": on_health(events=with_cell(EVENTS, "1", 1, "в мае")),
    "DAY-YEAR": on_health(events=with_cell(EVENTS, "1", 1, "21 марта")),
    "LINK-UNREADABLE": on_health(events=with_cell(EVENTS, "1", 4, "на сайте школы")),
    "NUM-NEGATIVE": answered("13", "-5 %"),
    "PCT-ABOVE-100": answered("9", "104 %"),
    "COUNT-ABOVE-TOTAL": answered("6.2", "575 из 574"),
    "PCT-DISAGREES": answered("6.2", "331 из 574 (59%)"),
    "TOTAL-NOT-BASE": answered("6.2", "331 из 570 (58%)"),
    "BASE-UNKNOWN": teachers_of_whom_there_are_none,
    "BASE-NO-REGISTRY": percents_without_a_registry,
    "COUNT-MISSING": typed_over({("C", "14"): "1-11"}),
    "ANSWER-IN-HEADING": typed_over({("C", "6"): "100 % всех"}),
    "PASSPORT-UNREADABLE": typed_over({("C", PASSPORT_ROW): "около 40"}),
    "CLASSES-UNREADABLE": answered("12.1", "61% (1-12 классы)"),
    "WORDS-BESIDE": typed_over({("E", "13"): 28, ("C", "13"): "не все"}),
    "CLASSES-PART": answered("12.1", "61% (5-9 классы)"),
    "YES-NO-UNREADABLE": answered("11", "в разработке"),
    "ANSWER-TWICE": an_item_answered_twice,
    "ANSWER-DISPUTED": written_beside("14", "45 %", "100 %"),
    "ANSWER-BESIDE": written_beside("14", "", "45 %"),
    "ANSWER-OUTSIDE": written_beside("7", "", "родительские собрания"),
    "ROW-NAMELESS": the_next_row_nameless("13", "45 %"),
    "ANSWER-MERGED": in_one_cell("13", "14"),
    "ANSWERS-SHIFTED": answers_moved_down,
    "COLUMN-UNKNOWN": in_one_building("14", "45 %"),
    "CLASSES-APART": written_below("14", "1-4 кл. – 73 %", "5-11 кл. – 21 %"),
    "CLASSES-SUMMED": answered("14", "5 кл. – 12 из 24, 6 кл. – 20 из 25"),
    "DOC-INCOMPLETE": answered("3", "приказ от 12.12.2013"),
    "DOC-SEVERAL": answered("3", "приказ № 12 от 09.12.2013, приказ № 14 от 10.12.2013"),
    "DOC-NOT-IN-FORCE": answered("3", "проект приказа № 12 от 05.12.2013"),
    "DOC-AFTER-REPORT": answered("3", "приказ № 12 от 21.03.2014"),
    "PERSON-INCOMPLETE": answered("1", "Иванова Мария Петровна"),
    "PERSON-SEVERAL": answered("1", "Иванова М.П., учитель; Ким С.Е., методист"),
    "ANSWER-MISSING": answered("7", ""),
    "ANSWER-NO": answered("11", "нет", date(2014, 9, 20)),
    "PROBLEM-NO-SOLUTION": a_problem_alone,
    # between items, reports and schools
    "ABOVE-LIMIT": answered("14", "65%"),
    "COUNT-FELL": from_one_to_the_next("10.1", "42/100%", "21/50%"),
    "PCT-FELL": from_one_to_the_next("9", "45 %", "31 %"),
    "BASE-JUMP": from_one_to_the_next("6.2", "100 из 460", "331 из 574"),
    "DOC-GONE": from_one_to_the_next("3", "приказ № 12 от 05.12.2013", "нет"),
    "ANSWER-GONE": from_one_to_the_next("9", "31 %", ""),
    "ANSWER-FORMER": from_one_to_the_next("9", "31 %", "без изменений"),
    "ANSWER-NO-FORMER": answered("9", "без изменений"),
    "REPORT-PARTIAL": sent_twice({}, {"9": ""}),
    "ANSWER-CHANGED": sent_twice({"9": "30 %"}, {"9": "31 %"}),
    "REPORT-UNCHANGED": a_prefilled_form_sent_back,
    "SAME-ANSWERS": of_district({"01": {}, "02": {}}),
    "AFTER-SAME-ANSWERS": own_answers_after_a_copy,
    "FAR-FROM-PEERS": of_district({f"{n:02d}": {"13": "7 %" if n == 5 else f"{70 + n} %"} for n in range(1, 11)}),
    "PCT-ROSE": from_one_to_the_next("13", "5 %", "90 %"),
    "GROWTH-ALIKE": grown_alike,
    "PCT-ROUND": all_percents_round,
    # the registry
    "REGISTRY-CODE": in_the_registry(WITH_TEACHERS, ["01", "МБОУ СОШ № 1"], ["", "МБОУ СОШ № 2"]),
    "REGISTRY-BASE": a_blank_base,
    "REGISTRY-NUMBER": in_the_registry(WITH_TEACHERS, ["01", "МБОУ СОШ № 1", "сорок"]),
    "REGISTRY-NAME": in_the_registry(
        ["Код", "Краткое наименование", "Другие названия"],
        ["01", "МБОУ СОШ № 1", ""],
        ["02", "МБОУ СОШ № 2", "школа № 1; МБОУ СОШ № 1"],
    ),
    "REGISTRY-DATE": in_the_registry(WITH_TEACHERS, ["01", "МБОУ СОШ № 1", 42.0, "с осени"]),
    "REGISTRY-WAIVER": in_the_registry(WAIVERS, ["99", "14"], sheet="Исключения"),
    "REGISTRY-TICK": in_the_registry(["Код школы", "Документ", "Получен"], ["99", "План"], sheet="Документы"),
    "REGISTRY-ADDRESS": in_the_registry(["Имя", "Электронная почта"], ["Описка", "school8@"], sheet="Рассылка"),
    **{
        code: of_figures(changes, form)
        for code, (changes, form) in {
            "NUM-BELOW-MIN": ({"5": -1}, MEALS),
            "NUM-ABOVE-MAX": ({"5": 45}, MEALS),
            "NUM-ABOVE-BASE": ({"1/дети": 121}, MEALS),
            "SUM-DISAGREES": ({"4/дети": 201}, MEALS),
            "PRODUCT-DISAGREES": ({"2/сумма": 1}, MEALS),
            "RATIO-DISAGREES": ({"4/цена": 100}, MEALS),
            "EQUAL-DISAGREES": ({"5": 14}, WITH_EQUALS),
            "PART-ABOVE-WHOLE": ({"1.1/дети": 101}, MEALS),
            "ANSWER-REQUIRED": ({"6": None}, MEALS),
            "REASON-MISSING": ({"5": 9}, HEALTH),
            "LIST-SHORT": ({"6.1/дата": None, "6.1/название": None, "6.1/участники": None}, HEALTH),
            "LIST-LONG": ({"6.2/дата": "2026-01-31"}, WITH_ONE_LINE),
            "DAY-OUTSIDE": ({"6.1/дата": "2025-12-31"}, HEALTH),
            "ADDRESS-MISSING": ({"2": ["школа"]}, WITH_PAGE),
        }.items()
    },
    "YEAR-FELL": since_the_new_year_fewer,
    "REGISTRY-FIGURE": a_plan_in_words,
    "REGISTRY-PART": one_part_above_its_whole,
    "REGISTRY-CELL": in_the_registry(MAILING, ["Начальник", "head@example.org", "отчёт"], sheet="Рассылка"),
    "REGISTRY-LINE": in_the_registry(WITH_TEACHERS, ["01", "МБОУ СОШ № 1", 42.0], ["Городские школы"]),
    "REGISTRY-COLUMN": in_the_registry(["Код", "Краткое наименование", "Родитили"], ["01", "МБОУ СОШ № 1", 574.0]),
    "REGISTRY-HEADING": in_the_registry([*WAIVERS, "Действует до дня"], ["01", "14"], sheet="Исключения"),
    "REGISTRY-SHEET": in_the_registry(WAIVERS, ["01", "14"], sheet="Исключеня"),
    "REGISTRY-NOBODY": in_the_registry(MAILING, ["Методист", "m@example.org", "проблемы"], sheet="Рассылка"),
}


@pytest.mark.parametrize("code", ENTRIES)
def test_every_remark_is_raised_by_its_fixture_with_all_that_its_sentences_name(code: str, tmp_path: Path) -> None:
    if code == "FILE-DENIED" and not hasattr(os, "seteuid"):
        pytest.skip("this system takes no right to read away")
    raised = [said for said in RAISED[code](tmp_path) if said.code == code]
    assert raised
    for said in raised:
        assert message(said, CATALOGUE)
        assert todo(said, CATALOGUE)


def test_a_key_that_the_catalogue_does_not_know_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mistyped = tmp_path / "remarks.toml"
    mistyped.write_text(remarks.CATALOGUE.read_text("utf-8").replace("quiet = true", "quite = true"), "utf-8")
    monkeypatch.setattr(remarks, "CATALOGUE", mistyped)
    with pytest.raises(UsageError, match="quite"):
        load_catalogue()


@pytest.mark.parametrize(
    ("written", "instead"),
    [("COUNT-FEL", "может быть, «COUNT-FELL»"), ("above_limit", "может быть, «ABOVE-LIMIT»"), ("A", "docs/remarks.md")],
)
def test_a_remark_that_the_office_names_wrongly_is_refused_with_the_nearest_right_one(
    written: str, instead: str
) -> None:
    with pytest.raises(UsageError, match=f"«{written}».*{instead}"):
        load_catalogue({written: "off"})


def test_no_fixture_is_kept_for_a_remark_that_is_gone() -> None:
    assert RAISED.keys() <= ENTRIES.keys()
