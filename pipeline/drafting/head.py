"""What an order says of itself and of its form: number, date, office, titles, labels, reporting dates, papers."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import takewhile
from typing import NamedTuple

from pipeline.drafting.dates import Day, Led, days_by_clause, days_in, without_days
from pipeline.drafting.opening import Row
from pipeline.drafting.tables import Table, Use
from pipeline.wording import capital

_ORDER = re.compile(r"\s*(?:п\s*р\s*и\s*к\s*а\s*з|р\s*а\s*с\s*п\s*о\s*р\s*я\s*ж\s*е\s*н\s*и\s*е)\s*", re.IGNORECASE)
_COMMAND = re.compile(r"п\s*р\s*и\s*к\s*а\s*з\s*ы\s*в\s*а\s*ю|о\s*б\s*я\s*з\s*ы\s*в\s*а\s*ю", re.IGNORECASE)
_NUMBER = re.compile(r"№\s*([\w./-]*\d[\w./-]*)")
_POINT = re.compile(r"\d{1,2}(?:\.\d{1,2})*[.)]\s*\S")
_REPORTS = re.compile(r"отч[её]т(?!ност)", re.IGNORECASE)
_GIVEN = re.compile(r"пред[о]?став|сдава|сдать|направ", re.IGNORECASE)
_NOT_KEPT = re.compile(r"не включаются|не привод\w+|не перенос\w+|не принима\w+|за отч[её]тный период", re.IGNORECASE)
_KEPT = re.compile(r"с уч[её]том (?:предыдущей|ранее)|нарастающим итогом(?!\W+с начала)", re.IGNORECASE)
_TITLE = re.compile(
    r"(?:форма\s+)?(?:отч[её]т|сведения|информация|мониторинг|анкета|показатели|чек-?лист|реестр|паспорт|форма\s)", re.I
)
_STAMP = re.compile(r"утвержден|утверждён|приложение|к приказу|приказом|^форма$", re.IGNORECASE)
_BY_FORM = re.compile(r"по (?:прилагаемой |утвержд[её]нной |следующей )?форм", re.IGNORECASE)
_PAPER = re.compile(r"(?:план|копи|справк|сведени|информаци|заявк|список)\w*\b[^.;]*")
_UNTIL = re.compile(r",?\s*(?:в срок\s+)?(?:не позднее|до|к|начиная с|с)\s*(?=[.;,]|\s*$)", re.IGNORECASE)
_REGULARLY = re.compile(
    r"\b(?:ежемесячно|еженедельно|ежеквартально|ежегодно|ежедневно)\b|по пятниц|по понедельник", re.IGNORECASE
)
_SECTION = re.compile(r"(?:раздел|часть|таблица)\s|(?:\d{1,2}|[IVX]{1,4})[.)]\s*\D", re.IGNORECASE)
_LONGEST_SECTION = 200
_FOOTNOTE = re.compile(r"\*+\s*\S")
_TO_FILL_IN = re.compile(r"_{3,}")
_YEAR_BEHIND = re.compile(r"_{2,}\W*(?:20(?:\d\d|_+)|г\b)", re.IGNORECASE)
_AS_OF = re.compile(r"состояни|дат", re.IGNORECASE)
_OF_SCHOOL = re.compile(r"школ|учрежд|организац|лице|гимнази|\bо[оу]\b|№\s*$", re.IGNORECASE)  # «школа № ____ 2025 г.»
_LONGEST_OFFICE = 100


class Paper(NamedTuple):
    title: str
    due: date


class Head(NamedTuple):
    """What is not found is blank, or None. `titles`: lines of the form's title. `school`, `as_of`: the words before the
    blanks. `sections`: lines over parts of the form, «Раздел 1. Автобусы». `reporting`: reporting dates; `spread`: do
    they stand in several points of the order; `is_guessed`: does none of these speak of reports."""

    number: str
    day: date | None
    office: str
    subject: str
    titles: tuple[str, ...]
    school: str
    as_of: str
    reporting: tuple[date, ...]
    spread: bool
    is_guessed: bool
    papers: tuple[Paper, ...]
    cumulative: bool | None
    note: str
    sections: tuple[str, ...]


def head_of(rows: Sequence[Row], tables: Sequence[Table]) -> Head:
    form = next((table for table in tables if table.use is Use.FORM), None)
    top = [*takewhile(lambda row: not _COMMAND.search(row.text), rows)]
    day, number = _day_and_number(top)
    dated = [(point, days) for point in points(rows, tables) if (days := _later(" ".join(point), day))]
    is_guessed = not any(_is_about_reports(point) for point, _ in dated)
    due = [_of_form(point, days) if is_guessed else _of_reports(point, days) for point, days in dated]
    reporting = [days for days, _ in due if days]
    titles, school, as_of = _above(rows, form) if form else ((), "", "")
    return Head(
        number=number,
        day=day,
        office=_office(top),
        subject=_subject(top),
        titles=titles,
        school=school,
        as_of=as_of,
        reporting=tuple(sorted({one.day for days in reporting for one in days})),
        spread=len(reporting) > 1,
        is_guessed=is_guessed,
        papers=tuple(paper for _, papers in due for paper in papers),
        cumulative=_cumulative(rows),
        note=_note(rows, form),
        sections=_sections(rows, tables),
    )


def said_to_do(rows: Sequence[Row], tables: Sequence[Table]) -> list[str]:
    """What the order says between «ПРИКАЗЫВАЮ» and its form, a line each: its reasons speak of other years."""
    form = next((table.start for table in tables if table.use is Use.FORM), len(rows))
    texts = [row.text for row in rows[:form]]
    for n, text in enumerate(texts):
        if command := _COMMAND.search(text):
            return [text[command.end() :], *texts[n + 1 :]]
    return texts


def points(rows: Sequence[Row], tables: Sequence[Table]) -> Iterator[list[str]]:
    """The points of the order's own text, before its first table: lines of each."""
    first = min((table.start for table in tables if table.use is not Use.OTHER), default=len(rows))
    held: list[str] = []
    for row in rows[:first]:
        begins = _POINT.match(row.text) or (held and _COMMAND.search(held[-1]))  # a single point has no number
        if begins and held:
            yield held
            held = []
        held.append(row.text)
    if held:
        yield held


