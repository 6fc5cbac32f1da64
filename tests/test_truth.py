"""Every sentence of the first page and of the letter is borne out by the figures of which it speaks: random districts.

The figures are counted anew here, school by school, from the rows that «Активация», «Сдача отчётов» and «Этапы» show. A
sentence that no pattern knows fails: who adds one says here what it is true of.
"""

import math
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pytest

from pipeline.measuring.figures import Activation, Figures, Level, Milestone, Share, State, Unattributed
from pipeline.sending.letters import Page, leadership_letter
from pipeline.wording import NBSP
from pipeline.writing.brief import make_brief
from pipeline.writing.pages.brief import Brief
from schemas.district import Recipient, Registry
from schemas.remarks import Severity, load_catalogue, remark
from tests.depth import cases
from tests.figures import AS_OF, HISTORY, PROBLEMS, REMARKS, Case, district

CATALOGUE = load_catalogue()
REGISTRY = Registry(mailing=(Recipient("Начальник", "head@example.org"),))
STATES = (State.ACCEPTED, State.ACCEPTED, State.ACCEPTED_WITH_REMARKS, State.TO_CORRECT, State.CARRIED,
          State.NOT_SUBMITTED)  # fmt: skip
GROUPS = (("",), ("Город",), ("Город", ""), ("Город", "Село"), ("Северный куст", "Южный куст", "Лицеи", ""))
BATCHES, DISTRICTS = 10, cases(10, 30)  # 100 or 300 in all

Check = Callable[[Figures, re.Match[str]], bool]


# ── districts ────────────────────────────────────────────────────────────────────────────────────────────
def random_district(seed: int) -> Figures:
    chance = random.Random(seed)
    groups = chance.choice(GROUPS)
    cases = [random_case(number, chance, groups) for number in range(1, chance.choice((1, 2, 3, 5, 8)) + 1)]
    as_of = chance.choice((AS_OF, AS_OF, HISTORY[1], date(2014, 4, 2), date(2014, 5, 20)))
    remarks = [one for one in REMARKS if chance.random() < 0.5]
    problems = [
        (group, index % len(cases), problem, solution)
        for group, index, problem, solution in PROBLEMS
        if chance.random() < 0.5
    ]
    figures = district(cases, as_of, HISTORY if as_of <= AS_OF else (*HISTORY[:2], as_of), remarks, problems)
    return replace(figures, unattributed=tuple(strangers(chance.choice((0, 0, 1, 2, 5)))))


def random_case(number: int, chance: random.Random, groups: tuple[str, ...]) -> Case:
    state = chance.choice(STATES)
    start = chance.choice((5.0, 20.0, 38.0, 60.0, 99.0))
    course = [min(100.0, max(0.0, start + chance.choice((-4.0, 0.0, 7.3, 19.9)) * step)) for step in range(3)]
    if state is State.CARRIED:
        course[2] = course[1]
    late = None if state in (State.CARRIED, State.NOT_SUBMITTED) else chance.choice((0, 0, 3))
    able = chance.choice((7, 48, 201, 1310))
    aside = state is State.TO_CORRECT
    group = chance.choice(groups)
    return Case(
        f"СОШ № {number}", able, () if state is State.NOT_SUBMITTED else tuple(course), state, late, aside, group
    )


def strangers(number: int) -> Iterator[Unattributed]:
    for index in range(number):
        file = f"отчёт ({index}).xlsx"
        yield Unattributed(file, "", None, remark("FILE-DAMAGED", file=file))


# ── what the figures bear out ────────────────────────────────────────────────────────────────────────────
def number(said: str) -> float:
    return float(said.replace(" ", "").replace(",", ".").replace("−", "-"))


def is_share(said: str, percent: float | None) -> bool:
    """Rounded to the decimals that are said, and not up to all of it."""
    decimals = len(said.partition(",")[2])
    return (
        percent is not None
        and abs(number(said) - percent) <= 0.5 * 10**-decimals + 1e-9
        and (number(said) < 100 or percent > 100 - 1e-9)
    )


def whole(figures: Figures) -> float | None:
    rows = [row for row in figures.activation if row.percent is not None]
    total = sum(row.total or 0 for row in rows)
    return sum(row.covered or 0 for row in rows) / total * 100 if total else None


def shares(figures: Figures) -> set[Share]:
    return {row.share for row in figures.activation}


def lacks(figures: Figures, covered: float, total: float) -> int:
    assert figures.target
    return max(0, math.ceil(round(figures.target.min / 100 * total - covered, 6)))


