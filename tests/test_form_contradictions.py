"""A form that contradicts itself is refused with one sentence that names the key; one that is merely another works."""

import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline import monthly
from pipeline.measuring.figures import State
from pipeline.settings import Settings
from pipeline.writing.form.workbook import write_form
from pipeline.writing.registry import write_registry
from schemas.district import Registry, School
from schemas.form import Form, load_form
from schemas.strict import UsageError
from tests.conftest import NOW
from tests.form_variants import GONE, GOOD, OF_FIGURES, Change, Keys, Values, as_toml, changed, good, leaves

MANY_CONTRADICTIONS, MANY_VARIANTS = 300, 100
MOST_ALIKE = 1  # of one kind at one key: every variant makes a workbook
BEFORE_ALL, AFTER_ALL = date(2013, 1, 15), date(2098, 5, 5)


def loaded(tmp_path: Path, values: Values) -> Form | str:
    """The form, or the sentence with which it is refused."""
    path = tmp_path / "form-changed.toml"
    path.write_text(as_toml(values), "utf-8")
    try:
        return load_form(path)
    except UsageError as refused:
        return str(refused)


def key_of(change: Change) -> str:
    """What the sentence must name: the key that was changed, of an entry its list."""
    if isinstance(change.value, dict) and "done_at" in change.value:  # an item that has been made to be due
        return "done_at"
    return next((key for key in reversed(change.keys) if isinstance(key, str)), "")


def some_of_each(changes: Iterable[Change], most: int) -> list[Change]:
    """Of changes of one kind at one key: a form has two dozen items, and each of them the same keys."""
    seen: Counter[tuple[str, str]] = Counter()
    return [one for one in changes if seen.update([kind := (one.what, key_of(one))]) or seen[kind] <= most]


# ── contradictions ───────────────────────────────────────────────────────────────────────────────────────
SECTIONS = (
    (), ("order",), ("recognise",), ("problems",), ("headline",), ("second_card",), ("coverage",), ("items", 0),
    ("bases", 0), ("targets", 0), ("controls", 0), ("stages", 0), ("stages", 0, "measures", 0),
)  # fmt: skip
OPTIONAL_TEXTS = {"hint", "blank", "short", "column", "about", "part_of", "asks", "base", "gather"}


def of_any_key(v: Values) -> Iterator[Change]:
    """Each kind of slip that may happen to any key, at one key in so many."""
    texts = [(keys, text) for keys, text in leaves(v) if isinstance(text, str)]
    for keys, _ in texts[::7]:
        yield Change("a blank text", keys, " ")
        if keys[-1] not in OPTIONAL_TEXTS:
            yield Change("an empty text", keys, "")
    for keys, text in texts[3::29]:
        yield Change("a number instead of a text", keys, 7)
        yield Change("a line break in a text", keys, f"{text[:2]}\n{text[2:]}")
        yield Change("a soft hyphen in a text", keys, f"{text[:2]}\u00ad{text[2:]}")
    days = [keys for keys, value in leaves(v) if isinstance(value, date)]
    for keys in days[::5]:
        yield Change("a date as people write it", keys, "30.01.2014")
        yield Change("a date that is a number", keys, 20140130)
    for section in SECTIONS:
        place: Any = v
        for key in section:
            place = place[key]
        yield Change(f"an unknown key of {'.'.join(map(str, section))}", (*section, "colour"), "red")
        for key in list(place)[:5]:
            if key not in ("cumulative", "papers", "due", "hint"):
                yield Change("a key that is missing", (*section, key), GONE)


def of_dates(v: Values) -> Iterator[Change]:
    days = [keys for keys, value in leaves(v) if isinstance(value, date) and keys != ("order", "date")]
    for keys in days[::3]:
        yield Change("a date before the order", keys, BEFORE_ALL)
        yield Change("a date in a year that nobody reports in", keys, date(2112, 1, 1))
    yield Change("the order's date behind its dates", ("order", "date"), AFTER_ALL)
    reporting = v["order"]["reporting_dates"]
    yield Change("a reporting date twice", ("order", "reporting_dates", len(reporting)), reporting[-1])
    yield Change("reporting dates backwards", ("order", "reporting_dates"), reporting[::-1])
    yield Change("no reporting date", ("order", "reporting_dates"), [])
    for index in range(1, len(v["targets"])):
        yield Change("targets of one day", ("targets", index, "by"), v["targets"][index - 1]["by"])
        yield Change("a target before the one above", ("targets", index, "by"), v["order"]["date"])
    with_due = next(n for n, one in enumerate(v["stages"][0]["measures"]) if one.get("due"))
    yield Change("a measure that ends before it begins", ("stages", 0, "measures", with_due, "from"), AFTER_ALL)


