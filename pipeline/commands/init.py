"""The command `init`: a folder to begin with. What stands there already is left as it is."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from pipeline.commands.choosing import REGISTRY
from pipeline.commands.orders import forms_of
from pipeline.files import safe_name, write_new
from pipeline.settings import DEFAULT_PATH, load_settings
from pipeline.writing.form import workbook
from pipeline.writing.form.prefill import Prefill
from pipeline.writing.form.workbook import write_form
from pipeline.writing.guide import guide_html
from pipeline.writing.registry import write_template
from pipeline.writing.settings_file import settings_toml
from schemas.form import Form
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
    """What lies in the folder now: path below it, and whether it has been made just now. `blanks`: of several orders
    each one's blank form, and what it is about."""

    folder: Path
    files: dict[Path, bool]
    blanks: dict[Path, str]


def begin(folder: Path, today: date, settings: Path | None) -> Begun:
    """Writes what is not there yet. `settings`: those that name the form; without them the folder's own.

    Raises UsageError and OutputError.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"«{folder}» — файл, а не папка: укажите другую папку.")
    own = folder / DEFAULT_PATH
    chosen = load_settings(settings or (own if own.exists() else None))
    forms = forms_of(chosen)
    contents = {
        REGISTRY: write_template(forms[0], today, forms[1:]),
        DEFAULT_PATH: settings_toml(_from_here(chosen.forms)).encode(),
        **{_blank(form, forms): write_form(form, None, today, Prefill(dated=False)) for form in forms},
        GUIDE: guide_html(_GUIDE_SOURCE).encode(),
    }
    files = {path: write_new(folder / path, content) for path, content in contents.items()}
    return Begun(folder, files, {_blank(form, forms): form.subject for form in forms if len(forms) > 1})


def _about(path: Path, begun: Begun) -> str:
    return f"{_ABOUT[BLANK]}: {begun.blanks[path]}" if path in begun.blanks else _ABOUT[path]


def _from_here(names: Sequence[str]) -> tuple[str, ...]:
    """The forms as settings in another folder name them: a path leads there from everywhere."""
    return tuple(Path(one).resolve().as_posix() if one.endswith(".toml") else one for one in names)


def _blank(form: Form, forms: Sequence[Form]) -> Path:
    """Of several orders each has a blank of its own."""
    return BLANK if len(forms) == 1 else BLANK.with_stem(f"{BLANK.stem}-{safe_name(form.id)}")


def lines(begun: Begun) -> Iterator[str]:
    """What is to be said of it, for people; the last line is the folder."""
    made = [path for path, is_new in begun.files.items() if is_new]
    left = [path.as_posix() for path, is_new in begun.files.items() if not is_new]
    yield from (f"{path.as_posix()} — {_about(path, begun)}" for path in made)
    if left:
        yield f"Уже было и осталось без изменений: {', '.join(left)}."
    if REGISTRY in made:
        yield "Дальше: впишите школы в реестр, потом раздайте бланки — «Бланки школам» в меню или run.py forms."
    yield str(begun.folder.resolve())
