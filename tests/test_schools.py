"""Which school a head names: every row of docs/reading.md, and what holds for any registry."""

import random
import re
from datetime import date

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from pipeline.reading.draft import draft_registry
from pipeline.reading.finding.layouts import read_book
from pipeline.reading.opening.book import Book
from pipeline.reading.schools import Schools
from schemas import school_names
from schemas.district import Registry, School
from schemas.reports import FileRead
from schemas.school_names import mentions, parse, same_word
from schemas.strict import UsageError
from tests.order_form import FORM, OrderForm
from tests.test_values import rows_of

REGISTRY = Registry(
    (
        School("01", "МБОУ СОШ № 1"),
        School("05", "МБОУ СОШ № 5", aliases=("СОШ № 5 п. Заозёрный",)),
        School("08", "СОШ № 8 п. Майский"),
        School("10", "МБОУ СОШ № 10"),
        School("12", "МБОУ НОШ № 12"),
        School("15", "МБОУ «Гимназия»"),
        School("18", "МКОУ «Школа-интернат № 18»"),
        School("20", "МБОУ СОШ с. Кедровка"),
        School("21", "СОШ имени Пушкина"),
        School("22", "СОШ № 22 имени Гоголя"),
        School("30", "МБДОУ детский сад № 30"),
    )
)
SCHOOLS = Schools(REGISTRY)
parse("СОШ № 1")  # loads the lists of words before any example is timed

NAMES = [
    (name.strip(" `"), code)
    for names, code, _ in rows_of("| name | school | why |")
    for name in re.split("` · `", names)
]
HEADS = rows_of("| head (lines) | school | date | remark |")


@pytest.mark.parametrize(("name", "code"), NAMES)
def test_a_name_means_the_school_that_the_guide_says(name: str, code: str) -> None:
    found = SCHOOLS.match(name).school
    assert (found.code if found else "") == code


@pytest.mark.parametrize(("lines", "code", "day", "said"), HEADS)
def test_a_head_names_the_school_and_the_date_that_the_guide_says(lines: str, code: str, day: str, said: str) -> None:
    form = OrderForm()
    form.rows[:4] = [["Форма отчёта"], *([line.strip(" `")] for line in lines.split("` / `"))]
    [report], remarks = read_book(Book((form.sheet(),)), FORM, SCHOOLS)
    assert (report.school, report.as_of) == (code, date.fromisoformat(day) if day else None)
    assert " ".join(one.code for one in remarks if one.code != "NOTE-BESIDE") == said


def test_the_nearest_names_are_offered_for_a_name_that_nobody_has() -> None:
    assert [s.code for s in SCHOOLS.match("детский сад № 5 п. Майский").candidates] == ["05", "08"]


def test_of_two_schools_of_one_number_the_place_decides() -> None:
    two = Schools(Registry((School("1", "СОШ № 8 п. Майский"), School("2", "СОШ № 8 с. Кедровка"))))
    assert [two.match(f"СОШ № 8 {place}").school for place in ("п. Майского", "с. Кедровки")] == list(
        two.registry.schools
    )
    assert two.match("СОШ № 8").ambiguous
    assert two.match("СОШ № 8 с. Речное").school is None


@pytest.mark.parametrize("name", ["МБОУ СОШ № 1 им. А.С. Пушкина г. Энска", "МБОУ СОШ № 1 ИМЕНИ ПУШКИНА Г. ЭНСКА"])
def test_a_place_behind_an_honour_is_a_place(name: str) -> None:
    assert SCHOOLS.match(name).school is None


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("майский", "майского", True),
        ("кедровка", "кедровки", True),
        ("кедровка", "кедровская", True),
        ("хабаровск", "хабаровска", True),
        ("заозерный", "заозрный", True),
        ("кедровка", "кедровый", False),
        ("заречный", "заречье", False),
        ("новоалександровка", "новоалексеевка", False),
        ("николаевка", "николаевск", False),
        ("ключ", "ключевка", False),
    ],
)
def test_places_are_the_same_in_any_case_and_no_others(a: str, b: str, same: bool) -> None:
    assert same_word(a, b) is same_word(b, a) is same


def test_a_kindergarten_and_a_school_of_one_number_are_two_in_a_draft_registry() -> None:
    def reported(school: str) -> FileRead:
        reports, _ = read_book(Book((OrderForm(school=school).sheet(),)), FORM, Schools(Registry()))
        return FileRead("a.xlsx", "", reports)

    said = ("МБОУ СОШ № 1", "детский сад № 1", "МБДОУ № 1", "СОШ № 1, ул. Мира, 5", "музыкальная школа № 1")
    draft = draft_registry([reported(name) for name in said], FORM)
    assert len(draft.schools) == 3
    known = Schools(draft)
    assert len({school.code for name in said if (school := known.match(name).school)}) == 3


