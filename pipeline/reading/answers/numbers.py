"""One figure with its unit: «213», «125 430,50 руб.», «1 297 дето-дней», «12 тыс. руб.» where roubles are asked for.

What may be two figures, a figure of another thing or no figure at all is refused with the code of a remark.
"""

import re
from decimal import Decimal
from typing import NamedTuple

from pipeline.reading.answers.dates import LONGEST, shown_as_date
from pipeline.reading.answers.number_formats import shown_with_words
from pipeline.reading.answers.shares import Refusal
from pipeline.reading.answers.tokens import DASHES
from pipeline.reading.answers.units import MULTIPLES, UNKNOWN, factor, units_in
from pipeline.reading.answers.vocabulary import NO_FORM, is_of_form, own_words, sense
from pipeline.reading.opening.book import Cell
from schemas.form import Form, Item
from schemas.likeness import plain, stems
from schemas.text import clean

_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f\t\n_", " "))
_SAME_SIGN = str.maketrans("０１２３４５６７８９％﹪．，−‐‑", "0123456789%%.,---")
_FIGURE = re.compile(r"[0-9]{1,3}(?: [0-9]{3})+(?![0-9])(?:[.,][0-9]+)?|[0-9]+(?:[.,][0-9]+)*")
_GROUPED = re.compile(r"[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*(?!\1)([.,][0-9]+)?")
_MAYBE_GROUPED = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")  # «1,234» is one and a bit, or a thousand and more
_RANGE = re.compile(rf"[0-9]\s*(?:[{DASHES}]|до|по)\s*[0-9]", re.IGNORECASE)
_MINUS = re.compile(rf"(?:^|[\s(:=])[{DASHES}]$")
_MINUS_SAID = re.compile(r"(?<!\w)минус\s+(?=[0-9])(?!0[0-9])", re.IGNORECASE)  # «минус 01.02» may be a date
# So many digits are a phone's.
_PLUS_SAID = re.compile(r"^\s*(?:плюс\s+|\+\s*)(?=[0-9])(?![0-9]{10})(?!0[0-9])", re.IGNORECASE)
# «Расход топлива, л», «Площадь, кв. м»: words as short as units are; «т. руб.» too stands for what it says.
_UNIT_OF_TITLE = re.compile(r"[^,—]+,\s*((?:(?:[^\W\d_]{1,3}(?!\w)|[^\W\d_]{1,4}\.)\s*)+)", re.IGNORECASE)
_KOPECKS = re.compile(
    r"(?<![0-9.,])([0-9](?:[0-9 ]*[0-9])?) *(руб(?:\.|л(?:[ьяюеи]|ей|ем|ям|ями|ях))?(?![а-яё])|р\.|₽),?"
    r" *([0-9]{1,2}) *коп(?:\.|ейк[аи]|еек)?(?![а-яё])",
    re.I,
)
_MARKS = re.compile(r"[\s.,;:()=]*")
_CROSS = re.compile(r"[\s(\"«]*[хХxX×][\s)\"».]*")
_HARMLESS = frozenset({"в", "во", "на", "за", "и", "это", "все", "всех", "только", "лишь", "уже", "да"})
_SCALED = re.compile(r"[0#?],+(?![0#?,])")  # a format that shows thousandths of its value
_MOST_DIGITS = 15  # what Excel keeps of a number
_NOISE = 6  # digits behind the point from which on a fraction is what computing leaves


class Figure(NamedTuple):
    """`unit`: the unit that it was written in, where that is not the item's."""

    value: float
    unit: str = ""


def takes_no_answer(cell: Cell) -> bool:
    """«х»: in this cell nothing belongs."""
    return isinstance(cell.value, str) and _CROSS.fullmatch(cell.value) is not None


def read_figure(item: Item, cell: Cell, form: Form, heading_unit: str = "") -> Figure | Refusal:
    """The one figure of a cell in the item's unit. `heading_unit`: the other unit that stands over its column."""
    text = _text_of(cell)
    if text is None:
        return Refusal("NUM-NONE")
    if len(text) > LONGEST:
        return Refusal("NUM-SEVERAL")
    stated = _read_text(text, item, form)
    if isinstance(stated, Refusal):
        return stated
    written, said, digits = stated
    unit = said or heading_unit or item.unit
    times = None if unit == UNKNOWN else factor(unit, item.unit, form) if item.unit else Decimal(1)
    if times is None:
        return Refusal("NUM-FOREIGN-UNIT")
    decimals = item.decimals + max(0, times.adjusted())
    typed = isinstance(cell.value, str)
    if typed and _MAYBE_GROUPED.fullmatch(digits) and decimals < len("000"):
        return Refusal("NUM-MARK")
    value = written * times
    if not item.decimals:
        whole = round(value)
        if abs(value - whole) >= (Decimal(0) if typed else Decimal(1).scaleb(-_NOISE)) and value != whole:
            return Refusal("NUM-WHOLE")
        value = Decimal(whole)
    return Figure(float(value), unit if times != 1 else "")


def _text_of(cell: Cell) -> str | None:
    """What people see; a number as it is, with the words of its format. None where it is a date or true and false."""
    value = cell.value
    if isinstance(value, float):
        number_format = cell.format or ""
        if shown_as_date(number_format):
            return None
        if cell.percent_format:
            return f"{Decimal(f'{value:.{_MOST_DIGITS}g}') * 100:f} %"
        if _SCALED.search(re.sub(r'"[^"]*"', "", number_format)):
            return f"{value:.15g} = ?"
        return shown_with_words(value, cell.format).strip() or f"{Decimal(f'{value:.{_MOST_DIGITS}g}'):f}"
    return clean(value) if isinstance(value, str) else None


