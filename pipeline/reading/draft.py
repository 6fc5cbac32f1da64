"""A draft registry from what the reports themselves say, for an office that has none yet."""

import re
from collections import Counter

from rapidfuzz import fuzz

from schemas.district import Registry, School
from schemas.form import Form
from schemas.reports import FileRead, ReportRead
from schemas.school_names import Name, parse

_LOOK_ALIKE = 80.0  # names without a number that are at least so alike are shown side by side


def draft_registry(reads: list[FileRead], form: Form) -> Registry:
    """Schools under the names found, with the bases that their reports state most often; codes in their order."""
    by_name: dict[object, list[ReportRead]] = {}
    names: dict[object, Name] = {}
    for read in reads:
        for report in read.reports:
            if report.school_as_written:
                name = parse(report.school_as_written)
                names.setdefault(name.key, name)
                by_name.setdefault(name.key, []).append(report)
    ordered = sorted(by_name.items(), key=lambda pair: (_number(names[pair[0]]), names[pair[0]].spoken))
    schools = [
        School(f"{here:02d}", _name(reports), bases=_bases(reports, form))
        for here, (_, reports) in enumerate(ordered, start=1)
    ]
    return Registry(tuple(schools), draft=True)


def look_alikes(registry: Registry) -> dict[str, list[str]]:
    """Code -> names of other schools of the draft that may be the same one: a person joins them."""
    names = {school.code: parse(school.name) for school in registry.schools}
    return {
        school.code: [
            s.name for s in registry.schools if s is not school and _may_be_one(names[school.code], names[s.code])
        ]
        for school in registry.schools
    }


def _may_be_one(a: Name, b: Name) -> bool:
    if a.numbers or b.numbers:
        return a.numbers == b.numbers
    return fuzz.ratio(a.spoken, b.spoken) >= _LOOK_ALIKE


def _number(name: Name) -> int:
    return min((int(n) for n in name.numbers), default=1_000_000)


def _name(reports: list[ReportRead]) -> str:
    """The name as written most often, without the code that Svod's own form puts behind it."""
    names = [re.sub(r"\s*\(код\s[^)]*\)", "", report.school_as_written) for report in reports]
    return Counter(names).most_common(1)[0][0]


def _bases(reports: list[ReportRead], form: Form) -> dict[str, float]:
    said: dict[str, Counter[float]] = {base.id: Counter() for base in form.bases}
    for report in reports:
        for base, people, _ in report.bases:
            said[base][people] += 1
        for fact in report.facts:
            if fact.field == "total" and fact.basis == "stated" and isinstance(fact.value, float):
                said[form.item(fact.item).base][fact.value] += 1
    return {base: counts.most_common(1)[0][0] for base, counts in said.items() if counts}