def of_numbers(v: Values) -> Iterator[Change]:
    for index, target in enumerate(v["targets"]):
        yield Change("a bound below zero", ("targets", index, "min"), -1)
        yield Change("a bound above a hundred", ("targets", index, "max"), 101)
        yield Change("a bound that is no number", ("targets", index, "min"), float("nan"))
        if target["max"] < 100:
            yield Change("bounds the wrong way round", ("targets", index, "min"), target["max"] + 1)
    for index in range(1, len(v["targets"])):
        yield Change("bands that overlap", ("targets", index, "min"), v["targets"][index - 1]["max"] - 1)
    yield Change("no version", ("version",), 0)
    yield Change("a part of a version", ("version",), 1.5)
    for key, value in (("rise", -1), ("rise", float("inf")), ("rise_days", 0), ("alike", 0), ("alike_points", 0.5),
                       ("alike_people", 0), ("round", -6)):  # fmt: skip
        yield Change("a bound of what is plausible that is none", ("plausible",), {key: value})


def of_names(v: Values) -> Iterator[Change]:
    bases = v["bases"]
    for index, base in enumerate(bases[1:], start=1):
        for key in ("id", "name", "label", "registry"):
            yield Change("what another base is called", ("bases", index, key), bases[0][key])
        yield Change("a registry heading that begins alike", ("bases", index, "registry"), f"{bases[0]['registry']} 2")
        yield Change("a name of a cell in other case", ("bases", index, "name"), bases[0]["name"].upper())
        if not base.get("part_of"):
            yield Change("people of another whole", ("bases", index, "people"), bases[0]["people"])
        yield Change("part of itself", ("bases", index, "part_of"), base["id"])
        for grades in ("5–9", "9-5", "5,6", "0-4", "5-12", "все"):
            yield Change("grades that are none", ("bases", index, "grades"), grades)
        yield Change("part of a base that is not there", ("bases", index, "part_of"), "nobody")
        yield Change("a registry heading of Svod's own", ("bases", index, "registry"), "Краткое наименование детей")
    yield Change("a registry heading that is a code", ("bases", 0, "registry"), "Код")
    yield Change("a label of Svod's own", ("bases", 0, "label"), "Классов")
    yield Change("two plural forms of people", ("bases", 0, "people"), ["один", "два"])
    for name in ("A1", "R1C1", "c", "План_мин", "два слова", "1класс", "Дети-1", "true", "Д" * 256):
        yield Change("a name that Excel or Svod takes no cell for", ("bases", 0, "name"), name)
    for sheet in ("Сводка", "охват", "О расчёте", "_графики", "Лист: 1", "a/b", "[1]", "Школы'", "History", "Ж" * 32):
        yield Change("a sheet that cannot be called so", ("headline", "sheet"), sheet)
    yield Change("two columns of one heading", ("headline", "count_column"), v["headline"]["total_column"])


def of_items(v: Values) -> Iterator[Change]:
    items = v["items"]
    kinds = {n: item["kind"] for n, item in enumerate(items)}
    share = next(n for n, kind in kinds.items() if kind == "coverage")
    for n, item in enumerate(items):
        if n:
            yield Change("a number that stands already", ("items", n, "number"), items[0]["number"])
        if item["kind"] != "coverage":
            for key, value in (("base", v["bases"][0]["id"]), ("asks", "people"), ("classes", True)):
                yield Change("a key of coverage elsewhere", ("items", n, key), value)
        if item["kind"] not in ("coverage", "volume"):
            yield Change("not provided where there is no share", ("items", n, "may_be_not_provided"), True)
        if item["kind"] == "group":
            yield Change("a deadline of a heading", ("items", n, "due"), AFTER_ALL)
            yield Change("what a heading cannot be", ("items", n, "cumulative"), False)
        if item["kind"] != "text":
            yield Change("gathered though it is no text", ("items", n, "gather"), "list")
        if item.get("about"):
            yield Change(
                "about what another item is",
                ("items", n, "about"),
                next(one["about"] for one in items if one.get("about", item["about"]) != item["about"]),
            )
        if item.get("due"):
            yield Change("optional with a deadline", ("items", n, "optional"), True)
            yield Change("a deadline without its heading", ("items", n, "short"), "")
    for number in ("0", "06", "6.1.1", "100", "6а", "6.", "шесть"):
        yield Change("a number that no report has", ("items", 0, "number"), number)
    yield Change("a group that is not there", ("items", share, "number"), "77.1")
    yield Change("under what is no group", ("items", share, "number"), f"{items[0]['number']}.1")
    for key in ("base", "asks", "column", "about"):
        yield Change("coverage without a key of its own", ("items", share, key), GONE)
    yield Change("a base that is not there", ("items", share, "base"), "cats")
    yield Change("not required where there is a share", ("items", share, "may_be_not_required"), True)
    yield Change("words of the item above", ("items", share + 1, "spellings"), [items[share]["title"]])
    yield Change("the title of the problems", ("items", 0, "title"), v["problems"]["title"])
    yield Change("the title of the form", ("items", 0, "spellings"), [v["title"]])
    yield Change("a heading over nothing", ("items", 0, "kind"), "group")
    yield Change("groups of words without stems", ("items", share, "groups"), [{"title": "Сайт", "stems": []}])


