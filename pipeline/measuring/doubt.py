"""Doubt is inherited: which derived statements rest on an accepted answer that an open remark puts under question.

An answer is under question by a remark of the catalogue's `doubts` that the office has not waived: on its item, on its
whole report, or on the answers that its report takes over. What was taken over bears the remarks of the report that
gave it, too.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

import pandas as pd

from pipeline.checking.carrying import Key
from pipeline.checking.judgement import Checked
from pipeline.checking.table import Report, of_keys, place_of, values_of
from pipeline.measuring.evidence import Doubted, Evidence
from pipeline.measuring.figures import Doubts, Former, Measured, Rests, Share, Statement
from pipeline.measuring.milestones import Milestones
from pipeline.measuring.picture import Picture
from schemas.answers import OF_ANOTHER_DATE, Why
from schemas.form import Form, Kind
from schemas.remarks import Catalogue, Question, Remark

_WHOLE = ""  # the municipality, among schools
_NONE = -1  # no report: remarks on files and folders
_OF_PEOPLE = ["covered", "total", "percent"]


# ── answers ──────────────────────────────────────────────────────────────────────────────────────────────
def doubted_answers(checked: Checked, answered: pd.DataFrame, form: Form, catalogue: Catalogue) -> Doubted:
    """Of the items with a share, those with a due date, figures and choices: (report, item) whose answer is accepted ->
    the open remarks that put it under question. `answered`: `coverage.answered_shares`. What a list says in a column is
    one answer (`6/участники`), whichever line bears the remark."""
    questions = _Questions(checked, form, catalogue)
    items = [item.number for item in form.items if item.measured or item.due]
    items += [item.number for item in form.questions if form.asks_for_figures and item.counted_over_schools]
    found = {key: remarks for key in questions.reach(items) if (remarks := questions.on(*key))}
    if not found:
        return {}
    accepted = {*answered.index[answered["share"] == Share.COUNTED].tolist(), *_in_words(checked, form)}
    accepted |= set(_figures(checked, form))
    return {key: remarks for key, remarks in found.items() if key in accepted}


def _in_words(checked: Checked, form: Form) -> Iterator[Key]:
    """What has a due date and no share: accepted answers."""
    asked = {item.number for item in form.due_items if not item.measured}
    table = checked.answers
    answered = {item: answer for item in table["item"].unique() if (answer := form.answered_by(item)) in asked}
    rows = table[table["counted"] & table["item"].isin(list(answered))]
    return ((number, answered[item]) for number, item in values_of(rows, "report", "item"))


def _figures(checked: Checked, form: Form) -> Iterator[Key]:
    """Figures with a unit and choices: accepted answers."""
    if form.asks_for_figures:
        fields = ["value", "choice", "yes"]
        table = checked.answers[checked.answers["counted"] & checked.answers["field"].isin(fields)]
        for number, item in zip(table["report"].tolist(), table["item"].tolist(), strict=True):
            yield number, form.answered_by(item)


class _Questions:
    """The open remarks by which something is under question, by the report and item on which they stand."""

    def __init__(self, checked: Checked, form: Form, catalogue: Catalogue) -> None:
        self._taken: dict[Key, dict[tuple[int, Why], None]] = {}  # rows of acts may come from several reports
        for (number, item), whence in checked.taken.items():
            self._taken.setdefault((number, form.answered_by(item)), {})[whence] = None
        table = checked.answers
        takers = table["report"].isin([number for number, _ in self._taken])
        own = table[takers & (table["carried"] == "")]
        self._own = {(number, form.answered_by(item)) for number, item in values_of(own, "report", "item")}
        self._found: dict[Question, dict[Key, list[Remark]]] = {kind: {} for kind in Question}
        numbers = {report.place: report.number for report in checked.reports}
        for said in checked.remarks:
            number = numbers.get(place_of(said), _NONE)
            for one in said.told:
                if kind := catalogue.doubted_by(one):
                    key = number, form.answered_by(one.item) if kind is Question.ITEM else ""
                    self._found[kind].setdefault(key, []).append(self._told(said, one, key))

    def _told(self, said: Remark, one: Remark, key: Key) -> Remark:
        """What follows from a copied report doubts its own answer by the remark of its cause; but what is taken over
        from another report is no answer of that one."""
        return replace(said, item=one.item, cell=one.cell) if self._is_of_its_date(key) else one

    def _is_of_its_date(self, key: Key) -> bool:
        """Does the report say any of it itself for its date."""
        whys = [why for _, why in self._taken.get(key, ())]
        return key in self._own or not whys or any(why not in OF_ANOTHER_DATE for why in whys)

    def reach(self, items: Iterable[str]) -> set[Key]:
        """All (report, item) that any of them may reach. `items`: of the form."""
        if not any(self._found.values()):
            return set()
        whole = {number for kind in (Question.REPORT, Question.TAKEN) for number, _ in self._found[kind]}
        return {*self._found[Question.ITEM], *self._taken, *((number, item) for number in whole for item in items)}

    def on(self, report: int, item: str) -> tuple[Remark, ...]:
        """Nearest first; what is said again in the report that takes an answer over is the same remark."""
        found: dict[tuple[object, ...], Remark] = {}
        for said in self._all_on(report, item):
            found.setdefault((said.code, said.value, said.data), said)
        return tuple(found.values())

    def _all_on(self, report: int, item: str) -> Iterator[Remark]:
        """What is taken over from another date is not what the report says for its own."""
        taken = self._taken.get((report, item), ())
        yield from self._found[Question.ITEM].get((report, item), ())
        if self._is_of_its_date((report, item)):
            yield from self._found[Question.REPORT].get((report, ""), ())
        if any(why is Why.PARTIAL for _, why in taken):
            yield from self._found[Question.TAKEN].get((report, ""), ())
        for source, _ in taken:
            yield from self._all_on(source, item)


def without_doubted(answered: pd.DataFrame, doubted: Doubted) -> pd.DataFrame:
    """`answered` as if the answers under question had been set aside."""
    answered, held = answered.copy(), of_keys(answered.index.to_frame(index=False), doubted).to_numpy()
    answered.loc[held, "share"] = Share.SET_ASIDE
    answered.loc[held, _OF_PEOPLE] = float("nan")
    answered.loc[held, "derived"] = False
    return answered


def figures_without(answers: pd.DataFrame, doubted: Doubted, form: Form) -> pd.DataFrame:
    """The table of all facts as if the figures and choices under question had been set aside."""
    some = answers[answers["report"].isin([number for number, _ in doubted])]
    held = [(number, form.answered_by(item)) in doubted for number, item in values_of(some, "report", "item")]
    return answers.assign(counted=answers["counted"] & ~answers.index.isin(some.index[held]))


# ── statements ───────────────────────────────────────────────────────────────────────────────────────────
Answers = Mapping[tuple[str, str], tuple[Remark, ...]]  # (school, item) under question in a picture -> why


def inherited(
    evidence: Evidence,
    measured: Measured,
    pictures: Iterable[Picture],
    courses: Mapping[str, Sequence[Report]],
    standings: Milestones,
    before: Former | None,
) -> Doubts:
    """`pictures`: of the trend's dates. `courses`: code -> the reports through which the school's own line goes.
    `before`: the figures of the last reporting date."""
    if not evidence.doubted:
        return Doubts()
    found, answers = _of_figures(evidence)
    if before:
        _add_changes(found, answers, measured, before, evidence.form)
    _add_numbers(found, evidence, answers)
    _add_milestones(found, answers, standings)
    _add_points(found, evidence, pictures)
    _add_courses(found, evidence, measured, courses)
    return found.doubts()


def on_figures(evidence: Evidence) -> Doubts:
    """Of the municipality's figures alone: what is asked of the date before."""
    found, answers = _of_figures(evidence)
    _add_numbers(found, evidence, answers)
    return found.doubts()


