"""The letter to a school: is its report accepted, what is to be mended by when, and the report as it was understood.

Of no other school is there anything in it: it is made of the school's figures alone (`pipeline.measuring.alone`).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import PurePosixPath
from typing import NamedTuple

from pipeline.files import safe_name
from pipeline.measuring.alone import alone
from pipeline.measuring.calendar import Calendar
from pipeline.measuring.figures import Explained, Figures, Heard, State
from pipeline.measuring.peers import standings_of
from pipeline.sending.outbox import TO_SCHOOLS, Attachment, Letter
from pipeline.sending.told import Line, Told, as_html, as_text
from pipeline.sending.understood import understood
from pipeline.wording import NBSP, SEVERITIES, count, day, on
from pipeline.writing.brief import make_brief
from pipeline.writing.returned.texts import Shown, item_said, verdict
from pipeline.writing.returns import Return, shown_by_report
from pipeline.writing.school import write_school_page
from pipeline.writing.school.brief import beside_the_report
from schemas.district import School
from schemas.explained import WORDS
from schemas.form import Form
from schemas.remarks import Catalogue, Severity

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ERROR = ("ошибка", "ошибки", "ошибок")
_TO_CHECK = ("ответ проверить", "ответа проверить", "ответов проверить")
_FILE = "файл"  # whatever it is called
_SUFFIX = re.compile(r"\.[^\W\d_]\w*$")
_HEARD = {
    Heard.ACCEPTED: "Принято",
    Heard.WAITS: "Пока не принято, замечание стоит",
    Heard.NOT_NEEDED: "Не требуется: замечания больше нет или ответ теперь другой",
}


class Report(NamedTuple):
    """A school's report, as its letter tells it. `own`: the figures of the school alone; `remarks`: what it is told of
    the report; `returned`, `page`: the workbooks that go with the letter, `returned` None where there is none to give;
    `shared`: that file holds reports of other schools too; `due`: until when one for the date in force is on time;
    `today`: when the letter is made, be it for an earlier date."""

    own: Figures
    remarks: Sequence[Shown]
    returned: bytes | None
    page: bytes
    shared: bool = False
    due: date | None = None
    today: date = date.min

    @property
    def day(self) -> date:
        """On which it is read: what is over by then is asked of nobody."""
        return max(self.own.as_of, self.today)

    @property
    def attached(self) -> bytes | None:
        """What goes back to the school with the letter: of other schools' reports nothing does."""
        return None if self.shared else self.returned


def school_letters(
    figures: Figures,
    catalogue: Catalogue,
    returns: Callable[[], Mapping[tuple[str, str], Return]],
    calendar: Calendar,
    today: date,
    is_new: Callable[[str, str], bool],
) -> Iterator[Letter]:
    """One to each school of which something has come for the date in force, where it tells something new. `returns`:
    file and code of the school -> what goes back to it. `is_new`: has the letter of that name not said that last?"""
    shown = shown_by_report(figures, catalogue)
    due = calendar.due(figures.reporting_date) if figures.reporting_date else None
    for line in figures.submissions:
        if not (line.has_come and line.school.email):
            continue
        place, own = (line.file, line.school.code), alone(figures, line.school)
        remarks = sorted(shown.get(place, ()), key=lambda one: list(Severity).index(one.severity))
        report = Report(own, remarks, None, b"", due=due, today=today)
        if not is_new(name_of(line.school), _says(_told(report, catalogue), line.file)):
            continue  # its page need not be made
        given = returns().get(place)
        standings = standings_of(figures, line.school.code)
        page = write_school_page(own, standings, make_brief(own, catalogue), catalogue)
        content, shared = (given.content, given.shared) if given else (None, False)
        yield school_letter(report._replace(returned=content, page=page, shared=shared), catalogue)


def without_address(figures: Figures) -> list[School]:
    """Schools that would be told something."""
    return [line.school for line in figures.submissions if line.has_come and not line.school.email]


def name_of(school: School) -> str:
    """Of the letter to that school."""
    return f"{TO_SCHOOLS}{school.code}"


def school_letter(report: Report, catalogue: Catalogue) -> Letter:
    """To the address of the registry. It is another letter where it tells something else: neither how a file is called
    nor on which day it is made is part of it."""
    own = report.own
    (school,), (line,) = own.schools, own.submissions
    told = _told(report, catalogue)
    subject = f"{school.name}: отчёт {_when(own)} {_state(line.state, report.remarks)}"
    return Letter(
        (school.email,),
        subject.replace(NBSP, " "),
        as_text(told),
        as_html(told),
        tuple(_attachments(report)),
        name=name_of(school),
        says=_says(told, line.file),
    )


def _when(own: Figures) -> str:
    (line,) = own.submissions
    return on(line.as_of or own.reporting_date or own.as_of, own.every)


