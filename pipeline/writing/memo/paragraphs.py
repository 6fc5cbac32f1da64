"""What the memo says in sentences, a function a section. A section is never left out: where nothing is known it says
so."""

from collections.abc import Iterator, Sequence

from pipeline import wording
from pipeline.measuring.figures import Figures, Milestone, Problem, State
from pipeline.measuring.rows import measure_rows, milestone_rows, step_rows
from pipeline.wording import NBSP
from pipeline.writing.pages import titles
from pipeline.writing.pages.brief import Brief
from pipeline.writing.pages.doubts import is_milestone_doubted, is_overdue_doubted, with_mark
from pipeline.writing.pages.words import (
    asked,
    before_first_date,
    deadline_said,
    doubted_said,
    in_state,
    lacking_apart,
    possible_said,
    questioned_alone_said,
    reported,
    restatements,
    school_names,
    to_check_first,
    to_remind,
    unattributed_said,
)

_MOST_NAMED = 20  # schools of one kind: all of a district of usual size
_MOST_DEADLINES = 5
_MOST_GROUPS = 5
_MOST_EXAMPLES = 2  # of a group
_EXAMPLE_LENGTH = 140  # characters
_DEADLINE = ("срок", "срока", "сроков")


def what_was_asked(figures: Figures) -> str:
    form = figures.form
    order = (
        f"Школы отчитываются по приказу №{NBSP}{form.order.number} от {wording.day(form.order.date)} («{form.title}»)"
    )
    said = f"{order}. {_reporting_date_said(figures)}"
    return f"{said} {_plan_said(figures)}" if form.headline else said


def _reporting_date_said(figures: Figures) -> str:
    day = figures.reporting_date
    if day is None:
        return f"{wording.capital(before_first_date(figures))}."
    if figures.every != "date":
        return wording.one_stop(f"Отчёты сдаются {wording.on(day, figures.every)}.")
    return f"{'О' if day == figures.as_of else 'Последняя о'}тчётная дата — {wording.day(day)}."


def _plan_said(figures: Figures) -> str:
    headline, target, coming = figures.form.lead, figures.target, figures.next_target
    plan = f"План по показателю «{headline.name}» (п.{NBSP}{headline.item})"
    ahead = f"{wording.band(coming.min, coming.max)} к {wording.day(coming.by)}" if coming else ""
    if target is None:
        return f"{plan} ещё не действует: нужно {ahead}." if ahead else f"{plan} не установлен."
    now = f"{plan} — {wording.band(target.min, target.max)} (действует с {wording.day(target.by)})"
    return f"{now}; следующий — {ahead}." if ahead else f"{now}."


def who_reported(figures: Figures, book: str) -> str:
    return " ".join(_who_reported(figures, f"в книге {book}, лист «{titles.SUBMISSIONS}»"))


def _who_reported(figures: Figures, where: str) -> Iterator[str]:
    """What belongs to nobody before anybody is called silent."""
    if figures.draft_registry:
        yield "Реестра школ нет: известны только школы, от которых пришли отчёты, а кто не отчитался — неизвестно."
    elif not figures.schools:
        yield "В реестре нет ни одной школы."
    if figures.schools:
        yield _reported_said(figures)
    absent = {
        ("Не отчиталась", "Не отчитались"): school_names(to_remind(figures, State.NOT_SUBMITTED)),
        ("Не прочитан отчёт", "Не прочитаны отчёты"): school_names(in_state(figures, State.UNREADABLE)),
        ("Взят прежний отчёт", "Взяты прежние отчёты"): school_names(in_state(figures, State.CARRIED)),
    }
    if figures.unattributed:
        theirs = "в нём может быть отчёт" if figures.unattributed_files == 1 else "в них могут быть отчёты"
        whose = f", {theirs} названных ниже школ" if any(absent.values()) else ""
        yield f"{wording.capital(unattributed_said(figures))} ({where}): {to_check_first(figures)}{whose}."
    to_correct = school_names(in_state(figures, State.TO_CORRECT))
    for (one, many), names in {**absent, ("На доработке отчёт", "На доработке отчёты"): to_correct}.items():
        if names:
            yield f"{one if len(names) == 1 else many}: {_named(names, where)}."


def _reported_said(figures: Figures) -> str:
    came, whole = len(reported(figures)), len(asked(figures))
    if figures.reporting_date is None and not came:
        return "Отчёты пока не требуются."
    if not whole:
        return f"{wording.capital(wording.times(figures.every).this)} отчёт ни от кого не требуется."
    if not came:
        said = "Школа не отчиталась" if whole == 1 else f"Не отчиталась ни одна школа из {wording.number(whole)}"
    else:
        verb = wording.plural(came, "Отчиталась", "Отчитались", "Отчитались")
        said = (
            f"{verb} {wording.number(came)} из {wording.schools(whole, wording.Case.GENITIVE)}{_punctuality(figures)}"
        )
    exempt = len(figures.schools) - whole
    return (
        f"{said}; ещё от {wording.schools(exempt, wording.Case.GENITIVE)} отчёт не требуется." if exempt else f"{said}."
    )


def _punctuality(figures: Figures) -> str:
    """«: вовремя — 15, позже срока — 2»; without a date there is no time."""
    if figures.reporting_date is None:
        return ""
    days = [row.days_late for row in reported(figures)]
    numbers = {
        "вовремя": days.count(0),
        "позже срока": sum(1 for day in days if day),
        "когда пришёл отчёт, неизвестно": days.count(None),
    }
    return f": {', '.join(f'{how} — {wording.number(number)}' for how, number in numbers.items() if number)}"


