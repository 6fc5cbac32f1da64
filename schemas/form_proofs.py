"""What no type can see of a form: contradictions between its keys, each refused by one Russian sentence.

A form that passes can be used by everything downstream: what is looked up is there and there once, what is printed is
not empty, dates and bands are in order, nothing leads in a ring. Nothing is wrong with a proof that refuses too late;
one that is missing shows as a crash, or as a figure that is silently another's.
"""

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, combinations, pairwise
from pathlib import Path

import msgspec

from schemas.form import (
    FORMS,
    Base,
    Control,
    CoverageMatrix,
    Form,
    Item,
    ItemGroup,
    Kind,
    Measure,
    Target,
    WordGroup,
)
from schemas.form_figures import EVERY_ANSWER, SHARES, figure_refusals, headings_taken, misplaced_keys
from schemas.form_refusals import Named, Refusal, as_written, day_said, instead, place_said, ring_in, twice
from schemas.form_texts import text_refusals
from schemas.form_written import WrittenForm, in_full, written_refusals
from schemas.grades import grades_of, normal_form
from schemas.likeness import plain
from schemas.own_names import MATRIX_COLUMNS, MATRIX_ROWS, OTHER_PROBLEMS, PAPERS
from schemas.registry_book import SCHOOLS
from schemas.reports import FIRST_YEAR, LAST_YEAR
from schemas.strict import Keys, UsageError, load, said_line


def proved(path: Path) -> Form:
    """The form that lies there. Raises UsageError with one Russian sentence that names the file, its line, the key and
    what to do."""
    written = load(path, WrittenForm)
    form = in_full(written)
    for refusal in chain(written_refusals(written), refusals(form), _of_file(form, path)):
        where = said_line(path.read_text("utf-8-sig"), as_written(refusal.keys, form))
        raise UsageError(f"Файл {path.name}{where}: {place_said(refusal.keys, form)}: {refusal.why}")
    return form


def refusals(form: Form) -> Iterator[Refusal]:
    """All that the form cannot be used for, what other proofs stand on first."""
    yield from text_refusals(form)
    yield from _of_order(form)
    yield from _of_bases(form)
    yield from _of_items(form)
    yield from _of_papers(form)
    yield from figure_refusals(form)
    yield from _of_wordings(form)
    yield from _of_references(form)
    yield from _of_headline(form)
    yield from _of_targets(form.targets)
    yield from _of_coverage(form)
    yield from _of_matrix(form)
    yield from _of_controls(form)
    yield from _of_stages(form)
    yield from _of_groups(form)
    yield from _of_plausible(form)


# ── the form as a whole, its dates ───────────────────────────────────────────────────────────────────────
def _of_file(form: Form, path: Path) -> Iterator[Refusal]:
    """A copy that has kept the id of another order's form would take that order's reports for its own."""
    if path.parent.resolve() == FORMS.resolve() and form.id != path.stem:
        yield Refusal(("id",), f"«{form.id}», а файл называется {path.name} — впишите «{path.stem}».")


def _of_order(form: Form) -> Iterator[Refusal]:
    order = form.order
    if form.version < 1:
        yield Refusal(("version",), "номер версии — целое число от 1.")
    for keys, day in (("order", "date"), order.date), *_dates(form):
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            yield Refusal(keys, f"{day_said(day)} — не с {FIRST_YEAR} по {LAST_YEAR} год: исправьте дату.")
        elif day < order.date:
            why = f"{day_said(day)} раньше самого приказа ({day_said(order.date)}) — исправьте одну из дат."
            yield Refusal(keys, why)
    keys = ("order", "reporting_dates")
    if not order.reporting_dates:
        yield Refusal(keys, "не названо ни одной отчётной даты — впишите хотя бы одну.")
    for earlier, later in pairwise(order.reporting_dates):
        if later <= earlier:
            why = f"после {day_said(earlier)} стоит {day_said(later)} — расставьте по возрастанию, без повторов."
            yield Refusal(keys, why)


def _of_papers(form: Form) -> Iterator[Refusal]:
    known = [item.number for item in form.items]
    words = [
        (("order", "papers", n, "spellings"), said) for n, one in enumerate(form.order.papers) for said in one.spellings
    ]
    yield from twice(words, form, plain)
    for keys, said in words:
        if not plain(said.replace("*", " ")):
            yield Refusal(keys, "пустое написание — впишите, как ещё называют документ.")
    for index, paper in enumerate(form.order.papers):
        if paper.item and paper.item not in known:
            why = f"пункта «{paper.item}» в форме нет{instead(paper.item, known)}"
            yield Refusal(("order", "papers", index, "item"), why)