def of_lists(v: Values) -> Iterator[Change]:
    """How many acts and problems there may be, and where problems are told."""
    acts = [n for n, item in enumerate(v["items"]) if item["kind"] == "acts"]
    places: list[Keys] = [*(("items", n) for n in acts), ("problems",)]
    for keys in places:
        yield Change("fewer lines than none", (*keys, "at_least"), -1)
        yield Change("no line at all", (*keys, "at_most"), 0)
        yield Change("more lines than a form has room for", (*keys, "at_least"), 1001)
        yield Change("more lines than anybody adds", (*keys, "at_most"), 2000)
    words = next(n for n, item in enumerate(v["items"]) if item["kind"] == "text")
    for key in ("at_least", "at_most"):
        yield Change("lines of words", ("items", words, key), 2)
    yield Change("columns of no list", ("problems",), {"columns": ["1/что", "1/как"]})
    yield Change("a title without headings", ("problems",), {"title": v["problems"]["title"]})


def of_references(v: Values) -> Iterator[Change]:
    words = next(item["number"] for item in v["items"] if item["kind"] == "person")
    heading = next(item["number"] for item in v["items"] if item["kind"] == "group")
    for keys in (("headline", "item"), ("second_card", "item"), ("controls", 0, "item"), ("controls", 0, "limit")):
        yield Change("an item that is not there", keys, "99")
        yield Change("an item without people", keys, words)
        yield Change("a heading", keys, heading)
    yield Change("the headline once more", ("second_card", "item"), v["headline"]["item"])
    control = v["controls"][0]
    yield Change("a limit of itself", ("controls", 0, "limit"), control["item"])
    yield Change("a control twice", ("controls", len(v["controls"])), control)
    people = next(one for one in v["items"] if one["number"] == control["item"])
    others = next(one for one in v["items"] if one.get("base") in ("teachers", "cooks"))
    assert people["base"] != others["base"]
    yield Change("a limit of other people", ("controls", 0, "limit"), others["number"])
    ring = {**control, "item": control["limit"], "limit": control["item"]}
    yield Change("controls in a ring", ("controls", len(v["controls"])), ring)
    for key, groups in (("groups", v["coverage"]["groups"]), ("columns", v["coverage"]["columns"])):
        for n, group in enumerate(groups):
            items = ("coverage", key, n, "items")
            yield Change("an item that is not there", (*items, len(group["items"])), "99")
            yield Change("an item without a share", (*items, len(group["items"])), words)
            yield Change("an item twice", (*items, len(group["items"])), group["items"][0])
            yield Change("a group without items", items, [])
            if n:
                yield Change("a title twice", ("coverage", key, n, "title"), groups[0]["title"])
        yield Change("no group at all", ("coverage", key), [])
    rows = v["coverage"]["rows"]
    yield Change("a base that is not there", ("coverage", "rows", 0), "cats")
    yield Change("a row twice", ("coverage", "rows", len(rows)), rows[0])
    yield Change("a group of people without a row", ("coverage", "rows"), rows[1:])
    yield Change("no rows", ("coverage", "rows"), [])
    for n, stage in enumerate(v["stages"]):
        for m, measure in enumerate(stage["measures"][:3]):
            items = ("stages", n, "measures", m, "items", len(measure["items"]))
            yield Change("an item that is not there", items, "99")
            yield Change("a heading by which nothing is seen", items, heading)
            if m:
                title = stage["measures"][0]["title"]
                yield Change("a measure twice", ("stages", n, "measures", m, "title"), title)
        yield Change("a stage without measures", ("stages", n, "measures"), [])
        if n:
            yield Change("a stage twice", ("stages", n, "title"), v["stages"][0]["title"])
    yield Change("a stage of Svod's own", ("stages", 0, "title"), "Документы, предоставляемые в Управление")
    paper = {"title": "Копия приказа", "due": AFTER_ALL}
    yield Change("a paper twice", ("order", "papers"), [paper, paper])


