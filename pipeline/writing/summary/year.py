"""The year on «Сдача отчётов»: how every school has met every reporting date, beside its line of now."""

from collections.abc import Sequence

from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from pipeline import wording
from pipeline.measuring.figures import JUDGED, Delivery, Figures, Punctuality, SchoolYear, Year
from pipeline.writing.pages import theme
from pipeline.writing.pages.page import Column, Page, fraction, school_column
from pipeline.writing.pages.theme import Look, Mark

UNJUDGED = "—"  # no rate, a date to come

SCHOOL, RATE, ON_TIME, DATES, FIRST_DATE = range(5)  # columns, from the first of the year on

_MARKS = {
    Delivery.ON_TIME: Mark.ON_PLAN,
    Delivery.LATE: Mark.BELOW,
    Delivery.TO_CORRECT: Mark.ERROR,
    Delivery.MISSING: Mark.OVERDUE,
    Delivery.UNKNOWN: Mark.CHECK,
    Delivery.NOT_OWED: Mark.NONE,
}
_LOOKS: dict[Delivery, tuple[Look, ...]] = {
    Delivery.LATE: (theme.ACTION_INK,),
    Delivery.TO_CORRECT: (theme.ACTION,),
    Delivery.MISSING: (theme.ACTION, theme.BOLD),
    Delivery.UNKNOWN: (theme.QUIET,),
    Delivery.NOT_OWED: (theme.QUIET,),
    Delivery.TO_COME: (theme.QUIET,),
}


def title(figures: Figures) -> str:
    return f"Год: сдача отчётов {wording.times(figures.every).by_reporting}"


def columns_of(figures: Figures) -> list[Column]:
    dates = (Column(wording.in_heading(day, figures.every), 13) for day in figures.year.dates)
    rates = (
        Column("Сдано|вовремя, %", 10),
        Column("Вовремя,|раз", 9),
        Column(wording.times(figures.every).over_number, 9),
    )
    return [school_column(figures), *rates, *dates]


def note(figures: Figures) -> str:
    """How to read the year. What is not in sight is not explained."""
    times, of_dates = wording.times(figures.every), figures.every == "date"
    this, carried = times.this, "; перенесённый не в счёт" if of_dates else ""
    when, one, yet = ("на эту дату", "дата", "наступила") if of_dates else ("тогда", "период", "кончился")
    seen = {delivery for one in figures.year.schools for delivery in one.deliveries}
    explained = {
        Delivery.MISSING: f"«{said(Delivery.MISSING)}» — отчёта {this} нет{carried}.",
        Delivery.TO_CORRECT: f"«{said(Delivery.TO_CORRECT)}» — в отчёте ошибки или файл не прочитан.",
        Delivery.UNKNOWN: f"«{said(Delivery.UNKNOWN)}» — не известно, когда пришёл отчёт; в доле не учтён.",
        Delivery.NOT_OWED: f"«{said(Delivery.NOT_OWED)}» — школа {when} не действовала.",
        Delivery.TO_COME: f"«{UNJUDGED}» — {one} ещё не {yet}.",
    }
    if figures.draft_registry:
        explained[Delivery.NOT_OWED] = f"«{said(Delivery.NOT_OWED)}» — {one} до первого отчёта школы."
    parts = [
        f"Что стоит {times.each_reporting} сейчас; срок — по первому поступлению файла: исправление, присланное позже, "
        "опоздания не создаёт.",
        *(words for delivery, words in explained.items() if delivery in seen),
        f"Доля — {_SHARE_OF[of_dates]}; в итоге — сумма по школам к сумме.",
    ]
    if figures.draft_registry:
        parts.append("Заполненного реестра нет: в счёте только школы, от которых хоть что-то пришло.")
    return " ".join(parts)


_SHARE_OF = {
    True: "даты, к которым годный отчёт пришёл вовремя, среди наступивших дат, на которые он требовался",
    False: "периоды, за которые годный отчёт пришёл вовремя, среди прошедших, за которые он требовался",
}


def said(delivery: Delivery) -> str:
    return UNJUDGED if delivery is Delivery.TO_COME else f"{_MARKS[delivery]} {delivery}"


def write_line(page: Page, row: int, first: int, one: SchoolYear) -> None:
    """The school's year in `row`, from column `first` on."""
    page.text(row, first + SCHOOL, one.school.name, theme.ROW)
    _write_rate(page, row, first, one.punctuality, theme.ROW)
    for column, delivery in enumerate(one.deliveries, first + FIRST_DATE):
        page.text(row, column, said(delivery), theme.ROW, theme.SMALL, theme.INDENT, *_LOOKS.get(delivery, ()))


def write_blank(page: Page, row: int, first: int, year: Year) -> None:
    """Of a row that is no school's."""
    for column in range(first, first + FIRST_DATE + len(year.dates)):
        page.number(row, column, None, theme.ROW)


def write_total(page: Page, row: int, first: int, rows: tuple[int, int], lines: Sequence[object]) -> None:
    """The municipality's rate in all and on every date, live. `rows`: first and last of the schools; `lines`: of the
    table (`Page.total`)."""
    year = page.book.figures.year
    page.text(row, first + SCHOOL, "Муниципалитет", theme.TOTAL)
    whole = year.punctuality
    for column, value in ((first + ON_TIME, whole.on_time), (first + DATES, whole.judged)):
        formula = f"=SUM({xl_range(rows[0], column, rows[1], column)})"
        page.total(row, column, formula, value, lines, theme.TOTAL, theme.CENTRE, theme.PEOPLE_QUIET)
    on_time, judged = (xl_rowcol_to_cell(row, first + column) for column in (ON_TIME, DATES))
    looks = (theme.TOTAL, theme.CENTRE, theme.SHARE)
    page.total(row, first + RATE, _share(on_time, judged), _rate(whole), lines, *looks)
    for index, day in enumerate(year.dates):
        column = first + FIRST_DATE + index
        if day > page.book.figures.as_of:
            page.text(row, column, UNJUDGED, theme.TOTAL, theme.CENTRE)
            continue
        cells = xl_range(rows[0], column, rows[1], column)
        counts = {delivery: f'COUNTIF({cells},"{said(delivery)}")' for delivery in JUDGED}
        formula = _share(counts[Delivery.ON_TIME], f"({'+'.join(counts.values())})")
        page.total(row, column, formula, _rate(year.punctuality_at(index)), lines, *looks)


def _write_rate(page: Page, row: int, first: int, punctuality: Punctuality, look: Look) -> None:
    page.number(row, first + ON_TIME, punctuality.on_time, look, theme.CENTRE, theme.PEOPLE_QUIET)
    page.number(row, first + DATES, punctuality.judged, look, theme.CENTRE, theme.PEOPLE_QUIET)
    on_time, judged = (xl_rowcol_to_cell(row, first + column) for column in (ON_TIME, DATES))
    page.formula(row, first + RATE, _share(on_time, judged), _rate(punctuality), look, theme.CENTRE, theme.SHARE)


def _share(part: str, whole: str) -> str:
    return f'=IF({whole}=0,"{UNJUDGED}",{part}/{whole})'


def _rate(punctuality: Punctuality) -> float | str:
    share = fraction(punctuality.percent)
    return UNJUDGED if share is None else share
