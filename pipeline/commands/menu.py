"""The menu: what Svod does, for whoever has no command line. Reports dropped on `Свод.cmd` are checked here too."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from pipeline.commands import console
from pipeline.commands.check import as_tables, check_files
from pipeline.commands.choosing import REGISTRY, day_or_period
from pipeline.commands.forms import hand_out_forms
from pipeline.commands.forms import lines as forms_lines
from pipeline.commands.init import begin
from pipeline.commands.init import lines as init_lines
from pipeline.commands.opening import open_for_user
from pipeline.commands.orders import each_order, forms_of, main_jobs, settings_of
from pipeline.commands.rebuild import FOLDER as REBUILT
from pipeline.commands.refusals import refusal
from pipeline.commands.run import job_of, require_folders
from pipeline.commands.school import write_school
from pipeline.reading.inbox import look_into
from pipeline.settings import load_settings
from pipeline.survey import Job, calendar_of
from pipeline.wording import capital, named, on, times
from schemas.registry_book import FILE
from schemas.strict import UsageError

_YES = ("да", "д", "yes", "y")
_NOTHING_TO_CHECK = "Проверять нечего: в папке «{}» нет файлов."


@dataclass(frozen=True)
class Office:
    """Where the office's files lie. `settings`: None for `settings.toml`, if there is one."""

    input: Path
    output: Path
    settings: Path | None


_Do = Callable[[Office], Path | None]  # returns what is to be opened then; None: nothing, or the user has gone back


class _Line(NamedTuple):
    """One of the menu."""

    title: str
    do: _Do


def menu(office: Office, dropped: Sequence[Path]) -> int:
    """Lets the user choose until nothing is chosen; of files that were `dropped`, only their remarks are shown.

    Returns the exit code.
    """
    if dropped:
        code = _check_dropped(office, dropped)
        _ask("Нажмите Enter, чтобы закрыть окно.")
        return code
    _offer_a_beginning(office)
    while line := _chosen(office):
        _attempt(line.do, office)
    return 0


def _chosen(office: Office) -> _Line | None:
    print("\nСвод: отчёты школ — в одну книгу\n")
    of_periods = _are_of_periods(office)
    for number, line in enumerate(_LINES, start=1):
        print(f"  {number}  {_TITLES_OF_PERIODS.get(line.title, line.title) if of_periods else line.title}")
    while said := _ask("\nНомер и Enter (просто Enter — выход): "):
        if said.isdecimal() and 1 <= int(said) <= len(_LINES):
            return _LINES[int(said) - 1]
        print(f"Нужно число от 1 до {len(_LINES)}.")
    return None


_TITLES_OF_PERIODS = {
    "Свод на сегодня": "Свод за последний прошедший период",
    "Свод на другую дату": "Свод за другой период",
}


def _are_of_periods(office: Office) -> bool:
    """Are all reports about periods; settings that cannot be used are told of when they are."""
    with suppress(UsageError):
        return all(form.period.every != "date" for form in forms_of(load_settings(office.settings)))
    return False


def _attempt(do: _Do, office: Office) -> None:
    """A mistake is told, and the menu comes again."""
    try:
        if result := do(office):
            open_for_user(result)
    except (Exception, KeyboardInterrupt) as error:
        print(refusal(error).sentence)


# ── the lines ────────────────────────────────────────────────────────────────────────────────────────────────


def _today(office: Office) -> Path | None:
    first, *_ = main_jobs(office.input, office.output, None, load_settings(office.settings), why="сегодня").done
    return first.summary.lies_at


def _on_a_day(office: Office) -> Path | None:
    settings = load_settings(office.settings)
    calendars = [
        calendar_of(form, settings_of(form, forms, settings)) for forms in [forms_of(settings)] for form in forms
    ]
    for calendar in calendars:
        called = capital(times(calendar.every).all_reporting)
        print(f"{called}: {', '.join(named(one, calendar.every) for one in calendar.reporting_dates)}.")
    calendar = calendars[0]
    what = "Период" if calendar.of_periods else "Дата"
    example = named(calendar.reporting_dates[0], calendar.every) if calendar.of_periods else "20.03.2014"
    if not (said := _ask(f"{what} свода, например {example} (просто Enter — назад): ")):
        return None
    settings = load_settings(office.settings)
    first, *_ = main_jobs(office.input, office.output, day_or_period(said), settings, why="по выбору в меню").done
    return first.summary.lies_at