def behind(figures: Figures) -> dict[str, int]:
    """School -> people that it lacks."""
    rows = [row for row in figures.activation if row.school and row.percent is not None and figures.target]
    found = {row.school.name: lacks(figures, row.covered or 0, row.total or 0) for row in rows if row.school}
    below = {row.school.name for row in rows if row.school and row.level is Level.BELOW}
    assert below == {name for name, missing in found.items() if missing}
    return {name: missing for name, missing in found.items() if missing}


def comparable(figures: Figures) -> dict[str, tuple[float, int]]:
    """Group -> its share and the people that it lacks as a whole, where half of its schools at least are counted."""
    schools: dict[str, list[Activation]] = {}
    for row in figures.activation:
        if row.school and row.school.group:
            schools.setdefault(row.school.group, []).append(row)
    found = {}
    for name, rows in schools.items():
        known = [row for row in rows if row.percent is not None]
        if known and len(known) * 2 >= len(rows):
            covered, total = (sum(getattr(row, what) for row in known) for what in ("covered", "total"))
            found[name] = 100 * covered / total, lacks(figures, covered, total) if figures.target else 0
    return found


def part_of_groups(said: str, groups: dict[str, tuple[float, int]]) -> bool:
    """«Город (74,1 %), Село (63 %) и ещё 1»: those groups and no others, each with its own figures."""
    found = re.findall(r"([^(,;]+?) \(([\d,]+) %(?:, ещё ([\d ]+) чел\.)?\)(?:, )?", said)
    rest = re.search(r"и ещё (\d+)$", said)
    return len(found) + (int(rest[1]) if rest else 0) == len(groups) and all(
        name in groups and is_share(share, groups[name][0]) and number(people or "0") == groups[name][1]
        for name, share, people in found
    )


def groups_apart(said: str, figures: Figures) -> bool:
    """Of each level its groups; where it is short, how many reach the plan."""
    assert figures.target
    by_level: dict[str, dict[str, tuple[float, int]]] = {}
    for name, (share, missing) in comparable(figures).items():
        level = "выше плана" if round(share, 9) > figures.target.max else "ниже плана" if missing else "по плану"
        by_level.setdefault(level, {})[name] = share, missing
    parts = dict(part.split(" — ") for part in said.lower().split("; ") if " — " in part)
    below = {name.lower(): figures_of for name, figures_of in by_level["ниже плана"].items()}
    if met := re.match(r"план выполня\w+ (\d+) групп", said.lower()):
        others = sum(len(groups) for level, groups in by_level.items() if level != "ниже плана")
        return int(met[1]) == others > 0 and part_of_groups(parts["ниже плана"], below)
    return (
        parts.keys() == by_level.keys()
        and len(parts) > 1
        and all(
            part_of_groups(part, {name.lower(): those for name, those in by_level[level].items()})
            for level, part in parts.items()
        )
    )


def groups_far_apart(said: re.Match[str], figures: Figures) -> bool:
    """The lowest and the highest share, at least a step of the plan apart, and all on one side of it."""
    shares = comparable(figures)
    low, high = min(shares, key=lambda name: shares[name][0]), max(shares, key=lambda name: shares[name][0])
    assert shares[high][0] - shares[low][0] >= 20 - 1e-9
    assert len({missing > 0 for _, missing in shares.values()}) == 1
    return (
        is_share(said["low"], min(share for share, _ in shares.values()))
        and is_share(said["high"], max(share for share, _ in shares.values()))
        and {said["lowest"], said["highest"]} <= shares.keys()
    )


def whole_lacks(figures: Figures) -> int:
    rows = [row for row in figures.activation if row.percent is not None]
    return lacks(figures, sum(row.covered or 0 for row in rows), sum(row.total or 0 for row in rows))


def in_state(figures: Figures, *states: State) -> set[str]:
    return {row.school.name for row in figures.submissions if row.state in states}


def counted(figures: Figures) -> int:
    return sum(row.percent is not None for row in figures.activation)


def in_milestone(figures: Figures, state: Milestone) -> int:
    unseen = figures.measures[figures.measures["items"].map(len) == 0]
    return sum(int((frame["state"] == state).sum()) for frame in (figures.milestones, figures.steps, unseen))


def names(said: str) -> set[str]:
    """Those that are named, each with what is said of it; «и ещё 3 школы» is none."""
    return set(re.sub(r",? и ещё \d+.*$", "", said).split(", "))


def all_named(said: str, expected: set[str]) -> bool:
    """Named or counted as others: nobody is left out and nobody is added."""
    found = names(said)
    rest = re.search(r"и ещё (\d+)", said)
    return found <= expected and len(found) + (int(rest[1]) if rest else 0) == len(expected)


