"""The rule book of a date: every control of the catalogue, how often it fired, how often an exception was granted."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.wording import message
from schemas.remarks import Catalogue, Remark, Severity

_GRAVITY = list(Severity)


@dataclass(frozen=True)
class Rule:
    """One control in Russian. `rule`: what it asks for; `example`: what is said where it is broken; `severity`: as the
    office has set it; `fired`: remarks of the date, `excepted` of which an exception has lowered; `off`: the office has
    switched it off."""

    code: str
    severity: Severity
    title: str
    rule: str
    example: str
    fired: int
    excepted: int
    off: bool


def rule_book(catalogue: Catalogue, remarks: Iterable[Remark]) -> tuple[Rule, ...]:
    """All rules: those that fired most often first, then the gravest, then by code. `remarks`: those of the date."""
    remarks = list(remarks)
    fired = Counter(said.code for said in remarks)
    excepted = Counter(said.code for said in remarks if said.exception)
    rules = [
        Rule(
            code,
            entry.severity,
            entry.title,
            entry.rule,
            message(catalogue.example(code), catalogue),
            fired[code],
            excepted[code],
            off=code in catalogue.off,
        )
        for code, entry in catalogue.entries.items()
    ]
    return tuple(sorted(rules, key=lambda rule: (-rule.fired, _GRAVITY.index(rule.severity), rule.code)))