def _later(text: str, day: date | None) -> list[Day]:
    """Dates that are the order's own and none of the laws that it names."""
    return [one for one in days_in(text) if day is not None and one.day > day]


# ── the top ──────────────────────────────────────────────────────────────────────────────────────────────
def _day_and_number(top: Sequence[Row]) -> tuple[date | None, str]:
    """They stand in a line of their own, or in one each; laws that the order names stand in sentences."""
    day: date | None = None
    number = ""
    for row in top:
        rest = _NUMBER.sub(" ", without_days(row.text))
        if re.fullmatch(r"[\s.,«»\"_]*(?:от)?[\s.,«»\"_года]*(?:[гс]\.\s*[\w-]+)?\s*", rest):
            days, numbers = days_in(row.text), _NUMBER.findall(row.text)
            day = day or (days[0].day if days else None)
            number = number or (numbers[0] if numbers else "")
    return day, number.rstrip(".")


def _office(top: Sequence[Row]) -> str:
    """«Управление образования», without whose it is; no line in brackets is it."""
    above = [*takewhile(lambda row: not _ORDER.fullmatch(row.text), top)]
    lines = [row.text for row in above if not row.text.startswith("(")]
    if len(above) == len(top) or not lines:
        return ""
    words = " ".join(lines)
    short = re.split(r"\s+(?=администраци)", words, maxsplit=1, flags=re.IGNORECASE)[0]
    return short if len(short) <= _LONGEST_OFFICE else ""


def _subject(top: Sequence[Row]) -> str:
    """«О введении …»: the lines between the order's head and its reasons."""
    start = next((n for n, row in enumerate(top) if re.match(r"Об?(?:\s|$)", row.text)), None)
    if start is None:
        return ""
    lines = takewhile(
        lambda row: (
            not re.match(r"в соответствии|в целях|на основании|от \d", row.text, re.IGNORECASE)
            and not _POINT.match(row.text)
            and not _NUMBER.search(row.text)
        ),
        top[start : start + 5],
    )
    return " ".join(row.text for row in lines)


# ── above the form ───────────────────────────────────────────────────────────────────────────────────────
def _above(rows: Sequence[Row], form: Table) -> tuple[tuple[str, ...], str, str]:
    """Lines of the form's title, and the labels of the school and of the date."""
    above: list[str] = []
    for row in reversed(rows[: form.start]):
        if row.is_table or _STAMP.search(row.text):
            break
        above.insert(0, row.text)
    blanks = [text for text in above if _TO_FILL_IN.search(text)]
    labelled = [(label, text) for text in blanks if re.search(r"\w", label := _TO_FILL_IN.split(text)[0].strip())]
    dated = [
        label
        for label, text in labelled
        if _AS_OF.search(label) or (_YEAR_BEHIND.search(text) and not _OF_SCHOOL.search(label))
    ]
    as_of = next(map(_without_day, dated), "")
    school = next((label for label, _ in labelled if label not in dated and label.casefold() != "за"), "")
    start = next((n for n, text in enumerate(above) if _TITLE.match(text)), None)
    title = takewhile(lambda text: not _TO_FILL_IN.search(text) and len(text) < 200, above[start:]) if above else ()
    return tuple(title) if start is not None else (), school, as_of


def _without_day(label: str) -> str:
    """«по состоянию на 1 ____» is for any day of a month, «на «___» ____» too: the day is no part of the label."""
    return re.sub(r"[\s«\"“„]*(?:\d{1,2}(?:\s+числ\w+)?)?[\s«\"“„]*$", "", label)


