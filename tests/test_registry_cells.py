"""The office is read like a school: what is not understood in the registry is a remark with its place and no value."""

from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.measuring.figures import Milestone
from pipeline.reading.opening.book import Book, Cell, Sheet
from pipeline.reading.registry import read_registry
from pipeline.sending.letters import nobody_to_tell
from pipeline.writing.csv_files import findings_csv
from schemas import registry_book as book_of
from schemas.addresses import Spot, address
from schemas.district import MUNICIPALITY, UNKNOWN, Paper, Received, Registry, Topic
from schemas.registry_book import Column, Table
from schemas.strict import UsageError
from tests.batch import CATALOGUE, MARCH, file_of, measured, order_form
from tests.order_form import FORM

TABLES = book_of.tables(FORM)
BY_NAME = {table.sheet: table for table in TABLES}
TITLE = FORM.order.papers[0].title
# A row of each sheet in which everything is understood: heading -> what stands there.
WELL: dict[str, dict[str, object]] = {
    "Школы": {
        "Код": "01",
        "Краткое наименование": "МБОУ СОШ № 1",
        "Полное наименование": "Средняя школа № 1",
        "Другие названия": "СОШ 1",
        **{base.registry: 100.0 for base in FORM.bases},
        "Классов": 11.0,
        "Электронная почта": "s1@example.org",
        "Группа": "Северный куст",
        "Действует с": "01.09.2010",
        "Действует по": "31.08.2030",
    },
    "Рассылка": {"Имя": "Начальник", "Электронная почта": "head@example.org", "Что получает": "сводка"},
    "Исключения": {
        "Код школы": "01",
        "Пункт": "6.1",
        "Код замечания": "TOTAL-NOT-BASE",
        "Основание": "слияние",
        "Кто разрешил": "Иванова",
        "Действует до": "01.09.2014",
        "Пояснение школы": "Выбыли два класса",
        "Служебное: не менять": None,  # of a row that the office has written itself
    },
    "Документы": {"Код школы": "01", "Документ": TITLE, "Получен": "20.12.2013"},
}
# Kind of a cell -> what is not understood in it, named after the fault, and the remark on it.
NOT_UNDERSTOOD: dict[type, dict[str, tuple[object, str]]] = {
    book_of.OwnCode: {"error-value": (Cell("#ССЫЛКА!", fault="error"), "REGISTRY-CELL")},
    book_of.Text: {
        "error-value": (Cell("#ССЫЛКА!", fault="error"), "REGISTRY-CELL"),
        "formula-without-value": (Cell("", fault="no_value"), "REGISTRY-CELL"),
    },
    book_of.Number: {
        "words": ("одиннадцать", "REGISTRY-NUMBER"),
        "decimals": (11.5, "REGISTRY-NUMBER"),
        "below-zero": (-1.0, "REGISTRY-NUMBER"),
        "a-slip": (1_001.0, "REGISTRY-NUMBER"),
        "a-date": (datetime(2014, 3, 20), "REGISTRY-NUMBER"),
    },
    book_of.People: {
        "words": ("сорок", "REGISTRY-NUMBER"),
        "with-a-word": ("42 чел.", "REGISTRY-NUMBER"),
        "decimals": (42.5, "REGISTRY-NUMBER"),
        "below-zero": (-5.0, "REGISTRY-NUMBER"),
        "a-slip": (10.0**30, "REGISTRY-NUMBER"),
        "true": (True, "REGISTRY-NUMBER"),
    },
    book_of.Day: {
        "words": ("до осени", "REGISTRY-DATE"),
        "no-such-day": ("31.02.2014", "REGISTRY-DATE"),
        "two-dates": ("01.09.2013, 01.09.2014", "REGISTRY-DATE"),
        "a-doubt": ("01.09.2014?", "REGISTRY-DATE"),
        "more-than-a-date": ("не раньше 01.09.2014", "REGISTRY-DATE"),
        "a-number": (41_000.0, "REGISTRY-DATE"),
        "error-value": (Cell("#ССЫЛКА!", fault="error"), "REGISTRY-DATE"),
    },
    book_of.Address: {"no-address": ("не адрес", "REGISTRY-ADDRESS"), "two": ("a@b.ru, c@d.ru", "REGISTRY-ADDRESS")},
    book_of.Words: {
        "unknown-word": ("отчёт", "REGISTRY-CELL"),
        "one-of-two": ("сводка, отчёты", "REGISTRY-CELL"),
        "negated": ("не сводка", "REGISTRY-CELL"),
        "a-dash": ("—", "REGISTRY-CELL"),
        "a-doubt": ("сводка?", "REGISTRY-CELL"),
        "a-comma": (",", "REGISTRY-CELL"),
        "a-number": (1.0, "REGISTRY-CELL"),
    },
    book_of.Tick: {
        "a-question": ("?", "REGISTRY-CELL"),
        "a-doubt": ("да?", "REGISTRY-CELL"),
        "later": ("будет в мае", "REGISTRY-CELL"),
        "promised-for-a-day": ("обещали 20.12.2013", "REGISTRY-CELL"),
        "a-no-with-a-date": ("нет, 20.12.2013", "REGISTRY-CELL"),
        "no-such-day": ("31.02.2014", "REGISTRY-CELL"),
        "an-address": ("http://example.org", "REGISTRY-CELL"),
        "a-number": (1.0, "REGISTRY-CELL"),
    },
    book_of.SchoolCode: {
        "no-such-school": ("99", ""),
        "error-value": (Cell("#ССЫЛКА!", fault="error"), "REGISTRY-CELL"),
    },
    book_of.ItemNumber: {"no-such-item": ("17", ""), "words": ("шесть", ""), "a-row": ("4.1.1", "")},
    book_of.RemarkCode: {"misspelt": ("TOTAL-NOT-BASSE", "REGISTRY-CELL"), "words": ("ошибка", "REGISTRY-CELL")},
    book_of.Title: {"no-such-paper": ("Справка", "")},
}
CASES = [
    pytest.param(table, column, value, code or table.strange, id=f"{table.sheet}-{column.heading}-{fault}")
    for table in TABLES
    for column in table.columns
    for fault, (value, code) in NOT_UNDERSTOOD[type(column)].items()
]


