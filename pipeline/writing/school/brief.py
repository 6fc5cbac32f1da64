"""What the head of a school is told in half a minute: headline, where the school stands, cards, what is to be done."""

from collections import Counter
from collections.abc import Iterator

import msgspec

from pipeline import wording
from pipeline.measuring.figures import Activation, Deadline, Figures, Level, Rests, Share, State, Statement, Submission
from pipeline.measuring.peers import PeerStanding
from pipeline.measuring.rows import coverage_rows, totals_by_item
from pipeline.wording import NBSP
from pipeline.writing.pages import theme, titles
from pipeline.writing.pages.brief import Brief, Card, Decision
from pipeline.writing.pages.doubts import is_headline_doubted, is_item_doubted, is_milestone_doubted, with_mark
from pipeline.writing.pages.figures_said import value_said
from pipeline.writing.pages.theme import Mark
from pipeline.writing.pages.words import UNKNOWN, lacking
from schemas.form import Form
from schemas.remarks import Severity

MOST_CARDS = 4
_MOST_ITEMS = 6  # named in a sentence
_LONGEST_CHOICE = 38  # characters of what a card says instead of a figure

_NOTHING_TO_DO = Decision("Итог", "Сейчас ничего не требуется: ошибок и просроченных мероприятий нет.")
_NOTHING_TO_CORRECT = Decision("Итог", "Сейчас ничего не требуется: ошибок нет.")


def make_school_brief(brief: Brief, own: Figures, standing: PeerStanding | None) -> Brief:
    """`brief`: of `own` as a municipality of one school (`alone`). `standing`: by the headline item; None without
    one."""
    decisions = tuple(_decisions(own))
    cards: tuple[Card, ...] = (_report_card(own),)
    if standing:
        missing = (_missing_card(own),) if own.form.has_plan else ()
        cards = (_headline_card(brief, own), *missing, _place_card(own, standing), *cards)
    else:
        shown = (own_item_card(card.item, card.title, own) for card in own.form.cards)
        cards = (*cards, *shown, brief.cards[-1])[:MOST_CARDS]  # all remarks stand on the second sheet
    return msgspec.structs.replace(
        brief,
        headline=_headline(brief, own) if standing else _report_said(brief, own),
        good=brief.good and not is_headline_doubted(own),
        subline=" ".join(_subline(own, standing)),
        cards=cards,
        decide="Что сделать школе",
        decisions=decisions or (_NOTHING_TO_DO if own.form.has_milestones else _NOTHING_TO_CORRECT,),
        calm=not decisions,
    )


# ── headline and what follows it ─────────────────────────────────────────────────────────────────────────
def _headline(brief: Brief, own: Figures) -> str:
    row, line, headline = own.municipality, _submission(own), own.form.lead
    if row.percent is not None:
        return brief.headline
    match row.share:
        case Share.SET_ASIDE:
            return f"Показатель «{headline.name}» отложен до исправления: в ответе на п.{NBSP}{headline.item} ошибка."
        case Share.NO_ANSWER:
            return f"В отчёте нет ответа на п.{NBSP}{headline.item}: показателя «{headline.name}» пока нет."
        case Share.NOT_APPLICABLE:
            return f"Показатель «{headline.name}» к школе не относится."
    return _no_report_said(brief, line)


def _no_report_said(brief: Brief, line: Submission) -> str:
    if line.state is State.UNREADABLE:
        return "Отчёт школы не прочитан — показателей пока нет."
    return brief.headline if line.to_remind else "Отчёта школы ещё нет, и пока он не требуется."


def _report_said(brief: Brief, own: Figures) -> str:
    """What became of the school's report, where no item is the headline."""
    line = _submission(own)
    day = f" на {wording.day(own.reporting_date)}" if own.reporting_date else ""
    match line.state:
        case State.ACCEPTED | State.ACCEPTED_WITH_REMARKS:
            return f"Отчёт школы{day} {line.state}."
        case State.TO_CORRECT:
            return f"Отчёт школы{day} — на доработку: в нём есть ошибки."
    return _no_report_said(brief, line)


