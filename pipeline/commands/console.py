"""What a run says on the console and in its log. People read the one; the log holds counts, codes and cells only."""

import logging
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from pipeline.files import cause_of, make_private_folder
from pipeline.memory.approvals import how_to_approve
from pipeline.sending.delivery import Fate
from pipeline.sending.outbox import OUTBOX, REMINDERS, TO_SCHOOLS
from pipeline.wording import (
    DAY,
    FILE,
    SCHOOL,
    SEVERITIES,
    band,
    count,
    counted_of,
    day,
    decimals_beside,
    listed,
    on,
    percent,
    plural,
)
from pipeline.workers import trace_of
from schemas.registry_book import EXPLAINED
from schemas.registry_book import FILE as REGISTRY
from schemas.remarks import Remark, Severity

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from pipeline.demo import Planted
    from pipeline.files import Kept
    from pipeline.measuring.calendar import Calendar
    from pipeline.measuring.figures import Figures
    from pipeline.monthly import Done
    from pipeline.sending.delivery import Delivery, LeftOver
    from schemas.form import Form

# of a file's name: a console would obey them
_CONTROLS = dict.fromkeys({*range(0x20), *range(0x7F, 0xA0)} - {ord("\n")}, None) | {ord("\t"): " "}
_MOST_FILES = _MOST_SCHOOLS = 5  # that a line names
_EXPLANATION = ("пояснение", "пояснения", "пояснений")
_YEARS_OF_LOGS = 2
_LETTER = ("письмо", "письма", "писем")
_LOG = logging.getLogger("svod")


def say_date(as_of: date, why: str, reporting_dates: Iterable[date]) -> None:
    """Which date the picture is of and why, and which reporting date is near."""
    _say(f"Свод на {day(as_of)} ({why}).")
    past = max((d for d in reporting_dates if d <= as_of), default=None)
    coming = min((d for d in reporting_dates if d > as_of), default=None)
    said = []
    if past:
        said.append("это отчётная дата" if past == as_of else f"последняя отчётная дата — {day(past)}")
    if coming:
        left = count((coming - as_of).days, DAY)
        said.append(f"следующая — {day(coming)}, через {left}")
    if said:
        line = "; ".join(said)
        _say(f"{line[:1].upper()}{line[1:]}.")


def say_period(as_of: date, why: str, calendar: "Calendar") -> None:
    """Which period the picture is of and why, until when its reports are due, and which is next."""
    _say(f"Свод {on(as_of, calendar.every)} ({why}).")
    coming = min((d for d in calendar.reporting_dates if d > as_of), default=None)
    then = f"; следующий отчёт — {on(coming, calendar.every)}, до {day(calendar.due(coming))}" if coming else ""
    _say(f"Отчёты сдаются до {day(calendar.due(as_of))}{then}.")


def say_order(form: "Form", files: int | None = None) -> None:
    """Above what is said of one of several orders."""
    of_files = "" if files is None else f", {count(files, FILE)}"
    _say(f"── {form.subject}: приказ № {form.order.number}{of_files} ──")