def _of_figures(evidence: Evidence) -> "tuple[_Found, Answers]":
    """What rests on the answers of the picture themselves; and these."""
    found, answers = _Found(), _in_picture(evidence, evidence.shown)
    for (code, item), remarks in answers.items():
        found.add(Statement(Rests.FIGURE, code, item), remarks)
        found.add(Statement(Rests.FIGURE, _WHOLE, item), remarks)
        if evidence.form.item(item).measured:
            found.add(Statement(Rests.PEERS, item=item), remarks)
    return found, answers


def _add_numbers(found: "_Found", evidence: Evidence, answers: Answers) -> None:
    """What the municipality's figures of a unit rest on beside its own answers: of Σ ÷ Σ both sums, of a difference the
    figures of the date before, of a year those of all its periods."""
    form, of_periods = evidence.form, evidence.form.period.every != "date"
    earlier = [_in_picture(evidence, one) for one in evidence.earlier_of_its_year] if of_periods else []
    for item in (one for one in form.questions if one.kind is Kind.NUMBER):
        row = item.number.partition("/")[0]
        terms = [number if form.has(number) else f"{row}/{number}" for number in item.ratio]
        here = [remarks for (_, number), remarks in answers.items() if number in terms]
        found.add(Statement(Rests.FIGURE, _WHOLE, item.number), chain.from_iterable(here))
        if of_periods:
            of_it = [item.number, *terms]
            _add_periods(found, Statement(Rests.CHANGE, _WHOLE, item.number), [*earlier[-1:], answers], of_it)
            _add_periods(found, Statement(Rests.YEAR, _WHOLE, item.number), [*earlier, answers], of_it)


def _add_periods(found: "_Found", told: Statement, periods: Sequence[Answers], numbers: Collection[str]) -> None:
    """`numbers`: of the items whose answers in these periods it rests on."""
    said = (remarks for one in periods for (_, number), remarks in one.items() if number in numbers)
    found.add(told, chain.from_iterable(said))