def test_a_latin_letter_in_a_sentence_is_still_told() -> None:
    assert mentions("Отчёт МБОУ CОШ № 8 о введении") == ("МБОУ CОШ № 8",)  # a Latin C


def test_a_key_that_the_list_of_institutions_does_not_know_is_refused(tmp_path, monkeypatch) -> None:
    mistyped = tmp_path / "institutions.toml"
    mistyped.write_text(school_names.INSTITUTIONS.read_text("utf-8").replace("honour =", "honor ="), "utf-8")
    monkeypatch.setattr(school_names, "INSTITUTIONS", mistyped)
    with pytest.raises(UsageError, match="honor"):
        school_names._known.__wrapped__()


# ── any registry ─────────────────────────────────────────────────────────────────────────────────────────────────────

KINDS = ("СОШ", "ООШ", "НОШ", "Гимназия", "Лицей", "Школа-интернат", "Вечерняя школа", "детский сад", "ДЮСШ", "колледж")
PLACES = ("п. Майский", "с. Кедровка", "г. Энск", "с. Верхний Ключ", "пос. Заозёрный", "с. Речное", "д. Тихая Падь")
HONOURS = ("имени Пушкина", "имени Гоголя", "им. Героя Маресьева")
identities = st.tuples(
    st.sampled_from(KINDS),
    st.sampled_from(["", "1", "2", "11"]),
    st.sampled_from(["", *PLACES]),
    st.sampled_from(["", *HONOURS]),
)
Identity = tuple[str, str, str, str]


def written(identity: Identity) -> str:
    kind, number, place, honour = identity
    return " ".join(filter(None, ("МБОУ", kind, number and f"№ {number}", honour, place)))


@given(st.lists(identities, min_size=1, max_size=8, unique=True), identities)
@example([("СОШ", "1", "", "")], ("СОШ", "1", "г. Энск", ""))
@example([("СОШ", "1", "", "имени Пушкина")], ("СОШ", "1", "д. Тихая Падь", "имени Пушкина"))
@example([("СОШ", "", "с. Кедровка", "")], ("СОШ", "", "с. Речное", ""))
def test_no_name_is_matched_that_lacks_what_tells_a_school_apart_or_carries_what_is_not_its_own(
    known: list[Identity], said: Identity
) -> None:
    """Each school has one name in the registry, so all that is in it is its own and nothing else is."""
    schools = Schools(Registry(tuple(School(str(n), written(one)) for n, one in enumerate(known))))
    found = schools.match(written(said)).school
    if found is None:
        return
    kind, number, place, honour = known[int(found.code)]
    assert said[0] == kind
    assert said[1] == number
    assert said[2] in ("", place)
    assert said[3] in ("", honour) or not honour
    fitting = [one for one in known if one[:2] == said[:2] and said[2] in ("", one[2]) and said[3] in ("", one[3])]
    assert len(fitting) < 2 or said in known


@given(st.lists(identities, min_size=1, max_size=8, unique=True), st.data())
def test_every_school_is_known_by_its_own_name(known: list[Identity], data: st.DataObject) -> None:
    names = [written(one) for one in known]
    assume(len({parse(name).key for name in names}) == len(names))
    schools = Schools(Registry(tuple(School(str(n), name) for n, name in enumerate(names))))
    n = data.draw(st.sampled_from(range(len(names))))
    described = data.draw(
        st.sampled_from(["{}", "{}, ул. Мира, 7", "{} (Зуева М.П., тел. 3-19-79)", "{} за 2013-2014 уч. год"])
    )
    match = schools.match(described.format(names[n]))
    assert match.school is None or match.school.code == str(n)
    if any(known[n][1:3]) or known[n][3]:
        assert match.school or match.ambiguous


def test_a_name_without_signs_is_described_as_any_other() -> None:
    """By a pattern of its own, which leaves out what cannot stand there."""
    drawn = random.Random(547)
    parts = (
        "МБОУ",
        "СОШ № 5",
        "код",
        "инн 54",
        "тел",
        "т",
        "факс 123 45",
        "20",
        "2013",
        "2014 уч",
        "г",
        "марта",
        "3",
        "7",
        "кл",
        "(",
        ")",
        ",",
    )
    for _ in range(3_000):
        name = drawn.choice(("", " ")).join(drawn.choices(parts, k=drawn.randrange(2, 8)))
        described = (school_names._DESCRIBED_IN_WORDS, school_names._DESCRIBED)
        assert len({pattern.sub(" , ", name) for pattern in described}) == 1, name