@contextmanager
def progress() -> Iterator[Callable[[int, int], None]]:
    """A bar where the console is a terminal, nothing where it is not."""
    if not _is_terminal():
        yield lambda done, of: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("Чтение отчётов"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=_console(), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


@contextmanager
def run_log(output: Path, now: datetime) -> Iterator[None]:
    """The run's own file in `output/logs/`. It never prevents a run: where it cannot be written, that is said."""
    folder = output / "logs"
    handler: logging.Handler = logging.NullHandler()
    try:
        make_private_folder(folder)
        _delete_old(folder, now.date())
        handler = logging.FileHandler(folder / f"svod-{now:%Y-%m-%d-%H%M%S}.log", encoding="utf-8")
    except OSError as error:
        why = cause_of(error) or "она недоступна"
        _say(f"Журнал работы в папке {folder} не ведётся: {why}. Свод делается без него.")
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%d.%m.%Y %H:%M:%S"))
    _LOG.addHandler(handler)
    _LOG.setLevel(logging.INFO)
    _LOG.propagate = False
    logging.raiseExceptions = False  # a full disk under the log is no traceback on the console
    try:
        yield
    except Exception as error:  # what it says may name a person or hold a school's words
        _LOG.error("Запуск не удался. Подробности для разработчика:\n%s", trace_of(error))
        raise
    finally:
        logging.raiseExceptions = True
        _LOG.removeHandler(handler)
        with suppress(OSError):
            handler.close()


def _delete_old(folder: Path, today: date) -> None:
    """Logs of runs are kept for two years; that of the readers as long as something was added to it."""
    last = f"{today.year - _YEARS_OF_LOGS:04}{today:-%m-%d}"
    for path in folder.glob("svod-*.log"):
        if path.name.removeprefix("svod-")[: len(last)] < last:
            with suppress(OSError):
                path.unlink()
    with suppress(OSError):
        reading = folder / "reading.log"
        if date.fromtimestamp(reading.stat().st_mtime).isoformat() < last:
            reading.unlink()


def log_result(done: "Done") -> None:
    """Counts, codes of remarks and cells, never a cell's words."""
    figures = done.figures
    inbox = done.survey.intake.inbox
    passed_over = f", служебных пропущено {len(inbox.passed_over)}" if inbox.passed_over else ""
    when = on(figures.as_of, figures.form.period.every)
    _LOG.info("Свод %s: файлов %d%s.", when, len(inbox.reports), passed_over)
    for state, schools in sorted(Counter(s.state for s in figures.submissions).items()):
        _LOG.info("Отчёт %s: школ %d.", state.value, schools)
    for said in figures.remarks:
        _LOG.info("%s", _logged(said))
    if done.warnings:  # they name files and addresses: said on the console, counted here
        _LOG.warning("Предупреждений на экране: %d.", len(done.warnings))
    if done.deliveries:
        _LOG.info("Письма. %s", _counted(done.deliveries))


def _logged(said: Remark) -> str:
    """«ошибка NUM-RANGE: школа 14, п. 12.1, ячейка C32»"""
    severity = SEVERITIES[said.severity].partition(" ")[2]
    places = (("школа", said.school), ("п.", said.item), ("ячейка", said.cell))
    where = ", ".join(f"{name} {place}" for name, place in places if place)
    return f"{severity} {said.code}: {where or 'файл в целом'}"


def say_result(done: "Done") -> None:
    """The closing table: what came, what it says, what is to be done."""
    rows = list(_result(done))
    if _is_terminal():
        from rich import box
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD, show_header=False, pad_edge=False)
        for name, figure in rows:
            table.add_row(Text(name), Text(figure, style="bold"))
        _console().print(table)
    else:
        for name, figure in rows:
            _say(f"{name}: {figure}")
    of_date = done.figures.as_of
    for line in (*kept_lines(done.kept, done.summary.path.parents[1]), *done.warnings, *done.failures):
        _say(line)
    left = left_lines(done.left_over, of_date, done.figures.reporting_date)
    for line in (*(delivery_lines(done.deliveries) if done.was_to_send else ()), *left):
        _say(line)


def kept_lines(kept: "Sequence[Kept]", folder: Path) -> list[str]:
    """What is to be said of files that people have written into, named below `folder`. They are told from what runs
    wrote by their bytes alone: who changed them, and whether anything was meant by it, is not known."""
    if not kept:
        return []
    names = [one.path.relative_to(folder).as_posix() for one in kept]
    lines = [f"Отличается от записанного Сводом и оставлено как есть: {listed(names, _MOST_FILES, FILE)}."]
    if new := [one.new.name for one in kept if one.new]:
        lines.append(f"Новое записано рядом: {listed(new, _MOST_FILES, FILE)}.")
    if any(one.path.suffix == ".xlsx" for one in kept):  # a memo is signed and not read
        lines.append("Что вписано в такую книгу, Свод учтёт, когда вы перенесёте её в папку с отчётами.")
    return lines


def say_path(done: "Done") -> None:
    """The last line of a run: where the summary lies."""
    written_into = any(one.path == done.summary.path for one in done.kept)
    if done.summary.kept_beside and not written_into:
        _say(f"Файл {done.summary.path.name} открыт в другой программе: новый свод записан рядом с ним.")
    _say(str(done.summary.lies_at))


def show(parts: "Iterable[str | Table]") -> None:
    from rich.text import Text

    for part in parts:
        _console().print(Text(part) if isinstance(part, str) else part)


def delivery_lines(deliveries: "Iterable[Delivery]") -> list[str]:
    """Letter by letter, and how many of them there are of each fate."""
    lines = []
    for one in deliveries:
        to = f" → {', '.join(one.to)}" if one.to else ""
        lines.append(f"{one.letter}: {one.fate.value}{to}")
        lines += [f"  {f'{address}: ' if address else ''}{reason}" for address, reason, *_ in one.missed]
        lines += [f"  {one.note}"] if one.note else []
    return [*lines, _counted(deliveries)] if lines else ["Писем к отправке нет."]


