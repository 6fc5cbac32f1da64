"""The district as the office's registry tells it: schools, who gets letters, waivers, papers received."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from schemas.remarks import Remark


@dataclass(frozen=True)
class School:
    """One row of the registry's sheet «Школы». `bases`: base id -> people."""

    code: str
    name: str
    full_name: str = ""
    aliases: tuple[str, ...] = ()
    bases: dict[str, float] = field(default_factory=dict)
    classes: int | None = None
    email: str = ""
    since: date | None = None
    until: date | None = None

    def in_being(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Recipient(NamedTuple):
    """One row of «Рассылка». `wants`: «сводка», «проблемы», «сбои»."""

    name: str
    email: str
    wants: str = "сводка"


class Waiver(NamedTuple):
    """One row of «Исключения». A blank `code` leaves the item out of the school's plan (the order's note); a blank
    `item` stands for the report as such."""

    school: str
    item: str
    code: str = ""
    reason: str = ""
    who: str = ""
    until: date | None = None

    def covers(self, item: str, day: date) -> bool:
        return item == self.item and (self.until is None or day <= self.until)

    @property
    def words(self) -> str:
        return f"{self.reason or 'основание не указано'}{f' ({self.who})' if self.who else ''}"


class Paper(NamedTuple):
    """One row of «Документы»: a paper or measure that no report shows, by its title in the form. `day`: when it came,
    where «Получен» holds a date."""

    school: str
    document: str
    received: bool
    day: date | None = None


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
        return next((s for s in self.schools if s.code == code), None)
