"""What leadership is told in half a minute: headline, sub-line, cards, lines of decision.

Made once from the figures and said in two places: on «Сводка» and in the letter.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline import wording
from pipeline.measuring.figures import Activation, Figures, Level, Milestone, State, Submission
from pipeline.measuring.problems import OTHER
from pipeline.wording import NBSP
from pipeline.writing import theme
from pipeline.writing.theme import Look, Mark
from schemas.form import Form, Target
from schemas.remarks import Catalogue, Remark, Severity

DECISION_LENGTH = 125  # characters of one line on «Сводка», not wrapped
MOST_NAMES = 4  # in a line of decision; fewer where the line would be too long
CATCHING_UP = 0.6  # of the whole shortfall: the schools that leadership should talk to first
UNKNOWN = "—"

SUBMISSIONS_SHEET = "Сдача отчётов"
REMARKS_SHEET = "Замечания"
MILESTONES_SHEET = "Этапы"
PROBLEMS_SHEET = "Проблемы"


@dataclass(frozen=True)
class Card:
    """One card. `value` is the figure as a number for a cell of the format `look`, a fraction for a share;
    None where it is not known."""

    label: str
    figure: str
    note_lines: tuple[str, ...]
    needs_action: bool = False
    value: float | None = None
    look: Look = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    """One line of «Требует решения управления»; `sheet` is where to read on, blank for none."""

    tag: str
    text: str
    sheet: str = ""


@dataclass(frozen=True)
class Brief:
    """`good`: the municipality is not below its plan; `calm`: nothing is left to decide."""

    kicker: str
    headline: str
    good: bool
    subline: str
    cards: tuple[Card, ...]
    decisions: tuple[Decision, ...]
    calm: bool
    footer: str


def make_brief(figures: Figures, catalogue: Catalogue) -> Brief:
    order = figures.form.order
    decisions = tuple(_decisions(figures, catalogue))
    return Brief(
        kicker=f"{figures.form.subject} · приказ №{NBSP}{order.number} от {wording.day(order.date)}".upper(),
        headline=_headline(figures),
        good=figures.municipality.level is not Level.BELOW,
        subline=_subline(figures),
        cards=(
            _submission_card(figures),
            _headline_card(figures),
            _target_card(figures),
            _second_card(figures),
            _remarks_card(figures),
        ),
        decisions=decisions or (_NOTHING_TO_DECIDE,),
        calm=not decisions,
        footer=_footer(figures),
    )


# ── headline ─────────────────────────────────────────────────────────────────────────────────────────────
def _headline(figures: Figures) -> str:
    if figures.municipality.percent is None:
        return _nothing_counted(figures)
    decimals = share_decimals(figures.municipality, figures.target)
    said = f"{figures.form.headline.name} — {wording.percent(figures.municipality.percent, decimals)}"
    target, coming = figures.target, figures.next_target
    if target:
        return f"{said} при плане {wording.band(target.min, target.max)}: {_verdict(figures)}"
    if coming:
        wanted = wording.band(coming.min, coming.max)
        return f"{said}. План ещё не действует: к {wording.day(coming.by)} нужно {wanted}."
    return f"{said}."


def share_decimals(row: Activation, target: Target | None) -> int:
    """Decimals of a share of the headline item: rounding must not contradict the verdict beside it."""
    if row.percent is None or target is None:
        return 1
    return wording.decimals_beside(row.percent, target.min, target.max)


def _nothing_counted(figures: Figures) -> str:
    if not figures.schools:
        return "Нет ни одной школы в реестре."
    if not _reported(figures):
        whole, day = wording.number(len(figures.schools)), wording.day(figures.as_of)
        return f"Ни одна школа из {whole} не отчиталась на {day} — показателей пока нет."
    return f"Отчёты есть, но ни один показатель «{figures.form.headline.name}» не принят: смотрите замечания."


def _verdict(figures: Figures) -> str:
    counted, behind = len(figures.counted), len(figures.below)
    below = f"{wording.schools(behind)} из {counted} ниже плана."
    if figures.municipality.level is Level.BELOW:
        missing = wording.lacking(figures.municipality.shortfall or 0, _people(figures.form))
        return f"план не выполнен, не хватает {missing}. {below}"
    met = "план перевыполнен" if figures.municipality.level is Level.ABOVE else "план выполнен"
    if behind:
        return f"{met}, но {below}"
    if counted == len(figures.schools):
        return f"{met} во всех школах."
    return f"{met}, отстающих нет; {_counted_of(counted, len(figures.schools))}."


# ── sub-line ─────────────────────────────────────────────────────────────────────────────────────────────
def _subline(figures: Figures) -> str:
    if not figures.schools:
        return "Внесите школы в реестр и запустите свод снова."
    if not _reported(figures) and figures.municipality.percent is None:
        return f"Запросите отчёты: список школ и сроков — на листе «{SUBMISSIONS_SHEET}»."
    parts = [*_behind_said(figures), *_submissions_said(figures)]
    if parts:
        return " ".join(parts)
    return "Отчитались все школы, отстающих нет." if figures.target else "Отчитались все школы."


def _behind_said(figures: Figures) -> Iterator[str]:
    if figures.below:
        missing = wording.lacking(_shortfall(figures), _people(figures.form))
        names = [f"{_name(row)} — {row.shortfall}" for row in figures.below]
        yield f"Отстающим не хватает {missing}: {wording.listed(names, 3, ('школа', 'школы', 'школ'))}."


def _submissions_said(figures: Figures) -> Iterator[str]:
    if silent := _names(figures, State.NOT_SUBMITTED):
        verb = "Не отчиталась" if len(silent) == 1 else "Не отчитались"
        yield f"{verb}: {wording.listed(silent, 3)}."
    if unread := _names(figures, State.UNREADABLE):
        yield f"{'Не прочитан отчёт' if len(unread) == 1 else 'Не прочитаны отчёты'}: {wording.listed(unread, 3)}."
    if carried := _names(figures, State.CARRIED):
        yield f"Взяты с прошлой даты: {wording.listed(carried, 2)}."


# ── cards ────────────────────────────────────────────────────────────────────────────────────────────────
def _submission_card(figures: Figures) -> Card:
    label = "Отчитались школ"
    if not figures.schools:
        return Card(label, UNKNOWN, ("реестр пуст",), needs_action=True)
    silent, unread = _in_state(figures, State.NOT_SUBMITTED), _in_state(figures, State.UNREADABLE)
    carried = len(_in_state(figures, State.CARRIED))
    absent = f"не представили: {len(silent)} · перенесены: {carried}"
    if unread:  # shorter words: a card's line holds some forty letters
        absent = f"нет {len(silent)} · перенесены {carried} · не прочитаны {len(unread)}"
    return _card_out_of(
        label,
        len(_reported(figures)),
        len(figures.schools),
        (_punctuality(figures), absent),
        needs_action=bool(silent or unread),
    )


def _card_out_of(label: str, part: int, whole: int, notes: tuple[str, ...], needs_action: bool) -> Card:
    said = f"{wording.number(part)} из {wording.number(whole)}"
    return Card(label, said, notes, needs_action, part, theme.out_of(whole))


def _share_card(label: str, percent: float, decimals: int, notes: tuple[str, ...], needs_action: bool) -> Card:
    look = theme.exact_share(decimals)
    return Card(label, wording.percent(percent, decimals), notes, needs_action, percent / 100, look)


def _punctuality(figures: Figures) -> str:
    if figures.reporting_date is None:
        return "отчётной даты ещё не было"
    days = [row.days_late for row in _reported(figures)]
    late = sum(1 for day in days if day)
    if unknown := days.count(None):
        return f"вовремя {days.count(0)} · позже {late} · неизвестно {unknown}"
    return f"вовремя {days.count(0)} · с опозданием {late}"


def _headline_card(figures: Figures) -> Card:
    label, row, target = figures.form.headline.name, figures.municipality, figures.target
    if row.percent is None:
        return Card(label, UNKNOWN, (_why_unknown(figures),))
    state = f"{level_said(row.level)} {wording.band(target.min, target.max)}" if target else "план ещё не действует"
    notes = (state, _covered_said(row))
    return _share_card(label, row.percent, share_decimals(row, target), notes, row.level is Level.BELOW)


def level_said(level: Level) -> str:
    """«▼ ниже плана», «● по плану», «▲ выше плана»."""
    marks = {Level.BELOW: Mark.BELOW, Level.ON: Mark.ON_PLAN, Level.ABOVE: Mark.ABOVE}
    return f"{marks[level]} {level}" if level in marks else str(level)


def _covered_said(row: Activation) -> str:
    covered, total = round(row.covered or 0), round(row.total or 0)
    return f"{wording.number(covered)} из {wording.count(total, 'человека', 'человек', 'человек')}"


def _target_card(figures: Figures) -> Card:
    label = "Школ с выполненным планом"
    if not figures.counted:
        return Card(label, UNKNOWN, (_why_unknown(figures),))
    if figures.target is None:
        return Card(label, UNKNOWN, ("план ещё не действует",))
    counted, behind = len(figures.counted), len(figures.below)
    notes: tuple[str, ...] = (f"{Mark.ON_PLAN} отстающих нет",)
    if behind:
        missing = wording.lacking(_shortfall(figures), _people(figures.form))
        notes = (f"{Mark.BELOW} ниже плана: {behind}", f"не хватает {missing}")
    return _card_out_of(label, counted - behind, counted, notes, needs_action=behind > 0)


def _second_card(figures: Figures) -> Card:
    card = figures.form.second_card
    item, percent = figures.form.item(card.item), float(figures.totals["percent"][card.item])
    if math.isnan(percent):
        return Card(card.title, UNKNOWN, (_why_unknown(figures),))
    notes = [_counted_of(int(figures.totals["counted"][card.item]), len(figures.schools))]
    overdue = False
    if item.due:
        notes.append(f"цель — {wording.percent(100)} к {wording.day(item.due)}")
        overdue = item.due < figures.as_of and percent < 100
    decimals = wording.decimals_beside(percent, 100, 100)  # 99,97 % is not said as «100 %»
    return _share_card(card.title, percent, decimals, tuple(notes), overdue)


def _remarks_card(figures: Figures) -> Card:
    label = "Замечания к отчётам"
    errors = sum(1 for remark in figures.remarks if remark.severity is Severity.ERROR)
    warnings = sum(1 for remark in figures.remarks if remark.severity is Severity.WARNING)
    notes: tuple[str, ...]
    if errors:
        notes = (f"{Mark.ERROR} ошибок {errors} — показатели отложены", f"проверить {warnings}")
    elif warnings:
        notes = (f"{Mark.ON_PLAN} ошибок нет", f"проверить {warnings}")
    elif _reported(figures):
        notes = (f"{Mark.ON_PLAN} замечаний нет",)
    else:
        return Card(label, UNKNOWN, (_why_unknown(figures),))
    return Card(label, wording.number(errors + warnings), notes, errors > 0, errors + warnings, theme.PEOPLE)


def _why_unknown(figures: Figures) -> str:
    return "показатель не принят" if _reported(figures) else "нет отчётов"


# ── what the management has to decide ────────────────────────────────────────────────────────────────────
_NOTHING_TO_DECIDE = Decision("Итог", "Решений не требуется: все отчёты сданы, отстающих и просроченных этапов нет.")


def _decisions(figures: Figures, catalogue: Catalogue) -> Iterator[Decision]:
    if not figures.schools:
        yield Decision("Реестр", "В реестре нет ни одной школы: внесите школы и запустите свод снова.")
    if figures.below:
        yield Decision(figures.form.headline.sheet, _who_should_catch_up(figures), figures.form.headline.sheet)
    if any(_in_state(figures, state) for state in _ABSENT):
        yield Decision("Отчёты", _fitted(lambda shown: _who_is_absent(figures, shown)), SUBMISSIONS_SHEET)
    if errors := [remark for remark in figures.remarks if remark.severity is Severity.ERROR]:
        yield Decision("Ошибки", _gravest_error(errors, figures, catalogue), REMARKS_SHEET)
    if Milestone.OVERDUE in set(figures.milestones["state"]):
        yield Decision("Сроки", _fitted(lambda _: _most_overdue(figures)), MILESTONES_SHEET)
    if figures.problems:
        yield Decision("Мешает", _fitted(lambda shown: _what_hinders(figures, min(shown, 3))), PROBLEMS_SHEET)


def _fitted(said: Callable[[int], str]) -> str:
    """The first wording, with four names down to one, that fits into a line; the last one cut if none does."""
    for shown in range(MOST_NAMES, 0, -1):
        text = wording.capital(said(shown))
        if len(text) <= DECISION_LENGTH:
            return text
    return f"{text[: DECISION_LENGTH - 1].rstrip()}…"


def _who_should_catch_up(figures: Figures) -> str:
    whole = _shortfall(figures)
    chosen = _first_to_catch_up(figures)
    part = sum(row.shortfall or 0 for row in chosen)
    verb = wording.plural(len(chosen), "даёт", "дают", "дают")
    people = f"{wording.number(part)} из {wording.number(whole)}{NBSP}чел."
    share = f"{wording.percent(100 * part / whole, 0)} нехватки ({people})"
    names = [_name(row) for row in chosen]
    tail = _what_comes_next(figures)
    return _fitted(
        lambda shown: f"{wording.schools(len(chosen))} {verb} {share}: {wording.listed(names, shown)}.{tail}"
    )


def _first_to_catch_up(figures: Figures) -> list[Activation]:
    """The fewest schools whose catching-up brings the municipality to its plan, or makes up most of the shortfall."""
    needed: float = CATCHING_UP * _shortfall(figures)
    if figures.municipality.level is Level.BELOW:
        needed = figures.municipality.shortfall or 0
    chosen: list[Activation] = []
    for row in figures.below:
        chosen.append(row)
        needed -= row.shortfall or 0
        if needed <= 0:
            break
    return chosen


def _what_comes_next(figures: Figures) -> str:
    target, forecast = figures.next_target, figures.municipality.forecast
    if target is None:
        return ""
    said = f" К {wording.short_day(target.by)} план {wording.percent(target.min)}"
    if forecast is not None:
        decimals = wording.decimals_beside(forecast, target.min, target.max, least=0)
        said += f", прогноз {wording.percent(forecast, decimals)}"
    return f"{said}."


_ABSENT = {
    State.NOT_SUBMITTED: "нет отчёта",
    State.UNREADABLE: "отчёт не прочитан",
    State.CARRIED: "данные прошлой даты",
}


def _who_is_absent(figures: Figures, shown: int) -> str:
    absent = {said: names for state, said in _ABSENT.items() if (names := _names(figures, state))}
    parts = (f"{said}: {wording.listed(names, shown)}" for said, names in absent.items())
    whom = "директору" if sum(map(len, absent.values())) == 1 else "директорам"
    return f"{'; '.join(parts)}. Нужен запрос {whom}."


def _gravest_error(errors: Sequence[Remark], figures: Figures, catalogue: Catalogue) -> str:
    """The kind of error that most schools have, one on the headline item first."""
    kinds: defaultdict[tuple[str, str, str], list[Remark]] = defaultdict(list)
    for error in errors:
        kinds[error.code, error.item, _limiting_item(error)].append(error)
    headline = figures.form.headline.item
    kind = min(kinds, key=lambda kind: (kind[1] != headline, not kind[1], -len(kinds[kind]), kind))
    subjects = _subjects(kinds[kind], figures)
    matter = _matter(kinds[kind][0], figures.form, catalogue)
    return _fitted(lambda shown: f"{_and_others(subjects, shown)}: {matter}")


def _limiting_item(error: Remark) -> str:
    """Number of the item that a control between items holds this one against; blank for other remarks."""
    return str(dict(error.data).get("other", ""))


def _subjects(errors: Sequence[Remark], figures: Figures) -> list[str]:
    """Whom the errors are about: the schools, or the files where no school is known."""
    names = {school.code: wording.keep_together(school.name) for school in figures.schools}
    return list(dict.fromkeys(names.get(error.school) or f"файл «{error.file}»" for error in errors))


def _and_others(names: Sequence[str], shown: int) -> str:
    said = ", ".join(names[:shown])
    return f"{said} и др." if len(names) > shown else said


def _matter(error: Remark, form: Form, catalogue: Catalogue) -> str:
    limit = _limiting_item(error)
    control = next((c for c in form.controls if c.item == error.item and c.limit == limit), None)
    essence = control.brief if control else wording.lowered(catalogue.entries[error.code].title)
    if not error.item:
        return f"{essence} — нужно исправить."
    where = f"п.{NBSP}{error.item}{f' и {limit}' if control else ''}"
    comma = "," if ", " in essence else ""
    return f"{essence} ({where}){comma} — показатель отложен до исправления."


def _most_overdue(figures: Figures) -> str:
    overdue = figures.milestones[figures.milestones["state"] == Milestone.OVERDUE]
    by_item = Counter(overdue["item"])
    worst = max(figures.form.due_items, key=lambda item: by_item[item.number])  # of equal ones the form's first
    assert worst.due is not None
    return (
        f"Просрочено чаще всего: п.{NBSP}{worst.number} ({worst.about}, срок {wording.day(worst.due)}) — "
        f"{wording.schools(by_item[worst.number])}; всего просроченных этапов — {len(overdue)}."
    )


def _what_hinders(figures: Figures, shown: int) -> str:
    first, *others = problem_groups(figures)[:shown]
    said = [f"{first[0]} — {wording.schools(first[1])}"]
    said += [f"{wording.lowered(group)} — {schools}" for group, schools in others]
    return f"{'; '.join(said)}."


def problem_groups(figures: Figures) -> list[tuple[str, int]]:
    """Groups of problems with the number of schools that name them, the largest first, the unsorted ones last."""
    schools: defaultdict[str, set[str]] = defaultdict(set)
    for problem in figures.problems:
        schools[problem.group].add(problem.school.code)
    return sorted(
        ((group, len(codes)) for group, codes in schools.items()), key=lambda pair: (pair[0] == OTHER, -pair[1])
    )


# ── shared words ─────────────────────────────────────────────────────────────────────────────────────────
def _footer(figures: Figures) -> str:
    counted, expected = len(figures.counted), len(figures.schools)
    derived = int(figures.totals["derived"][figures.form.headline.item])
    by_percent = f", у {wording.number(derived)} — по проценту" if derived else ""
    verb = "Учтён ответ" if wording.plural(counted, "1", "", "") else "Учтены ответы"
    return f"{verb} {wording.number(counted)} из {wording.of_schools(expected)}{by_percent}; итог — по сумме людей."


def _counted_of(counted: int, expected: int) -> str:
    return f"{wording.plural(counted, 'учтена', 'учтены', 'учтены')} {counted} из {wording.of_schools(expected)}"


def _people(form: Form) -> tuple[str, str, str]:
    return form.base(form.headline_item.base).people


def _shortfall(figures: Figures) -> int:
    """People missing in the schools below plan, together."""
    return sum(row.shortfall or 0 for row in figures.below)


def _reported(figures: Figures) -> list[Submission]:
    came = (State.ACCEPTED, State.ACCEPTED_WITH_REMARKS, State.TO_CORRECT)
    return [row for row in figures.submissions if row.state in came]


def _in_state(figures: Figures, state: State) -> list[Submission]:
    return [row for row in figures.submissions if row.state is state]


def _names(figures: Figures, state: State) -> list[str]:
    return [wording.keep_together(row.school.name) for row in _in_state(figures, state)]


def _name(row: Activation) -> str:
    assert row.school is not None
    return wording.keep_together(row.school.name)
