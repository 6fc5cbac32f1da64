"""The figures without a person in them and without a school's words: of these the edition of the summary for a wider
mailing is made. Who writes it never sees what it must not tell."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from functools import singledispatch
from typing import Any, TypeVar

import msgspec
import pandas as pd

from pipeline.measuring.figures import (
    Activation,
    Figures,
    Followed,
    Former,
    Mended,
    Problem,
    SchoolNumber,
    Source,
    Submission,
    Taken,
    Unattributed,
)
from pipeline.measuring.problems import OTHER
from pipeline.measuring.rules import Rule
from schemas.district import School, Waiver
from schemas.form import Form
from schemas.registry_book import FILE as REGISTRY
from schemas.remarks import Remark, load_catalogue
from schemas.reports import YES

UNKNOWN = "?"  # in place of an item or a code as it was typed
BY_THE_OFFICE = "решение управления"  # why something is waived; in whose words and by whom is not told
# Facts that are figures or words of the order. All others are words of a school.
TOLD = frozenset({"count", "total", "percent", "value", "classes", "yes", "choice"})

T = TypeVar("T")


def public(figures: Figures) -> Figures:
    """The same figures, of no person and in no school's words.

    Schools have the names of the registry; of a draft, which are a school's words, their codes. Files are numbers.
    """
    before = _former(figures.before) if figures.before else None
    undoubted = public(figures.undoubted) if figures.undoubted else None
    alone = replace(figures, before=None, undoubted=None, explanations=())
    told: Figures = _Leaving(alone)(alone)
    reconciliation = msgspec.structs.replace(told.reconciliation, recognised={})  # by which words of theirs
    naming = told.problem_groups

    def place(problem: Problem) -> tuple[object, ...]:
        return problem.group == OTHER, -naming.get(problem.group, 0), problem.group, problem.school.code

    problems = tuple(sorted(told.problems, key=place))
    return replace(
        told, public=True, problems=problems, reconciliation=reconciliation, before=before, undoubted=undoubted
    )


def _former(figures: Former) -> Former:
    undoubted = _former(figures.undoubted) if figures.undoubted else None
    alone = replace(figures, undoubted=None)
    told: Former = _Leaving(alone)(alone)
    return replace(told, undoubted=undoubted)


class _Leaving:
    """Goes through all that figures hold, and leaves out of each thing what `_bare` knows of it."""

    def __init__(self, figures: Former) -> None:
        self.form = figures.form
        self.draft = figures.draft_registry
        self.codes = frozenset(load_catalogue().entries)
        self.groups = frozenset(group.title for group in figures.form.problem_groups)
        self._files: dict[str, str] = {}
        self._done: dict[int, tuple[Any, Any]] = {}  # what was given is kept, or another could get its number

    def __call__(self, value: Any) -> Any:
        if isinstance(value, str | int | float | None | Form | Rule):  # leaves
            return value
        if id(value) not in self._done:
            self._done[id(value)] = value, self._left(_bare(value, self))
        return self._done[id(value)][1]

    def file(self, name: str) -> str:
        """A number in place of a file's name, the same of the same file: files are still counted. The registry is the
        office's own."""
        if name in ("", REGISTRY):
            return name
        return self._files.setdefault(name, str(len(self._files) + 1))

    def _left(self, value: Any) -> Any:
        match value:
            case tuple() if hasattr(value, "_fields"):
                return type(value)(*map(self, value))
            case tuple() | list() | frozenset():
                return type(value)(map(self, value))
            case Mapping():
                return {self(key): self(one) for key, one in value.items()}
            case msgspec.Struct():
                names = value.__struct_fields__
                return msgspec.structs.replace(value, **{name: self(getattr(value, name)) for name in names})
            case _ if is_dataclass(value) and not isinstance(value, type):
                return replace(value, **{one.name: self(getattr(value, one.name)) for one in fields(value)})
            case date() | pd.DataFrame():
                return value
            case _:  # what it holds could not be left out
                raise TypeError(f"{type(value).__name__} in the figures: nobody has said what of it may be told")


