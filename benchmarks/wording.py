"""How alike a damaged wording must be to count as the form's own: python -m benchmarks.wording

Damages every wording of the form as people do (letters lost, doubled, mixed up; the end cut off) and counts, for each
bound, how many are found, and how many are taken for another item: what the bound in `schemas/likeness.py`
rests on.
"""

import random
from itertools import product

from schemas.form import Form, Item, load_form
from schemas.likeness import best_likeness, plain

BOUNDS = (70, 74, 78, 82, 86, 90, 94)
DAMAGES = (0.02, 0.05, 0.1, 0.15, 0.2)  # share of letters touched
ROUNDS = 40
SHORTEST = 0.4  # of a wording's words are left when its end is cut off


def main() -> None:
    form = load_form("form-547")
    dice = random.Random(1)
    distinct = {plain(item.title): item for item in form.items}.values()
    tried = [(item, damaged(item.title, share, dice)) for item, share, _ in product(distinct, DAMAGES, range(ROUNDS))]
    scores = [(own(item.title, words, form), others(item.title, words, form)) for item, words in tried]
    print(f"{len(tried)} damaged wordings of {len(list(distinct))} items")
    print("bound   found   taken for another")
    for bound in BOUNDS:
        found = sum(mine >= bound and mine > other for mine, other in scores)
        wrong = sum(other >= bound and other >= mine for mine, other in scores)
        print(f"{bound:5}  {100 * found / len(tried):5.1f} %  {100 * wrong / len(tried):5.2f} %")


def damaged(words: str, share: float, dice: random.Random) -> str:
    letters = list(words)
    for _ in range(max(1, round(share * len(letters)))):
        at = dice.randrange(len(letters))
        match dice.randrange(3):
            case 0 if len(letters) > 8:
                del letters[at]
            case 1:
                letters.insert(at, letters[at])
            case _:
                letters[at] = dice.choice("абвгдеиклмнопрст ")
    text = "".join(letters).split()
    if len(text) > 4 and dice.random() < 0.3:
        text = text[: max(3, round(len(text) * dice.uniform(SHORTEST, 1)))]
    return " ".join(text)


def own(title: str, words: str, form: Form) -> float:
    return max(best_likeness(words, item.wordings) for item in form.items if is_meant(item, title, form))


def others(title: str, words: str, form: Form) -> float:
    return max(best_likeness(words, item.wordings) for item in form.items if not is_meant(item, title, form))


def is_meant(item: Item, title: str, form: Form) -> bool:
    """Several items share a wording («обучающиеся»): which is meant is said by where it stands, not by likeness."""
    meant = {plain(w) for other in form.items if other.title == title for w in other.wordings}
    return any(plain(words) in meant for words in item.wordings)


if __name__ == "__main__":
    main()
