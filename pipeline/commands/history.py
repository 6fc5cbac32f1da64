"""The command `history`: what the journal knows, of everything or of one school. Reads the journal alone, or what is
left of it."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich import box
from rich.table import Table
from rich.text import Text

from pipeline.commands.choosing import school_of
from pipeline.commands.known import looked_into
from pipeline.memory.approvals import Approval
from pipeline.memory.journal import FILE, FileLine, Journal, RemarkLine, RunLine
from pipeline.memory.post import AttemptLine, LetterLine
from pipeline.sending.delivery import short
from pipeline.wording import DASH, count, day, number
from schemas.district import Registry
from schemas.remarks import Catalogue
from schemas.strict import UsageError

_NARROW = (
    "Начат",
    "Начато",
    "Ключ",
    "Отправлено",
    "Найдено",
    "Свод на",
    "Отчёт на",
    "Поступил",
    "Впервые прочитан",
    "Утверждён",
)  # dates, moments


def history(
    output: Path, school: str, zone: ZoneInfo, catalogue: Catalogue, registry: Callable[[], Registry]
) -> Iterator[str | Table]:
    """Lines and tables for people, moments in the office's `zone`. `school`: its code or name, blank for everything.

    `registry` is asked for a school that the journal does not know by that code. Raises UsageError where there is no
    journal, or it knows nothing of that school.
    """
    with looked_into(output) as journal:
        if not (output / FILE).is_file() and not journal.warning:
            raise UsageError(f"В папке «{output}» нет журнала {FILE}: он появится после первого свода.")
        if school:
            code = _known_code(journal, school, registry)
            yield from _files(journal.files(code), zone)
            yield from _remarks(journal.first_raised(code), zone, catalogue)
        else:
            yield from _files(journal.files(), zone)
            yield from _runs(journal.runs(), zone)
            yield from _letters(journal.letters(), zone)
            yield from _attempts(journal.attempts(), zone)
            yield from _approvals(journal.approvals(), zone)


def letters_in(output: Path, zone: ZoneInfo) -> Iterator[str | Table]:
    """Of several orders: the letters about all of them, which the journal above knows."""
    yield "── Письма обо всех приказах ──"
    with looked_into(output) as journal:
        yield from _letters(journal.letters(), zone)


def _known_code(journal: Journal, said: str, registry: Callable[[], Registry]) -> str:
    """The journal knows schools by their codes alone, and also those that have left the registry."""
    codes = journal.schools()
    if said in codes:
        return said
    schools = registry()
    if schools.schools:
        school = school_of(schools, said)
        if school.code in codes:
            return school.code
        said = f"{school.code} ({school.name})"
    known = f"Известны коды: {', '.join(codes)}." if codes else "Он не знает ещё ни одной школы."
    raise UsageError(f"О школе «{said}» в журнале ничего нет. {known}")


def _files(lines: list[FileLine], zone: ZoneInfo) -> Iterator[str | Table]:
    if not lines:
        yield "Файлов ещё не поступало."
        return
    yield f"Поступления: {count(len(lines), ('запись', 'записи', 'записей'))}."
    yield _table(
        ("Школа", "Отчёт на", "Поступил", "Впервые прочитан", "Файл"),
        (
            (
                line.school or DASH,
                day(line.as_of) if line.as_of else DASH,
                _moment(line.arrival.arrived, zone) if line.arrival.arrived else "время неизвестно",
                _moment(line.arrival.first_seen, zone),
                line.file,
            )
            for line in lines
        ),
    )


def _remarks(lines: list[RemarkLine], zone: ZoneInfo, catalogue: Catalogue) -> Iterator[str | Table]:
    if not lines:
        yield "Ошибок и предупреждений не было."
        return
    yield f"Когда впервые найдены: {count(len(lines), ('замечание', 'замечания', 'замечаний'))}."
    yield _table(
        ("Отчёт на", "Пункт", "Замечание", "Найдено"),
        (
            (day(line.as_of), line.item or DASH, _title(line.code, catalogue), _moment(line.run_started, zone))
            for line in lines
        ),
    )


def _title(code: str, catalogue: Catalogue) -> str:
    """A remark of another version of the program stands with its code."""
    return catalogue.entries[code].title if code in catalogue.entries else code


def _runs(lines: list[RunLine], zone: ZoneInfo) -> Iterator[str | Table]:
    if not lines:
        yield "Запусков ещё не было."
        return
    yield f"Запуски: {count(len(lines), ('свод', 'свода', 'сводов'))}."
    before = [lines[0].settings, *(line.settings for line in lines)]
    yield _table(
        ("Начат", "Свод на", "Файлов", "Учтено школ", "Ошибки / проверить", "Итог"),
        (_run(line, line.settings != earlier, zone) for line, earlier in zip(lines, before, strict=False)),
    )


def _run(line: RunLine, other_settings: bool, zone: ZoneInfo) -> tuple[str, ...]:
    files = f"{number(line.files)}, новых {number(line.new)}" if line.new else number(line.files)
    ended = f"завершён, версия {line.version}{'; настройки изменены' if other_settings else ''}"
    result = (DASH, DASH, "не завершён")
    if line.tally:
        counted, expected, errors, warnings = map(number, line.tally)
        result = (f"{counted} из {expected}", f"{errors} / {warnings}", ended)
    return _moment(line.started, zone), day(line.as_of), files, *result


def _letters(lines: list[LetterLine], zone: ZoneInfo) -> Iterator[str | Table]:
    if not lines:
        yield "Писем ещё не отправляли."
        return
    yield f"Отправлено: {count(len(lines), ('письмо', 'письма', 'писем'))}."
    yield _table(
        ("Отправлено", "Кому", "Свод на", "Тема"),
        ((_moment(line.sent_at, zone), line.recipient, day(line.as_of), line.subject) for line in lines),
    )


def _attempts(lines: list[AttemptLine], zone: ZoneInfo) -> Iterator[str | Table]:
    """Letters that may have gone, and refused ones."""
    if not lines:
        return
    letters = count(len(lines), ("письмо", "письма", "писем"))
    yield f"Не отправлено или не известно, дошло ли: {letters}."
    yield _table(
        ("Начато", "Ключ", "Кому", "Свод на", "Тема", "Что с ним"),
        (
            (
                _moment(line.begun_at, zone),
                short(line.key),
                line.recipient,
                day(line.as_of),
                line.subject,
                "удержано: дошло ли, неизвестно; нет — mail --again, да — mail --arrived"
                if line.refused is None
                else line.refused,
            )
            for line in lines
        ),
    )


def _approvals(lines: list[Approval], zone: ZoneInfo) -> Iterator[str | Table]:
    if lines:
        yield "Утверждённые даты."
        yield _table(("Свод на", "Утверждён"), ((day(one.as_of), _moment(one.approved_at, zone)) for one in lines))


def _table(headings: Iterable[str], rows: Iterable[tuple[str, ...]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold", no_wrap=heading in _NARROW)
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%d.%m.%Y %H:%M}"
