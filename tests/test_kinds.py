"""A kind of answer is handled everywhere or not at all: each place that decides by it is known and mypy sees to it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from schemas.form import Kind

ROOT = Path(__file__).parent.parent

# Where the kinds part ways. docs/extending.md sends whoever adds a kind to these, one by one.
PLACES = {
    "pipeline/demo/answers.py: _answer": "how an invented school answers",
    "pipeline/demo/answers.py: answers_on": "does it have an answer of its own",
    "pipeline/demo/forms.py: _fill_row": "where it writes that on the form",
    "pipeline/demo/figures.py: answer": "the figure, choice, day or page that an invented school gives",
    "pipeline/measuring/milestones.py: _of_words": "when the answer carries its milestone",
    "pipeline/measuring/milestones.py: _is_not_understood": "when nothing was found in a written answer",
    "pipeline/measuring/words.py: _of_item": "what is told of it on the sheet of words",
    "pipeline/reading/answers/values.py: _read": "how the answer is read",
    "pipeline/reading/finding/own_form.py: read_row": "in which cells of Svod's own form it stands",
    "pipeline/writing/brief/cards.py: item_card": "the municipality's figure on a card of the first page",
    "pipeline/writing/form/inputs.py: put": "what its cell of the form takes",
    "pipeline/writing/form/inputs.py: _look": "how the cell shows it",
    "pipeline/writing/form/inputs.py: _words_said": "what is said when the cell is entered",
    "pipeline/writing/form/number_checks.py: _urge": "what the form asks for while it is blank",
    "pipeline/writing/form/number_checks.py: _wrong": "what the form says of a wrong answer",
    "pipeline/writing/form/prefill.py: entry": "how last time's answer is written into the next form",
    "pipeline/writing/form/workbook.py: _item": "the row of the form that asks for it",
    "pipeline/writing/summary/data.py: _item_fields": "its columns on the sheet of all answers",
    "schemas/form.py: documented": "is it answered by documents",
    "schemas/form.py: measured": "does it have a share",
}


def kinds_in(tree: ast.AST) -> set[str]:
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Kind"
    }


def chain_length(node: ast.AST) -> int:
    """How many ways an `if … elif …` chain parts by the kind."""
    length = 0
    while isinstance(node, ast.If):
        length += bool(kinds_in(node.test))
        node = node.orelse[0] if len(node.orelse) == 1 else node.test
    return length


def parting(function: ast.AST) -> bool:
    """Does it send the kinds on different ways, by `match` or by a chain of questions?"""
    return any(
        (isinstance(node, ast.Match) and any(kinds_in(case.pattern) for case in node.cases)) or chain_length(node) > 1
        for node in ast.walk(function)
    )


def places() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in sorted([*(ROOT / "pipeline").rglob("*.py"), *(ROOT / "schemas").rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and parting(node):
                yield f"{path.relative_to(ROOT).as_posix()}: {node.name}", node


def test_the_places_where_kinds_part_are_these():
    assert {place for place, _ in places()} == PLACES.keys()


def test_no_place_lets_a_new_kind_slip_through():
    """`assert_never` makes mypy refuse a kind that the place does not know; a wildcard before it would hide it."""
    for place, function in places():
        matches = [node for node in ast.walk(function) if isinstance(node, ast.Match) and kinds_in(node)]
        for match in matches:
            *_, last = match.cases
            assert ast.unparse(last).startswith("case _:\n    assert_never("), place
        assert matches, f"{place}: a chain of questions; make it a match"


def test_what_stands_by_kind_in_a_table_stands_there_for_every_kind_of_words():
    """Tables by kind are looked up by the places above: mypy does not see a missing key, this does."""
    from pipeline.commands.form import KINDS
    from pipeline.writing.form.inputs import PROMPTS
    from pipeline.writing.summary.data import _FACTS

    assert set(KINDS) == set(Kind)
    assert set(PROMPTS) == {Kind.PERSON, Kind.TEXT, Kind.DOCUMENT}
    assert set(_FACTS) == {
        Kind.PERSON,
        Kind.TEXT,
        Kind.DOCUMENT,
        Kind.YES_NO,
        Kind.CHOICE,
        Kind.DATE,
        Kind.LINK,
    }


def test_the_guide_to_a_new_kind_names_every_place():
    text = (ROOT / "docs" / "extending.md").read_text("utf-8")
    missing = [place for place in PLACES if f"`{place.replace(': ', '` `')}`" not in text]
    assert missing == []
