"""Several orders from the beginning: one invented district for all, and the folder that `init` makes for them."""

import json
import re
from datetime import date
from pathlib import Path
from random import Random

import msgspec
import openpyxl
import pytest
from typer.testing import CliRunner

from pipeline.commands.cli import app
from pipeline.commands.init import begin, lines
from pipeline.demo import make_of_several
from pipeline.demo.district import make_schools, make_schools_of
from pipeline.reading.opening.grid import open_book
from pipeline.reading.registry import read_registry
from pipeline.settings import Limits, load_settings
from schemas import registry_book
from schemas.form import load_form
from schemas.strict import UsageError
from tests.conftest import Once
from tests.form_variants import DATA

MEALS, HEALTH = DATA / "form-31.toml", DATA / "form-88.toml"
FORMS = [load_form(MEALS), load_form(HEALTH)]
TODAY = date(2026, 4, 1)


def settings_of(folder: Path, *forms: Path | str) -> Path:
    path = folder / "of-both.toml"
    path.write_text(f"form = {json.dumps(list(map(str, forms)))}\n", "utf-8")
    return path


def headings(path: Path, row: int = 1) -> list[str]:
    return [str(cell.value) for cell in openpyxl.load_workbook(path)["Школы"][row] if cell.value]


# ── the demo ─────────────────────────────────────────────────────────────────────────────────────────────────
def make_demo(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    settings = settings_of(folder, MEALS, HEALTH)
    words = ["demo", "--dir", str(folder / "demo"), "--schools", "6", "--settings", str(settings)]
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    (folder / "said.txt").write_text(f"{done.exit_code}\n{done.output}", "utf-8")
    return folder


@pytest.fixture(scope="session")
def demo(once: Once) -> Path:
    return once("demo-of-both", make_demo)


def test_the_demo_of_two_orders_is_one_folder_and_a_summary_each(demo: Path) -> None:
    said = (demo / "said.txt").read_text("utf-8")
    assert said.startswith("0\n")
    folders = {path.name for path in (demo / "demo" / "input").iterdir()}
    assert folders == {"registry.xlsx", "form-31", "form-88"}
    for form in FORMS:
        assert (demo / f"demo/output/{form.id}/2026-03-31/svod-2026-03-31.xlsx").is_file()


def test_the_demo_of_two_orders_says_everything_once(demo: Path) -> None:
    said = (demo / "said.txt").read_text("utf-8")
    assert "--as-of" not in said
    assert said.count("последний отчётный срок вымышленного района") == 2
    for form in FORMS:
        assert said.count(f"── {form.subject}:") == 1


def test_an_order_named_twice_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="названа дважды"):
        begin(tmp_path / "начало", TODAY, settings_of(tmp_path, MEALS, MEALS))
    assert not (tmp_path / "начало").exists()


def test_every_fault_that_the_demo_of_two_orders_plants_is_found(demo: Path) -> None:
    said = (demo / "said.txt").read_text("utf-8")
    counts = re.findall(r"Подложено ошибок: (\d+), найдено: (\d+)", said)
    assert len(counts) == 2
    assert all(planted == caught and int(planted) > 3 for planted, caught in counts)


def test_one_registry_has_the_columns_of_both_and_each_order_reads_its_own(demo: Path) -> None:
    path = demo / "demo" / "input" / "registry.xlsx"
    wanted = [column.heading for form in FORMS for column in registry_book.schools_table(form).columns]
    assert set(headings(path)) == set(wanted) - {"Группа", "Действует с", "Действует по"}
    assert len(headings(path)) == len(set(headings(path)))
    schools = make_schools_of(FORMS, 6, Random(1))
    for form, own, beside in zip(FORMS, schools, FORMS[::-1], strict=True):
        read = read_registry(open_book(path.read_bytes(), Limits()), form, (beside,))
        assert [(one.code, one.name, one.bases) for one in read.schools] == [
            (one.code, one.name, one.bases) for one in own
        ]
        assert read.remarks == ()


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    def everything(name: str) -> dict[str, bytes]:
        make_of_several(tmp_path / name, FORMS, 3, 1, seed=7)
        folder = tmp_path / name / "input"
        return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}

    assert everything("once") == everything("again")


def test_orders_report_up_to_a_day_on_which_all_of_them_have_done_so(tmp_path: Path) -> None:
    """One date of a quarter is three of a month; three months are one quarter."""
    for dates in (1, 3):
        made = make_of_several(tmp_path / str(dates), FORMS, 2, dates, seed=1)
        assert {one.as_of for one in made} == {date(2026, 3, 31)}
        days = [{fact.as_of for fact in one.truth} for one in made]
        assert [len(one) for one in days] == [3, 1]
    with pytest.raises(UsageError, match="хотя бы одна школа"):
        make_of_several(tmp_path / "none", FORMS, 0, 1, seed=1)


def test_people_of_one_column_are_as_many_for_every_order() -> None:
    first = load_form("form-547")
    wider = msgspec.structs.replace(
        first.bases[3], id="able2", registry="Родителей с доступом", label="С доступом", name="С_доступом"
    )
    second = msgspec.structs.replace(first, id="form-other", bases=(*first.bases, wider))
    alone, (one, other) = make_schools(first, 8, Random(3)), make_schools_of([first, second], 8, Random(3))
    assert one == alone, "another order beside it changes nothing"
    for mine, theirs in zip(one, other, strict=True):
        assert {base: theirs.bases[base] for base in mine.bases} == mine.bases
        assert 0 < theirs.bases["able2"] <= theirs.bases["parents"]


# ── the folder to begin with ─────────────────────────────────────────────────────────────────────────────────
def test_init_of_two_orders_makes_one_registry_settings_and_a_blank_form_each(tmp_path: Path) -> None:
    begun = begin(tmp_path / "начало", TODAY, settings_of(tmp_path, MEALS, HEALTH))
    assert [path.as_posix() for path in begun.files] == [
        "input/registry.xlsx", "settings.toml", "бланк-form-31.xlsx", "бланк-form-88.xlsx", "Руководство.html",
    ]  # fmt: skip
    said = list(lines(begun))
    assert "бланк-form-88.xlsx — пустой бланк отчёта: Здоровье обучающихся" in said
    settings = load_settings(tmp_path / "начало" / "settings.toml")
    assert [load_form(one).id for one in settings.forms] == ["form-31", "form-88"]


def test_the_registry_of_a_beginning_has_a_column_for_the_people_and_plans_of_both(tmp_path: Path) -> None:
    begin(tmp_path, TODAY, settings_of(tmp_path, MEALS, HEALTH))
    path = tmp_path / "input" / "registry.xlsx"
    for form, beside in zip(FORMS, FORMS[::-1], strict=True):
        own = (*registry_book.base_columns(form), *registry_book.plan_columns(form))
        assert {column.heading for column in own} <= set(headings(path, 3))
        read = read_registry(open_book(path.read_bytes(), Limits()), form, (beside,))
        assert (read.schools, read.remarks) == ((), ())
    items = [cell.value for cell in openpyxl.load_workbook(path)["Списки"]["A"]]
    assert items == list(dict.fromkeys(item.number for form in FORMS for item in form.items))


@pytest.mark.parametrize("forms", [(MEALS,), ("form-547", MEALS)])
def test_the_settings_of_a_beginning_name_the_forms_that_it_was_made_for(
    forms: tuple[Path | str, ...], tmp_path: Path
) -> None:
    """Else the registry would be one order's and the summary another's."""
    begin(tmp_path / "a", TODAY, settings_of(tmp_path, *forms))
    assert load_settings(tmp_path / "a" / "settings.toml").forms == tuple(map(str, forms))