def _counted(deliveries: "Iterable[Delivery]") -> str:
    """«Отправлено 2 письма, ждёт 1 письмо, не принято сервером 1 письмо, удержано 1 письмо.»: one letter to two people
    is two."""
    from pipeline.sending.patience import Outcome

    fates = Counter(missed.outcome for one in deliveries for missed in one.missed)
    sent = sum(len(one.to) for one in deliveries if one.fate is not Fate.TO_SEND)
    waits = fates[Outcome.WAITS] + sum(len(one.to) for one in deliveries if one.fate is Fate.TO_SEND)
    said = [f"Отправлено {count(sent, _LETTER)}" if sent else "Ничего не отправлено"]
    said += [f"{plural(waits, 'ждёт', 'ждут', 'ждут')} {count(waits, _LETTER)}"] if waits else []
    said += [f"не принято сервером {count(n, _LETTER)}"] if (n := fates[Outcome.REFUSED]) else []
    said += [f"удержано {count(n, _LETTER)}"] if (n := fates[Outcome.UNKNOWN]) else []
    return f"{', '.join(said)}."


def held_lines(left: "Iterable[LeftOver]") -> list[str]:
    """Each letter of which it is not known whether it has arrived, with what a person is to do."""
    from pipeline.sending.delivery import short

    return [
        f"Удержано письмо {short(held.key)} на {day(one.as_of)} для {held.recipient}: {held.reason}. Спросите "
        f"получателя. Письма нет — отправьте его снова: python run.py mail --again {short(held.key)}; письмо есть — "
        f"скажите об этом Своду: python run.py mail --arrived {short(held.key)}."
        for one in left
        for held in one.held
    ]


def is_left(deliveries: "Iterable[Delivery]", left: "Iterable[LeftOver]", as_of: date) -> bool:
    """Is something of what was to be sent not sent? Of earlier dates only what is held: that nobody has asked for."""
    return any(not one.is_done for one in deliveries) or any(one.held or one.as_of == as_of for one in left)


def left_lines(left: "Sequence[LeftOver]", as_of: date, of_schools: date | None = None) -> list[str]:
    """What a run leaves unsent: of earlier dates too, and what is held. `of_schools`: the reporting date of which the
    run has told schools; those letters are its own."""
    due = [one for one in left if one.due and one.as_of != as_of]
    own = [one for one in due if one.as_of == of_schools and is_to_a_school(one.letter)]
    others = [one for one in due if one not in own]
    lines = []
    if waits := [one.as_of for one in own if not one.withheld]:
        number, send = count(len(waits), _LETTER), _how_to_send(waits[0])
        lines.append(f"Письма школам на {day(waits[0])} ждут отправки: {number}. Отправит {send}.")
    if waits := [one.as_of for one in own if one.withheld]:
        number, approve = count(len(waits), _LETTER), how_to_approve(waits[0])
        lines.append(f"Письма школам на {day(waits[0])} ждут утверждения: {number}. Утвердит {approve}.")
    if waits := [one.as_of for one in others if not one.withheld]:
        said, send = _by_date(waits), _how_to_send(max(waits))
        lines.append(f"Не отправлены письма прежних сводов: {said}. Нужное отправит {send}.")
    if waits := [one.as_of for one in others if one.withheld]:
        said, approve = _by_date(waits), how_to_approve(max(waits))
        lines.append(f"Не утверждены письма прежних сводов: {said}. Нужное утвердит {approve}.")
    return [*lines, *held_lines(left)]


def _how_to_send(as_of: date) -> str:
    return f"python run.py mail --as-of {as_of}"


def _by_date(dates: "Iterable[date]") -> str:
    """«на 20.03.2014 — 2 письма, на 30.01.2014 — 1 письмо», the newest first."""
    each = [f"на {day(date)} — {count(n, _LETTER)}" for date, n in sorted(Counter(dates).items(), reverse=True)]
    return listed(each, _MOST_FILES, ("дата", "даты", "дат"))


def is_to_a_school(letter: str) -> bool:
    """`letter`: its file."""
    return PurePath(letter).name.startswith((TO_SCHOOLS, REMINDERS))