def _subline(own: Figures, standing: PeerStanding | None) -> Iterator[str]:
    """Of which date the figures are, and what the others have reached."""
    line = _submission(own)
    if line.state is State.CARRIED and line.as_of:
        yield f"Показатели перенесены из отчёта на {wording.day(line.as_of)}."
    elif line.as_of and line.as_of != own.as_of:
        yield f"Показатели — по отчёту на {wording.day(line.as_of)}."
    if standing is None:
        return
    if standing.place and not is_headline_doubted(own):
        yield f"{standing.place}-е место из {wording.schools(standing.schools, wording.Case.GENITIVE)}."
    whole = totals_by_item(own)[own.form.headline_number].percent
    if standing.median is not None and standing.schools > 1:
        doubted = ", часть показателей под вопросом" if _are_peers_doubted(own) else ""
        middle = wording.percent(standing.median)
        yield f"По муниципалитету — {wording.percent(whole)}, середина по школам — {middle}{doubted}."


def _are_peers_doubted(own: Figures) -> bool:
    return Statement(Rests.PEERS, item=own.form.headline_number) in own.doubts


def _submission(own: Figures) -> Submission:
    (line,) = own.submissions
    return line


# ── cards ────────────────────────────────────────────────────────────────────────────────────────────────
_WHY_UNKNOWN = {
    Share.SET_ASIDE: "отложен до исправления",
    Share.NOT_APPLICABLE: "к школе не относится",
    Share.NO_ANSWER: "нет ответа",
    Share.NO_REPORT: "нет отчёта",
}


def _why_unknown(own: Figures) -> str:
    """No figure for want of the registry's base is no fault of the school."""
    if any(item == own.form.headline_number for _, item in own.unbased):
        return "в реестре нет числа людей"
    return _WHY_UNKNOWN[own.municipality.share]


def _headline_card(brief: Brief, own: Figures) -> Card:
    card, row = brief.cards[1], own.municipality
    return card if row.percent is not None else msgspec.structs.replace(card, note_lines=(_why_unknown(own),))


def own_item_card(number: str, title: str, own: Figures) -> Card:
    """The school's own figure of any item or cell."""
    if figure := next((one for one in own.numbers.schools if one.item == number), None):
        chosen = wording.shortened("; ".join(figure.chosen), _LONGEST_CHOICE) or UNKNOWN
        said = chosen if figure.value is None else value_said(own.form, number, figure.value)
        notes = () if figure.share is Share.COUNTED else (_WHY_UNKNOWN[figure.share],)
        return Card(title, said, notes, doubted=is_item_doubted(own, number))
    row = next((row for row in coverage_rows(own) if row.item == number), None)
    if row is None:
        return Card(title, UNKNOWN, ("нет данных",))
    if row.share is not Share.COUNTED:
        lacks_base = (row.school_code, number) in own.unbased
        return Card(title, UNKNOWN, ("в реестре нет числа людей" if lacks_base else _WHY_UNKNOWN[row.share],))
    decimals = wording.decimals_beside(row.percent, 100, 100)
    people = f"{wording.number(round(row.covered))} из {wording.number(round(row.total))}{NBSP}чел."
    notes = (people,) if own.form.item(number).base else ()
    look, doubted = theme.exact_share(decimals), is_item_doubted(own, number)
    said = wording.percent(row.percent, decimals)
    return Card(title, said, notes, value=row.percent / 100, look=look, doubted=doubted)


