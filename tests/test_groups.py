"""Groups of schools: as the office writes them, measured as the municipality is, told where they differ."""

import math
import random
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.measuring.figures import Doubts, Figures, Rests, Share, Statement
from pipeline.measuring.groups import LARGE_SPREAD
from pipeline.measuring.rows import GroupRow, TotalRow, group_rows, totals_by_item
from pipeline.reading.opening.book import Book, Cell, Sheet
from pipeline.reading.opening.grid import open_book
from pipeline.reading.registry import read_registry
from pipeline.settings import Limits
from pipeline.writing.brief import make_brief
from pipeline.writing.pages import page
from pipeline.writing.pages.brief import Subject
from pipeline.writing.registry import write_registry, write_template
from pipeline.writing.summary import groups
from schemas.addresses import Spot
from schemas.decided import Matter
from schemas.district import NO_GROUP, Registry, School
from schemas.likeness import is_slip
from schemas.remarks import load_catalogue
from schemas.reports import FileRead
from tests import figures as given
from tests.batch import MARCH, file_of, measured, order_form, school
from tests.depth import cases
from tests.figures import CASES, REMARKS, Case, district
from tests.order_form import FORM
from tests.workbooks import school_workbook, summary_workbook

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")

CATALOGUE = load_catalogue()
NBSP = "\u00a0"


# ── as the office writes them ────────────────────────────────────────────────────────────────────────────
def registry(*typed: object, heading: str = "Группа") -> Registry:
    """Schools in these groups: a blank is an empty cell."""
    rows = [["Код", "Краткое наименование", heading]]
    rows += [[f"{n:02d}", f"МБОУ СОШ № {n}", group] for n, group in enumerate(typed, 1)]
    cells = {
        Spot(r, c): value if isinstance(value, Cell) else Cell(value)
        for r, row in enumerate(rows, 1)
        for c, value in enumerate(row, 1)
        if value != ""
    }
    found = read_registry(Book((Sheet("Школы", cells),)), FORM)
    bases = [said for said in found.remarks if said.code == "REGISTRY-COLUMN"]
    return replace(found, remarks=tuple(said for said in found.remarks if said not in bases))


def groups_of(found: Registry) -> list[str]:
    return [one.group for one in found.schools]


@pytest.mark.parametrize("heading", ["Группа", "Группа школ", "группы", "Куст", "Округ (по приказу)"])
def test_the_column_is_known_by_how_its_heading_begins(heading: str) -> None:
    assert groups_of(registry("Город", "", heading=heading)) == ["Город", ""]


def test_groups_that_differ_by_case_spaces_or_yo_are_one_written_as_first_met() -> None:
    found = registry("Берёзовый  куст", "берёзовый куст", "БЕРЕЗОВЫЙ КУСТ ", "Берёзовый\nкуст", "Город")
    assert groups_of(found) == [*["Берёзовый куст"] * 4, "Город"]
    assert found.remarks == ()


def test_a_mistyped_group_is_said_with_the_nearest_one_and_both_stay() -> None:
    found = registry("Северный куст", "Северный кутс", "Северный куст", "Южный куст")
    assert groups_of(found) == ["Северный куст", "Северный кутс", "Северный куст", "Южный куст"]
    [said] = found.remarks
    assert (said.code, said.cell, said.school, said.value) == ("REGISTRY-CELL", "C3", "02", "Северный кутс")
    assert dict(said.data)["what"] == "группа «Северный кутс» похожа на «Северный куст»"


@pytest.mark.parametrize(
    ("one", "other"),
    [("Куст 1", "Куст 2"), ("Северный куст № 1", "Северный куст № 11"), ("Группа А", "Группа Б"), ("I", "II"),
     ("Город", "Село"), ("Северный куст", "Северный"), ("01", "1"), ("Западный", "Восточный")],
)  # fmt: skip
def test_names_that_are_meant_to_differ_are_no_slip_of_one_another(one: str, other: str) -> None:
    assert not is_slip(one, other)
    assert registry(one, other).remarks == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [("Сельские", "Сельский"), ("Северный куст", "Севрный куст"), ("Северный куст", "Северныйкуст")],
)
def test_a_slip_of_the_keyboard_is_seen(one: str, other: str) -> None:
    assert is_slip(one, other)
    assert len(registry(one, other).remarks) == 1


@pytest.mark.parametrize("typed", ["", "—", "без группы", "Без Группы"])
def test_what_says_that_there_is_no_group_is_none(typed: str) -> None:
    assert groups_of(registry("Город", typed)) == ["Город", ""]


def test_a_group_that_cannot_be_read_is_a_remark_and_no_group() -> None:
    found = registry("Город", Cell("#ССЫЛКА!", fault="error"))
    assert groups_of(found) == ["Город", ""]
    assert [(said.code, said.cell) for said in found.remarks] == [("REGISTRY-CELL", "C3")]