def sheet_of(table: Table, *rows: dict[str, object], headings: list[str] | None = None, name: str = "") -> Sheet:
    headings = headings or [column.heading for column in table.columns]
    cells = {Spot(1, c): Cell(heading) for c, heading in enumerate(headings, 1)}
    for r, row in enumerate(rows, 2):
        for c, column in enumerate(table.columns, 1):
            value = row.get(column.heading)
            if value is not None:
                cells[Spot(r, c)] = value if isinstance(value, Cell) else Cell(value)  # type: ignore[arg-type]
    return Sheet(name or table.sheet, cells)


def read(**sheets: Sheet) -> Registry:
    """The well-filled workbook with these sheets instead of its own (None: without it)."""
    all_well = {name: sheet_of(BY_NAME[name], row) for name, row in WELL.items()}
    return read_registry(Book(tuple(sheet for sheet in {**all_well, **sheets}.values() if sheet)), FORM)


def typed(sheet: str, **cells: object) -> Registry:
    """The well-filled workbook with these cells in a row of that sheet; «_» stands for a space of the heading."""
    changed = {heading.replace("_", " "): value for heading, value in cells.items()}
    return read(**{sheet: sheet_of(BY_NAME[sheet], WELL[sheet] | changed)})


def granted(registry: Registry, sheet: str) -> object:
    """What the one row of that sheet has come to."""
    return {"Школы": registry.schools, "Рассылка": registry.mailing, "Исключения": registry.waivers}.get(
        sheet, registry.papers
    )


def test_where_all_is_understood_nothing_is_said() -> None:
    found = read()
    assert found.remarks == ()
    assert all(granted(found, table.sheet) for table in TABLES)


# ── every cell of every declared table ───────────────────────────────────────────────────────────────────


def test_every_column_has_a_fixture_of_what_is_not_understood_in_it() -> None:
    columns = [(table.sheet, column) for table in TABLES for column in table.columns]
    assert {type(column) for _, column in columns} <= NOT_UNDERSTOOD.keys()
    assert {(sheet, column.heading) for sheet, column in columns} == {
        (sheet, heading) for sheet, row in WELL.items() for heading in row
    }