def of_words(v: Values) -> Iterator[Change]:
    known = v["recognise"]
    for key in ("school", "as_of", "number", "measure", "answer"):
        yield Change("nothing to print", ("recognise", key), [])
    for key in ("problem", "solution"):
        yield Change("nothing to print", ("problems", key), [])
    yield Change("one heading of two columns", ("recognise", "answer"), [known["measure"][0]])
    yield Change("one heading of two columns", ("problems", "solution"), [v["problems"]["problem"][0]])
    yield Change("one label of two lines", ("recognise", "as_of"), [known["as_of"][0], known["school"][0]])
    for key in ("school", "as_of", "number", "measure", "answer"):
        yield Change("a title of the form", ("recognise", key), [*known[key], known["titles"][0]])
    for key in ("school", "as_of", "titles", "note", "signatures"):
        yield Change("a word of a list twice", ("recognise", key), [*known[key], known[key][0]])
    yield Change("the title of the form", ("problems", "title"), v["title"])
    yield Change("a base called as the form", ("bases", 0, "label"), v["title"])
    yield Change("a heading that Svod adds", ("recognise", "answer"), ["Всего, чел."])
    yield Change("a first label too short to be known again", ("recognise", "as_of"), ["на"])
    yield Change("a label that takes the day away", ("recognise", "as_of"), [*known["as_of"], "по состоянию на 1"])
    for phrase in ("*", "п*", "прош*лый", "как {дата}", "{day}", "нет"):
        yield Change("a phrase that means anything or nothing", ("recognise", "former"), [phrase])
    yield Change("one phrase of two meanings", ("recognise", "withdrawn"), ["снят*", *known["not_required"][:1]])
    yield Change("an answer that is none", ("recognise", "not_required"), ["нет"])
    yield Change("a choice that a list cannot hold", ("recognise", "not_provided"), ["нет, не предусмотрено"])
    yield Change("quotes in a choice", ("recognise", "not_required"), ['не "требуется"'])
    yield Change("a signature with which an item begins", ("recognise", "signatures"), [v["items"][0]["title"][:9]])
    yield Change("a signature without letters", ("recognise", "signatures"), ["—"])
    for word in ("дневник журнал", "№", "в*", "не", "есть", "1а", "план*", "отказ*", "прошл*", "Ещё", "все*", "ест*"):
        yield Change(f"a word that says more than nothing: {word}", ("words",), {"beside": [word]})
    for word in ("план*", "отказ*", "прошл*", "не"):
        yield Change(f"a word that was not done: {word}", ("words",), {"done": [word]})
    yield Change("a word of two meanings", ("words",), {"beside": ["логин*"], "done": ["логин*"]})
    groups = v["problem_groups"]
    yield Change("a group of Svod's own", ("problem_groups", 0, "title"), "Другое")
    yield Change("a group without stems", ("problem_groups", 0, "stems"), [])
    yield Change("a stem without letters", ("problem_groups", 0, "stems"), ["-"])
    yield Change("a group twice", ("problem_groups", len(groups)), {**groups[0], "stems": ["иное"]})
    yield Change("a stem of two groups", ("problem_groups", len(groups)), {**groups[0], "title": "Иное"})
    yield Change("a break put by hand where there is none", ("title",), f"{v['title']}|и ещё")
    yield Change("an office that no foot of a page holds", ("office",), "Управление " * 20 + "образования")
    yield Change("a text without end", ("items", 0, "title"), "очень " * 100 + "много")


# ── contradictions of forms with figures and tables ──────────────────────────────────────────────────────
def tables_of(v: Values) -> list[tuple[Keys, Values]]:
    """The way to each table and what it says, those of a group or a list of its own among them."""
    own = [(("items", n), item) for n, item in enumerate(v["items"]) if "columns" in item]
    return [*((("tables", n), table) for n, table in enumerate(v.get("tables", ()))), *own]


def rows_of(v: Values, keys: Keys, table: Values) -> list[str]:
    """Numbers of the rows that the form names in a table."""
    if keys[0] == "items":
        return [item["number"] for item in v["items"] if item["number"].startswith(f"{table['number']}.")]
    return [item["number"] for item in v["items"] if (item["kind"], item.get("table")) == ("row", table["id"])]


def of_tables(v: Values) -> Iterator[Change]:
    for keys, table in tables_of(v):
        columns = (*keys, "columns")
        yield Change("a table without columns", columns, [])
        yield Change("a column twice", (*columns, 1, "id"), table["columns"][0]["id"])
        yield Change("a column called as another", (*columns, 1, "title"), table["columns"][0]["title"])
        for wrong in ("а/б", "а б", "*", "1.1"):
            yield Change("a column that is no part of an address", (*columns, 0, "id"), wrong)
        for kind in ("group", "row", "acts", "coverage"):
            yield Change("a column that cannot be", (*columns, 0, "kind"), kind)
        yield Change("a kind of column that nobody knows", (*columns, 0, "kind"), "people")
        yield Change("a column without a title", (*columns, 0, "title"), GONE)
        yield Change("a key that no column has", (*columns, 0, "colour"), "red")
        yield Change("a cell that is not there", (*keys, "closed"), ["1.1/нет"])
        if rows := rows_of(v, keys, table):
            yield Change("lines where none are added", (*keys, "at_least"), 2)
            yield Change("lines where none are added", (*keys, "at_most"), 2)
            closed = [f"{rows[0]}/{column['id']}" for column in table["columns"]]
            yield Change("a row that is closed altogether", (*keys, "closed"), closed)
        else:
            yield Change("fewer lines than needed", (*keys, "at_most"), 0)
            yield Change("a line less than none", (*keys, "at_least"), -1)
            yield Change("more lines than a form has room for", (*keys, "at_least"), 1_000_000)


def of_shared_tables(v: Values) -> Iterator[Change]:
    """Tables that stand apart and are named by their rows."""
    rows = [n for n, item in enumerate(v["items"]) if item["kind"] == "row"]
    yield Change("a row without a table", ("items", rows[0], "table"), GONE)
    yield Change("a table that is not there", ("items", rows[0], "table"), "чужая")
    yield Change("a kind without a table", ("items", rows[0], "kind"), "text")
    yield Change("a figure of a row", ("items", rows[0], "unit"), "people")
    yield Change("columns of a row", ("items", rows[0], "columns"), v["tables"][0]["columns"])
    for table in v["tables"]:
        yield Change("a table twice", ("tables", len(v["tables"])), table)
        yield Change("a table that no item names", ("tables", len(v["tables"])), {**table, "id": "ничья"})


