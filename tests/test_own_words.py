"""What a form brings of its own: words that say nothing new beside an answer, and the grades that a base counts."""

from dataclasses import replace

import msgspec
import pytest

from pipeline.reading.answers.afterword import changes_meaning
from pipeline.reading.answers.problems import says_no_problems
from pipeline.reading.answers.units import units_in
from pipeline.reading.answers.values import read_answer
from pipeline.reading.answers.vocabulary import NO_FORM, sense
from pipeline.reading.answers.yes_no import read_yes_no
from pipeline.reading.opening.book import Cell
from schemas.form import Form, Item, Kind, Words, load_form
from schemas.likeness import plain
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
