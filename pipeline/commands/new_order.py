"""The command `new-order`: the draft of a form from an order's text, with a registry and a blank form to look at."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from pipeline.drafting.draft import drafted
from pipeline.drafting.opening import read_order
from pipeline.drafting.order import understood
from pipeline.files import write_new
from pipeline.settings import Settings
from pipeline.wording import ITEM, Noun, count
from pipeline.writing.form.prefill import Prefill
from pipeline.writing.form.workbook import write_form
from pipeline.writing.registry import write_template
from schemas.form import load_form
from schemas.strict import UsageError

_PLACE: Noun = ("место", "места", "мест")


class Made(NamedTuple):
    """`files`: path and whether it has been made just now. `refused`: why the form does not load yet; blank where it
    does. `left`: what could not be drafted."""

    form: Path
    files: dict[Path, bool]
    items: int
    doubts: int
    left: tuple[str, ...]
    refused: str


def draft_form(file: Path, out: Path | None, settings: Settings, today: date) -> Made:
    """Writes what is not there yet: the form, and where it loads the registry and the blank form beside it.

    Raises UsageError where the order cannot be read or `out` is no TOML file, and OutputError.
    """
    order = understood(read_order(file, settings.limits))
    place = out or file.with_name(f"form-{_in_a_name(order.head.number) or _in_a_name(file.stem)}.toml")
    if place.suffix != ".toml":
        raise UsageError(f"Имя формы «{place.name}» не кончается на .toml: исправьте --out.")
    draft = drafted(order, place.stem, load_form(Settings().one_form))
    files = {place: write_new(place, draft.text.encode())}
    refused = ""
    try:
        form = load_form(place)
    except UsageError as error:
        refused = str(error)
    else:
        registry, blank = (place.with_name(f"{place.stem}-{what}.xlsx") for what in ("реестр", "бланк"))
        files[registry] = write_new(registry, write_template(form, today))
        files[blank] = write_new(blank, write_form(form, None, today, Prefill(dated=False)))
    return Made(place, files, len(order.items), draft.doubts, order.left, refused)


def _in_a_name(text: str) -> str:
    """As a part of a file's name."""
    return re.sub(r"[^\w-]+", "-", text.casefold()).strip("-")


def lines(made: Made) -> Iterator[str]:
    """What is to be said of it, for people; the last line says what comes next."""
    about = ("форма приказа", "пустой реестр школ", "бланк: посмотрите глазами школы")
    for (path, is_new), words in zip(made.files.items(), about, strict=False):
        yield f"{path} — {words if is_new else f'{words}; уже был на месте и остался без изменений'}"
    if made.files[made.form]:
        marked = f"с пометкой «проверить» — {count(made.doubts, _PLACE)}"
        yield f"Найдено: {count(made.items, ITEM)}; {marked}: сверьте каждое с приказом."
        yield from (f"Не вошло: {sentence}" for sentence in made.left)
    if made.refused:
        yield f"Форма ещё не загружается: {made.refused}"
        yield "Реестр и бланк появятся, когда вы допишете форму и повторите эту команду."
    yield f"Проверьте: run.py form {made.form}"
