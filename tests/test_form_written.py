"""Columns that stand in the item that they are of: the same form as with its tables apart, and refused where they
stand."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from schemas.form import Form, Kind, Table, load_form
from schemas.strict import UsageError
from tests.form_variants import DATA, Values, as_toml, good

TEXT = (DATA / "form-88.toml").read_text("utf-8")
GROUP, LIST = "1", "6"


def loaded(tmp_path: Path, text: str) -> Form:
    path = tmp_path / "form-88.toml"
    path.write_text(text, "utf-8")
    return load_form(path)


def with_tables_apart(values: Values) -> Values:
    """The same with `[[tables]]`, of which every row says that it is one."""
    tables = []
    for item in values["items"]:
        above = item["number"].rpartition(".")[0]
        if "columns" in item:
            own = {key: item.pop(key) for key in Table.__struct_fields__ if key in item}
            tables.append({"id": f"таблица-{item['number']}", **own})
        if item.pop("rows", ""):
            item |= {"kind": "rows", "table": f"таблица-{item['number']}"}
        elif above == GROUP:
            item |= {"kind": "row", "table": f"таблица-{above}"}
    return {**values, "tables": tables}


def renamed(form: Form) -> Form:
    """With its tables called by what is in them, not by a name that the file has for them."""
    names = {table.id: "/".join(column.id for column in table.columns) for table in form.tables}
    items = tuple(replace(item, table=names.get(item.table, "")) for item in form.items)
    return replace(form, items=items, tables=tuple(replace(table, id=names[table.id]) for table in form.tables))


def test_a_form_written_in_short_is_the_form_with_its_tables_apart(tmp_path: Path):
    short, full = load_form(DATA / "form-88.toml"), loaded(tmp_path, as_toml(with_tables_apart(good("88"))))
    assert renamed(short) == renamed(full)
    assert {type(item) for item in short.items} == {type(item) for item in full.items}
    assert [table.id for table in short.tables] == [GROUP, LIST]
    assert short.item(LIST).kind is Kind.ROWS
    assert {item.kind for item in short.items if item.parent == GROUP} == {Kind.ROW}


@pytest.mark.parametrize(
    ("before", "after", "said", "line"),
    [
        ('id = "овз"', 'id = "о в з"', "пункт 1, столбец «о в з», ключ id", 'id = "о в з"'),
        ('title = "из них с ОВЗ"', 'title = "Всего"', "пункт 1, столбец «овз», ключ title", 'title = "Всего"\nsp'),
        ('kind = "date"', 'kind = "group"', "пункт 6, столбец «дата», ключ kind", 'kind = "group"\ntitle = "Дата"'),
        ('kind = "date"', 'kind = "day"', "«6»), columns, запись 1 («дата»), kind", 'kind = "day"'),
        ("at_least = 1", "at_least = -1", "пункт 6, ключ at_least", "at_least = -1"),
        ('label = ["Класс"]', "at_least = 1", "пункт 1, ключ at_least: при kind = «group»", "at_least = 1\n"),
        ('label = ["Класс"]', 'closed = ["1.1/дети"]', "пункт 1, ключ closed, запись 1", 'closed = ["1.1/дети"]'),
        ('number = "1.3"', 'number = "1.3"\nkind = "number"', "пункт 1.3, ключ kind: пункт 1 — таблица", 'kind = "n'),
        ('rows = "free"\n', "", "пункт 6, ключ kind: столбцы есть, а чьи строки", '[[items]]\nnumber = "6"'),
        ('id = "всего"\nkind = "number"', 'id = "всего"\nkind = "rows"', "«всего», ключ kind", 'kind = "rows"'),
        ("[[relations]]", '[[tables]]\nid = "6"\ncolumns = []\n\n[[relations]]', "id «6» — номер пункта", "[[tables]]"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_where_it_has_been_written(before: str, after: str, said: str, line: str, tmp_path: Path):
    assert before in TEXT
    text = TEXT.replace(before, after, 1)
    with pytest.raises(UsageError) as refused:
        loaded(tmp_path, text)
    assert said in str(refused.value)
    places = [text[:at].count("\n") + 1 for at in range(len(text)) if text.startswith(line, at)]
    assert any(f", строка {place}: " in str(refused.value) for place in places)


def test_lines_in_a_table_that_stands_apart_are_counted_there(tmp_path: Path):
    values = with_tables_apart(good("88"))
    item = next(one for one in values["items"] if one["number"] == LIST)
    del item["kind"]
    item |= {"rows": "free", "at_least": 2}
    with pytest.raises(UsageError, match=r"пункт 6, ключ at_least: .*таблице «таблица-6»: перенесите .*\[\[tables\]\]"):
        loaded(tmp_path, as_toml(values))


def test_columns_over_no_rows_are_a_heading_over_nothing(tmp_path: Path):
    values = good("88")
    values["items"] = [one for one in values["items"] if not one["number"].startswith("1.")]
    with pytest.raises(UsageError, match=r"пункт 1, ключ kind: это заголовок, а под ним нет ни одного пункта"):
        loaded(tmp_path, as_toml(values))


@pytest.mark.parametrize(
    ("of_column", "of_row", "is_heard"),
    [
        ("decimals = 1", "decimals = 0", False),
        ('add = "mean"', 'add = "sum"', False),
        ("min = -60", "min = 0", False),
        ("add_periods = false", "add_periods = true", False),
        ("decimals = 1", "decimals = 2", True),
        ("decimals = 1", "", True),
        ("decimals = 0", "decimals = 0", True),
        ('unit = "km", decimals = 1', "decimals = 0", True),  # of a column that names its unit no row speaks
    ],
)
def test_a_row_that_takes_back_what_its_column_says_is_heard_or_refused(
    of_column: str, of_row: str, is_heard: bool, tmp_path: Path
):
    text = (DATA / "form-heat.toml").read_text("utf-8")
    text = text.replace('title = "Всего", required = true', f'title = "Всего", required = true, {of_column}')
    path = tmp_path / "form-heat.toml"
    path.write_text(text.replace('title = "Автобусов, ед."', f'title = "Автобусов, ед."\n{of_row}'), "utf-8")
    if is_heard:
        assert load_form(path).cells_of("1")[0].kind is Kind.NUMBER
        return
    with pytest.raises(UsageError, match=f"пункт 1, ключ {of_row.split()[0]}: графа «Всего» говорит другое"):
        load_form(path)
