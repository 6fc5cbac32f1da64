"""The form's data file: strict, contradiction-free, and the only place where an order's particulars stand."""

import re
import tomllib
from pathlib import Path

import pytest

from pipeline.writing.pages import titles
from schemas import own_names
from schemas.form import FORMS, known_forms, load_form
from schemas.strict import UsageError

ROOT = Path(__file__).parent.parent
SUMMARY = ROOT / "pipeline" / "writing" / "summary"
TEXT = (FORMS / "form-547.toml").read_text("utf-8")


def refusal(tmp_path: Path, text: str) -> str:
    path = tmp_path / "form-changed.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError) as refused:
        load_form(path)
    return str(refused.value)


@pytest.mark.parametrize("path", ["form-547", Path(__file__).parent / "data" / "form-meals.toml"])
def test_both_forms_load(path):
    form = load_form(path)
    assert form.headline_item.number == form.headline.item
    assert all(form.item(i.number) is i for i in form.items)


def test_form_547_holds_all_of_the_order():
    form = load_form("form-547")
    assert [i.number for i in form.items if not i.parent] == [str(n) for n in range(1, 16)]
    assert [t.min for t in form.targets] == [30, 41, 61, 100]
    assert sum(len(stage.measures) for stage in form.stages) == 20
    assert any(not measure.items for stage in form.stages for measure in stage.measures)


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ('kind = "person"', 'kind = "person"\ncolour = "red"', "colour"),
        ('subject = "Электронные дневники"\n', "", "subject"),
        ('kind = "person"', 'kind = "people"', "kind"),
        ('[headline]\nitem = "14"', '[headline]\nitem = "16"', "ключ headline.item: пункта «16» в форме нет"),
        (
            'limit = "12.1"',
            'limit = "12.9"',
            "ключ controls, запись 1, limit: пункта «12.9» в форме нет — может быть, «12.",
        ),
        ('base = "able"', 'base = "cats"', "пункт 14, ключ base: неизвестная основа «cats»"),
        ("min = 41\nmax = 60", "min = 39\nmax = 60", "перекрывается"),
        ("by = 2014-03-20\nmin = 41", "by = 2014-02-20\nmin = 41", "по возрастанию"),
        ('number = "13"\n', 'number = "14"\n', "«14» уже стоит"),
        ("reporting_dates = [2014-01-30, 2014-03-20", "reporting_dates = [2014-03-20, 2014-01-30", "reporting_dates"),
        ('items = ["8", "9"]', 'items = ["8"]', "coverage.groups"),
        ('base = "teachers"\ndue = 2014-01-30\n', "due = 2014-01-30\n", "пункт 6.1"),
        ('kind = "person"', 'kind = "person"\ngather = "name"', "пункт 1, ключ gather"),
        ('gather = "name"\n', "", "пункт 2, ключ gather"),
    ],
)
def test_a_slip_in_the_form_is_refused_by_name(tmp_path, before, after, named):
    assert before in TEXT
    assert named in refusal(tmp_path, TEXT.replace(before, after, 1))


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ('base = "able"', 'base = "cats"', 'base = "cats"'),
        ('[[items]]\nnumber = "3"', '[[items]]\ncolour = "red"\nnumber = "3"', 'colour = "red"'),
        ("[[targets]]\nby = 2014-03-20\nmin = 41", "[[targets]]\nby = 2014-03-20\nmin = 39", "min = 39"),
        ('gather = "name"\n', "", '[[items]]\nnumber = "2"'),
        ('items = ["8", "9"]', 'items = ["8"]', "groups = ["),
        ('title = "2. Основной этап"', "title = 2", "title = 2"),
        ("version = 1\n", "version = 1\nversion = 2\n", "version = 2"),
        ("version = 1\n", "version = один\n", "version = один"),
    ],
)
def test_a_slip_in_the_form_is_told_with_its_line(tmp_path, before, after, line):
    """Of a key that is missing, or lies inside of a list, the line of what it belongs to."""
    text = TEXT.replace(before, after, 1)
    at = text[: re.search(rf"^(?:{re.escape(line)})", text, re.MULTILINE).start()].count("\n") + 1
    if "groups" in line:
        at = text[: text.index("\ngroups = [", text.index("[coverage]"))].count("\n") + 2
    assert f"строка {at}:" in refusal(tmp_path, text)


def test_a_form_that_lies_beside_the_others_is_called_as_its_file(tmp_path, monkeypatch):
    """A copy that has kept the id would take the other order's reports for its own; half-written, it stops nobody."""
    monkeypatch.setattr("schemas.form.FORMS", tmp_path)
    monkeypatch.setattr("schemas.form_proofs.FORMS", tmp_path)
    assert "ключ id: «form-547», а файл называется form-changed.toml" in refusal(tmp_path, TEXT)
    (tmp_path / "form-547.toml").write_text(TEXT, "utf-8")
    known_forms.cache_clear()
    try:
        assert [form.id for form in known_forms()] == ["form-547"]
    finally:
        known_forms.cache_clear()


def test_no_name_that_the_summary_takes_is_left_to_a_form():
    assert {value for name, value in vars(titles).items() if name.isupper()} == set(own_names.SHEETS)
    used = re.findall(r"[А-Я][а-яё]+_[а-яё_]+", "".join(path.read_text("utf-8") for path in SUMMARY.glob("*.py")))
    assert set(used) <= set(own_names.CELLS)


def test_a_form_that_is_not_there_names_those_that_are():
    with pytest.raises(UsageError, match="form-547"):
        load_form("form-548")


def test_no_item_number_or_date_of_the_order_stands_in_code():
    """A new order is new data: item numbers, dates and the order's own number live in TOML alone."""
    form = tomllib.loads(TEXT)
    numbers = {item["number"] for item in form["items"] if "." in item["number"]} | {form["order"]["number"]}
    dates = set(re.findall(r"\d{4}-\d\d-\d\d", TEXT))
    found = []
    for path in sorted([*(ROOT / "pipeline").rglob("*.py"), *(ROOT / "schemas").glob("*.py"), ROOT / "run.py"]):
        for line_number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            code = line.split("#")[0]
            quoted = re.findall(r"(?<![\w(])[\"']([\d.-]+)[\"']", code)
            if any(q in numbers or q in dates for q in quoted) or re.search(r"\bdate\(2014", code):
                found.append(f"{path.relative_to(ROOT)}:{line_number}: {line.strip()}")
    assert not found