def test_two_columns_of_groups_leave_it_unknown_which_is_meant() -> None:
    cells = {Spot(1, c): Cell(text) for c, text in enumerate(("Код", "Название", "Куст", "Округ"), 1)}
    cells |= {Spot(2, c): Cell(text) for c, text in enumerate(("01", "А", "Северный", "Южный"), 1)}
    found = read_registry(Book((Sheet("Школы", cells),)), FORM)
    assert groups_of(found) == [""]
    assert any("неясно, какой столбец — «Группа»" in str(said.data) for said in found.remarks)


def test_the_template_has_the_column_with_its_hint_and_never_in_yellow() -> None:
    sheet = openpyxl.load_workbook(BytesIO(write_template(FORM, MARCH)))["Школы"]
    column = next(cell for cell in sheet[3] if cell.value == "Группа")
    hint, first = sheet.cell(2, column.column), sheet.cell(4, column.column)
    assert hint.value == "Куст, район, вид школы — как называет управление; пусто — без группы."
    assert first.fill.fgColor.rgb != sheet.cell(4, 1).fill.fgColor.rgb


@pytest.mark.parametrize("draft", [True, False])
def test_groups_that_are_written_are_read_back(draft: bool) -> None:
    schools = (School("01", "А", group="=1+1"), School("02", "Б", group="Город"), School("03", "В"))
    book = open_book(write_registry(FORM, Registry(schools, draft=draft), MARCH), Limits())
    assert groups_of(read_registry(book, FORM)) == ["=1+1", "Город", ""]


# ── measured as the municipality is ──────────────────────────────────────────────────────────────────────
ANSWERS: tuple[dict[str, str | float], ...] = ({}, {"14": "22 %"}, {"14": "95 %", "6.2": "более 50 %"}, {"14": ""})


@cache
def sent(number: int, answer: int) -> FileRead:
    code = f"{number:02d}"
    everybody = Registry(tuple(school(f"{n:02d}") for n in range(1, 9)))
    return file_of(order_form(code=code, answers=ANSWERS[answer]), f"{code}.xlsx", everybody)


def random_batch(seed: int) -> tuple[list[FileRead], Registry]:
    """Up to eight schools in up to three groups, some of which send nothing or what is set aside."""
    chance = random.Random(seed)
    numbers = range(1, chance.randint(2, 8) + 1)
    schools = tuple(school(f"{n:02d}", group=chance.choice(("Город", "Село", "Лицеи", ""))) for n in numbers)
    return [sent(n, chance.randrange(4)) for n in numbers if chance.random() < 0.8], Registry(schools)


SEEDS = range(cases(5, 12))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_group_is_measured_as_if_it_were_the_municipality(seed: int) -> None:
    files, everybody = random_batch(seed)
    figures = measured(files, everybody)
    for name, schools in figures.grouped.items():
        codes = {one.code for one in schools}
        alone = measured([f for f in files if f.reports[0].school in codes], Registry(tuple(schools)))
        totals = totals_by_item(alone)
        for row in (one for one in group_rows(figures) if one.group == name):
            whole = totals[row.item]
            shared = [field for field in GroupRow._fields if field in TotalRow._fields]
            assert {field: getattr(row, field) for field in shared} == {
                field: pytest.approx(getattr(whole, field), rel=1e-12, nan_ok=True)
                if isinstance(getattr(whole, field), float)
                else getattr(whole, field)
                for field in shared
            }
            if row.item == FORM.headline.item:
                lacks = alone.municipality.shortfall
                assert row.level is alone.municipality.level
                assert math.isnan(row.shortfall) if lacks is None else row.shortfall == lacks


@pytest.mark.parametrize("seed", SEEDS)
def test_all_groups_together_are_the_municipality(seed: int) -> None:
    figures = measured(*random_batch(seed))
    rows = list(group_rows(figures))
    states = [share.value for share in Share if share is not Share.COUNTED]
    for item, whole in totals_by_item(figures).items() if figures.grouped else ():
        own = [row for row in rows if row.item == item]
        for field in ("covered", "total"):
            known = (getattr(row, field) for row in own if row.covered == row.covered)
            assert sum(known) == pytest.approx(0 if math.isnan(whole.covered) else getattr(whole, field))
        for field in ("counted", "carried", "derived", "expected", *states):
            assert sum(getattr(row, field) for row in own) == getattr(whole, field)


def test_without_any_group_there_is_none_and_schools_without_stand_last() -> None:
    assert measured([], Registry((school("01"), school("02")))).grouped == {}
    some = measured([], Registry((school("01"), school("02", group="Село"), school("03", group="Город"))))
    assert list(some.grouped) == ["Село", "Город", NO_GROUP]


