"""A cell of the registry that a person fills in: its looks, its hint and what Excel lets in, all from its declared
column. Excel's rules are a courtesy: whatever is typed all the same is judged again when the registry is read.
"""

from collections.abc import Mapping
from datetime import date
from typing import assert_never

from pipeline.wording import shortened
from pipeline.writing.pages import theme
from pipeline.writing.pages.theme import Look
from schemas import registry_book as book_of
from schemas.registry_book import Column, Need

_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2099, 12, 31)
_MOST_TITLE, _MOST_MESSAGE = 32, 255  # Excel takes no longer ones

Lists = Mapping[type[Column], str]  # kind of column -> the cells whose words may stand there, as a formula


def is_wanted(column: Column) -> bool:
    """Is something missing while the cell is blank."""
    return column.need is not Need.OPTIONAL


def look(column: Column) -> Look:
    """The number format: a code keeps its zeros, and the number of an item becomes no date."""
    match column:
        case book_of.OwnCode() | book_of.SchoolCode() | book_of.ItemNumber() | book_of.RemarkCode():
            return theme.TEXT
        case _ if column == book_of.ABOUT:
            return theme.QUIET  # on one line, cut off: it is for Svod alone
        case book_of.Number():
            return theme.PEOPLE
        case book_of.Plan():
            return theme.FIGURE
        case book_of.Day():
            return theme.DATE
        case _:
            return theme.WRAP


def hint(column: Column) -> str:
    """What is to be written there, as a sentence."""
    return f"{column.holds[:1].upper()}{column.holds[1:]}."


def rule(column: Column, lists: Lists) -> dict[str, object]:
    """The data validation of xlsxwriter: the hint shown when the cell is entered, and what is refused."""
    message = shortened(f"{hint(column)} Если не понято: {column.unread}.", _MOST_MESSAGE)
    words = {"input_title": shortened(column.heading, _MOST_TITLE), "input_message": message}
    return {**words, "error_title": words["input_title"], **_allowed(column, lists)}


def _allowed(column: Column, lists: Lists) -> dict[str, object]:
    match column:
        case book_of.Number():
            stop = f"Нужно целое число от 0 до {column.most}, без слов."
            bounds = {"criteria": "between", "minimum": 0, "maximum": column.most}
            return {"validate": "integer", **bounds, "error_message": stop}
        case book_of.Plan():
            stop = "Нужно число не меньше 0, без слов."
            return {"validate": "decimal", "criteria": ">=", "value": 0, "error_message": stop}
        case book_of.Day():
            bounds = {"criteria": "between", "minimum": _FIRST_DAY, "maximum": _LAST_DAY}
            return {"validate": "date", **bounds, "error_message": "Нужна дата: ДД.ММ.ГГГГ."}
        case book_of.Words():  # several may stand there
            return {"validate": "list", "source": list(column.words), "show_error": False}
        case book_of.Tick():  # a date may stand there as well
            return {"validate": "list", "source": ["да", "нет"], "show_error": False}
        case book_of.SchoolCode() | book_of.ItemNumber() | book_of.Title():
            ask = "Такого значения в списке нет: оставить его?"
            source = {"validate": "list", "source": lists[type(column)]}
            return {**source, "error_type": "warning", "error_message": ask}
        case book_of.Text() | book_of.Address() | book_of.RemarkCode():
            return {"validate": "any"}
        case _:
            assert_never(column)
