"""The one theme of all workbooks: colours, fonts, sizes, number formats by role, marks, footers, row heights.

A `Look` is a set of xlsxwriter format properties; a cell's format is made of several looks, later ones over earlier:

    formats = Formats(book)
    sheet.write_number(row, column, share, formats(ROW, SHARE, ACTION))
"""

import math
import textwrap
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format

Look = Mapping[str, str | int | float]

FONT = "Arial"  # Windows and R7-Office have it, LibreOffice a font of the same widths: nothing reflows
BODY_SIZE = 10

# ── colours ──────────────────────────────────────────────────────────────────────────────────────────────
INK = "#1B2A3A"  # body text
GREY = "#56616E"  # notes, secondary text
NAVY = "#1F4E79"  # titles, header fill, on plan, links
NAVY_TINT = "#E3ECF5"  # total rows, «по плану», «сделано»
ORANGE = "#B8500F"  # below plan: bars, section fill
ORANGE_INK = "#8A3A06"  # text of anything that wants action
ORANGE_TINT = "#FBE7D8"  # its fill
BAND = "#C9D6E4"  # the target band
BAR = "#A9C1DB"  # data bars
PANEL = "#F3F6F9"  # cards, hint cells
LINE = "#D3DAE3"  # hairlines under rows, axes
GRID = "#8496A9"  # cell borders of the form: seen on yellow and in print
INPUT = "#FFF7CF"  # form: to fill in
AUTO = "#ECEFF3"  # form: computed
WHITE = "#FFFFFF"


class Mark:
    """Colour never stands alone: every state has a mark and a word. All of them are in Arial's own set."""

    BELOW = "▼"  # also: to fix
    ON_PLAN = "●"  # also: done
    ABOVE = "▲"
    IN_PROGRESS = "○"  # also: not due
    ERROR = "!"  # also: overdue
    CHECK = "?"
    NONE = "–"  # zero or not applicable
    NO_ANSWER = "·"  # also: information
    NOT_SUBMITTED = "×"
    CARRIED = "↔"
    BACK = "←"


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
ROW: Look = {"bottom": 1, "bottom_color": LINE}
ACTION: Look = {"font_color": ORANGE_INK, "bg_color": ORANGE_TINT}
GOOD: Look = {"font_color": NAVY, "bg_color": NAVY_TINT}
BOLD: Look = {"bold": True}
WRAP: Look = {"text_wrap": True}
CENTRE: Look = {"align": "center"}
RIGHT: Look = {"align": "right"}
INDENT: Look = {"align": "left", "indent": 1}
TOP: Look = {"valign": "top"}
QUIET: Look = {"font_color": GREY}
SMALL: Look = {"font_size": 9}
ACTION_INK: Look = {"font_color": ORANGE_INK}

# ── number formats; Excel shows comma and space in a Russian locale ──────────────────────────────────────
SHARE: Look = {"num_format": '0.0" "%'}  # of a fraction
TARGET: Look = {"num_format": '0" "%'}  # of a fraction
PEOPLE: Look = {"num_format": "#,##0"}
PEOPLE_QUIET: Look = {"num_format": f'#,##0;;"{Mark.NONE}"'}  # zero is a dash
POINTS: Look = {"num_format": "+0.0;−0.0;0.0"}
DATE: Look = {"num_format": "dd.mm.yyyy"}
MOMENT: Look = {"num_format": "dd.mm.yyyy hh:mm"}
HEAT: Look = {"num_format": f'[<0.5]{Mark.BELOW} 0.0" "%;0.0" "%'}
TEXT: Look = {"num_format": "@"}


def exact_share(decimals: int) -> Look:
    """A share with as many decimals as its verdict needs."""
    return {"num_format": f'0.{"0" * decimals}" "%'}


def out_of(whole: int) -> Look:
    """«17 из 20» for a cell whose value stays 17."""
    return {"num_format": f'0" из {whole}"'}


# ── heights, points ──────────────────────────────────────────────────────────────────────────────────────
ROW_HEIGHT = 16.5


def text_height(text: str, width: float, size: float = BODY_SIZE) -> float:
    """Height in points that `text` takes, wrapped in a column `width` pixels wide: writers compute no auto-height."""
    padding, points_per_pixel, letter = 10, 0.75, 0.57  # a Cyrillic letter of Arial is 0,57 of the size wide
    per_line = max(1, math.floor((width - padding) * points_per_pixel / (size * letter)))
    lines = sum(max(1, len(textwrap.wrap(paragraph, per_line))) for paragraph in text.split("\n"))
    return lines * size * 1.28


# ── workbooks ────────────────────────────────────────────────────────────────────────────────────────────
def open_workbook(target: BinaryIO, title: str, author: str, created: date) -> Workbook:
    """A workbook in which text from outside stays text, and whose bytes depend on nothing but its content."""
    book = Workbook(
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
    """A footer of 8 points: `left`, `centre` (the sheet's name), page of pages.

    Neither text may begin with a digit: it would be read as part of the font size.
    """
    font = f'&"{FONT},Regular"&8'
    left = left.replace("&", "&&")
    return f"&L{font}{left}&C{font}{centre}&R{font}Лист &P из &N"


class Formats:
    """Hands out the formats of one workbook by their looks, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, str | int | float], ...], Format] = {}

    def __call__(self, *looks: Look) -> Format:
        properties = dict(BASIC)
        for look in looks:
            properties |= look
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]