def _dates(form: Form) -> Iterator[tuple[Keys, date]]:
    """Every date but the order's own."""
    for index, day in enumerate(form.order.reporting_dates):
        yield ("order", "reporting_dates", index), day
    for index, paper in enumerate(form.order.papers):
        yield ("order", "papers", index, "due"), paper.due
    for index, day in enumerate(form.period.due):
        yield ("period", "due", index), day
    for index, item in enumerate(form.items):
        if item.due:
            yield ("items", index, "due"), item.due
    for index, target in enumerate(form.targets):
        yield ("targets", index, "by"), target.by
    for index, stage in enumerate(form.stages):
        for inner, measure in enumerate(stage.measures):
            given = {"due": measure.due, "from": measure.since}
            yield from ((("stages", index, "measures", inner, key), day) for key, day in given.items() if day)


# ── bases ────────────────────────────────────────────────────────────────────────────────────────────────
def _of_bases(form: Form) -> Iterator[Refusal]:
    bases = form.bases
    for key, normal in (("id", str), ("name", str.casefold), ("label", plain)):
        yield from twice(((("bases", n, key), getattr(base, key)) for n, base in enumerate(bases)), form, normal)
    known = [base.id for base in bases]
    for index, base in enumerate(bases):
        if base.part_of and base.part_of not in known:
            why = f"неизвестная основа «{base.part_of}»{instead(base.part_of, known)}"
            yield Refusal(("bases", index, "part_of"), why)
    for index, base in enumerate(bases):
        yield from (Refusal(("bases", index, "grades"), why) for why in _of_grades(base, form))
    if ring := ring_in({base.id: [base.part_of] for base in bases if base.part_of}):
        why = f"«{ring}» оказывается частью самой себя — уберите part_of у той основы, что шире."
        yield Refusal(("bases", known.index(ring), "part_of"), why)
        return
    yield from headings_taken(form, [heading for column in SCHOOLS.columns for heading in column.headings])
    if not any(item.kind is Kind.COVERAGE for item in form.items):
        return  # only of a share it must be told by words whose it is
    base_of = {item.number: item.base for item in form.items}
    held = [{base_of.get(control.item), base_of.get(control.limit)} for control in form.controls]
    for (_, one), (index, other) in combinations(enumerate(bases), 2):
        alike = _said_alike(one, other)
        if alike and not _are_of_one_group(one, other, form) and {one.id, other.id} not in held:
            why = f"«{alike}» стоит и у основы «{one.id}» — назовите людей иначе или укажите part_of."
            yield Refusal(("bases", index, "people"), why)


_GRADES = re.compile(r"[1-9]\d?(?:-[1-9]\d?)?(?:, [1-9]\d?(?:-[1-9]\d?)?)*")
_LAST_GRADE = 11


def _of_grades(base: Base, form: Form) -> Iterator[str]:
    if not base.grades:
        return
    grades = grades_of(base.grades) if _GRADES.fullmatch(base.grades) else frozenset()
    if not grades or max(grades) > _LAST_GRADE or normal_form(grades) != base.grades:
        yield f"«{base.grades}» — классы пишутся по возрастанию: «5-9», «5-9, 11», не старше {_LAST_GRADE}: исправьте."
        return
    whole = next((one for one in form.bases if one.id == base.part_of and _GRADES.fullmatch(one.grades)), None)
    if whole and not grades <= grades_of(whole.grades):
        yield f"«{base.grades}» — не часть классов основы «{whole.id}» («{whole.grades}»): исправьте одно из двух."


def _said_alike(one: Base, other: Base) -> str:
    """A word by which the people of both are called; blank where there is none."""
    words = {word.casefold() for word in other.people}
    return next((word for word in one.people if word.casefold() in words), "")


def _are_of_one_group(one: Base, other: Base, form: Form) -> bool:
    """Does the form say that these are the same people, or some of them."""
    if one.group == other.group or not {one.part_of, other.part_of} - {""} <= {base.id for base in form.bases}:
        return True
    return bool({one.id, *form.wholes_of(one.id)} & {other.id, *form.wholes_of(other.id)})


# ── items ────────────────────────────────────────────────────────────────────────────────────────────────
_UNDER = frozenset({Kind.GROUP, Kind.ROW, Kind.NUMBER, Kind.CHOICE})  # under which other items stand


