"""How figures, dates and remarks are said in Russian. A leaf: imports nothing of the project but schemas."""

import math
import re
import string
from collections.abc import Iterable, Sequence
from datetime import date
from enum import Enum
from typing import Any, NamedTuple

from schemas.periods import Every, first_day
from schemas.remarks import Catalogue, Remark, Severity
from schemas.reports import PROBLEM

NBSP = "\u00a0"
MINUS = "\u2212"
DASH = "—"

SEVERITIES = {Severity.ERROR: "! ошибка", Severity.WARNING: "? проверить", Severity.INFO: "· сведение"}
MENDED = "● исправлено"  # instead of the severity, by a later report of the school


class Case(Enum):
    """In which case a number with its noun stands."""

    NOMINATIVE = "есть 21 школа"
    GENITIVE = "из 21 школы"


Noun = tuple[str, str, str]  # what goes with 1, 2 and 5: школа, школы, школ
SCHOOL: Noun = ("школа", "школы", "школ")
FILE: Noun = ("файл", "файла", "файлов")
DAY: Noun = ("день", "дня", "дней")
ERROR: Noun = ("ошибка", "ошибки", "ошибок")
REMARK: Noun = ("замечание", "замечания", "замечаний")
GROUP: Noun = ("группа", "группы", "групп")
REPORT: Noun = ("отчёт", "отчёта", "отчётов")
ITEM: Noun = ("пункт", "пункта", "пунктов")


def plural(n: int, one: str, few: str, many: str) -> str:
    """The word that goes with `n`: 1 школа, 2 школы, 5 школ, 11 школ, 21 школа."""
    if n % 10 == 1 and n % 100 != 11:
        return one
    if n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14):
        return few
    return many


def count(n: int, forms: Noun, case: Case = Case.NOMINATIVE) -> str:
    """The number with its noun: «1 240 родителей»; after «из», «не хватает» in the genitive: «21 родителя»."""
    return f"{number(n)}{NBSP}{noun(n, forms, case)}"


def noun(n: int, forms: Noun, case: Case = Case.NOMINATIVE) -> str:
    """The noun that goes with `n` in that case, where the number itself stands apart."""
    one, few, many = forms
    return plural(n, few, many, many) if case is Case.GENITIVE else plural(n, one, few, many)


def schools(n: int, case: Case = Case.NOMINATIVE) -> str:
    return count(n, SCHOOL, case)


def in_schools(n: int) -> str:
    """After «в»: «1 школе», «13 школах»."""
    return f"{number(n)}{NBSP}{plural(n, 'школе', 'школах', 'школах')}"


def in_files(n: int) -> str:
    """After «в»: «1 файле», «13 файлах»."""
    return f"{number(n)}{NBSP}{plural(n, 'файле', 'файлах', 'файлах')}"


def counted_of(counted: int, expected: int) -> str:
    """«учтена 1 из 21 школы»"""
    verb = plural(counted, "учтена", "учтены", "учтены")
    return f"{verb} {number(counted)} из {schools(expected, Case.GENITIVE)}"


def number(value: float, decimals: int = 0) -> str:
    """8718 -> «8 718»; a whole number without decimals, another with as many as it needs up to two."""
    if not decimals and not float(value).is_integer():
        decimals = 2 if round(value, 1) != round(value, 2) else 1
    said = f"{abs(value):,.{decimals}f}".replace(",", NBSP).replace(".", ",")
    return f"{MINUS}{said}" if value < 0 and said.strip("0,") else said


def figure(value: float, decimals: int, unit: str = "", forms: Sequence[str] = ()) -> str:
    """«97,26 руб.», «26 чел.»: a whole figure without decimals, another with as many as are asked for. `forms`: the
    unit after 1, 2 and 5; where it is shown as one of these it goes with the figure: «41 год», «44,3 года»."""
    is_whole = float(value).is_integer()
    said = number(value, 0 if is_whole else decimals)
    if unit in forms:
        one, few, many = forms
        unit = plural(abs(int(value)), one, few, many) if is_whole else few
    return f"{said}{NBSP}{unit}" if unit else said


