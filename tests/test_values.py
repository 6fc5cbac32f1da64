"""One answer cell: every example of docs/reading.md, and facts written in any of its styles, read back the same."""

import math
import re
import unicodedata
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import wording
from pipeline.reading.answers.documents import holds_details
from pipeline.reading.answers.numbers import takes_no_answer
from pipeline.reading.answers.problems import says_no_problems
from pipeline.reading.answers.values import Around, clean, is_blank, read_answer, read_classes, read_date
from pipeline.reading.answers.yes_no import read_yes_no
from pipeline.reading.opening.book import Cell
from schemas.form import Form, Item, Kind, load_form
from schemas.remarks import load_catalogue
from tests.form_variants import DATA
from tests.table_forms import HEALTH, MEALS

FORM, HEAT = load_form("form-547"), load_form(DATA / "form-heat.toml")
CATALOGUE = load_catalogue()
GUIDE = (Path(__file__).parent.parent / "docs" / "reading.md").read_text("utf-8")

PARENTS = "родитель"
TEACHERS = "учитель"


def coverage(asks: str, whom: str = "", *, classes: bool = False) -> Item:
    """The form's first item that asks so, about those people."""
    return next(
        item
        for item in FORM.items
        if (item.asks, item.classes) == (asks, classes) and (not whom or whom in FORM.base(item.base).people)
    )


def of_kind(kind: Kind) -> Item:
    return next(item for item in FORM.items if item.kind is kind)


ITEMS = {
    "people": coverage("people", PARENTS),
    "teachers": coverage("people", TEACHERS),
    "percent": coverage("percent", PARENTS, classes=True),
    "percent, no classes": coverage("percent"),
    "may be not provided": next(item for item in FORM.items if item.may_be_not_provided),
    "volume": of_kind(Kind.VOLUME),
    "person": of_kind(Kind.PERSON),
    "document": of_kind(Kind.DOCUMENT),
    "acts": of_kind(Kind.ACTS),
    "yes/no": of_kind(Kind.YES_NO),
    "text": of_kind(Kind.TEXT),
}
OF_MEALS = {"children": "1/дети", "roubles": "1/сумма", "meal days": "5", "thousands": "6"}
OF_HEALTH = {"sick days": "5", "choice": "2", "choices": "3", "day": "6/дата", "link": "6/ссылка"}
OF_HEAT = {
    "degrees": "4", "litres": "6", "buses": "1/всего", "since 1980": "8",
    "fulfilled": "5", "vacant since": "10/с", "deadline": "10/срок",
}  # fmt: skip
ITEMS |= {name: HEAT.item(number) for name, number in OF_HEAT.items()}
ITEMS |= {name: MEALS.item(number) for name, number in OF_MEALS.items()}
ITEMS |= {name: HEALTH.item(number) for name, number in OF_HEALTH.items()}
QUARTER = Around(since=date(2026, 4, 1), until=date(2026, 6, 30))


def form_of(item: str) -> Form:
    kinds = ((OF_MEALS, MEALS), (OF_HEALTH, HEALTH), (OF_HEAT, HEAT))
    return next((form for items, form in kinds if item in items), FORM)


# ── the guide's tables ───────────────────────────────────────────────────────────────────────────────────────


class Example(NamedTuple):
    item: str
    typed: str
    cell: str
    base: str
    facts: str
    remark: str


def rows_of(heading: str) -> list[list[str]]:
    """The rows of all tables of the guide that have this heading, code marks taken off."""
    rows: list[list[str]] = []
    ours = False
    for line in GUIDE.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")] if line.startswith("| ") else []
        if not cells:
            ours = ours and line.startswith("|-")
        elif line == heading:
            ours = True
        elif ours:
            cells = [cell.strip() for cell in line[1:-1].split("|")]
            rows.append([cell[1:-1] if re.fullmatch("`.*`", cell) else cell for cell in cells])
    return rows


EXAMPLES = [Example(*row) for row in rows_of("| item | typed | cell | base | facts | remark |")]
OTHER_TIMES = rows_of("| answer | as_of | read |")
DATES = rows_of("| written | date |")
CLASSES = rows_of("| written | classes |")


def unescaped(typed: str) -> str:
    return re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), typed).replace(r"\n", "\n")