def _named(names: Sequence[str], where: str) -> str:
    """All of a usual district; of more the first, and where the others stand."""
    said = wording.listed(names, _MOST_NAMED)
    return f"{said} ({where})" if len(names) > _MOST_NAMED else said


def what_the_share_is(figures: Figures, brief: Brief) -> str:
    """The headline of «Сводка», and what it rests on."""
    apart = ""
    if figures.shortfall and figures.shortfall != figures.municipality.shortfall:
        people = figures.form.base(figures.form.headline_item.base).people[2]
        apart = f"Не хватает {people}: {lacking_apart(figures)}."
    said = (brief.headline, possible_said(figures), doubted_said(figures), apart, *restatements(figures))
    return " ".join(filter(None, said))


def what_the_figures_are(figures: Figures, brief: Brief) -> Iterator[str]:
    """Where no item is the headline: the cards of «Сводка» with the figures that the form names."""
    counted = f"{len(reported(figures))} из {wording.schools(len(asked(figures)), wording.Case.GENITIVE)}"
    yield f"По отчётам {counted}:" if reported(figures) else "Отчётов нет: показателей пока нет."
    for card in brief.cards[1:-1]:
        yield f"{card.label} — {card.said} ({'; '.join(filter(None, card.note_lines))})"


def what_is_overdue(figures: Figures, book: str) -> Iterator[str]:
    """How much, then the deadlines that most schools have missed. What nobody can know is not called met."""
    yield " ".join(_overdue_counted(figures))
    by_schools = sorted(figures.overdue.items(), key=lambda one: -len(one[1]))  # of equal ones the earliest first
    for deadline, codes in by_schools[:_MOST_DEADLINES]:
        doubted = is_milestone_doubted(figures, deadline.item, deadline.step)
        yield f"{deadline_said(deadline, figures.form)} — {with_mark(wording.schools(len(codes)), doubted)}"
    if len(by_schools) > _MOST_DEADLINES:
        more = wording.count(len(by_schools) - _MOST_DEADLINES, _DEADLINE)
        yield f"и ещё {more} — в книге {book}, лист «{titles.MILESTONES}»"


def _overdue_counted(figures: Figures) -> Iterator[str]:
    unknown = _schools_unknown(figures)
    questioned = wording.number(figures.questioned_total)
    if figures.overdue:
        total = with_mark(wording.number(figures.overdue_total), is_overdue_doubted(figures))
        also = f", ещё под вопросом {questioned} (ответы есть, но не учтены)" if figures.questioned else ""
        yield f"Просрочено этапов — {total}{also}."
    elif figures.questioned:
        yield questioned_alone_said(figures)
    elif not figures.schools:
        yield "Школ нет, сроки проверять не у кого."
    elif unknown < len(figures.schools):
        yield "Просроченных этапов нет."
    if unknown:
        report = "учтённого отчёта" if unknown == 1 else "учтённых отчётов"
        yield f"В {wording.in_schools(unknown)} сроки не проверить: {report} нет."
    if unchecked := _unchecked(figures):
        yield (
            "Документы и мероприятия со сроком, которых не показывают отчёты и не отмечает реестр "
            f"(всего {wording.number(unchecked)}), не проверены: выполнены ли они, неизвестно."
        )


def _schools_unknown(figures: Figures) -> int:
    """How many schools have a deadline behind them of which nobody knows whether it was met."""
    rows = [(row.school_code, row.due, row.state) for row in milestone_rows(figures)]
    rows += [(row.school_code, row.by, row.state) for row in step_rows(figures)]
    return len({code for code, due, state in rows if state is Milestone.UNKNOWN and due < figures.as_of})


def _unchecked(figures: Figures) -> int:
    return len(
        {
            row.measure
            for row in measure_rows(figures)
            if row.state is Milestone.NOT_CHECKED and row.due and row.due < figures.as_of
        }
    )


def what_hinders(figures: Figures, book: str) -> Iterator[str]:
    """By groups, the largest first, with examples in the schools' own words."""
    groups = list(figures.problem_groups.items())
    if not groups:
        named = any(row.as_of for row in figures.submissions)
        yield "В учтённых отчётах проблемы не названы." if named else "Отчётов нет: что мешает школам, неизвестно."
        return
    yield "Школы назвали (примеры — их словами):"
    for group, naming in groups[:_MOST_GROUPS]:
        examples = "; ".join(map(_example_said, _examples(figures, group)))
        yield f"{group} — {wording.schools(naming)}: {examples}"
    if len(groups) > _MOST_GROUPS:
        more = wording.count(len(groups) - _MOST_GROUPS, wording.GROUP)
        yield f"и ещё {more} — в книге {book}, лист «{titles.PROBLEMS}»"


def _examples(figures: Figures, group: str) -> list[Problem]:
    """Of different schools, in different words; where all use the same, one of them."""
    named: dict[str, Problem] = {}
    for problem in figures.problems:
        words = problem.problem.casefold()
        if problem.group == group and words and problem.school.code not in {one.school.code for one in named.values()}:
            named.setdefault(words, problem)
    return list(named.values())[:_MOST_EXAMPLES]


def _example_said(problem: Problem) -> str:
    words = wording.shortened(problem.problem, _EXAMPLE_LENGTH)
    return f"«{words}» ({wording.keep_together(problem.school.name)})"


def what_is_proposed(brief: Brief) -> Iterator[tuple[str, str]]:
    """What is proposed, and why; blank and why not where nothing is."""
    for decision in brief.decisions:
        yield (f"{decision.proposal}." if decision.proposal else ""), decision.text
