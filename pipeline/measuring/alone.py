"""The figures of one school as if it were the whole municipality: what its page is made of.

No other school is named in them, so none can be on the page.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pandas as pd

from pipeline.measuring.figures import (
    Doubts,
    Explained,
    Figures,
    Former,
    Mended,
    Numbers,
    Problem,
    Remarked,
    RemarkHistory,
    Rests,
    Statement,
)
from pipeline.measuring.names import Others
from schemas.district import School
from schemas.explained import asked
from schemas.remarks import Remark

NOT_NAMED = "название не приводится"

_MUNICIPALITY = ""  # its school_code in the trend


def alone(figures: Figures, school: School) -> Figures:
    """The municipality's row is the school's; `totals`, `bases`, `rules`, `reconciliation.items` stay as they are."""
    others = figures.names.of_others(school)
    before = figures.before
    own = [(remark, _naming_nobody(remark, others)) for remark in _own_remarks(school, figures)]
    return replace(
        figures,
        **_own_figures(school, figures, others),
        year=msgspec.structs.replace(
            figures.year, schools=tuple(one for one in figures.year.schools if one.school == school)
        ),
        registered=(school,),
        milestones=_of(school, figures.milestones),
        steps=_of(school, figures.steps),
        measures=_of(school, figures.measures),
        answers=_of(school, figures.answers),
        problems=tuple(_with_solutions_alone(p, others) for p in figures.problems if p.school == school),
        remarks=tuple(remark for _, remark in own),
        mended=tuple(_naming_nobody_else(one, others) for one in figures.mended if one.remark.school == school.code),
        unattributed=(),
        unbased=frozenset(one for one in figures.unbased if one[0] == school.code),
        sources=tuple(source for source in figures.sources if source.school_code == school.code),
        reconciliation=msgspec.structs.replace(
            figures.reconciliation,
            set_aside=(),
            taken=tuple(one for one in figures.reconciliation.taken if one.school == school),
        ),
        waivers=tuple(waiver for waiver in figures.waivers if waiver.school == school.code),
        explanations=tuple(_explained_alone(school, figures, own)),
        remark_history=_own_history(school, figures.remark_history, others),
        restated=(),
        followed=(),
        before=replace(before, **_own_figures(school, before, others)) if before and school in before.schools else None,
    )


def _own_figures(school: School, figures: Former, others: Others) -> dict[str, Any]:
    """What is said of any date."""
    row = next((row for row in figures.activation if row.school == school), None)
    return {
        "schools": (school,),
        "submissions": tuple(line for line in figures.submissions if line.school == school),
        "coverage": _of(school, figures.coverage),
        "groups": figures.groups.iloc[:0],
        "activation": tuple(row for row in figures.activation if row.school == school),
        "municipality": msgspec.structs.replace(row, school=None) if row else figures.municipality,
        "trend": _own_course(school, figures.trend),
        "numbers": Numbers(tuple(one for one in figures.numbers.schools if one.school_code == school.code)),
        "doubts": _own_doubts(school, figures.doubts, others),
        "undoubted": None,
    }


def naming_nobody(remarks: Iterable[Remark], school: School, remarked: Remarked) -> list[Remark]:
    """The remarks as the school is told them: no other school and no file of another is named."""
    others = remarked.names.of_others(school)
    return [_naming_nobody(remark, others) for remark in remarks]


def _of(school: School, frame: pd.DataFrame) -> pd.DataFrame:
    """Its rows. The answers carry a school in each, and in their categories the codes and files of all others."""
    own = frame[frame["school_code"] == school.code]
    texts = own.select_dtypes("category")
    return own.assign(**{str(name): column.cat.remove_unused_categories() for name, column in texts.items()})


def _own_course(school: School, trend: pd.DataFrame) -> pd.DataFrame:
    """A figure that is carried forward is no new measurement."""
    own = _of(school, trend)
    return own[~own["carried"]].assign(school_code=_MUNICIPALITY)


def _own_remarks(school: School, figures: Figures) -> Iterator[Remark]:
    """Those on the registry are the office's."""
    files = {source.file for source in figures.sources}
    return (remark for remark in figures.remarks if remark.school == school.code and remark.file in files)


def _own_history(school: School, history: RemarkHistory, others: Others) -> RemarkHistory:
    """How many errors it had and has corrected, not how many all of them."""
    return RemarkHistory(
        standing={identity: age for identity, age in history.standing.items() if identity[0] == school.code},
        raised_by={code: errors for code, errors in history.raised_by.items() if code == school.code},
        corrected=tuple(_naming_nobody(one, others) for one in history.corrected if one.school == school.code),
    )


def _explained_alone(school: School, figures: Figures, own: Iterable[tuple[Remark, Remark]]) -> Iterator[Explained]:
    """What the school has said, beside its remarks as they are told to it alone. `own`: each before and after."""
    known = {asked(remark): asked(told) for remark, told in own}
    for one in figures.explanations:
        if one.asked.school == school.code:
            yield one._replace(asked=known.get(one.asked) or one.asked)


def _own_doubts(school: School, doubts: Doubts, others: Others) -> Doubts:
    """On the school's statements, on those of the municipality that it stands for, and on its place among the others:
    there that an answer is under question, but not whose."""
    found: dict[Statement, tuple[Remark, ...]] = {}
    for statement, remarks in doubts.found.items():
        own = tuple(_naming_nobody(remark, others) for remark in remarks if remark.school == school.code)
        if statement.school == school.code:
            found |= {statement: own, statement._replace(school=_MUNICIPALITY): own}
        elif statement.rests is Rests.PEERS:
            found[statement] = own
    return Doubts(found)


def _with_solutions_alone(problem: Problem, others: Others) -> Problem:
    """What other schools do about it, without them; a solution that names one is left out."""
    offered = [(problem.school, words) for _, words in problem.offered if not others.are_named_in(words)]
    return msgspec.structs.replace(problem, offered=tuple(offered))


def _naming_nobody(remark: Remark, others: Others) -> Remark:
    """A figure names nobody, though a file may be called «5»."""

    def told(value: Any) -> Any:
        return NOT_NAMED if isinstance(value, str) and others.are_named_in(value) else value

    data = tuple((key, told(value)) for key, value in remark.data)
    return replace(remark, data=data, folded=tuple(_naming_nobody(one, others) for one in remark.folded))


def _naming_nobody_else(one: Mended, others: Others) -> Mended:
    return one._replace(remark=_naming_nobody(one.remark, others))
