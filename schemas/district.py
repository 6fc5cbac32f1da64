"""The district as the office's registry tells it: schools, who gets letters, waivers, papers received.

A cell of the office that is not understood has a value of its own (`UNKNOWN`, `Received.UNKNOWN`), which has no truth
value: neither mypy (`truthy-bool`) nor Python lets anybody take it for a yes or for a no.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, NoReturn

from schemas.remarks import Remark

NO_GROUP = "Без группы"  # what schools of no group are called where others have one
MUNICIPALITY = "municipality"  # scope of the municipality's figures beside the codes of the schools: none may have it


class _NoTruth(Enum):
    """Members that must be named where they are asked for: `if received:` is refused."""

    if not TYPE_CHECKING:  # with a `__bool__` mypy would think that it can be asked

        def __bool__(self) -> NoReturn:
            raise TypeError(f"{self} is neither true nor false: compare it with a member")


class Unknown(_NoTruth):
    """Of a cell in which something stands that is not understood. A blank cell is None instead."""

    UNKNOWN = "unknown"


UNKNOWN: Final[Literal[Unknown.UNKNOWN]] = Unknown.UNKNOWN


class Received(_NoTruth):
    """Has a paper come to the office. UNKNOWN: its tick is not understood; it is neither there nor overdue."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Topic(StrEnum):
    """What a recipient wants to be told, in the words of «Рассылка»."""

    SUMMARY = "сводка"
    PROBLEMS = "проблемы"
    FAILURES = "сбои"


@dataclass(frozen=True)
class School:
    """One row of the registry's sheet «Школы». `bases`: base id -> people. `plans`:
    item -> the figure planned for it. `classes`: None where not known. `group`:
    in the office's own words; blank for none."""

    code: str
    name: str
    full_name: str = ""
    aliases: tuple[str, ...] = ()
    bases: dict[str, float] = field(default_factory=dict)
    classes: int | None = None
    email: str = ""
    since: date | Unknown | None = None
    until: date | Unknown | None = None
    group: str = ""
    plans: dict[str, float] = field(default_factory=dict)

    def in_being(self, day: date) -> bool:
        """A date that cannot be read closes no school: left out, it would be missed by nobody. A remark tells of it."""
        begun = self.since is None or self.since is UNKNOWN or self.since <= day
        return begun and (self.until is None or self.until is UNKNOWN or day <= self.until)

    def has_none(self, base: str) -> bool:
        """Is it known that the school has none of these people. A blank base is no people's."""
        return bool(base) and self.bases.get(base) == 0


def by_group(schools: Iterable[School]) -> dict[str, list[School]]:
    """Group -> its schools, in the order in which they are met; those of none last, as `NO_GROUP`. Empty where no
    school has a group."""
    found: dict[str, list[School]] = {}
    for school in schools:
        found.setdefault(school.group, []).append(school)
    without = found.pop("", [])
    return {**found, NO_GROUP: without} if found and without else found


class Recipient(NamedTuple):
    """One row of «Рассылка»."""

    name: str
    email: str
    wants: frozenset[Topic] = frozenset({Topic.SUMMARY})


class Waiver(NamedTuple):
    """One row of «Исключения». A blank `code` leaves the item out of the school's plan (the order's note); a blank
    `item` stands for the report as such. `under`: the numbers of all items that stand under it. `explanation`: the
    school's words that the office has accepted; `figure`: to which answer they belong
    (`schemas.explained.figure_of`), blank: to any."""

    school: str
    item: str
    code: str = ""
    reason: str = ""
    who: str = ""
    until: date | None = None
    under: tuple[str, ...] = ()
    explanation: str = ""
    figure: str = ""

    def covers(self, item: str, day: date) -> bool:
        return self.is_about(item) and (self.until is None or day <= self.until)

    def is_about(self, item: str) -> bool:
        """Is it given for the item: by its own number, by that of a group over it, or for all rows of its acts."""
        numbers = (self.item, *self.under)
        return item in numbers or (self.item != "" and item.rpartition(".")[0] in numbers)

    @property
    def words(self) -> str:
        explained = f"по пояснению школы «{self.explanation}»" if self.explanation else ""
        reason = self.reason or explained or "основание не указано"
        return f"{reason}{f' ({self.who})' if self.who else ''}"


class Paper(NamedTuple):
    """One row of «Документы»: a paper or measure that no report shows, by its title in the form. `day`: when it came,
    where «Получен» holds a date. `file`: of a paper that came as one; nobody has ticked it off then."""

    school: str
    document: str
    received: Received
    day: date | None = None
    file: str = ""


@dataclass(frozen=True)
class Registry:
    """The registry as plain rows. `draft`: there was no registry, the schools are those that the reports name.
    `papers`: None where there is no sheet «Документы»."""

    schools: tuple[School, ...] = ()
    mailing: tuple[Recipient, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    papers: tuple[Paper, ...] | None = None
    remarks: tuple[Remark, ...] = ()
    draft: bool = False

    def school(self, code: str) -> School | None:
        return self._by_code.get(code)

    @cached_property
    def _by_code(self) -> dict[str, School]:
        """Of several schools with one code the first."""
        return {school.code: school for school in reversed(self.schools)}