def _forms(office: Office) -> Path | None:
    settings = load_settings(office.settings)
    if len(settings.forms) > 1:  # each for its next date: what may be typed of one is no date of another
        folders = [_handed_out(job) for job in each_order(office.input, office.output, None, settings)]
        return folders[0]
    job = job_of(office.input, office.output, None, office.settings)
    every = job.calendar.every
    usual = min((d for d in job.calendar.reporting_dates if d >= job.as_of), default=job.as_of)
    asked = "За какой период" if job.calendar.of_periods else "На какую дату"
    said = _ask(f"{asked} бланки (просто Enter — {on(usual, every)}): ")
    job = job_of(office.input, office.output, day_or_period(said) if said else usual, office.settings)
    return _handed_out(job)


def _handed_out(job: Job) -> Path:
    handed = hand_out_forms(job, "")
    for line in forms_lines(handed, job.as_of):
        print(line)
    return handed.folder


def _check(office: Office) -> Path | None:
    if said := _ask("Файл: перетащите его в это окно и нажмите Enter (просто Enter — назад): "):
        _show_remarks(office, [_path(said)])
    return None


def _school(office: Office) -> Path | None:
    if not (said := _ask("Код или название школы (просто Enter — назад): ")):
        return None
    require_folders(office.input, office.output)
    pages = []
    for job in each_order(office.input, office.output, None, load_settings(office.settings)):
        pages.append(write_school(job, said))
        print(pages[-1])
    return pages[0]


def _summaries(output: Path) -> Iterator[Path]:
    """Of one order, or of several in their folders; none that was made again from the archive."""
    for pattern in ("*/svod-*.xlsx", "*/*/svod-*.xlsx"):
        yield from (path for path in output.glob(pattern) if path.parent.name != REBUILT)


def _last(office: Office) -> Path | None:
    made = [path for path in _summaries(office.output) if path.is_file()]
    if not made:
        raise UsageError(f"Сводов в папке «{office.output}» ещё нет: выберите «{_LINES[0].title}».")
    last = max(made, key=lambda path: path.stat().st_mtime)
    print(f"{last}, сделан {datetime.fromtimestamp(last.stat().st_mtime):%d.%m.%Y в %H:%M}")
    return last


_LINES = (
    _Line("Свод на сегодня", _today),
    _Line("Свод на другую дату", _on_a_day),
    _Line("Бланки школам", _forms),
    _Line("Проверить файл", _check),
    _Line("Страница школы", _school),
    _Line("Открыть последний свод", _last),
)


# ── beside them ──────────────────────────────────────────────────────────────────────────────────────────────


def _offer_a_beginning(office: Office) -> None:
    """Before there is a registry."""
    if (office.input / FILE).exists() or office.input != REGISTRY.parent:
        return
    print(f"Реестра школ «{REGISTRY}» ещё нет.")
    if _ask("Подготовить заготовку реестра, настройки, бланк и руководство? (да — Enter, нет — н): ") in ("", *_YES):
        _attempt(_begin, office)


def _begin(office: Office) -> Path | None:
    begun = begin(Path(), date.today(), office.settings)
    for line in init_lines(begun):
        print(line)
    return begun.folder


def _check_dropped(office: Office, dropped: Sequence[Path]) -> int:
    try:
        return int(_show_remarks(office, dropped))
    except (Exception, KeyboardInterrupt) as error:
        sentence, code = refusal(error)
        print(sentence)
        return code


def _show_remarks(office: Office, paths: Sequence[Path]) -> bool:
    """Are there errors among them."""
    files = [file for path in paths for file in _files(path, office)]
    if not files:
        raise UsageError(_NOTHING_TO_CHECK.format(paths[0]))
    found = check_files(files, office.input, load_settings(office.settings))
    console.show(as_tables(found))
    return found.has_errors


def _files(path: Path, office: Office) -> Iterator[Path]:
    """The file itself; of a folder the reports in it."""
    if not path.is_dir():
        yield path
        return
    yield from (path / report for report in look_into(path, leave_out=office.output.resolve()).reports)


def _path(said: str) -> Path:
    """A window into which a file is dragged writes its path, in quotes where it has blanks."""
    return Path(said.strip("\"'"))


def _ask(question: str) -> str | None:
    """What was typed; None where nobody types: that is no answer, not even the usual one."""
    with suppress(EOFError):
        return input(question).strip()
    print()
    return None
