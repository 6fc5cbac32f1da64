"""What schools are asked, as keys: head, order, spellings, bases, items, problems."""

import re
from collections.abc import Iterable, Mapping, Sequence

from pipeline.drafting import names, people
from pipeline.drafting.columns import ROW_OF_PARTS, DraftRelation, DraftTable, is_no_sum, unit_of
from pipeline.drafting.items import Found, ticked_in
from pipeline.drafting.order import Order
from pipeline.drafting.tables import PROBLEM, SOLUTION
from pipeline.drafting.toml import Toml
from pipeline.drafting.words import done_words
from pipeline.wording import listed, shortened
from schemas import own_form
from schemas.form import ROW_BASE, Form, Kind, Recognise, Unit
from schemas.likeness import plain

_MAY_BE_BLANK = re.compile(r"примечани|комментари|дополнительн|пояснени", re.IGNORECASE)
_OF_OWN_FORM = (own_form.TOTAL, own_form.COUNT, own_form.SHARE, own_form.CHECK)  # head columns of Svod's own form
_SINCE_NEW_YEAR = re.compile(r"с начала (?:отч[её]тного )?года|нарастающим итогом", re.IGNORECASE)
_COUNTS_OF_PERIOD = (
    "«flow» — за период, «stock» — на его последний день, «since_new_year» — с начала года; у пунктов и строк, где "
    "иначе, впишите свой counts, а где год не сумма периодов — add_periods = false"
)
_TWO = 2  # columns of a table of problems
_INVENTED_NOTE = "Примечание: отчёт составляется на отчётную дату"


def write(toml: Toml, order: Order, form_id: str, known: Form) -> None:
    _write_head(toml, order, form_id)
    _write_order(toml, order)
    _write_period(toml, order)
    _write_spellings(toml, order, known.recognise)
    _write_words(toml, order)
    _write_bases(toml, order)
    for unit in order.units:
        _write_unit(toml, unit)
    for table in order.tables:
        has_bases = any(row in order.base_of for row in table.rows)
        _write_table(toml, table, has_bases=has_bases, of_periods=order.periods is not None)
    for item in order.items:
        _write_item(toml, item, order)
    for relation in order.relations:
        _write_relation(toml, relation)
    _write_problems(toml, order, known)


def _write_head(toml: Toml, order: Order, form_id: str) -> None:
    head = order.head
    toml.key("id", form_id)
    toml.key("version", 1)
    title = " ".join(head.titles) or head.subject
    if title:
        toml.key("title", title, "" if head.titles else "названия формы не нашлось, взято название приказа")
        subject = names.phrase(head.subject or title, 60)
        toml.key("subject", subject, "впишите два-три слова: о чём приказ («Электронные дневники»)")
    else:
        toml.missing("title", "названия формы в приказе не нашлось, впишите его")
        toml.missing("subject", "впишите два-три слова: о чём приказ")
    if head.office:
        toml.key("office", head.office)
    else:
        toml.missing("office", "кто собирает отчёты, в приказе не нашлось")
    if order.periods:
        toml.key("cumulative", False)
    elif head.cumulative is None:
        toml.key("cumulative", False, "приказ не говорит, остаётся ли в силе прежний ответ (тогда true)")
    else:
        toml.key("cumulative", head.cumulative)


def _write_order(toml: Toml, order: Order) -> None:
    head = order.head
    toml.section("order")
    if head.number:
        toml.key("number", head.number)
    else:
        toml.missing("number", "номера приказа не нашлось, впишите его в кавычках")
    if head.day:
        toml.key("date", head.day)
    else:
        toml.missing("date", "даты приказа не нашлось, впишите её в виде 2014-03-20, без кавычек")
    doubt = "даты стоят в разных пунктах приказа" if head.spread else ""
    doubt = "слова «отчёт» в пункте нет: отчётные ли это даты или сроки бумаг" if head.is_guessed else doubt
    doubt = order.periods.doubt if order.periods else doubt
    doubt = doubt if head.reporting else "отчётных дат в приказе не нашлось, впишите хотя бы одну в виде 2014-03-20"
    toml.key("reporting_dates", head.reporting, doubt)
    if head.papers:
        toml.key("papers", [{"title": paper.title, "due": paper.due} for paper in head.papers], "падежи названий")


def _write_period(toml: Toml, order: Order) -> None:
    """Of what a report is; of a date nothing need be said."""
    if order.periods is None:
        return
    toml.section("period")
    toml.key("every", order.periods.every, "период угадан по словам приказа")
    toml.key("counts", order.periods.counts, _COUNTS_OF_PERIOD)
    toml.optional("due", list(order.periods.due), order.periods.doubt)