def _missing_card(own: Figures) -> Card:
    label, row, target, coming = "Не хватает до плана", own.municipality, own.target, own.next_target
    if row.percent is None:
        return Card(label, UNKNOWN, (_why_unknown(own),))
    ahead = (f"к {wording.short_day(coming.by)} нужно {wording.band(coming.min, coming.max)}",) if coming else ()
    if target is None or row.shortfall is None:
        return Card(label, UNKNOWN, ("план ещё не действует", *ahead))
    missing = wording.number(row.shortfall)
    notes = (f"{Mark.ON_PLAN} нижняя граница {wording.percent(target.min)} достигнута", *ahead)
    if row.shortfall:
        notes = (f"{Mark.BELOW} {_people(row.shortfall, own)} до {wording.percent(target.min)}", *ahead)
    doubted = is_headline_doubted(own)
    return Card(label, missing, notes, row.shortfall > 0, row.shortfall, theme.PEOPLE, doubted)


def _people(missing: int, own: Figures) -> str:
    """The noun after «не хватает 21»: «родителя»."""
    return wording.noun(missing, own.form.base(own.form.headline_item.base).people, wording.Case.GENITIVE)


def _place_card(own: Figures, standing: PeerStanding) -> Card:
    label = "Место среди школ"
    middle = () if standing.median is None else (f"середина по школам — {wording.percent(standing.median)}",)
    if own.municipality.percent is None:
        return Card(label, UNKNOWN, (_why_unknown(own), *middle))
    if standing.place is None:
        return Card(label, UNKNOWN, ("у других школ показателя нет",))
    notes = (f"из {wording.schools(standing.schools, wording.Case.GENITIVE)} с показателем", *middle)
    look, doubted = {"num_format": '0"-е"'}, _are_peers_doubted(own)
    return Card(label, f"{standing.place}-е", notes, value=standing.place, look=look, doubted=doubted)


def _report_card(own: Figures) -> Card:
    line = _submission(own)
    label = f"Отчёт {wording.on(own.reporting_date, own.every)}" if own.reporting_date else "Отчёт"
    match line.state:
        case State.NOT_SUBMITTED if not line.to_remind:
            return Card(label, UNKNOWN, ("пока не требуется",))
        case State.NOT_SUBMITTED:
            return Card(label, "не сдан", ("показателей нет",), needs_action=True)
        case State.UNREADABLE:
            return Card(label, "не прочитан", ("нужно прислать снова",), needs_action=True)
        case State.CARRIED:
            day = f"показатели — на {wording.day(line.as_of)}" if line.as_of else ""
            return Card(label, "не сдан" if line.to_remind else UNKNOWN, (day,), needs_action=line.to_remind)
        case State.TO_CORRECT:
            return Card(label, "исправить", (str(line.state), _lateness(line.days_late)), needs_action=True)
    figure = {None: "сдан", 0: "вовремя"}.get(line.days_late, "позже")
    return Card(label, figure, (str(line.state), _lateness(line.days_late)))


def _lateness(days_late: int | None) -> str:
    """Blank where nothing is owed or the arrival is not known."""
    if days_late is None:
        return ""
    return f"сдан позже на {wording.count(days_late, wording.DAY)}" if days_late else "сдан вовремя"


# ── what is to be done ───────────────────────────────────────────────────────────────────────────────────
def _decisions(own: Figures) -> Iterator[Decision]:
    yield from _behind_the_plan(own)
    if said := _to_send(_submission(own), own):
        yield Decision("Отчёт", said)
    if said := _to_correct(own):
        yield Decision("Замечания", said)
    if items := _told_by_information_alone(own):
        yield Decision("Вопросы", f"Проверьте ответы под вопросом: {wording.listed(items, _MOST_ITEMS)}.")
    yield from _behind_the_deadlines(own)
    if any(problem.offered for problem in own.problems):
        yield Decision(titles.PROBLEMS, "Показано, как другие школы решили то, что у вас пока без решения.")


def beside_the_report(own: Figures) -> Iterator[Decision]:
    """What is left to do however well the report itself is made: what has been due by the date of the figures, nothing
    of what comes after it, which may be over when it is read."""
    if said := _to_reach_the_target(own.municipality, own):
        yield Decision(own.form.lead.sheet, said)
    yield from _behind_the_deadlines(own)