def each_lacks(said: str, figures: Figures) -> bool:
    return all(behind(figures)[name] == number(people) for name, people in (one.split(" — ") for one in names(said)))


def verdict(said: str, figures: Figures) -> bool:
    percent, target = whole(figures), figures.target
    assert percent is not None
    assert target
    return said.startswith("план не выполнен") is (round(percent, 9) < target.min) and (
        "перевыполнен" not in said or round(percent, 9) > target.max
    )


HEADLINE: dict[str, Check] = {
    r"Активация родителей — (?P<share>[\d,]+) % при плане [^:]+: (?P<verdict>план \w+(?: \w+)?)(?P<rest>.*)":
        lambda f, m: is_share(m["share"], whole(f)) and verdict(m["verdict"], f) and bears(m["rest"], f),
    r"Активация родителей — (?P<share>[\d,]+) %\. План ещё не действует: к .*": lambda f, m:
        is_share(m["share"], whole(f)) and f.target is None,
    r"(?:Школа|Ни одна школа из (?P<all>\d+)) не отчиталась на .* — показателей пока нет\.": lambda f, m:
        not in_state(f, State.ACCEPTED, State.ACCEPTED_WITH_REMARKS, State.TO_CORRECT) and not f.unattributed,
    r"В папке (?P<files>\d+) неопознанны\w+ файл\w*, других отчётов на \S+ нет — показателей пока нет\.": lambda f, m:
        int(m["files"]) == len(f.unattributed) and whole(f) is None,
    r"Отчёты есть, но ни один показатель .* не принят: смотрите замечания\.": lambda f, m: whole(f) is None
        and bool(in_state(f, State.TO_CORRECT)),
    r"Отчёты есть, но на п\. 14 .* нет ни одного ответа\.": lambda f, m: whole(f) is None
        and Share.NO_ANSWER in shares(f) and Share.SET_ASIDE not in shares(f),
    r"Отчёты есть, но показатель .* ни к одной школе не относится\.": lambda f, m: whole(f) is None
        and shares(f) - {Share.NO_REPORT} == {Share.NOT_APPLICABLE},
}  # fmt: skip


def bears(rest: str, figures: Figures) -> bool:
    """What follows the verdict: how many people are missing, for how many schools it does not hold."""
    checks = [
        all(number(people) == whole_lacks(figures) for people in re.findall(r"не хватает ([\d ]+) родител", rest)),
        all(
            (int(below), int(of)) == (len(behind(figures)), counted(figures))
            for below, of in re.findall(r"(\d+) школ\w* из (\d+) ниже плана", rest)
        ),
        all(int(every) == len(behind(figures)) == counted(figures) for every in re.findall(r"все (\d+) школ", rest)),
        ("отстающих нет" not in rest and "во всех школах" not in rest) or not behind(figures),
        "во всех школах" not in rest or counted(figures) == len(figures.schools),
    ]
    return all(checks)


SUBLINE: dict[str, Check] = {
    r"Показатели школ — по отчётам на .*\.": lambda f, m: f.reporting_date != f.as_of,
    r"Не учтен\w+ (?P<schools>\d+) школ\w*: с \w+ ответ\w+ — от (?P<low>[\d,]+) до (?P<high>[\d,]+) %.*\.": lambda f, m:
        int(m["schools"]) == len(f.schools) - counted(f)
        and number(m["low"]) - 0.1 <= (whole(f) or 0) <= number(m["high"]) + 0.1,
    r"Активация родителей: итог изменился на .*\.|Учителей работает в системе: итог изменился на .*\.": lambda f, m:
        f.before is not None,
    r"Отстаёт (?P<name>[^:]+): не хватает (?P<people>[\d ]+) родител\w+\.": lambda f, m:
        behind(f) == {m["name"]: number(m["people"])},
    r"Отстающим не хватает (?P<people>[\d ]+) родител\w+: (?P<names>.*)\.": lambda f, m:
        number(m["people"]) == sum(behind(f).values()) and each_lacks(m["names"], f),
    r"Не хватает родителей: до плана муниципалитета — (?P<whole>[\d ]+), до плана каждой школы — (?P<each>[\d ]+)\.":
        lambda f, m: (number(m["whole"]), number(m["each"])) == (whole_lacks(f), sum(behind(f).values())),
    r"Больше всего: (?P<names>.*)\.": lambda f, m: each_lacks(m["names"], f),
    r"В папке (?P<files>\d+) неопознанны\w+ файл\w*\.": lambda f, m: int(m["files"]) == len(f.unattributed),
    r"Сначала проверьте неопознанное: .*": lambda f, m: bool(f.unattributed),
    r"Не отчитал\w+: (?P<names>.*)\.": lambda f, m: all_named(m["names"], in_state(f, State.NOT_SUBMITTED)),
    r"Взят\w+ с прошлой даты: (?P<names>.*)\.": lambda f, m: all_named(m["names"], in_state(f, State.CARRIED)),
    r"Запросите отчёты: .*": lambda f, m: not in_state(f, State.ACCEPTED, State.ACCEPTED_WITH_REMARKS,
                                                       State.TO_CORRECT),
    r"(?:Отчитались все школы|Школа отчиталась)(?P<praise>, отстающих нет)?\.": lambda f, m:
        not in_state(f, State.NOT_SUBMITTED, State.CARRIED) and not (m["praise"] and behind(f)),
    r"Активация родителей заметно различается по группам школ: (?P<lowest>.+) \((?P<low>[\d,]+) %\) и (?P<highest>.+) "
    r"\((?P<high>[\d,]+) %\)\.": lambda f, m: groups_far_apart(m, f),
    r"По прогнозу к \S+ до [\d,]+ % не дойд\w+: (?P<names>.*)\.": lambda f, m: not behind(f)
        and all_named(m["names"], {row.school.name for row in f.activation if row.school and row.will_miss}),
}  # fmt: skip