# ── how a report is recognised ───────────────────────────────────────────────────────────────────────────
def _write_spellings(toml: Toml, order: Order, known: Recognise) -> None:
    """The order's own words first, then those that reports on any order have."""
    head = order.head
    toml.section("recognise")
    titles = [" ".join(head.titles), *(head.titles if len(head.titles) > 1 else ())]
    toml.key("titles", _once([*filter(None, titles), *([] if head.titles else [head.subject])]))
    toml.key("school", _once([head.school, *known.school]), "" if head.school else "строки для школы не нашлось")
    long = [head.as_of] if len(head.as_of) > 3 else []
    if order.periods:
        toml.key("as_of", ["за", "за период", "отчётный период"])
    else:
        toml.key("as_of", _once([*long, *known.as_of]), "" if long else "строки для даты не нашлось")
    numbers, measures, answers = _headings(order)
    problems = [*(order.problems.heading if order.problems else ())]
    of_tables = [table.heading[table.number] for table in order.asking if table.number is not None]
    toml.key("number", _once([*numbers, *of_tables, *known.number]))
    toml.key("measure", _others([*measures, *known.measure], [*answers, *problems]))
    toml.key("answer", _others([*answers, *known.answer], [*measures, *problems]))
    lists = {f"{item.number}. {item.title}" for item in order.items if item.is_heading}
    sections = [text for text in head.sections if text not in lists]
    invented = _INVENTED_NOTE.replace("на отчётную дату", "за отчётный период") if order.periods else _INVENTED_NOTE
    if head.note or sections or not order.periods:
        doubt = "" if head.note else "примечания под таблицей не нашлось, а на бланке оно стоит"
        printed = "; строки за ним приказ печатает над таблицами" if sections else ""
        toml.key("note", [head.note or invented, *sections], f"{doubt}{printed}".lstrip("; "))
    else:
        toml.key("note", [])
    begun = [plain(item.title) for item in order.items]
    signers = [one for one in known.signatures if not any(words.startswith(plain(one)) for words in begun)]
    toml.key("signatures", signers)
    for name in ("not_provided", "not_required", *(() if order.periods else ("former", "former_beside", "withdrawn"))):
        toml.key(name, getattr(known, name))
    if order.dash_is_zero:
        toml.key("dash_is_zero", True, "по словам приказа: прочерк означает ноль")


def _headings(order: Order) -> tuple[list[str], list[str], list[str]]:
    """Of the columns of numbers, measures and answers; no answer is what is marked, nor what Svod's own form has."""
    plain_forms = order.plain_forms
    numbers = [form.heading[form.number] for form in plain_forms if form.number is not None]
    measures = [form.heading[form.measure] for form in plain_forms]
    answers = [form.heading[form.answers[0]] for form in plain_forms if not ticked_in(form)]
    return numbers, measures, _others(answers, [*measures, *_OF_OWN_FORM])


def _once(words: Iterable[str]) -> list[str]:
    """The first of those that differ in nothing but their case."""
    found: dict[str, str] = {}
    for word in filter(None, words):
        found.setdefault(word.casefold(), word)
    return [*found.values()]


def _others(words: Sequence[str], taken: Iterable[str]) -> list[str]:
    return [word for word in _once(words) if plain(word) not in {plain(one) for one in taken}]


def _write_words(toml: Toml, order: Order) -> None:
    """What was done with the people, by the words of the items with a share and of what stands over them."""
    above = (order.item(item.parent) for item in order.coverage)
    said = ((item.title, item.hint) for item in (*order.coverage, *filter(None, above)))
    if done := [*done_words(said)]:
        toml.section("words")
        toml.key("done", done, "что сделано с людьми, которых считают: «245 зарегистрировано»")


# ── bases, items ─────────────────────────────────────────────────────────────────────────────────────────
def _write_bases(toml: Toml, order: Order) -> None:
    if not order.bases and not order.has_figures:
        toml.space()
        toml.missing("bases", "долей людей в приказе не нашлось, а форме нужна хотя бы одна основа [[bases]]")
    for base in order.bases:
        made_up = base.part_of or base.grades
        toml.section("bases", "название составлено из слов приказа" if made_up else "", repeated=True)
        toml.key("id", base.id)
        toml.key("registry", base.registry)
        toml.key("label", base.label)
        toml.key("group", base.group)
        toml.key("people", base.people)
        toml.key("name", base.name)
        toml.optional("part_of", base.part_of)
        toml.optional("grades", base.grades, "классы взяты из названия")


