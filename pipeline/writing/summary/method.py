"""Sheet «О расчёте»: the named cells that formulas use, the rules in plain words, what is set aside, waived and
restated, dates, sources, versions."""

import math
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from operator import attrgetter

from pipeline import wording
from pipeline.measuring.activation import weeks
from pipeline.measuring.figures import Figures, SetAside
from pipeline.measuring.public import UNKNOWN
from pipeline.measuring.rows import reconciled_items, values_read
from pipeline.writing.pages import theme, titles
from pipeline.writing.pages.figures_said import value_said
from pipeline.writing.pages.page import FIRST_ROW, NOT_PRINTED, Column, Page, fraction, said_of_rest, written
from pipeline.writing.pages.theme import Look, Mark
from pipeline.writing.pages.words import headline_range, restated_said
from pipeline.writing.summary import data, undoubted
from schemas import own_names
from schemas.district import Waiver
from schemas.form import Form
from schemas.remarks import Remark

COLUMNS = (Column("Имя ячейки", 34), Column("Значение", 16), Column("Что это", 92))
NAME, VALUE, MEANING = range(len(COLUMNS))
HEADER_ROW = FIRST_ROW

_EXACT = theme.exact_share(2)  # one school may move the municipality by less than a tenth

_CARRIED = (
    "Если на отчётную дату отчёта нет, берётся последний прежний отчёт школы; он помечен «перенесено с прошлой даты»."
)
_OF_TWO = "Из двух отчётов школы на одну дату учитывается тот, что пришёл позже."
_COMPARED = "Сравнение «с прошлой датой» — всегда с отчётной датой перед действующей, а не с предыдущим запуском."
_OF_PERIODS = {
    _CARRIED: "Учитываются отчёты за период свода, и только они: отчёт за другой период его не заменяет.",
    _OF_TWO: "Из двух отчётов школы за один период учитывается тот, что пришёл позже.",
    _COMPARED: "Сравнение — всегда с периодом перед этим, а не с предыдущим запуском.",
}
_OF_SHARES = (
    "Итог муниципалитета — сумма охваченных, делённая на сумму всех, по школам, чей ответ учтён; среднее из процентов "
    "не берётся.",
    "Рядом с итогом стоит, сколько школ из скольких учтено.",
    "Если школа указала только процент, число людей посчитано по нему от числа «всего» в том же ответе, а если его "
    "нет — от числа в реестре. Такое число не округляется до целых людей.",
)
_OF_REPORTS = (
    "Показатель с замечанием «ошибка» откладывается и в расчёт не входит; остальные ответы школы учитываются. "
    "Показатель с замечанием «проверить» учитывается.",
    _CARRIED,
    _OF_TWO,
)
_OF_SHORTFALL = ("«Не хватает» — сколько ещё человек нужно, чтобы дойти до нижней границы плана, с округлением вверх.",)
_OF_DOUBTS = (
    f"«{Mark.CHECK}» — под вопросом: учтено, но опирается на ответ с открытым замечанием. "
    "Такой прирост не называется среди лучших; чем всё стало бы без этих ответов, сказано ниже.",
)
_OF_PLAN = ("Проценты сравниваются с планом без округления, показываются с одним знаком после запятой.",)
_OF_DEADLINES = ("Срок пункта считается пропущенным со следующего дня; охват считается сделанным при 100 %.",)
_OF_CHANGES = (_COMPARED,)
PACE_RULES = (
    "Прямая школы проводится через её собственные отчёты по способу Тейла — Сена: наклон — медиана наклонов по всем "
    "парам отчётов; один неудачный отчёт её почти не сдвигает. Данные, перенесённые с прошлой даты, новым измерением "
    "не считаются. Прямая муниципалитета проводится так же через его итоги на отчётные даты.",
    "«Свой темп» — наклон прямой, пересчитанный в людей за неделю; нужно не меньше двух отчётов.",
    "«Нужно в неделю» — сколько человек в неделю требуется с даты свода, чтобы к следующему сроку дойти до нижней "
    "границы его плана; с округлением вверх.",
    "Прогноз — где прямая окажется на следующий срок, не ниже 0 и не выше 100 %; нужно не меньше трёх отчётов. "
    "«Не успеет» — прогноз ниже нижней границы плана.",
    "На настоящем учебном годе прогноз ещё не проверен: это продолжение прежнего хода, а не обещание.",
)


