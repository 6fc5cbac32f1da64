"""The Remark, said by any stage, and the catalogue that turns its code into Russian words.

A remark carries a code and figures; its sentences stand in `remarks.toml` and are made at the end
(`pipeline.wording`). No pandas: workers import this.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from schemas.periods import Every
from schemas.strict import UsageError, convert, nearest, read_toml

CATALOGUE = Path(__file__).with_name("remarks.toml")


class Severity(StrEnum):
    ERROR = "error"  # the figure is set aside, the school must correct
    WARNING = "warning"  # counted, please check
    INFO = "info"


class Question(StrEnum):
    """Which accepted figures a remark puts under question while it stands."""

    ITEM = "item"  # of the item on which it stands
    REPORT = "report"  # all that its report says for its date
    TAKEN = "taken"  # those that its report takes over from another file for the same date


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to say about one place in one file.

    `value` is what the school wrote there; `data` the figures that the message names. `severity` is filled in
    by the catalogue (`Catalogue.grade`), which knows what the office has set. `folded`: remarks that only follow from
    what this one says, and are told with it.
    """

    code: str
    file: str = ""
    sheet: str = ""
    cell: str = ""
    school: str = ""
    as_of: date | None = None
    item: str = ""
    value: str = ""
    data: tuple[tuple[str, str | float | date], ...] = ()
    severity: Severity = Severity.ERROR
    folded: tuple["Remark", ...] = ()

    @property
    def told(self) -> tuple["Remark", ...]:
        """This one, and what is told with it."""
        return self, *self.folded

    @property
    def waiver(self) -> str:
        """Why the office has waived it, and who allowed it; blank where it has not."""
        return str(dict(self.data).get("waiver", ""))


def remark(code: str, **fields: object) -> Remark:
    """A remark with the given places (`file`, `cell`, `item` …); other keywords become figures of its message."""
    places = {name: fields.pop(name) for name in _PLACES & fields.keys()}
    return Remark(code, data=tuple(fields.items()), **places)  # type: ignore[arg-type]


ANSWERS = "Выполнение"  # how the catalogue calls the column of answers
_PLACES = frozenset(Remark.__dataclass_fields__)


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an entry says otherwise of a form with periods; what is blank it says as of any."""

    title: str = ""
    rule: str = ""
    message: str = ""
    todo: str = ""
    example: dict[str, Any] = {}


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of remark. `rule`: the control as a school understands it; `message` and `todo` are templates over the
    remark's places and figures; `example`: those that the templates name, as a school might have them; `quiet`: as
    information it asks nothing of anybody and is told elsewhere, so «Замечания» does not list it; `doubts`: which
    accepted figures may be wrong by it, none where it is absent; `follows`: codes of the remarks from which alone it
    may follow, on the same report or the one before; `kinds`: the kinds of answers that it is said of alone, none: of
    any form."""

    severity: Severity
    title: str
    rule: str
    message: str
    todo: str
    example: dict[str, Any]
    quiet: bool = False
    doubts: Question | None = None
    follows: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    of_period: Words = Words()


class Catalogue(msgspec.Struct, frozen=True):
    """`every`: the period that reports are about, in whose words dates are said."""

    entries: Mapping[str, Entry]
    off: frozenset[str] = frozenset()
    every: Every = "date"

    def example(self, code: str) -> Remark:
        """A remark of this kind with the figures of its entry's example."""
        entry = self.entries[code]
        return replace(remark(code, **entry.example), severity=entry.severity)

    def is_quiet(self, said: Remark) -> bool:
        return self.entries[said.code].quiet and said.severity is Severity.INFO

    def doubted_by(self, said: Remark) -> Question | None:
        """Which figures it puts under question; none where the office has waived it."""
        return None if said.waiver else self.entries[said.code].doubts

    def grade(self, remarks: Iterable[Remark]) -> list[Remark]:
        """The remarks with their severity; those that the office has switched off are left out."""
        return [self._graded(said) for said in remarks if said.code not in self.off]

    def _graded(self, said: Remark) -> Remark:
        severity = self.entries[said.code].severity
        return said if said.severity is severity else replace(said, severity=severity)


def load_catalogue(
    controls: Mapping[str, str] | None = None, every: Every = "date", answers: str = ANSWERS
) -> Catalogue:
    """The catalogue with the office's own severities (`[controls]` of the settings: code -> severity or `off`), in the
    words of a form whose reports are about `every` and whose column of answers is headed `answers`."""
    entries = dict(_entries(CATALOGUE))
    off = set()
    for code, wish in (controls or {}).items():
        if code not in entries:
            instead = nearest(code, list(entries)) or "; все замечания перечислены в docs/remarks.md."
            raise UsageError(f"Настройки, раздел [controls]: неизвестное замечание «{code}»{instead}")
        if wish == "off":
            off.add(code)
        elif wish in tuple(Severity):
            entries[code] = _graded(entries[code], Severity(wish))
        else:
            raise UsageError(
                f"Настройки, раздел [controls]: для «{code}» укажите error, warning, info или off, а не «{wish}»."
            )
    if every != "date":
        entries = {code: _of_period(entry) for code, entry in entries.items()}
    if answers != ANSWERS:
        entries = {code: _of_column(entry, answers) for code, entry in entries.items()}
    return Catalogue(entries, frozenset(off), every)


def _of_column(entry: Entry, answers: str) -> Entry:
    """With the form's own heading where the catalogue has that of the first order."""
    names = ("rule", "message", "todo")
    said = {name: getattr(entry, name).replace(f"«{ANSWERS}»", f"«{_escaped(answers)}»") for name in names}
    return msgspec.structs.replace(entry, **said)


def _escaped(text: str) -> str:
    """In a template braces are names."""
    return text.replace("{", "{{").replace("}", "}}")


def _of_period(entry: Entry) -> Entry:
    words = entry.of_period
    said = {name: text for name in words.__struct_fields__ if (text := getattr(words, name))}
    return msgspec.structs.replace(entry, **said)


def _graded(entry: Entry, severity: Severity) -> Entry:
    """What the office wants as an information asks nothing any more and puts nothing under question; an error lowered
    to a warning lets a figure count that it calls wrong."""
    doubts = entry.doubts
    match severity:
        case Severity.INFO:
            doubts = None
        case Severity.WARNING if entry.severity is Severity.ERROR:
            doubts = doubts or Question.ITEM
    return msgspec.structs.replace(entry, severity=severity, doubts=doubts)


def known_codes() -> tuple[str, ...]:
    """Codes of the catalogue, in its order."""
    return tuple(_entries(CATALOGUE))


@cache
def _entries(file: Path) -> Mapping[str, Entry]:
    """As they are written."""
    return {code: convert({"entry": body}, _Named, file.name).entry for code, body in read_toml(file).items()}


class _Named(msgspec.Struct, frozen=True):
    entry: Entry