def percent(value: float, decimals: int = 1, *, in_column: bool = False) -> str:
    """54.74 -> «54,7 %»; in a sentence a whole percent stands without «,0», in a column with it. Nothing is rounded up
    to 100 %: 99.97 -> «99,97 %»."""
    decimals = max(decimals, decimals_beside(value, 100, 100, least=0))
    said = f"{value:.{decimals}f}".replace(".", ",").replace("-", MINUS)
    if not said.strip(f"{MINUS}0,"):  # «−0 %» is nothing
        said = said.removeprefix(MINUS)
    if "," in said and not in_column:
        said = said.rstrip("0").rstrip(",")
    return f"{said}{NBSP}%"


def decimals_beside(value: float, low: float, high: float, least: int = 1) -> int:
    """How many decimals (`least` to four) keep the percent on its side of both bounds: 40,97 beside 41–60."""
    exact = round(value, 9)  # 41 % of people may be stored as 40.99999999999999
    for decimals in range(least, 4):
        shown = round(exact, decimals)
        if (shown < low) == (exact < low) and (shown > high) == (exact > high):
            return decimals
    return 4


def lowered(text: str) -> str:
    """«Указан диапазон» -> «указан диапазон» inside a sentence; an abbreviation stays: «ИС не работает»."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def band(low: float, high: float) -> str:
    """«41–60 %», «100 %»."""
    if low == high:
        return percent(low)
    return f"{percent(low).removesuffix(f'{NBSP}%')}–{percent(high)}"


def day(value: date) -> str:
    return f"{value:%d.%m.%Y}"


def short_day(value: date) -> str:
    """20.04"""
    return f"{value:%d.%m}"


# ── for when: a date, or a period by its last day ─────────────────────────────────────────────────────────────
_MONTHS = (
    ("январь", "января", "январём"), ("февраль", "февраля", "февралём"), ("март", "марта", "мартом"),
    ("апрель", "апреля", "апрелем"), ("май", "мая", "маем"), ("июнь", "июня", "июнем"), ("июль", "июля", "июлем"),
    ("август", "августа", "августом"), ("сентябрь", "сентября", "сентябрём"), ("октябрь", "октября", "октябрём"),
    ("ноябрь", "ноября", "ноябрём"), ("декабрь", "декабря", "декабрём"),
)  # fmt: skip
_QUARTER = ("квартал", "квартала", "кварталом")
_YEAR = ("год", "года", "годом")
_WEEK = ("неделю", "недели", "неделей")
_QUARTERS = ("I", "II", "III", "IV")


def on(last: date, every: Every, *, short: bool = False) -> str:
    """«на 20.03.2014»; of a period «за январь 2026 г.», «за I квартал 2026 г.», «за неделю 05.01–11.01.2026». `short`:
    where the year goes without saying."""
    if every == "date":
        return f"на {short_day(last) if short else day(last)}"
    return f"за {_short_period(last, every, 0) if short else named(last, every)}"


def since(last: date, every: Every, *, short: bool = False) -> str:
    """«с 20.03.2014»; of a period «с января 2026 г.»"""
    if every == "date":
        return f"с {short_day(last) if short else day(last)}"
    return f"с {_short_period(last, every, 1) if short else _period(last, every, 1)}"


def beside(last: date, every: Every) -> str:
    """After «сравнение»: «с 20.03.2014», of a period «с январём 2026 г.»"""
    return f"с {day(last) if every == 'date' else _period(last, every, 2)}"


def named(last: date, every: Every) -> str:
    """«20.03.2014»; of a period «январь 2026 г.», as it stands behind «за»."""
    return day(last) if every == "date" else _period(last, every, 0)


def in_heading(last: date, every: Every) -> str:
    """Over a column: «20.03.2014», «январь 2026», «I кв. 2026», «2026», «05.01–11.01.2026»."""
    match every:
        case "date":
            return day(last)
        case "week":
            return _span(last)
        case "month":
            return f"{_MONTHS[last.month - 1][0]} {last.year}"
        case "quarter":
            return f"{_QUARTERS[(last.month - 1) // 3]}{NBSP}кв. {last.year}"
        case "year":
            return str(last.year)


_MONTHS_CUT = ("янв.", "февр.", "март", "апр.", "май", "июнь", "июль", "авг.", "сент.", "окт.", "нояб.", "дек.")


def on_axis(last: date, every: Every) -> str:
    """Below a chart: «20.03», «янв. 2026», «I кв. 2026», «2026», «05.01–11.01»."""
    match every:
        case "date":
            return short_day(last)
        case "week":
            return f"{short_day(first_day(every, last))}–{short_day(last)}"
        case "month":
            return f"{_MONTHS_CUT[last.month - 1]}{NBSP}{last.year}"
        case _:
            return in_heading(last, every)


def _period(last: date, every: Every, case: int) -> str:
    match every:
        case "week":
            return f"{_WEEK[case]} {_span(last)}"
        case "month":
            return f"{_MONTHS[last.month - 1][case]} {last.year}{NBSP}г."
        case "quarter":
            return f"{_QUARTERS[(last.month - 1) // 3]}{NBSP}{_QUARTER[case]} {last.year}{NBSP}г."
        case _:
            return f"{last.year}{NBSP}{_YEAR[case]}"


def _short_period(last: date, every: Every, case: int) -> str:
    match every:
        case "week":
            return f"{_WEEK[case]} {short_day(first_day(every, last))}–{short_day(last)}"
        case "month":
            return _MONTHS[last.month - 1][case]
        case "quarter":
            return f"{_QUARTERS[(last.month - 1) // 3]}{NBSP}{_QUARTER[case]}"
        case _:
            return _period(last, every, case)


def _span(last: date) -> str:
    first = first_day("week", last)
    return f"{day(first) if first.year != last.year else short_day(first)}–{day(last)}"


def one_stop(text: str) -> str:
    """A sentence that ends with what ends in a full stop needs no second one: «за январь 2026 г.», «20 чел.»."""
    return re.sub(r"(?<=г)\.\.(?=\s)|(?<=\w)\.\.$", ".", text)


class Times(NamedTuple):
    """How dates are spoken of, or periods in their place."""

    this: str
    both: str
    each: str
    against_last: str
    of_last: str
    all_reporting: str
    each_reporting: str
    by_reporting: str
    by: str
    last: str
    all_past: str
    none_yet: str
    over_report: str  # a heading, as the next
    over_number: str

    @property
    def over_change(self) -> str:
        """Over a column: «К прошлой|дате»."""
        first, _, last = capital(self.against_last).rpartition(" ")
        return f"{first}|{last}"


def times(every: Every) -> Times:
    return _TIMES[every]


_TIMES: dict[Every, Times] = {
    "date": Times(
        "на эту дату", "на обе даты", "на каждую дату", "к прошлой дате", "с прошлой даты", "отчётные даты",
        "на каждую отчётную дату", "по отчётным датам", "по датам", "прошлой даты", "прошлые даты",
        "отчётной даты ещё не было", "Отчёт|на дату", "Дат|в счёте",
    ),
    "week": Times(
        "за эту неделю", "за обе недели", "за каждую неделю", "к прошлой неделе", "с прошлой недели", "отчётные недели",
        "за каждую отчётную неделю", "по отчётным неделям", "по неделям", "прошлой недели", "прошлые недели",
        "отчётной недели ещё не было", "Отчёт|за неделю", "Недель|в счёте",
    ),
    "month": Times(
        "за этот месяц", "за оба месяца", "за каждый месяц", "к прошлому месяцу", "с прошлого месяца",
        "отчётные месяцы",
        "за каждый отчётный месяц", "по отчётным месяцам", "по месяцам", "прошлого месяца", "прошлые месяцы",
        "отчётного месяца ещё не было", "Отчёт|за месяц", "Месяцев|в счёте",
    ),
    "quarter": Times(
        "за этот квартал", "за оба квартала", "за каждый квартал", "к прошлому кварталу", "с прошлого квартала",
        "отчётные кварталы",
        "за каждый отчётный квартал", "по отчётным кварталам", "по кварталам", "прошлого квартала", "прошлые кварталы",
        "отчётного квартала ещё не было", "Отчёт|за квартал", "Кварталов|в счёте",
    ),
    "year": Times(
        "за этот год", "за оба года", "за каждый год", "к прошлому году", "с прошлого года", "отчётные годы",
        "за каждый отчётный год", "по отчётным годам", "по годам", "прошлого года", "прошлые годы",
        "отчётного года ещё не было", "Отчёт|за год", "Лет|в счёте",
    ),
}  # fmt: skip


def listed(names: Sequence[str], shown: int, more: Noun | None = None) -> str:
    """«А, Б, В и ещё 4 школы»: at most `shown` names; without `more` the number stands alone."""
    if len(names) <= shown:
        return ", ".join(names)
    rest = len(names) - shown
    return f"{', '.join(names[:shown])} и{NBSP}ещё{NBSP}{count(rest, more) if more else number(rest)}"


def unbroken(heading: str) -> str:
    """A table's heading in a sentence, without the breaks put by hand: «Акти-|ровали, чел.» -> «Актировали, чел.»."""
    return heading.replace("-|", "").replace("|", " ")