def cell_of(example: Example) -> Cell:
    kind, _, number_format = example.cell.partition(" ")
    match kind:
        case "number":
            return Cell(float(example.typed), None if number_format == "?" else number_format or "General")
        case "date":
            return Cell(datetime.fromisoformat(example.typed), "DD.MM.YYYY")
        case "boolean":
            return Cell(example.typed == "TRUE")
        case "error":
            return Cell(example.typed, fault="error")
        case "uncalculated":
            return Cell("", fault="no_value")
    return Cell(clean(unescaped(example.typed)))


def written(value: str | float, half: float) -> str:
    said = f"{value:.15g}" if isinstance(value, float) else value.replace("\n", r"\n")
    return f"{said} ±{half:g}" if half else said


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.item}: {e.typed} {e.cell} {e.base}".strip())
def test_every_example_of_the_guide_holds(example):
    form, base = form_of(example.item), float(example.base) if example.base else None
    answer = read_answer(ITEMS[example.item], cell_of(example), form, base, QUARTER)
    assert " · ".join(f"{f.field} {written(f.value, f.half)}" for f in answer.facts) == example.facts
    assert " ".join(remark.code for remark in answer.remarks) == example.remark


@pytest.mark.parametrize(("typed", "as_of", "read"), OTHER_TIMES)
def test_an_answer_of_another_time_is_not_the_reports(typed, as_of, read):
    around = Around(as_of=date.fromisoformat(as_of))
    answer = read_answer(ITEMS["percent"], Cell(typed), FORM, None, around)
    assert [fact.value for fact in answer.facts if fact.field == "percent"] == ([float(read)] if read else [])
    assert [remark.code for remark in answer.remarks] == ([] if read else ["NUM-OTHER-DATE"])


def says_that_there_is_none(item: str, cell: Cell) -> bool:
    """«х» where a figure belongs, «нет» for a link: known, and nothing to be said about it."""
    match ITEMS[item].kind:
        case Kind.NUMBER:
            return takes_no_answer(cell)
        case Kind.LINK:
            return isinstance(cell.value, str) and read_yes_no(cell.value).said == "нет"
    return False


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.item}: {e.typed} {e.cell}")
def test_an_example_without_facts_names_its_remark_unless_the_cell_is_blank(example):
    cell = cell_of(example)
    assert example.facts or example.remark or is_blank(cell) or says_that_there_is_none(example.item, cell)


def test_the_guide_has_examples_of_every_kind_of_answer():
    assert {ITEMS[example.item].kind for example in EXAMPLES} == set(Kind) - {Kind.GROUP, Kind.ROW, Kind.ROWS}
    assert len(EXAMPLES) > 300


@pytest.mark.parametrize(("text", "day"), DATES)
def test_every_date_of_the_guide_is_read(text, day):
    assert read_date(unescaped(text)) == (date.fromisoformat(day) if day else None)


@pytest.mark.parametrize(("text", "classes"), CLASSES)
def test_classes_alone_are_read_as_the_guide_says(text, classes):
    assert read_classes(text) == (classes or None)


@pytest.mark.parametrize(("text", "none"), rows_of("| written | none |"))
def test_that_there_are_no_problems_is_said_as_the_guide_says(text, none):
    assert says_no_problems(clean(unescaped(text)), FORM.words_beside) == (none == "yes")


@pytest.mark.parametrize(("title", "own"), rows_of("| title | its own |"))
def test_details_in_a_title_are_its_own_as_the_guide_says(title, own):
    assert holds_details(title) == (own == "yes")


# ── the same fact in any style ───────────────────────────────────────────────────────────────────────────────

gaps = st.text(" \u00a0\u2009\u202f\u200b", max_size=3)
dashes = st.sampled_from("-–—−")


@st.composite
def spaced(draw, parts: list[str]) -> str:
    """The parts with any number of any spaces before, between and after them."""
    return draw(gaps) + "".join(part + draw(gaps) for part in parts)


def percents(most: int = 100):
    """(percent, its digits, half a unit of the last of them)."""
    return st.tuples(st.integers(0, 2), st.sampled_from(",.")).flatmap(
        lambda style: st.integers(0, most * 10 ** style[0]).map(lambda n: _percent(n, *style))
    )