CARDS: dict[str, Check] = {
    r"Отчиталось школ: (?P<came>\d+) из (?P<all>\d+)": lambda f, m: int(m["all"]) == len(f.schools)
        and int(m["came"]) == len(in_state(f, State.ACCEPTED, State.ACCEPTED_WITH_REMARKS, State.TO_CORRECT)),
    r"Активация родителей: (?P<share>[\d,]+) %": lambda f, m: is_share(m["share"], whole(f)),
    r"Школ с выполненным планом: (?P<met>\d+) из (?P<all>\d+)": lambda f, m:
        (int(m["met"]), int(m["all"])) == (counted(f) - len(behind(f)), counted(f)),
    r"Учителей работает в системе: (?P<share>[\d,]+) %": lambda f, m: is_share(m["share"], f.totals["percent"]["13"]),
    r"Замечания к отчётам: (?P<all>\d+)": lambda f, m:
        int(m["all"]) == sum(one.severity is not Severity.INFO for one in f.remarks),
    r"[^:]+: —": lambda f, m: True,
}  # fmt: skip


def catching_up(said: re.Match[str], figures: Figures) -> bool:
    """The schools that are named lack together what is said, of what all that are behind lack."""
    missing = sorted(behind(figures).values(), reverse=True)[: int(said["schools"])]
    return number(said["people"]) == sum(missing) and number(said["of"]) == sum(behind(figures).values())


DECISIONS: dict[str, Check] = {
    r"Активация: (?P<schools>\d+) школ\w* да\wт [\d,]+ % нехватки(?: до плана каждой школы)? "
    r"\((?P<people>[\d ]+) из (?P<of>[\d ]+) чел\.\): .*": lambda f, m: catching_up(m, f),
    r"Активация: До плана не хватает (?P<people>[\d ]+) родител\w+: (?P<names>[^.]*)\..*": lambda f, m:
        number(m["people"]) == sum(behind(f).values()) and all_named(m["names"], set(behind(f))),
    r"Активация: До плана должн\w дойти(?: все отстающие)?: (?P<names>[^.]*)\..*": lambda f, m:
        all_named(m["names"], set(behind(f))),
    r"Активация: В (?P<schools>\d+) школ\w+.* не хватает (?P<people>[\d ]+) родител\w+, больше всего: .*": lambda f, m:
        (int(m["schools"]), number(m["people"])) == (len(behind(f)), sum(behind(f).values())),
    r"Группы: (?P<said>.*)\.": lambda f, m: groups_apart(m["said"], f),
    r"Отчёты: В папке (?P<files>\d+) неопознанны\w+ файл\w*: сначала проверьте \w+\.(?: (?P<absent>.*)\.)?":
        lambda f, m: int(m["files"]) == len(f.unattributed) and absent(m["absent"] or "", f),
    r"Отчёты: (?P<absent>.*)\. Нужен запрос директор\w+\.": lambda f, m: not f.unattributed and absent(m["absent"], f),
    r"Ошибки: (?P<said>.*)": lambda f, m: errors(m["said"], f),
    r"Сроки: Просрочено этапов — (?P<all>\d+)(?:, ещё под вопросом (?P<asked>\d+))?; чаще всего .* — \d+ школ\w*\.":
        lambda f, m: (int(m["all"]), int(m["asked"] or 0))
        == (in_milestone(f, Milestone.OVERDUE), in_milestone(f, Milestone.UNDER_QUESTION)),
    r"Сроки: Просрочено: .* — (?P<all>\d+) школ\w*(?:; под вопросом этапов — (?P<asked>\d+))?\.": lambda f, m:
        (int(m["all"]), int(m["asked"] or 0))
        == (in_milestone(f, Milestone.OVERDUE), in_milestone(f, Milestone.UNDER_QUESTION)),
    r"Сроки: Просроченных этапов нет, под вопросом (?P<asked>\d+): .*": lambda f, m:
        (0, int(m["asked"])) == (in_milestone(f, Milestone.OVERDUE), in_milestone(f, Milestone.UNDER_QUESTION)),
    r"Мешает: (?P<group>.*?) — (?P<schools>\d+) школ.*": lambda f, m:
        int(m["schools"]) == len({one.school.code for one in f.problems if one.group == m["group"] and one.problem}),
    r"Итог: Решений не требуется: все отчёты сданы.*": lambda f, m: not behind(f)
        and not in_state(f, State.NOT_SUBMITTED, State.CARRIED, State.UNREADABLE)
        and not in_milestone(f, Milestone.OVERDUE),
}  # fmt: skip