def _of_items(form: Form) -> Iterator[Refusal]:
    yield from twice(((("items", n, "number"), item.number) for n, item in enumerate(form.items)), form, str)
    about = ((("items", n, "about"), item.about) for n, item in enumerate(form.items) if item.about)
    yield from twice(about, form)
    for index, item in enumerate(form.items):
        for key, why in _of_item(item, form):
            yield Refusal(("items", index, key), why)
    yield from _of_parents(form)


def _of_item(item: Item, form: Form) -> Iterator[tuple[str, str]]:
    """A key of the item, and what is wrong with it."""
    parts = item.number.split(".")
    if len(parts) > 2 or not all(one.isdecimal() and one.isascii() and 0 < int(one) < 100 for one in parts):
        yield "number", "номер бывает вида 7 или 7.1, каждое число до 99 — иного Свод в отчётах не узнаёт: исправьте."
    elif any(one.startswith("0") for one in parts):
        yield "number", "номер пишется без нулей впереди — исправьте."
    yield from misplaced_keys(item)
    for key in ("base", "asks"):
        if item.kind is Kind.COVERAGE and not getattr(item, key):
            yield key, "пункту вида coverage этот ключ нужен — впишите его."
    known = [base.id for base in form.bases]
    if item.kind is Kind.COVERAGE and item.base and item.base not in known:
        yield "base", f"неизвестная основа «{item.base}»{instead(item.base, known)}"
    if item.groups and not item.gather:
        yield "gather", "есть groups, а по чему собирать ответы, не сказано — впишите gather = «name» или «list»."
    for key in ("column", "about"):
        if item.measured and not getattr(item, key):
            yield key, "пункт с долей стоит на «Охвате» и в предложениях — впишите этот ключ."
    for key in ("short", "about"):
        if item.due and not getattr(item, key):
            yield key, "пункт со сроком due стоит на «Этапах» и в предложениях — впишите этот ключ."
    if item.due and item.optional:
        yield "optional", "пункт необязателен, а у него срок due — уберите один из этих ключей."


def _of_parents(form: Form) -> Iterator[Refusal]:
    """An item with a number of two parts stands right below its group."""
    kinds = {item.number: item.kind for item in form.items}
    for index, item in enumerate(form.items):
        above = kinds.get(item.parent)
        if item.parent and above is None:
            yield Refusal(("items", index, "number"), f"пункта {item.parent}, под которым он стоит, нет — впишите его.")
        elif above and above not in _UNDER:
            known = ", ".join(kind for kind in Kind if kind in _UNDER)
            why = f"он стоит под пунктом {item.parent}, а тот не вида {known} — исправьте номер или kind пункта."
            yield Refusal(("items", index, "number"), why)
        elif item.parent and item.parent not in (form.items[index - 1].number, form.items[index - 1].parent):
            why = f"пункт стоит не подряд с остальными под пунктом {item.parent} — поставьте их рядом."
            yield Refusal(("items", index, "number"), why)
        if item.kind is Kind.GROUP and not form.under(item.number):
            why = f"это заголовок, а под ним нет ни одного пункта ({item.number}.1 …) — впишите их или исправьте kind."
            yield Refusal(("items", index, "kind"), why)


def _of_wordings(form: Form) -> Iterator[Refusal]:
    """Items beside each other and their group are told apart by their words, and from what else is printed."""
    printed = {plain(form.problem_table.title): "problems.title"} if form.problem_table else {}
    printed |= {plain(text): "recognise.titles" for text in (form.title, *form.recognise.titles)}
    printed |= {plain(text): "recognise.measure" for text in form.recognise.measure}
    seen: dict[tuple[str, str], Item] = {}
    for index, item in enumerate(form.items):
        for keys, text in _wordings(index, item):
            words = plain(text)
            under = item.number if item.kind is Kind.GROUP else item.parent
            first = seen.setdefault((item.parent, words), item)
            seen.setdefault((under, words), item)
            if first is not item:
                why = f"«{text}» уже называет пункт {first.number}: по словам их не различить — назовите иначе."
                yield Refusal(keys, why)
            if words in printed:
                yield Refusal(keys, f"«{text}» стоит и в {printed[words]}: строку не узнать — назовите иначе.")
            for signer in form.recognise.signatures:
                if words.startswith(plain(signer)):
                    why = f"с «{signer}» начинается и пункт {item.number}: его строку примут за подпись — уточните."
                    yield Refusal(("recognise", "signatures"), why)


