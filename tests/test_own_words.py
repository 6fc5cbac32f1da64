"""What a form brings of its own: words that say nothing new beside an answer, and the grades that a base counts."""

from dataclasses import replace

import msgspec
import pytest

from pipeline.reading.answers.problems import says_no_problems
from pipeline.reading.answers.units import units_in
from pipeline.reading.answers.values import read_answer
from pipeline.reading.answers.vocabulary import NO_FORM, is_among, sense
from pipeline.reading.answers.yes_no import read_yes_no
from pipeline.reading.opening.book import Cell
from schemas.form import Form, Item, Kind, Words, load_form
from schemas.likeness import plain
from schemas.meaning import changes_meaning
from tests.batch import checked, file_of, order_form
from tests.form_variants import DATA
from tests.order_form import FORM

FORMS = {one: load_form(DATA / f"form-{one}.toml") for one in ("meals", "31", "88", "12")} | {"547": FORM}
FIGURES = {Kind.COVERAGE: "87 %", Kind.VOLUME: "87 %", Kind.NUMBER: "213", Kind.YES_NO: "есть"}


def facts(item: Item, text: str, form: Form) -> list[tuple[str, str | float]]:
    return [(fact.field, fact.value) for fact in read_answer(item, Cell(text), form, None).facts]


def part_free(text: str) -> str:
    """Words behind «в том числе» name a part of what is asked for."""
    return text if text.startswith("в том числе") else text.split("в том числе")[0]


def own_words(item: Item, form: Form) -> list[str]:
    """Words of an item, its group, its base and the form that Svod does not know by itself."""
    above = [form.item(item.parent)] if item.parent and form.has(item.parent) else []
    base = form.base(form.people_of(item.number)) if form.people_of(item.number) else None
    said = [part_free(text) for one in (item, *above) for text in (*one.wordings, one.hint, one.about)]
    said += [form.title, *form.recognise.measure, *form.recognise.answer]
    said += [base.label, base.registry, base.group] if base else []
    words = dict.fromkeys(word for text in said for word in plain(text).split() if word.isalpha() and len(word) > 3)
    return [word for word in words if sense(word, NO_FORM) == "unknown" and read_yes_no(word).said == ""]


@pytest.mark.parametrize("name", FORMS)
def test_every_word_of_an_item_may_stand_beside_its_answer(name: str) -> None:
    form, seen = FORMS[name], 0
    for item in (one for one in form.questions if one.kind in FIGURES):
        answer = FIGURES[item.kind]
        known = facts(item, answer, form)
        assert known
        for word in own_words(item, form):
            if item.kind is Kind.NUMBER and units_in(word, form.units):  # it says what is counted
                continue
            if not changes_meaning(word):
                assert facts(item, f"{word} {answer}", form) == known, (item.number, word)
                seen += 1
            elif item.kind is not Kind.NUMBER and not word.startswith("класс"):  # though the title has it
                assert facts(item, f"{word} {answer}", form) != known, (item.number, word)
    assert seen > 10


def test_a_word_of_another_item_is_not_understood() -> None:
    """«Отказались 20 %» is no answer to who eats."""
    form = FORMS["meals"]
    eat = form.item("2.1")
    others = msgspec.structs.replace(
        form,
        items=tuple(msgspec.structs.replace(one, title="Самокаты") if one.number == "3" else one for one in form.items),
    )
    assert facts(eat, "самокаты 87 %", others) == []


def test_what_is_not_plain_russian_stands_in_the_form() -> None:
    for word in ("дневник", "дневниках", "журналы", "эд", "логины", "активировано", "сетевой"):
        assert sense(word, NO_FORM) == "unknown"
    form = FORMS["meals"]
    with_words = msgspec.structs.replace(form, words=Words(beside=("дневник*",), done=("зарегистр*",)))
    item = form.item("2.1")
    assert facts(item, "в дневниках 87 %", form) == []
    assert facts(item, "в дневниках 87 %", with_words) == facts(item, "87 %", form)
    assert facts(item, "245 зарегистрировано", form) == []
    assert facts(item, "245 зарегистрировано", with_words) == [("count", 245.0)]
    assert facts(item, "не в дневниках 87 %", with_words) == []
    assert says_no_problems("Проблем с дневником нет", with_words.words_beside)
    assert not says_no_problems("Проблем с дневником нет", form.words_beside)


