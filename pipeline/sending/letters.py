"""The letter to leadership: the same words as on «Сводка», in HTML that every mail program shows, and in plain text."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pipeline.measuring.figures import Figures
from pipeline.sending.outbox import LEADERSHIP, Anew, Attachment, Letter, Telling, is_told, told_anew
from pipeline.wording import NBSP, band, capital, count, decimals_beside, lowered, number, percent, schools
from pipeline.writing.pages import theme
from pipeline.writing.pages.brief import Brief, Decision
from pipeline.writing.pages.doubts import is_headline_doubted, with_mark
from pipeline.writing.pages.doubts import legend as doubt_legend
from pipeline.writing.pages.templates import templates
from pipeline.writing.pages.words import file_said, restatements
from schemas.district import Registry, Topic

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_BEHIND = 10
_MOST_CHANGES = 5  # that the letter which corrects another names
_NOTHING = "нет"
_FILE = "файл"  # whatever it is called
_DECIMALS = 1
_BAR = 300  # pixels for 100 %

_template = templates(Path(__file__).parent).get_template("letter.html")


class Segment(NamedTuple):
    """A piece of a school's bar, pixels wide."""

    width: int
    colour: str


class Behind(NamedTuple):
    """A school below the plan: its share, its bar (fact, gap, band, rest), how many people are missing; `mark` stands
    behind both where they are under question, else blank."""

    name: str
    share: str
    bar: list[Segment]
    missing: str
    mark: str


class Page(NamedTuple):
    """What the letter says of an order: its `brief`, with the summary workbook attached under `name`. `whole`: the page
    of the full edition, where this one is of another; by it letters are told apart."""

    figures: Figures
    brief: Brief
    name: str
    summary: bytes
    whole: "Page | None" = None


class Earlier(NamedTuple):
    """What letters to leadership have told before. `said`: those of the same date, the last one last
    (`SentBook.said`); `telling`: what one of them told; `silent_since`: when the run began that read the last new
    report, where none has come since the letter of an earlier date, else None; `approved`: when a person has approved
    the date."""

    said: Sequence[str] = ()
    telling: Callable[[str], Telling | None] = lambda _: None
    silent_since: datetime | None = None
    approved: datetime | None = None


_FIRST = Earlier()


def leadership_letter(
    pages: Sequence[Page], registry: Registry, earlier: Earlier = _FIRST, approve: str = ""
) -> Letter | None:
    """The first page of each order, one after the other; None where «Рассылка» names nobody for it.

    It is another letter where it tells something else. One that corrects an earlier one of its date, or has nothing
    new to tell, says so in its subject and first of all. `approve`: the command by which its date is approved, where
    it waits for that.
    """
    to = tuple(one.email for one in registry.mailing if Topic.SUMMARY in one.wants)
    if not to:
        return None
    told = [_told(page, approve) for page in pages]
    title = " ".join(page.brief.headline for page in pages)
    says, corrects = _told_anew(pages, earlier.said)
    marked, first = _marked(pages, earlier, corrects)
    html = _template.render(pages=told, title=title, first=first, theme=theme)
    subject = marked + " · ".join(_subject(page, alone=len(pages) == 1) for page in pages)
    attachments = tuple(Attachment(page.name, page.summary, _XLSX) for page in pages)
    text = "\n\n".join([*filter(None, [first]), *map(_text, told)])
    return Letter(to, subject, text, html, attachments, name=LEADERSHIP, says=says)


def told_figures(pages: Sequence[Page]) -> dict[str, str]:
    """What the letter tells in figures, to be held against by the one that corrects it: the cards, and the headline
    item of every school."""
    found: dict[str, str] = {}
    for page in pages:
        order = "" if len(pages) == 1 else f"{page.figures.form.subject}: "
        lead = page.figures.form.headline.name if page.figures.form.headline else ""
        cards = sorted(page.brief.cards, key=lambda card: card.label != lead)  # the headline's first
        found |= {f"{order}{card.label}": card.said for card in cards}
        for row in page.figures.activation:
            if row.school and row.percent is not None:
                found[f"{order}{row.school.name}"] = percent(row.percent, _DECIMALS)
    return found