def absent(said: str, figures: Figures) -> bool:
    """Each state with all of its schools; a state of which nothing is said has none."""
    found = {part.split(": ")[0].lower(): part.split(": ")[1] for part in said.split("; ") if part}
    states = {"нет отчёта": State.NOT_SUBMITTED, "данные прошлой даты": State.CARRIED}
    return found.keys() <= states.keys() and all(
        all_named(found[words], in_state(figures, state)) if words in found else not in_state(figures, state)
        for words, state in states.items()
    )


def errors(said: str, figures: Figures) -> bool:
    number_of = sum(one.severity is Severity.ERROR for one in figures.remarks)
    others = re.search(r"И ещё (\d+) ошиб", said)
    return number_of == (int(others[1]) + 1 if others else 1)


# ── the sentences ────────────────────────────────────────────────────────────────────────────────────────
def sentences(text: str) -> list[str]:
    """Of plain words: a full stop before a capital letter ends one, that of an abbreviation does not."""
    return re.split(r"(?<=[.])(?<!чел\.)(?<!п\.)\s(?=[А-ЯЁ])", text.replace(NBSP, " "))


def untrue(said: str, patterns: dict[str, Check], figures: Figures) -> bool:
    for pattern, check in patterns.items():
        if found := re.fullmatch(pattern, said):
            return not check(figures, found)
    return True


def untold(figures: Figures, brief: Brief) -> list[str]:
    """Sentences that the figures do not bear out, or that are not known here."""
    plain = brief.headline.replace(NBSP, " ")
    wrong = [plain] if untrue(plain, HEADLINE, figures) else []
    wrong += [said for said in sentences(brief.subline) if untrue(said, SUBLINE, figures)]
    cards = (f"{card.label}: {card.figure}".replace(NBSP, " ") for card in brief.cards)
    wrong += [said for said in cards if untrue(said, CARDS, figures)]
    decisions = (f"{one.tag}: {one.text}".replace(NBSP, " ") for one in brief.decisions)
    return wrong + [said for said in decisions if untrue(said, DECISIONS, figures)]


def unsaid_of_groups(figures: Figures, brief: Brief) -> list[str]:
    """Where one group is below the plan and another is not, a line must say so, and nowhere else."""
    below = {missing > 0 for _, missing in comparable(figures).values()}
    said = any(one.tag == "Группы" for one in brief.decisions)
    return [] if said is (len(below) == 2) else ["«Группы»"]


@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_sentence_of_the_first_page_and_the_letter_is_borne_out(batch: int):
    wrong = {}
    for seed in range(batch * DISTRICTS, (batch + 1) * DISTRICTS):
        figures = random_district(seed)
        brief = make_brief(figures, CATALOGUE)
        letter = leadership_letter([Page(figures, brief, "svod.xlsx", b"")], REGISTRY)
        assert letter
        text = letter.text.replace(NBSP, " ")
        found = untold(figures, brief)
        lines = [brief.headline, brief.subline, *(one.text for one in brief.decisions)]
        found += unsaid_of_groups(figures, brief)
        found += [line for line in lines if line.replace(NBSP, " ") not in text]
        found += [
            line
            for line, name, people in re.findall(r"(?m)^(  (СОШ № \d+) — .*, ещё ([\d ]+) чел\.)$", text)
            if behind(figures).get(name) != number(people)
        ]
        if found:
            wrong[seed] = found
    assert wrong == {}
