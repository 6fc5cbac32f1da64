"""Proofs over Word documents: no visible letter is lost, nothing unseen is read, and no wrapper changes a fact."""

import random
from collections.abc import Callable, Iterator
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml.etree import _Element

from pipeline.reading.finding.layouts import read_book
from pipeline.reading.opening.book import Sheet
from pipeline.reading.opening.grid import open_book
from pipeline.settings import Limits
from tests.depth import cases
from tests.order_form import FORM, SCHOOLS, OrderForm
from tests.word import W, changed, elements, order_form_document, part, word_file

# ── what is seen is read, what is not seen is not ────────────────────────────────────────────────────────
# A document grows from wrappers around words, each word once. What of it is seen is counted from the finished XML by
# another and simpler rule than the reader's: look upwards from every text element.

_SEEN = (
    "<ins>{}</ins>", "<moveTo>{}</moveTo>", "<smartTag>{}</smartTag>", "<customXml>{}</customXml>", "<x:y>{}</x:y>",
    "<hyperlink>{}</hyperlink>", '<fldSimple instr="REF">{}</fldSimple>', "<sdt><sdtContent>{}</sdtContent></sdt>",
    "<dir>{}</dir>", "<mc:AlternateContent><mc:Choice>{}</mc:Choice><mc:Fallback/></mc:AlternateContent>",
    '<mc:AlternateContent><mc:Choice Requires="x"><r/></mc:Choice><mc:Fallback>{}</mc:Fallback></mc:AlternateContent>',
    '<r><fldChar fldCharType="begin"/><instrText>instruction</instrText><fldChar fldCharType="separate"/></r>{}'
    '<r><fldChar fldCharType="end"/></r>',
)  # fmt: skip
_UNSEEN = (
    "<del>{}</del>", "<moveFrom>{}</moveFrom>",
    '<mc:AlternateContent><mc:Choice Requires="x">{}</mc:Choice><mc:Fallback/></mc:AlternateContent>',
    "<mc:AlternateContent><mc:Choice><r/></mc:Choice><mc:Fallback>{}</mc:Fallback></mc:AlternateContent>",
    "<sdt><sdtPr><showingPlcHdr/></sdtPr><sdtContent>{}</sdtContent></sdt>",
)  # fmt: skip
_RUNS = ("", "<b/>", "<vanish/>", "<strike/>", '<vertAlign val="superscript"/>', '<vanish val="0"/>')
_CELLS = ("<tc>{}</tc>", "<sdt><sdtContent><tc>{}</tc></sdtContent></sdt>", "<tc><tcPr><cellDel/></tcPr>{}</tc>")
_ROWS = ("<tr>{}</tr>", "<customXml><tr>{}</tr></customXml>", "<tr><trPr><del/></trPr>{}</tr>")
_BLOCKS = ("{}", "<sdt><sdtContent>{}</sdtContent></sdt>", "<customXml>{}</customXml>", *_UNSEEN[2:4])
_BOX = "<p><r><drawing><wps:txbx><txbxContent>{}</txbxContent></wps:txbx></drawing></r></p>"