def item_in_text(item: str) -> str:
    """«п. 14»; the table of problems is one answer."""
    return "проблемы" if item == PROBLEM else f"п. {item}"


# A space that ends no line, told by what is before it: sought by itself, it is found several times sooner.
_TOGETHER = re.compile(
    r" (?:(?:(?<=№ )|(?<=\bс\. )|(?<=\bпос\. )|(?<=\bп\. )|(?<=\bр\.п\. )) *(?=\S)|(?<=\d ) *(?=чел\.|%))"
)


def keep_together(text: str) -> str:
    """No-break space after «№», «с.», «пос.», «п.» and between a number and «чел.», «%»."""
    return _TOGETHER.sub(NBSP, text)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def shown_cells(cells: Iterable[str], at_most: int = 12) -> str:
    return listed(list(cells), at_most)


class _Templates(string.Formatter):
    """`{count:number}`, `{share:percent}`, `{day:date}`, `{as_of:on}`: the formats of `remarks.toml`. Another is our
    mistake."""

    def __init__(self, every: Every) -> None:
        self.every = every

    def format_field(self, value: Any, format_spec: str) -> str:
        match format_spec:
            case "number":
                return number(value)
            case "percent":
                return percent(value, 2) if not math.isclose(value, round(value, 1)) else percent(value)
            case "date":
                return day(value)
            case "on":
                return on(value, self.every)
            case "":
                return str(value)
        raise ValueError(f"unknown format in the catalogue: {format_spec!r}")


