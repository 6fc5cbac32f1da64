"""The one theme of all workbooks: colours, fonts, sizes, number formats by role, marks, footers, row heights.

A `Look` is a set of xlsxwriter format properties; a cell's format is made of several looks, later ones over earlier:

    formats = Formats(book)
    sheet.write_number(row, column, share, formats(ROW, SHARE, ACTION))
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cache
from typing import BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from pipeline.writing.pages.colours import AUTO as AUTO
from pipeline.writing.pages.colours import BAND as BAND
from pipeline.writing.pages.colours import BAR as BAR
from pipeline.writing.pages.colours import BODY_SIZE as BODY_SIZE
from pipeline.writing.pages.colours import FONT as FONT
from pipeline.writing.pages.colours import GREY as GREY
from pipeline.writing.pages.colours import GRID as GRID
from pipeline.writing.pages.colours import INK as INK
from pipeline.writing.pages.colours import INPUT as INPUT
from pipeline.writing.pages.colours import LINE as LINE
from pipeline.writing.pages.colours import NAVY as NAVY
from pipeline.writing.pages.colours import NAVY_TINT as NAVY_TINT
from pipeline.writing.pages.colours import ORANGE as ORANGE
from pipeline.writing.pages.colours import ORANGE_INK as ORANGE_INK
from pipeline.writing.pages.colours import ORANGE_TINT as ORANGE_TINT
from pipeline.writing.pages.colours import PANEL as PANEL
from pipeline.writing.pages.colours import WHITE as WHITE
from pipeline.writing.pages.colours import Mark as Mark
from pipeline.writing.pages.fitting import fitting_size as fitting_size
from pipeline.writing.pages.fitting import text_height as text_height
from pipeline.writing.pages.sheets import Book

Look = Mapping[str, str | int | float]

# ── looks of cells ───────────────────────────────────────────────────────────────────────────────────────
BASIC: Look = {"font_color": INK, "valign": "vcenter"}  # under every other look
TITLE: Look = {"font_size": 16, "bold": True, "font_color": NAVY}
NOTE: Look = {"font_size": 9, "font_color": GREY, "text_wrap": True}
LINK: Look = {"font_size": 9, "font_color": NAVY, "underline": 1}
HEADER: Look = {
    "font_size": 9,
    "bold": True,
    "font_color": WHITE,
    "bg_color": NAVY,
    "align": "center",
    "text_wrap": True,
    "border": 1,
    "border_color": BAND,
}
TOTAL: Look = {
    "bold": True,
    "font_color": NAVY,
    "bg_color": NAVY_TINT,
    "top": 1,
    "top_color": NAVY,
    "bottom": 1,
    "bottom_color": NAVY,
}
# Over the columns of a group, and of a header whose texts run on over the narrow columns beside them.
GROUP: Look = {"left": 1, "left_color": BAND, "bold": True, "font_size": 9, "font_color": NAVY}
OPEN_HEADER: Look = {"align": "left", "border": 0, "text_wrap": False}
ROW: Look = {"bottom": 1, "bottom_color": LINE}
ACTION: Look = {"font_color": ORANGE_INK, "bg_color": ORANGE_TINT}
GOOD: Look = {"font_color": NAVY, "bg_color": NAVY_TINT}
PANEL_FILL: Look = {"font_color": NAVY, "bg_color": PANEL}
BOLD: Look = {"bold": True}
WRAP: Look = {"text_wrap": True}
CENTRE: Look = {"align": "center"}
RIGHT: Look = {"align": "right"}
INDENT: Look = {"align": "left", "indent": 1}
TOP: Look = {"valign": "top"}
QUIET: Look = {"font_color": GREY}
SMALL_SIZE = 9
SMALL: Look = {"font_size": SMALL_SIZE}
ACTION_INK: Look = {"font_color": ORANGE_INK}

# ── number formats; Excel shows comma and space in a Russian locale ──────────────────────────────────────
# Of a fraction. What is not all of it is not rounded up to all of it.
SHARE: Look = {"num_format": '[<0.9995]0.0" "%;0.0##" "%'}
TARGET: Look = {"num_format": '0" "%'}  # of a fraction
PEOPLE: Look = {"num_format": "#,##0"}
FIGURE: Look = {"num_format": "General"}  # with as many decimals as it has
PEOPLE_QUIET: Look = {"num_format": f'#,##0;;"{Mark.NONE}"'}  # zero is a dash
# Signed: what rounds to nothing is shown as nothing, for «−0,0» says that something fell.
PEOPLE_CHANGE: Look = {"num_format": '[>=0.5]+#,##0;[<=-0.5]−#,##0;"0"'}
PACE: Look = {"num_format": '[>=0.05]0.0;[<=-0.05]−0.0;"0"'}  # people a week
POINTS: Look = {"num_format": '[>=0.05]+0.0;[<=-0.05]−0.0;"0"'}
FINE_POINTS: Look = {"num_format": '[>=0.005]+0.00;[<=-0.005]−0.00;"0"'}  # where one decimal would show none
DATE: Look = {"num_format": "dd.mm.yyyy"}
MOMENT: Look = {"num_format": "dd.mm.yyyy hh:mm"}
HEAT: Look = {"num_format": f'[<0.5]{Mark.BELOW} 0.0" "%;[<0.9995]0.0" "%;0.0##" "%'}
TEXT: Look = {"num_format": "@"}


@cache
def exact_share(decimals: int) -> Look:
    """A share with as many decimals as its verdict needs."""
    return SHARE if decimals == 1 else {"num_format": f'0.{"0" * decimals}" "%'}


@cache
def out_of(whole: int) -> Look:
    """«17 из 20» for a cell whose value stays 17."""
    return {"num_format": f'0" из {whole}"'}


# ── heights, points ──────────────────────────────────────────────────────────────────────────────────────
ROW_HEIGHT = 16.5


# ── workbooks ────────────────────────────────────────────────────────────────────────────────────────────
def open_workbook(target: BinaryIO, title: str, author: str, created: date) -> Workbook:
    """A workbook in which text from outside stays text, and whose bytes depend on nothing but its content."""
    book = Book(
        target,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": {"font_name": FONT, "font_size": BODY_SIZE, "font_scheme": "none"},
        },
    )
    book.set_properties({"title": title, "author": author, "created": datetime.combine(created, time())})
    return book


def footer(left: str, centre: str = "&A") -> str:
    """A footer of 9 points: `left`, `centre` (the sheet's name), page of pages.

    A digit at its beginning would be read as part of the font size: `centre` may have none, `left` gets a space.
    """
    font = f'&"{FONT},Regular"&9'
    left = f"{' ' * left[:1].isdigit()}{left}".replace("&", "&&")
    return f"&L{font}{left}&C{font}{centre}&R{font}Лист &P из &N"


class Formats:
    """Hands out the formats of one workbook by their looks, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[frozenset[tuple[str, str | int | float]], Format] = {}
        self._asked: dict[tuple[int, ...], Format] = {}  # by the looks themselves
        self._kept: list[tuple[Look, ...]] = []

    def __call__(self, *looks: Look) -> Format:
        key = tuple(map(id, looks))  # of looks that are kept: no other can have the same
        try:
            return self._asked[key]
        except KeyError:
            self._kept.append(looks)
            return self._asked.setdefault(key, self._of(looks))

    def _of(self, looks: tuple[Look, ...]) -> Format:
        properties = dict(BASIC)
        for look in looks:
            properties |= look
        key = frozenset(properties.items())
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]
