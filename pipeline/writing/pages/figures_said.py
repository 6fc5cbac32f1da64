"""How figures with a unit are shown and named: on sheets, cards and in sentences alike."""

from pipeline import wording
from pipeline.measuring.figures import Former, Measure, NumberTotal
from pipeline.writing.pages.theme import Look
from schemas.form import Form, Item, Kind

# What a municipal figure is, for the reader of a table.
MEASURES = {
    Measure.SUM: "сумма по школам",
    Measure.MEAN: "среднее по школам",
    Measure.RATIO: "в среднем: Σ ÷ Σ",
    Measure.NONE: "не складывается",
    Measure.SINCE_NEW_YEAR: "с начала года, сумма по школам",
    Measure.DIFFERENCE: "за этот период, по школам с обоими отчётами",
    Measure.PERIODS: "за год, сумма периодов",
    Measure.ABOVE_PLAN: "школ, превысивших свой план",
    Measure.BELOW_PLAN: "школ, не выполнивших свой план",
    Measure.SCHOOLS: "школ с этим ответом",
    Measure.LINES: "строк в перечнях школ",
    Measure.LIST_SUM: "сумма по строкам перечней",
}
_LARGE = 10_000
OF_SCHOOLS = (Measure.ABOVE_PLAN, Measure.BELOW_PLAN, Measure.SCHOOLS, Measure.LINES)  # counted, in no item's unit


def number_look(item: Item, measure: Measure = Measure.SUM) -> Look:
    """The number format: as many decimals as the form asks for; a mean has one or two more to be told from a sum."""
    decimals = 0 if measure in OF_SCHOOLS else item.decimals
    if measure in (Measure.MEAN, Measure.RATIO):
        decimals = max(2, decimals)
    return {"num_format": f"#,##0.{'0' * decimals}" if decimals else "#,##0"}


def figure_said(form: Form, total: NumberTotal) -> str:
    """«1 945 215,60 руб.», «91,71 руб.», «4»; «нет данных» where there is none."""
    if total.value is None:
        return "нет данных"
    if total.measure in OF_SCHOOLS:
        return wording.number(total.value)
    return value_said(form, total.item, total.value, 2 if total.measure in (Measure.MEAN, Measure.RATIO) else 0)


def value_said(form: Form, number: str, value: float, least: int = 0) -> str:
    """A figure of the item with its unit. `least`: decimals that it has though the form asks for fewer."""
    item = form.item(number)
    return wording.figure(value, max(least, item.decimals), *form.unit_said(item))


def rounded_said(form: Form, total: NumberTotal) -> str:
    """As `figure_said`, a large figure without its kopecks: there is no room for them where it is read at a glance."""
    if total.value is None or abs(total.value) < _LARGE:
        return figure_said(form, total)
    return figure_said(form, total._replace(value=float(round(total.value))))


def main_total(figures: Former, item: str) -> NumberTotal | None:
    """The municipality's figure of an item for the date in force; None where it asks for no figure."""
    return next((total for total in figures.numbers.totals if total.item == item), None)


def titles_of(form: Form, item: Item) -> list[str]:
    """The item's title behind that of the heading over it: of «минимальная» alone nobody knows what."""
    over = [form.item(item.parent).title.rstrip(" :.")] if item.parent and form.has(item.parent) else []
    is_heading = bool(over) and form.item(item.parent).kind is Kind.GROUP
    return [wording.unbroken(one) for one in (*(over if is_heading else ()), item.title)]