def _write_unit(toml: Toml, unit: Unit) -> None:
    toml.section("units", repeated=True)
    toml.key("id", unit.id)
    toml.key("short", unit.short)
    toml.key("words", unit.words)
    toml.optional("spellings", unit.spellings)
    toml.optional("of", unit.of)
    if unit.of:
        toml.key("factor", int(unit.factor))


def _write_table(toml: Toml, table: DraftTable, *, has_bases: bool, of_periods: bool) -> None:
    """`has_bases`: rows of it are about people whose number is known."""
    toml.section("tables", repeated=True)
    toml.key("id", table.id)
    toml.optional("label", [table.label] if table.label else [])
    toml.optional("closed", table.closed, "по знаку «х» в приказе")
    if table.is_list:
        toml.key("at_least", 1, "сколько строк нужно, впишите или уберите строку")
    for column in table.columns:
        toml.section("tables.columns", repeated=True)
        toml.key("id", column.id)
        toml.key("kind", column.kind.value, column.doubts.get("kind", "") or "вид угадан по заголовку графы")
        toml.key("title", column.title)
        if column.kind is Kind.NUMBER:
            _write_number(toml, column.unit, column.decimals, is_added=column.is_added, doubts=column.doubts)
            _write_periods(toml, column.unit, is_added=column.is_added and of_periods and not table.is_list)
        if has_bases and column.kind is Kind.NUMBER and column.unit == "people":
            toml.key("base", ROW_BASE, "не больше ли это людей основы строки; если не людей — уберите")
        if _MAY_BE_BLANK.search(column.title):
            toml.key("optional", True, "по заголовку графы: прочерк в ней не ответ")
            continue
        toml.key("required", True, "обязательна ли графа в заполненной строке; если нет — optional = true")


def _write_number(toml: Toml, unit: str, decimals: int, *, is_added: bool, doubts: Mapping[str, str]) -> None:
    if unit:
        toml.key("unit", unit, "единица угадана по словам: та ли она")
    else:
        toml.missing("unit", doubts.get("unit", "единица не названа: впишите её или уберите строку"))
    if decimals:
        toml.key("decimals", decimals, "знаков после запятой")
    if unit == "degrees":
        toml.key("min", -60, "бывает ли ниже нуля; без этого ключа меньше 0 — ошибка")
    if not is_added:
        toml.key("add", "none", doubts.get("add", "не складывается ли: «sum», «mean», «ratio» или «none»"))


def _write_periods(toml: Toml, unit: str, *, is_added: bool) -> None:
    """A year of people is no sum of its months: they may be the same."""
    if unit == "people" and is_added:
        toml.key("add_periods", False, "не одни ли и те же люди в разных периодах; если разные — уберите")


def _write_relation(toml: Toml, relation: DraftRelation) -> None:
    toml.section("relations", relation.doubt, repeated=True)
    toml.key("kind", relation.kind)
    toml.key("item", relation.item)
    toml.key("of", relation.of)
    toml.optional("rows", relation.rows)


def _write_item(toml: Toml, item: Found, order: Order) -> None:
    above, asked = order.item(item.parent), item.asked
    toml.section("items", item.doubts.get("number", ""), repeated=True)
    toml.key("number", item.number)
    toml.key("kind", asked.kind.value, asked.doubt)
    if asked.kind is Kind.COVERAGE:
        toml.key("asks", asked.asks)
        toml.optional("classes", asked.classes)
        toml.key("base", order.base_of[item.number], _doubt_of_base(item))
    toml.optional("table", item.table)
    if asked.kind is Kind.ROW:
        toml.optional("base", order.base_of.get(item.number, ""), "не больше ли людей в строке, чем в этих классах")
    if asked.kind not in (Kind.ROW, Kind.ROWS):
        _write_due(toml, item, order)
    toml.key("title", item.title, item.doubts.get("title", ""))
    toml.optional("blank", item.blank)
    toml.optional("hint", item.hint)
    toml.optional("spellings", people.spellings_of(order.base_of.get(item.number, ""), item.title))
    toml.optional("optional", item.optional or (item.table != "" and ROW_OF_PARTS.match(item.title) is not None))
    if asked.kind is Kind.ROW:
        _write_figures_of_row(toml, item, order)
    if asked.kind is Kind.NUMBER:
        _write_number(toml, asked.unit, asked.decimals, is_added=asked.is_added, doubts={})
        is_once = order.periods is None or _SINCE_NEW_YEAR.search(item.title)
        _write_periods(toml, asked.unit, is_added=asked.is_added and not is_once)
    if asked.kind is Kind.NUMBER and _SINCE_NEW_YEAR.search(item.title):
        toml.key("counts", "since_new_year", "по словам «с начала года»")
    toml.optional("several", asked.several)
    toml.optional("choices", [{"title": title} for title in asked.choices])
    if asked.kind not in (Kind.GROUP, Kind.ROW, Kind.ROWS):
        toml.key("short", names.heading(item, above))
        if asked.kind in (Kind.COVERAGE, Kind.VOLUME):
            toml.key("column", names.heading(item, above))
        toml.key("about", _about(item, order))
    if asked.kind in (Kind.COVERAGE, Kind.VOLUME) and "если предусмотрено" in item.title.casefold():
        toml.key("may_be_not_provided", True)
    if asked.kind in (Kind.ACTS, Kind.DOCUMENT) and item.number in order.if_needed:
        toml.key("may_be_not_required", True, "по словам приказа «при необходимости», «при их отсутствии»")


