"""What a letter to a school says, in HTML that every mail program shows, and in plain text."""

from pathlib import Path
from typing import NamedTuple

from pipeline.sending.understood import Understood
from pipeline.wording import lowered
from pipeline.writing.pages import theme
from pipeline.writing.pages.templates import templates
from schemas.explained import WORDS

_templates = templates(Path(__file__).parent)


class Line(NamedTuple):
    """A remark: how grave in words, where, what and what to do."""

    severity: str
    grave: bool
    where: str
    message: str
    todo: str
    explained: str


class Told(NamedTuple):
    """What template and text are filled with."""

    where: str
    headline: str
    good: bool
    subline: str
    todo: list[str]
    remarks: list[Line]
    explanations: list[str]
    understood: list[Understood]
    last: str


def as_html(told: Told) -> str:
    return _templates.get_template("school.html").render(told=told, theme=theme)


def as_text(told: Told) -> str:
    """The same letter without any layout."""
    lines = [told.where, told.subline, "", told.headline, "", *told.todo]
    for one in told.remarks:
        where = f"{one.where}: " if one.where else ""
        lines += ["", f"{one.severity}. {where}{one.message}", f"  Что сделать: {one.todo}"]
        lines += [f"  {WORDS}: {one.explained}"] if one.explained else []
    if told.explanations:
        lines += ["", "Пояснения школы:", *(f"  {one}" for one in told.explanations)]
    if told.understood:
        lines += ["", "Как понят отчёт:"]
    for answer in told.understood:
        notes = "".join(f" — {one}" for one in (*answer.notes, answer.aside) if one)
        cell = f" ({answer.cell})" if answer.cell else ""
        about = f" {lowered(answer.about)}" if answer.about else ""
        lines.append(f"  {answer.item}{about}: {answer.said}{cell}{notes}".replace("  :", "  "))
    return "\n".join([*lines, "", told.last, ""])
