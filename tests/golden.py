"""Workbooks compared part by part with those kept in `tests/golden/`: as text, a line a cell.

A part (a sheet, a chart, the styles …) becomes lines that a diff shows well: an element a line with its attributes and
small children; a cell shows its text instead of the number of a shared string, and a name made of its format instead
of the format's number, so that one new string or format changes one line and not all. Numbers keep twelve significant
digits: the last bits of a sum are the processor's own. What is no XML is kept as its digest.

A sheet, and what belongs to it (drawing, charts, table), is called by the sheet's title instead of a number, and so it
is where the workbook's index tells of it: a new sheet brings its own parts and a few lines of the index, and changes
nothing of the sheets behind it.
"""

import hashlib
import posixpath
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from difflib import unified_diff
from functools import partial
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from pipeline.writing.form.workbook import write_form
from schemas.form import load_form
from tests.figures import STATES
from tests.test_form_workbook import AS_OF, BEFORE, SCHOOL
from tests.workbooks import summary_workbook

FOLDER = Path(__file__).parent / "golden"
DEMO = "demo"  # the summary of the demo's run; the other workbooks are made of `tests/figures.py`
# Lines of a part that are kept; of what follows only the digest, so that the repository stays small.
LINES = {DEMO: 1000, "three-hundred-schools": 40}
LINES_ELSE = 100
SHOWN = 30  # lines of a part's difference

STRINGS, STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
INDEX, INDEX_RELATIONS, TYPES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
PROPERTIES = "docProps/custom.xml"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
FORMAT_TABLES = ("numFmts", "fonts", "fills", "borders", "cellXfs")
HINTS = ("spans", "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac}dyDescent")  # of rows, for readers

Parts = dict[str, str]  # name of a part -> its lines


def _summary_of(state: str) -> bytes:
    return summary_workbook(STATES[state]())


WORKBOOKS: dict[str, Callable[[], bytes]] = {
    "nobody-reported": partial(_summary_of, "nobody-reported"),
    "before-the-first-target": partial(_summary_of, "before-the-first-target"),
    "three-schools": partial(_summary_of, "three-schools"),
    "three-hundred-schools": partial(_summary_of, "three-hundred-schools"),
    "all-well": partial(_summary_of, "all-well"),
    "blank-form": lambda: write_form(load_form("form-547"), None, AS_OF),
    "filled-form": lambda: write_form(load_form("form-547"), SCHOOL, AS_OF, BEFORE),
}


def parts(book: bytes, lines: int) -> Parts:
    """The parts of a workbook as text, by the names under which they are kept; no more than so many lines of each but
    the first sheet, which is what the states differ in («Сводка», the form)."""
    with zipfile.ZipFile(BytesIO(book)) as package:
        contents = {part: package.read(part) for part in sorted(package.namelist())}
    strings = _strings(contents.pop(STRINGS))
    formats = _formats(etree.fromstring(contents[STYLES]))
    sheets = _sheets(contents)
    names = _names(contents, sheets)
    contents[INDEX] = _by_title(contents[INDEX], sheets)
    contents[INDEX_RELATIONS] = _unnumbered(contents[INDEX_RELATIONS])
    texts = {part: _text(part, content, strings, formats) for part, content in contents.items()}
    named = {names[part]: _renamed(text, names) if _tells_of_parts(part) else text for part, text in texts.items()}
    return {part: text if part == names[sheets[0].part] else _cut(text, lines) for part, text in named.items()}


def difference(expected: Parts, actual: Parts) -> str:
    """Part by part what has changed, blank where nothing has."""
    return "\n".join(
        f"── {part}\n{_part_difference(expected.get(part), actual.get(part))}"
        for part in sorted(expected.keys() | actual.keys())
        if expected.get(part) != actual.get(part)
    )


def made(name: str, book: bytes) -> Parts:
    """The workbook of that name as it is to be kept."""
    return parts(book, LINES.get(name, LINES_ELSE))


def kept(name: str, folder: Path = FOLDER) -> Parts:
    """The golden workbook of that name; no parts where there is none."""
    texts = {path.relative_to(folder / name): path.read_text("utf-8") for path in (folder / name).rglob("*.txt")}
    return {path.as_posix().removesuffix(".txt"): text for path, text in texts.items()}


