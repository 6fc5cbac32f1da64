"""A fictional district whose schools report as people do, some of them wrongly: for a first look and for tests.

All of it is invented; all that is asked of the schools comes from the form.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

from pipeline import wording
from pipeline.demo.answers import Answer, Conduct, answers_on, problems_on
from pipeline.demo.district import MAILING, make_schools, make_schools_of
from pipeline.demo.faults import Desk
from pipeline.demo.figure_faults import faults_of
from pipeline.demo.forms import Forms
from pipeline.demo.handwriting import Entry, Hand, typed
from pipeline.demo.reports import Report, Truth, own_form_line, unit_of
from pipeline.measuring.figures import State
from pipeline.writing.registry import Beside, write_registry
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
    most = len(form.order.reporting_dates)
    if schools < 1 or dates < 1 or dates > most:
        raise UsageError(f"Нужна хотя бы одна школа и от 1 до {most} отчётных дат: исправьте --schools и --dates.")
    dice = Random(seed)
    district = make_schools(form, schools, dice)
    made = _made(form, district, form.order.reporting_dates[:dates], dice, faulty=faulty)
    return _written(folder, [made])[0]


def make_of_several(folder: Path, forms: Sequence[Form], schools: int, dates: int, seed: int) -> list[District]:
    """As `make`, of several orders: the same schools report on each, all into one folder, each order's files below one
    of its own; one registry serves all. Up to the first day on which every order has a report due, and `dates` of one.
    """
    if schools < 1 or dates < 1:
        raise UsageError("Нужна хотя бы одна школа и хотя бы одна отчётная дата: исправьте --schools и --dates.")
    all_days = [form.order.reporting_dates[:dates] for form in forms]
    end = max(min(days[-1] for days in all_days), max(days[0] for days in all_days))
    districts = make_schools_of(forms, schools, Random(seed))
    some = []
    for form, district in zip(forms, districts, strict=True):
        days = tuple(day for day in form.order.reporting_dates if day <= end)
        some.append(_made(form, district, days, Random(f"{seed} {form.id}"), f"{form.id}/"))
    return _written(folder, some)


@dataclass(frozen=True)
class _Made:
    """What one order's schools send, before anything is written."""

    form: Form
    schools: tuple[School, ...]
    as_of: date
    reports: list[Report]
    files: dict[str, Report]
    planted: tuple[Planted, ...]


def _made(
    form: Form,
    district: tuple[School, ...],
    days: tuple[date, ...],
    dice: Random,
    folder: str = "",
    *,
    faulty: float | None = None,
) -> _Made:
    """`folder`: in which the files lie, with `/` at its end; blank: right below the input folder."""
    erring = frozenset(school.code for school in dice.sample(district, max(1, round(len(district) * _ERRING))))
    reports = [r for n, s in enumerate(district) for r in _reports(s, days, n % 2 == 0, form, dice)]
    for report in reports:
        report.file = f"{folder}{report.file}"
    silent = _fall_silent(reports, [s for s in district if s.code not in erring], days, dice, form)
    desk = Desk(form, _that_may_go_wrong(reports, silent, form), dice)
    if faulty is None:
        desk.plant(round(len(district) * _FAULTS_FOR_ONE_SCHOOL), erring, faults_of(form))
    else:
        desk.plant_in(faulty, faults_of(form))
    planted = [Planted(s.report.file, s.sender.code, s.item, s.fault.name, s.fault.codes) for s in desk.spoilt]
    files = {report.file: report for report in [*reports, *desk.attempts]}
    return _Made(form, district, days[-1], reports, files, (*silent, *planted))


def _written(folder: Path, some: Sequence[_Made]) -> list[District]:
    input_folder, first = folder / "input", some[0]
    _refuse_strangers(input_folder, {registry.FILE, *(file for made in some for file in made.files)})
    beside = [Beside(made.form, made.schools) for made in some[1:]]
    office = write_registry(first.form, Registry(first.schools, MAILING), first.form.order.date, beside=beside)
    _put(input_folder / registry.FILE, office, _moment(first.form.order.date))
    for made in some:
        forms = Forms(made.form)
        for file, report in made.files.items():
            _put(input_folder / file, forms.workbook_of(report), report.arrives)
    as_of = max(made.as_of for made in some)
    return [
        District(
            input_folder / registry.FILE,
            as_of,
            made.planted,
            tuple(fact for report in made.reports for fact in report.truth()),
        )
        for made in some
    ]


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
_LONG_WORD = 10  # letters
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
    about = _in_short(form.subject.casefold())
    pattern = hand.dice("file").choice(("{c} {s} {d:%d.%m.%Y}", "Отчёт {c} {s}", "report_{c}_{d}", f"{about} {{c}}"))
    name = pattern.format(c=school.code, s=school.name, d=day)
    return f"{day}/{name}.xlsx"


def _in_short(subject: str) -> str:
    """«электронные дневники» -> «эл. дневники»: a long adjective as offices write it."""
    first, _, rest = subject.partition(" ")
    return f"{first[:2]}. {rest}" if rest and len(first) > _LONG_WORD else subject


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


def _that_may_go_wrong(reports: list[Report], silent: Sequence[Planted], form: Form) -> list[Report]:
    """Of a school that is silent for the last period no earlier file is unreadable: it would count as one that came."""
    if form.period.every == "date":
        return reports
    quiet = {planted.school for planted in silent}
    return [report for report in reports if report.school.code not in quiet]


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
