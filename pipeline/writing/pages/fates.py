"""How it is said what became of the management's decisions: on «Решения» and on the first page alike."""

from collections.abc import Sequence

from pipeline import wording
from pipeline.measuring.figures import Fate, Followed, Gain
from pipeline.wording import NBSP
from pipeline.writing.pages.doubts import with_mark
from pipeline.writing.pages.theme import Mark
from pipeline.writing.pages.words import signed
from schemas.decided import Decided

_MARKS = {
    Fate.DONE: Mark.ON_PLAN,
    Fate.TICKED: Mark.ON_PLAN,
    Fate.DOUBTED: Mark.CHECK,
    Fate.NOT_DONE: Mark.BELOW,
    Fate.OVERDUE: Mark.OVERDUE,
    Fate.UNKNOWN: Mark.NO_ANSWER,
}


def fate_said(one: Followed) -> str:
    """«× просрочено», with what has to be known beside it."""
    said = f"{_MARKS[one.fate]} {one.fate}"
    if one.fate is Fate.UNKNOWN:
        said += ": решает управление"
    if one.contradicted:
        said += "; по отчётам — нет"
    if one.late and one.fate is not Fate.OVERDUE:
        said += "; срок прошёл"
    return said


def due_said(decided: Decided) -> str:
    """The day, or what was typed instead of one; blank where nothing was."""
    return wording.day(decided.due) if decided.due else decided.due_as_typed


def gained_said(gains: Sequence[Gain], concerned: int) -> str:
    """«+46 чел. у 3 из 4 школ»; blank where no school is concerned."""
    if not concerned:
        return ""
    if not gains:
        return "неизвестно"
    of_whom = f" у {wording.number(len(gains))} из {wording.schools(concerned, wording.Case.GENITIVE)}"
    return people_gained(gains) + (of_whom if concerned > 1 else "")


def people_gained(gains: Sequence[Gain]) -> str:
    """«+46 чел.», with the mark where some of them are under question."""
    people = f"{signed(round(sum(one.people for one in gains)))}{NBSP}чел."
    return with_mark(people, any(one.doubted for one in gains))
