"""What pages, brief and letter share: whom they speak of, and how that is said."""

import math
import re
from collections.abc import Iterable, Sequence

from pipeline import wording
from pipeline.measuring.activation import level
from pipeline.measuring.coverage import Uncompared, uncompared
from pipeline.measuring.figures import Activation, Deadline, Figures, Former, Level, Restated, Share, State, Submission
from pipeline.measuring.rows import GroupRow, TotalRow, reconciled_items, totals_by_item
from pipeline.wording import NBSP
from pipeline.writing.pages.doubts import (
    doubted_schools,
    is_change_doubted,
    is_group_doubted,
    is_headline_doubted,
    is_item_doubted,
    named,
    with_mark,
)
from pipeline.writing.pages.figures_said import main_total, rounded_said
from pipeline.writing.pages.theme import Mark
from schemas.form import Card, Form, Target
from schemas.own_names import METHOD
from schemas.periods import Every
from schemas.school_names import in_short

_MOST_RESTATED = 3
_NUMBER = re.compile(r"№\s*\d+(?:[-/]?\w+)*")  # «№ 4А», «№ 12/3»
UNKNOWN = "—"
BLANK = "пусто"  # a report was sent and says nothing of it
FORMER = "прежний"  # a report was sent, and the answer of one before counts for it
# Where the change of a total and that of the same schools differ by more points, the page says why.
_APART = 0.5
_UNATTRIBUTED = ("неопознанный файл", "неопознанных файла", "неопознанных файлов")
MOST_NAMED = 3  # schools of one kind in a sentence
_LONGEST_TITLE = 36  # characters of a paper's or measure's title, or a group's name, in a line
_NOT_COUNTED = {
    Share.SET_ASIDE: "п. {item} отложен: замечание",
    Share.NOT_APPLICABLE: "не предусмотрено",
    Share.NO_ANSWER: "нет ответа на п. {item}",
}

IN_TIME_SAID, TOO_LATE_SAID = f"{Mark.ON_PLAN} успеет", f"{Mark.BELOW} не успеет"


def why_none_counts(shares: Iterable[Share]) -> Share:
    """Of an item of which no school's answer counts: what became of the answers, by what the schools say to it. Nobody
    is sent to remarks where none is set aside."""
    found = set(shares)
    return next(
        (one for one in (Share.SET_ASIDE, Share.NO_ANSWER, Share.NOT_APPLICABLE) if one in found), Share.NO_REPORT
    )


def why_headline_counts_nowhere(figures: Figures) -> Share:
    return why_none_counts(row.share for row in figures.activation)


def compared_with(figures: Figures) -> Former | None:
    """The figures of the reporting date before, where anybody had reported by then."""
    before = figures.before
    return before if before and any(row.as_of for row in before.submissions) else None


def measured_then(figures: Figures) -> Former | None:
    """As `compared_with`; on a school's own page None, too, where its figure was carried forward then."""
    before = compared_with(figures)
    return None if before is None or before.municipality.carried else before


def risen_since(before: Former | None, rows: Iterable[Activation]) -> list[Activation]:
    """Those that have risen since that date: of one whose figure was carried forward then nobody knows since when."""
    carried = {row.school.code for row in before.activation if row.school and row.carried} if before else set()
    return [row for row in rows if row.school and (row.change or 0) > 0 and row.school.code not in carried]


def share_decimals(row: Activation, target: Target | None) -> int:
    """Decimals of a share of the headline item: rounding must not contradict the verdict beside it."""
    if row.percent is None or target is None:
        return 1
    return wording.decimals_beside(row.percent, target.min, target.max)


def lacking(missing: int, form: Form) -> str:
    """After «не хватает»: people of the headline item's base, «118 родителей»."""
    return wording.count(missing, form.base(form.headline_item.base).people, wording.Case.GENITIVE)


def lacking_apart(figures: Figures) -> str:
    """«до плана муниципалитета — 354, до плана каждой школы — 565»: the two are not the same people."""
    each = with_mark(wording.number(figures.shortfall), is_headline_doubted(figures))
    whole = wording.number(figures.municipality.shortfall or 0)
    return f"до плана муниципалитета — {whole}, до плана каждой школы — {each}"


def registry_lacks(figures: Figures, shown: int = MOST_NAMED) -> str:
    """«Заполните в реестре столбцы «Родителей», «Учителей»: без них показатели 10 школ не считаются.»; blank where it
    lacks nothing."""
    if not figures.unbased:
        return ""
    items = {item for _, item in figures.unbased}
    bases = {figures.form.item(item).base for item in items}
    columns = [f"«{base.registry}»" for base in figures.form.bases if base.id in bases]
    column, it = ("столбец", "него") if len(columns) == 1 else ("столбцы", "них")
    schools = wording.schools(len({school for school, _ in figures.unbased}), wording.Case.GENITIVE)
    names = wording.listed(columns, shown)
    return f"Заполните в реестре {column} {names}: без {it} показатели {schools} не считаются."


