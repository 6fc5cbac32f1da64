"""The command `init`: a folder to begin with. What stands there already is left as it is."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from pipeline.commands.choosing import REGISTRY
from pipeline.files import write_new
from pipeline.settings import DEFAULT_PATH, load_settings
from pipeline.writing.form import workbook
from pipeline.writing.form.prefill import Prefill
from pipeline.writing.form.workbook import write_form
from pipeline.writing.guide import guide_html
from pipeline.writing.registry import write_template
from pipeline.writing.settings_file import settings_toml
from schemas.form import load_form
from schemas.strict import UsageError

_GUIDE_SOURCE = Path(__file__).resolve().parents[2] / "docs" / "guide.ru.md"
BLANK = Path(workbook.BLANK)
GUIDE = Path("Руководство.html")
_ABOUT = {
    REGISTRY: "реестр школ: заполните жёлтые ячейки",
    DEFAULT_PATH: "настройки: менять их не обязательно",
    BLANK: "пустой бланк отчёта",
    GUIDE: "как работать со Сводом",
}


class Begun(NamedTuple):
    """What lies in the folder now: path below it, and whether it has been made just now."""

    folder: Path
    files: dict[Path, bool]


def begin(folder: Path, today: date, settings: Path | None) -> Begun:
    """Writes what is not there yet. `settings`: those that name the form; without them the folder's own.

    Raises UsageError and OutputError.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"«{folder}» — файл, а не папка: укажите другую папку.")
    own = folder / DEFAULT_PATH
    form = load_form(load_settings(settings or (own if own.exists() else None)).one_form)
    contents = {
        REGISTRY: write_template(form, today),
        DEFAULT_PATH: settings_toml().encode(),
        BLANK: write_form(form, None, today, Prefill(dated=False)),
        GUIDE: guide_html(_GUIDE_SOURCE).encode(),
    }
    return Begun(folder, {path: write_new(folder / path, content) for path, content in contents.items()})


def lines(begun: Begun) -> Iterator[str]:
    """What is to be said of it, for people; the last line is the folder."""
    made = [path for path, is_new in begun.files.items() if is_new]
    left = [path.as_posix() for path, is_new in begun.files.items() if not is_new]
    yield from (f"{path.as_posix()} — {_ABOUT[path]}" for path in made)
    if left:
        yield f"Уже было и осталось без изменений: {', '.join(left)}."
    if REGISTRY in made:
        yield "Дальше: впишите школы в реестр, потом раздайте бланки — «Бланки школам» в меню или run.py forms."
    yield str(begun.folder.resolve())