def _read_text(text: str, item: Item, form: Form) -> tuple[Decimal, str, str] | Refusal:
    """Figure, unit if one is named, the digits as written."""
    text = _with_kopecks(text.translate(_SAME_SIGN).translate(_SPACES))
    text = _with_signs(text) if _may_be_negative(item) else text
    text = text if item.unit else _without_unit_of_title(text, item)
    units = units_in(text, form.units)
    bare = text
    for one in units:
        bare = bare[: one.start] + " " * (one.end - one.start) + bare[one.end :]
    figures = list(_FIGURE.finditer(bare))
    if not figures:
        return Refusal("NUM-NONE")
    if _RANGE.search(bare):
        return Refusal("NUM-RANGE")
    if len(figures) > 1:
        return Refusal("NUM-SEVERAL")
    [found] = figures
    before, after = bare[: found.start()], bare[found.end() :]
    for letter in (before[-1:], after[:1]):
        if letter.isalpha():
            return Refusal("NUM-LETTER", (("letter", letter),)) if letter in _LIKE_DIGITS else Refusal("NUM-SEVERAL")
    if before[-1:] in (".", ","):
        return Refusal("NUM-SEVERAL")  # «,5»: what stood before it is lost
    minus = _MINUS.search(before)
    before = before[:-1] if minus else before
    if refusal := _beside(f"{before} {after}", item, form):
        return refusal
    named = {one.unit for one in units}
    if item.unit in named:
        named = {unit for unit in named if unit == item.unit or not _is_of_title(unit, item, form)}
    if len(named) > 1 or (named and not item.unit):
        return Refusal("NUM-SEVERAL" if len(named) > 1 else "NUM-FOREIGN-UNIT")
    value = _value(found[0])
    if value is None:
        return Refusal("NUM-SEVERAL")
    return (-value if minus else value), next(iter(named), ""), found[0]


def _may_be_negative(item: Item) -> bool:
    return item.min is None or item.min < 0


def _with_signs(text: str) -> str:
    """«минус 4» as −4, «+17» and «плюс 17» as 17: only of what may be below zero, else a plus says how many more."""
    text = _MINUS_SAID.sub("-", text)
    return _PLUS_SAID.sub("", text)


def _without_unit_of_title(text: str, item: Item) -> str:
    """«300» of «300 л» under «Расход топлива, л»: what stands behind the title's only comma must be all that stands
    beside the figure. Of a cell, row and column may each say what they count."""
    asked = _UNIT_OF_TITLE.fullmatch(item.title)
    if asked is None or any(word.startswith(MULTIPLES) for word in plain(item.title).split()):
        return text
    figure = _FIGURE.search(text)
    return text[: figure.end()] if figure and _spaced(text[figure.end() :]) == _spaced(asked[1]) else text


def _spaced(unit: str) -> list[str]:
    """«кв.м» as «кв. м»."""
    return unit.casefold().replace(".", " ").split()


def _with_kopecks(text: str) -> str:
    """«125 430 руб. 50 коп.» is one figure: «125 430,50 руб.»."""
    return _KOPECKS.sub(lambda found: f"{found[1]},{int(found[3]):02d} {found[2]}", text)


_LIKE_DIGITS = "ЗзЭэОоOolIiІіБбBВЧчSsZz"


def _value(digits: str) -> Decimal | None:
    """The number; None where its marks say neither thousands nor a decimal point, or it is longer than any figure."""
    digits = digits.replace(" ", "")
    if sum(mark in ".," for mark in digits) > 1:
        grouped = _GROUPED.fullmatch(digits)
        if grouped is None:
            return None
        mark, fraction = grouped[1], grouped[2] or ""
        digits = digits[: len(digits) - len(fraction)].replace(mark, "") + fraction
    if len(digits) > _MOST_DIGITS + 1:
        return None
    return Decimal(digits.replace(",", "."))


def _beside(text: str, item: Item, form: Form) -> Refusal | None:
    """Words beside the figure must be the form's own about this item, or say nothing. What may turn an answer round
    is harmless in the item's own title alone: «в среднем»."""
    own = own_words(item, form)
    for word in re.findall(r"[^\W\d_]+", text.casefold().replace("ё", "е")):
        meaning = sense(word, NO_FORM)
        if meaning in ("about", "bound"):
            return Refusal(f"NUM-{meaning.upper()}")
        if meaning == "upto":
            return Refusal("NUM-BOUND")
        if word.startswith(MULTIPLES):
            return Refusal("NUM-FOREIGN-UNIT")
        if word in _HARMLESS or is_of_form(word, own) or stems(word) & form.title_stems(item.number):
            continue
        return Refusal("NUM-FOREIGN-UNIT")
    marks = re.sub(r"[^\W\d_]+", " ", text)
    if re.search(r"[~≈]", marks):
        return Refusal("NUM-ABOUT")
    if re.search(r"[<>≤≥]", marks):
        return Refusal("NUM-BOUND")
    if "%" in marks:
        return Refusal("NUM-FOREIGN-UNIT")
    return None if _MARKS.fullmatch(marks) else Refusal("NUM-SEVERAL")


def _is_of_title(unit: str, item: Item, form: Form) -> bool:
    """Does the form name the unit where it speaks of the item: the day of «Стоимость питания в день, руб.»."""
    return any(one.unit == unit for words in item.wordings for one in units_in(words, form.units))