def write(page: Page) -> None:
    figures = page.book.figures
    page.head(
        "О расчёте",
        "Из чего и по каким правилам посчитан свод. Ячейки с именами используются в формулах других листов."
        f"{said_of_rest(figures.sources, 'findings.csv')}{NOT_PRINTED}",
        COLUMNS,
    )
    page.header(HEADER_ROW, COLUMNS, height=20)
    row = _write_named_cells(page, HEADER_ROW + 1)
    form = figures.form
    row = _write_sentences(page, row + 1, "Правила", _rules(form))
    if form.headline:
        title = "Темп и прогноз" if form.has_plan else "Темп"
        row = _write_sentences(page, row + 1, title, _pace_rules(page.book.figures))
    row = _write_range(page, row + 1)
    row = _write_set_aside(page, row + 1)
    row = _write_undoubted(page, row + 1)
    row = _write_waivers(page, row + 1)
    row = _write_exceptions(page, row + 1)
    row = _write_restated(page, row + 1)
    row = _write_dates(page, row + 1)
    if not figures.public:
        row = _write_sources(page, row + 1)
    row = _write_versions(page, row + 1)
    page.sheet.freeze_panes(HEADER_ROW + 1, 0)
    page.sheet.repeat_rows(HEADER_ROW)
    page.print_setup(row, len(COLUMNS))
    page.keep_from_print()


def _deadlines(form: Form) -> tuple[str, ...]:
    if all(item.done_at is None for item in form.due_items):
        return _OF_DEADLINES
    said = _OF_DEADLINES[0].removesuffix(".")
    return (f"{said}, если по форме пункт не сделан раньше.",)


def _rules(form: Form) -> list[str]:
    """Those about what the form has."""
    sections = (
        (_OF_SHARES, bool(form.coverage_items)),
        (_OF_REPORTS, True),
        (_OF_SHORTFALL, form.has_plan),
        (_OF_DOUBTS, True),
        (_OF_PLAN, form.has_plan),
        (_deadlines(form), form.has_milestones),
        (_OF_CHANGES, True),
    )
    said = [sentence for sentences, applies in sections if applies for sentence in sentences]
    return said if form.period.every == "date" else [_OF_PERIODS.get(sentence, sentence) for sentence in said]


def _pace_rules(figures: Figures) -> Sequence[str]:
    """Of periods nothing is carried, and the line goes through them; without a plan there is nothing to reach."""
    rules = PACE_RULES if figures.form.has_plan else PACE_RULES[:2]
    if figures.every == "date":
        return rules
    carried = "Данные, перенесённые с прошлой даты, новым измерением не считаются. "
    first = rules[0].replace(carried, "").replace("на отчётные даты", "за отчётные периоды")
    return first, *rules[1:]


def _write_named_cells(page: Page, row: int) -> int:
    """Index of the row after them."""
    for name, value, look, meaning in _named_cells(page.book.figures):
        page.text(row, NAME, name, theme.ROW)
        if isinstance(value, date):
            page.day(row, VALUE, value, theme.ROW, theme.CENTRE, look)
        else:
            page.number(row, VALUE, value, theme.ROW, theme.CENTRE, look)
        asked = page.book.figures.form.has_plan or name == own_names.REPORT_DATE
        page.text(row, MEANING, meaning if asked else "приказ не устанавливает", theme.ROW)
        page.book.workbook.define_name(name, f"='{titles.METHOD}'!$B${row + 1}")
        row += 1
    return row