@pytest.mark.parametrize(
    ("grades", "answer", "expected"),
    [
        ("", "61 % (5-9 классы)", ["CLASSES-PART"]),
        ("5-9", "61 % (5-9 классы)", []),
        ("5-9", "61 % (все классы)", []),
        ("5-9", "61 % (5-8 классы)", ["CLASSES-PART"]),
        ("5-11", "61 % (5-9 классы)", ["CLASSES-PART"]),
    ],
)
def test_a_base_carries_the_grades_whose_people_it_counts(grades: str, answer: str, expected: list[str]) -> None:
    item = FORM.item("12.1")
    bases = tuple(msgspec.structs.replace(one, grades=grades) if one.id == item.base else one for one in FORM.bases)
    form = msgspec.structs.replace(FORM, bases=bases)
    found = checked([file_of(replace(order_form(answers={"12.1": answer}), form=form))], form=form)
    assert [one.code for one in found.remarks if one.item == "12.1"] == expected


def test_a_part_that_a_title_names_is_not_the_whole() -> None:
    form = FORMS["meals"]
    titled = [
        msgspec.structs.replace(one, title="Едят в столовой (в том числе на дому)") if one.number == "2.1" else one
        for one in form.items
    ]
    form = msgspec.structs.replace(form, items=tuple(titled))
    assert facts(form.item("2.1"), "в столовой 87 %", form) == [("percent", 87.0)]
    assert facts(form.item("2.1"), "на дому 20 %", form) == []


def with_texts(form: Form, number: str, **texts: str | tuple[str, ...]) -> Form:
    items = (msgspec.structs.replace(one, **texts) if one.number == number else one for one in form.items)
    return msgspec.structs.replace(form, items=tuple(items))


EXCLUDING = [
    ("6.3", {"title": "обучающиеся, не считая надомников"}, "надомники 20 %"),
    ("6.3", {"title": "обучающиеся (без учёта вечерников)"}, "вечерники 20 %"),
    ("6.3", {"title": "Без надомников обучающиеся"}, "надомники 20 %"),
    ("6.3", {"title": "обучающиеся, не охваченные кружками"}, "кружками 20 %"),
    ("6.3", {"title": "обучающиеся", "spellings": ("ученики, исключая надомников",)}, "надомники 20 %"),
    ("6.3", {"title": "обучающиеся", "short": "Озн., кроме|надомников"}, "надомники 20 %"),
    ("6.3", {"title": "обучающиеся", "column": "Озн., помимо|надомников"}, "надомники 20 %"),
    ("6.3", {"title": "обучающиеся, не включая надомников", "about": "ознакомление надомников"}, "надомники 20 %"),
    ("6.3", {"title": "обучающиеся", "hint": "Обучающихся на дому не указывайте"}, "на дому 20 %"),
    ("6.3", {"title": "обучающиеся", "hint": "Обучающихся на дому исключите. Охват в %"}, "на дому 20 %"),
    ("6.3", {"title": "обучающиеся", "hint": "(в том числе на дому)"}, "на дому 20 %"),
    ("6.3", {"title": "обучающиеся", "blank": "___ без надомников"}, "надомники 20 %"),
    ("6.3", {"title": "обучающиеся", "about": "ознакомление вместо надомников"}, "надомники 20 %"),
    ("11", {"hint": "Ссылка в архиве не считается"}, "есть в архиве"),
]


