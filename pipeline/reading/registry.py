"""The registry workbook as plain rows: schools with their bases, who gets the letters, waivers, papers received.

Its sheets are declared in `schemas.registry_book` and read by `registry_rows`; here stands what their rows mean. A row
of «Рассылка» or «Исключения» in which any cell is not understood grants nothing.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from rapidfuzz import fuzz, process

from pipeline.reading.answers.values import as_text
from pipeline.reading.opening.book import Book
from pipeline.reading.registry_headings import find_sheet, near_sheets
from pipeline.reading.registry_rows import Known, Row, SheetRead, read_sheet
from pipeline.reading.schools import Schools
from pipeline.wording import shortened
from schemas import registry_book as book_of
from schemas.district import MUNICIPALITY, NO_GROUP, UNKNOWN, Paper, Recipient, Registry, School, Topic, Unknown, Waiver
from schemas.explained import LONGEST, Asked, recalled
from schemas.form import Form
from schemas.likeness import is_slip, plain
from schemas.registry_book import FILE, SCHOOLS
from schemas.remarks import Remark, known_codes, remark
from schemas.school_names import Name, in_short, is_of_charter, parse
from schemas.strict import UsageError

_REPORT = "отчет"  # in a title
# A line that sums schools up; «Всего доброго» may be one.
_TOTALS = re.compile(
    r"(?:итого|общий итог|в том числе|из них)\b.*|всего(?: (?:по|в|школ|учреждений|организаций|\d)\b.*)?"
)
_NEAR_GROUP = 75.0  # letters alike, 0–100: groups that are less so are no slip of one another


def read_registry(book: Book, form: Form, beside: tuple[Form, ...] = ()) -> Registry:
    """The registry with remarks on all that could not be used. `beside`: forms of the other orders that it serves.

    Raises UsageError, one Russian sentence, when no school can be read from it, or two of them bear one code or name.
    """
    sheet, schools = _read_schools(book, form, beside)
    known = Known(form, known_codes(), Schools(Registry(tuple(schools.values()))), beside)
    mailing, waivers, papers = (read_sheet(book, t, known) for t in (book_of.MAILING, book_of.WAIVERS, book_of.PAPERS))
    recipients = tuple(_recipients(mailing)) if mailing else ()
    granted = tuple(_waivers(waivers, form)) if waivers else ()
    ticked = tuple(_papers(papers)) if papers else ()
    remarks = [said for one in (sheet, mailing, waivers, papers) if one for said in one.remarks]
    if mailing and mailing.rows and not any(Topic.SUMMARY in recipient.wants for recipient in recipients):
        remarks.append(remark("REGISTRY-NOBODY", file=FILE, sheet=mailing.name))
    for strange, table in near_sheets(book, book_of.tables(form)):
        remarks.append(remark("REGISTRY-SHEET", file=FILE, sheet=strange.name, near=table.sheet))
    return Registry(tuple(schools.values()), recipients, granted, ticked or None, tuple(remarks))


def registry_sheet(book: Book, form: Form) -> str:
    """The name of the sheet of schools, where the workbook is a registry, whatever its file is called; else blank. It
    is one by all the columns that Svod writes there for the office to fill in; a list of schools with some of them, or
    under a title that says «отчёт», may be anything."""
    table = book_of.schools_table(form)
    sheet, found = find_sheet(book, table), read_sheet(book, table, Known(form, (), Schools(Registry())))
    if sheet is None or found is None:
        return ""
    its_own = [one for one in table.columns if one.need is not book_of.Need.OPTIONAL or one is book_of.EMAIL]
    above = (as_text(cell.value) for spot, cell in sheet.cells.items() if spot.row < found.headings.row)
    is_report = any(_REPORT in plain(words).split() for words in above)
    return "" if is_report or any(map(found.headings.lacks, its_own)) else found.name


# ── «Школы» ──────────────────────────────────────────────────────────────────────────────────────────────────


def _read_schools(book: Book, form: Form, beside: tuple[Form, ...]) -> tuple[SheetRead, dict[str, School]]:
    """The sheet and the schools by their codes."""
    table = book_of.schools_table(form)
    sheet = read_sheet(book, table, Known(form, (), Schools(Registry()), beside))
    if sheet is None:
        raise UsageError(_no_schools(book, form))
    for column in (book_of.CODE, book_of.NAME):
        if lacks := sheet.headings.lacks(column):
            raise UsageError(f"Файл {FILE}, лист «{SCHOOLS.sheet}»: {lacks}. Исправьте заголовок или добавьте столбец.")
    found: dict[str, tuple[Row, School]] = {}
    for row in sheet.rows:
        if not _is_no_school(row):
            _add_school(row, form, found)
    if not found and sheet.rows:
        fill = f"Заполните столбец «{book_of.CODE.heading}»."
        raise UsageError(f"Файл {FILE}, лист «{SCHOOLS.sheet}»: ни у одной школы нет кода. {fill}")
    sheet.remarks.extend(_shared_names(found.values()))
    schools = _called_in_short(_of_one_spelling(found))
    _say_groups_alike(schools, found)
    return sheet, schools


def _no_schools(book: Book, form: Form) -> str:
    near = [sheet.name for sheet, table in near_sheets(book, book_of.tables(form)) if table.sheet == SCHOOLS.sheet]
    if near:
        return f"Файл {FILE}: нет листа «{SCHOOLS.sheet}», но есть «{near[0]}». Переименуйте его в «{SCHOOLS.sheet}»."
    return f"Файл {FILE}: нет листа «{SCHOOLS.sheet}». Добавьте его или возьмите образец реестра."


def _is_no_school(row: Row) -> bool:
    """A line of totals, one that numbers the columns, or a caption. It is said, since one that is meant to be a school
    has to be filled in."""
    cells = {column: row.typed(column) for column in (book_of.NAME, book_of.CODE)}
    totals = [column for column, words in cells.items() if _TOTALS.fullmatch(plain(words))]
    if not (totals or row.numbers_columns or _is_caption(row)):
        return False
    at = totals[0] if totals else book_of.CODE
    place = {"file": FILE, "sheet": row.sheet, "cell": row.address(at)}
    row.remarks.append(remark("REGISTRY-LINE", value=cells[at], **place))  # on no school: there is none
    return True


def _is_caption(row: Row) -> bool:
    """«Городские школы», «Исполнитель: Иванова» in the column of codes, and nothing else in the row: words in which no
    name, number or kind of a school is found."""
    code = row.typed(book_of.CODE)
    is_words = len(code.split()) > 1 and not any(sign.isdigit() or sign == "№" for sign in code)
    return is_words and parse(code)._replace(said=False) == Name() and row.holds_one_cell


def _add_school(row: Row, form: Form, found: dict[str, tuple[Row, School]]) -> None:
    """The row's school, if it has a code."""
    code, written = row.text(book_of.CODE), row.text(book_of.NAME)
    name = "" if written is UNKNOWN else written
    if code is UNKNOWN:
        return
    if code == "":
        whose = f"у школы «{name}» нет кода" if name else f"в строке {row.number} нет кода школы"
        row.say("REGISTRY-CODE", book_of.CODE, what=f"{whose}, она не учтена")
    elif code.casefold() == MUNICIPALITY:
        raise UsageError(
            f"Файл {FILE}, лист «{row.sheet}», строка {row.number}: код «{code}» в indicators.csv означает весь район; "
            "дайте школе другой код."
        )
    elif code in found:
        raise UsageError(
            f"Файл {FILE}, лист «{row.sheet}»: код {code} стоит у двух школ, «{found[code][1].name}» (строка "
            f"{found[code][0].number}) и «{name or code}» (строка {row.number}). Дайте каждой свой код."
        )
    else:
        if written == "":
            row.must_not(book_of.NAME, "ячейка пуста")
        found[code] = row, _school(code, name or code, row, form)


