"""The letter to leadership: the same words as on «Сводка», in HTML that every mail program shows, and in plain text."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.files import Outputs
from pipeline.measuring.figures import Figures
from pipeline.sending.outbox import OUTBOX, Attachment, Letter, SentBook, compose, has_gone
from pipeline.wording import NBSP, band, decimals_beside, lowered, number, percent, schools
from pipeline.writing.pages import theme
from pipeline.writing.pages.brief import Brief
from pipeline.writing.pages.doubts import is_headline_doubted, with_mark
from pipeline.writing.pages.doubts import legend as doubt_legend
from schemas.district import Registry, Topic

FILE = "rukovodstvo.eml"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_BEHIND = 10
_BAR = 300  # pixels for 100 %

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


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
    """What the letter says of an order: its `brief`, with the summary workbook attached under `name`."""

    figures: Figures
    brief: Brief
    name: str
    summary: bytes


def leadership_letter(pages: Sequence[Page], registry: Registry) -> Letter | None:
    """The first page of each order, one after the other; None where «Рассылка» names nobody for it."""
    to = tuple(dict.fromkeys(one.email for one in registry.mailing if Topic.SUMMARY in one.wants))
    if not to:
        return None
    told = [_told(page) for page in pages]
    title = " ".join(page.brief.headline for page in pages)
    html = _templates.get_template("letter.html").render(pages=told, title=title, theme=theme)
    subject = " · ".join(_subject(page, alone=len(pages) == 1) for page in pages)
    attachments = tuple(Attachment(page.name, page.summary, _XLSX) for page in pages)
    return Letter(to, subject, "\n\n".join(map(_text, told)), html, attachments)


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


def _told(page: Page) -> _Told:
    figures, brief = page.figures, page.brief
    behind, more = _behind(figures)
    return _Told(
        brief,
        f"{figures.form.subject} · приказ №{NBSP}{figures.form.order.number} · {brief.dates}",
        behind,
        f"и ещё {schools(more)}" if more else "",
        _legend(figures),
        f"Во вложении — {page.name}.{f' {brief.footer}' if brief.footer else ''}{doubt_legend(figures)}",
    )


def nobody_to_tell(registry: Registry) -> list[str]:
    """What the run says where «Рассылка» is filled in and yet nobody gets the summary."""
    if not any(said.code == "REGISTRY-NOBODY" for said in registry.remarks):
        return []
    return ["Письма руководству нет: на листе «Рассылка» реестра сводку не получает никто, исправьте его."]


def put_in_outbox(letter: Letter, as_of: date, sender: str, journal: SentBook, outputs: Outputs) -> list[str]:
    """The letter as a file that waits, unless it has reached everybody. Returns what is wrong with addresses."""
    content, refusals = compose(letter, as_of, sender)
    if not has_gone(content, as_of, journal):
        outputs.add(Path(as_of.isoformat(), OUTBOX, FILE), content)
    return [f"Письмо не уйдёт по адресу {address}: {reason}." for address, reason in refusals]


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
    """Schools below the plan, the smallest share first, and how many more there are."""
    target = figures.target
    rows = sorted(figures.below, key=lambda row: row.percent or 0.0)
    shown = [
        Behind(
            row.school.name,
            percent(row.percent, decimals_beside(row.percent, target.min, target.max), in_column=True),
            _bar(row.percent, target.min, target.max),
            number(row.shortfall or 0),
            with_mark("", is_headline_doubted(figures, row.school.code)),
        )
        for row in rows[:_MOST_BEHIND]
        if row.school and row.percent is not None and target
    ]
    return shown, max(0, len(rows) - _MOST_BEHIND)


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