class _Found:
    """Each remark once a statement, in the order in which it is met."""

    def __init__(self) -> None:
        self._found: dict[Statement, dict[Remark, None]] = {}

    def add(self, statement: Statement, remarks: Iterable[Remark]) -> None:
        if remarks := dict.fromkeys(remarks):
            self._found.setdefault(statement, {}).update(remarks)

    def points_of_all(self) -> list[Remark]:
        """On the points of the municipality's line."""
        points = (said for one, said in self._found.items() if one.rests is Rests.POINT and one.school == _WHOLE)
        return [remark for said in points for remark in said]

    def doubts(self) -> Doubts:
        return Doubts({statement: tuple(remarks) for statement, remarks in self._found.items()})


def _add_milestones(found: _Found, answers: Answers, standings: Milestones) -> None:
    """Of the items with a due date and of those that show a measure, then of the steps of the headline item."""
    evidence = standings.evidence
    form, headline = evidence.form, evidence.form.headline_number
    reports = {report for report, _ in evidence.doubted}
    codes = {report.school for report in evidence.checked.counting if report.number in reports}
    items = [item for item in form.items if item.due or item.number in form.shown]
    for school in evidence.shown.schools:
        if school.code not in codes:
            continue
        for item in items:
            if (school.code, item.number) not in evidence.left_out:
                proofs = standings.proofs(item).get(school.code, ())
                _add_milestone(found, Statement(Rests.MILESTONE, school.code, item.number), proofs, answers, evidence)
        for target in form.targets if (school.code, headline) not in evidence.left_out else ():
            step = Statement(Rests.MILESTONE, school.code, headline, target.by)
            _add_milestone(found, step, standings.proofs_of_step(school, target), answers, evidence)


def _add_milestone(
    found: _Found, milestone: Statement, proofs: Sequence[Report], answers: Answers, evidence: Evidence
) -> None:
    """One report that nothing puts under question is enough to show it as done; but where less has been said since, and
    that is under question, either of them may be wrong."""
    of_each = [evidence.doubted.get((report.number, milestone.item), ()) for report in proofs]
    remarks = of_each[-1] if of_each and all(of_each) else ()
    if not proofs or proofs[-1] is not evidence.shown.chosen[milestone.school]:
        remarks = (*answers.get((milestone.school, milestone.item), ()), *remarks)
    found.add(milestone, remarks)
    found.add(milestone._replace(school=_WHOLE), remarks)


def _in_picture(evidence: Evidence, shown: Picture) -> Answers:
    schools = {report.number: code for code, report in shown.chosen.items()}
    keys = sorted((schools[number], item, number) for number, item in evidence.doubted if number in schools)
    due = evidence.form.due_items
    in_words = {item.number for item in due if not item.measured and item.kind not in (Kind.NUMBER, Kind.CHOICE)}
    return {  # a milestone in words that the office has left out rests on no answer
        (code, item): evidence.doubted[number, item]
        for code, item, number in keys
        if not (item in in_words and (code, item) in evidence.left_out)
    }


def _add_changes(found: _Found, answers: Answers, measured: Measured, before: Former, form: Form) -> None:
    """The municipality's rest on the schools that are counted on both dates."""
    then = {(one.school, one.item): said for one, said in before.doubts.found.items() if one.rests is Rests.FIGURE}
    totals = measured.totals
    compared = set(totals.index[totals["change"].notna()])
    moved = {row.school.code for row in measured.activation if row.school and row.change is not None}
    on_both = _counted(measured.coverage) & _counted(before.coverage)
    for code, item in sorted((answers.keys() | then.keys()) & on_both):
        remarks = (*answers.get((code, item), ()), *then.get((code, item), ()))
        if item in compared:
            found.add(Statement(Rests.CHANGE, _WHOLE, item), remarks)
        if item == form.headline_number and code in moved:
            found.add(Statement(Rests.CHANGE, code, item), remarks)


def _counted(coverage: pd.DataFrame) -> set[tuple[str, str]]:
    """(school, item)"""
    counted = coverage[coverage["share"] == Share.COUNTED]
    return set(values_of(counted, "school_code", "item"))


def _add_points(found: _Found, evidence: Evidence, pictures: Iterable[Picture]) -> None:
    """A figure that is carried forward is counted in the municipality's, and is no point of the school's own."""
    headline = evidence.form.headline_number
    carried = evidence.answered["carried"]
    for shown in pictures:
        for (code, item), remarks in _in_picture(evidence, shown).items():
            if item != headline:
                continue
            found.add(Statement(Rests.POINT, _WHOLE, day=shown.as_of), remarks)
            if code not in shown.carried and not carried[shown.chosen[code].number, item]:
                found.add(Statement(Rests.POINT, code, day=shown.as_of), remarks)


def _add_courses(
    found: _Found, evidence: Evidence, measured: Measured, courses: Mapping[str, Sequence[Report]]
) -> None:
    headline = evidence.form.headline_number
    for row in measured.activation:
        if row.school and row.pace is not None:
            for report in courses[row.school.code]:
                remarks = evidence.doubted.get((report.number, headline), ())
                found.add(Statement(Rests.COURSE, row.school.code), remarks)
    if measured.municipality.pace is not None:
        found.add(Statement(Rests.COURSE), found.points_of_all())