def _named_cells(figures: Figures) -> list[tuple[str, float | date | None, Look, str]]:
    """Name, value (None leaves the cell empty), look and meaning."""
    day: tuple[str, float | date | None, Look, str]
    day = (own_names.REPORT_DATE, figures.as_of, theme.DATE, "на какую дату составлен свод")
    if figures.form.headline is None:
        return [day]
    target, coming = figures.target, figures.next_target
    to_next = weeks(figures.as_of, coming.by) if coming else None
    return [
        day,
        (
            own_names.PLAN_MIN,
            fraction(target.min) if target else None,
            theme.TARGET,
            "нижняя граница действующего плана",
        ),
        (
            own_names.PLAN_MAX,
            fraction(target.max) if target else None,
            theme.TARGET,
            "верхняя граница действующего плана",
        ),
        (own_names.NEXT_DEADLINE, coming.by if coming else None, theme.DATE, "срок следующей ступени плана"),
        (
            own_names.NEXT_PLAN_MIN,
            fraction(coming.min) if coming else None,
            theme.TARGET,
            "нижняя граница следующей ступени",
        ),
        (
            own_names.WEEKS_LEFT,
            to_next,
            {"num_format": "0.0"},
            "недель от даты отчёта до следующего срока",
        ),
    ]


def _write_section(page: Page, row: int, title: str) -> int:
    page.text(row, NAME, title, theme.BOLD, {"font_color": theme.NAVY})
    return row + 1


def _write_sentences(page: Page, row: int, title: str, sentences: Sequence[str]) -> int:
    row = _write_section(page, row, title)
    width = sum(column.pixels for column in COLUMNS)
    for sentence in sentences:
        page.merged(row, NAME, MEANING, theme.ROW, theme.WRAP)
        page.text(row, NAME, sentence, theme.ROW, theme.WRAP)
        page.sheet.set_row(row, max(theme.ROW_HEIGHT, theme.text_height(sentence, width) + 3))
        row += 1
    return row


# ── what the figures leave open ──────────────────────────────────────────────────────────────────────────
def _write_range(page: Page, row: int) -> int:
    """Between which shares the headline item lies whatever the schools answer that are not counted."""
    figures = page.book.figures
    possible = headline_range(figures)
    if possible is None:
        return row - 1
    row = _write_section(page, row, "Границы итога, пока ответили не все")
    names = ("Не ниже", "Не выше")
    meanings = (
        "если в школах, чьи ответы не учтены, охвачен ноль человек",
        "если в школах, чьи ответы не учтены, охвачены все; сколько их там, известно из реестра",
    )
    for name, percent, meaning in zip(names, possible, meanings, strict=True):
        _write_line(page, row, f"{figures.form.lead.name}: {name.lower()}", percent / 100, meaning, theme.SHARE)
        row += 1
    return row


def _write_set_aside(page: Page, row: int) -> int:
    """What was set aside, and what each figure and all of an item would make of the municipality's share."""
    found = page.book.figures.reconciliation
    row = _write_section(page, row, "Отложенные показатели и каким стал бы итог с ними")
    if not found.set_aside:
        return _write_none(page, row, "Отложенных показателей нет.")
    read = values_read(page.book.figures)
    for item, answers in groupby(written(found.set_aside), key=attrgetter("item")):
        _write_item_with_all(page, row, item)
        row += 1
        for answer in answers:
            _write_with_one(page, row, answer, read.get((answer.school.code, item)))
            row += 1
    return row


def _write_item_with_all(page: Page, row: int, number: str) -> None:
    figures = page.book.figures
    found, item = reconciled_items(figures.reconciliation)[number], figures.form.item(number)
    percent, with_all = found.percent, found.percent_with_set_aside
    now = "показателя нет" if math.isnan(percent) else wording.percent(percent, 2)
    whose = wording.schools(found.set_aside)
    about = item.about or wording.unbroken(item.title)
    if item not in figures.form.coverage_items:
        meaning = f"{about}: в итог отложенное не входит, итог с ним не считается ({whose})"
        _write_line(page, row, f"п. {number}", None, meaning, theme.BOLD)
        return
    meaning = f"{about}: сейчас {now}; {_if_right(figures.reconciliation.unread(number), with_all)} ({whose})"
    share = None if math.isnan(with_all) else with_all / 100
    _write_line(page, row, f"п. {number}: со всеми", share, meaning, _EXACT, theme.BOLD)


