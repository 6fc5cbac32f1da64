"""How figures, choices and tables go wrong: beside the faults of answers about people and of whole files."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from pipeline.demo.faults import FAULTS, Case, Fault, Plant
from pipeline.demo.figures import Chosen, Day, Link, Number
from pipeline.demo.handwriting import Entry
from pipeline.demo.word import form_with_struck_answer
from schemas.form import Form, Item, Kind, Unit
from schemas.relations import FOLLOWS, Held, relations_of

_BIG = 20  # a figure that a slip can be seen in
_SLIP, _TWICE = 0.07, 1.4


def faults_of(form: Form) -> tuple[Fault, ...]:
    """All that may go wrong with this form; those of figures first, which take the reports that bear nothing yet."""
    has_figures = any(item.kind in (Kind.NUMBER, Kind.CHOICE, Kind.DATE, Kind.LINK) for item in form.questions)
    return (*FIGURE_FAULTS, *FAULTS) if has_figures else FAULTS


# ── figures against each other ───────────────────────────────────────────────────────────────────────────────────
def _off(kind: str) -> Plant:
    """A figure that follows from others, mistyped."""

    def plant(case: Case) -> str | None:
        for held, figure in _held(case, kind):
            if figure.value >= _BIG and not _touched(case, held):
                return case.give(held.item, Number(_slipped(figure.value, case.form.item(held.item).decimals)))
        return None

    return plant


def _part_above_whole(case: Case) -> str | None:
    for held, _ in _held(case, "of_which"):
        whole = case.report.answers.get(held.of[0])
        if isinstance(whole, Number) and whole.value > 0 and not _touched(case, held) and not _follows(case, held.item):
            return _give_with_totals(case, held.item, round(whole.value * _TWICE) + 3.0)
    return None


def _above_base(case: Case) -> str | None:
    for number, _ in case.answers(Number):
        base = case.form.item(number).base
        if base and not _adds_up(case, number):
            return case.give(number, Number(case.report.school.bases[base] + 11))
    return None


def _fallen_since_new_year(case: Case) -> str | None:
    for number, _ in case.answers(Number):
        earlier = case.before.answers.get(number) if case.before else None
        if case.form.counts(number) == "since_new_year" and isinstance(earlier, Number) and earlier.value > 1:
            same_year = case.before is not None and case.before.as_of.year == case.report.as_of.year
            if same_year:
                return case.give(number, Number(earlier.value - 1))
    return None


def _held(case: Case, kind: str) -> Iterator[tuple[Held, Number]]:
    """Relations of a kind whose figure bears no fault yet, in random order."""
    by_item = {held.item: held for held in relations_of(case.form) if held.kind == kind}
    for number, figure in case.answers(Number):
        if number in by_item:
            yield by_item[number], figure


def _touched(case: Case, held: Held) -> bool:
    """Bears one of the figures beside it a fault already: it would be told of both together."""
    return not {held.item, *held.of}.isdisjoint(case.report.spoilt)


def _adds_up(case: Case, number: str) -> bool:
    """Do other figures follow from this one: then they would be wrong with it."""
    return any(number in held.of for held in relations_of(case.form) if held.kind != "of_which")


def _follows(case: Case, number: str) -> bool:
    return any(number == held.item for held in relations_of(case.form) if held.kind in FOLLOWS)


def _give_with_totals(case: Case, number: str, value: float) -> str | None:
    """The totals agree with the wrong figure; not where one of them bears a fault already."""
    sums = [held.item for held in relations_of(case.form) if held.kind == "sum" and number in held.of]
    figure, totals = case.report.answers[number], {total: case.report.answers.get(total) for total in sums}
    if not isinstance(figure, Number) or not case.report.spoilt.isdisjoint(sums):
        return None
    for total, answer in totals.items():
        if isinstance(answer, Number):
            case.give(total, Number(answer.value + value - figure.value))
    return case.give(number, Number(value))


def _slipped(value: float, decimals: int) -> float:
    return round(value * (1 + _SLIP), decimals) + 1


# ── one figure, one choice ───────────────────────────────────────────────────────────────────────────────────────
def _other_unit(case: Case) -> str | None:
    """Typed in another unit of the order, and said so: the same amount."""
    for number, figure in () if case.report.hand.own_form else case.answers(Number):
        item = case.form.item(number)
        other = next(iter(_related(item, case.form)), None)
        if other and figure.value:
            unit, factor = other
            said = f"{figure.value * factor:,.6f}".rstrip("0").rstrip(".").replace(",", " ").replace(".", ",")
            case.report.entries[number] = Entry(f"{said} {unit.short}", facts={"value": figure.value})
            return number
    return None


def _related(item: Item, form: Form) -> Iterator[tuple[Unit, float]]:
    """Units of the same kind, with how many of them make one of the item's."""
    for unit in form.units:
        if item.unit and unit.of == item.unit:
            yield unit, 1 / unit.factor
        elif item.unit and form.unit(item.unit).of == unit.id:
            yield unit, form.unit(item.unit).factor