def of_own_tables(v: Values) -> Iterator[Change]:
    """Columns that stand in the item that they are of."""
    items = v["items"]
    groups = [n for n, item in enumerate(items) if "columns" in item and item.get("kind") == "group"]
    lists = [n for n, item in enumerate(items) if item.get("rows")]
    words = next(n for n, item in enumerate(items) if item.get("kind") == "text")
    for n in groups:
        table = {"id": items[n]["number"], "columns": items[n]["columns"]}
        yield Change("a table called by the number of an item", ("tables",), [table])
        yield Change("columns of what is no heading", ("items", n, "kind"), "number")
        yield Change("lines that a school adds to a heading", ("items", n, "rows"), "free")
        yield Change("a table of its own and another", ("items", n, "table"), "чужая")
        yield Change("rows without columns over them", ("items", n, "columns"), GONE)
        row = ("items", n + 1)
        for key, value in (("table", items[n]["number"]), ("rows", "free"), ("columns", items[n]["columns"]),
                           ("label", ["Класс"]), ("at_least", 1), ("closed", ["1.1/всего"])):  # fmt: skip
            yield Change(f"{key} of a row", (*row, key), value)
        for kind in ("number", "rows", "group"):
            yield Change(f"a row that is a {kind}", (*row, "kind"), kind)
        yield Change("a figure of a row", (*row, "unit"), "people")
    for n in lists:
        yield Change("lines that are not free", ("items", n, "rows"), "few")
        yield Change("lines that are another kind", ("items", n, "rows"), True)
        yield Change("free lines of another kind", ("items", n, "kind"), "text")
        yield Change("lines without columns", ("items", n, "columns"), GONE)
        yield Change("a table of its own and another", ("items", n, "table"), "чужая")
        yield Change("neither a kind nor free lines", ("items", n, "rows"), GONE)
    yield Change("no kind", ("items", words, "kind"), GONE)
    for key, value in (("label", ["Что"]), ("columns", items[groups[0]]["columns"]), ("at_least", 1), ("at_most", 3),
                       ("closed", ["1.1/всего"]), ("rows", "free")):  # fmt: skip
        yield Change(f"{key} of words", ("items", words, key), value)


def of_figures(v: Values) -> Iterator[Change]:
    numbers: list[Keys] = [("items", n) for n, item in enumerate(v["items"]) if item.get("kind") == "number"]
    of_columns = [
        (*keys, "columns", m)
        for keys, table in tables_of(v)
        for m, column in enumerate(table["columns"])
        if column["kind"] == "number"
    ]
    for keys in (*numbers, *of_columns):
        yield Change("a unit that is not there", (*keys, "unit"), "парсек")
        yield Change("a base that is not there", (*keys, "base"), "cats")
        yield Change("decimals that nobody writes", (*keys, "decimals"), 12)
        yield Change("a bound below the other", (*keys, "max"), -1)
        yield Change("a ratio of nothing", (*keys, "ratio"), ["а", "б"])
        yield Change("a figure that is a choice", (*keys, "several"), True)
        yield Change("a figure with choices", (*keys, "choices"), [{"title": "да"}, {"title": "нет"}])
        yield Change("a figure of a share", (*keys, "asks"), "people")
        yield Change("a figure in words", (*keys, "kind"), "text")
        if keys in of_columns:
            yield Change("a figure of any day", (*keys, "any_day"), True)
            yield Change("a reason without a plan", (*keys, "reason"), v["items"][0]["number"])
        yield Change("a plan called as a column of Svod's own", (*keys, "plan"), "Код плана")
    units = v["units"]
    yield Change("a unit twice", ("units", 1, "id"), units[0]["id"])
    yield Change("a unit that is called as another", ("units", 1, "spellings"), [units[0]["short"]])
    yield Change("part of a unit that is not there", ("units", 0, "of"), "парсек")
    yield Change("no factor", ("units", 0, "factor"), 0)
    yield Change("a factor of nothing", ("units", 0, "factor"), 1000)
    for n in (n for n, item in enumerate(v["items"]) if item.get("kind") == "choice"):
        choices = v["items"][n]["choices"]
        yield Change("nothing to choose", ("items", n, "choices"), [])
        yield Change("one alone to choose", ("items", n, "choices"), choices[:1])
        yield Change("a choice twice", ("items", n, "choices", len(choices)), choices[0])
        yield Change("a choice with a unit", ("items", n, "unit"), "people")
    for n in (n for n, item in enumerate(v["items"]) if item.get("reason")):
        yield Change("a reason that is not there", ("items", n, "reason"), "77")
        yield Change("a reason that is no text", ("items", n, "reason"), v["items"][n]["number"])


