"""What leadership sees, as keys: headline, plan, cards, groups of «Охват», stages."""

import re
from collections.abc import Iterator

from pipeline.drafting import names
from pipeline.drafting.columns import TOTAL
from pipeline.drafting.items import Found
from pipeline.drafting.order import Order
from pipeline.drafting.stages import SURE, Measure
from pipeline.drafting.toml import Toml
from pipeline.wording import shortened
from schemas.form import Kind
from schemas.form_figures import MOST_CARDS
from schemas.own_names import MATRIX_COLUMNS, MATRIX_ROWS, SHEETS

_ALONE = "Отдельные показатели"


def write(toml: Toml, order: Order) -> None:
    if order.headline:
        _write_headline(toml, order)
        _write_second(toml, order)
        _write_coverage(toml, order)
    elif order.has_figures:
        _write_cards(toml, order)
    else:
        toml.space()
        toml.missing("headline", "главный показатель — доля людей, а её в приказе не нашлось")
        toml.missing("second_card", "карточка рядом с ним")
        toml.missing("coverage", "группы пунктов с долей для листа «Охват»")
    _write_targets(toml, order)
    _write_stages(toml, order)


def _write_headline(toml: Toml, order: Order) -> None:
    item = order.item(order.headline)
    assert item is not None
    name = names.phrase(item.title, 40)
    doubt = "" if order.targets else "плановых процентов в приказе нет, взята последняя доля людей"
    toml.section("headline", "слова для руководства составлены из названия пункта")
    toml.key("item", item.number, doubt)
    toml.key("name", name)
    sheet = names.sheet_title(item.title)
    toml.key("sheet", f"{sheet} по школам" if sheet in SHEETS else sheet)
    toml.key("total_column", "Всего,|чел.")
    toml.key("count_column", "Охвачено,|чел.")
    toml.key("share_column", "Доля, %")
    toml.key("chart", f"{name} по школам, %{' — сначала отстающие' if order.targets else ''}")
    toml.key("share_of", "Доля = охвачено / всего.")
    toml.key("to_act", "надо охватить")


def _write_cards(toml: Toml, order: Order) -> None:
    """Without a share of people: figures of the first page, those of a total before the others."""
    numbers = [item.number for item in order.items if item.asked.kind is Kind.NUMBER and item.asked.is_added]
    titles = {item.number: item.title for item in order.items}
    cells = [
        (f"{row}/{column.id}", column.title)
        for table in order.tables
        for row in sorted(table.rows, key=lambda row: not TOTAL.match(titles[row]))[:1]
        for column in table.columns
        if column.kind is Kind.NUMBER and column.is_added and f"{row}/{column.id}" not in table.closed
    ]
    shown: dict[str, str] = {}  # title -> address: no two are called alike
    for address, title in [*cells, *((number, titles[number]) for number in numbers)]:
        shown.setdefault(_title_of_card(title), address)
    for title, address in [*shown.items()][:MOST_CARDS]:
        toml.section("cards", "какие показатели важны руководству, решаете вы", repeated=True)
        toml.key("item", address)
        toml.key("title", title)


def _title_of_card(title: str) -> str:
    """With what stands in quotes: it alone may tell one column from another, «Получили оценку «5»»."""
    quoted = " ".join(re.findall(r"«[^»]+»", title))
    return f"{names.phrase(title, 30)} {quoted}".strip()


def _write_second(toml: Toml, order: Order) -> None:
    others = [item for item in order.coverage if item.number != order.headline]
    if not others:
        toml.space()
        toml.missing("second_card", "нужен второй пункт с долей людей, а в приказе он один")
        return
    alone = [item for item in others if not item.parent]
    base = order.base_of[order.headline]
    second = next((item for item in reversed(alone) if order.base_of[item.number] != base), (alone or others)[-1])
    said = names.about(second, order.item(second.parent))
    toml.section("second_card", "какой показатель важен вторым, приказ не говорит")
    toml.key("item", second.number)
    toml.key("title", said[:1].upper() + said[1:])
    toml.key("brief", names.phrase(said[:1].upper() + said[1:], 30))