words = st.just("<r><rPr>{}</rPr><t>WORD</t></r>")
runs = st.builds(lambda run, look: run.replace("{}", look), words, st.sampled_from(_RUNS))
inlines = st.recursive(
    runs,
    lambda inner: st.builds(
        lambda wrapper, parts: wrapper.replace("{}", "".join(parts)),
        st.sampled_from(_SEEN * 2 + _UNSEEN),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)
paragraphs = st.builds("<p>{}</p>".format, inlines)


def tables_of(blocks: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    cell = st.builds(lambda way, inside: way.replace("{}", inside), st.sampled_from(_CELLS), blocks)
    row = st.builds(
        lambda way, cells: way.replace("{}", "".join(cells)), st.sampled_from(_ROWS), st.lists(cell, max_size=3)
    )
    return st.builds(lambda rows: f"<tbl>{''.join(rows)}</tbl>", st.lists(row, max_size=3))


def wrapped(blocks: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda way, inside: way.replace("{}", inside), st.sampled_from((*_BLOCKS, _BOX)), blocks)


bodies = st.lists(
    st.recursive(paragraphs, lambda inner: st.one_of(tables_of(inner), wrapped(inner)), max_leaves=6),
    min_size=1,
    max_size=4,
).map("".join)


def numbered(xml: str) -> str:
    """Every word another: `w1.`, `w2.` …"""
    first, *rest = xml.split("WORD")
    return first + "".join(f"w{n}.{text}" for n, text in enumerate(rest, 1))


def is_seen(text: _Element) -> bool:
    above = list(text.iterancestors())
    marks = ("trPr/{*}del", "tcPr/{*}cellDel", "sdtPr/{*}showingPlcHdr")
    return not (
        any(etree.QName(one).localname in ("del", "moveFrom") for one in above)
        or any(one.find(f"{{*}}{mark}") is not None for one in above for mark in marks)
        or any(_is_other_choice(one) for one in above)
        or _is_hidden(above[0])
    )


def _is_hidden(run: _Element) -> bool:
    hidden = run.find("{*}rPr/{*}vanish")
    return hidden is not None and hidden.get("val") != "0"


def _is_other_choice(element: _Element) -> bool:
    """A choice that needs what Word does not know, or a fallback beside a choice that does not."""
    choice = element.getparent().find("{*}Choice") if element.getparent() is not None else None
    match etree.QName(element).localname:
        case "Choice":
            return element.get("Requires") == "x"
        case "Fallback":
            return choice.get("Requires") != "x"
    return False


def all_told(sheet: Sheet) -> str:
    return "\n".join([str(cell.value) for cell in sheet.cells.values()] + [aside.text for aside in sheet.asides])


@settings(max_examples=cases(100, 300), derandomize=True, deadline=None)
@given(bodies)
def test_every_letter_that_is_seen_is_in_a_cell_or_beside_one_and_no_other(body):
    body = numbered(body)
    root = etree.fromstring(part("document", f"<body>{body}</body>").partition("?>")[2])
    seen = sorted(t.text for t in root.iter(f"{{{W}}}t") if is_seen(t))
    [sheet] = open_book(word_file(body), Limits()).sheets
    told = [f"{word}." for line in all_told(sheet).split() for word in line.split(".") if word]
    assert sorted(set(told)) == seen


# ── no wrapper changes a fact ────────────────────────────────────────────────────────────────────────────

FILLED_IN = order_form_document(OrderForm())
Change = Callable[[_Element, random.Random], None]


def q(name: str) -> str:
    return f"{{{W}}}{name}"


def wrap(element: _Element, container: str, inside: str = "") -> None:
    """Put the container around the element; `inside`: the path to where in it the element goes."""
    [outer] = elements(container)
    element.getparent().replace(element, outer)
    (outer.find(inside) if inside else outer).append(element)


def around(text: str, inside: str = "") -> Change:
    def change(element: _Element, dice: random.Random) -> None:
        wrap(element, text, inside)

    return change


def beside(text: str) -> Change:
    """Markup before and after the element: the two halves of `text`."""

    def change(element: _Element, dice: random.Random) -> None:
        before, after = text.split("{}")
        for one in elements(before):
            element.addprevious(one)
        for one in reversed(elements(after)):
            element.addnext(one)

    return change


def twin_before(element: _Element, dice: random.Random) -> _Element:
    """A copy with other digits for its words, put before the element."""
    twin = deepcopy(element)
    for text in twin.iter(q("t")):
        text.text = str(dice.randint(1, 99))
    element.addprevious(twin)
    return twin


def with_unseen_twin(text: str, inside: str = "") -> Change:
    """Before the element stands another of its kind that nobody sees: other digits, deleted, moved away, hidden."""

    def change(element: _Element, dice: random.Random) -> None:
        wrap(twin_before(element, dice), text, inside)

    return change


def marked(path: str, mark: str, twin: bool = False) -> Change:
    """`mark` among the properties of the element; `twin`: of a copy with other digits before it."""

    def change(element: _Element, dice: random.Random) -> None:
        target = twin_before(element, dice) if twin else element
        properties = target.find(q(path))
        if properties is None:
            properties = etree.Element(q(path))
            target.insert(0, properties)
        properties.extend(elements(mark))

    return change


_CONTROL = "<sdt><sdtPr><alias/></sdtPr><sdtContent/></sdt>"
_CONTENT = q("sdtContent")
_OF_TOMORROW = '<mc:AlternateContent><mc:Choice Requires="x"/><mc:Fallback/></mc:AlternateContent>'
_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_ANYWHERE: tuple[Change, ...] = (
    around(_CONTROL, _CONTENT),
    around("<sdt><sdtPr><dropDownList/></sdtPr><sdtContent/></sdt>", _CONTENT),
    around('<customXml element="a"><customXmlPr/></customXml>'),
    around("<x:wrapper/>"),
    around("<mc:AlternateContent><mc:Choice/><mc:Fallback/></mc:AlternateContent>", f"{_ALTERNATE}Choice"),
    around(
        '<mc:AlternateContent><mc:Choice Requires="x"/><mc:Fallback/></mc:AlternateContent>', f"{_ALTERNATE}Fallback"
    ),
)
RUN: tuple[Change, ...] = (
    *_ANYWHERE,
    around("<ins/>"),
    around("<moveTo/>"),
    around("<smartTag><smartTagPr/></smartTag>"),
    around("<hyperlink/>"),
    around('<fldSimple instr="REF a"/>'),
    around("<dir/>"),
    around("<bdo/>"),
    beside(
        '<r><fldChar fldCharType="begin"/></r><r><instrText>=1</instrText></r><r><fldChar fldCharType="separate"/></r>'
        '{}<r><fldChar fldCharType="end"/></r>'
    ),
    beside('<bookmarkStart id="1"/><proofErr type="spellStart"/>{}<bookmarkEnd id="1"/><commentRangeEnd id="1"/>'),
    with_unseen_twin("<del/>"),
    with_unseen_twin("<moveFrom/>"),
    with_unseen_twin("<ins><del/></ins>", q("del")),
    marked("rPr", "<vanish/>", twin=True),
    marked("rPr", "<b/><vanish val='0'/><rPrChange><rPr><strike/></rPr></rPrChange>"),
)  # fmt: skip
PARAGRAPH: tuple[Change, ...] = (*_ANYWHERE, marked("pPr", "<rPr><ins/></rPr>"))
CELL: tuple[Change, ...] = (*_ANYWHERE, marked("tcPr", "<cellIns/>"), marked("tcPr", "<cellDel/>", twin=True))
ROW: tuple[Change, ...] = (
    *_ANYWHERE,
    marked("trPr", "<ins/>"),
    marked("trPr", "<del/>", twin=True),
    marked("trPr", "<hidden/>", twin=True),
)
TABLE: tuple[Change, ...] = (*_ANYWHERE, around("<tbl><tr><tc/></tr></tbl>", f"{q('tr')}/{q('tc')}"))
CHANGES = {"r": RUN, "p": PARAGRAPH, "tc": CELL, "tr": ROW, "tbl": TABLE}


def contents(document: bytes) -> list[list[str]]:
    """Texts with their columns, row by row: what every fact is read from."""
    [sheet] = open_book(document, Limits()).sheets
    rows: dict[int, list[str]] = {}
    for spot, cell in sorted(sheet.cells.items()):
        rows.setdefault(spot.row, []).append(f"{spot.column} {cell.value}")
    assert not sheet.asides
    return list(rows.values())


CONTENTS = contents(FILLED_IN)


def mutated(name: str, changes: tuple[Change, ...], seed: int, document: bytes = FILLED_IN) -> bytes:
    """Up to ten changes at random elements of one kind, some of them one around the other."""
    dice = random.Random(f"{name} {seed}")

    def change(root: _Element) -> None:
        found = list(root.iter(q(name)))
        for element in dice.sample(found, k=min(10, len(found))):
            for _ in range(dice.choice((1, 1, 2, 3))):
                dice.choice(changes)(element, dice)

    return changed(document, change)


@pytest.mark.parametrize("name", CHANGES)
def test_no_wrapper_and_no_unseen_twin_changes_the_text_of_any_cell(name):
    for seed in range(40):
        assert contents(mutated(name, CHANGES[name], seed)) == CONTENTS, seed


def facts(document: bytes) -> Iterator[object]:
    [report], remarks = read_book(open_book(document, Limits()), FORM, SCHOOLS)
    yield report.school, report.as_of
    yield from ((fact.item, fact.field, fact.value) for fact in report.facts)
    yield from ((remark.code, remark.item) for remark in remarks)


def test_a_form_wrapped_at_every_level_gives_the_same_facts():
    document = FILLED_IN
    for name, changes in CHANGES.items():
        document = mutated(name, changes, 0, document)
    assert list(facts(document)) == list(facts(FILLED_IN))