def of_done_at(v: Values) -> Iterator[Change]:
    """When an item is done is asked of its deadline, and within what it can be."""
    asked = {"due": v["order"]["reporting_dates"][-1], "short": "Срок", "about": "то, что к сроку"}
    for n, item in enumerate(v["items"]):
        if item.get("kind") == "number":
            yield Change("a figure from which nothing is due is done", ("items", n, "done_at"), 1)
            yield Change("done below the least", ("items", n), {**item, **asked, "done_at": -1})
            yield Change("done at no number", ("items", n), {**item, **asked, "done_at": float("nan")})
        elif item.get("kind") == "choice":
            most = {} if item.get("several") else {"several": True}
            yield Change("more choices than there are", ("items", n), {**item, **most, **asked, "done_at": 99})
            yield Change("a part of a choice", ("items", n), {**item, **most, **asked, "done_at": 0.5})
            with_page = [{**choice, "address": True} for choice in item["choices"]]
            if item.get("several"):
                yield Change("an address of one of several", ("items", n, "choices"), with_page)
            else:
                yield Change("several where one is asked for", ("items", n), {**item, **asked, "done_at": 1})
        elif item.get("kind") == "group":
            yield Change("a heading that is done", ("items", n, "done_at"), 1)


def of_relations(v: Values) -> Iterator[Change]:
    for n, one in enumerate(v["relations"]):
        yield Change("an address that is not there", ("relations", n, "item"), "77/нет")
        yield Change("an address that is not there", ("relations", n, "of", 0), "77/нет")
        yield Change("a relation to itself", ("relations", n, "of", 0), one["item"])
        yield Change("a tolerance below zero", ("relations", n, "tolerance"), -1)
        yield Change("rows that are not there", ("relations", n, "rows"), ["77"])
        yield Change("nothing to compare", ("relations", n, "of"), [])
        yield Change("a relation of another kind", ("relations", n, "kind"), "about")
        if "*" not in one["item"]:
            yield Change("any row of one", ("relations", n, "of", 0), "*/сумма")
    yield Change("a relation twice", ("relations", len(v["relations"])), v["relations"][0])
    ring = {"kind": "of_which", "item": v["relations"][-1]["of"][0], "of": [v["relations"][-1]["item"]]}
    yield Change("parts in a ring", ("relations", len(v["relations"])), ring)


def of_periods_and_cards(v: Values) -> Iterator[Change]:
    due, dates = v["period"]["due"], v["order"]["reporting_dates"]
    yield Change("a due date too few", ("period", "due"), due[1:])
    yield Change("a due date too many", ("period", "due", len(due)), due[-1])
    yield Change("a due date of the period before", ("period", "due", 1), dates[0])
    yield Change("a span that nobody knows", ("period", "every"), "decade")
    yield Change("two dates in one span", ("order", "reporting_dates", 0), dates[1] - timedelta(days=1))
    cards = v["cards"]
    yield Change("a card of nothing", ("cards", 0, "item"), "77/нет")
    in_a_table = next(item["number"] for item in v["items"] if item.get("table") or item.get("rows"))
    yield Change("a card of a list", ("cards", 0, "item"), in_a_table)
    yield Change("a card twice", ("cards", 1, "item"), cards[0]["item"])
    yield Change("more cards than find room", ("cards",), [*cards, {"item": v["items"][-2]["number"], "title": "Ещё"}])
    yield Change("a plan without a headline", ("targets",), [{"by": dates[-1], "min": 0, "max": 100}])
    yield Change("groups of no problems", ("problem_groups",), [{"title": "Связь", "stems": ["связ"]}])


def contradictions(v: Values) -> list[Change]:
    kinds: tuple[Callable[[Values], Iterator[Change]], ...]
    kinds = (of_any_key, of_dates, of_numbers, of_names, of_items, of_lists, of_references, of_words, of_done_at)
    if "relations" in v:
        tables = of_shared_tables if "tables" in v else of_own_tables
        kinds = (of_tables, tables, of_figures, of_done_at, of_relations, of_periods_and_cards)
    return some_of_each((change for kind in kinds for change in kind(v)), 3)


@pytest.mark.parametrize("name", {**GOOD, **OF_FIGURES})
def test_each_contradiction_is_refused_with_a_sentence_that_names_the_key(name: str, tmp_path: Path):
    values = good(name)
    wrong = []
    for change in contradictions(values):
        said = str(loaded(tmp_path, changed(values, change)))
        one = re.fullmatch(r"Файл form-changed\.toml(, строка \d+)?: [^\n]*[.?]", said)
        if not one or not re.search("[а-яё]{3}", said) or key_of(change) not in said:
            wrong.append(f"{change} = {change.value!r}: {said[:300]}")
    assert not wrong, "\n".join(wrong)


def test_there_are_hundreds_of_contradictions_and_of_harmless_variants():
    assert sum(len(contradictions(good(name))) for name in GOOD) >= MANY_CONTRADICTIONS
    assert sum(len(variants(good(name))) for name in GOOD) >= MANY_VARIANTS


# ── what is merely another form ──────────────────────────────────────────────────────────────────────────
WORDED = ("about", "brief", "chart", "column", "reason", "said", "share_of", "short", "subject", "title", "to_act")
MAY_GO = ("blank", "classes", "cumulative", "former", "former_beside", "may_be_not_provided", "may_be_not_required",
          "optional", "papers", "part_of", "plausible", "spellings", "withdrawn")  # fmt: skip