def _marked(pages: Sequence[Page], earlier: Earlier, corrects: str) -> tuple[str, str]:
    """What stands before the subject, and the first sentence; blank for a letter that is just the next one."""
    if corrects:
        told = earlier.telling(corrects)
        which = "утверждённое" if told and told.sent_at == earlier.approved else "отправленное"
        closed = f"Дата утверждена {earlier.approved:%d.%m.%Y}. " if earlier.approved else ""
        changes = _changes(told.figures, told_figures(pages)) if told else []
        when = f" {told.sent_at:%d.%m.%Y %H:%M}" if told else ""
        if not changes:
            why = " Показатели прежние; изменилось сказанное о школах или решениях." if told else ""
            return "Уточнено: ", f"{closed}Это письмо уточняет {which}{when}.{why}"
        left = count(len(changes) - _MOST_CHANGES, ("показатель", "показателя", "показателей"))
        more = f"; и ещё {left}" if len(changes) > _MOST_CHANGES else ""
        said = f"{'; '.join(changes[:_MOST_CHANGES])}{more}."
        return f"Исправлено ({changes[0]}): ", f"{closed}Это письмо исправляет {which}{when}. {said}"
    if earlier.silent_since:
        when = f"{earlier.silent_since:%d.%m.%Y %H:%M}"
        return "Новых отчётов нет: ", f"Новых отчётов нет: последний учтён в своде, сделанном {when}."
    return "", ""


