"""The reference of a form's keys: none of the schema is untold, none is told that is not there."""

from pathlib import Path

import pytest

from schemas.form import Kind
from schemas.form_keys import FILE, Key, kinds, sections


@pytest.fixture(scope="module")
def told() -> dict[str, Key]:
    return {f"{section.name}.{key.name}": key for section in sections() for key in section.keys}


def test_types_defaults_and_allowed_values_are_those_of_the_schema(told: dict[str, Key]):
    assert told["Asked.kind"].takes == ", ".join(f"`{kind}`" for kind in Kind)
    assert (told["Relation.of"].takes, told["Relation.of"].left_out) == ("list: text", "must be there")
    assert (told["Period.every"].takes, told["Period.every"].left_out) == (
        "`date`, `week`, `month`, `quarter`, `year`",
        "`date`",
    )
    assert (told["Base.people"].takes, told["Plausible.rise"].left_out) == ("list of 3: text", "`80`")
    assert (told["Item.due"].takes, told["Item.due"].left_out) == ("date", "")
    assert (told["Form.cards"].takes, told["Form.order"].takes) == ("sections", "section")
    assert told["Measure.from"].takes == "date", "as it is called in the file"


def test_bounds_are_those_of_the_proofs(told: dict[str, Key]):
    assert told["Order.number"].rule == "30 characters at most"
    assert told["Asked.decimals"].rule == "only of `number`, `row`; 0–6"
    assert told["Asked.optional"].rule.startswith("not of `group`;")
    assert told["Item.short"].rule.startswith("a `|` is a line break;")
    assert told["ItemGroup.title"].rule.startswith("of `[[coverage.columns]]` a `|` is a line break;")
    assert told["Target.min"].rule.startswith("0–100;"), "which kinds know `min` is no matter of a plan"


def test_sections_say_where_in_a_form_they_stand():
    places = {section.name: section.places for section in sections()}
    assert places["Form"] == ("",)
    assert places["Asked"] == ("[[items]]", "[[items.columns]]", "[[tables.columns]]")
    assert places["Choice"] == ("[[items.choices]]", "[[items.columns.choices]]", "[[tables.columns.choices]]")
    assert places["WordGroup"] == ("[[items.groups]]", "[[problem_groups]]")
    assert places["Measure"] == ("[[stages.measures]]",)


@pytest.mark.parametrize(
    ("line", "instead", "said"),
    [
        ('decimals = ["', 'decimal = ["', r"without a line: \['Asked.decimals'\].*without a key: \['Asked.decimal'\]"),
        ("[SecondCard]", "[ThirdCard]", r"'SecondCard.item'.*'ThirdCard.item'"),
        ("[Card]", '[Card]\nother = ["", ""]', r"without a line: \[\].*\['Card.other'\]"),
    ],
)
def test_a_key_without_a_line_and_a_line_without_a_key_are_refused(line: str, instead: str, said: str, tmp_path: Path):
    text = FILE.read_text("utf-8")
    assert text.count(f"\n{line}") == 1
    broken = tmp_path / FILE.name
    broken.write_text(text.replace(f"\n{line}", f"\n{instead}"), "utf-8")
    with pytest.raises(LookupError, match=said):
        sections(broken)


def test_a_kind_without_a_line_is_refused(tmp_path: Path):
    assert [told.kind for told in kinds()] == list(Kind)
    broken = tmp_path / FILE.name
    broken.write_text(FILE.read_text("utf-8").replace("\nvolume = ", "\nvolumes = "), "utf-8")
    with pytest.raises(LookupError, match=r"\['Kind.volume'\].*\['Kind.volumes'\]"):
        kinds(broken)
