"""Every school and item with a due date: done, in progress, overdue, not applicable, unknown."""

import pandas as pd

from pipeline.checking.judgement import Checked
from pipeline.checking.table import Report
from pipeline.measuring.figures import Milestone, Share
from pipeline.measuring.picture import Picture
from pipeline.reading.wordings import is_one_of
from schemas.form import Form, Item, Kind

_WHOLE = 100.0


def milestones(checked: Checked, shown: Picture, coverage: pd.DataFrame, form: Form) -> pd.DataFrame:
    """One row a school expected and item with a due date (`Figures.milestones`). A deadline has passed from the day
    after it."""
    shares = {(code, item): (share, percent) for code, item, share, percent in _shares(coverage)}
    facts = _facts(checked, shown)
    rows = []
    for school in shown.schools:
        report = shown.chosen.get(school.code)
        for item in form.due_items:
            assert item.due is not None
            state = Milestone.UNKNOWN
            if report is not None:
                said = shares.get((school.code, item.number), (Share.NO_ANSWER, float("nan")))
                done = _done(item, report, facts, said, checked, form)
                state = done or (Milestone.OVERDUE if shown.as_of > item.due else Milestone.IN_PROGRESS)
            late = (shown.as_of - item.due).days if state is Milestone.OVERDUE else 0
            rows.append((school.code, item.number, item.due, state, late))
    return pd.DataFrame(rows, columns=["school_code", "item", "due", "state", "days_late"])


def _done(
    item: Item,
    report: Report,
    facts: dict[tuple[int, str], dict[str, str]],
    share: tuple[Share, float],
    checked: Checked,
    form: Form,
) -> Milestone | None:
    """DONE or NOT_APPLICABLE, None when neither."""
    said = facts.get((report.number, item.number), {})
    if item.measured:
        if share[0] is Share.NOT_APPLICABLE:
            return Milestone.NOT_APPLICABLE
        return Milestone.DONE if share[0] is Share.COUNTED and share[1] >= _WHOLE - 1e-9 else None
    if item.may_be_not_required and is_one_of(said.get("text", ""), form.recognise.not_required):
        return Milestone.NOT_APPLICABLE
    if (report.number, item.number) in checked.set_aside:
        return None
    match item.kind:
        case Kind.PERSON:
            done = "person" in said
        case Kind.DOCUMENT:
            done = {"number", "date"} <= said.keys()
        case Kind.ACTS:
            acts = [f for (n, number), f in facts.items() if n == report.number and _row_of(number, item.number)]
            done = any({"number", "date"} <= act.keys() for act in acts)
            if any(is_one_of(act.get("text", ""), form.recognise.not_required) for act in acts) and not done:
                return Milestone.NOT_APPLICABLE if item.may_be_not_required else None
        case Kind.YES_NO:
            done = said.get("yes") == "да"
        case _:
            done = bool(said.get("text")) and said["text"].casefold() != "нет"
    return Milestone.DONE if done else None


def _row_of(number: str, item: str) -> bool:
    return number == item or number.rpartition(".")[0] == item


def _shares(coverage: pd.DataFrame) -> "zip[tuple[str, str, Share, float]]":
    return zip(coverage["school_code"], coverage["item"], coverage["share"], coverage["percent"], strict=True)


def _facts(checked: Checked, shown: Picture) -> dict[tuple[int, str], dict[str, str]]:
    """(report, item) -> field -> words, of the reports in the picture."""
    table = checked.answers[checked.answers["report"].isin(list(shown.numbers))]
    found: dict[tuple[int, str], dict[str, str]] = {}
    for report, item, field, text in zip(table["report"], table["item"], table["field"], table["text"], strict=True):
        found.setdefault((report, item), {})[field] = text
    return found