@pytest.mark.parametrize(("number", "texts", "answer"), EXCLUDING)
def test_what_an_item_leaves_out_is_no_word_of_its_own(number: str, texts: dict, answer: str) -> None:
    """«Надомники 20 %» is no answer to «обучающиеся, не считая надомников»."""
    form = with_texts(FORM, number, **texts)
    assert facts(form.item(number), "есть" if number == "11" else "20 %", form)
    assert facts(form.item(number), answer, form) == []


def test_what_an_item_leaves_out_is_left_out_though_another_text_has_it() -> None:
    """The title of the form, the group above and the base may speak of the same people."""
    left_out = with_texts(FORM, "6.3", title="обучающиеся, кроме надомников")
    said = {"title": "Отчёт о надомниках", "subject": "Надомники"}
    of_base = tuple(msgspec.structs.replace(one, label=f"{one.label} и надомников") for one in FORM.bases)
    for form in (
        msgspec.structs.replace(left_out, **said),
        msgspec.structs.replace(left_out, bases=of_base),
        with_texts(left_out, "6", hint="и надомники"),
    ):
        assert facts(form.item("6.3"), "надомники 20 %", form) == []
    of_item = with_texts(FORM, "6.3", title="надомники", hint="Надомников других школ не указывайте")
    assert facts(of_item.item("6.3"), "надомники 20 %", of_item) == [("percent", 20.0)]


@pytest.mark.parametrize("answer", ["да, на сайте", "есть на сайте школы"])
def test_a_preposition_of_what_is_left_out_is_not_left_out(answer: str) -> None:
    form = with_texts(FORM, "11", hint="(есть/нет), не на бумаге")
    assert ("yes", "да") in facts(form.item("11"), answer, form)
    assert facts(form.item("11"), "да, на бумаге", form) == []


def test_a_base_or_a_form_that_leaves_people_out_brings_no_word_of_theirs() -> None:
    bases = tuple(msgspec.structs.replace(one, label=f"{one.label}, не считая надомников") for one in FORM.bases)
    for form in (
        msgspec.structs.replace(FORM, bases=bases),
        msgspec.structs.replace(FORM, title=f"{FORM.title} без надомников"),
    ):
        assert facts(form.item("6.3"), "надомники 20 %", form) == []


# Words that Svod itself knows: the title, the answer, and whether it is one.
KNOWN = [
    ("Питаются вне школы", "20 %", True),
    ("Питаются вне школы", "питаются 20 %", True),
    ("Питаются вне школы", "в школе 20 %", False),
    ("Питаются вне школы", "20 % в школе", False),
    ("Питаются вне школы", "20 % (в школе)", False),
    ("Питаются вне школы", "в школах 20 %", False),
    ("Питаются вне школы", "в учреждении 20 %", False),
    ("Питаются вне ОУ", "в школе 20 %", False),
    ("Питаются за пределами школы", "в школе 20 %", False),
    ("Питаются на дому", "на дому 20 %", True),
    ("Питаются на дому", "в школе 20 %", False),
    ("Питаются в школе", "в школе 20 %", True),
    ("Питаются в школе", "в школах 20 %", True),
    ("Питаются в школе", "на дому 20 %", False),
    ("Питаются в школе (не считая школьного буфета)", "в школе 20 %", True),
    ("Обучающиеся, не считая занятых на сайте", "на сайте 20 %", False),
    ("Обучающиеся, не считая занятых на сайте", "в системе 20 %", True),
    ("Не пользуются системой", "пользуются 20 %", False),
    ("Не охвачены", "охвачены 20 %", False),
    ("Не охвачены", "охват 20 %", False),
    ("Обучающиеся, кроме опекунов", "опекунов 20 %", False),
    ("Обучающиеся, кроме опекунов", "учеников 20 %", True),
    ("Ученики, не считая учеников 1 классов", "учеников 20 %", True),
    ("Обучающиеся, кроме законных представителей", "законные 20 %", False),
    ("Обучающиеся, не считая надомников", "20 % (надомники)", False),
    ("Обучающиеся, не считая надомников", "20 %; списки прилагаются", True),
]