def say_planted(planted: "list[tuple[Planted, bool]]") -> None:
    """Which faults the demo planted, and which of them the run found."""
    caught = sum(was_found for _, was_found in planted)
    _say(f"Подложено ошибок: {len(planted)}, найдено: {caught}.")
    for fault, was_found in planted:
        place = f"{fault.file or 'нет файла'}{f', п. {fault.item}' if fault.item else ''}"
        _say(f"  {'●' if was_found else '○'} {fault.fault} — {place}{'' if was_found else ' (не найдено)'}")


def _result(done: "Done") -> Iterator[tuple[str, str]]:
    """What a person has to know at the end, with the date above it and the path below it twelve lines at most."""
    # with pandas: a command that measures nothing goes without
    from pipeline.measuring.figures import Heard
    from pipeline.writing.pages.words import registry_lacks

    figures, inbox, folder = done.figures, done.survey.intake.inbox, done.summary.path.parent
    passed_over = f" (служебных пропущено: {len(inbox.passed_over)})" if inbox.passed_over else ""
    yield "Файлов прочитано", f"{figures.files_read} из {len(inbox.reports)}{passed_over}"
    if figures.unattributed:
        files = list(dict.fromkeys(one.file for one in figures.unattributed))
        yield "Сначала проверьте файлы без школы или даты", listed(files, _MOST_FILES, FILE)
    if figures.draft_registry:
        lacking = "в нём нет ни одной школы" if inbox.registry else "его нет"
        draft = f"черновик — {folder / REGISTRY}: сначала перенесите его в папку с отчётами, потом заполняйте"
        yield "Реестр", f"{lacking}; {draft}"
    elif said := registry_lacks(figures):
        yield "Реестр", said
    states = Counter(line.state.name for line in figures.submissions)
    accepted = states["ACCEPTED"] + states["ACCEPTED_WITH_REMARKS"]
    with_remarks, to_correct = states["ACCEPTED_WITH_REMARKS"], states["TO_CORRECT"]
    said = f"{accepted} из {len(figures.schools)} (с замечаниями: {with_remarks}), на доработку: {to_correct}"
    yield "Отчётов принято", said
    if said := "; ".join(_absent(figures)):
        yield "Нужны отчёты", said
    severities = Counter(said.severity for said in figures.remarks)
    mended = f", исправлено {len(figures.mended)}" if figures.mended else ""
    yield "Замечаний", f"ошибок {severities[Severity.ERROR]}, проверить {severities[Severity.WARNING]}{mended}"
    if figures.form.headline:
        yield figures.form.headline.name, _against_target(figures)
    if done.returned:
        yield "Вернуть школам", f"{count(done.returned, FILE)} — папка {folder / 'returns'}"
    if explained := sum(one.heard is Heard.WAITS for one in figures.explanations):
        said = f"{count(explained, _EXPLANATION)} — файл {folder / EXPLAINED}: примите их в реестре"
        yield "Пояснения школ", said
    if waiting := sum(bool(one.due) for one in done.left_over if one.as_of == figures.as_of):
        yield "Ждут отправки", f"{count(waiting, _LETTER)} — папка {folder / OUTBOX}, отправляет команда mail"


def _absent(figures: "Figures") -> Iterator[str]:
    """«не представлен: МБОУ ООШ № 4»: who is to be asked for a report, by state."""
    from pipeline.measuring.figures import State
    from pipeline.writing.pages.words import school_names, to_remind

    for state in (State.NOT_SUBMITTED, State.UNREADABLE, State.CARRIED):
        if names := school_names(to_remind(figures, state)):
            yield f"{state.value} — {listed(names, _MOST_SCHOOLS, SCHOOL)}"


def _against_target(figures: "Figures") -> str:
    whole, target, coming = figures.municipality, figures.target, figures.next_target
    if whole.percent is None:
        return "нет данных"
    counted = counted_of(len(figures.counted), len(figures.schools))
    if target:
        share = percent(whole.percent, decimals_beside(whole.percent, target.min, target.max))
        return f"{share} при плане {band(target.min, target.max)} — {whole.level.value}; {counted}"
    if not figures.form.has_plan:
        return f"{percent(whole.percent)}; {counted}"
    ahead = f"; к {day(coming.by)} нужно {band(coming.min, coming.max)}" if coming else ""
    return f"{percent(whole.percent)}, план ещё не действует{ahead}; {counted}"


def say(line: str) -> None:
    _say(line)


def _say(line: str) -> None:
    print(line.translate(_CONTROLS), flush=True)


def _is_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()


def _console() -> "Console":
    """For tables and the bar: what only prints lines does without it."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
