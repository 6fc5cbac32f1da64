"""Draws docs/performance.md between its marks, and its chart, from figures.json: python -m benchmarks.report"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.compare import FIGURES, FLOOR, IMPORTS, ROOT, SCRIPT, SCRIPT_TO, SVOD, ratios
from benchmarks.district import USUAL

PAGE = ROOT / "docs" / "performance.md"
CHART = ROOT / "docs" / "images" / "growth.svg"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def main() -> None:
    figures = json.loads(FIGURES.read_text("utf-8"))
    PAGE.write_text(page_of(figures, PAGE.read_text("utf-8")), "utf-8")
    _draw(figures["districts"], CHART)


def page_of(figures: dict[str, Any], page: str) -> str:
    """The page with these figures between its marks."""
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n{''.join(_lines(figures))}{END}{after}"


def _lines(figures: dict[str, Any]) -> Iterator[str]:
    yield f"\nMeasured on {figures['machine']}, {figures['cores']} cores, Python {figures['python']}.\n"
    yield from _growth([one for one in figures["districts"] if one["faulty"] == USUAL])
    for district in figures["districts"]:
        files, share = f"{district['files']:,} files", f"{district['faulty']:.0%} of them with wrong answers"
        yield f"\n### {district['schools']:,} schools: {files}, {share}\n\n"
        if settings := " ".join(district.get("settings", "").split("\n")).strip():
            yield f"Svod was run with `{settings}` in its settings.\n\n"
        yield "| | clock, s | CPU, s | memory, MB | files a second |\n|---|---|---|---|---|\n"
        for name, cost in district["costs"].items():
            speed = "" if name == IMPORTS else f"{district['files'] / cost['clock']:,.0f}"
            yield f"| {name} | {cost['clock']:.2f} | {cost['cpu']:.2f} | {cost['peak']:,.0f} | {speed} |\n"
        yield "\n| ratio | |\n|---|---|\n"
        yield from (f"| {name} | {ratio:.1f} |\n" for name, ratio in ratios(district).items())
        if district["stages"]:
            yield "\n| stage | clock, s | CPU, s |\n|---|---|---|\n"
        yield from (f"| {name} | {clock:.2f} | {cpu:.2f} |\n" for name, (clock, cpu) in district["stages"].items())
    yield "\n"


def _growth(usual: list[dict[str, Any]]) -> Iterator[str]:
    """What a file costs at each size, beside what it costs at the one that others are held against; linear growth
    shows as 1.00."""
    base = next((one for one in usual if one["schools"] == SCRIPT_TO), None)
    if base is None or len(usual) == 1:
        return
    yield f"\n### Growth: what a file costs Svod, against {SCRIPT_TO:,} schools\n\n"
    yield "| schools | files | clock, ms | × | CPU, ms | × | memory, MB | kB a file more than at the size before |\n"
    yield "|---|---|---|---|---|---|---|---|\n"
    for before, one in zip([None, *usual], usual, strict=False):
        clock, cpu = (_a_file(one, kind) for kind in ("clock", "cpu"))
        times = clock / _a_file(base, "clock"), cpu / _a_file(base, "cpu")
        yield f"| {one['schools']:,} | {one['files']:,} | {clock:.1f} | {times[0]:.2f} | {cpu:.1f} | {times[1]:.2f} "
        yield f"| {one['costs'][SVOD]['peak']:,.0f} | {_more(one, before)} |\n"


def _more(one: dict[str, Any], before: dict[str, Any] | None) -> str:
    """Kilobytes a file by which the larger district takes more."""
    if before is None:
        return ""
    peak, files = one["costs"][SVOD]["peak"] - before["costs"][SVOD]["peak"], one["files"] - before["files"]
    return f"{peak * 1024 / files:,.0f}"


def _a_file(district: dict[str, Any], kind: str) -> float:
    """Milliseconds that Svod takes for one."""
    seconds: float = district["costs"][SVOD][kind]
    return seconds / district["files"] * 1000


def _draw(districts: list[dict[str, Any]], path: Path) -> None:
    """Seconds by the number of files, both in powers of ten: a straight line at half a right angle is linear growth."""
    import matplotlib as mpl  # of the extra «bench»: the page itself needs none of it
    from matplotlib.figure import Figure

    usual = [one for one in districts if one["faulty"] == USUAL]
    mpl.rcParams["svg.hashsalt"] = "svod"  # the same figures, the same bytes
    drawing = Figure(figsize=(7, 4))
    axes = drawing.add_subplot()
    for name, marker in ((SCRIPT, "s"), (SVOD, "o"), (FLOOR, "^")):
        points = [(one["files"], one["costs"][name]["clock"]) for one in usual if name in one["costs"]]
        if points:  # of large districts alone the script has none
            axes.loglog(*zip(*points, strict=True), marker=marker, label=name)
    axes.set_xlabel("files")
    axes.set_ylabel("seconds by the clock")
    axes.grid(which="major", alpha=0.3)
    axes.legend()
    drawing.tight_layout()
    drawing.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