def _if_right(unread: int, with_all: float) -> str:
    """`unread`: how many of those set aside have no readable figure; `with_all`: NaN where none has one."""
    if not unread:
        return "столько было бы, если все отложенные верны"
    if math.isnan(with_all):
        return "каким стал бы итог с отложенными, неизвестно: они не прочитаны"
    return f"столько было бы, если верны прочитанные из отложенных; не прочитано — {unread}"


def _write_with_one(page: Page, row: int, answer: SetAside, read: float | None) -> None:
    """The share with this answer alone, as a formula over «Данные». `read`: the figure with a unit, where it is one."""
    figures = page.book.figures
    said = "показатель не прочитан" if read is None else value_said(figures.form, answer.item, read)
    if answer.percent is not None:
        said = wording.percent(answer.percent, 2)
    if answer.covered is not None and answer.total:
        people, whole = wording.number(answer.covered), wording.number(answer.total)
        said = f"{people} из {whole} чел. ({said})" if answer.percent is not None else f"{people} из {whole} чел."
    why = "; ".join(_reason(remark, page) for remark in answer.remarks)
    told = f"{said.removesuffix('.')}. {why}" if why else said  # «руб.» ends a sentence
    _write_line(page, row, f"{answer.school.name} ({answer.school.code})", None, told)
    if answer.percent_with_it is None:
        return
    covered, total = (data.sum_of(figures, answer.item, figure) for figure in ("covered", "total"))
    formula = f"=({covered}+{answer.covered!r})/({total}+{answer.total!r})"
    with_it = answer.percent_with_it / 100
    page.total(row, VALUE, formula, with_it, figures.schools, theme.ROW, theme.CENTRE, _EXACT)


def _reason(said: Remark, page: Page) -> str:
    catalogue = page.book.catalogue
    return catalogue.entries[said.code].title if page.book.figures.public else wording.message(said, catalogue)


def _write_undoubted(page: Page, row: int) -> int:
    """What the statements under question would be without the answers on which they rest."""
    row = _write_section(page, row, "Без показателей под вопросом")
    found = list(undoubted.lines(page.book.figures, page.book.catalogue))
    if not found:
        return _write_none(page, row, "Под вопросом ничего нет: у учтённых показателей нет открытых замечаний.")
    for line in written(found):
        _write_line(page, row, line.name, line.value, line.meaning, line.look)
        row += 1
    return row


def _write_waivers(page: Page, row: int) -> int:
    """Every waiver of the office that is in force, whether it has been needed or not."""
    names = _school_names(page.book.figures)
    row = _write_section(page, row, "Исключения, которые действуют на эту дату: школа, до какого дня, что разрешено")
    if not page.book.figures.waivers:
        return _write_none(page, row, "Исключений нет.")
    for waiver in written(page.book.figures.waivers):
        _write_line(page, row, names[waiver.school], waiver.until, _allowed(waiver, page))
        row += 1
    return row


def _allowed(waiver: Waiver, page: Page) -> str:
    """«п. 14, больше, чем в связанном пункте: ремонт (Иванова И. И.)»"""
    entry = page.book.catalogue.entries.get(waiver.code)
    allowed = "пункт исключён из плана школы"
    if entry:
        allowed = wording.lowered(entry.title)
    elif waiver.code == UNKNOWN:
        allowed = "такого замечания в перечне нет, исключение не сработает"
    elif waiver.code:
        allowed = f"замечания «{waiver.code}» в перечне нет, исключение не сработает"
    where = f"п. {waiver.item}" if waiver.item else "отчёт в целом"
    if waiver.item == UNKNOWN:
        where = "пункт, которого в форме нет"
    return f"{where}, {allowed}: {waiver.words}{'' if waiver.until else '; бессрочно'}"


