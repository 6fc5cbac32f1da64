"""What a page that is read at a glance says, of the municipality (`writing.brief` makes it) or of one school."""

from typing import NamedTuple

import msgspec

from pipeline.writing.pages.doubts import with_mark
from pipeline.writing.pages.theme import Look
from schemas.decided import Matter


class Card(msgspec.Struct, frozen=True):
    """One card. `value` is the figure as a number for a cell of the format `look`, a fraction for a share;
    None where it is not known. `doubted`: the figure rests on answers under question."""

    label: str
    figure: str
    note_lines: tuple[str, ...]
    needs_action: bool = False
    value: float | None = None
    look: Look = {}
    doubted: bool = False

    @property
    def said(self) -> str:
        """The figure with the mark that a cell bears by its format."""
        return with_mark(self.figure, self.doubted)


class Subject(NamedTuple):
    """What a line of decision is about, by which the next months tell what became of it. schools: codes of those whom
    it concerns; papers: some of its deadlines are of papers or measures that no report shows."""

    matter: Matter
    schools: tuple[str, ...] = ()
    papers: bool = False


class Decision(msgspec.Struct, frozen=True):
    """One line of «Требует решения управления»; `sheet` is where to read on, blank for none. `proposal`: what the memo
    proposes to do, without a full stop; blank where there is nothing to do. `about`: None for no question. `files`:
    those that `text` may name (`words.file_said`). `formerly`: what the build before said in place of
    `text`, where that was otherwise; letters are still known by it."""

    tag: str
    text: str
    sheet: str = ""
    proposal: str = ""
    about: Subject | None = None
    files: tuple[str, ...] = ()
    formerly: str = ""


class Brief(msgspec.Struct, frozen=True):
    """`dates`: which date it tells of, and which one it is compared with; `good`: the municipality is not below its
    plan; `decide`: what stands above the decisions; `calm`: nothing is left to decide."""

    kicker: str
    dates: str
    headline: str
    good: bool
    subline: str
    cards: tuple[Card, ...]
    decide: str
    decisions: tuple[Decision, ...]
    calm: bool
    footer: str