def _percent(units: int, decimals: int, point: str) -> tuple[float, str, float]:
    digits = f"{units / 10**decimals:.{decimals}f}"
    return float(digits), digits.replace(".", point), 0.5 * 10.0**-decimals


def people_written(n: int):
    """1240 as `1240` or, with any space, as `1 240`."""
    plain = st.just(str(n))
    grouped = st.sampled_from(" \u00a0\u2009\u202f").map(lambda space: f"{n // 1000}{space}{n % 1000:03}")
    return st.one_of(plain, grouped) if 1000 <= n < 20_000 else plain


def read(item: str, text: str, base: float | None = None) -> dict[str, str | float]:
    """Field -> value; no remark may stand beside them."""
    answer = read_answer(ITEMS[item], Cell(clean(text)), FORM, base)
    assert answer.remarks == (), text
    return {fact.field: fact.value for fact in answer.facts}


signs = st.sampled_from(["%", "％", "процентов", "проц."])
units = st.sampled_from(["чел.", "чел", "человек", "родителей", "законных представителей"])


@given(data=st.data(), count=st.integers(0, 9999), percent=percents())
def test_people_and_percent_are_read_back_from_any_style(data, count, percent):
    value, digits, _ = percent
    people, sign, unit = data.draw(people_written(count)), data.draw(signs), data.draw(units)
    styles = [
        [people, unit, "/", digits, sign],
        [people, "/", digits, sign],
        [people, f"{unit},", digits, sign],
        [people, "(", digits, sign, ")"],
        [digits, sign, "(", people, unit, ")"],
        [digits, sign, "(", people, ")"],
        ["охвачено", " ", people, unit, ";", digits, sign],
        [people, unit, "\n", digits, sign],
        [people, unit, " - ", digits, sign, "."],
    ]
    text = data.draw(spaced(data.draw(st.sampled_from(styles))))
    assert read("people", text) == {"count": count, "percent": value}


@given(data=st.data(), total=st.integers(1, 9999), percent=percents())
def test_people_of_all_are_read_back_from_any_style(data, total, percent):
    value, digits, _ = percent
    count = data.draw(st.integers(0, total))
    some, whole, unit, sign = (data.draw(s) for s in (people_written(count), people_written(total), units, signs))
    plain = [
        [some, " из ", whole],
        [some, unit, " из ", whole, unit],
        ["всего ", f"{whole},", "охвачено ", some],
        ["из ", whole, " родителей ознакомлены ", some],
    ]
    with_percent = [
        [some, " из ", whole, "(", digits, sign, ")"],
        [some, " из ", whole, unit, " — ", digits, sign],
        [digits, sign, "(", some, " из ", whole, ")"],
    ]
    assert read("people", data.draw(spaced(data.draw(st.sampled_from(plain))))) == {"count": count, "total": total}
    text = data.draw(spaced(data.draw(st.sampled_from(with_percent))))
    assert read("people", text) == {"count": count, "total": total, "percent": value}


@given(percent=percents(), data=st.data(), item=st.sampled_from(["people", "percent", "percent, no classes", "volume"]))
def test_a_percent_keeps_what_its_last_digit_leaves_open(percent, data, item):
    value, digits, half = percent
    text = data.draw(spaced([digits, data.draw(signs)]))
    answer = read_answer(ITEMS[item], Cell(clean(text)), FORM, None)
    assert [(f.field, f.value, f.half) for f in answer.facts] == [("percent", value, half)]


@given(data=st.data(), percent=percents(), grades=st.sets(st.integers(1, 11), min_size=1))
def test_percent_and_classes_are_read_back_and_never_mixed_up(data, percent, grades):
    value, digits, _ = percent
    normal = classes_written(grades, listed=False, dash="-")
    said = classes_written(grades, listed=data.draw(st.booleans()), dash=data.draw(dashes))
    styles = [
        [digits, "%", "(", said, "классы", ")"],
        [digits, "% родителей", "(", said, "кл.", ")"],
        [digits, "%,", said, "кл."],
        [said, "кл.", " - ", digits, "%"],
        ["классы:", said, ";", digits, "%"],
        [digits, "%, в ", said, "классах"],
    ]
    if len(grades) == 1:  # «5 классов» would be how many, «в 2 классах» too
        styles = styles[:-1]
    text = data.draw(spaced(data.draw(st.sampled_from(styles))))
    assert read("percent", text) == {"percent": value, "classes": normal}