def _write_figures_of_row(toml: Toml, item: Found, order: Order) -> None:
    """Where columns name no unit, «Всего», the row may: «Пробег, км», «Средний возраст, лет»."""
    table = next(table for table in order.tables if table.id == item.table)
    if all(column.unit for column in table.columns if column.kind is Kind.NUMBER):
        return
    unit, decimals = unit_of(item.measured)
    if unit:
        toml.key("unit", unit, "единица взята из названия строки: она — граф, в которых единицы нет")
        toml.optional("decimals", decimals, "знаков после запятой")
    if is_no_sum(item.measured):
        toml.key("add", "none", "не складывается ли: «sum», «mean» или «none»")
    _write_periods(toml, unit, is_added=order.periods is not None and not is_no_sum(item.measured))


def _write_due(toml: Toml, item: Found, order: Order) -> None:
    """The deadline, or that the order's words do not tell it; the item of the plan has none."""
    if due := order.due.get(item.number):
        toml.key("due", due.day, due.doubt)
    elif item.asked.kind is not Kind.GROUP and not item.optional and item.number != order.headline:
        if item.due:
            said = shortened(item.due)
            toml.missing("due", f"в приказе срок «{said}», а нужен день: впишите его или уберите строку")
        elif order.stages:
            toml.missing("due", "срока по словам этапов не нашлось: впишите его в виде 2014-03-20 или уберите строку")


def _doubt_of_base(item: Found) -> str:
    """«% от числа отдохнувших» and «дети, находящиеся в …» are of fewer people than the base that the words suggest."""
    said = f"{item.title} {item.hint}"
    if part := re.search(
        r"от (?:общего )?(?:числ\w+|количеств\w+)\s+[^)/;,]+|от подлежащ[^)/;,]*|из числа [^)/;,]+", said
    ):
        return f"доля — «{shortened(part[0].strip())}»: о тех ли людях основа, или впишите свою в [[bases]]"
    if re.search(r"\bдет\w+,|обучающ\w+,|находящ|состоящ|нуждающ|подлежащ|требующ", said):
        return "не о части ли людей пункт: тогда впишите свою основу в [[bases]]"
    return ""


def _about(item: Found, order: Order) -> str:
    """Its own among all: the number is added where another item is about the same."""
    said = names.about(item, order.item(item.parent))
    all_said = [plain(names.about(one, order.item(one.parent))) for one in order.items if one.asked.kind != Kind.GROUP]
    return f"{said} (п. {item.number})" if all_said.count(plain(said)) > 1 else said


def _write_problems(toml: Toml, order: Order, known: Form) -> None:
    table, usual = order.problems, known.problems
    if table is None or usual is None:
        return
    toml.section("problems")
    toml.key("title", order.problems_title or usual.title)
    words = [cell for n, cell in enumerate(table.heading) if n != table.number and cell]
    own = words if len(words) > 1 else ["", ""]
    said = next(filter(PROBLEM.search, own), own[0])
    how = next((word for word in own if word != said and SOLUTION.search(word)), own[-1])
    numbers, measures, _ = _headings(order)
    taken = [*numbers, *measures]
    toml.key("problem", _others([said, *usual.problem], [how, *taken]))
    doubt = ""
    if others := [word for word in words if len(words) > _TWO and word not in (said, how)]:
        named = listed([f"«{word}»" for word in others], 3)
        doubt = f"графы {named} сюда не входят: чтобы спросить и о них, сделайте список и ключ columns"
    toml.key("solution", _others([how, *usual.solution], [said, *taken]), doubt)