OF_ITEMS_MAY_GO = ("due", "groups", "hint")  # elsewhere they must be there
SECTIONS_THAT_MAY_GO = ("targets", "controls", "stages", "problem_groups")


def in_other_words(v: Values) -> Iterator[Change]:
    for number, (keys, text) in enumerate(leaves(v)):
        if keys[-1] in WORDED and number % 5 == 0:
            yield Change("other words", keys, f"Совсем другие слова {number}")
        if keys[-1] == "stems" or (len(keys) > 1 and keys[-2] == "spellings"):
            yield Change("another spelling", keys, f"{text} иначе {number}")
    for n, base in enumerate(v["bases"]):
        for key in ("label", "registry", "name"):
            yield Change("another name", ("bases", n, key), f"Ещё_{n}_{base[key]}")
    for key in ("titles", "school", "as_of", "measure", "answer", "note", "signatures", "not_provided", "not_required"):
        spellings = v["recognise"][key]
        yield Change("one spelling more", ("recognise", key, len(spellings)), f"Неслыханное слово {key}")
    yield Change("another sheet", ("headline", "sheet"), "Дела & случаи (1)")
    yield Change("an office whose name begins with a digit", ("office",), "45-й отдел образования")
    yield Change("a break in a heading of shares", ("headline", "share_column"), "Охваче-|но, %")


def with_less(v: Values) -> Iterator[Change]:
    for keys in dict.fromkeys(way[:end] for way, _ in leaves(v) for end in range(1, len(way) + 1)):
        if keys[-1] in MAY_GO or (keys[0] == "items" and keys[-1] in OF_ITEMS_MAY_GO):
            yield Change("without", keys, GONE)
    for key in SECTIONS_THAT_MAY_GO:
        yield Change("without", (key,), GONE)
    for key in ("targets", "controls", "stages", "problem_groups"):
        yield Change("one alone", (key,), v[key][:1])
        yield Change("one less", (key,), v[key][1:])


def in_other_order(v: Values) -> Iterator[Change]:
    for keys in (("bases",), ("controls",), ("stages",), ("problem_groups",), ("coverage", "groups"),
                 ("coverage", "rows"), ("coverage", "columns"), ("stages", 0, "measures")):  # fmt: skip
        place: Any = v
        for key in keys:
            place = place[key]
        yield Change("backwards", keys, place[::-1])
    yield Change("the last item first", ("items",), [v["items"][-1], *v["items"][:-1]])


def with_other_figures(v: Values) -> Iterator[Change]:
    for number, (keys, value) in enumerate(leaves(v)):
        if isinstance(value, date) and keys[-1] in ("due", "from") and number % 3 == 0:
            yield Change("a week later", keys, value + timedelta(days=7))
    yield Change("an order of a day earlier", ("order", "date"), v["order"]["date"] - timedelta(days=1))
    reporting = v["order"]["reporting_dates"]
    yield Change("one date more", ("order", "reporting_dates", len(reporting)), reporting[-1] + timedelta(days=90))
    yield Change("one date alone", ("order", "reporting_dates"), reporting[:1])
    last = v["targets"][-1]
    more = {"by": last["by"] + timedelta(days=30), "min": last["max"], "max": 100}
    yield Change("one target more", ("targets", len(v["targets"])), more)
    yield Change("a part of a percent", ("targets", 0, "min"), 0.5)
    yield Change("the next version", ("version",), v["version"] + 1)
    yield Change("not cumulative", ("cumulative",), False)
    yield Change("plausible otherwise", ("plausible",), {"rise": 30.5, "round": 3})
    for n, item in enumerate(v["items"]):
        if item["kind"] == "coverage":
            asks = {"people": "percent", "percent": "people"}[item["asks"]]
            yield Change("asked for otherwise", ("items", n, "asks"), asks)
            if item["number"] not in (v["headline"]["item"], v["second_card"]["item"]):
                yield Change("another headline", ("headline", "item"), item["number"])
                yield Change("another second card", ("second_card", "item"), item["number"])
        if item["kind"] in ("yes_no", "document", "person"):
            yield Change("asked for in words", ("items", n, "kind"), "text")
    text = {"number": "99", "kind": "text", "title": "Что ещё сказать"}
    yield Change("an item more", ("items", len(v["items"])), text)