def message(remark: Remark, catalogue: Catalogue) -> str:
    """What is wrong, in one Russian sentence."""
    own = _said(catalogue.entries[remark.code].message, remark, catalogue)
    said = " ".join(filter(None, (own, _followed(remark, catalogue))))
    return f"{said} Разрешено: {remark.waiver}." if remark.waiver else said


def corrected_by(file: str, as_of: date, every: Every) -> str:
    """Of a remark that a later report of its school has made good: by which."""
    return one_stop(f"Исправлено: файл «{file}», отчёт {on(as_of, every)}.")


def _followed(remark: Remark, catalogue: Catalogue) -> str:
    """«Возможно, поэтому же: документ пропал — п. 3 (C10), п. 5.1 (B21).» Which of two schools has copied nobody knows:
    of the other one these are its own."""
    kinds: dict[str, list[str]] = {}
    for one in remark.folded:
        where = f"{item_in_text(one.item)} ({one.cell})" if one.cell else item_in_text(one.item)
        kinds.setdefault(lowered(catalogue.entries[one.code].title), []).append(where)
    said = "; ".join(f"{title} — {', '.join(where)}" for title, where in kinds.items())
    return keep_together(f"Возможно, поэтому же: {said}.") if said else ""


def todo(remark: Remark, catalogue: Catalogue) -> str:
    """What to do about it."""
    return _said(catalogue.entries[remark.code].todo, remark, catalogue)


def _said(template: str, remark: Remark, catalogue: Catalogue) -> str:
    places = {"item": remark.item, "sheet": remark.sheet, "cell": remark.cell, "school": remark.school}
    places |= {"value": shortened(remark.value), "as_of": remark.as_of}  # type: ignore[dict-item]
    said = keep_together(_Templates(catalogue.every).vformat(template, (), places | dict(remark.data)))
    return one_stop(said)


def shortened(text: str, limit: int = 60) -> str:
    """A school's words on one line, cut where they run on."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