def state_said(figures: Figures) -> str:
    """«по состоянию на 30.01.2014»; of a period «за январь 2014 г.»"""
    said = wording.on(figures.as_of, figures.every)
    return f"по состоянию {said}" if figures.every == "date" else said


def before_first_date(figures: Figures) -> str:
    """«первая отчётная дата — 30.01.2014»"""
    first = min(figures.reporting_dates, default=None)
    if first and figures.every != "date":
        return f"первый отчёт сдаётся {wording.on(first, figures.every)}"
    return f"первая отчётная дата — {wording.day(first)}" if first else wording.times(figures.every).none_yet


def level_said(level: Level) -> str:
    """«▼ ниже плана», «● по плану», «▲ выше плана»."""
    marks = {Level.BELOW: Mark.BELOW, Level.ON: Mark.ON_PLAN, Level.ABOVE: Mark.ABOVE}
    return f"{marks[level]} {level}" if level in marks else str(level)


def headline_range(figures: Figures) -> tuple[float, float] | None:
    """Between which percentages the municipality's share lies whatever the schools that are not counted answer.

    None where all are counted, where nobody is, and where the registry does not know how many people are missing.
    """
    if figures.form.headline is None:
        return None
    headline = reconciled_items(figures.reconciliation)[figures.form.headline.item]
    low, high = headline.percent_low, headline.percent_high
    if figures.municipality.percent is None or math.isnan(low) or math.isclose(low, high):
        return None
    return low, high


def range_said(share_range: tuple[float, float], target: Target | None) -> str:
    """«от 52,1 до 58,3 %», never rounded across a bound of the target."""
    bounds = (target.min, target.max) if target else (0.0, 100.0)
    low, high = (wording.percent(one, wording.decimals_beside(one, *bounds)) for one in share_range)
    return f"от {low.removesuffix(f'{NBSP}%')} до {high}"


def possible_said(figures: Figures) -> str:
    """«Не учтены 2 школы: с их ответами — от 52,1 до 58,3 %, план может оказаться не выполнен.»: where the share of all
    can lie, and whether its verdict hangs on those who have not answered; blank where nothing can move it."""
    share_range = headline_range(figures)
    if share_range is None:
        return ""
    doubt = ""
    worst, best = (level(bound, figures.target) for bound in share_range)
    if figures.municipality.level is not Level.BELOW and worst is Level.BELOW:
        doubt = ", план может оказаться не выполнен"
    elif figures.municipality.level is Level.BELOW and best is not Level.BELOW:
        doubt = ", план может оказаться выполнен"
    bounds = with_mark(range_said(share_range, figures.target), is_headline_doubted(figures))
    return f"{_not_counted_said(figures)} — {bounds}{doubt}."


def _not_counted_said(figures: Figures) -> str:
    """«Не учтены 2 школы: с их ответами»"""
    headline = totals_by_item(figures)[figures.form.headline_number]
    number = headline.set_aside + headline.no_answer + headline.no_report  # though the item applies to them
    verb = wording.plural(number, "учтена", "учтены", "учтены")
    return f"Не {verb} {wording.schools(number)}: с {'её ответом' if number == 1 else 'их ответами'}"


def doubted_said(figures: Figures) -> str:
    """«Под вопросом показатели 2 школ (СОШ № 3, ООШ № 7): без них — 39,5 %, план не выполнен.»; blank for none."""
    doubted, left = doubted_schools(figures, figures.form.headline_number), figures.undoubted
    if figures.form.headline is None:
        return " ".join(filter(None, (_card_doubted_said(card, figures, left) for card in figures.form.cards if left)))
    if not doubted or left is None:
        return ""
    number, whole = len(doubted), left.municipality
    figure, without = ("показатель", "него") if number == 1 else ("показатели", "них")
    said = f"Под вопросом {figure} {wording.schools(number, wording.Case.GENITIVE)} ({named(doubted, MOST_NAMED)})"
    if whole.percent is None:
        return f"{said}: других показателей нет."
    said += f": без {without} — {wording.percent(whole.percent, share_decimals(whole, figures.target))}"
    is_below = whole.level is Level.BELOW
    if is_below is not (figures.municipality.level is Level.BELOW):
        said += f", план {'не ' if is_below else ''}выполнен"
    return f"{said}."