# ── «Охват» ──────────────────────────────────────────────────────────────────────────────────────────────
def _write_coverage(toml: Toml, order: Order) -> None:
    groups = _groups(order)
    group_of = {base.id: base.group for base in order.bases}
    columns = [*_columns(order, group_of)][:MATRIX_COLUMNS]
    shown = {group_of[order.base_of[number]] for _, numbers in columns for number in numbers}
    rows = {base.group: base.id for base in reversed(order.bases) if base.group in shown and not base.part_of}
    rows = {base.group: base.id for base in order.bases if base.group in shown and base.group not in rows} | rows
    toml.section("coverage", "группы и столбцы «Охвата» и «Сводки»: как их собрать, решаете вы")
    toml.key("groups", [{"title": title, "items": [one.number for one in items]} for title, items in groups.items()])
    toml.key("rows", [base.id for base in order.bases if base.id in rows.values()][:MATRIX_ROWS])
    toml.key("columns", [{"title": title, "items": numbers} for title, numbers in columns])


def _groups(order: Order) -> dict[str, list[Found]]:
    """Items under one item together, the others in a group of their own."""
    groups: dict[str, list[Found]] = {}
    titles: dict[str, str] = {}
    for item in order.measured:
        above = order.item(item.parent)
        title = names.phrase(above.title, 40) if above else _ALONE
        if titles.setdefault(title.casefold(), item.parent) != item.parent:
            title = f"{title} ({item.parent})"
        groups.setdefault(title, []).append(item)
    return groups


def _columns(order: Order, group_of: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    """Columns of the matrix: one for items under one item, one for each of the others; a group of people has one
    figure in each."""
    taken: set[str] = set()
    done: set[str] = set()
    for item in order.coverage:
        above = order.item(item.parent)
        if item.parent in done:
            continue
        alike = [one for one in order.coverage if above and one.parent == item.parent] or [item]
        done.update({item.parent} - {""})
        numbers = {group_of[order.base_of[one.number]]: one.number for one in reversed(alike)}
        title = names.heading(above or item, None)
        plain = title.replace("|", "").casefold()
        yield f"{title}|({item.parent or item.number})" if plain in taken else title, [*numbers.values()][::-1]
        taken.add(plain)


# ── plan and stages ──────────────────────────────────────────────────────────────────────────────────────
def _write_targets(toml: Toml, order: Order) -> None:
    for target in order.targets:
        falls = "" if order.targets_fit else "плановые проценты приказа не складываются в один план по возрастанию"
        doubt = "; ".join(filter(None, (target.doubt, falls)))
        toml.section("targets", doubt, repeated=True)
        toml.key("by", target.by)
        toml.key("min", target.low)
        toml.key("max", target.high)


def _write_stages(toml: Toml, order: Order) -> None:
    papers = {paper.title.casefold() for paper in order.head.papers}
    for stage in order.stages:
        toml.section("stages", repeated=True)
        toml.key("title", stage.title)
        for measure in stage.measures:
            _write_measure(toml, measure, papers)


def _write_measure(toml: Toml, measure: Measure, papers: set[str]) -> None:
    unseen = not measure.items and measure.title.casefold() in papers  # ticked off by its title: one of the two
    toml.section("stages.measures", repeated=True)
    toml.key("title", f"{measure.title} (мероприятие)" if unseen else measure.title)
    toml.optional("due", measure.due or "")
    if measure.untold:
        toml.missing("due", f"в приказе срок «{shortened(measure.untold)}», а нужен день: впишите его")
    toml.optional("from", measure.since or "")
    likeness = min(measure.items.values(), default=1.0)
    toml.key("items", [*measure.items], "" if likeness >= SURE else "видно ли мероприятие по этим пунктам")