def _changes(was: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """«Активация родителей: 51,3 % → 49,8 %»"""
    names = list(dict.fromkeys((*now, *was)))
    pairs = [(name, was.get(name, _NOTHING), now.get(name, _NOTHING)) for name in names]
    return [f"{name}: {old} → {new}" for name, old, new in pairs if old != new]


def _told_anew(pages: Sequence[Page], said: Sequence[str]) -> Anew:
    """What the letter tells, under the words by which it is known: in the public edition those of an earlier build,
    where it has gone under them (needed until 0.2.0)."""
    formerly = "\n\n".join(map(_said_formerly, pages)) if said and any(page.whole for page in pages) else ""
    if formerly and is_told(formerly, said):
        return told_anew(formerly, said)
    return told_anew("\n\n".join(map(_says, pages)), said)


def _says(page: Page) -> str:
    """What the page tells, for a comparison: neither how a file is called, nor what was sent before, nor which edition
    is sent is part of it."""
    return "\n".join(_lines(page.whole or page, _unnamed))


def _said_formerly(page: Page) -> str:
    """As builds of 0.1.0 before its release told it: by the edition that was sent, whose first page has other words,
    with what stands there for the names of files taken out of all of it. Needed until
    0.2.0, which no letter of such a build waits for any more."""
    text = "\n".join(_lines(page, _known))
    figures = page.figures
    files = {said.file for said in figures.remarks if said.file} | {one.file for one in figures.unattributed}
    for file in sorted(files, key=lambda name: (-len(name), name)):
        text = text.replace(file, _FILE)
    return text


def _lines(page: Page, said: Callable[[Decision], str]) -> Iterator[str]:
    figures, brief = page.figures, page.brief
    subline = brief.subline
    for one in restatements(figures):  # how it is said tells whether a letter has gone meanwhile
        subline = subline.replace(one, "")
    yield from (figures.form.id, brief.dates, brief.headline, " ".join(subline.split()))
    yield from (f"{card.label}: {card.said} ({'; '.join(card.note_lines)})" for card in brief.cards)
    yield from (f"{one.name}: {one.share}{one.mark}, {one.missing}" for one in _all_behind(figures))
    yield from (f"{decision.tag}. {said(decision)}" for decision in brief.decisions)
    yield from (f"{one.date}: {one.was} → {one.now}" for one in figures.restated if one.date != figures.as_of)


def _unnamed(decision: Decision) -> str:
    """The line whatever its files are called. A file may be called as anything: «4» is taken for one where it is
    quoted, and in no figure."""
    text = _known(decision)
    for file in decision.files:
        for said in (str, capital):  # it may begin the line
            text = text.replace(said(file_said(file)), said(file_said(_FILE)))
    return text


def _known(decision: Decision) -> str:
    """An update that says a line in other words is no news."""
    return decision.formerly or decision.text


def _subject(page: Page, *, alone: bool) -> str:
    """The headline; beside another order's with what it is about."""
    said = page.brief.headline.replace(NBSP, " ").removesuffix(".")
    return said if alone else f"{page.figures.form.subject}: {lowered(said)}"


class _Told(NamedTuple):
    """What template and text are filled with."""

    brief: Brief
    where: str
    behind: list[Behind]
    more: str
    legend: str
    last: str


def _told(page: Page, approve: str) -> _Told:
    figures, brief = page.figures, page.brief
    behind, more = _behind(figures)
    return _Told(
        brief,
        f"{figures.form.subject} · приказ №{NBSP}{figures.form.order.number} · {brief.dates}",
        behind,
        f"и ещё {schools(more)}" if more else "",
        _legend(figures),
        f"Во вложении — {page.name}.{f' {brief.footer}' if brief.footer else ''}{doubt_legend(figures)}"
        f"{f' Письмо уходит, когда дата утверждена: {approve}.' if approve else ''}",
    )


def nobody_to_tell(registry: Registry) -> list[str]:
    """What the run says where «Рассылка» is filled in and yet nobody gets the summary."""
    if not any(said.code == "REGISTRY-NOBODY" for said in registry.remarks):
        return []
    return ["Письма руководству нет: на листе «Рассылка» реестра сводку не получает никто, исправьте его."]


def _text(told: _Told) -> str:
    """The same letter without any layout."""
    brief, where, behind, more, _, last = told
    lines = [where, "", brief.headline, brief.subline, ""]
    lines += [f"{card.label}: {card.said} ({'; '.join(filter(None, card.note_lines))})" for card in brief.cards]
    if behind:
        lines += ["", "Ниже плана — сначала отстающие:"]
        lines += [f"  {one.name} — {one.share}{one.mark}, ещё {one.missing} чел.{one.mark}" for one in behind]
        lines += [f"  {more}"] if more else []
    lines += ["", f"{brief.decide}:"]
    lines += [f"  {decision.tag}. {decision.text}" for decision in brief.decisions]
    return "\n".join([*lines, "", last, ""])


def _behind(figures: Figures) -> tuple[list[Behind], int]:
    """Schools below the plan that are shown, and how many more there are."""
    rows = _all_behind(figures)
    return rows[:_MOST_BEHIND], max(0, len(rows) - _MOST_BEHIND)


def _all_behind(figures: Figures) -> list[Behind]:
    """Schools below the plan, the smallest share first."""
    target = figures.target
    rows = sorted(figures.below, key=lambda row: row.percent or 0.0)
    return [
        Behind(
            row.school.name,
            percent(row.percent, decimals_beside(row.percent, target.min, target.max), in_column=True),
            _bar(row.percent, target.min, target.max),
            number(row.shortfall or 0),
            with_mark("", is_headline_doubted(figures, row.school.code)),
        )
        for row in rows
        if row.school and row.percent is not None and target
    ]


def _bar(share: float, low: float, high: float) -> list[Segment]:
    """Fact, gap to the band, the band, the rest: together the bar's whole width."""
    fact, first, last = (round(_BAR * value / 100) for value in (share, low, high))
    last = max(last, first + 3)  # a target of 100 % is still seen
    edges = [(fact, theme.ORANGE), (first, theme.PANEL), (last, theme.BAND), (max(_BAR, last), theme.PANEL)]
    starts = [0, fact, first, last]
    return [Segment(end - start, colour) for (end, colour), start in zip(edges, starts, strict=True) if end > start]


def _legend(figures: Figures) -> str:
    if figures.target is None:
        return ""
    plan = band(figures.target.min, figures.target.max)
    sheet = figures.form.lead.sheet
    return f"Оранжевое — факт, серо-голубое — план {plan}. Остальные школы — в книге, лист «{sheet}»."