def keep(name: str, texts: Parts, folder: Path = FOLDER) -> None:
    """In place of the golden workbook of that name."""
    shutil.rmtree(folder / name, ignore_errors=True)
    for part, text in texts.items():
        path = folder / name / f"{part}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")


def _part_difference(expected: str | None, actual: str | None) -> str:
    if expected is None or actual is None:
        return "is new" if expected is None else "is missing"
    lines = unified_diff(expected.splitlines(), actual.splitlines(), "kept", "made", lineterm="", n=1)
    shown = list(islice(lines, SHOWN + 1))
    return "\n".join([*shown[:SHOWN], "…"] if len(shown) > SHOWN else shown)


def _cut(text: str, most: int) -> str:
    lines = text.splitlines()
    if len(lines) <= most:
        return text
    return "\n".join([*lines[:most], f"… {len(lines)} lines in all, {_digest(text.encode())}", ""])


def _digest(content: bytes) -> str:
    return f"sha256 {hashlib.sha256(content).hexdigest()}"


# ── names of parts ───────────────────────────────────────────────────────────────────────────────────────
class Sheet(NamedTuple):
    title: str
    part: str


def _sheets(contents: Mapping[str, bytes]) -> list[Sheet]:
    """In the order of the tabs."""
    targets = _related(INDEX, contents)
    sheets = etree.fromstring(contents[INDEX]).iter("{*}sheet")
    return [Sheet(sheet.get("name"), targets[sheet.get(RELATION)]) for sheet in sheets]


def _names(contents: Mapping[str, bytes], sheets: list[Sheet]) -> dict[str, str]:
    """Part -> the name under which it is kept; what belongs to no sheet keeps its own."""
    names = {part: part for part in contents}
    for sheet in sheets:
        title = re.sub(r"[^\w-]+", "_", sheet.title)
        of_kind: Counter[str] = Counter()  # how many parts of a folder belong to the sheet
        for part in _belonging(sheet.part, contents):
            folder, file = posixpath.split(part)
            of_kind[folder] += 1
            number = f"-{of_kind[folder]}" if of_kind[folder] > 1 else ""
            names[part] = f"{folder}/{title}{number}{posixpath.splitext(file)[1]}"
            if _relations_of(part) in contents:
                names[_relations_of(part)] = _relations_of(names[part])
    assert len(set(names.values())) == len(names), f"parts of the same name: {names}"
    return names


def _belonging(part: str, contents: Mapping[str, bytes]) -> Iterator[str]:
    """The part and all to which its relations lead."""
    yield part
    for target in _related(part, contents).values():
        if target in contents:
            yield from _belonging(target, contents)


def _related(part: str, contents: Mapping[str, bytes]) -> dict[str, str]:
    """Id of a relation -> the part to which it leads."""
    if _relations_of(part) not in contents:
        return {}
    folder = posixpath.dirname(part)
    relations = etree.fromstring(contents[_relations_of(part)])
    return {one.get("Id"): posixpath.normpath(posixpath.join(folder, one.get("Target"))) for one in relations}


def _relations_of(part: str) -> str:
    folder, file = posixpath.split(part)
    return f"{folder}/_rels/{file}.rels"


def _by_title(index: bytes, sheets: list[Sheet]) -> bytes:
    """The index with sheets and parts called by name where they are numbered in the order of the tabs."""
    root = etree.fromstring(index)
    for sheet, element in zip(sheets, root.iter("{*}sheet"), strict=True):
        del element.attrib["sheetId"]
        element.set(RELATION, sheet.part.removeprefix("xl/"))
    for name in root.iter("{*}definedName"):
        if name.get("localSheetId"):
            name.set("localSheetId", sheets[int(name.get("localSheetId"))].title)
    return etree.tostring(root)


def _unnumbered(relations: bytes) -> bytes:
    """Without the numbers by which the index calls its parts."""
    root = etree.fromstring(relations)
    for relation in root:
        del relation.attrib["Id"]
    return etree.tostring(root)


def _tells_of_parts(part: str) -> bool:
    return part.endswith(".rels") or part in (TYPES, INDEX)


