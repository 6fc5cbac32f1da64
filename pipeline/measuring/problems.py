"""What gets in the way, in the schools' own words, grouped by the form's stems."""

from datetime import date

from pipeline.checking.judgement import Checked
from pipeline.measuring.figures import Problem
from pipeline.measuring.picture import Picture
from pipeline.reading.wordings import plain
from schemas.form import Form

OTHER = "Другое"


def problems(checked: Checked, shown: Picture, form: Form) -> tuple[Problem, ...]:
    """The problems named in the picture's reports: the group that most schools name first, then by school."""
    schools = {school.code: school for school in shown.schools}
    table = checked.answers[checked.answers["field"].isin(["problem", "solution"])]
    said: dict[tuple[int, str], dict[str, str]] = {}
    for report, item, field, text in zip(table["report"], table["item"], table["field"], table["text"], strict=True):
        said.setdefault((report, item), {})[field] = text
    first_named = _first_named(checked, said)
    found = [
        Problem(
            group_of(words["problem"], form),
            schools[report.school],
            words["problem"],
            words.get("solution", ""),
            first_named[report.school, plain(words["problem"])],
        )
        for (number, _), words in said.items()
        if (report := shown.reports.get(number)) and "problem" in words
    ]
    naming = {group: len({p.school.code for p in found if p.group == group}) for group in {p.group for p in found}}
    return tuple(sorted(found, key=lambda p: (-naming[p.group], p.group == OTHER, p.group, p.school.code, p.problem)))


def group_of(problem: str, form: Form) -> str:
    """The first group one of whose stems begins a word of the problem."""
    words = plain(problem)
    for group in form.problem_groups:
        if any(f" {plain(stem)}" in f" {words}" for stem in group.stems):
            return group.title
    return OTHER


def _first_named(checked: Checked, said: dict[tuple[int, str], dict[str, str]]) -> dict[tuple[str, str], date]:
    """(school, problem) -> date of its first report that names it."""
    first: dict[tuple[str, str], date] = {}
    for (number, _), words in said.items():
        report = checked.reports[number]
        if "problem" in words and report.as_of:
            key = report.school, plain(words["problem"])
            first[key] = min(first.get(key, report.as_of), report.as_of)
    return first