def _in_words(words: str) -> Plant:
    def plant(case: Case) -> str | None:
        return next((case.type(number, words) for number, _ in case.answers(Number)), None)

    return plant


def _fraction(case: Case) -> str | None:
    for number, figure in case.answers(Number):
        if not case.form.item(number).decimals and not _adds_up(case, number) and figure.value > 1:
            case.report.entries[number] = Entry(figure.value - 0.5)
            return number
    return None


def _two_choices(case: Case) -> str | None:
    for number, chosen in case.answers(Chosen):
        item = case.form.item(number)
        others = [choice.title for choice in item.choices if choice.title not in chosen.titles]
        if not item.several and others:
            return case.type(number, f"{chosen.titles[0]}, {others[0]}")
    return None


def _unknown_choice(case: Case) -> str | None:
    return next((case.type(number, "как в прошлом году") for number, _ in case.answers(Chosen)), None)


def _out_of_period(case: Case) -> str | None:
    if case.form.period.every == "date":
        return None
    for number, day in case.answers(Day):
        if not case.form.item(number).any_day:
            return case.give(number, replace(day, day=day.day.replace(year=day.day.year - 1)))
    return None


def _no_page(case: Case) -> str | None:
    return next((case.type(number, "на сайте") for number, _ in case.answers(Link)), None)


def _struck_out_in_word(case: Case) -> str | None:
    """A form with tables as a text document; a figure in it from which nothing follows is struck out."""
    for number, _ in case.answers(Number):
        if not _adds_up(case, number):
            case.report.content = form_with_struck_answer(case.report, case.form, number)
            case.report.file = str(PurePosixPath(case.report.file).with_suffix(".docx"))
            return number
    return None


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def _required_left_empty(case: Case) -> str | None:
    """A figure beside others of its row, or alone, from which nothing follows; not where the former one stands."""
    for number in case.free():
        item = case.form.item(number)
        asked = item.required and not item.optional and not case.form.is_cumulative(number)
        if asked and not _adds_up(case, number) and not _is_alone(case, number):
            case.report.take_out(number)
            return number
    return None


def _is_alone(case: Case, number: str) -> bool:
    """Is it all that its row says, but for zeros: without it nothing is asked of the row."""
    row, slash, _ = number.partition("/")
    others = (answer for one, answer in case.report.answers.items() if one.startswith(f"{row}/") and one != number)
    return bool(slash) and all(isinstance(one, Number) and not one.value for one in others)


def _row_of_its_own(case: Case) -> str | None:
    """Below a row of the order's table one that the order does not have."""
    if case.report.hand.own_form:
        return None
    for number, _ in case.answers(Number):
        row, slash, _ = number.partition("/")
        if slash and case.form.item(row).kind is Kind.ROW and row not in case.report.extra_rows:
            case.report.extra_rows[row] = (_next_number(row, case.form), "в том числе дети работников школы")
            return number
    return None


def _next_number(row: str, form: Form) -> str:
    """Of a row that one would add under the same heading."""
    parent = row.rpartition(".")[0] or row
    last = max((int(item.number.rpartition(".")[2]) for item in form.items if item.parent == parent), default=0)
    return f"{parent}.{last + 1}"


def _fault(name: str, plant: Plant, *codes: str) -> Fault:
    return Fault(name, frozenset(codes), plant)


FIGURE_FAULTS = (
    _fault("сумма не сходится", _off("sum"), "SUM-DISAGREES"),
    _fault("часть больше целого", _part_above_whole, "PART-ABOVE-WHOLE", "NUM-ABOVE-BASE"),
    _fault("число в другой единице", _other_unit, "NUM-OTHER-UNIT"),
    _fault("строка, которой нет в форме", _row_of_its_own, "ROW-FOREIGN"),
    _fault("два ответа там, где нужен один", _two_choices, "CHOICE-ONE"),
    _fault("произведение не сходится", _off("product"), "PRODUCT-DISAGREES"),
    _fault("больше, чем всего в школе", _above_base, "NUM-ABOVE-BASE"),
    _fault("с начала года меньше, чем раньше", _fallen_since_new_year, "YEAR-FELL"),
    _fault("обязательное число не указано", _required_left_empty, "ANSWER-REQUIRED"),
    _fault("среднее не сходится", _off("ratio"), "RATIO-DISAGREES"),
    _fault("слова вместо числа", _in_words("уточняется"), "NUM-NONE"),
    _fault("дробь там, где нужно целое", _fraction, "NUM-WHOLE", "NUM-NOT-WHOLE"),
    _fault("ответ не из перечня", _unknown_choice, "CHOICE-UNKNOWN"),
    _fault("дата не из этого периода", _out_of_period, "DAY-OUTSIDE"),
    _fault("слова вместо адреса страницы", _no_page, "LINK-UNREADABLE"),
    Fault("зачёркнутое число в файле Word", frozenset({"ANSWER-ASIDE"}), _struck_out_in_word, sent_again=True),
)
