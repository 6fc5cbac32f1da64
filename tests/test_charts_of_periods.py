"""Where reports are about periods the charts of the first page show periods, as the sheets say them."""

from datetime import date
from functools import cache
from io import BytesIO

import msgspec
import openpyxl
import pytest
from lxml import html

from pipeline import wording
from pipeline.measuring.figures import Figures
from pipeline.writing.brief import make_brief
from pipeline.writing.pages.series import actual_shares, axis_days, forecast_shares
from pipeline.writing.web import write_web_page
from schemas.form import Form, Period, Target, load_form
from schemas.periods import Every, last_of_month
from schemas.remarks import load_catalogue
from tests import figures as given
from tests.figure_reports import HEALTH, MEALS, registry
from tests.test_figures_of_orders import measured
from tests.workbooks import summary_workbook

pytestmark = pytest.mark.filterwarnings("ignore:.*(extension is not supported|Unable to read chart)")

MONTHS = tuple(last_of_month(2014, month) for month in (1, 2, 3))
QUARTERS = tuple(last_of_month(2014, month) for month in (3, 6, 9))
WEEKS = tuple(date(2014, 1, day) for day in (12, 19, 26))


def form_of(every: Every, dates: tuple[date, ...], targets: tuple[Target, ...]) -> Form:
    form = load_form("form-547")
    order = msgspec.structs.replace(form.order, reporting_dates=dates)
    return msgspec.structs.replace(form, order=order, period=Period(every=every), targets=targets)


@cache
def figures_of(every: Every, dates: tuple[date, ...]) -> Figures:
    """Two targets have passed, the next one is two days behind the last period."""
    by = [dates[1], dates[2], dates[2].replace(month=dates[2].month + 1, day=2)]
    targets = tuple(Target(by=day, min=30.0 + 20 * step, max=50.0 + 20 * step) for step, day in enumerate(by))
    form = form_of(every, dates, targets)
    return given.district(given.CASES, as_of=dates[-1], history=dates, form=form)


@pytest.mark.parametrize(
    ("every", "dates", "said"),
    [
        ("month", MONTHS, ["янв. 2014", "февр. 2014", "март 2014", "апр. 2014"]),
        ("quarter", QUARTERS, ["I кв. 2014", "II кв. 2014", "III кв. 2014", "IV кв. 2014"]),
        ("week", WEEKS, ["06.01–12.01", "13.01–19.01", "20.01–26.01", "27.01–02.02"]),
    ],
)
def test_the_trend_stands_in_periods(every: Every, dates: tuple[date, ...], said: list[str]) -> None:
    figures = figures_of(every, dates)
    shown = axis_days(figures)
    assert [wording.on_axis(day, every).replace("\u00a0", " ") for day in shown] == said
    assert list(actual_shares(figures)) == shown[:3]
    assert list(forecast_shares(figures)) == shown[2:]


def test_the_workbook_draws_a_category_a_period() -> None:
    figures = figures_of("month", MONTHS)
    book = openpyxl.load_workbook(BytesIO(summary_workbook(figures)))
    rows = [[cell.value for cell in row] for row in book["_графики"].iter_rows(1, 5, 7, 11)]
    assert rows[0][:1] == ["Период"]
    said = [str(row[0]).replace("\u00a0", " ") for row in rows[1:]]
    assert said == ["янв. 2014", "февр. 2014", "март 2014", "апр. 2014"]
    shares = actual_shares(figures)
    assert [row[3] for row in rows[1:]] == [pytest.approx(shares[day]) for day in MONTHS] + [None]
    assert [row[1] for row in rows[1:]] == [None, 0.3, 0.5, 0.7], "the target in force at a period's end"
    axes = [chart.x_axis.__class__.__name__ for chart in book["Динамика"]._charts]
    assert axes == ["TextAxis"]


def test_the_page_for_a_telephone_says_the_same_periods() -> None:
    figures = figures_of("quarter", QUARTERS)
    page = html.document_fromstring(write_web_page(figures, make_brief(figures, load_catalogue()), "", "").decode())
    ticks = [" ".join(one.text_content().split()) for one in page.iter("{*}text") if "кв." in one.text_content()]
    assert ticks == ["I кв. 2014", "II кв. 2014", "III кв. 2014", "IV кв. 2014"]
    told = " ".join(page.text_content().split()) + " ".join(one.get("aria-label", "") for one in page.iter("{*}svg"))
    assert "I квартал 2014" in told.replace("\u00a0", " ")


def test_a_forecast_for_the_period_that_is_shown_already_is_not_drawn() -> None:
    """Its target lies in the period of the last report: two figures for one place."""
    form = form_of("month", MONTHS, (Target(by=MONTHS[0], min=30, max=40), Target(by=MONTHS[2], min=41, max=60)))
    figures = given.district(given.CASES, as_of=date(2014, 3, 20), history=(*MONTHS[:2], date(2014, 3, 20)), form=form)
    assert figures.municipality.forecast is not None
    assert forecast_shares(figures) == {}


@pytest.mark.parametrize(("form", "said"), [(MEALS, "янв. 2026"), (HEALTH, "I кв. 2026")])
def test_how_reports_were_sent_is_shown_by_periods(form: Form, said: str) -> None:
    figures = measured([], form, form.order.reporting_dates[1], registry(form, "01", "02"))
    book = openpyxl.load_workbook(BytesIO(summary_workbook(figures)))
    assert book["_графики"]["A1"].value == "Отчётный период"
    assert book["_графики"]["A2"].value.replace("\u00a0", " ") == said
    page = write_web_page(figures, make_brief(figures, load_catalogue()), "", "").decode()
    assert said in page.replace("\u00a0", " ").replace("&nbsp;", " ")
