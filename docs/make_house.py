"""Draws the house in docs/architecture.md anew from the import graph: `python docs/make_house.py`.

A test holds that the drawing is current, so that rooms and arrows cannot rot.
"""

import sys
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- house: begin -->", "<!-- house: end -->"

LEAVES = "settings wording files workers exchange room"  # modules of pipeline/ itself that every room may use
# From the roof to the ground: a room imports only from rooms below it.
FLOORS = (
    "commands",
    "demo",
    "drafting",
    "monthly",
    "month",
    "survey",
    "memory",
    "sending",
    "fetching",
    "writing",
    "writing.summary",
    "writing.school",
    "writing.form",
    "writing.returned",
    "writing.brief",
    "writing.memo",
    "writing.pages",
    "measuring",
    "checking",
    "reading",
    "reading.finding",
    "reading.answers",
    "reading.opening",
    LEAVES,
    "schemas",
)
# Modules of `reading` that `reading.finding` calls, drawn where they stand: below it.
_BELOW_FINDING = ("pipeline.reading.schools",)


def main() -> None:
    PAGE.write_text(redrawn(PAGE.read_text("utf-8")), "utf-8")


def redrawn(page: str) -> str:
    """The page with the drawing of today's imports."""
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n{drawing()}\n{END}{rest.split(END)[1]}"


def drawing() -> str:
    """One row a room: which rooms it imports from, by their numbers, and how many imports there are."""
    arrows = _arrows()
    width = max(len(room) for room in FLOORS)
    lines = ["```", f"{'':>{width + 5}}{''.join(f'{n:>4}' for n in range(1, len(FLOORS) + 1))}"]
    for number, room in enumerate(FLOORS, 1):
        cells = "".join(
            f"{arrows.get((room, other), '·' if number < at else ''):>4}" for at, other in enumerate(FLOORS, 1)
        )
        lines.append(f"{number:>3}  {room:<{width}}{cells}".rstrip())
    return "\n".join([*lines, "```", "", f"{len(FLOORS)} rooms, {len(arrows)} arrows."])


def _arrows() -> dict[tuple[str, str], int]:
    """(room, room it imports from) -> number of imports."""
    graph = grimp.build_graph("schemas", "pipeline", cache_dir=None)
    arrows: dict[tuple[str, str], int] = {}
    for module in graph.modules:
        for imported in graph.find_modules_directly_imported_by(module):
            arrow = _room(module), _room(imported)
            if arrow[0] != arrow[1]:
                arrows[arrow] = arrows.get(arrow, 0) + 1
    return arrows


def _room(module: str) -> str:
    if module in _BELOW_FINDING:
        return "reading.answers"
    path = module.removeprefix("pipeline.")
    if path.split(".")[0] in LEAVES.split() or path == "pipeline":
        return LEAVES
    return max((room for room in FLOORS if path == room or path.startswith(f"{room}.")), key=len)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