def classes_written(grades: set[int], *, listed: bool, dash: str) -> str:
    """{5, 6, 7, 11} as `5-7, 11`, or one by one."""
    if listed:
        return ", ".join(map(str, sorted(grades)))
    starts = sorted(g for g in grades if g - 1 not in grades)
    ends = sorted(g for g in grades if g + 1 not in grades)
    return ", ".join(str(a) if a == b else f"{a}{dash}{b}" for a, b in zip(starts, ends, strict=True))


@given(share=st.floats(0, 1))
def test_a_cell_with_a_percent_format_is_its_value_times_100_unrounded(share):
    answer = read_answer(ITEMS["people"], Cell(share, "0%"), FORM, None)
    (fact,) = answer.facts
    assert fact.field == "percent"
    assert fact.value == pytest.approx(100 * share, rel=1e-14)


@given(base=st.integers(2, 20_000), data=st.data())
def test_a_bare_share_is_read_only_as_the_base_decides(base, data):
    covered = data.draw(st.integers(1, base - 1))
    answer = read_answer(ITEMS["percent"], Cell(covered / base), FORM, float(base))
    if answer.facts:
        assert answer.facts[0].value == pytest.approx(100 * covered / base)
    else:  # the number is a whole number of people as a percent, too
        assert [remark.code for remark in answer.remarks] == ["NUM-FRACTION"]


@given(
    first=st.integers(0, 99),
    second=st.integers(1, 100),
    dash=st.sampled_from("-–—"),
    item=st.sampled_from(list(ITEMS)[:6]),
)
def test_a_range_is_never_a_figure(first, second, dash, item):
    low, high = sorted({first, second, 100})[:2]
    answer = read_answer(ITEMS[item], Cell(f"{low}{dash}{high} %"), FORM, None)
    assert ([f.field for f in answer.facts], [r.code for r in answer.remarks]) == ([], ["NUM-RANGE"])


@given(
    number=st.from_regex(r"[1-9][0-9]{0,3}(/[1-9])?(-(од|п))?", fullmatch=True),
    day=st.dates(date(2013, 1, 1), date(2020, 12, 31)),
    data=st.data(),
)
def test_a_document_is_read_back_from_any_style(number, day, data):
    dated = data.draw(dates_written(day))
    style = data.draw(
        st.sampled_from(
            [
                "приказ от {day} №{number}",
                "Приказ № {number} от {day}",
                "пр. №{number} от {day}",
                "№ {number} от {day}",
                "от {day} N {number}",
                "Приказ\n№ {number}\nот {day}",
                "Утверждён приказом директора № {number}, {day}",
            ]
        )
    )
    assert read("document", style.format(number=number, day=dated)) == {"number": number, "date": day.isoformat()}


MONTHS = ["января", "февраля", "марта", "апреля", "мая", "июня"]
MONTHS += ["июля", "августа", "сентября", "октября", "ноября", "декабря"]


@st.composite
def dates_written(draw, day: date) -> str:
    styles = [f"{day:%d.%m.%Y}", f"{day:%d.%m.%y}", f"{day.day}.{day.month}.{day.year}", f"{day:%d/%m/%Y}", f"{day}"]
    styles += [f"{day.day} {MONTHS[day.month - 1]} {day.year}", f"«{day:%d}» {MONTHS[day.month - 1]} {day.year}"]
    return draw(st.sampled_from(styles)) + draw(st.sampled_from(["", " г.", "г.", " года"]))


@given(day=st.dates(date(2013, 1, 1), date(2099, 12, 31)), data=st.data())
def test_a_date_is_read_back_from_any_style(day, data):
    assert read_date(data.draw(dates_written(day))) == day
    assert read_date(Cell(datetime.combine(day, datetime.min.time()), "DD.MM.YYYY")) == day
    serial = float((day - date(1899, 12, 30)).days)
    assert read_date(Cell(serial, "DD.MM.YYYY")) == day
    assert read_date(Cell(serial)) is None
    assert read_date(Cell(serial * 1e6, "DD.MM.YYYY")) is None