def _school_names(figures: Figures) -> dict[str, str]:
    return {school.code: f"{school.name} ({school.code})" for school in figures.schools}


def _write_exceptions(page: Page, row: int) -> int:
    """Remarks that the office has waived: their figures are counted."""
    figures, catalogue = page.book.figures, page.book.catalogue
    names = _school_names(figures)
    row = _write_section(page, row, "Исключения, которые сработали: показатель учтён, хотя замечание есть")
    waived = [remark for remark in figures.remarks if remark.waiver]
    if not waived:
        return _write_none(page, row, "Исключения не понадобились.")
    for remark in written(waived):
        where = f"п. {remark.item}, " if remark.item else ""
        title = wording.lowered(catalogue.entries[remark.code].title)
        meaning = f"{where}{title}: {remark.waiver}"
        _write_line(page, row, names.get(remark.school, remark.school), remark.as_of, meaning)
        row += 1
    return row


def _write_restated(page: Page, row: int) -> int:
    figures = page.book.figures
    row = _write_section(page, row, "Итоги прошлых дат, которые стали другими")
    if not figures.restated:
        return _write_none(page, row, "Таких нет.")
    for one in figures.restated:
        told = "сообщён в письме" if one.sent else "посчитан впервые"
        meaning = f"{restated_said(one, figures)} Прежний итог был {told}."
        _write_line(page, row, figures.form.lead.name, one.date, meaning)
        row += 1
    return row


def _write_none(page: Page, row: int, said: str) -> int:
    page.text(row, NAME, said, theme.QUIET)
    return row + 1


# ── dates, sources, versions ─────────────────────────────────────────────────────────────────────────────
def _write_dates(page: Page, row: int) -> int:
    """Targets, reporting dates, due dates of the items: all that the form says about time."""
    figures = page.book.figures
    row = _write_section(page, row, "Сроки и план" if figures.form.targets else "Сроки")
    for target in figures.form.targets:
        band = wording.band(target.min, target.max)
        lead = figures.form.lead
        _write_line(page, row, f"{lead.name}: {band}", target.by, f"п. {lead.item}, план с этого дня")
        row += 1
    for day in figures.reporting_dates:
        in_force = "по ней считается, кто отчитался" if day == figures.reporting_date else ""
        if figures.every == "date":
            _write_line(page, row, "Отчётная дата", day, in_force)
        else:
            said = f"Срок отчёта {wording.on(day, figures.every)}"
            _write_line(page, row, said, figures.form.dues.get(day, day), in_force and "по нему составлен свод")
        row += 1
    for item in figures.form.due_items:
        assert item.due is not None
        _write_line(page, row, f"Срок п. {item.number}", item.due, item.about)
        row += 1
    return row


def _write_sources(page: Page, row: int) -> int:
    row = _write_section(page, row, "Источники: файл, дата отчёта, что с ним")
    figures = page.book.figures
    for source in written(figures.sources):
        what = [figures.name_by_code.get(source.school_code, ""), source.outcome]
        _write_line(page, row, source.file, source.as_of, ": ".join(filter(None, what)))
        row += 1
    return row


def _write_line(page: Page, row: int, name: str, value: float | date | None, meaning: str, *looks: Look) -> None:
    texts: Sequence[tuple[int, str]] = ((NAME, name), (MEANING, meaning))
    for column, text in texts:
        page.text(row, column, wording.keep_together(text), theme.ROW, theme.WRAP, *looks)
    if isinstance(value, date):
        page.day(row, VALUE, value, theme.ROW, theme.CENTRE, theme.DATE)
    else:
        page.number(row, VALUE, value, theme.ROW, theme.CENTRE, *looks)
    page.fit_row(row, dict(texts), COLUMNS)


def _write_versions(page: Page, row: int) -> int:
    """Index of the last row."""
    form = page.book.figures.form
    _write_section(page, row, f"Форма {form.id}, версия {form.version}; программа Свод, версия {page.book.version}")
    return row