def test_a_school_outside_its_period_is_in_no_group() -> None:
    closed = school("01", group="Город", until=date(2014, 2, 1))
    figures = measured([], Registry((closed, school("02", group="Село"), school("03", group="Город"))))
    assert {name: len(schools) for name, schools in figures.grouped.items()} == {"Село": 1, "Город": 1}
    assert measured([], Registry((closed, school("02")))).grouped == {}


def test_the_page_of_one_school_knows_of_no_group() -> None:
    figures = given.schools_in_groups()
    book = openpyxl.load_workbook(BytesIO(school_workbook(figures, figures.schools[0])))
    texts = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert not [text for text in texts if "Группы" in text or given.LONG_GROUP in text]


# ── on the sheets ────────────────────────────────────────────────────────────────────────────────────────
def book_of(figures: Figures, values: bool = True) -> Workbook:
    return openpyxl.load_workbook(BytesIO(summary_workbook(figures)), data_only=values)


def subtotals(sheet: Worksheet, names: int) -> dict[str, list[Any]]:
    """Name of a group -> the values of its row; `names`: the column with the names, from 0."""
    rows = list(sheet.iter_rows(values_only=True))
    start = next(index for index, row in enumerate(rows) if row[0] == groups.TITLE)
    return {str(row[names]): list(row) for row in rows[start + 1 :] if row[names]}


def test_activation_has_a_group_beside_each_school_and_a_row_for_each_group() -> None:
    figures = given.schools_in_groups()
    sheet = book_of(figures)["Активация"]
    assert [cell.value for cell in sheet[6]][2:5] == ["Школа", "Группа", "Отчёт\nна дату"]
    assert {row[0].value for row in sheet["D7:D26"]} == set(figures.grouped)
    assert sheet.auto_filter.ref == "A6:U26"
    found = subtotals(sheet, 2)
    assert list(found) == list(figures.grouped)
    for name, row in found.items():
        own = [one for one in figures.counted if one.school in figures.grouped[name]]
        covered, total = (sum(getattr(one, what) or 0 for one in own) for what in ("covered", "total"))
        assert row[4] == f"{len(own)} из {len(figures.grouped[name])}{NBSP}школ"
        if own:
            assert row[5:8] == pytest.approx([total, covered, covered / total])


def test_a_group_of_which_nobody_is_counted_has_no_data_and_no_zero() -> None:
    row = subtotals(book_of(given.schools_in_groups())["Активация"], 2)["Дальние"]
    assert [value for value in row if value not in (None, "")] == [
        "Дальние", f"0 из 2{NBSP}школ", pytest.approx(0.41), pytest.approx(0.6), "нет данных",
    ]  # fmt: skip


def test_people_of_a_group_are_summed_by_names_as_they_stand() -> None:
    """SUMIF would take «=1+1», «Куст *», «<5» for conditions and a name of more than 255 letters for none."""
    sheet = book_of(given.schools_in_groups(), values=False)["Активация"]
    formulas = [cell.value for row in sheet["F29:G35"] for cell in row]
    assert len(formulas) == 14
    assert all(str(one).startswith("=IF(SUMPRODUCT(--($D$7:$D$26=C") for one in formulas)


def test_coverage_has_the_share_of_each_group_and_how_many_are_counted() -> None:
    figures = given.schools_in_groups()
    sheet = book_of(figures)["Охват"]
    rows = list(sheet.iter_rows(values_only=True))
    start = next(index for index, row in enumerate(rows) if row[0] == groups.TITLE)
    items = [item.number for item in figures.form.shown_items]
    by_group = {(row.group, row.item): row for row in group_rows(figures)}
    for place, name in enumerate(figures.grouped):
        shares, counted = rows[start + 1 + 2 * place], rows[start + 2 + 2 * place]
        assert (shares[1], counted[1]) == (name, "учтено школ / всего")
        for column, item in enumerate(items, 2):
            row = by_group[name, item]
            known = row.percent == row.percent
            assert shares[column] == (pytest.approx(row.percent / 100) if known else "—")
            assert counted[column] == row.counted


def test_data_has_a_column_of_groups_to_filter_by() -> None:
    sheet = book_of(given.schools_in_groups())["Данные"]
    assert [cell.value for cell in sheet[5]][:3] == ["Код", "Школа", "Группа"]
    assert [sheet.cell(row, 3).value for row in range(6, 12)] == [
        "=1+1",
        "Куст *",
        "01",
        "1",
        given.LONG_GROUP,
        NO_GROUP,
    ]
    assert sheet["C6"].data_type != "f"


def test_one_group_alone_has_its_subtotal_and_no_line() -> None:
    figures = district([replace(case, group="Город") for case in CASES], remarks=REMARKS)
    assert list(subtotals(book_of(figures)["Активация"], 2)) == ["Город"]
    assert said_of_groups(figures) == []


