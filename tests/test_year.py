"""The year of reports: how every school has met every reporting date, and the remarks of every date."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO

import msgspec
import openpyxl
import pytest
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.measuring.alone import alone
from pipeline.measuring.calendar import Calendar
from pipeline.measuring.figures import Delivery, Figures, Punctuality, SchoolYear, State, Year
from pipeline.writing.pages.page import PAPER
from schemas.district import Registry
from schemas.remarks import Severity, remark
from schemas.reports import FileRead
from tests import figures as given
from tests.batch import CALENDAR, CATALOGUE, MARCH, file_of, measured, moment, order_form, school
from tests.order_form import ANSWERS
from tests.workbooks import summary_workbook

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")

JANUARY, MAY = date(2014, 1, 30), date(2014, 5, 20)
ALONE = Registry((school("01"),))
TWO = Registry((school("01"), school("02")))
ON_TIME, LATE, SENT_BACK, MISSING = Delivery.ON_TIME, Delivery.LATE, Delivery.TO_CORRECT, Delivery.MISSING
TO_COME, NOT_OWED, UNKNOWN = Delivery.TO_COME, Delivery.NOT_OWED, Delivery.UNKNOWN


def sent(day: date = MARCH, code: str = "01", name: str = "", **answers: str) -> FileRead:
    said = {number.removeprefix("i").replace("_", "."): words for number, words in answers.items()}
    return file_of(order_form(day, code, said), name or f"{code}-{day}.xlsx", Registry((school(code),)))


def year(
    files: list[FileRead],
    arrived: dict[str, date | None] | None = None,
    as_of: date = MARCH,
    registry: Registry = ALONE,
    calendar: Calendar = CALENDAR,
) -> Year:
    """`arrived`: where a file did not come on the date that it tells."""
    usual: dict[str, date | None] = {read.file: read.reports[0].as_of for read in files if read.reports}
    days = {**usual, **(arrived or {})}
    arrivals: dict[str, datetime | None] = {name: moment(day) if day else None for name, day in days.items()}
    return measured(files, registry, as_of, arrivals, calendar).year


def met(files: list[FileRead], arrived: dict[str, date | None] | None = None, as_of: date = MARCH) -> list[Delivery]:
    """How the one school has met the four dates of the order."""
    [one] = year(files, arrived, as_of).schools
    return list(one.deliveries)


# ── one school ───────────────────────────────────────────────────────────────────────────────────────────
def test_a_report_on_its_day_is_in_time_one_day_after_it_is_late_and_dates_to_come_blame_nobody() -> None:
    files = [sent(JANUARY, name="1.xlsx"), sent(name="2.xlsx")]
    assert met(files, {"2.xlsx": MARCH + timedelta(days=1)}) == [ON_TIME, LATE, TO_COME, TO_COME]


def test_a_report_that_is_carried_forward_is_none_for_the_date() -> None:
    assert met([sent(JANUARY)]) == [ON_TIME, MISSING, TO_COME, TO_COME]


def test_a_date_that_comes_before_the_first_report_is_missing_in_a_registry_of_the_office() -> None:
    assert met([sent()]) == [MISSING, ON_TIME, TO_COME, TO_COME]


def test_a_report_with_an_error_is_sent_back_whenever_it_came() -> None:
    assert met([sent(i6_2="более 50 %")])[1] is SENT_BACK
    assert met([sent(name="1.xlsx", i6_2="более 50 %")], {"1.xlsx": MARCH + timedelta(days=9)})[1] is SENT_BACK


def test_a_correction_that_came_later_makes_good_what_was_sent_back_and_nobody_late() -> None:
    files = [sent(name="1.xlsx", i6_2="более 50 %"), sent(name="2.xlsx")]
    assert met(files, {"2.xlsx": MARCH + timedelta(days=7)})[1] is ON_TIME


def test_a_late_report_stays_late_when_it_has_been_corrected() -> None:
    files = [sent(name="1.xlsx", i6_2="более 50 %"), sent(name="2.xlsx")]
    late = MARCH + timedelta(days=3)
    assert met(files, {"1.xlsx": late, "2.xlsx": late + timedelta(days=4)})[1] is LATE


def test_a_correction_that_is_worse_is_sent_back() -> None:
    files = [sent(name="1.xlsx"), sent(name="2.xlsx", i6_2="более 50 %")]
    assert met(files, {"2.xlsx": MARCH + timedelta(days=7)})[1] is SENT_BACK


def test_of_a_report_that_came_nobody_knows_when_it_is_not_said_that_it_was_late() -> None:
    assert met([sent(name="1.xlsx")], {"1.xlsx": None})[1] is UNKNOWN
    files = [sent(name="1.xlsx"), sent(name="2.xlsx")]
    assert met(files, {"1.xlsx": None, "2.xlsx": MARCH + timedelta(days=7)})[1] is UNKNOWN
    assert met(files, {"1.xlsx": None})[1] is ON_TIME  # the other one was there in time


def test_a_report_for_the_next_date_is_none_for_the_one_before() -> None:
    """Of 15.03, before the reporting date 20.03."""
    ahead = sent(date(2014, 3, 15))
    assert met([ahead], as_of=date(2014, 3, 15)) == [MISSING, TO_COME, TO_COME, TO_COME]
    assert met([ahead]) == [MISSING, ON_TIME, TO_COME, TO_COME]


def test_a_report_dated_between_two_dates_is_a_late_one_for_the_first() -> None:
    assert met([sent(date(2014, 2, 14))])[0] is LATE


def test_an_empty_report_is_none() -> None:
    nothing = file_of(order_form(MARCH, answers=dict.fromkeys(ANSWERS, "")), "1.xlsx")
    assert met([nothing])[1] is MISSING


def test_a_file_that_was_refused_is_sent_back_at_the_date_that_it_tells_else_at_the_one_in_force() -> None:
    """The two dates of one head: the school is known, the date is not."""
    refused = remark("DATE-MISSING", file="1.xlsx", sheet="Отчёт", school="01")
    undated = FileRead("1.xlsx", "", (), (refused,))
    assert met([undated]) == [MISSING, SENT_BACK, TO_COME, TO_COME]
    dated = FileRead("1.xlsx", "", (), (replace(refused, as_of=JANUARY),))
    assert met([dated])[0] is SENT_BACK
    assert met([dated, sent(JANUARY, name="2.xlsx")])[0] is ON_TIME  # another file stands


# ── who owes ─────────────────────────────────────────────────────────────────────────────────────────────
def test_a_school_owes_nothing_before_it_is_opened_and_after_it_is_closed() -> None:
    registry = Registry((school("01", since=MARCH), school("02", until=JANUARY)))
    opened, closed = year([sent(), sent(JANUARY, "02")], registry=registry).schools
    assert opened.deliveries[:2] == (NOT_OWED, ON_TIME)
    assert closed.deliveries[:2] == (ON_TIME, NOT_OWED)
    assert [one.school.code for one in year([], as_of=date(2014, 1, 15), registry=registry).schools] == ["02"]


def test_of_a_school_closed_before_the_first_date_nothing_is_told() -> None:
    gone = Registry((school("01"), school("02", until=date(2013, 12, 31))))
    assert [one.school.code for one in year([], registry=gone).schools] == ["01"]


def test_a_draft_registry_blames_no_school_for_a_date_before_its_first_report() -> None:
    draft = replace(TWO, draft=True)
    first, second = year([sent(), sent(JANUARY, "02")], registry=draft).schools
    assert first.deliveries[:2] == (NOT_OWED, ON_TIME)
    assert second.deliveries[:2] == (ON_TIME, MISSING)


# ── reporting dates ──────────────────────────────────────────────────────────────────────────────────────
def test_the_offices_own_dates_stand_among_those_of_the_order() -> None:
    own = Calendar((JANUARY, date(2014, 2, 20), MARCH), days_before=10)
    files = [sent(JANUARY), sent(date(2014, 2, 20)), sent()]
    found = year(files, {f"01-{MARCH}.xlsx": MARCH + timedelta(days=1)}, calendar=own)
    assert found.dates == own.reporting_dates
    assert found.schools[0].deliveries == (ON_TIME, ON_TIME, LATE)


def test_every_day_belongs_to_one_reporting_date() -> None:
    """However near two of them are: what `current_from` and `next_from` say of the day."""
    near = Calendar((JANUARY, JANUARY + timedelta(days=3), MARCH), days_before=10)
    for calendar in (CALENDAR, near):
        for day in (date(2014, 1, 1) + timedelta(days=n) for n in range(400)):
            owners = [d for d in calendar.reporting_dates if calendar.current_from(d) <= day < calendar.next_from(d)]
            assert owners == [d for d in [calendar.belongs_to(day)] if d], day


# ── rates ────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_rate_is_of_the_dates_past_that_are_owed_and_known() -> None:
    one = SchoolYear(school(), (ON_TIME, LATE, SENT_BACK, MISSING, UNKNOWN, NOT_OWED, TO_COME))
    assert one.punctuality == Punctuality(1, 4)
    assert one.punctuality.percent == 25
    assert SchoolYear(school(), (UNKNOWN, NOT_OWED, TO_COME)).punctuality.percent is None


def test_the_municipalitys_rate_is_of_sums_and_never_the_mean_of_rates() -> None:
    often, once = SchoolYear(school("01"), (ON_TIME,) * 4), SchoolYear(school("02"), (NOT_OWED,) * 3 + (MISSING,))
    found = Year(CALENDAR.reporting_dates, (often, once))
    assert found.punctuality.percent == 80  # of 100 % and 0 %
    assert [found.punctuality_at(index).percent for index in range(4)] == [100, 100, 100, 50]


def test_a_school_alone_sees_its_own_year_only() -> None:
    figures = given.twenty_schools()
    own = alone(figures, figures.schools[4])
    assert [one.school for one in own.year.schools] == [figures.schools[4]]


# ── remarks by date ──────────────────────────────────────────────────────────────────────────────────────
HISTORY = [
    sent(JANUARY, "01", i6_2="более 50 %", i13="80–85 %"),
    sent(MARCH, "01", i6_2="более 50 %"),
    sent(JANUARY, "02", i6_2="более 50 %"),
    sent(MARCH, "02"),
    FileRead("сломан.xlsx", "", (), (remark("FILE-DAMAGED", file="сломан.xlsx", what="файл обрывается"),)),
]


def standing(figures: Figures, code: str) -> dict[date, int | None]:
    [rule] = [rule for rule in figures.rules if rule.code == code]
    return rule.standing


def grave(figures: Figures, *, dated: bool = False) -> Counter[str]:
    said = (r for r in figures.remarks if r.severity is not Severity.INFO and (r.as_of or not dated))
    return Counter(r.code for r in said)


def test_at_every_date_so_far_stand_the_errors_and_warnings_of_the_summary_of_that_date() -> None:
    may = measured(HISTORY, TWO, MAY)
    for day in (JANUARY, MARCH, MAY):
        at_date = measured(HISTORY, TWO, day)
        found = {rule.code: rule.standing[day] for rule in may.rules if rule.standing[day]}
        assert found == grave(at_date, dated=day < MAY), day
    assert grave(may)


def test_the_last_date_is_that_of_the_summary_also_between_reporting_dates() -> None:
    april = measured(HISTORY, TWO, date(2014, 4, 5))
    assert list(standing(april, "FILE-DAMAGED")) == [JANUARY, date(2014, 4, 5)]
    assert {rule.code: rule.standing[april.as_of] for rule in april.rules if rule.standing[april.as_of]} == (
        grave(april)
    )


def test_since_when_a_file_without_a_date_could_not_be_read_is_not_known() -> None:
    assert standing(measured(HISTORY, TWO, MARCH), "FILE-DAMAGED") == {JANUARY: None, MARCH: 1}
    assert standing(measured(HISTORY[:4], TWO, MARCH), "FILE-DAMAGED") == {JANUARY: 0, MARCH: 0}


def test_a_school_that_was_closed_has_remarks_at_its_own_dates_only() -> None:
    closed = Registry((school("01"), school("02", until=JANUARY)))
    code = next(iter(grave(measured([HISTORY[2]], TWO, JANUARY))))
    assert standing(measured([HISTORY[2]], closed, MARCH), code) == {JANUARY: 1, MARCH: 0}


def test_a_remark_on_a_report_that_was_corrected_stands_at_no_date() -> None:
    files = [sent(name="1.xlsx", i6_2="более 50 %"), sent(name="2.xlsx")]
    arrivals = {"1.xlsx": moment(MARCH, 9), "2.xlsx": moment(MARCH, 11)}
    before = grave(measured(files[:1], ALONE, MARCH))
    after = measured(files, ALONE, MARCH, arrivals)
    assert before
    assert not any(standing(after, code)[MARCH] for code in before)


# ── the sheets ───────────────────────────────────────────────────────────────────────────────────────────
def opened(figures: Figures, *, values: bool = True) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(summary_workbook(figures, CATALOGUE)), data_only=values)


def rows_of(sheet: Worksheet) -> dict[object, list[object]]:
    """School -> its year, from the rate on."""
    return {row[10].value: [cell.value for cell in row[11:]] for row in sheet.iter_rows(7) if row[10].value}


def district_with(*years: tuple[Delivery, ...]) -> Figures:
    """Twenty schools, the first of which have these years."""
    figures = given.twenty_schools()
    lines = list(figures.year.schools)
    for index, deliveries in enumerate(years):
        lines[index] = msgspec.structs.replace(lines[index], deliveries=deliveries)
    return replace(figures, year=msgspec.structs.replace(figures.year, schools=tuple(lines)))


def test_the_year_stands_beside_the_line_of_every_school() -> None:
    figures = district_with((LATE, SENT_BACK, TO_COME, TO_COME), (UNKNOWN, NOT_OWED, TO_COME, TO_COME))
    sheet = opened(figures)["Сдача отчётов"]
    assert [cell.value for cell in sheet[6][10:]] == [
        "Школа", "Сдано\nвовремя, %", "Вовремя,\nраз", "Дат\nв счёте",
        "30.01.2014", "20.03.2014", "20.05.2014", "20.09.2014",
    ]  # fmt: skip
    rows = rows_of(sheet)
    assert rows["СОШ № 1"] == [0, 0, 2, "▼ позже", "! на доработку", "—", "—"]
    assert rows["СОШ № 2"] == ["—", 0, 0, "? неизвестно", "– не требуется", "—", "—"]
    assert rows["НОШ с. Устье"] == [0, 0, 2, "× нет", "× нет", "—", "—"]
    for row in sheet.iter_rows(7):
        assert row[10].value in (row[1].value, None)  # None: a file that was replaced


def test_the_municipalitys_rates_stand_above_the_year_and_are_live() -> None:
    figures = given.twenty_schools()
    whole = figures.year.punctuality
    shown = [cell.value for cell in opened(figures)["Сдача отчётов"][5][10:]]
    at_dates = [figures.year.punctuality_at(index).percent for index in (0, 1)]
    assert shown[:4] == ["Муниципалитет", pytest.approx(whole.on_time / whole.judged), whole.on_time, whole.judged]
    assert [value * 100 for value in shown[4:6]] == pytest.approx(at_dates)
    assert shown[6:] == ["—", "—"]
    live = opened(figures, values=False)["Сдача отчётов"][5]
    assert [cell.data_type for cell in live[11:16]] == ["f"] * 5


def test_a_school_that_is_no_more_stands_last_with_nothing_but_its_year() -> None:
    figures = given.twenty_schools()
    gone = SchoolYear(replace(school("77"), name="ООШ № 77"), (ON_TIME, NOT_OWED, TO_COME, TO_COME))
    with_it = replace(figures, year=msgspec.structs.replace(figures.year, schools=(*figures.year.schools, gone)))
    sheet = opened(with_it)["Сдача отчётов"]
    last = [cell.value for cell in sheet[sheet.max_row]]
    assert last[:4] == ["77", "ООШ № 77", "– не действует", None]
    assert last[10:] == ["ООШ № 77", 1, 1, 1, "● вовремя", "– не требуется", "—", "—"]
    assert sheet["B5"].value == "Всего: 20\u00a0школ"
    assert "школа на эту дату не действовала" in sheet["K2"].value


def test_the_note_explains_what_is_in_sight_and_says_that_a_draft_knows_not_all_schools() -> None:
    plain = opened(given.twenty_schools())["Сдача отчётов"]["K2"].value
    assert "× нет" in plain
    assert "? неизвестно" not in plain
    draft = replace(district_with((NOT_OWED, ON_TIME, TO_COME, TO_COME)), draft_registry=True)
    assert "Заполненного реестра нет: в счёте только школы" in opened(draft)["Сдача отчётов"]["K2"].value


def test_both_tables_are_printed_on_pages_of_their_own_also_with_twelve_months() -> None:
    figures = given.twenty_schools()
    months = tuple(date(2014, month, 20) for month in range(1, 13))
    lines = tuple(msgspec.structs.replace(one, deliveries=(ON_TIME,) * 12) for one in figures.year.schools)
    for shown in (figures, replace(figures, year=Year(months, lines))):
        sheet = opened(shown)["Сдача отчётов"]
        own, year = (range_boundaries(area.rpartition("!")[2]) for area in sheet.print_area.split(","))
        assert (own[0], own[2], year[0]) == (1, 9, 11)  # between them stands the file, for the screen alone
        widths = [sheet.column_dimensions[get_column_letter(n)].width * 7 + 5 for n in range(1, 10)]
        assert sum(widths) <= PAPER * 100 / sheet.page_setup.scale
        wide = shown is not figures
        assert sheet.print_title_cols == ("$K:$K" if wide else None)  # the second page of the year names the schools
        [note] = [area for area in sheet.merged_cells.ranges if area.min_row == 2 and area.min_col > 9]
        assert note.min_col == (12 if wide else 11)  # what stands in the names' column is cut on the second page
        assert [sheet.cell(row, note.min_col).value is None for row in (1, 2)] == [False, False]
        assert [sheet.cell(row, 11).value is None for row in (1, 2)] == [wide, wide]
        assert note.max_col < year[2]  # it is not cut at the edge of the paper
        in_sight = sum(sheet.column_dimensions[get_column_letter(n)].width * 7 + 5 for n in range(11, note.max_col + 1))
        assert in_sight <= PAPER * 100 / sheet.page_setup.scale


def test_the_sheet_of_rules_shows_what_stood_at_every_date_and_leaves_informations_blank() -> None:
    found = measured(HISTORY, TWO, MARCH)
    sheet = opened(found)["Правила"]
    assert [cell.value for cell in sheet[6][6:]] == ["Замечание", "30.01.2014", "20.03.2014"]
    by_title = {row[1].value: [cell.value for cell in row[6:]] for row in sheet.iter_rows(7)}
    for rule in found.rules:
        shown = ["·" if number is None else number for number in rule.standing.values()]
        blank = rule.severity is Severity.INFO and not any(rule.standing.values())
        assert by_title[rule.title] == [rule.title, *([None, None] if blank else shown)]
    assert [cell.value for cell in sheet[5][7:]] == [
        sum(rule.standing[day] or 0 for rule in found.rules) for day in (JANUARY, MARCH)
    ]


def test_the_year_s_column_of_the_date_in_force_agrees_with_the_state_in_the_list() -> None:
    registry = Registry(tuple(school(code) for code in ("01", "02", "03", "04")))
    files = [sent(), sent(code="02", i6_2="более 50 %"), sent(JANUARY, "03")]
    figures = measured(files, registry, MARCH, {read.file: moment(MARCH) for read in files})
    states = {line.school.code: line.state for line in figures.submissions}
    column = {one.school.code: one.deliveries[1] for one in figures.year.schools}
    assert column == {"01": ON_TIME, "02": SENT_BACK, "03": MISSING, "04": MISSING}
    assert (states["02"], states["03"], states["04"]) == (State.TO_CORRECT, State.CARRIED, State.NOT_SUBMITTED)