@pytest.mark.parametrize(("table", "column", "value", "code"), CASES)
def test_a_cell_that_is_not_understood_is_a_remark_with_its_place_and_grants_nothing(
    table: Table, column: Column, value: object, code: str
) -> None:
    heading = column.heading
    rows = [WELL[table.sheet] | {heading: value}]
    if table.sheet == "Школы":  # another school keeps the registry in use
        rows.insert(0, {"Код": "02", "Краткое наименование": "МБОУ СОШ № 2"})
    found = read(**{table.sheet: sheet_of(table, *rows)})
    spot = address(Spot(len(rows) + 1, table.columns.index(column) + 1))
    assert (code, table.sheet, spot) in [(said.code, said.sheet, said.cell) for said in found.remarks]
    match table.sheet:
        case "Рассылка":
            assert found.mailing == ()
        case "Исключения":
            assert found.waivers == ()
        case "Документы":
            assert found.papers in (None, (Paper("01", TITLE, Received.UNKNOWN),))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.sheet)
def test_an_error_value_is_no_blank_cell_in_any_column(table: Table) -> None:
    """«#ССЫЛКА!» under «Код замечания» would leave the item out of the plan, under «Действует до» mean for ever."""
    for column in table.columns:
        rows = [WELL[table.sheet] | {column.heading: Cell("#ССЫЛКА!", fault="error")}]
        if table.sheet == "Школы":
            rows.insert(0, {"Код": "02", "Краткое наименование": "МБОУ СОШ № 2"})
        found = read(**{table.sheet: sheet_of(table, *rows)})
        spot = address(Spot(len(rows) + 1, table.columns.index(column) + 1))
        assert spot in [said.cell for said in found.remarks if said.sheet == table.sheet], column.heading


def test_every_remark_on_the_registry_reaches_the_findings_with_sheet_and_cell() -> None:
    found = read(
        **{name: sheet_of(BY_NAME[name], row | {list(row)[-1]: "какой-то"}) for name, row in WELL.items()},
        Лишний=sheet_of(BY_NAME["Исключения"], name="Исключеня"),
    )
    rows = [
        line.split(",") for line in b"".join(findings_csv(measured([], found), CATALOGUE)).decode().splitlines()[1:]
    ]
    told = {(file, sheet, cell, code) for file, sheet, cell, _, _, _, code, *_ in rows}
    assert told >= {(said.file, said.sheet, said.cell, said.code) for said in found.remarks}
    assert {said.sheet for said in found.remarks} == {*WELL, "Исключеня"}


# ── «Школы» ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("heading", ["Действует_с", "Действует_по"])
def test_a_school_whose_dates_cannot_be_read_stays_in_being(heading: str) -> None:
    [school] = typed("Школы", **{heading: "до осени"}).schools
    assert UNKNOWN in (school.since, school.until)
    assert school.in_being(MARCH)


def test_a_school_that_closes_before_it_opens_stays_in_being() -> None:
    found = typed("Школы", Действует_с="01.09.2014", Действует_по="31.08.2013")
    assert found.schools[0].in_being(MARCH)
    assert [said.code for said in found.remarks] == ["REGISTRY-CELL"]


def test_people_that_are_not_understood_are_unknown_and_not_none_at_all() -> None:
    [school] = typed("Школы", **{FORM.bases[0].registry.replace(" ", "_"): "много"}).schools
    assert FORM.bases[0].id not in school.bases


@pytest.mark.parametrize(
    ("first", "second"), [("Краткое наименование", "Другие названия"), ("Полное наименование", "Другие названия")]
)
def test_the_same_name_on_two_codes_is_a_remark_on_the_second(first: str, second: str) -> None:
    rows = [{"Код": "01", "Краткое наименование": "А"}, {"Код": "02", "Краткое наименование": "Б"}]
    rows[0][first] = rows[1][second] = "Школа у реки"
    found = read(Школы=sheet_of(BY_NAME["Школы"], *rows))
    assert [(said.code, said.cell, said.school) for said in found.remarks] == [("REGISTRY-NAME", "B3", "02")]


def test_a_row_of_people_without_code_and_name_is_no_school_and_is_said() -> None:
    found = read(Школы=sheet_of(BY_NAME["Школы"], WELL["Школы"], {FORM.bases[0].registry: 900.0}))
    assert [(said.code, said.cell) for said in found.remarks] == [("REGISTRY-CODE", "A3")]
    assert len(found.schools) == 1


def test_the_code_of_the_whole_municipality_is_refused_for_a_school() -> None:
    with pytest.raises(UsageError, match=r"дайте школе другой код\.$"):
        typed("Школы", Код=MUNICIPALITY)