def _card_doubted_said(card: Card, figures: Figures, left: Figures) -> str:
    """«Питались: под вопросом 2 школы (СОШ № 3, ООШ № 7), без них — 1 230 чел.» Blank where it is not."""
    doubted, without = doubted_schools(figures, card.item), main_total(left, card.item)
    if not doubted or without is None:
        return ""
    said = f"{card.title}: под вопросом {wording.schools(len(doubted))} ({named(doubted, MOST_NAMED)})"
    if without.value is None:
        return f"{said}, других показателей нет."
    said += f", без {'неё' if len(doubted) == 1 else 'них'} — {rounded_said(figures.form, without)}"
    return f"{said.removesuffix('.')}."


def restated_said(one: Restated, figures: Figures) -> str:
    """«Итог на 30.01 изменился: был 41 %, стал 39,6 % (другие данные: СОШ № 3).» with as many decimals as tell the two
    apart; with the year where not all of them are of the summary's."""
    decimals = 1
    if one.was is not None and one.now is not None:
        decimals = next((n for n in (1, 2, 3) if round(one.was, n) != round(one.now, n)), 4)
    was = "показателя не было" if one.was is None else f"был {wording.percent(one.was, decimals)}"
    now = "теперь показателя нет" if one.now is None else f"стал {wording.percent(one.now, decimals)}"
    names = [wording.keep_together(school.name) for school in one.schools]
    who = f" (другие данные: {wording.listed(names, MOST_NAMED)})" if names else ""
    told = "Сообщённый итог" if one.sent else "Итог"
    short = all(other.date.year == figures.as_of.year for other in figures.restated)
    return f"{told} {wording.on(one.date, figures.every, short=short)} изменился: {was}, {now}{who}."


def restatements(figures: Figures) -> list[str]:
    """What has changed of what was told of earlier dates, as much as a page has room for: first what was told in a
    letter, of that the newest; and how many there are more."""
    chosen = sorted(figures.restated, key=lambda one: (one.sent, one.date))[-_MOST_RESTATED:]
    said = [restated_said(one, figures) for one in figures.restated if one in chosen]
    if more := len(figures.restated) - len(chosen):
        said.append(_more_restated(more, figures.every))
    return said


def _more_restated(more: int, every: Every) -> str:
    earlier = ("прежнюю дату", "прежние даты", "прежних дат")
    on = f"на {wording.count(more, earlier)}"
    if every != "date":
        on = f"за {wording.count(more, ('прежний период', 'прежних периода', 'прежних периодов'))}"
    return f"Итог изменился ещё {on}: лист «{METHOD}» сводной книги."


# ── a change ─────────────────────────────────────────────────────────────────────────────────────────────
def signed(value: float) -> str:
    """«+18,4», «−2», «0»."""
    return f"+{wording.number(value)}" if value > 0 else wording.number(value)


def points_said(points: float) -> str:
    return f"{signed(round(points, 1))}{NBSP}п.п."


def same_schools_said(total: TotalRow, every: Every) -> str:
    """«у 18 школ с показателем на обе даты»"""
    return f"у {wording.schools(total.change_schools, wording.Case.GENITIVE)} с показателем {wording.times(every).both}"


def told_apart(figures: Figures, item: str) -> str:
    """Why a total has changed otherwise than the schools that are counted on both dates; blank where it has not."""
    total = totals_by_item(figures)[item]
    apart = abs(total.change_of_totals - total.change)
    if math.isnan(apart) or apart <= _APART:
        return ""
    totals_doubted = any(is_item_doubted(one, item) for one in (figures, figures.before) if one)
    so = with_mark(points_said(total.change_of_totals), totals_doubted)
    but = with_mark(points_said(total.change), is_change_doubted(figures, item))
    same = f"у школ, учтённых {wording.times(figures.every).both} ({wording.number(total.change_schools)}),"
    return f"итог изменился на {so}, а {same} — на {but}: {_why_apart(uncompared(figures, item), figures)}"


def _why_apart(left_out: Uncompared, figures: Figures) -> str:
    """«2 школы не учтены в этот раз (СОШ № 3, ООШ № 7)»; of those that are closed or new nothing was awaited."""
    now, then = ({school.code for school in one.schools} for one in (figures, figures.before) if one)
    parts = []
    for schools, verbs in (
        ([one for one in left_out.gone if one.code in now], ("не учтена в этот раз", "не учтены в этот раз")),
        ([one for one in left_out.gone if one.code not in now], ("больше не действует", "больше не действуют")),
        (
            [one for one in left_out.come if one.code in then],
            ("не была учтена в прошлый раз", "не были учтены в прошлый раз"),
        ),
        (
            [one for one in left_out.come if one.code not in then],
            ("в прошлый раз ещё не действовала", "в прошлый раз ещё не действовали"),
        ),
    ):
        if schools:
            names = wording.listed([wording.keep_together(school.name) for school in schools], MOST_NAMED)
            one, several = verbs
            parts.append(
                f"{wording.schools(len(schools))} {wording.plural(len(schools), one, several, several)} ({names})"
            )
    return ", ".join(parts)


