"""What the management has to decide: at most a line a subject, each only when there is something to decide."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence

from pipeline import wording
from pipeline.measuring.activation import first_to_catch_up
from pipeline.measuring.figures import Activation, Figures, Level, State, Submission
from pipeline.measuring.groups import apart_by_plan
from pipeline.measuring.rows import GroupRow
from pipeline.wording import NBSP
from pipeline.writing.pages import titles
from pipeline.writing.pages.brief import Decision, Subject
from pipeline.writing.pages.doubts import (
    doubted_schools,
    is_course_doubted,
    is_headline_doubted,
    is_milestone_doubted,
    is_overdue_doubted,
    with_mark,
)
from pipeline.writing.pages.words import (
    deadline_said,
    file_said,
    group_said,
    lacking,
    name_within,
    questioned_alone_said,
    registry_lacks,
    school_name,
    school_names,
    to_check_first,
    to_remind,
    unattributed_said,
)
from schemas.decided import Matter
from schemas.form import Form
from schemas.registry_book import FILE as REGISTRY
from schemas.remarks import Catalogue, Remark, Severity

DECISION_LENGTH = 125  # characters of one line on «Сводка», not wrapped
_ROOM_OF_A_NAME = 26  # characters, where whole names leave no room
MOST_NAMES = 4  # in a line of decision; fewer where the line would be too long


def nothing_to_decide(figures: Figures) -> Decision:
    """What is said where there is nothing to decide, of what the form has."""
    form = figures.form
    if figures.reporting_date is None:
        return Decision(
            "Итог", f"Решений не требуется: {wording.times(figures.every).none_yet}, отчёты не запрашивались."
        )
    met = ", просроченных этапов нет" if form.has_milestones else ""
    if doubted_schools(figures, form.headline_number):
        said = f"Решений не требуется: все отчёты сданы{met}. Проверьте ответы под вопросом."
        return Decision("Итог", said, titles.REMARKS)
    if form.headline is None:
        return Decision("Итог", f"Решений не требуется: все отчёты сданы{met}.")
    if not figures.counted:
        return Decision("Итог", f"Решений не требуется: все отчёты сданы{met}; показателей пока нет.")
    if form.has_plan:
        met = ", отстающих и просроченных этапов нет" if form.has_milestones else ", отстающих нет"
    return Decision("Итог", f"Решений не требуется: все отчёты сданы{met}.")


def make_decisions(figures: Figures, catalogue: Catalogue) -> Iterator[Decision]:
    if not figures.schools:
        empty = "В реестре нет ни одной школы: внесите школы и запустите свод снова."
        yield Decision("Реестр", empty, "", "Заполнить реестр школ", Subject(Matter.REGISTRY))
    if said := _fitted(lambda shown: _about_registry(figures, shown)):
        yield Decision("Реестр", said, titles.REMARKS, "Исправить реестр школ", Subject(Matter.REGISTRY))
    if figures.below:
        sheet = figures.form.lead.sheet
        tag = with_mark(sheet, is_headline_doubted(figures))
        about = Subject(Matter.PLAN, _codes(first_to_catch_up(figures.below, figures.municipality).schools))
        yield Decision(tag, _who_should_catch_up(figures), sheet, "Довести отстающие школы до плана", about)
    if apart := apart_by_plan(figures):
        said, proposal = _groups_apart(apart, figures), "Обсудить с отстающими группами школ, как дойти до плана"
        yield Decision("Группы", said, figures.form.lead.sheet, proposal, _about_groups(apart, figures))
    absent = [line for state in _ABSENT for line in to_remind(figures, state)]
    if figures.unattributed or absent:
        said = _fitted_or(
            lambda: _fitted(lambda shown: _who_is_absent(figures, shown)),
            lambda: _fitted(lambda shown: _who_is_absent(figures, shown, _ROOM_OF_A_NAME)),
            lambda: _fitted(lambda _: _who_is_absent(figures, 0)),
        )
        proposal = "Получить недостающие отчёты" if absent else "Разобрать неопознанные файлы"
        yield Decision("Отчёты", said, titles.SUBMISSIONS, proposal, Subject(Matter.REPORTS, _codes(absent)))
    if errors := [one for one in figures.remarks if one.severity is Severity.ERROR and one.file != REGISTRY]:
        said, formerly = _gravest_error(errors, figures, catalogue)
        about = Subject(Matter.ERRORS, _in_order({error.school for error in errors}, figures))
        files = tuple(dict.fromkeys(error.file for error in errors if error.file))
        yield Decision("Ошибки", said, titles.REMARKS, "Исправить ошибки в отчётах", about, files, formerly)
    if figures.overdue or any(deadline.due < figures.as_of for deadline in figures.questioned):
        proposal = "Завершить просроченные этапы" if figures.overdue else "Уточнить ответы под вопросом"
        said = _fitted(lambda _: _most_overdue(figures))
        yield Decision("Сроки", said, titles.MILESTONES, proposal, _about_deadlines(figures))
    if figures.problem_groups:
        said = _fitted(lambda shown: _what_hinders(figures, min(shown, 3)))
        about = Subject(Matter.HINDERS)
        yield Decision("Мешает", said, titles.PROBLEMS, "Рассмотреть, что мешает школам", about)


def _codes(rows: Iterable[Activation | Submission]) -> tuple[str, ...]:
    return tuple(row.school.code for row in rows if row.school)


def _in_order(codes: Container[str], figures: Figures) -> tuple[str, ...]:
    """Those of schools that are known, in the order of the registry."""
    return tuple(school.code for school in figures.schools if school.code in codes)


def _about_groups(apart: Iterable[GroupRow], figures: Figures) -> Subject:
    """All schools of the groups below the plan: each group is to reach it as a whole."""
    below = {school.code for row in apart if row.level is Level.BELOW for school in figures.grouped[row.group]}
    return Subject(Matter.GROUPS, _in_order(below, figures))


def _about_deadlines(figures: Figures) -> Subject:
    late = {code for codes in figures.overdue.values() for code in codes}
    papers = any(not deadline.item for deadline in figures.overdue)
    return Subject(Matter.DEADLINES, _in_order(late, figures), papers)


def _fitted(*wordings: Callable[[int], str]) -> str:
    """The first wording that fits into a line, each with four names, then with three down to one; the last one cut if
    none does."""
    for shown in range(MOST_NAMES, 0, -1):
        for said in wordings:
            text = wording.capital(said(shown))
            if len(text) <= DECISION_LENGTH:
                return text
    return f"{text[: DECISION_LENGTH - 1].rstrip()}…"


def _fitted_or(*tried: Callable[[], str]) -> str:
    """The first that is not cut; the last one where all are."""
    said = (one() for one in tried)
    return next((text for text in said if text.endswith(".")), "") or tried[-1]()


def _about_registry(figures: Figures, shown: int) -> str:
    """What the office itself has to fill in or to correct; blank for nothing."""
    if figures.draft_registry:
        return f"Реестра нет: в счёте только школы, от которых что-то пришло; проверьте черновик {REGISTRY}."
    on_it = [one for one in figures.remarks if one.file == REGISTRY and one.severity is not Severity.INFO]
    remarks = sum(one.code != "REGISTRY-BASE" for one in on_it)  # told by what it lacks
    counted = wording.capital(wording.count(remarks, wording.REMARK))
    said = f"{counted} к самому реестру: исправьте его." if remarks else ""
    return " ".join(filter(None, (registry_lacks(figures, shown), said)))


def _who_should_catch_up(figures: Figures) -> str:
    chosen, missing, part = first_to_catch_up(figures.below, figures.municipality)
    verb = wording.plural(len(chosen), "даёт", "дают", "дают")
    of_each = " до плана каждой школы" if figures.municipality.level is Level.BELOW else ""  # it lacks another number
    people = f"{wording.number(missing)} из {wording.number(figures.shortfall)}{NBSP}чел."
    said = f"{wording.schools(len(chosen))} {verb} {wording.percent(part, 0)} нехватки{of_each} ({people})"
    if MOST_NAMES < len(chosen) < len(figures.below) < 2 * len(chosen):  # most of them are no few to begin with
        behind = wording.in_schools(len(figures.below))
        said = f"В {behind}{of_each} не хватает {lacking(figures.shortfall, figures.form)}, больше всего"
    elif len(chosen) == len(figures.below):
        said = f"До плана не хватает {lacking(missing, figures.form)}"
        if of_each:
            said = "До плана должна дойти" if len(chosen) == 1 else "До плана должны дойти все отстающие"
    names, coming = [school_name(row) for row in chosen], _what_comes_next(figures)
    short = [name_within(name, _ROOM_OF_A_NAME) for name in names]
    return _fitted_or(
        lambda: _fitted(
            lambda shown: f"{said}: {wording.listed(names, shown)}.{coming}{_late_by_forecast_counted(figures)}",
            lambda shown: f"{said}: {wording.listed(names, shown)}.{coming}",
        ),
        lambda: _fitted(lambda shown: f"{said}: {wording.listed(short, shown)}.{coming}"),
    )


def _what_comes_next(figures: Figures) -> str:
    target, forecast = figures.next_target, figures.municipality.forecast
    if target is None:
        return ""
    said = f" К {wording.short_day(target.by)} план {wording.percent(target.min)}"
    late = any(row.will_miss for row in figures.activation)
    if forecast is not None and not (late and target.min == 100):  # all parents of all schools, or it is not reached
        decimals = wording.decimals_beside(forecast, target.min, target.max, least=0)
        said += f", прогноз {with_mark(wording.percent(forecast, decimals), is_course_doubted(figures))}"
    return f"{said}."


def _late_by_forecast_counted(figures: Figures) -> str:
    late = [row for row in figures.activation if row.will_miss]
    verb = wording.plural(len(late), "успеет", "успеют", "успеют")
    codes = (row.school.code for row in figures.activation if row.school)  # a doubtful leap hides one who will be late
    schools = with_mark(wording.schools(len(late)), any(is_course_doubted(figures, code) for code in codes))
    return f" По прогнозу не {verb} {schools}." if late else ""


def _groups_apart(apart: Sequence[GroupRow], figures: Figures) -> str:
    """«По плану — Северный куст (74,1 %); ниже плана — Южный (52,3 %, ещё 41 чел.).»; where that is too long, of the
    groups that are not below only how many they are."""
    by_level = {level: [row for row in apart if row.level is level] for level in (Level.ABOVE, Level.ON, Level.BELOW)}
    below = sorted(by_level.pop(Level.BELOW), key=lambda row: -row.shortfall)
    behind = [group_said(row, figures, f", ещё{NBSP}{wording.number(row.shortfall)}{NBSP}чел.") for row in below]
    others = {level: [group_said(row, figures) for row in rows] for level, rows in by_level.items() if rows}
    number = len(apart) - len(below)
    met = f"план {wording.plural(number, 'выполняет', 'выполняют', 'выполняют')} {wording.count(number, wording.GROUP)}"

    def of_level(level: Level, said: Sequence[str], shown: int) -> str:
        return f"{level} — {wording.listed(said, shown)}"

    return _fitted(
        lambda shown: (
            "; ".join(of_level(level, said, shown) for level, said in (*others.items(), (Level.BELOW, behind))) + "."
        ),
        lambda shown: f"{met}; {of_level(Level.BELOW, behind, shown)}.",
    )


_NOBODYS = " без школы"
_UNTIL_CORRECTED = " — показатель отложен до исправления."
_ABSENT = {
    State.NOT_SUBMITTED: "нет отчёта",
    State.UNREADABLE: "отчёт не прочитан",
    State.CARRIED: "данные прошлой даты",
}


def _who_is_absent(figures: Figures, shown: int, room: int | None = None) -> str:
    """What came and belongs to nobody may be the report of one who is said to be silent. `shown`: how many are named,
    with 0 they are counted alone; `room`: of a name."""
    absent = {said: names for state, said in _ABSENT.items() if (names := school_names(to_remind(figures, state)))}
    if room:
        absent = {said: [name_within(name, room) for name in names] for said, names in absent.items()}
    who = {said: f": {wording.listed(names, shown)}" if shown else f" — {len(names)}" for said, names in absent.items()}
    parts = "; ".join(f"{said}{named}" for said, named in who.items())
    if figures.unattributed:
        first = f"{unattributed_said(figures)}: {to_check_first(figures)}."
        return f"{first} {wording.capital(parts)}." if parts else first
    whom = "директору" if sum(map(len, absent.values())) == 1 else "директорам"
    return f"{parts}. Нужен запрос {whom}."


def _gravest_error(errors: Sequence[Remark], figures: Figures, catalogue: Catalogue) -> tuple[str, str]:
    """The kind of error that most schools have: first of schools that are known, one on the headline item before
    others. And as the build before said it."""
    kinds: defaultdict[tuple[str, str, str], list[Remark]] = defaultdict(list)
    for error in errors:
        kinds[error.code, error.item, _limiting_item(error)].append(error)
    kind = min(kinds, key=lambda kind: _by_gravity(kind[1], kinds[kind], figures))
    subjects = _subjects(kinds[kind], figures)
    matter = _matter(kinds[kind][0], figures.form, catalogue)
    others = len(errors) - len(kinds[kind])
    rest, formerly = (_other_errors(others, errors, figures, and_files=and_files) for and_files in (True, False))
    shorter = f"{matter.removesuffix(_UNTIL_CORRECTED).rstrip(',.')}."

    def ending(end: str) -> str:
        return _fitted(lambda shown: f"{_and_others(subjects, shown)}: {end}")

    def said(*ends: str) -> str:
        texts = list(map(ending, ends))
        return next((text for text in texts if text.endswith(".")), texts[-1])

    in_short = rest.replace(_NOBODYS, "")
    now = said(f"{matter}{rest}", f"{shorter}{rest}", f"{shorter}{in_short}", f"{shorter}{_how_many(others)}")
    return now, said(f"{matter}{formerly}", f"{shorter}{formerly}")


def _other_errors(rest: int, errors: Sequence[Remark], figures: Figures, *, and_files: bool) -> str:
    """« И ещё 38 ошибок, всего в 13 школах.»; blank where there are no others. Those of files that are no school's are
    in none."""
    if not rest:
        return ""
    codes = {school.code for school in figures.schools}
    schools = len({error.school for error in errors} & codes)
    files = len({error.file for error in errors if error.school not in codes})
    said = _how_many(rest)
    if not schools:
        return said
    besides = f" и {wording.in_files(files)}{_NOBODYS}" if files and and_files else ""
    return f"{said.removesuffix('.')}, всего в {wording.in_schools(schools)}{besides}."


def _how_many(rest: int) -> str:
    return f" И ещё {wording.count(rest, wording.ERROR)}." if rest else ""


def _by_gravity(item: str, errors: Sequence[Remark], figures: Figures) -> tuple[bool, bool, bool, int, str, str]:
    """To be sorted by: the gravest kind of error first."""
    codes = {school.code for school in figures.schools}
    nobodys = not any(error.school in codes for error in errors)
    return nobodys, item != figures.form.headline_number, not item, -len(errors), errors[0].code, item


def _limiting_item(error: Remark) -> str:
    """Number of the item that a control between items holds this one against; blank for other remarks."""
    return str(dict(error.data).get("other", ""))


def _subjects(errors: Sequence[Remark], figures: Figures) -> list[str]:
    """Whom the errors are about: the schools, or the files where no school is known."""
    names = {school.code: wording.keep_together(school.name) for school in figures.schools}

    def nobodys(error: Remark) -> str:
        return "файл без школы" if figures.public else file_said(error.file)

    return list(dict.fromkeys(names.get(error.school) or nobodys(error) for error in errors))


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
    return f"{essence} ({where}){comma}{_UNTIL_CORRECTED}"


def _most_overdue(figures: Figures) -> str:
    """«Просрочено этапов — 19, ещё под вопросом 17; чаще всего п. 6.2 (…) — 5 школ.»"""
    overdue, questioned = figures.overdue, wording.number(figures.questioned_total)
    if not overdue:
        return questioned_alone_said(figures)
    also = f", ещё под вопросом {questioned}" if figures.questioned else ""
    worst = max(overdue, key=lambda deadline: len(overdue[deadline]))  # of equal ones the earliest
    doubted = is_milestone_doubted(figures, worst.item, worst.step)
    schools = with_mark(wording.schools(len(overdue[worst])), doubted)
    said = f"{deadline_said(worst, figures.form)} — {schools}"
    if len(overdue) == 1:
        return f"Просрочено: {said}{f'; под вопросом этапов — {questioned}' if figures.questioned else ''}."
    total = with_mark(wording.number(figures.overdue_total), is_overdue_doubted(figures))
    return f"Просрочено этапов — {total}{also}; чаще всего {said}."


def _what_hinders(figures: Figures, shown: int) -> str:
    (first, naming), *others = list(figures.problem_groups.items())[:shown]
    said = [f"{first} — {wording.schools(naming)}"]
    said += [f"{wording.lowered(group)} — {schools}" for group, schools in others]
    return f"{'; '.join(said)}."