surnames = st.sampled_from(["Иванова", "Петров-Водкин", "Ким", "Ли", "Рабинович", "Белая"])
rest_of_name = st.sampled_from(["Мария Петровна", "Андрей Ильич", "Светлана Ен-Суновна", "М.П.", "М. П."])
positions = st.sampled_from(["учитель", "заместитель директора по УВР", "зам. директора по НМР", "инженер по ТСО"])


@given(surname=surnames, rest=rest_of_name, position=positions, data=st.data())
def test_a_person_is_read_back_from_any_style(surname, rest, position, data):
    name = f"{surname} {rest}"
    styles = [
        "{n}; {p}",
        "{n}, {p}",
        "{n} - {p}",
        "{n} — {p}",
        "{n}\n{p}",
        "{n} ({p})",
        "{p} {n}",
        "{p}, {n}",
        "{n} {p}",
    ]
    text = data.draw(st.sampled_from(styles)).format(n=name, p=position)
    assert read("person", text) == {"person": name, "position": position}


# ── nothing raises, nothing is passed over ───────────────────────────────────────────────────────────────────

FRAGMENTS = re.split(
    "¦",
    "0¦1¦5¦11¦12¦87¦245¦1\u00a0240¦0,5¦З0¦%¦чел.¦из¦от¦до¦с¦по¦классы¦кл.¦все¦класс¦(¦)¦/¦-¦–¦,¦;¦.¦№¦приказ¦08.12.2013"
    "¦31.02.2013¦2014¦г.¦января¦Иванова¦М.П.¦Петровна¦учитель¦есть¦нет¦http://school1.ru¦не¦«¦»¦_¦5а¦I¦всего¦охвачено"
    "¦~¦+¦=¦кроме¦без номера¦б/н¦оглы¦½¦٣¦\n¦ ",
)
anything = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join))


@given(text=anything, item=st.sampled_from(list(ITEMS)), base=st.sampled_from([None, 0.0, 12.0, 282.0]))
def test_any_text_is_blank_or_gives_facts_or_a_remark_that_can_be_said(text, item, base):
    cell = Cell(clean(text))
    answer = read_answer(ITEMS[item], cell, form_of(item), base)
    assert is_blank(cell) or says_that_there_is_none(item, cell) or answer.facts or answer.remarks
    for remark in answer.remarks:
        assert wording.message(remark, CATALOGUE)
        assert wording.todo(remark, CATALOGUE)


@given(
    number=st.floats(allow_nan=False, allow_infinity=False), number_format=st.sampled_from(["General", "0%", "0", None])
)
def test_any_number_gives_facts_or_a_remark(number, number_format):
    for name, item in ITEMS.items():
        answer = read_answer(item, Cell(number, number_format), form_of(name), 282.0)
        assert answer.facts or answer.remarks


def numbers_written(text: str) -> set[float]:
    """Every number that digits of the text can be, wherever it begins and ends, thousands parted by a space too."""
    digits = unicodedata.normalize("NFKC", text).replace("_", " ")
    ends = re.compile(r"[0-9]+(?:\s[0-9]{3})?(?:[.,][0-9]+)?|[0-9]+(?:[.,][0-9]+)?")
    found = {part[0] for at in range(len(digits)) if (part := ends.match(digits, at))}
    found |= {re.split(r"\s", one)[0] for one in found} | {re.split(r"[.,]", one)[0] for one in found}
    return {float(re.sub(r"\s", "", one).replace(",", ".")) for one in found}


measured = st.sampled_from(["people", "teachers", "percent", "percent, no classes", "volume"])
bases = st.sampled_from([None, 12.0, 24.0, 87.0, 245.0, 282.0])


@given(text=anything, item=measured, base=bases)
def test_no_figure_is_read_that_is_not_written(text, item, base):
    answer = read_answer(ITEMS[item], Cell(clean(text)), FORM, base)
    written_there = numbers_written(clean(text))
    for fact in answer.facts:
        if fact.field in ("count", "total", "percent"):
            value = abs(float(fact.value))
            as_share = fact.field == "percent" and any(math.isclose(value, 100 * n) for n in written_there if n <= 1)
            assert value in written_there or as_share


