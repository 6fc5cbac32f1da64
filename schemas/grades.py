"""Grades of a school in their normal form: «5-9, 11»."""

from collections.abc import Iterable


def grades_of(classes: str) -> frozenset[int]:
    """`5-9, 11` -> {5, 6, 7, 8, 9, 11}."""
    found: set[int] = set()
    for part in classes.split(", "):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return frozenset(found)


def normal_form(grades: Iterable[int]) -> str:
    """{5, 6, 7, 8, 9, 11} -> `5-9, 11`; blank for none."""
    runs: list[list[int]] = []
    for grade in sorted(set(grades)):
        if runs and grade == runs[-1][-1] + 1:
            runs[-1].append(grade)
        else:
            runs.append([grade])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