@singledispatch
def _bare(value: Any, leaving: _Leaving) -> Any:
    """The thing itself without what it must not tell; what it holds is gone through afterwards."""
    return value


@_bare.register
def _(school: School, leaving: _Leaving) -> School:
    name = f"Школа {school.code}" if leaving.draft else school.name
    return replace(school, name=name, full_name="", aliases=(), email="")


@_bare.register
def _(said: Remark, leaving: _Leaving) -> Remark:
    """Its kind and what it is about; of its figures which other item it holds against its own."""
    other = str(dict(said.data).get("other", ""))
    data = (("other", other),) if leaving.form.has(other) else ()
    waived = (("waiver", BY_THE_OFFICE),) if said.waiver else ()
    file = leaving.file(said.file)
    return replace(said, file=file, sheet="", cell="", value="", data=(*data, *waived))


@_bare.register
def _(problem: Problem, leaving: _Leaving) -> Problem:
    """A group of the form; one that is called by schools' words is among the others."""
    group = problem.group if problem.group in leaving.groups else OTHER
    named, solved = (YES if said else "" for said in (problem.problem, problem.solution))
    return msgspec.structs.replace(problem, group=group, problem=named, solution=solved, offered=())


@_bare.register
def _(one: Submission, leaving: _Leaving) -> Submission:
    return msgspec.structs.replace(one, file="", superseded=tuple(("", arrived) for _, arrived in one.superseded))


@_bare.register
def _(one: Activation, leaving: _Leaving) -> Activation:
    return msgspec.structs.replace(one, file="", sheet="", cell="")


@_bare.register
def _(one: Source, leaving: _Leaving) -> Source:
    return msgspec.structs.replace(one, file=leaving.file(one.file))


@_bare.register
def _(one: Unattributed, leaving: _Leaving) -> Unattributed:
    return one._replace(file=leaving.file(one.file), school="")


@_bare.register
def _(one: SchoolNumber, leaving: _Leaving) -> SchoolNumber:
    return one._replace(file="", sheet="", cell="")


@_bare.register
def _(one: Taken, leaving: _Leaving) -> Taken:
    return one._replace(answer="", source="", sheet="", cell="", file="")


@_bare.register
def _(waiver: Waiver, leaving: _Leaving) -> Waiver:
    """An item and a code that nobody knows are whatever somebody has typed."""
    item = waiver.item if not waiver.item or _is_of_the_form(waiver, leaving.form) else UNKNOWN
    code = waiver.code if not waiver.code or waiver.code in leaving.codes else UNKNOWN
    return waiver._replace(item=item, code=code, reason=BY_THE_OFFICE, who="", explanation="", figure="")


def _is_of_the_form(waiver: Waiver, form: Form) -> bool:
    """By its own number, as a group over items, or as a row of acts."""
    parent, _, row = waiver.item.rpartition(".")
    is_row = row.isdecimal() and form.has(parent)
    return form.has(waiver.item) or is_row or any(waiver.is_about(item.number) for item in form.items)


@_bare.register
def _(one: Followed, leaving: _Leaving) -> Followed:
    """What became of it, and nothing that was typed."""
    decided = one.decided
    memory = type(decided.memory)(
        key="", as_of=decided.memory.as_of, matter=decided.memory.matter, tag="", text="",
        schools=decided.memory.schools, papers=decided.memory.papers, settled=decided.memory.settled,
    )  # fmt: skip
    untold = dict.fromkeys(("decision", "who", "due_as_typed", "done_as_typed"), "")
    return msgspec.structs.replace(one, decided=msgspec.structs.replace(decided, memory=memory, **untold))


@_bare.register
def _(one: Mended, leaving: _Leaving) -> Mended:
    return one._replace(file=leaving.file(one.file))


@_bare.register
def _(frame: pd.DataFrame, leaving: _Leaving) -> pd.DataFrame:
    """The facts that are told, and no place in a file."""
    told = frame[frame["field"].isin(TOLD)] if "field" in frame.columns else frame
    return told.assign(**{name: "" for name in ("file", "sheet", "cell") if name in frame.columns})
