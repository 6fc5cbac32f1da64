"""A fictional district whose schools report as people do, some of them wrongly: for a first look and for tests.

All of it is invented; all that is asked of the schools comes from the form.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

from pipeline import wording
from pipeline.demo.answers import Answer, Conduct, answers_on, problems_on
from pipeline.demo.district import MAILING, make_schools
from pipeline.demo.faults import Desk
from pipeline.demo.figure_faults import faults_of
from pipeline.demo.forms import Forms
from pipeline.demo.handwriting import Entry, Hand, typed
from pipeline.demo.reports import Report, Truth, own_form_line, unit_of
from pipeline.measuring.figures import State
from pipeline.writing.registry import write_registry
from schemas import registry_book as registry
from schemas.district import Registry, School
from schemas.form import Form
from schemas.remarks import Remark
from schemas.strict import UsageError


@dataclass(frozen=True)
class Planted:
    """One thing that went wrong. `file` is relative to the input folder, blank where the school sent none; `item` blank
    where the whole report is concerned. `codes`: remarks that mean it was found. `state`: what becomes of the school's
    report instead, where nothing was sent that a remark could be on."""

    file: str
    school: str
    item: str
    fault: str
    codes: frozenset[str] = frozenset()
    state: State | None = None


@dataclass(frozen=True)
class District:
    """What was made. `as_of`: the last date reported on. `truth`: what stands in every report that no later file of
    its school corrects, without the answers that a fault has made unreadable."""

    registry: Path
    as_of: date
    planted: tuple[Planted, ...]
    truth: tuple[Truth, ...]


def make(folder: Path, form: Form, schools: int, dates: int, seed: int, *, faulty: float | None = None) -> District:
    """Writes `folder`/input: registry.xlsx and the schools' reports on the form's first `dates` reporting dates.
    The same arguments give the same bytes and file times. `faulty`: which share of the reports holds wrong answers,
    0–1; without it each kind of fault is planted some times, however many schools there are.

    Raises UsageError, one Russian sentence, where that cannot be done.
    """
    days = form.order.reporting_dates[:dates]
    if schools < 1 or dates < 1 or dates > len(form.order.reporting_dates):
        most = len(form.order.reporting_dates)
        raise UsageError(f"Нужна хотя бы одна школа и от 1 до {most} отчётных дат: исправьте --schools и --dates.")
    dice = Random(seed)
    district = make_schools(form, schools, dice)
    erring = frozenset(school.code for school in dice.sample(district, max(1, round(schools * _ERRING))))
    reports = [r for n, s in enumerate(district) for r in _reports(s, days, n % 2 == 0, form, dice)]
    silent = _fall_silent(reports, [s for s in district if s.code not in erring], days, dice, form)
    desk = Desk(form, reports, dice)
    if faulty is None:
        desk.plant(round(schools * _FAULTS_FOR_ONE_SCHOOL), erring, faults_of(form))
    else:
        desk.plant_in(faulty, faults_of(form))

    input_folder = folder / "input"
    files = {report.file: report for report in [*reports, *desk.attempts]}
    _refuse_strangers(input_folder, {registry.FILE, *files})
    office = write_registry(form, Registry(district, MAILING), form.order.date)
    _put(input_folder / registry.FILE, office, _moment(form.order.date))
    forms = Forms(form)
    for file, report in files.items():
        _put(input_folder / file, forms.workbook_of(report), report.arrives)
    planted = [Planted(s.report.file, s.sender.code, s.item, s.fault.name, s.fault.codes) for s in desk.spoilt]
    truth = tuple(fact for report in reports for fact in report.truth())
    return District(input_folder / registry.FILE, days[-1], (*silent, *planted), truth)


def found(
    planted: Iterable[Planted], remarks: Iterable[Remark], states: Mapping[str, State]
) -> list[tuple[Planted, bool]]:
    """Was it found: by a remark on that file and item (a remark on the whole file counts), or by the state of the
    school's report. `states`: school code -> state on the last date."""
    said = {(one.file, one.code, one.item) for remark in remarks for one in remark.told}

    def is_found(p: Planted) -> bool:
        if p.state:
            return states.get(p.school) == p.state
        return any((p.file, code, item) in said for code in p.codes for item in (p.item, ""))

    return [(p, is_found(p)) for p in planted]