def _behind_the_plan(own: Figures) -> Iterator[Decision]:
    if own.municipality.level is Level.BELOW or own.municipality.will_miss:
        yield Decision(own.form.lead.sheet, " ".join(_to_reach_the_plan(own.municipality, own)))


def _behind_the_deadlines(own: Figures) -> Iterator[Decision]:
    if own.overdue or any(deadline.due < own.as_of for deadline in own.questioned):
        yield Decision("Сроки", " ".join(_what_is_late(own)))


def _to_reach_the_plan(row: Activation, own: Figures) -> Iterator[str]:
    if said := _to_reach_the_target(row, own):
        yield said
    if own.next_target and row.per_week:
        by, least = wording.short_day(own.next_target.by), wording.percent(own.next_target.min)
        yield f"Чтобы к {by} было {least}, нужно {wording.number(row.per_week)}{NBSP}чел. в неделю."


def _to_reach_the_target(row: Activation, own: Figures) -> str:
    """Blank where it is reached, or none is in force."""
    if not (row.shortfall and own.target):
        return ""
    need = f"{wording.capital(own.form.lead.to_act)} ещё {lacking(row.shortfall, own.form)}"
    return f"{need}, чтобы дойти до {wording.percent(own.target.min)}."


def _to_send(line: Submission, own: Figures) -> str:
    """Blank where no file is to be sent."""
    if line.to_remind and line.state is State.UNREADABLE:
        return "Пришлите файл снова: присланный прочитать не удалось."
    if line.to_remind and line.state is not State.TO_CORRECT and own.reporting_date:
        return wording.one_stop(f"Пришлите отчёт {wording.on(own.reporting_date, own.every)}.")
    return ""


def _to_correct(own: Figures) -> str:
    """Blank where there is neither an error nor anything to check. What is told in one remark stands at many places."""
    asked = {Severity.ERROR: "исправьте ошибок", Severity.WARNING: "проверьте мест"}
    tally = Counter(one.severity for said in own.remarks for one in said.told)
    parts = [f"{what}: {tally[severity]}" for severity, what in asked.items() if tally[severity]]
    return f"{wording.capital(', '.join(parts))}. Что и где — на втором листе." if parts else ""


def _what_is_late(own: Figures) -> Iterator[str]:
    also = f"{own.questioned_total} под вопросом: ответы есть, но не учтены"
    if not own.overdue:
        yield f"Просроченных мероприятий нет, {also}."
        return
    longest = next(iter(own.overdue))
    number = f"п.{NBSP}{longest.item}, " if longest.item else ""
    days = wording.count((own.as_of - longest.due).days, wording.DAY)
    doubted = any(is_milestone_doubted(own, deadline.item, deadline.step) for deadline in own.overdue)
    overdue = with_mark(str(own.overdue_total), doubted)
    yield f"Просрочено: {overdue}{f', ещё {own.questioned_total} под вопросом' if own.questioned else ''}."
    yield f"Дольше всего: {number}{deadline_about(longest, own.form)} — {days}."


def _told_by_information_alone(own: Figures) -> list[str]:
    """The items under question of which no error and no warning tells."""
    found = {one.item: said for one, said in own.doubts.found.items() if one.rests is Rests.FIGURE and not one.school}
    quiet = {item for item, remarks in found.items() if all(one.severity is Severity.INFO for one in remarks)}
    return [wording.item_in_text(item.number) for item in own.form.items if item.number in quiet]


def deadline_about(deadline: Deadline, form: Form) -> str:
    """«ознакомление родителей», «активация родителей до 41 %», or the title of a paper."""
    if deadline.title:
        return deadline.title
    step = "" if deadline.least is None else f" до {wording.percent(deadline.least)}"
    return f"{form.item(deadline.item).about}{step}"