# ── schools ──────────────────────────────────────────────────────────────────────────────────────────────
def reported(figures: Former) -> list[Submission]:
    """Schools whose report for the date in force has come."""
    came = (State.ACCEPTED, State.ACCEPTED_WITH_REMARKS, State.TO_CORRECT)
    return [row for row in figures.submissions if row.state in came]


def asked(figures: Former) -> list[Submission]:
    """Schools that owe a report for the date in force or have sent one; before the first date all of them."""
    if figures.reporting_date is None:
        return list(figures.submissions)
    came = reported(figures)
    return [row for row in figures.submissions if row.owes or row in came]


def in_state(figures: Figures, state: State) -> list[Submission]:
    return [row for row in figures.submissions if row.state is state]


def to_remind(figures: Figures, state: State) -> list[Submission]:
    """A school that owes nothing is not silent."""
    return [row for row in in_state(figures, state) if row.to_remind]


def to_check_first(figures: Figures) -> str:
    """After the files that belong to nobody: «сначала проверьте их»."""
    return f"сначала проверьте {'его' if figures.unattributed_files == 1 else 'их'}"


def questioned_alone_said(figures: Figures) -> str:
    """Where nothing is overdue and something is under question."""
    questioned = wording.number(figures.questioned_total)
    return f"Просроченных этапов нет, под вопросом {questioned}: ответы есть, но не учтены."


def unattributed_said(figures: Figures) -> str:
    """«в папке 2 неопознанных файла»"""
    return f"в папке {wording.count(figures.unattributed_files, _UNATTRIBUTED)}"


def file_said(file: str) -> str:
    """«файл «отчёт.xlsx»»"""
    return f"файл «{file}»"


def name_within(name: str, room: int) -> str:
    """A school's name in so many characters: by its abbreviations where it is too long, then without its middle, so
    that the number which tells it from others is left: «СОШ с углублённым… № 4»."""
    said = name if len(name) <= room else in_short(name)
    number = _NUMBER.search(said)
    if len(said) <= room or number is None or number.end() < room:
        return wording.shortened(said, room)
    left = room - len(number[0]) - 1
    return (
        f"{wording.shortened(said[: number.start()], left)} {number[0]}" if left > 1 else wording.shortened(said, room)
    )


def school_names(rows: Sequence[Submission]) -> list[str]:
    return [wording.keep_together(row.school.name) for row in rows]


def school_name(row: Activation) -> str:
    """Of a row that is a school's."""
    assert row.school is not None
    return wording.keep_together(row.school.name)


def why_not_counted(figures: Figures, row: Activation) -> str:
    """Why a school has no counted figure of the headline item; blank where it has one."""
    assert row.school is not None
    item = figures.form.headline_item
    if (row.school.code, item.number) in figures.unbased:
        return f"в реестре нет числа «{figures.form.base(item.base).registry}»"
    if row.share is Share.NO_REPORT:
        return _why_no_report(next(line for line in figures.submissions if line.school.code == row.school.code))
    return wording.keep_together(_NOT_COUNTED.get(row.share, "").format(item=item.number))


def _why_no_report(line: Submission) -> str:
    """A school whose report came and could not be read, or that owes none, is not said to have sent none."""
    if line.state is State.UNREADABLE:
        return "отчёт не прочитан"
    return "отчёт не представлен" if line.owes else "отчёт не требуется"


# ── groups of schools ────────────────────────────────────────────────────────────────────────────────────
def group_said(row: GroupRow, figures: Figures, more: str = "") -> str:
    """«Северный куст (74,1 %)»; `more` stands behind the share."""
    target = figures.target
    decimals = wording.decimals_beside(row.percent, target.min, target.max) if target else 1
    said = with_mark(f"{wording.percent(row.percent, decimals)}{more}", is_group_doubted(figures, row.item, row.group))
    return f"{wording.keep_together(wording.shortened(row.group, _LONGEST_TITLE))} ({said})"


# ── deadlines ────────────────────────────────────────────────────────────────────────────────────────────
def deadline_said(deadline: Deadline, form: Form) -> str:
    """«п. 6.2 (ознакомление родителей, срок 30.01.2014)»"""
    due = f"срок {wording.day(deadline.due)}"
    if deadline.title:
        return f"«{wording.shortened(deadline.title, _LONGEST_TITLE)}» ({due})"
    step = "" if deadline.least is None else f" до {wording.percent(deadline.least)}"
    return f"п.{NBSP}{deadline.item} ({form.item(deadline.item).about}{step}, {due})"
