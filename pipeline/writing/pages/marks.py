"""How the states of milestones are marked, said and counted in both tables of «Этапы»."""

from pipeline.measuring.figures import Milestone
from pipeline.writing.pages import theme
from pipeline.writing.pages.theme import Look, Mark

MARKS: dict[Milestone, tuple[str, tuple[Look, ...]]] = {
    Milestone.DONE: (Mark.ON_PLAN, (theme.GOOD,)),
    Milestone.IN_PROGRESS: (Mark.IN_PROGRESS, (theme.QUIET,)),
    Milestone.OVERDUE: (Mark.OVERDUE, (theme.ACTION, theme.BOLD)),
    Milestone.UNDER_QUESTION: (Mark.CHECK, (theme.PANEL_FILL, theme.BOLD)),
    Milestone.NOT_APPLICABLE: (Mark.NONE, (theme.QUIET,)),
    Milestone.UNKNOWN: (Mark.NO_ANSWER, (theme.QUIET,)),
    Milestone.NOT_CHECKED: ("", (theme.QUIET,)),  # beside a paper that has come from another school
}
LEGEND = {
    Milestone.DONE: "сделано",
    Milestone.IN_PROGRESS: "в работе, срок не вышел",
    Milestone.OVERDUE: "просрочено",
    Milestone.UNDER_QUESTION: "под вопросом: ответ отложен, не понят или не с чем сравнить",
    Milestone.NOT_APPLICABLE: "не требуется или не предусмотрено",
    Milestone.UNKNOWN: "отчёта нет",
}
QUIET_COUNT: Look = {"num_format": f'0;;"{Mark.NONE}"', "align": "center"}