def _school(code: str, name: str, row: Row, form: Form) -> School:
    """All else that the row says of it. A cell that is not understood takes nothing away from the school."""
    full_name, aliases, email = row.text(book_of.FULL_NAME), row.text(book_of.ALIASES), row.email(book_of.EMAIL)
    classes, group = row.number_in(book_of.CLASSES), row.text(book_of.GROUP)
    since, until = row.day(book_of.SINCE), row.day(book_of.UNTIL)
    if isinstance(since, date) and isinstance(until, date) and until < since:
        row.must_not(book_of.UNTIL, f"{until:%d.%m.%Y} раньше, чем «{book_of.SINCE.heading}»")
        since = until = UNKNOWN
    return School(
        code,
        name,
        "" if full_name is UNKNOWN else full_name,
        () if aliases is UNKNOWN else tuple(alias.strip() for alias in aliases.split(";") if alias.strip()),
        dict(_people(row, form)),
        int(classes) if isinstance(classes, float) else None,
        "" if email is UNKNOWN else email,
        since,
        until,
        "" if group is UNKNOWN or plain(group) == plain(NO_GROUP) else " ".join(group.split()),
        dict(_plans(row, form)),
    )


def _people(row: Row, form: Form) -> Iterator[tuple[str, float]]:
    """Base id -> people; of a base that is blank or not understood nothing is known."""
    for column in book_of.base_columns(form):
        people = row.number_in(column)
        if isinstance(people, float):
            yield column.base, people