def _state(state: State, remarks: Sequence[Shown]) -> str:
    """«на доработку, 2 ошибки»: as short as a subject has to be."""
    errors = sum(one.severity is Severity.ERROR for one in remarks)
    to_check = sum(one.severity is Severity.WARNING for one in remarks)
    if state is State.UNREADABLE:
        return "не прочитан"
    if errors:
        return f"— на доработку, {count(errors, _ERROR)}"
    return f"принят, {count(to_check, _TO_CHECK)}" if to_check else "принят"


def _told(report: Report, catalogue: Catalogue) -> Told:
    own = report.own
    (school,), (line,) = own.schools, own.submissions
    order = own.form.order.number
    unread = line.state is State.UNREADABLE
    beside = [] if unread else [f"{one.tag}. {one.text}" for one in beside_the_report(own)]
    headline = "Отчёт не прочитан: показателей школы пока нет" if unread else verdict(report.remarks)
    file = PurePosixPath(line.file).name  # letters and archives that hold it may be called by whoever sent them
    came = f" · получен {line.arrived:%d.%m.%Y}" if line.arrived else ""
    return Told(
        f"{own.form.subject} · приказ №{NBSP}{order}",
        f"{headline}.",
        not unread and not any(one.severity is Severity.ERROR for one in report.remarks),
        f"{school.full_name or school.name} · отчёт {_when(own)} · файл «{file}»{came}",
        [*_todo(report, unread, more=bool(beside)), *beside],
        list(dict.fromkeys(map(_line, report.remarks))),  # two that differ by whom they do not name are one
        [_explained_said(one, own.form) for one in own.explanations],
        understood(own, catalogue),
        _last(report),
    )


def _todo(report: Report, unread: bool, *, more: bool) -> list[str]:
    """What is to be done with the report by when. `more`: something else is left to do."""
    own = report.own
    severities = {one.severity for one in report.remarks}
    until = _until(report)
    if unread:
        return [f"Сделайте то, что сказано в замечании, и пришлите отчёт снова {until}."]
    if Severity.ERROR in severities:
        where = "прямо в приложенном файле" if report.attached else "в своём файле"
        explain = f" Если ответ верен, объясните почему в столбце «{WORDS}»." if report.attached else ""
        return [f"Исправьте ошибки {where} и пришлите его {until}.{explain}"]
    if Severity.WARNING in severities:
        where = f" в столбце «{WORDS}» приложенного файла" if report.attached else ""
        return [f"Проверьте отмеченное: неверное исправьте, верное объясните{where}. Файл пришлите {until}."]
    coming = _next(report)
    then = f" Следующий отчёт — {on(coming, own.every)}." if coming else ""
    right = "ошибок нет" if severities else "замечаний нет"
    nothing = f"{right}: {'исправлять' if severities or more else 'делать'} ничего не нужно"
    return [f"Отчёт принят, {nothing}.{then}"]


def _until(report: Report) -> str:
    """«до 20.03.2014», and when that is over «как можно скорее»."""
    if report.due and report.day <= report.due:
        return f"до {day(report.due)}"
    coming = _next(report)
    return f"как можно скорее: следующий отчёт — {on(coming, report.own.every)}" if coming else "как можно скорее"


def _next(report: Report) -> date | None:
    return min((one for one in report.own.reporting_dates if one > report.day), default=None)


def _line(one: Shown) -> Line:
    where = " · ".join(filter(None, (item_said(one.item) if one.item else "", one.sheet and one.cell)))
    severity = SEVERITIES[one.severity]
    return Line(severity, one.severity is Severity.ERROR, where, one.message, one.todo, one.explained)


def _explained_said(one: Explained, form: Form) -> str:
    where = f"{item_said(one.asked.item)}: " if one.asked.item else ""
    return f"{where}«{one.words}». {_HEARD[one.heard]}."


def _last(report: Report) -> str:
    """What goes with the letter."""
    attached = ["страница школы: где она стоит и что впереди"]
    if report.attached:
        attached.insert(0, "ваш файл с замечаниями: исправляйте прямо в нём")
    said = f"Во вложении — {'; '.join(attached)}."
    if report.shared:
        said += " Файл с замечаниями не приложен: в нём отчёты нескольких школ, возьмите его в управлении."
    return said


def _attachments(report: Report) -> list[Attachment]:
    """Mail programs still damage names in other letters than Latin ones."""
    (school,) = report.own.schools
    code = safe_name(school.code) if school.code.isascii() else "shkola"
    page = Attachment(f"{code}-stranitsa.xlsx", report.page, XLSX)
    if report.attached is None:
        return [page]
    return [Attachment(f"{code}-zamechaniya.xlsx", report.attached, XLSX), page]


def _says(told: Told, file: str) -> str:
    """What tells one letter from another."""
    remarks = [f"{one.severity} {one.where} {one.message} {one.todo}" for one in told.remarks]
    answers = [f"{one.item} {one.said} {'; '.join(one.notes)} {one.aside}" for one in told.understood]
    text = "\n".join([told.headline, *remarks, *told.explanations, *answers])
    # «4» is taken for a file's name only where it is quoted: a name without a suffix could stand in a figure.
    return text.replace(file, _FILE) if _SUFFIX.search(file) else text.replace(f"«{file}»", f"«{_FILE}»")