def _renamed(text: str, names: Mapping[str, str]) -> str:
    """With the parts called by the names under which they are kept. A part is told of by its folder and file."""
    short = {_folder_and_file(part): _folder_and_file(name) for part, name in names.items() if part != name}
    if not short:
        return text
    return re.sub("|".join(map(re.escape, short)), lambda found: short[found[0]], text)


def _folder_and_file(part: str) -> str:
    return "/".join(part.split("/")[-2:])


# ── a part as text ───────────────────────────────────────────────────────────────────────────────────────
def _text(part: str, content: bytes, strings: list[str], formats: list[tuple[str, str]]) -> str:
    if not part.endswith((".xml", ".rels", ".vml")):
        return f"{_digest(content)}\n"
    root = etree.fromstring(content)
    if part == PROPERTIES:  # the demo's files are written by libraries whose every version has bytes of its own
        root[-1][0].text = re.sub(r"^[0-9a-f]{64}$", "sha256", root[-1][0].text)
    for row in root.iter("{*}row"):
        _simplify(row, strings)
    for element in root.iter("{*}c", "{*}row", "{*}col"):
        for attribute in {"s", "style"} & set(element.keys()):
            element.set(attribute, formats[int(element.get(attribute))][0])
    for table in FORMAT_TABLES if part == STYLES else ():
        root.remove(root.find(f"{{*}}{table}"))
    used = sorted({f"{name} {said}" for name, said in formats}) if part == STYLES else []
    return "\n".join([*_lines(root, 0), *used, ""])


def _simplify(row: etree._Element, strings: list[str]) -> None:
    """Texts in their cells; blank cells of one format as one; without what only speeds up reading."""
    for hint in HINTS:
        row.attrib.pop(hint, None)
    before = None
    for cell in list(row):
        if cell.get("t") == "s":
            del cell.attrib["t"]
            cell[0].text = strings[int(cell[0].text)]
        if before is not None and not len(cell) and not len(before) and cell.get("s") == before.get("s"):
            before.set("r", f"{before.get('r').partition(':')[0]}:{cell.get('r')}")
            row.remove(cell)
        else:
            before = cell


def _lines(element: etree._Element, depth: int) -> Iterator[str]:
    small = [child for child in element if _is_small(child)]
    words = [_name(element), *(f"{etree.QName(key).localname}={_value(value)}" for key, value in element.items())]
    words += [f"{_name(child)}={_value(child.get('val') or child.text or '')}" for child in small]
    if element.text and element.text.strip():
        words.append(_value(element.text))
    yield " " * depth + " ".join(words)
    for child in element:
        if child not in small:
            yield from _lines(child, depth + 1)


def _is_small(element: etree._Element) -> bool:
    """Without children, and of one value."""
    return len(element) == 0 and (not element.attrib or (element.keys() == ["val"] and not element.text))


def _name(element: etree._Element) -> str:
    local = etree.QName(element).localname
    return f"{element.prefix}:{local}" if element.prefix else local


def _value(text: str) -> str:
    if re.fullmatch(r"-?\d+\.\d{8,}(E-?\d+)?", text):
        return f"{float(text):.12g}"
    return text.replace("\n", "\\n")


def _strings(content: bytes) -> list[str]:
    """Shared strings; one of several runs with their formats between."""
    items = etree.fromstring(content)
    return [item[0].text or "" if len(item) == 1 else " ".join(_lines(item, 0)) for item in items]


def _formats(styles: etree._Element) -> list[tuple[str, str]]:
    """A name made of its content, and that content, of every cell format."""
    codes = {code.get("numFmtId"): code.get("formatCode") for code in styles.iter("{*}numFmt")}
    tables = {f"{name}Id": list(styles.find(f"{{*}}{name}s")) for name in ("font", "fill", "border")}
    said = []
    for xf in styles.find("{*}cellXfs"):
        parts = [
            line.strip() for attribute, table in tables.items() for line in _lines(table[int(xf.get(attribute))], 0)
        ]
        number = xf.get("numFmtId")
        for attribute in (*tables, "numFmtId", "xfId"):
            del xf.attrib[attribute]
        said.append(
            " ".join([*(line.strip() for line in _lines(xf, 0)), f"format={codes.get(number, number)}", *parts])
        )
    return [(f"#{hashlib.sha256(text.encode()).hexdigest()[:6]}", text) for text in said]
