"""A text document as plain values: what stands in it, in which style; and its bytes, which a worker makes that knows
neither the figures nor pandas."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

# The styles by their names in Word. Those of our own bear Russian names: people choose them there.
TITLE, HEADING, BODY, BULLET, NUMBERED, LEAD = "Title", "Heading 1", "Body Text", "List Bullet", "List Number", "Strong"
OFFICE, NOTE, SIGNATURE = "Ведомство", "Пояснение", "Подпись справки"
HEADER_CELL, TEXT_CELL, FIGURE_CELL = "Таблица: шапка", "Таблица: текст", "Таблица: число"


class Column(NamedTuple):
    heading: str
    width: int  # millimetres
    figure: bool = False


class Passage(NamedTuple):
    """`lead`: words before the text that stand out. `with_next`: on a page with what follows."""

    style: str
    text: str
    lead: str = ""
    with_next: bool = False


class Table(NamedTuple):
    columns: tuple[Column, ...]
    rows: tuple[Sequence[str], ...]
    total: Sequence[str]


class ToFillIn(NamedTuple):
    """A line with its label, to be filled in by hand."""

    label: str


class TextDocument:
    """`parts`: from above. `as_of`: the date of its figures, which is that of the document."""

    def __init__(self, title: str, author: str, as_of: date) -> None:
        self.title, self.author, self.as_of = title, author, as_of
        self.parts: list[Passage | Table | ToFillIn] = []

    def add(self, style: str, text: str, lead: str = "", *, with_next: bool = False) -> None:
        """A paragraph; a line feed breaks its line."""
        self.parts.append(Passage(style, text, lead, with_next))

    def add_table(self, columns: Iterable[Column], rows: Iterable[Sequence[str]], total: Sequence[str]) -> None:
        self.parts.append(Table(tuple(columns), tuple(rows), total))

    def add_lines_to_fill_in(self, labels: Iterable[str]) -> None:
        """Together on a page."""
        self.parts += map(ToFillIn, labels)


def laid_down(text: TextDocument) -> bytes:
    """The file."""
    # imported here, in the worker: whoever says what stands in the document has no use for the library
    from pipeline.writing.word.layout import laid_down

    return laid_down(text)
