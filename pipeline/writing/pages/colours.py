"""Palette, font and marks of all workbooks as plain values: workers use them without a writer of workbooks."""

FONT = "Arial"  # Windows and R7-Office have it, LibreOffice a font of the same widths: nothing reflows
BODY_SIZE = 10

INK = "#1B2A3A"  # body text
GREY = "#56616E"  # notes, secondary text
NAVY = "#1F4E79"  # titles, header fill, on plan, links
NAVY_TINT = "#E3ECF5"  # total rows, «по плану», «сделано»
ORANGE = "#B8500F"  # below plan: bars, section fill
ORANGE_INK = "#8A3A06"  # text of anything that wants action
ORANGE_TINT = "#FBE7D8"  # its fill
BAND = "#C9D6E4"  # the target band
BAR = "#A9C1DB"  # data bars
PANEL = "#F3F6F9"  # cards, hint cells
LINE = "#D3DAE3"  # hairlines under rows, axes
GRID = "#8496A9"  # cell borders of the form: seen on yellow and in print
INPUT = "#FFF7CF"  # form: to fill in
AUTO = "#ECEFF3"  # form: computed
WHITE = "#FFFFFF"


class Mark:
    """Colour never stands alone: every state has a mark and a word. All of them are in Arial's own set."""

    BELOW = "▼"  # also: to fix
    ON_PLAN = "●"  # also: done
    ABOVE = "▲"
    IN_PROGRESS = "○"  # also: not due
    ERROR = "!"  # set aside until it is corrected
    CHECK = "?"  # under question, please check
    NONE = "–"  # zero or not applicable
    NO_ANSWER = "·"  # also: information
    OVERDUE = "×"  # not done and not sent, though the deadline has passed
    CARRIED = "↔"
    BACK = "←"
