"""Every school and item with a due date: done, in progress, overdue, not applicable, unknown."""

from collections.abc import Iterable

import pandas as pd

from pipeline.checking.judgement import Checked
from pipeline.measuring.coverage import CoverageRow, coverage_rows
from pipeline.measuring.figures import Milestone, Share
from pipeline.measuring.picture import Picture
from pipeline.reading.records import Waiver
from pipeline.reading.wordings import plain
from pipeline.reading.yes_no import NO, YES, read_yes_no
from schemas.form import Form, Item, Kind

Facts = dict[str, dict[str, str]]  # item -> field -> words

_WHOLE = 100 - 1e-9  # percent; what binary fractions may take away


def milestones(
    checked: Checked, shown: Picture, coverage: pd.DataFrame, form: Form, waivers: Iterable[Waiver] = ()
) -> pd.DataFrame:
    """One row a school expected and item with a due date (`Figures.milestones`). A deadline has passed from the day
    after it. `coverage`: `Figures.coverage`. `waivers`: those without a code leave a measure out of a school's plan."""
    left_out = {(w.school, w.item) for w in waivers if not w.code and w.covers(w.item, shown.as_of)}
    shares = {(row.school_code, row.item): row for row in coverage_rows(coverage)}
    facts = _facts(checked, shown)
    rows = []
    for school in shown.schools:
        report = shown.chosen.get(school.code)
        for item in form.due_items:
            assert item.due is not None
            state = Milestone.OVERDUE if shown.as_of > item.due else Milestone.IN_PROGRESS
            if report is None:
                state = Milestone.UNKNOWN
            elif (school.code, item.number) in left_out:
                state = Milestone.NOT_APPLICABLE
            elif item.measured:
                state = _of_share(shares[school.code, item.number]) or state
            elif (report.number, item.number) not in checked.set_aside:
                state = _of_words(item, facts.get(report.number, {}), form) or state
            late = (shown.as_of - item.due).days if state is Milestone.OVERDUE else 0
            rows.append((school.code, item.number, item.due, state, late))
    return pd.DataFrame(rows, columns=["school_code", "item", "due", "state", "days_late"])


def _of_share(row: CoverageRow) -> Milestone | None:
    """DONE or NOT_APPLICABLE, None when neither."""
    if row.share is Share.NOT_APPLICABLE:
        return Milestone.NOT_APPLICABLE
    return Milestone.DONE if row.share is Share.COUNTED and row.percent >= _WHOLE else None


def _of_words(item: Item, facts: Facts, form: Form) -> Milestone | None:
    """DONE or NOT_APPLICABLE, None when neither. A typed «нет» is an answer: not done."""
    said = facts.get(item.number, {})
    rows = [fields for number, fields in facts.items() if item.number in (number, number.rpartition(".")[0])]
    if any({"number", "date"} <= row.keys() for row in rows):
        return Milestone.DONE  # a document; of any number of acts one at least
    if item.may_be_not_required and any(_not_required(row.get("text", ""), form) for row in rows):
        return Milestone.NOT_APPLICABLE
    match item.kind:
        case Kind.PERSON:
            done = "person" in said
        case Kind.YES_NO:
            done = said.get("yes") == YES
        case Kind.TEXT:
            done = "text" in said and read_yes_no(said["text"]).said != NO
        case _:
            done = False
    return Milestone.DONE if done else None


def _not_required(text: str, form: Form) -> bool:
    """«не требуется», also with a reason after it."""
    return any(f"{plain(text)} ".startswith(f"{plain(words)} ") for words in form.recognise.not_required)


def _facts(checked: Checked, shown: Picture) -> dict[int, Facts]:
    """Number of a report in the picture -> what it says."""
    table = checked.answers[checked.answers["report"].isin(list(shown.reports))]
    found: dict[int, Facts] = {}
    for report, item, field, text in zip(table["report"], table["item"], table["field"], table["text"], strict=True):
        found.setdefault(report, {}).setdefault(item, {})[field] = text
    return found
