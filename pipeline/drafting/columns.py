"""Columns of a table with several answers a row, guessed from their headings: kinds, units, and what is added up.

Nothing of it is certain but the words themselves, so every guess says that it is one.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.wording import listed
from schemas.form import Kind, Unit


def _re(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)


# Unit, how headings name it, decimals. A unit that another is made of stands before it.
_UNITS = (
    (Unit("roubles", "руб.", ("рубль", "рубля", "рублей"), ("₽", "р.")), _re(r"\bруб|₽"), 2),
    (
        Unit("thousands", "тыс. руб.", ("тысяча рублей", "тысячи рублей", "тысяч рублей"), ("т.р.",), "roubles", 1000),
        _re(r"тыс\.?\s*руб|тысяч\w*\s+рубл"),
        2,
    ),
    (
        Unit("people", "чел.", ("человек", "человека", "человек")),
        _re(r"\bчел\b|\bчеловек|участник|\bдетей\b|обучающихся$"),
        0,
    ),
    (Unit("child-days", "дето-дней", ("дето-день", "дето-дня", "дето-дней"), ("дето-дн.",)), _re(r"дето-?дн"), 0),
    (Unit("hours", "час.", ("час", "часа", "часов")), _re(r"\bчас(?:ов|ы|а)?\b"), 0),
    (Unit("days", "дней", ("день", "дня", "дней"), ("дн.",)), _re(r"\bдней\b|\bдни\b|\bдн\."), 0),
    (Unit("kilometres", "км", ("километр", "километра", "километров")), _re(r"\bкм\b|километр"), 1),
    (
        Unit("metres", "м", ("метр", "метра", "метров"), ("п.м.", "пог. м")),
        _re(r",\s*(?:пог\.?\s*|п\.\s*)?м\.?\s*$"),
        1,
    ),
    (Unit("litres", "л", ("литр", "литра", "литров")), _re(r",\s*л\.?\s*$|\bлитр"), 1),
    (Unit("kilos", "кг", ("килограмм", "килограмма", "килограммов")), _re(r"\bкг\b|килограмм"), 1),
    (Unit("minutes", "мин.", ("минута", "минуты", "минут")), _re(r"\bмин\b\.?(?!\w)|\bминут"), 0),
    (Unit("years", "лет", ("год", "года", "лет")), _re(r",\s*лет\b"), 1),
    (Unit("degrees", "°С", ("градус", "градуса", "градусов"), ("°", "°C", "град.")), _re(r"°\s*[СC]?|\bградус"), 1),
    (Unit("doses", "доз", ("доза", "дозы", "доз")), _re(r",\s*доз\b"), 0),
    (Unit("places", "мест", ("место", "места", "мест")), _re(r",\s*мест\b"), 0),
    (Unit("pieces", "шт.", ("штука", "штуки", "штук")), _re(r"\bшт\b"), 0),
    (Unit("units", "ед.", ("единица", "единицы", "единиц")), _re(r"\bед\b"), 0),
    (Unit("percent", "%", ("процент", "процента", "процентов")), _re(r"%|\bпроцент"), 1),
)
# «тыс. км» is no kilometres, «л на 100 км» and «км/ч» are neither of the two that they name, and no sum.
_MULTIPLE = _re(r"(?:\bтыс|\bтысяч\w*|\bмлн|\bмиллион\w*|\bмлрд|\bмиллиард\w*|\bсот|\bсотен|\bдесятк\w+)\.?\s*$")
_QUOTIENT = (
    r"\bна\s+\d+\s*(?:км|кг|чел|мест|уч|дет|обуч|реб|шк|класс|кв|ед)"
    r"|\b(?:км|кг|л|м|шт|ед|мин|час\w*|руб|чел)\.?\s*/\s*\w"
)
_OF_TWO = _re(r"(?:/|\bна)\s*\d*\s*$")
_BY_ANOTHER = _re(r"\.?\s*(?:/\s*\w|на\s+(?:\d|одн|кажд|класс)|\(?\s*(?:тыс|млн))")
_YES_NO = _re(r"\((?:да|есть)\s*[,/]\s*нет\)|^(?:да|есть|имеется)\s*[,/]\s*(?:нет|отсутствует)$|\(\+\s*[,/]\s*[-–—−]\)")
_DATE = _re(r"^дат[аы]\b|\bдата\b")
_LINK = _re(r"ссылк|адрес (?:страниц|сайт)|\burl\b")
_WORDS = _re(r"назван|наименован|ф\.?\s?и\.?\s?о\b|тем[аы]\b|\bмест[оа]\b|описан|примечани|должност|содержани|причин")
_FIGURE = _re(
    r"числ|количеств|сколько|всего|итого|из них|в т\.\s?ч|в том числе|сумм|стоимост|\bцен[аы]|расход|доход|девоч|мальч"
)
_NOT_ADDED = _re(
    r"(?<!балансовая )стоимост|\bцен[аы]|средн(?!есписочн)|целев|в день|на одного|\bдоля\b|%|процент|тариф"
    r"|\bвозраст(?!у\b|ам\b)|температур|°"
    r"|минимальн|максимальн|наибольш|наименьш|\bгод (?:выпуск|приобрет|постро|ввод)|скорост"
    rf"|,\s*лет\b|срок\w* (?:служб|эксплуат)|{_QUOTIENT}"
)
_SMALL = frozenset("из них в том числе т ч на и о об по за от с к для гр ними всех".split())  # noqa: SIM905
_OF_A_MEAN = 2  # decimals, where nothing tells its unit
ROW_OF_PARTS = _re(r"^(?:в том числе|в т\.?\s?ч|из них)")


@dataclass(frozen=True)
class DraftColumn:
    """`doubts`: key -> why it is a guess."""

    id: str
    title: str
    kind: Kind
    unit: str = ""
    decimals: int = 0
    is_added: bool = True
    doubts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DraftTable:
    """`rows`: numbers of the items that are its rows, none of a list. `closed`: cells in which the order has put a
    cross. `is_list`: to which a school adds lines."""

    id: str
    label: str
    columns: tuple[DraftColumn, ...]
    rows: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    is_list: bool = False


def columns_of(headings: Iterable[str], *, of_list: bool, above: str = "") -> tuple[DraftColumn, ...]:
    """`of_list`: in a list words are as likely as figures, in a table of rows figures are meant. `above`: what stands
    over the table: its unit is that of columns that name none."""
    found: list[DraftColumn] = []
    for heading in headings:
        found.append(_column(heading, _id(heading, [one.id for one in found]), of_list, above))
    return tuple(found)


def _column(heading: str, name: str, of_list: bool, above: str) -> DraftColumn:
    unit, decimals = unit_of(heading)
    if _YES_NO.search(heading):
        return DraftColumn(name, heading, Kind.YES_NO)
    if re.search(r"номер.{0,20}дат|дат\w*.{0,20}(?:номер|№)|реквизит", heading, re.IGNORECASE):
        return DraftColumn(name, heading, Kind.DOCUMENT)
    if _DATE.search(heading):
        return DraftColumn(name, heading, Kind.DATE)
    if _LINK.search(heading):
        return DraftColumn(name, heading, Kind.LINK)
    if not unit and _WORDS.search(heading):
        return DraftColumn(name, heading, Kind.TEXT)
    if not unit and of_list and not _FIGURE.search(heading):
        return DraftColumn(name, heading, Kind.TEXT, doubts={"kind": "слова ли это: если число, впишите number"})
    own = unit
    is_sum = unit != "percent" and not is_no_sum(heading)
    unit, decimals = (unit, decimals) if unit or not is_sum else unit_of(above)  # a mean counts nobody
    decimals = decimals if unit or is_sum else _OF_A_MEAN
    doubts = {"kind": "число ли это"} if not (own or _FIGURE.search(heading)) else {}
    if not unit:
        doubts["unit"] = "единица в графе не названа: впишите её или уберите строку"
    added = is_sum and unit != "percent"
    if not added:
        doubts["add"] = "не складывается ли: «sum», «mean», «ratio» с ключом ratio или «none»"
    return DraftColumn(name, heading, Kind.NUMBER, unit, decimals, added, doubts)


def unit_of(words: str) -> tuple[str, int]:
    """Id of the unit that words name, the last where they name several («в день, руб.»), and its decimals. None where
    that is a multiple of it or a quotient."""
    without = re.sub(r"\((?:гр|стр)[^)]*\)", " ", words)
    places = [(m.start(), -len(m[0]), unit.id, decimals) for unit, p, decimals in _UNITS for m in p.finditer(without)]
    if not places:
        return "", 0
    start = max(one[0] for one in places)
    covering = [one for one in places if one[0] <= start < one[0] - one[1]]
    begin, length, unit, decimals = min(covering, key=lambda one: (one[0], one[1]))
    before, behind = without[:begin], without[begin - length :]
    if _MULTIPLE.search(before) or _OF_TWO.search(before) or _BY_ANOTHER.match(behind):
        return "", 0
    return unit, decimals


def is_no_sum(words: str) -> bool:
    """A price, a mean, a percent: of several schools they make no sum."""
    return _NOT_ADDED.search(words) is not None


def units_of(names: Iterable[str]) -> list[Unit]:
    """Those named, and of what they are made, in one order."""
    wanted = set(names)
    wanted |= {unit.of for unit, _, _ in _UNITS if unit.id in wanted and unit.of}
    return [unit for unit, _, _ in _UNITS if unit.id in wanted]


def _id(heading: str, taken: list[str]) -> str:
    """A word of the heading by which its cells are called."""
    words = [word for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", heading.casefold()) if word not in _SMALL]
    name = next((word for word in words if word not in taken), "") or f"гр{len(taken) + 1}"
    return name if name not in taken else f"{name}{len(taken) + 1}"


TOTAL = _re(r"(?:итого|всего)\b")


# ── what must hold between cells ─────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class DraftRelation:
    kind: str
    item: str
    of: tuple[str, ...]
    doubt: str
    rows: tuple[str, ...] = ()


def relations_of(table: DraftTable, titles: dict[str, str]) -> Iterator[DraftRelation]:
    """What the order's own words say: «стр. 1 + стр. 2», «гр. 4 × гр. 5», «в том числе», «из них», «Итого».
    `titles`: of the rows, by number."""
    numbers = [column for column in table.columns if column.kind is Kind.NUMBER]
    if table.is_list or not numbers:
        return
    yield from _sums(table, titles)
    yield from _products(table, titles)
    for number, title in titles.items():
        over = number.rpartition(".")[0]
        if ROW_OF_PARTS.match(title) and over in titles:
            yield from _of_rows(table, "of_which", number, [over], "по словам «в том числе», «из них»")
    wholes: list[DraftColumn] = []  # the nearest first
    for column in numbers:
        if not ROW_OF_PARTS.match(column.title):
            wholes.insert(0, column)
        elif whole := next((one for one in wholes if column.unit in ("", one.unit)), None):
            why = f"по словам «из них» в графе: из «{whole.title}» ли"
            yield DraftRelation("of_which", f"*/{column.id}", (f"*/{whole.id}",), why, _added_rows(titles))


def _added_rows(titles: dict[str, str]) -> tuple[str, ...]:
    """Rows whose figures are parts of one another, blank where all are: ages and prices are not."""
    added = tuple(number for number, title in titles.items() if not is_no_sum(title))
    return added if len(added) < len(titles) else ()


def _sums(table: DraftTable, titles: dict[str, str]) -> Iterator[DraftRelation]:
    for number, title in titles.items():
        named = [one for one in re.findall(r"стр(?:ок[аи])?\.?\s*0*(\d+(?:\.\d+)?)", title) if one in titles]
        if len(named) > 1 and "+" in title:
            yield from _of_rows(table, "sum", number, named, "по словам «стр. … + стр. …»")
        elif TOTAL.match(title):
            parts = [one for one, said in titles.items() if one != number and _are_beside(one, number, titles, said)]
            if len(parts) > 1:
                why = f"по слову «{title.split()[0]}»: сумма ли это строк {listed(parts, 3)}"
                yield from _of_rows(table, "sum", number, parts, why)


def _of_rows(table: DraftTable, kind: str, row: str, of: Sequence[str], why: str) -> Iterator[DraftRelation]:
    """Between rows, in each column that is added up: prices are no sum of prices, nor parts of each other."""
    figures = [one for one in table.columns if one.kind is Kind.NUMBER and f"{row}/{one.id}" not in table.closed]
    added = [column.id for column in figures if column.is_added]
    crossed = {name for name in added if any(f"{one}/{name}" in table.closed for one in of)}
    for name in ["*"] if len(added) == len(figures) and not crossed else added:
        parts = tuple(f"{one}/{name}" for one in of if f"{one}/{name}" not in table.closed)
        if parts:
            yield DraftRelation(kind, f"{row}/{name}", parts, why)


def _are_beside(one: str, number: str, titles: dict[str, str], said: str) -> bool:
    """Under the same item, or on the first level both; no «в том числе»."""
    return one.rpartition(".")[0] == number.rpartition(".")[0] and not ROW_OF_PARTS.match(said)


def _products(table: DraftTable, titles: dict[str, str]) -> Iterator[DraftRelation]:
    """Graphs are counted as the order does: number and words are the first two."""
    graphs = {str(at): column for at, column in enumerate(table.columns, 3)}
    for column in table.columns:
        found = re.search(r"гр\.?\s*(\d+)\s*[×xх*]\s*гр\.?\s*(\d+)", column.title, re.IGNORECASE)
        if found and {found[1], found[2]} <= graphs.keys():
            of = tuple(f"*/{graphs[one].id}" for one in found.groups())
            crossed = {address.partition("/")[0] for address in table.closed}
            open_rows = [row for row in table.rows if row not in crossed and not TOTAL.match(titles[row])]
            rows = tuple(open_rows) if len(open_rows) < len(table.rows) else ()
            yield DraftRelation("product", f"*/{column.id}", of, "по словам «гр. … × гр. …»", rows)