def with_other_tables(v: Values) -> Iterator[Change]:
    """Rows and columns otherwise, and said in full what may be left out."""
    for keys, table in tables_of(v):
        columns, last = (*keys, "columns"), table["columns"][-1]
        yield Change(
            "a column more", (*columns, len(table["columns"])), {**last, "id": "ещё", "title": "Ещё", "spellings": []}
        )
        yield Change("a column in words", (*columns, len(table["columns"])), OF_WORDS)
        yield Change("a column of documents", (*columns, len(table["columns"])), {**OF_WORDS, "kind": "document"})
        for n, column in enumerate(table["columns"]):
            for key in ("required", "spellings", "optional"):
                if key in column:
                    yield Change("of a column without", (*columns, n, key), GONE)
            yield Change("a column under other words", (*columns, n, "title"), f"Графа {column['id']}")
        if rows := rows_of(v, keys, table):
            yield Change("another label", (*keys, "label"), ["Кто", "О ком"])
            yield Change("without a label", (*keys, "label"), GONE)
            yield Change("a closed cell", (*keys, "closed"), [f"{rows[0]}/{last['id']}"])
        else:
            yield Change("more lines than one sheet holds", (*keys, "at_most"), 500)
            yield Change("twelve lines", (*keys, "at_least"), 12)
            yield Change("any number of lines", (*keys, "at_least"), GONE)
    for n, item in enumerate(v["items"]):
        if "kind" not in item:
            yield Change("said in full", ("items", n, "kind"), "rows" if item.get("rows") else "row")
        if item.get("rows"):
            spelt = {**{key: value for key, value in item.items() if key != "rows"}, "kind": "rows"}
            yield Change("free lines by their kind", ("items", n), spelt)
    if "tables" not in v:
        shared = [{"id": "общая", "columns": [OF_WORDS]}]
        named = {"number": "77", "kind": "row", "table": "общая", "title": "Строка без пункта над ней"}
        yield Change("a table beside", (), {**v, "tables": shared, "items": [*v["items"], named]})


OF_WORDS = {"id": "слова", "kind": "text", "title": "Сказано словами", "optional": True}


def variants(v: Values) -> list[Change]:
    kinds = (in_other_words, with_less, in_other_order, with_other_figures)
    if "relations" in v:
        kinds = (with_other_tables,)
    return some_of_each((change for kind in kinds for change in kind(v)), MOST_ALIKE)


@pytest.mark.parametrize("name", {**GOOD, **OF_FIGURES})
def test_each_harmless_variant_loads_and_makes_the_form_that_schools_fill_in(name: str, tmp_path: Path):
    """xlsxwriter only warns of what it leaves out: a name, a validation, a foot of the page."""
    values = good(name)
    wrong = []
    for change in variants(values):
        form = loaded(tmp_path, changed(values, change))
        if isinstance(form, str):
            wrong.append(f"{change} = {change.value!r}: {form}")
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            write_form(form, None, form.order.reporting_dates[-1])
    assert not wrong, "\n".join(wrong)


# One run after the other, each with all changes of its line.
SHORT = {key: [Change("without", (key,), GONE)] for key in SECTIONS_THAT_MAY_GO}
WHOLE = {
    "547": [
        [
            Change("another sheet", ("headline", "sheet"), "Дела & случаи (1)"),
            Change("an office whose name begins with a digit", ("office",), "45-й отдел & К°"),
            Change("no group", ("problem_groups",), []),
            Change(
                "a title that no heading of a table holds", ("items", 14, "title"), "Размещена ли ссылка " * 20 + "тут"
            ),
            Change("no word for it", ("items", 14, "about"), "ссылка"),
            Change("a break in a heading of shares", ("headline", "share_column"), "Охваче-|но, %"),
            Change("backwards", ("bases",), good("547")["bases"][::-1]),
        ],
        [change for changes in SHORT.values() for change in changes],
    ],
    "meals": [
        *SHORT.values(),
        [Change("another headline", ("headline", "item"), "2.1")],
        [
            Change("no part of another base", ("bases", 1, "part_of"), ""),
            Change("the least plan", ("targets",), [{"by": date(2025, 9, 30), "min": 0, "max": 0}]),
        ],
        [
            Change("in words", ("items", 5, "kind"), "text"),
            Change("no deadline", ("items", 4, "due"), GONE),
            Change("a text without what it is about", ("items", 6, "title"), "Что ещё важно сказать " * 20 + "вам"),
        ],
        [Change("each report by itself", ("cumulative",), False)],
    ],
    "31": [[], [Change("without", ("cards",), GONE)]],
    "88": [[], [Change("without", ("relations",), GONE)]],
}


@pytest.mark.parametrize(("name", "number"), [(name, n) for name, runs in WHOLE.items() for n in range(len(runs))])
def test_a_harmless_variant_goes_through_the_whole_main_job(name: str, number: int, tmp_path: Path):
    """A registry with two schools, and nobody has reported yet: every sheet is written all the same."""
    form = loaded(tmp_path, changed(good(name), *WHOLE[name][number]))
    assert isinstance(form, Form), form
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # xlsxwriter's
        done = run_with_two_schools(form, tmp_path)
    assert [line.state for line in done.figures.submissions] == [State.NOT_SUBMITTED] * 2
    assert done.summary.lies_at.is_file()


def run_with_two_schools(form: Form, folder: Path) -> monthly.Done:
    schools = [School(code, f"СОШ № {code}", bases={base.id: 40.0 for base in form.bases}) for code in ("1", "2")]
    (folder / "input").mkdir(parents=True)
    office = write_registry(form, Registry(schools), form.order.date)
    (folder / "input" / "registry.xlsx").write_bytes(office)
    as_of = form.order.reporting_dates[-1]
    job = monthly.Job.of(folder / "input", folder / "output", as_of, Settings(), NOW, form=form)
    return monthly.run(job)
