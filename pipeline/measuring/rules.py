"""The rule book of a date: every control of the catalogue, how often it fired, how often it was waived."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.wording import message
from schemas.remarks import Catalogue, Remark, Severity

_GRAVITY = list(Severity)


@dataclass(frozen=True)
class Rule:
    """One control in Russian. `rule`: what it asks for; `example`: what is said where it is broken; `severity`: as the
    office has set it; `fired`: remarks of the date, `waived` of which a waiver covers; `off`: the office has
    switched it off."""

    code: str
    severity: Severity
    title: str
    rule: str
    example: str
    fired: int
    waived: int
    off: bool


def rule_book(catalogue: Catalogue, remarks: Iterable[Remark]) -> tuple[Rule, ...]:
    """All rules: those that fired most often first, then the gravest, then by code. `remarks`: those of the date."""
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
        )
        for code, entry in catalogue.entries.items()
    ]
    return tuple(sorted(rules, key=lambda rule: (-rule.fired, _GRAVITY.index(rule.severity), rule.code)))
