"""The rule book of a date: every control of the catalogue, how often it fired, how often it was waived."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from types import MappingProxyType

import msgspec

from pipeline.wording import message
from schemas.form import Form
from schemas.remarks import Catalogue, Remark, Severity

_GRAVITY = list(Severity)

# Date -> code -> errors and warnings that stood then; None: not known. A code that is missing stood nowhere.
Standing = Mapping[date, Mapping[str, int | None]]


class Rule(msgspec.Struct, frozen=True):
    """One control in Russian. `rule`: what it asks for; `example`: what is said where it is broken; `severity`: as the
    office has set it; `fired`: remarks of the date, `waived` of which a waiver covers; `off`: the office has
    switched it off; `standing`: date -> its errors and warnings then, None where it is not known (`Standing`)."""

    code: str
    severity: Severity
    title: str
    rule: str
    example: str
    fired: int
    waived: int
    off: bool
    standing: dict[date, int | None] = msgspec.field(default_factory=dict)


def about_nothing(form: Form, catalogue: Catalogue) -> frozenset[str]:
    """Codes of the rules about what the form does not have."""
    asked = {item.kind.value for item in (*form.items, *form.cells)}
    of_kinds = (
        code for code, entry in catalogue.entries.items() if entry.kinds and not asked.intersection(entry.kinds)
    )
    of_problems = () if form.problems else ("PROBLEM-NO-SOLUTION",)
    of_lists = () if any(lines.bounded for lines in form.lists.values()) else ("LIST-SHORT", "LIST-LONG")
    of_controls = () if form.controls else ("ABOVE-LIMIT",)
    of_deadlines = () if form.answer_due else ("ANSWER-NO",)
    return frozenset((*of_kinds, *of_problems, *of_lists, *of_controls, *of_deadlines))


def rule_book(
    catalogue: Catalogue,
    remarks: Iterable[Remark],
    standing: Standing = MappingProxyType({}),
    left_out: Collection[str] = (),
) -> tuple[Rule, ...]:
    """All rules: those that fired most often first, then the gravest, then by code. `remarks`: those of the date;
    `left_out`: codes of those that are about what the form does not have."""
    remarks = list(remarks)
    fired = Counter(remark.code for remark in remarks)
    waived = Counter(remark.code for remark in remarks if remark.waiver)
    rules = [
        Rule(
            code,
            entry.severity,
            entry.title,
            entry.rule,
            message(catalogue.example(code), catalogue),
            fired[code],
            waived[code],
            off=code in catalogue.off,
            standing={day: counts.get(code, 0) for day, counts in standing.items()},
        )
        for code, entry in catalogue.entries.items()
        if fired[code] or code not in left_out
    ]
    return tuple(sorted(rules, key=lambda rule: (-rule.fired, _GRAVITY.index(rule.severity), rule.code)))