# ── who reports when ─────────────────────────────────────────────────────────────────────────────────────────────
_ERRING = 0.25  # of the schools err in their answers
_FAULTS_FOR_ONE_SCHOOL = 1.9
_SLOPPY = 0.4
_LATE = 0.12
_NEVER, _STOPPED = 12, 7  # of those that do not err, one in so many never reports; not at the last date
_PACE = (0.62, 1.3)
# Hours of a school's office: in the Far East it is afternoon then, in Moscow the morning of the same day.
_OPENS_UTC, _OPEN_MINUTES = time(2), 240


def _reports(school: School, days: tuple[date, ...], own_form: bool, form: Form, dice: Random) -> Iterator[Report]:
    """The school's reports, one a date, as it means them: true answers in its own hand."""
    conduct = Conduct(school, dice.uniform(*_PACE), f"answers {dice.random()}")
    hand = Hand(own_form, dice.random() < _SLOPPY, f"hand {dice.random()}")
    names = (school.name, school.full_name, *school.aliases)
    school_line = own_form_line(school) if own_form else dice.choice(names)
    for day in days:
        answers = answers_on(day, conduct, form)
        yield Report(
            school,
            day,
            hand,
            _file_name(school, day, hand, form),
            _arrival(_due(day, form), dice),
            school_line,
            day if own_form or form.period.every == "date" else wording.named(day, form.period.every),
            answers,
            {number: _typed(form, number, answer, hand) for number, answer in answers.items()},
            problems_on(day, conduct, form),
        )


def _typed(form: Form, number: str, answer: Answer, hand: Hand) -> Entry:
    item = form.item(number)
    return typed(item, answer, hand, unit=unit_of(item, form))


def _file_name(school: School, day: date, hand: Hand, form: Form) -> str:
    """As the office keeps them: a folder a date; inside, the names that the schools gave."""
    about = "эл. дневники" if form.headline else form.subject.casefold()
    pattern = hand.dice("file").choice(("{c} {s} {d:%d.%m.%Y}", "Отчёт {c} {s}", "report_{c}_{d}", f"{about} {{c}}"))
    name = pattern.format(c=school.code, s=school.name, d=day)
    return f"{day}/{name}.xlsx"


def _due(day: date, form: Form) -> date:
    """Until when the report is to be sent."""
    return dict(zip(form.order.reporting_dates, form.period.due, strict=False)).get(day, day)


def _arrival(day: date, dice: Random) -> datetime:
    """Most come in the days before the date, some a few days late."""
    days = dice.randint(1, 6) if dice.random() < _LATE else -dice.randint(0, 4)
    return _moment(day + timedelta(days=days)) + timedelta(minutes=dice.randint(0, _OPEN_MINUTES))


def _moment(day: date) -> datetime:
    return datetime.combine(day, _OPENS_UTC, UTC)


def _fall_silent(
    reports: list[Report], schools: list[School], days: tuple[date, ...], dice: Random, form: Form
) -> list[Planted]:
    """Takes away the reports of those that never report, and of those that do not on the last date: there the one
    before stands, but for a period."""
    stopped_state = State.CARRIED if form.period.every == "date" else State.NOT_SUBMITTED
    never, stopped = len(schools) // _NEVER, len(schools) // _STOPPED if len(days) > 1 else 0
    chosen = [school.code for school in dice.sample(schools, never + stopped)]
    gone = [(code, day) for code in chosen[:never] for day in days] + [(code, days[-1]) for code in chosen[never:]]
    reports[:] = [report for report in reports if (report.school.code, report.as_of) not in gone]
    last_files = {report.school.code: report.file for report in reports}
    return [
        *(Planted("", code, "", "ни разу не отчиталась", state=State.NOT_SUBMITTED) for code in chosen[:never]),
        *(
            Planted(last_files[code], code, "", "нет отчёта на последнюю дату", state=stopped_state)
            for code in chosen[never:]
        ),
    ]


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────
def _refuse_strangers(folder: Path, files: set[str]) -> None:
    """What somebody else has put there is neither mixed with the district nor taken away."""
    for path in sorted(folder.rglob("*")):
        if not path.is_dir() and path.relative_to(folder).as_posix() not in files:
            raise UsageError(f"В папке «{folder}» есть другие файлы ({path.name}): укажите пустую папку (--dir).")


def _put(path: Path, data: bytes, arrives: datetime) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (arrives.timestamp(), arrives.timestamp()))