def _wordings(index: int, item: Item) -> Iterator[Named]:
    yield ("items", index, "title"), item.title
    for place, text in enumerate(item.spellings):
        yield ("items", index, "spellings", place), text


# ── what items and bases are named for ───────────────────────────────────────────────────────────────────
def _of_references(form: Form) -> Iterator[Refusal]:
    numbers = [item.number for item in form.items]
    for keys, number in _named_items(form):
        if number not in numbers:
            yield Refusal(keys, f"пункта «{number}» в форме нет{instead(number, numbers)}")
    known = [base.id for base in form.bases]
    for index, base in enumerate(form.coverage.rows):
        if base not in known:
            yield Refusal(("coverage", "rows", index), f"неизвестная основа «{base}»{instead(base, known)}")


def _named_items(form: Form) -> Iterator[Named]:
    if form.headline:
        yield ("headline", "item"), form.headline.item
    if form.second_card:
        yield ("second_card", "item"), form.second_card.item
    for key, groups in (("groups", form.coverage.groups), ("columns", form.coverage.columns)):
        for index, group in enumerate(groups):
            yield from ((("coverage", key, index, "items"), number) for number in group.items)
    for index, control in enumerate(form.controls):
        yield ("controls", index, "item"), control.item
        yield ("controls", index, "limit"), control.limit
    for index, stage in enumerate(form.stages):
        for inner, measure in enumerate(stage.measures):
            yield from ((("stages", index, "measures", inner, "items"), number) for number in measure.items)


def _is_of_kind(form: Form, number: str, kinds: Iterable[Kind]) -> bool:
    """Also of an item that is not there: that is another refusal."""
    return all(item.kind in kinds for item in form.items if item.number == number)


def _of_headline(form: Form) -> Iterator[Refusal]:
    headline, second = form.headline, form.second_card
    chosen = {("headline", "item"): headline, ("second_card", "item"): second}
    for keys, number in ((keys, one.item) for keys, one in chosen.items() if one):
        if not _is_of_kind(form, number, {Kind.COVERAGE}):
            yield Refusal(keys, f"пункт {number} не вида coverage: людей за ним нет — назовите пункт с долей людей.")
    if headline is None:
        yield from _without_headline(form)
        return
    if form.cards:
        yield Refusal(("cards",), "есть главный показатель (headline), рядом с ним стоит second_card — уберите cards.")
    if second and headline.item == second.item:
        yield Refusal(("second_card", "item"), f"пункт {second.item} уже главный (headline.item) — назовите другой.")
    columns = ("total_column", "count_column", "share_column")
    yield from twice(((("headline", key), getattr(headline, key).replace("|", " ")) for key in columns), form)


def _without_headline(form: Form) -> Iterator[Refusal]:
    """What stands beside the headline or is measured by it."""
    if form.targets:
        yield Refusal(("targets",), "план есть, а главного показателя (раздел headline) нет — впишите его или уберите.")
    if form.second_card:
        why = "главного показателя (раздел headline) нет — назовите этот пункт в cards или впишите headline."
        yield Refusal(("second_card",), why)


def _of_targets(targets: tuple[Target, ...]) -> Iterator[Refusal]:
    for index, target in enumerate(targets):
        for key, value in (("min", target.min), ("max", target.max)):
            if not 0 <= value <= 100:
                yield Refusal(("targets", index, key), f"{value:g} — не от 0 до 100 %: исправьте.")
        if target.min > target.max:
            yield Refusal(("targets", index, "min"), f"{target.min:g} больше, чем max = {target.max:g} — исправьте.")
    for index, (earlier, later) in enumerate(pairwise(targets), start=1):
        if later.by <= earlier.by:
            why = f"после {day_said(earlier.by)} стоит {day_said(later.by)} — расставьте сроки по возрастанию."
            yield Refusal(("targets", index, "by"), why)
        elif later.min < earlier.max:
            why = f"полоса {later.min:g}–{later.max:g} % перекрывается с предыдущей ({earlier.min:g}–{earlier.max:g} %)"
            yield Refusal(("targets", index, "min"), f"{why} — исправьте границы.")