# ── what is due ──────────────────────────────────────────────────────────────────────────────────────────
def _is_about_reports(point: Sequence[str]) -> bool:
    return bool(_REPORTS.search(point[0]) and _GIVEN.search(point[0]))


def _of_reports(point: Sequence[str], days: Sequence[Day]) -> tuple[list[Day], list[Paper]]:
    """The reporting dates of a point, and its papers. «На 01.03 до 05.03» is one date, and until when it is sent."""
    if not _is_about_reports(point):
        return [], [*_papers(point, days)]
    by_clause = (led for _, led in days_by_clause(" ".join(point), days))
    return [one for led in by_clause for one in _without_deadlines(led)], []


def _without_deadlines(led: Sequence[Led]) -> Iterator[Day]:
    """But for «до …» right behind «на …»."""
    is_behind = False
    for one in led:
        is_behind = one.lead == "на" or (is_behind and one.follows)
        if one.lead == "на" or not is_behind:
            yield one.day


def _as_of(led: Sequence[Led]) -> list[Day]:
    """«на 01.03.2026, 01.06.2026»"""
    return [one.day for one in led if one.lead == "на"]


def _of_form(point: Sequence[str], days: Sequence[Day]) -> tuple[list[Day], list[Paper]]:
    """The same where no point speaks of reports: what is given «по форме», or «на» a day, may be one. Days of anything
    else in the sentence are told as unused."""
    of_first = [day for day in days if day.end <= len(point[0])]
    parts = [(clause, led, _by_form(clause, led)) for clause, led in days_by_clause(point[0], of_first)]
    reporting = [one for _, _, found in parts for one in found]
    if not reporting or not _GIVEN.search(point[0]):
        return [], [*_papers(point, days)]
    others = (paper for clause, led, found in parts if not found for paper in _papers([clause], [led[0].day]))
    return reporting, [*others]


def _by_form(clause: str, led: Sequence[Led]) -> list[Day]:
    """Days in a row, the nearest behind «по форме»; those before it where none is behind."""
    if (as_of := _as_of(led)) or not _BY_FORM.search(clause):
        return as_of
    begins = [n for n, one in enumerate(led) if not one.follows]
    first = next((n for n in begins if _BY_FORM.search(led[n].before)), begins[-1])
    return [one.day for one in (led[first], *takewhile(lambda one: one.follows, led[first + 1 :]))]


def _papers(point: Sequence[str], days: Sequence[Day]) -> Iterator[Paper]:
    """«Предоставить до … : — копию приказа; — план»: each line behind a dash is a paper."""
    if not _GIVEN.search(point[0]) or not days_in(point[0]) or _REGULARLY.search(point[0]):
        return  # what is sent again and again is a report
    listed = [line for line in point[1:] if re.match(r"[-–—•]", line)]
    for line in listed:
        yield Paper(_nominative(line.strip(" -–—•;.")), days[0].day)
    if not listed and (words := _PAPER.search(_UNTIL.sub("", without_days(point[0])))):
        yield Paper(_nominative(words[0].strip(" ,;.")), days[0].day)


def _nominative(text: str) -> str:
    """«копию приказа» -> «Копия приказа»: a list of what is to be given stands in the accusative."""
    first, _, rest = text.partition(" ")
    for ending, instead in (("ию", "ия"), ("ку", "ка"), ("ту", "та"), ("му", "ма"), ("вку", "вка")):
        if first.endswith(ending):
            first = first.removesuffix(ending) + instead
            break
    return capital(f"{first} {rest}".strip())


def _cumulative(rows: Sequence[Row]) -> bool | None:
    """Does a report build on the one before. None: the order does not say."""
    texts = [row.text for row in rows if _REPORTS.search(row.text) or "итогом" in row.text or "период" in row.text]
    if any(_NOT_KEPT.search(text) for text in texts):
        return False
    return True if any(_KEPT.search(text) for text in texts) else None


def _note(rows: Sequence[Row], form: Table | None) -> str:
    below = rows[form.start :] if form else ()
    return next((row.text for row in below if row.text.casefold().startswith("примечание")), "")


def _sections(rows: Sequence[Row], tables: Sequence[Table]) -> tuple[str, ...]:
    """Lines right above the form's tables that begin with a number, or as parts do; footnotes, «* Доля тех, кто …»."""
    above = (rows[table.start - 1] for table in tables if table.use is Use.FORM and table.start)
    texts = (row.text for row in above if sum(map(bool, row.cells)) == 1)
    sections = [text for text in texts if _SECTION.match(text) and len(text) <= _LONGEST_SECTION]
    start = next((table.start for table in tables if table.use is Use.FORM), len(rows))
    footnotes = [row.text for row in rows[start:] if not row.is_table and _FOOTNOTE.match(row.text)]
    return tuple(dict.fromkeys([*sections, *(text for text in footnotes if len(text) <= _LONGEST_SECTION)]))
