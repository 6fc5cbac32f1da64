"""A form whose reports are about periods: how heads name them, which one a date means, and that no period lends its
figures to another."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

from pipeline import wording
from pipeline.checking.judgement import Checked
from pipeline.commands.choosing import as_of_meant, day_or_period, last_day_of
from pipeline.commands.schedule import usual_day
from pipeline.measuring.calendar import Calendar
from pipeline.measuring.figures import Delivery, Figures, State
from pipeline.measuring.measure import measure
from pipeline.measuring.picture import Outcome
from pipeline.measuring.rows import answer_rows
from pipeline.reading.answers.spans import whole_period
from pipeline.reading.finding.head import read_head
from pipeline.reading.finding.layouts import read_book
from pipeline.reading.opening.book import Cell, Sheet
from pipeline.reading.opening.grid import open_book
from pipeline.reading.schools import Schools
from pipeline.settings import Limits, Settings
from pipeline.survey import calendar_of
from pipeline.writing.form.prefill import Prefill
from pipeline.writing.form.workbook import write_form
from schemas.addresses import Spot
from schemas.district import Registry
from schemas.form import Form, Period, load_form
from schemas.periods import Every, Periods
from schemas.remarks import load_catalogue
from schemas.reports import FileRead
from schemas.strict import UsageError
from tests.batch import checked, file_of, school
from tests.order_form import FORM, REGISTRY, OrderForm

DATA = Path(__file__).parent / "data"
JANUARY, FEBRUARY, MARCH = date(2014, 1, 31), date(2014, 2, 28), date(2014, 3, 31)
DUES = (date(2014, 2, 3), date(2014, 3, 3), date(2014, 4, 3))
SCHOOLS = Registry((school("01"), school("10")))
NBSP = wording.NBSP


def form_of(every: Every, dates: tuple[date, ...], due: tuple[date, ...] = (), **period: object) -> Form:
    """Form 547, but its reports are about periods."""
    order = msgspec.structs.replace(FORM.order, reporting_dates=dates)
    return msgspec.structs.replace(FORM, order=order, period=Period(every=every, due=due, **period))  # type: ignore[arg-type]


MONTHLY = form_of("month", (JANUARY, FEBRUARY, MARCH), DUES)
QUARTERLY = form_of("quarter", (date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31)))
YEARLY = form_of("year", (date(2025, 12, 31), date(2026, 12, 31)))
WEEKLY = form_of("week", (date(2026, 1, 11), date(2026, 1, 18)))
CALENDAR = Calendar.of(MONTHLY)
IN_MONTHS = load_catalogue({"SAME-ANSWERS": "off"}, "month")


# ── the words of a period ────────────────────────────────────────────────────────────────────────────────
WHOLE: dict[Every, dict[str, str]] = {
    "month": {
        "за январь 2026 г.": "2026-01-31",
        "январь 2026": "2026-01-31",
        "за ЯНВАРЬ 2026 года": "2026-01-31",
        "за «январь» 2026 г.": "2026-01-31",
        "за янв. 2026": "2026-01-31",
        "январь месяц 2026 г.": "2026-01-31",
        "за отчётный месяц: январь 26 г.": "2026-01-31",
        "за период с 01.01.2026 по 31.01.2026": "2026-01-31",
        "с 1 по 31 января 2026 г.": "2026-01-31",
        "01.02.2028–29.02.2028": "2028-02-29",
        "на 31.01.2026": "",
        "31.01.2026": "2026-01-31",
        "01.2026": "2026-01-31",
        "2026-01": "2026-01-31",
        "за январь 2026 г. (приказ от 15.12.2025 № 31)": "2026-01-31",
        "15.01.2026": "",
        "за январь": "",
        "за I квартал 2026 г.": "",
        "за 2026 год": "",
        "с 01.01.2026 по 15.02.2026": "",
        "с 01.02.2028 по 28.02.2028": "",
        "с 02.01.2026 по 31.01.2026": "",
        "за январь и февраль 2026": "",
        "за январь 2026 и февраль 2026": "",
        "за январь 2025/2026 учебного года": "",
        "31.02.2026": "",
        "Маргарита": "",
    },
    "quarter": {
        "за I квартал 2026 года": "2026-03-31",
        "I кв. 2026 г.": "2026-03-31",
        "за 1 квартал 2026 г.": "2026-03-31",
        "за 2-й квартал 2026": "2026-06-30",
        "второй квартал 2026 года": "2026-06-30",
        "П квартал 2026": "2026-06-30",
        "ІV квартал 2026": "2026-12-31",
        "за апрель–июнь 2026 года": "2026-06-30",
        "с апреля по июнь 2026 г.": "2026-06-30",
        "с 01.04.2026 по 30.06.2026": "2026-06-30",
        "январь, февраль, март 2026": "2026-03-31",
        "за 3 месяца 2026 г.": "2026-03-31",
        "за I квартал (январь–март) 2026 года": "2026-03-31",
        "2026 год, II квартал": "2026-06-30",
        "2026-Q1": "2026-03-31",
        "2026-I кв.": "2026-03-31",
        "за I квартал (апрель–июнь) 2026 года": "",
        "за 6 месяцев 2026 г.": "",
        "за март–май 2026 г.": "",
        "за май 2026 г.": "",
        "I квартал": "",
        "V квартал 2026": "",
        "I–II квартал 2026": "",
    },
    "year": {
        "за 2026 год": "2026-12-31",
        "2026": "2026-12-31",
        "январь–декабрь 2026 г.": "2026-12-31",
        "с 01.01.2026 по 31.12.2026": "2026-12-31",
        "за 2025–2026 учебный год": "",
        "2025/2026": "",
    },
    "week": {
        "за неделю с 05.01.2026 по 11.01.2026": "2026-01-11",
        "с 5 по 11 января 2026": "2026-01-11",
        "29.12.2025–04.01.2026": "2026-01-04",
        "с 05.01 по 12.01.2026": "",
        "с 05.01.2026 по 09.01.2026": "",
        "2 неделя января 2026": "",
    },
}


@pytest.mark.parametrize(
    ("every", "said", "day"), [(every, *one) for every, table in WHOLE.items() for one in table.items()]
)
def test_words_are_one_whole_period_or_none(every: Every, said: str, day: str) -> None:
    assert whole_period(said, Periods(every)) == (date.fromisoformat(day) if day else None)


def test_a_week_that_ends_on_friday_may_begin_on_its_monday() -> None:
    fridays = Periods("week", week_ends=4)
    assert whole_period("с 12.01.2026 по 16.01.2026", fridays) == date(2026, 1, 16)
    assert whole_period("с 10.01.2026 по 16.01.2026", fridays) == date(2026, 1, 16)
    assert whole_period("с 12.01.2026 по 18.01.2026", fridays) is None


def test_what_is_told_since_the_new_year_may_say_so() -> None:
    since = Periods("quarter", since_new_year=True)
    assert whole_period("за 6 месяцев 2026 г.", since) == whole_period("за II квартал 2026", since) == date(2026, 6, 30)
    assert whole_period("за 5 месяцев 2026 г.", since) is None


# ── the head ─────────────────────────────────────────────────────────────────────────────────────────────
TITLE, SCHOOL = "Форма отчёта", "в МБОУ СОШ № 1"
MMM_YY, DD_MM_YYYY = "mmm\\.yy", "dd.mm.yyyy"


def dates_of(form: Form, *rows: tuple[object, ...]) -> list[date | None]:
    cells = {}
    for row, values in enumerate([(TITLE,), *rows, (SCHOOL,)], start=1):
        for column, value in enumerate(values, start=1):
            if value != "":
                cells[Spot(row, column)] = value if isinstance(value, Cell) else Cell(value)  # type: ignore[arg-type]
    head = read_head(Sheet("Отчёт", cells), 1, len(rows) + 2, form, Schools(REGISTRY))
    assert [said.text for said in head.schools] == ["МБОУ СОШ № 1"]
    return [day for _, day in head.dates]


HEADS: dict[str, tuple[tuple[tuple[object, ...], ...], list[date | None]]] = {
    "behind «за»": ((("за январь 2014 г.",),), [JANUARY]),
    "alone under the title": ((("январь 2014",),), [JANUARY]),
    "behind the title": (((f"{TITLE} за январь 2014 г.",),), [JANUARY]),
    "behind a label of the form": ((("по состоянию на январь 2014 г.",),), [JANUARY]),
    "beside its label": ((("Отчётный месяц:", "январь 2014"),), [JANUARY]),
    "in three cells": ((("за", "январь", "2014 г."),), [JANUARY]),
    "with a year that is a number": ((("за", "январь", 2014.0),), [JANUARY]),
    "from a day to a day in cells": (
        (("за период с", Cell(date(2014, 1, 1)), "по", Cell(JANUARY)),),
        [JANUARY],
    ),
    "a date cell within it": ((("за", Cell(date(2014, 1, 15), DD_MM_YYYY)),), [JANUARY]),
    "a date cell at its end": ((("за", Cell(JANUARY, DD_MM_YYYY)),), [JANUARY]),
    "a date cell that shows a month": (((Cell(date(2014, 1, 1), MMM_YY),),), [JANUARY]),
    "said twice alike": ((("за январь 2014 г.",), ("январь 2014",)), [JANUARY]),
    "beside the date of signing": ((("за январь 2014 г.",), ("03.02.2014",)), [JANUARY]),
    "nothing": ((), []),
    "blanks": ((("за ____________ 20__ г.",),), []),
    "without a year": ((("за январь",),), [None]),
    "a quarter": ((("за I квартал 2014 г.",),), [None]),
    "not from the first day": ((("за период с 02.01.2014 по 31.01.2014",),), [None]),
    "two periods": ((("за январь 2014 г.",), ("февраль 2014",)), [JANUARY, FEBRUARY]),
    "and its year": ((("за январь 2014 г.",), ("за 2014 год",)), [JANUARY, None]),
}


@pytest.mark.parametrize("name", HEADS)
def test_a_head_names_a_month(name: str) -> None:
    rows, days = HEADS[name]
    assert dates_of(MONTHLY, *rows) == days


def test_a_date_cell_that_shows_a_month_is_no_quarter() -> None:
    assert dates_of(QUARTERLY, ("за", Cell(date(2026, 3, 1), MMM_YY))) == [None]
    assert dates_of(QUARTERLY, ("за", Cell(date(2026, 3, 1), DD_MM_YYYY))) == [date(2026, 3, 31)]


def test_a_form_without_periods_reads_no_month_as_a_date() -> None:
    assert dates_of(FORM, ("январь 2014",)) == []
    assert dates_of(FORM, ("по состоянию на 20.03.2014",)) == [date(2014, 3, 20)]


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        ("за I квартал 2014 г.", "DATE-UNREADABLE", "«I квартал 2014 г.» — не один целый период"),
        ("на февраль 2014 г. и март 2014 г.", "DATE-UNREADABLE", "не один целый период"),
        ("за ноябрь 2013 г.", "DATE-BEFORE-ORDER", "кончился раньше самого приказа"),
        ("", "DATE-MISSING", "не указано, за какой период"),
    ],
)
def test_a_report_without_its_period_is_told_so_in_words_of_periods(said: str, code: str, words: str) -> None:
    file = report("01", said.removeprefix("за ").removeprefix("на "))
    [remark] = [one for one in file.remarks if one.code.startswith("DATE")]
    assert (remark.code, file.reports[0].as_of) == (code, None)
    assert words in wording.message(remark, IN_MONTHS)


def test_the_unreadable_period_is_shown_how_to_write_it() -> None:
    [remark] = [one for one in report("01", "март").remarks if one.code == "DATE-UNREADABLE"]
    assert wording.todo(remark, IN_MONTHS) == f"Впишите период словами, например «за январь 2014{NBSP}г.»."


@pytest.mark.parametrize("form", [MONTHLY, QUARTERLY, YEARLY, WEEKLY], ids=lambda form: form.period.every)
def test_svods_own_form_says_its_period_and_is_read_back(form: Form) -> None:
    for day in form.order.reporting_dates:
        data = write_form(form, REGISTRY.schools[0], day, Prefill({}))
        reports, remarks = read_book(open_book(data, Limits()), form, Schools(REGISTRY))
        assert [one.as_of for one in reports] == [day]
        assert not [one for one in remarks if one.code.startswith("DATE")]


# ── the calendar ─────────────────────────────────────────────────────────────────────────────────────────
def test_a_report_belongs_to_its_own_period_alone() -> None:
    assert [CALENDAR.belongs_to(day) for day in (JANUARY, FEBRUARY, date(2014, 4, 30))] == [JANUARY, FEBRUARY, None]
    assert CALENDAR.current_on(date(2014, 2, 2)) == JANUARY  # a file that came then is for January at the latest


def test_days_before_the_last_day_are_no_report_of_the_period() -> None:
    assert Calendar.of(MONTHLY, days_before=10).days_before == 0
    assert Calendar.of(FORM, days_before=10).days_before == 10


def test_the_year_of_a_period() -> None:
    calendar = Calendar.of(YEARLY, [date(2027, 12, 31)])
    assert calendar.of_year(date(2026, 12, 31))[:-1] == ()  # the one before is of another year
    quarters = Calendar.of(QUARTERLY)
    assert quarters.of_year(date(2026, 3, 31))[:-1] == ()
    assert quarters.of_year(date(2026, 9, 30))[-2] == date(2026, 6, 30)
    assert quarters.of_year(date(2026, 6, 30)) == (date(2026, 3, 31), date(2026, 6, 30))


def test_an_own_reporting_date_of_the_office_ends_a_period() -> None:
    assert calendar_of(MONTHLY, Settings(reporting_dates=(date(2014, 4, 30),))).reporting_dates[-1].month == 4
    with pytest.raises(UsageError, match=r"reporting_dates: 15\.04\.2014 — не последний день"):
        calendar_of(MONTHLY, Settings(reporting_dates=(date(2014, 4, 15),)))


# ── which period is meant ────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("form", "said", "day"),
    [
        (MONTHLY, "2014-01-31", JANUARY),
        (MONTHLY, "2014-02", FEBRUARY),
        (MONTHLY, "март 2014", MARCH),
        (MONTHLY, "31.03.2014", MARCH),
        (QUARTERLY, "2026-Q1", date(2026, 3, 31)),
        (QUARTERLY, "2026-I кв.", date(2026, 3, 31)),
        (QUARTERLY, "II квартал 2026", date(2026, 6, 30)),
        (YEARLY, "2026", date(2026, 12, 31)),
        (WEEKLY, "2026-01-18", date(2026, 1, 18)),
        (WEEKLY, "2026-W02", date(2026, 1, 11)),
    ],
)
def test_a_period_is_named_in_a_command(form: Form, said: str, day: date) -> None:
    assert as_of_meant(day_or_period(said), form, Calendar.of(form), date(2030, 1, 1)) == day


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2014, 2, 1), JANUARY),
        (FEBRUARY, JANUARY),  # the last day of a month is not past
        (date(2014, 3, 1), FEBRUARY),
        (date(2020, 1, 1), MARCH),
        (date(2014, 1, 10), JANUARY),  # none is past: the first
    ],
)
def test_without_a_word_it_is_the_last_period_that_is_past(today: date, day: date) -> None:
    assert as_of_meant(None, MONTHLY, CALENDAR, today) == day


@pytest.mark.parametrize(
    ("form", "said", "words"),
    [
        (MONTHLY, "2014-02-15", "не месяц целиком, а отчёты сдаются за такие периоды: укажите период, например, как"),
        (MONTHLY, "2014-Q1", "например, как 2014-01 или 2014-01-31."),
        (QUARTERLY, "2026-01", "например, как 2026-Q1 или 2026-03-31."),
        (YEARLY, "2026-01", "например, как 2025 или 2025-12-31."),
        (WEEKLY, "2026-01-13", "например, как 2026-01-11."),
        (MONTHLY, "2014-06", f"Отчёт за июнь 2014{NBSP}г. не сдаётся: первый по приказу — за январь 2014{NBSP}г."),
        (FORM, "2014-03", "Даты «2014-03» нет: укажите её как ГГГГ-ММ-ДД"),
        (MONTHLY, "завтра", "Даты «завтра» нет"),
    ],
)
def test_another_period_is_refused_with_a_sentence(form: Form, said: str, words: str) -> None:
    with pytest.raises(UsageError) as refused:
        as_of_meant(day_or_period(said), form, Calendar.of(form), date(2030, 1, 1))
    assert words in str(refused.value)


def test_results_are_called_by_the_last_day_whatever_form_they_are_of() -> None:
    days = [last_day_of(day_or_period(said)) for said in ("2014-03-20", "2014-01", "2014-Q1", "2014")]
    assert days == [date(2014, 3, 20), JANUARY, MARCH, date(2014, 12, 31)]


def test_the_monthly_run_is_set_on_the_day_after_reports_are_due() -> None:
    assert [usual_day([one]) for one in (MONTHLY, QUARTERLY, FORM)] == [4, 1, None]
    assert usual_day([FORM, QUARTERLY, MONTHLY]) == 4


# ── nothing is carried into a period ─────────────────────────────────────────────────────────────────────
def report(code: str, period: str, name: str = "", answers: dict[str, str | float] | None = None) -> FileRead:
    filled = OrderForm(school=f"МБОУ СОШ № {int(code)}", as_of=period, form=MONTHLY)
    if answers is not None:
        filled = OrderForm(school=f"МБОУ СОШ № {int(code)}", as_of=period, form=MONTHLY, answers=answers)
    return file_of(filled, name or f"{code} {period}.xlsx", SCHOOLS)


def judged(files: Iterable[FileRead], arrivals: dict[str, datetime | None] | None = None) -> Checked:
    return checked(files, SCHOOLS, arrivals, IN_MONTHS, MONTHLY)


def as_of(day: date, files: list[FileRead], arrivals: dict[str, datetime | None] | None = None) -> Figures:
    return measure(judged(files, arrivals), files, SCHOOLS, MONTHLY, IN_MONTHS, day, CALENDAR)


def states(figures: Figures) -> dict[str, State]:
    return {line.school.code: line.state for line in figures.submissions}


BOTH_THEN_ONE = [report("01", "январь 2014"), report("10", "январь 2014"), report("01", "февраль 2014")]


def test_a_school_without_a_report_for_the_period_has_no_figures_in_it() -> None:
    figures = as_of(FEBRUARY, BOTH_THEN_ONE)
    assert states(figures)["10"] is State.NOT_SUBMITTED
    rows = list(answer_rows(figures))
    assert {row.as_of for row in rows if row.counted and row.school_code == "01"} == {FEBRUARY.isoformat()}
    assert not [row for row in rows if row.school_code == "10" and row.as_of == FEBRUARY.isoformat()]
    assert not figures.coverage["carried"].any()
    assert set(figures.coverage.loc[figures.coverage["school_code"] == "10", "share"]) == {"no_report"}


def test_the_same_reports_on_dates_are_carried_forward() -> None:
    """What the tests around this one rule out is there to be ruled out."""
    dated = msgspec.structs.replace(MONTHLY, period=Period())
    files = [file_of(OrderForm(school="МБОУ СОШ № 10", as_of="31.01.2014", form=dated), "10.xlsx", SCHOOLS)]
    batch = checked(files, SCHOOLS, None, IN_MONTHS, dated)
    figures = measure(batch, files, SCHOOLS, dated, IN_MONTHS, FEBRUARY, Calendar.of(dated))
    assert states(figures)["10"] is State.CARRIED


def test_the_picture_of_a_period_is_not_touched_by_later_ones() -> None:
    alone, with_later = (as_of(JANUARY, files) for files in (BOTH_THEN_ONE[:2], BOTH_THEN_ONE))
    texts, with_later_texts = (figures.coverage.astype("object") for figures in (alone, with_later))
    assert texts.equals(with_later_texts)
    became = {source.file: source.outcome for source in with_later.sources}
    assert became["01 февраль 2014.xlsx"] == Outcome.FUTURE


def test_a_former_period_is_told_as_such_and_asks_nothing() -> None:
    figures = as_of(FEBRUARY, BOTH_THEN_ONE)
    older = [one for one in figures.remarks if one.code == "REPORT-OLDER"]
    assert {one.school for one in older} == {"01", "10"}
    said = f"Отчёт составлен за январь 2014{NBSP}г., а в своде показатели за февраль 2014{NBSP}г."
    assert {wording.message(one, IN_MONTHS) for one in older} == {said}
    assert not any(one.code == "DATE-ODD" for one in figures.remarks)


def test_a_period_of_which_no_report_is_asked_counts_nowhere() -> None:
    figures = as_of(MARCH, [report("01", "апрель 2014"), report("10", "декабрь 2013")])
    assert set(states(figures).values()) == {State.NOT_SUBMITTED}


def test_what_is_left_blank_stays_blank() -> None:
    figures = as_of(FEBRUARY, [report("01", "январь 2014"), report("01", "февраль 2014", answers={"6.1": "42/100%"})])
    now = {row.item for row in answer_rows(figures) if row.counted and row.as_of == FEBRUARY.isoformat()}
    assert now - {"problem.1"} == {"6.1"}
    assert not [one for one in figures.remarks if one.code in ("ANSWER-GONE", "ANSWER-FORMER")]


def test_without_change_takes_no_answer_from_another_period() -> None:
    files = [
        report("01", "январь 2014"),
        report("01", "февраль 2014", answers={"6.1": "42/100%", "6.2": "без изменений"}),
    ]
    figures = as_of(FEBRUARY, files)
    assert ("6.2", "ANSWER-NO-FORMER") in {(one.item, one.code) for one in figures.remarks}
    assert "6.2" not in {row.item for row in answer_rows(figures) if row.counted and row.as_of == FEBRUARY.isoformat()}


def test_a_partial_correction_completes_the_report_of_its_own_period() -> None:
    files = [report("01", "февраль 2014", "a.xlsx"), report("01", "февраль 2014", "b.xlsx", {"6.1": "21/50%"})]
    came: dict[str, datetime | None] = {"a.xlsx": at(date(2014, 3, 1)), "b.xlsx": at(date(2014, 3, 2))}
    figures = as_of(FEBRUARY, files, came)
    assert "REPORT-PARTIAL" in {one.code for one in figures.remarks}
    percents = {row.item: row.percent for row in figures.coverage.itertuples() if row.school_code == "01"}
    assert (percents["6.1"], percents["9"]) == (50.0, 31.0)


def test_a_later_period_makes_no_error_of_a_former_one_good() -> None:
    wrong = report("01", "январь 2014", answers={"6.1": "420/100%", "9": "31 %"})
    figures = as_of(FEBRUARY, [wrong, report("01", "февраль 2014")])
    assert not figures.mended
    assert any(one.code and one.item == "6.1" for one in as_of(JANUARY, [wrong]).remarks)


# ── on time ──────────────────────────────────────────────────────────────────────────────────────────────
def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("came", "days_late", "delivery"),
    [
        (date(2014, 2, 1), 0, Delivery.ON_TIME),
        (date(2014, 2, 3), 0, Delivery.ON_TIME),
        (date(2014, 2, 4), 1, Delivery.LATE),
    ],
)
def test_a_report_is_late_after_the_day_it_is_due(came: date, days_late: int, delivery: Delivery) -> None:
    figures = as_of(JANUARY, [report("01", "январь 2014", "01.xlsx")], {"01.xlsx": at(came)})
    [line] = [line for line in figures.submissions if line.school.code == "01"]
    [year] = [one for one in figures.year.schools if one.school.code == "01"]
    assert (line.days_late, year.deliveries) == (days_late, (delivery, Delivery.TO_COME, Delivery.TO_COME))


def test_without_a_due_date_it_is_due_on_the_last_day() -> None:
    assert Calendar.of(form_of("month", (JANUARY,))).due(JANUARY) == JANUARY


def test_a_paper_may_be_signed_until_the_report_is_due() -> None:
    for signed, is_told in (("03.02.2014", False), ("04.02.2014", True)):
        file = report("01", "январь 2014", answers={"6.1": "42/100%", "3": f"приказ № 12 от {signed}"})
        codes = {one.code for one in judged([file]).remarks}
        assert ("DOC-AFTER-REPORT" in codes) is is_told


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("every", "day", "on", "since", "beside", "heading"),
    [
        ("date", date(2014, 3, 20), "на 20.03.2014", "с 20.03.2014", "с 20.03.2014", "20.03.2014"),
        ("month", JANUARY, "за январь 2014 г.", "с января 2014 г.", "с январём 2014 г.", "январь 2014"),
        ("month", date(2014, 5, 31), "за май 2014 г.", "с мая 2014 г.", "с маем 2014 г.", "май 2014"),
        (
            "quarter", date(2026, 6, 30), "за II квартал 2026 г.", "с II квартала 2026 г.", "с II кварталом 2026 г.",
            "II кв. 2026",
        ),
        ("year", date(2026, 12, 31), "за 2026 год", "с 2026 года", "с 2026 годом", "2026"),
        (
            "week", date(2026, 1, 11), "за неделю 05.01–11.01.2026", "с недели 05.01–11.01.2026",
            "с неделей 05.01–11.01.2026", "05.01–11.01.2026",
        ),
        (
            "week", date(2026, 1, 4), "за неделю 29.12.2025–04.01.2026", "с недели 29.12.2025–04.01.2026",
            "с неделей 29.12.2025–04.01.2026", "29.12.2025–04.01.2026",
        ),
    ],
)  # fmt: skip
def test_a_period_is_said_in_the_right_case(
    every: Every, day: date, on: str, since: str, beside: str, heading: str
) -> None:
    said = [wording.on(day, every), wording.since(day, every), wording.beside(day, every)]
    assert [one.replace(NBSP, " ") for one in said] == [on, since, beside]
    assert wording.in_heading(day, every).replace(NBSP, " ") == heading


@pytest.mark.parametrize("every", WHOLE)
def test_what_svod_says_it_can_read(every: Every) -> None:
    days = {"week": date(2026, 1, 11), "month": date(2026, 2, 28), "quarter": date(2026, 9, 30)}
    day = days.get(every, date(2026, 12, 31))
    for said in (wording.on(day, every), wording.named(day, every)):
        assert whole_period(said, Periods(every)) == day


@pytest.mark.parametrize(
    ("every", "short"), [("date", "на 31.01"), ("month", "за январь"), ("quarter", "за I квартал")]
)
def test_the_year_may_go_without_saying(every: Every, short: str) -> None:
    assert wording.on(JANUARY, every, short=True).replace(NBSP, " ") == short


def test_every_remark_has_words_for_periods_that_name_what_its_example_has() -> None:
    for code in IN_MONTHS.entries:
        example = IN_MONTHS.example(code)
        assert wording.message(example, IN_MONTHS)
        assert wording.todo(example, IN_MONTHS)


@pytest.mark.parametrize("number", ["31", "88"])
def test_reporting_dates_of_the_orders_are_the_last_days_of_their_periods(number: str) -> None:
    form = load_form(DATA / f"form-{number}.toml")
    assert [form.periods.last(day) for day in form.order.reporting_dates] == list(form.order.reporting_dates)
    assert list(form.dues) == list(form.order.reporting_dates)