@pytest.mark.parametrize(("title", "answer", "is_one"), KNOWN)
def test_a_word_that_svod_knows_is_not_harmless_where_the_title_leaves_it_out(
    title: str, answer: str, is_one: bool
) -> None:
    form = with_texts(FORM, "6.3", title=title)
    assert facts(form.item("6.3"), answer, form) == ([("percent", 20.0)] if is_one else [])


@pytest.mark.parametrize(
    ("answer", "said"), [("есть", "да"), ("есть на сайте", ""), ("размещена на сайте школы", ""), ("есть в меню", "да")]
)
def test_a_yes_beside_what_the_title_leaves_out_is_none(answer: str, said: str) -> None:
    form = with_texts(FORM, "11", title="Размещение вне сайта")
    assert facts(form.item("11"), answer, form) == ([("yes", said)] if said else [])


def test_a_figure_with_a_unit_beside_what_the_title_leaves_out_is_none() -> None:
    """Though another text of the form has the word in another case."""
    form = FORMS["88"]
    item = next(one for one in form.items if one.kind is Kind.NUMBER)
    form = with_texts(form, item.number, title="Кружки вне школы", about="кружки в школе")
    assert facts(form.item(item.number), "в школе 20", form) == []
    assert facts(form.item(item.number), "кружки 20", form) == [("value", 20.0)]


def test_a_sentence_that_leaves_nothing_out_still_speaks_of_the_item() -> None:
    form = with_texts(FORM, "6.3", hint="Охват школьниками посёлка. Обучающихся на дому не указывайте")
    assert facts(form.item("6.3"), "охват 20 %", form) == [("percent", 20.0)]


@pytest.mark.parametrize(
    ("texts", "answer", "expected"),
    [
        ({"title": "Число дней питания без учёта каникул"}, "каникулы 20", []),
        ({"title": "Число дней питания без учёта каникул"}, "питание 20", [("value", 20.0)]),
        ({"title": "Число дней питания", "hint": "Каникулы не считать"}, "каникулы 20", []),
        ({"title": "Число дней питания в среднем"}, "в среднем 20", [("value", 20.0)]),
        ({"title": "Число дней питания", "hint": "в среднем"}, "в среднем 20", []),
    ],
)
def test_words_beside_a_number(texts: dict, answer: str, expected: list) -> None:
    form = with_texts(FORMS["31"], "5", **texts)
    assert facts(form.item("5"), answer, form) == expected


@pytest.mark.parametrize(("key", "text"), [("title", "Отчёт за прошлый период"), ("subject", "План питания")])
def test_what_may_turn_a_number_round_is_harmless_in_its_own_title_alone(key: str, text: str) -> None:
    form = msgspec.structs.replace(FORMS["31"], **{key: text})
    for number, word in (("5", "прошлый"), ("5", "план"), ("1/дети", "прошлый"), ("1/дети", "план")):
        assert facts(form.item(number), f"{word} 20", form) == []
    own = with_texts(form, "5", title="Число дней питания за прошлый месяц")
    assert facts(own.item("5"), "прошлый 20", own) == [("value", 20.0)]


def test_a_word_of_the_list_that_turns_an_answer_round_is_none_of_it() -> None:
    """A form is proved when it is loaded; a `*` may still reach further than who wrote it saw."""
    assert is_among("платье", frozenset({"пла*"}))
    assert not is_among("план", frozenset({"пла*"}))
    assert not is_among("отказались", frozenset({"отка*", "отказались"}))


def test_a_row_that_stands_below_no_item_has_words_of_its_own():
    """An order may number its rows 1.1, 1.2 without a row 1."""
    form = load_form(str(DATA / "form-31.toml"))
    below = next(item for item in form.items if item.parent)
    alone = msgspec.structs.replace(form, items=tuple(one for one in form.items if one.number != below.parent))
    assert alone.own_stems(below.number)