# ── «Рассылка» ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "topics"),
    [
        (None, {Topic.SUMMARY}),
        ("Сводку", {Topic.SUMMARY}),
        ("проблема", {Topic.PROBLEMS}),
        ("сводка, сбои", {Topic.SUMMARY, Topic.FAILURES}),
        ("сводка; проблемы и сбои", set(Topic)),
    ],
)
def test_known_words_are_recognised_by_likeness_and_several_may_stand_in_a_cell(
    words: object, topics: set[Topic]
) -> None:
    [recipient] = typed("Рассылка", Что_получает=words).mailing
    assert recipient.wants == topics


def test_an_unknown_word_is_said_with_the_nearest_and_its_row_gets_nothing() -> None:
    found = typed("Рассылка", Что_получает="сводный отчёт")
    assert found.mailing == ()
    assert "сводный отчёт" in str(found.remarks[0].data)
    near = typed("Рассылка", Что_получает="сводка дня").remarks[0]
    assert "похоже на «сводка»" in str(near.data)


def test_a_mailing_list_without_anybody_for_the_summary_is_said_by_the_run() -> None:
    found = typed("Рассылка", Что_получает="проблемы")
    assert [said.code for said in found.remarks] == ["REGISTRY-NOBODY"]
    assert nobody_to_tell(found) == [
        "Письма руководству нет: на листе «Рассылка» реестра сводку не получает никто, исправьте его."
    ]


@pytest.mark.parametrize("sheet", [None, sheet_of(BY_NAME["Рассылка"])], ids=["no sheet", "no rows"])
def test_without_a_mailing_list_there_is_nothing_to_say(sheet: Any) -> None:
    found = read(Рассылка=sheet)
    assert (found.mailing, found.remarks, nobody_to_tell(found)) == ((), (), [])


# ── «Исключения» ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_blank_end_is_without_end_and_an_unreadable_one_not_in_force() -> None:
    [waiver] = typed("Исключения", Действует_до=None).waivers
    assert waiver.covers("6.1", date(2040, 1, 1))
    assert typed("Исключения", Действует_до="до осени").waivers == ()


@pytest.mark.parametrize(
    ("written", "covered", "other"),
    [("6", ["6", "6.1", "6.2", "6.3"], ["", "7", "16", "10.1"]), ("4", ["4", "4.1", "4.12"], ["5.1", "14", ""])],
)
def test_the_number_of_a_group_covers_its_items_and_that_of_acts_their_rows(
    written: str, covered: list[str], other: list[str]
) -> None:
    [waiver] = typed("Исключения", Пункт=written).waivers
    assert all(waiver.covers(item, MARCH) for item in covered)
    assert not any(waiver.covers(item, MARCH) for item in other)


def test_a_group_left_out_of_the_plan_leaves_out_all_its_items() -> None:
    figures = measured([file_of(order_form())], typed("Исключения", Пункт="6", Код_замечания=None))
    states = figures.milestones.set_index(["school_code", "item"])["state"]
    assert {states["01", item] for item in ("6.1", "6.2", "6.3")} == {Milestone.NOT_APPLICABLE}


def test_a_waiver_for_the_report_as_such_covers_no_item() -> None:
    [waiver] = typed("Исключения", Пункт=None).waivers
    assert waiver.covers("", MARCH)
    assert not any(waiver.covers(item.number, MARCH) for item in FORM.items)


def test_a_misspelt_code_is_said_with_the_nearest() -> None:
    [said] = typed("Исключения", Код_замечания="TOTAL-NOT-BASSE").remarks
    assert "похоже на «TOTAL-NOT-BASE»" in str(said.data)


# ── «Документы» ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("tick", "received", "day"),
    [
        ("да", Received.YES, None),
        ("+", Received.YES, None),
        ("✓", Received.YES, None),
        (True, Received.YES, None),
        ("Получено", Received.YES, None),
        ("получен 20.12.2013 г.", Received.YES, date(2013, 12, 20)),
        ("от 20 декабря 2013", Received.YES, date(2013, 12, 20)),
        (datetime(2013, 12, 20), Received.YES, date(2013, 12, 20)),
        ("нет", Received.NO, None),
        ("не получен", Received.NO, None),
        (False, Received.NO, None),
        ("—", Received.NO, None),
        (None, Received.NO, None),
        ("где-то лежит", Received.UNKNOWN, None),
        ("получен 20.12.2013?", Received.UNKNOWN, None),
    ],
)
def test_a_yes_word_or_a_date_is_received_a_no_or_nothing_is_not(tick: object, received: Received, day: Any) -> None:
    found = typed("Документы", Получен=tick)
    assert found.papers == (Paper("01", TITLE, received, day),)
    assert bool(found.remarks) is (received is Received.UNKNOWN)