# ── coverage ─────────────────────────────────────────────────────────────────────────────────────────────
def _of_coverage(form: Form) -> Iterator[Refusal]:
    if form.coverage == CoverageMatrix():
        return
    groups = form.coverage.groups
    yield from twice(((("coverage", "groups", n, "title"), group.title) for n, group in enumerate(groups)), form)
    shown = [number for group in groups for number in group.items]
    for index, group in enumerate(groups):
        keys = ("coverage", "groups", index, "items")
        if not group.items:
            yield Refusal(keys, f"в группе «{group.title}» нет ни одного пункта — впишите их или уберите группу.")
        for number in group.items:
            if not _is_of_kind(form, number, SHARES):
                yield Refusal(keys, f"у пункта {number} нет доли — уберите его.")
            if shown.count(number) > 1:
                yield Refusal(keys, f"пункт {number} назван не один раз — оставьте его в одной группе.")
    for item in form.coverage_items:
        if item.number not in shown:
            why = f"пункта {item.number} нет ни в одной группе: каждый пункт с долей стоит ровно в одной — впишите его."
            yield Refusal(("coverage", "groups"), why)


def _of_matrix(form: Form) -> Iterator[Refusal]:
    """Each of its figures stands in a row of its own: the share of the group of people in that column."""
    matrix = form.coverage
    if not matrix.rows and not matrix.columns:
        return
    for key, number, most in (
        ("rows", len(matrix.rows), MATRIX_ROWS),
        ("columns", len(matrix.columns), MATRIX_COLUMNS),
    ):
        if not number:
            yield Refusal(("coverage", key), "список пуст — впишите хотя бы одну запись.")
        if number > most:
            why = f"{number} записей, а на «Сводке» помещается не больше {most} — сократите."
            yield Refusal(("coverage", key), why)
    titles = ((("coverage", "columns", n, "title"), one.title.replace("|", "")) for n, one in enumerate(matrix.columns))
    yield from twice(titles, form)
    group_of = {base.id: base.group for base in form.bases}
    rows = {n: group_of[base] for n, base in enumerate(matrix.rows) if base in group_of}
    yield from twice(((("coverage", "rows", n), group) for n, group in rows.items()), form, str)
    about = {item.number: group_of.get(item.base, "") for item in form.items}
    numbers = [number for column in matrix.columns for number in column.items]
    for index, column in enumerate(matrix.columns):
        for why in _of_matrix_column(column, about, rows.values(), numbers, form):
            yield Refusal(("coverage", "columns", index, "items"), why)
    for n, group in rows.items():
        if group not in map(about.get, numbers):
            why = f"о группе «{group}» нет ни одного пункта в coverage.columns — уберите строку."
            yield Refusal(("coverage", "rows", n), why)


def _of_matrix_column(
    column: ItemGroup, about: Mapping[str, str], rows: Collection[str], numbers: Sequence[str], form: Form
) -> Iterator[str]:
    """`about`: item -> the group whose share it is; `rows`: the groups that have a row; `numbers`: of all columns."""
    if not column.items:
        yield "в столбце нет ни одного пункта — впишите их или уберите столбец."
    shown: dict[str, str] = {}
    for number in column.items:
        group = about.get(number, "")
        if not _is_of_kind(form, number, {Kind.COVERAGE}):
            yield f"пункт {number} не вида coverage: людей за ним нет — уберите его."
        elif numbers.count(number) > 1:
            yield f"пункт {number} назван не один раз — оставьте его в одном столбце."
        elif group and group not in rows:
            yield f"пункт {number} о группе «{group}», которой нет в coverage.rows — добавьте её или уберите пункт."
        elif group and shown.setdefault(group, number) != number:
            yield f"пункты {shown[group]} и {number} об одной группе «{group}» — в столбце место одному: уберите."


# ── controls ─────────────────────────────────────────────────────────────────────────────────────────────
def _of_controls(form: Form) -> Iterator[Refusal]:
    limits: dict[str, list[str]] = {}
    for index, control in enumerate(form.controls):
        for key, number in (("item", control.item), ("limit", control.limit)):
            if not _is_of_kind(form, number, {Kind.COVERAGE}):
                why = f"пункт {number} не вида coverage: людей, которых можно сравнить, за ним нет — назовите другой."
                yield Refusal(("controls", index, key), why)
        if why := _incomparable(control, form):
            yield Refusal(("controls", index, "limit"), why)
        if control.limit == control.item:
            yield Refusal(("controls", index, "limit"), f"пункт {control.item} сравнивается с самим собой — исправьте.")
        elif control.limit in limits.get(control.item, ()):
            why = f"то, что пункт {control.item} не больше пункта {control.limit}, уже сказано — уберите повтор."
            yield Refusal(("controls", index, "limit"), why)
        limits.setdefault(control.item, []).append(control.limit)
        if ring := ring_in(limits):
            why = f"по этой и прежним записям пункт {ring} не больше самого себя, по кругу — исправьте item и limit."
            yield Refusal(("controls", index, "limit"), why)
            return