@pytest.mark.parametrize("limit", [(page, "MOST_ROWS", 5), (groups, "_MOST_COMPARED", 5)])
def test_too_many_schools_or_groups_have_figures_instead_of_formulas(
    limit: tuple[Any, str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = given.schools_in_groups()
    live = subtotals(book_of(figures)["Активация"], 2)
    monkeypatch.setattr(*limit)
    values = subtotals(book_of(figures)["Активация"], 2)
    formulas = subtotals(book_of(figures, values=False)["Активация"], 2)
    assert [row[5:7] for row in values.values()] == [row[5:7] for row in formulas.values()]
    assert list(values) == list(live)
    for name, row in values.items():
        assert row[5:7] == [figure and pytest.approx(figure) for figure in live[name][5:7]]


# ── on the first page ────────────────────────────────────────────────────────────────────────────────────
def said_of_groups(figures: Figures) -> list[str]:
    """The line of decision, or the sentence of the sub-line."""
    brief = make_brief(figures, CATALOGUE)
    lines = [one.text for one in brief.decisions if one.tag.startswith("Группы")]
    lines += [f"{one}." for one in brief.subline.split(". ") if "по группам школ" in one]
    return [line.replace(NBSP, " ").replace("..", ".") for line in lines]


def in_groups(**groups: tuple[float | None, ...]) -> Figures:
    """Schools of a hundred parents each, with these shares; None: has sent nothing."""
    cases = [
        Case(f"СОШ № {name}-{place}", 100, () if share is None else (share,), group=name.replace("_", " "))
        for name, shares in groups.items()
        for place, share in enumerate(shares)
    ]
    return district(cases, history=(given.AS_OF,))


def test_a_group_below_the_plan_beside_one_that_is_not_is_a_line_of_decision() -> None:
    figures = in_groups(Северный_куст=(50.0, 46.0), Южный=(30.0, 40.0), Лицеи=(70.0,))
    assert said_of_groups(figures) == [
        "Выше плана — Лицеи (70 %); по плану — Северный куст (48 %); ниже плана — Южный (35 %, ещё 12 чел.)."
    ]


def test_what_is_decided_of_groups_concerns_all_schools_of_those_below_the_plan() -> None:
    figures = in_groups(Северный=(55.0, 35.0), Южный=(30.0, 42.0))
    [line] = [one for one in make_brief(figures, CATALOGUE).decisions if one.tag == "Группы"]
    assert line.about == Subject(Matter.GROUPS, tuple(one.code for one in figures.grouped["Южный"]))


def test_groups_far_apart_on_one_side_of_the_plan_are_told_in_the_sub_line() -> None:
    assert said_of_groups(in_groups(Город=(10.0,), Село=(40.0,))) == [
        "Активация родителей заметно различается по группам школ: Город (10 %) и Село (40 %)."
    ]
    assert said_of_groups(in_groups(Город=(20.1,), Село=(20.1 + LARGE_SPREAD - 0.1,))) == []


def test_a_group_most_of_whose_schools_are_not_counted_is_not_compared() -> None:
    assert said_of_groups(in_groups(Город=(50.0,), Село=(30.0, None, None))) == []
    assert len(said_of_groups(in_groups(Город=(50.0,), Село=(30.0, None)))) == 1
    assert said_of_groups(in_groups(Город=(50.0,), Село=(None, None))) == []


def test_schools_without_a_group_are_not_held_against_groups() -> None:
    cases = [Case("А", 100, (50.0,), group="Город"), Case("Б", 100, (10.0,))]
    assert said_of_groups(district(cases, history=(given.AS_OF,))) == []


def test_a_line_that_would_be_too_long_names_those_below_and_counts_the_others() -> None:
    far = "Школы отдалённых сёл и посёлков за перевалом и рекой"
    groups = {f"{far} {letter}": (50.0,) for letter in "АБВ"} | {f"{far} {letter}": (30.0,) for letter in "ГДЕ"}
    [said] = said_of_groups(in_groups(**groups))
    assert said == (
        "План выполняют 3 группы; ниже плана — Школы отдалённых сёл и посёлков за… (30 %, ещё 11 чел.) и ещё 2."
    )


def test_a_figure_under_question_bears_its_mark_in_the_line_and_on_the_sheet() -> None:
    figures = in_groups(Город=(50.0,), Село=(30.0,))
    doubt = Statement(Rests.FIGURE, figures.schools[1].code, figures.form.headline.item)
    figures = replace(figures, doubts=Doubts({doubt: REMARKS[:1]}))
    assert said_of_groups(figures) == ["По плану — Город (50 %); ниже плана — Село (30 %, ещё 11 чел. ?)."]
    sheet = book_of(figures)["Активация"]
    marked = [row[7].number_format.endswith('" ?"') for row in sheet["A11:U12"]]
    assert marked == [False, True]
