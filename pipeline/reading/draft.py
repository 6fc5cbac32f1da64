"""A draft registry from what the reports themselves say, for an office that has none yet."""

import re
from collections import Counter

from pipeline.reading.records import FileRead, Registry, ReportRead, School
from pipeline.reading.schools import Name, parse
from schemas.form import Form


def draft_registry(reads: list[FileRead], form: Form) -> Registry:
    """Schools under the names found, with the bases that their reports state most often; codes in their order."""
    by_name: dict[Name, list[ReportRead]] = {}
    for read in reads:
        for report in read.reports:
            if report.school_as_written:
                by_name.setdefault(parse(report.school_as_written), []).append(report)
    ordered = sorted(by_name.items(), key=lambda pair: (_number(pair[0]), pair[0].spoken))
    schools = [
        School(f"{here:02d}", _name(reports), bases=_bases(reports, form))
        for here, (_, reports) in enumerate(ordered, start=1)
    ]
    return Registry(tuple(schools), draft=True)


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