def _incomparable(control: Control, form: Form) -> str:
    """Of parents there may be more than logins of teachers: such a control would set good answers aside."""
    bases, base_of = {base.id: base for base in form.bases}, {item.number: item.base for item in form.items}
    one, other = (bases.get(base_of.get(number, "")) for number in (control.item, control.limit))
    if one is None or other is None or _said_alike(one, other) or _are_of_one_group(one, other, form):
        return ""
    return f"пункты {control.item} и {control.limit} о разных людях («{one.group}», «{other.group}») — назовите другой."


# ── stages ───────────────────────────────────────────────────────────────────────────────────────────────
def _of_stages(form: Form) -> Iterator[Refusal]:
    titles = [(("stages", n, "title"), stage.title) for n, stage in enumerate(form.stages)]
    yield from twice(titles, form)
    for keys, title in titles:
        if plain(title) == plain(PAPERS):
            yield Refusal(keys, f"«{PAPERS}» стоит в своде само — назовите этап иначе.")
    unseen: list[Named] = [(("order", "papers", n, "title"), paper.title) for n, paper in enumerate(form.order.papers)]
    for index, stage in enumerate(form.stages):
        if not stage.measures:
            yield Refusal(("stages", index, "measures"), "у этапа нет ни одного мероприятия — впишите их.")
        own = [(("stages", index, "measures", n, "title"), one.title) for n, one in enumerate(stage.measures)]
        yield from twice(own, form)
        unseen += [named for named, measure in zip(own, stage.measures, strict=True) if not measure.items]
        for inner, measure in enumerate(stage.measures):
            for key, why in _of_measure(measure, form):
                yield Refusal(("stages", index, "measures", inner, key), why)
    yield from twice(unseen, form)  # the office ticks them off by their titles


def _of_measure(measure: Measure, form: Form) -> Iterator[tuple[str, str]]:
    """A key of the measure, and what is wrong with it."""
    for number in measure.items:
        if not _is_of_kind(form, number, EVERY_ANSWER):
            yield "items", f"пункт {number} — заголовок, по нему ничего не видно: назовите пункты под ним."
    if len(set(measure.items)) < len(measure.items):
        yield "items", "пункт назван не один раз — уберите повтор."
    if measure.due and measure.since and measure.since > measure.due:
        why = f"начало {day_said(measure.since)} позже срока due ({day_said(measure.due)}) — исправьте одну из дат."
        yield "from", why


# ── words that are grouped ───────────────────────────────────────────────────────────────────────────────
def _of_groups(form: Form) -> Iterator[Refusal]:
    if form.problem_groups and form.problems is None:
        yield Refusal(("problem_groups",), "таблицы проблем (раздел problems) в форме нет — впишите её или уберите.")
    yield from _of_word_groups(("problem_groups",), form.problem_groups, form)
    for index, item in enumerate(form.items):
        yield from _of_word_groups(("items", index, "groups"), item.groups, form)
    for index, group in enumerate(form.problem_groups):
        if plain(group.title) == plain(OTHER_PROBLEMS):
            why = f"«{OTHER_PROBLEMS}» — то, что не вошло ни в одну группу: назовите группу иначе."
            yield Refusal(("problem_groups", index, "title"), why)


def _of_word_groups(keys: Keys, groups: tuple[WordGroup, ...], form: Form) -> Iterator[Refusal]:
    yield from twice((((*keys, n, "title"), group.title) for n, group in enumerate(groups)), form)
    stems = (((*keys, n, "stems"), stem) for n, group in enumerate(groups) for stem in dict.fromkeys(group.stems))
    yield from twice(stems, form)
    for index, group in enumerate(groups):
        if not group.stems:
            why = f"у группы «{group.title}» нет ни одной основы слова — впишите их или уберите группу."
            yield Refusal((*keys, index, "stems"), why)


def _of_plausible(form: Form) -> Iterator[Refusal]:
    for key, value in msgspec.structs.asdict(form.plausible).items():
        least = 0 if key == "rise" else 1
        if not math.isfinite(value) or value < least:
            yield Refusal(("plausible", key), f"{value:g} — нужно число не меньше {least}: исправьте.")