def test_a_tick_that_is_not_understood_makes_nobody_overdue() -> None:
    """Nor does it ask the other schools: nobody has said yet that the office ticks off anything."""
    schools = sheet_of(BY_NAME["Школы"], WELL["Школы"], {"Код": "02", "Краткое наименование": "МБОУ СОШ № 2"})
    found = read(Школы=schools, Документы=sheet_of(BY_NAME["Документы"], WELL["Документы"] | {"Получен": "?"}))
    measures = measured([], found).measures
    states = measures[measures["measure"] == TITLE].set_index("school_code")["state"]
    assert states.to_dict() == {"01": Milestone.NOT_CHECKED, "02": Milestone.NOT_CHECKED}


def test_what_is_unknown_has_no_truth_that_could_be_taken_for_a_yes() -> None:
    for value in (UNKNOWN, *Received):
        with pytest.raises(TypeError, match="neither true nor false"):
            bool(value)


# ── headings and sheets ──────────────────────────────────────────────────────────────────────────────────


def misspelt(sheet: str, heading: str, typed_as: str) -> Registry:
    headings = [typed_as if column.heading == heading else column.heading for column in BY_NAME[sheet].columns]
    return read(**{sheet: sheet_of(BY_NAME[sheet], WELL[sheet], headings=headings)})


@pytest.mark.parametrize(
    ("sheet", "heading", "typed_as", "cell"),
    [
        ("Школы", "Родителей", "Родитилей", "G1"),
        ("Рассылка", "Что получает", "Что получат", "C1"),
        ("Исключения", "Код замечания", "Кот замечания", "C1"),
        ("Исключения", "Действует до", "Дейстует до", "F1"),
        ("Документы", "Получен", "Палучен", "C1"),
    ],
)
def test_a_misspelt_heading_is_said_once_and_its_cells_are_not_taken_for_blank_ones(
    sheet: str, heading: str, typed_as: str, cell: str
) -> None:
    found = misspelt(sheet, heading, typed_as)
    [said] = [said for said in found.remarks if said.code != "REGISTRY-NOBODY"]
    assert (said.code, said.sheet, said.cell) == ("REGISTRY-COLUMN", sheet, cell)
    assert f"(похож — «{typed_as}»)" in str(said.data)
    assert found.waivers == () or sheet != "Исключения"
    assert found.mailing == () or sheet != "Рассылка"
    assert sheet != "Документы" or found.papers == (Paper("01", TITLE, Received.UNKNOWN),)


def test_a_base_without_its_column_is_one_remark() -> None:
    found = misspelt("Школы", FORM.bases[0].registry, "Сотрудники")
    assert [said.code for said in found.remarks] == ["REGISTRY-COLUMN"]


@pytest.mark.parametrize("heading", ["Сотрудники", "Педагогческих роботников"])
def test_that_a_base_has_no_column_is_told_once_and_not_again_as_a_column_left_blank(heading: str) -> None:
    found = misspelt("Школы", FORM.bases[0].registry, heading)
    figures = measured([file_of(order_form(answers={"13": "88%"}), registry=found)], found)
    assert ("01", "13") in figures.unbased
    assert [said.code for said in figures.remarks if said.file == book_of.FILE] == ["REGISTRY-COLUMN"]


def test_two_columns_of_which_neither_is_more_the_base_are_not_guessed_between() -> None:
    able = FORM.bases[3].registry
    found = misspelt("Школы", able, "Родителей, имеющих возможность")
    assert found.schools[0].bases["parents"] == 100  # the one that is headed so and no further
    table = BY_NAME["Школы"]
    headings = [column.heading for column in table.columns]
    headings[headings.index("Родителей")] = "Родителей, всего"
    headings[headings.index(able)] = "Родителей, имеющих возможность"
    unclear = read(Школы=sheet_of(table, WELL["Школы"], headings=headings))
    assert "parents" not in unclear.schools[0].bases
    assert any("неясно, какой столбец — «Родителей»" in str(said.data) for said in unclear.remarks)