STRANGE = ["абв", "кружок", "отлично", "Пушкинский", "прилагается", "гыук"]
strange_words = st.sampled_from(
    [f" {word} " for word in STRANGE] + [f" ({word}) " for word in STRANGE] + [", абв ", "\nабв\n"]
)


@given(text=anything, item=measured, base=bases, word=strange_words, data=st.data())
def test_a_word_of_unknown_meaning_never_makes_a_value_of_a_remark(text, item, base, word, data):
    text = clean(text)
    if figures_of(item, text, base):
        return
    gaps_between_words = [0, len(text), *(at.start() for at in re.finditer(r"\s", text))]
    at = data.draw(st.sampled_from(gaps_between_words))
    assert not figures_of(item, clean(text[:at] + word + text[at:]), base)


def figures_of(item: str, text: str, base: float | None) -> list[str]:
    answer = read_answer(ITEMS[item], Cell(text), FORM, base)
    return [fact.field for fact in answer.facts if fact.field in ("count", "total", "percent")]


AFTERWORDS = [
    "(без изменений)",
    "(работа продолжается)",
    "; списки прилагаются",
    " – все под роспись",
    "\nданные журнала",
]
CHANGING = [
    "не", "нет", "план", "по плану", "плановый", "прогноз", "цель", "будет", "будет выполнено", "около", "ожидается",
    "к маю", "должно быть", "предварительно", "частично", "кроме отсутствующих", "до конца года", "прошлый год",
    "по району", "мальчики", "примерно", "уточняется", "ещё не все", "двадцать отказались", "или больше", "неактивные",
    "без доступа", "хотят", "на бумаге, но не в системе", "обещают",
]  # fmt: skip


@given(
    answer=st.sampled_from(["80 %", "245 чел.", "245 чел. / 87 %", "245 из 282 чел.", "87,5 % родителей"]),
    mark=st.sampled_from(["({})", " ({}).", ", {}", "; {}", ". {}", " — {}", "\n{}", " – {}!", " {}"]),
    word=st.sampled_from(CHANGING),
    before=st.sampled_from(["", "кружок ", "работа прилагается, "]),
    after=st.sampled_from(["", " кружок", ", работа прилагается"]),
)
def test_a_word_that_may_change_the_answer_before_it_leaves_a_remark(answer, mark, word, before, after):
    for cased in (word, word.upper(), word.capitalize()):
        assert not figures_of("people", clean(answer + mark.format(before + cased + after)), None)


@given(
    answer=st.sampled_from(["80 %", "245 чел.", "245 чел. / 87 %", "245 из 282 чел."]),
    afterword=st.sampled_from(AFTERWORDS),
    space=st.sampled_from(["", " ", "\u00a0"]),
)
def test_a_complete_answer_keeps_its_figures_before_a_note(answer, afterword, space):
    assert read("people", answer + space + afterword) == read("people", answer)


@pytest.mark.parametrize("item", sorted(set(ITEMS) - {"text"}))
def test_an_essay_in_place_of_an_answer_is_remarked_on_and_read_no_further(item):
    essay = "Работа ведётся, родители ознакомлены. " * 200
    answer = read_answer(ITEMS[item], Cell(f"{essay}245 чел. / 87 %, есть"), form_of(item), None)
    assert {fact.field for fact in answer.facts} <= {"text"}
    assert answer.remarks


@given(text=anything)
def test_a_count_is_whole_and_no_figure_is_endless(text):
    answer = read_answer(ITEMS["people"], Cell(clean(text)), FORM, 282.0)
    for fact in answer.facts:
        if fact.field in ("count", "total"):
            assert float(fact.value).is_integer()
            assert abs(float(fact.value)) < 1e15


def test_a_form_of_its_own_brings_its_own_words_for_people():
    form: Form = load_form(Path(__file__).parent / "data" / "form-meals.toml")
    item = next(item for item in form.items if item.kind is Kind.COVERAGE)
    for people in form.base(item.base).people:
        answer = read_answer(item, Cell(f"245 {people}"), form, None)
        assert [(fact.field, fact.value) for fact in answer.facts] == [("count", 245.0)]