def _plans(row: Row, form: Form) -> Iterator[tuple[str, float]]:
    """Item -> the figure planned for it; none where the cell is blank or not understood."""
    for column in book_of.plan_columns(form):
        planned = row.figure_in(column)
        if isinstance(planned, float):
            yield column.item, planned


def _shared_names(schools: Iterable[tuple[Row, School]]) -> Iterator[Remark]:
    """By a name that several have in common none of them is known. Raises UsageError where it is what they are called
    by: whose figures are meant nobody could tell."""
    owners: dict[str, list[tuple[Row, School]]] = {}
    for row, school in schools:
        for name in dict.fromkeys(plain(name) for name in (school.name, school.full_name, *school.aliases) if name):
            owners.setdefault(name, []).append((row, school))
    for name, several in owners.items():
        if len(several) > 1:
            row, school = several[-1]
            called = [one for one in several if plain(one[1].name) == name]
            if len(called) > 1:
                (first, _), (second, _) = called[:2]
                raise UsageError(
                    f"Файл {FILE}, лист «{row.sheet}»: название «{called[0][1].name}» стоит у двух школ, с кодами "
                    f"{called[0][1].code} (строка {first.number}) и {called[1][1].code} (строка {second.number}). "
                    "Дайте каждой своё название."
                )
            place = {"file": FILE, "sheet": row.sheet, "cell": row.address(book_of.NAME), "school": school.code}
            yield remark("REGISTRY-NAME", **place, value=name, candidates=", ".join(s.code for _, s in several))


def _of_one_spelling(found: Mapping[str, tuple[Row, School]]) -> dict[str, School]:
    """The schools by their codes: groups that differ by case, spaces, ё or punctuation alone are one, written as it is
    first met."""
    written: dict[str, str] = {}
    return {
        code: replace(school, group=written.setdefault(plain(school.group) or school.group, school.group))
        for code, (_, school) in found.items()
    }


def _called_in_short(schools: Mapping[str, School]) -> dict[str, School]:
    """A name of the charter that stands in place of the short one finds room in no chart and no table: the school is
    called by its abbreviation and known by both. Where another is known by that, it keeps its name."""
    short = {code: in_short(one.name) if is_of_charter(one.name) else one.name for code, one in schools.items()}
    taken = Counter(
        name for code, one in schools.items() for name in set(map(plain, (short[code], one.full_name, *one.aliases)))
    )
    return {
        code: one if short[code] == one.name or taken[plain(short[code])] > 1 else _renamed(one, short[code])
        for code, one in schools.items()
    }


def _renamed(school: School, name: str) -> School:
    written = " ".join(school.name.split())
    if not school.full_name or plain(school.full_name) == plain(written):
        return replace(school, name=name, full_name=school.full_name or written)
    return replace(school, name=name, aliases=(*school.aliases, written))