@pytest.mark.parametrize(("heading", "codes"), [("Телефон", []), ("Дейсвует по", ["REGISTRY-HEADING"])])
def test_another_column_is_information_only_where_it_nearly_is_a_known_one(heading: str, codes: list[str]) -> None:
    table = BY_NAME["Школы"]
    sheet = sheet_of(table, WELL["Школы"])
    extra = {Spot(1, len(table.columns) + 1): Cell(heading)}
    assert [said.code for said in read(Школы=sheet._replace(cells={**sheet.cells, **extra})).remarks] == codes


@pytest.mark.parametrize(("name", "codes"), [("Расылка", ["REGISTRY-SHEET"]), ("Заметки", [])])
def test_a_sheet_is_said_not_to_be_read_only_where_its_name_nearly_is_a_known_one(name: str, codes: list[str]) -> None:
    found = read(Рассылка=sheet_of(BY_NAME["Рассылка"], WELL["Рассылка"], name=name))
    assert [said.code for said in found.remarks] == codes
    assert found.mailing == ()


# ── whatever stands in it ────────────────────────────────────────────────────────────────────────────────

ERRORS = st.sampled_from([Cell("#ССЫЛКА!", fault="error"), Cell("", fault="no_value")])
UNREAD = ERRORS | st.one_of(
    st.text(alphabet="фыъэщ?!%#;@0., ", min_size=1, max_size=12).filter(lambda text: any(c in "фыъэщ" for c in text)),
    st.sampled_from(["до осени", "когда-нибудь", "31.02.2014", "скоро будет 01.09.2014", "не сводка", "1/0", "6.9"]),
    st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: not 0 <= number <= 100),
    st.times(),
).map(Cell)


@st.composite
def workbooks(draw: st.DrawFn) -> tuple[Book, set[tuple[str, int]]]:
    """A registry whose cells are well or not understood, and the rows (sheet, number) that hold one of the latter."""
    sheets, spoilt = [], set()
    for table in TABLES:
        rows = []
        for number in range(2, 2 + draw(st.integers(1, 3))):
            row = dict(WELL[table.sheet])
            for column in draw(st.lists(st.sampled_from(table.columns), max_size=2)):
                row[column.heading] = draw(ERRORS if isinstance(column, book_of.Text) else UNREAD)
                spoilt.add((table.sheet, number))
            rows.append(row)
        sheets.append(sheet_of(table, *rows))
    return Book(tuple(sheets)), spoilt


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(workbooks())
def test_no_cell_that_is_not_understood_ever_grants_anything(case: tuple[Book, set[tuple[str, int]]]) -> None:
    book, spoilt = case
    try:
        found = read_registry(book, FORM)
    except UsageError:
        return
    clean = {
        sheet.name: len({spot.row for spot in sheet.cells} - {1} - {row for name, row in spoilt if name == sheet.name})
        for sheet in book.sheets
    }
    assert len(found.mailing) <= clean["Рассылка"]
    assert len(found.waivers) <= clean["Исключения"]
    assert sum(paper.received is Received.YES for paper in found.papers or ()) <= clean["Документы"]


VALUES = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["01", "да", "сводка", "6", "TOTAL-NOT-BASE", "20.12.2013", TITLE, "a@b.ru", *WELL["Школы"]]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(date(1900, 1, 1), date(2099, 1, 1)).map(lambda day: datetime.combine(day, time())),
    st.times(),
)
CELLS = st.dictionaries(
    st.tuples(st.integers(1, 6), st.integers(1, 14)).map(lambda spot: Spot(*spot)),
    st.builds(Cell, VALUES, st.sampled_from(["General", "0%", "DD.MM.YYYY", None]), st.sampled_from(["", "", "error"])),
    max_size=30,
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from([*WELL, "Школ", "Прочее"]), CELLS), max_size=4), st.booleans())
def test_whatever_stands_in_a_registry_it_is_read_or_refused_with_a_sentence(
    sheets: list[tuple[str, dict[Spot, Cell]]], headed: bool
) -> None:
    kept = []
    for name, cells in sheets:
        table = BY_NAME.get(name, BY_NAME["Школы"])
        heads = {Spot(1, c): Cell(column.heading) for c, column in enumerate(table.columns, 1)} if headed else {}
        kept.append(Sheet(name, {**cells, **heads}))
    try:
        found = read_registry(Book(tuple(kept)), FORM)
    except UsageError:  # any other exception is a fault
        return
    assert all(said.file == book_of.FILE and said.code in CATALOGUE.entries for said in found.remarks)