def _say_groups_alike(schools: Mapping[str, School], found: Mapping[str, tuple[Row, School]]) -> None:
    """A remark on a group whose name may be a larger one's, mistyped: which of them is meant nobody can tell, so both
    stay."""
    codes: dict[str, list[str]] = {}
    for code, school in schools.items():
        if school.group:
            codes.setdefault(school.group, []).append(code)
    names = sorted(codes, key=lambda name: -len(codes[name]))  # of equal ones the first that is met
    words = [plain(name) for name in names]
    for place, name in enumerate(names):
        near = process.extract(words[place], words[:place], scorer=fuzz.ratio, score_cutoff=_NEAR_GROUP)
        if alike := next((names[other] for _, _, other in near if is_slip(name, names[other])), ""):
            row, _ = found[codes[name][0]]
            what = f"группа «{shortened(name, 40)}» похожа на «{shortened(alike, 40)}»"
            data = {"what": what, "column": book_of.GROUP.heading, "meaning": "они считаются как две разные"}
            row.say("REGISTRY-CELL", book_of.GROUP, value=name, **data)


# ── the other sheets ─────────────────────────────────────────────────────────────────────────────────────────


def _recipients(sheet: SheetRead) -> Iterator[Recipient]:
    for row in sheet.rows:
        name, email = row.text(book_of.RECIPIENT), row.email(book_of.RECIPIENT_EMAIL)
        wants = row.words(book_of.WANTS)
        if email == "":
            row.must_not(book_of.RECIPIENT_EMAIL, "ячейка пуста")
        elif name is not UNKNOWN and email is not UNKNOWN and wants is not UNKNOWN:
            yield Recipient(name, email, frozenset(map(Topic, wants)))


def _waivers(sheet: SheetRead, form: Form) -> Iterator[Waiver]:
    """Those in force. One that accepts a school's explanation is once the office has said who allows it: until then it
    is no mistake either."""
    for row in sheet.rows:
        who, explanation, memory = row.text(book_of.WHO), row.text(book_of.EXPLANATION), row.text(book_of.ABOUT)
        about = recalled(memory) if isinstance(memory, str) else None
        if said := _not_as_drafted(row, memory, about):
            row.say("REGISTRY-WAIVER", book_of.ABOUT, what=said)
            continue
        if who == "" and (explanation != "" or about):
            continue
        school, code = row.school(book_of.SCHOOL_CODE), row.remark_code(book_of.REMARK)
        item = about.item if about else row.item(book_of.ITEM)
        reason, until = row.text(book_of.REASON), row.day(book_of.VALID_UNTIL)
        if item == code == "":
            row.say("REGISTRY-WAIVER", book_of.ITEM, what="нет ни пункта, ни кода замечания")
        elif (
            school is not UNKNOWN
            and item is not UNKNOWN
            and code is not UNKNOWN
            and reason is not UNKNOWN
            and who is not UNKNOWN
            and until is not UNKNOWN
            and explanation is not UNKNOWN
            and memory is not UNKNOWN
        ):
            under, figure = ((), about.figure) if about else (form.under(item), "")
            yield Waiver(school.code, item, code, reason, who, until, under, shortened(explanation, LONGEST), figure)


def _not_as_drafted(row: Row, memory: str | Unknown, about: Asked | None) -> str:
    """Why a row of a school's explanation is not the one that Svod has drafted, as a clause; blank where it is, or is
    none at all. Whoever copies such a row without its last columns would allow more than was explained."""
    if any(recalled(text) for text in row.unheaded()):
        headings = f"«{book_of.EXPLANATION.heading}» и «{book_of.ABOUT.heading}»"
        return f"строка с пояснением скопирована без заголовков: добавьте {headings}"
    if memory is UNKNOWN or memory == "":
        return ""
    if about is None:
        return f"ячейка «{book_of.ABOUT.heading}» изменена: скопируйте строку заново"
    typed = [row.typed(column) for column in (book_of.SCHOOL_CODE, book_of.ITEM, book_of.REMARK)]
    meant = [about.school, about.item, about.code]
    if any(a.casefold().lstrip("0") != b.casefold().lstrip("0") for a, b in zip(typed, meant, strict=True)):
        return "пояснение дано к другой школе, пункту или замечанию: скопируйте строку заново"
    return ""


def _papers(sheet: SheetRead) -> Iterator[Paper]:
    """One whose tick is not understood is among them: neither received nor overdue."""
    for row in sheet.rows:
        school, title = row.school(book_of.PAPER_SCHOOL), row.title(book_of.DOCUMENT)
        received, day = row.tick(book_of.RECEIVED)
        if school is not UNKNOWN and title is not UNKNOWN:
            yield Paper(school.code, title, received, day)
