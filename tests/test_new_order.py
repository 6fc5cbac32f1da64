"""The draft of a form from an order's text: all that the words say is found, and every guess is said to be one."""

import re
import tomllib
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from docx import Document

from pipeline.commands.form import described
from pipeline.commands.new_order import draft_form
from pipeline.drafting.dates import days_in, shares_in, unclear_in
from pipeline.drafting.draft import Draft, drafted
from pipeline.drafting.kinds import asked
from pipeline.drafting.opening import Row, read_order, rows_of_text
from pipeline.drafting.order import understood
from pipeline.drafting.people import grades_in
from pipeline.settings import Limits, Settings
from schemas.form import Form, Kind, load_form
from schemas.likeness import plain
from tests.form_variants import DATA
from tests.test_cli import one_russian_sentence, svod

ORDER = Path(__file__).parent / "data" / "order-547.txt"  # as the office has issued it, without names of persons
KNOWN = load_form("form-547")
ROWS = read_order(ORDER, Limits())
HEAD = "Отдел питания\nПРИКАЗ\nот 20.08.2025 № 81-од\nО переходе на горячее питание\nПРИКАЗЫВАЮ:\n"
REPORTS = "1. Представлять отчёты до 30 сентября и 15 ноября 2025 г.\n"
FORM = "Отчёт о горячем питании\nв ____\nпо состоянию на ____\n№ | Показатель | Сведения\n"


def draft_of(rows: list[Row], name: str = "form-81") -> Draft:
    return drafted(understood(rows), name, KNOWN)


def draft_of_text(text: str) -> Draft:
    return draft_of(rows_of_text(text))


def loaded(draft: Draft, folder: Path, name: str = "form-81") -> Form:
    path = folder / f"{name}.toml"
    path.write_text(draft.text, "utf-8")
    return load_form(path)


def line_of(draft: Draft, number: str, key: str) -> str:
    """The line of that key of the item, with its mark."""
    block = draft.text.split(f'number = "{number}"\n')[1].split("\n\n")[0]
    return next((line for line in block.splitlines() if re.match(rf"(# )?{key} =", line)), "")


@pytest.fixture(scope="module")
def draft() -> Draft:
    return draft_of(ROWS, "form-547")


@pytest.fixture(scope="module")
def form(draft: Draft, tmp_path_factory: pytest.TempPathFactory) -> Form:
    return loaded(draft, tmp_path_factory.mktemp("draft"), "form-547")


# ── the order whose form is known ────────────────────────────────────────────────────────────────────────────


def test_every_item_is_found_with_its_kind_and_whom_it_is_about(form: Form):
    def what(of: Form) -> list[tuple[object, ...]]:
        return [(i.number, i.kind, i.asks, i.base, i.classes, i.optional, i.may_be_not_provided) for i in of.items]

    assert what(form) == what(KNOWN)


def test_items_have_the_words_of_the_order(form: Form):
    for item in form.items:
        assert plain(item.title) in map(plain, KNOWN.item(item.number).wordings)
    assert form.item("2").blank == "«___________»"
    assert form.item("12").hint == KNOWN.item("12").hint


def test_the_order_is_told_by_its_own_words(form: Form):
    assert (form.order.number, form.order.date, form.office) == ("547", KNOWN.order.date, KNOWN.office)
    assert form.title == KNOWN.title
    assert form.recognise.note == KNOWN.recognise.note
    assert form.problems == KNOWN.problems
    assert form.cumulative


def test_no_date_of_the_order_is_lost(form: Form):
    assert form.order.reporting_dates == KNOWN.order.reporting_dates
    assert [paper.due for paper in form.order.papers] == [paper.due for paper in KNOWN.order.papers]
    assert form.targets == KNOWN.targets
    assert [[(m.due, m.since) for m in stage.measures] for stage in form.stages] == [
        [(m.due, m.since) for m in stage.measures] for stage in KNOWN.stages
    ]


def test_an_item_has_its_deadline_or_is_said_to_have_none(draft: Draft, form: Form):
    assert [i.number for i in KNOWN.due_items if form.item(i.number).due != i.due] == ["7"]
    assert line_of(draft, "7", "due").startswith("# due =   # проверить:")


def test_the_plan_is_for_the_item_that_it_speaks_of(form: Form):
    assert form.headline.item == KNOWN.headline.item
    assert form.base(form.headline_item.base).part_of == "parents"


def test_every_guess_is_counted(draft: Draft):
    assert draft.doubts == sum("проверить:" in line for line in draft.text.splitlines()[3:])
    assert "проверить: срок взят у" in line_of(draft, "3", "due")
    assert "проверить" not in line_of(draft, "1", "due")


# ── the same order in other files ────────────────────────────────────────────────────────────────────────────


def as_word(rows: list[Row]) -> bytes:
    document = Document()
    width = max(len(row.cells) for row in rows)
    table = None
    for row in rows:
        if not row.is_table:
            document.add_paragraph(row.text)
            table = None
        else:
            table = table or document.add_table(0, width)
            for cell, text in zip(table.add_row().cells, row.cells, strict=False):
                cell.text = text
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def as_workbook(rows: list[Row]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    at = 0
    for row, before in zip(rows, [None, *rows], strict=False):
        at += 1 + (before is not None and before.is_table and not row.is_table)  # a gap below a table
        for column, text in enumerate(row.cells, start=2):
            sheet.cell(at, column, text or None)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def as_lines(rows: list[Row], sign: str) -> bytes:
    return "\n".join(sign.join(row.cells) if row.is_table else row.text for row in rows).encode()


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("order.docx", as_word),
        ("order.xlsx", as_workbook),
        ("bars.txt", lambda rows: as_lines(rows, " | ")),
        ("tabs.txt", lambda rows: as_lines(rows, "\t")),
        ("windows.txt", lambda rows: ORDER.read_text("utf-8").encode("cp1251")),
        ("unicode.txt", lambda rows: ORDER.read_text("utf-8").encode("utf-16")),
    ],
)
def test_the_draft_is_the_same_from_every_kind_of_file(
    name: str, written: Callable[[list[Row]], bytes], draft: Draft, tmp_path: Path
):
    path = tmp_path / name
    path.write_bytes(written(ROWS))
    assert draft_of(read_order(path, Limits()), "form-547").text == draft.text


def test_a_table_pasted_a_cell_a_line_is_read_as_a_table():
    text = "№\nМероприятия\nВыполнение\n1.\nКто отвечает\n(Ф.И.О., должность)\n2. Охват детей питанием\n"
    text += "% от имеющих право на льготу\n(__ классы)\nПримечание: сдаётся в срок\n"
    assert [row.cells for row in rows_of_text(text)] == [
        ("№", "Мероприятия", "Выполнение"),
        ("1", "Кто отвечает", "(Ф.И.О., должность)"),
        ("2", "Охват детей питанием", "% от имеющих право на льготу (__ классы)"),
        ("Примечание: сдаётся в срок",),
    ]


# ── another order ────────────────────────────────────────────────────────────────────────────────────────────


def test_another_order_becomes_a_form_that_loads(tmp_path: Path):
    rows = "1 | Кто отвечает за питание | (ФИО, должность)\n2 | Получают горячее питание: | охват (__ чел. / в %)\n"
    rows += "2.1 | дети, имеющие право на льготу | % от имеющих право на льготу\n2.2 | работники | \n"
    rows += "3 | Меню на сайте школы | (да/нет)\n"
    form = loaded(
        draft_of_text(f"{HEAD}{REPORTS}2. Обеспечить к 01.10.2025 — 50–70 % льготников.\n{FORM}{rows}"), tmp_path
    )
    assert [i.kind for i in form.items] == [Kind.PERSON, Kind.GROUP, Kind.COVERAGE, Kind.COVERAGE, Kind.YES_NO]
    assert [base.registry for base in form.bases] == ["Обучающихся", "Работников всего", "Имеют право на льготу"]
    assert [(t.by.isoformat(), t.min, t.max) for t in form.targets] == [("2025-10-01", 50, 70)]
    assert [day.isoformat() for day in form.order.reporting_dates] == ["2025-09-30", "2025-11-15"]


def test_a_column_of_deadlines_beside_the_answers_gives_each_item_its_own():
    text = f"{HEAD}{REPORTS}Отчёт о питании\n№ | Мероприятие | Срок | Отметка о выполнении\n"
    draft = draft_of_text(f"{text}1 | Издать приказ | до 1 сентября 2025 г. | (реквизиты)\n")
    assert line_of(draft, "1", "due") == "due = 2025-09-01"


def test_a_deadline_in_words_is_quoted_and_no_day_is_made_of_it():
    stages = "Наименование | Мера | Сроки\n1. Этап | |\n | Осмотр кухни | до 01.10.2025\n | Ремонт | I квартал\n"
    table = (
        "Отчёт о питании\n№ | Мероприятие | Срок | Отметка о выполнении\n1 | Издать приказ | ежегодно | (реквизиты)\n"
    )
    draft = draft_of_text(f"{HEAD}{REPORTS}{stages}{table}")
    assert "в приказе срок «ежегодно»" in line_of(draft, "1", "due")
    measures = tomllib.loads(draft.text)["stages"][0]["measures"]
    assert [(one["title"], str(one.get("due", ""))) for one in measures] == [
        ("Осмотр кухни", "2025-10-01"),
        ("Ремонт", ""),
    ]
    assert "в приказе срок «I квартал»" in draft.text


@pytest.mark.parametrize(
    ("table", "measures"),
    [
        (
            "Этапы | Меры | Сроки\n1. Начало | |\n1.1. Первое | | до 01.10.2025\n | Осмотр |\n"
            "1.2. Второе | | зимой\n | Ремонт |\n",
            [("Осмотр", "2025-10-01"), ("Ремонт", "")],
        ),
        (
            "Меры | Сроки | Ответственные\nОсмотр | до 01.10.2025 | директор\nРемонт | | повар\n",
            [("Осмотр", "2025-10-01"), ("Ремонт", "")],
        ),
        ("№ | Меры | Сроки\n | Начало | \n1 | Осмотр | 01.10.2025\n", [("Осмотр", "2025-10-01")]),
    ],
    ids=["of a section", "beside those in charge", "by number"],
)
def test_a_measure_has_the_deadline_of_its_row_or_its_section_and_of_no_other(
    table: str, measures: list[tuple[str, str]]
):
    stages = understood(rows_of_text(f"{HEAD}{REPORTS}{table}{FORM}1 | Питание | %\n")).stages
    assert [
        (one.title, one.due.isoformat() if one.due else "") for stage in stages for one in stage.measures
    ] == measures


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3. Сдать итоги до 29 декабря.\n", "В дате «29 декабря» нет года, или такого дня не бывает"),
        ("3. Сдать итоги 31.11.2025.\n", "В дате «31.11.2025» нет года, или такого дня не бывает"),
        ("3. Сдавать отчёт до 3 числа месяца.\n", "Срок без даты («до 3 числа месяца»)"),
        ("3. Провести осмотр 05.12.2025.\n", "Дата 05.12.2025 («3. Провести осмотр 05.12.2025») никуда не вошла"),
    ],
    ids=["without a year", "no day", "a day of each month", "of something else"],
)
def test_a_date_that_finds_no_place_is_told(text: str, said: str):
    assert any(said in one for one in understood(rows_of_text(f"{HEAD}{REPORTS}{text}{FORM}1 | Питание | %\n")).left)


def test_a_table_of_several_columns_is_drafted_as_a_table_and_every_guess_says_so():
    table = (
        "№ | Категория | Питались, чел. | Цена дня, руб. | Всего, руб.\n1 | 2 | 3 | 4 | 5\n1 | 1–4 классы | | |\n"
        "1.1 | в том числе с ОВЗ | | х |\n2 | Итого | | |\n"
    )
    order = understood(rows_of_text(f"{HEAD}{REPORTS}Отчёт о питании\n{table}"))
    draft = drafted(order, "form-81", KNOWN)
    keys = tomllib.loads(draft.text)
    assert [(item["number"], item["kind"]) for item in keys["items"]] == [("1", "row"), ("1.1", "row"), ("2", "row")]
    [drawn] = keys["tables"]
    assert drawn["closed"] == ["1.1/цена"]
    assert [(one["id"], one["unit"], one.get("add")) for one in drawn["columns"]] == [
        ("питались", "people", None), ("цена", "roubles", "none"), ("всего", "roubles", None),
    ]  # fmt: skip
    assert keys["relations"] == [{"kind": "of_which", "item": "1.1/*", "of": ["1/*"]}]
    assert draft.text.count("вид угадан по заголовку графы") == len(drawn["columns"])


@pytest.mark.parametrize(
    ("title", "grades"),
    [
        ("с 5 по 9 класс", "5-9"), ("со 2-го по 4-й класс", "2-4"), ("5–9 и 11 классов", "5-9, 11"),
        ("учащихся 9 классов", "9"), ("учащиеся 9 класса", "9"), ("1-4-х классов", "1-4"), ("классы 5-9", "5-9"),
        ("1–4 классы и 5–9 классы", ""), ("в 3 классах", ""), ("Число классов 5", ""), ("п. 1 класса", ""),
        ("с 5 класса", ""), ("до 4 класса", ""), ("3 класса", ""),
    ],
)  # fmt: skip
def test_grades_are_read_where_they_are_clear(title: str, grades: str):
    assert grades_in(title) == grades


def test_prices_are_no_sum_and_what_the_directions_do_not_add_is_not_added(tmp_path: Path):
    path = tmp_path / "form-31.toml"
    draft_form(DATA / "order-31.txt", path, Settings(), date(2026, 1, 1))
    draft = load_form(path)
    sums = [one for one in draft.relations if one.kind == "sum"]
    assert {one.item for one in sums} == {"4/питались", "4/дето-дней", "4/всего"}
    assert {draft.item(number).add for one in sums for number in (one.item, *one.of)} == {"sum"}
    assert (draft.item("5").add, draft.item("6").add) == ("none", "sum")


@pytest.mark.parametrize("number", ["31", "88"])
def test_an_order_with_tables_is_drafted_to_a_form_that_loads(number: str, tmp_path: Path):
    """Held against the form that a person has made of the same order: items, kinds, columns, periods."""
    path = tmp_path / f"form-{number}.toml"
    made = draft_form(DATA / f"order-{number}.txt", path, Settings(), date(2026, 1, 1))
    assert made.refused == ""
    draft, known = load_form(path), load_form(DATA / f"form-{number}.toml")
    assert [(one.number, one.kind) for one in draft.items] == [(one.number, one.kind) for one in known.items]
    assert [one.title for one in draft.items] == [one.title for one in known.items]
    assert draft.period.every == known.period.every
    assert draft.order.reporting_dates == known.order.reporting_dates
    for mine, theirs in zip(draft.tables, known.tables, strict=True):
        assert [(c.title, c.kind) for c in mine.columns] == [(c.title, c.kind) for c in theirs.columns]
        assert len(mine.closed) == len(theirs.closed)
    kinds = {(one.kind, one.item.partition("/")[0]) for one in known.relations if one.kind != "ratio"}
    assert {(one.kind, one.item.partition("/")[0]) for one in draft.relations} == kinds
    assert path.read_text("utf-8").count("# проверить:") == made.doubts > 20
    bases = [[(base.registry, base.grades) for base in form.bases] for form in (draft, known)]
    assert bases[0] == bases[1]
    assert [draft.base(i.base).grades if i.base else "" for i in draft.items] == [
        known.base(i.base).grades if i.base else "" for i in known.items
    ]
    assert [[c.base for c in table.columns] for table in draft.tables] == [
        [c.base for c in table.columns] for table in known.tables
    ]
    shorts = [
        [form.unit(one.unit).short if one.unit else "" for one in form.questions if one.kind is Kind.NUMBER]
        for form in (draft, known)
    ]
    assert sum(mine == theirs for mine, theirs in zip(*shorts, strict=True)) >= 0.9 * len(shorts[0])


def test_grades_that_a_title_names_are_those_of_the_base(tmp_path: Path):
    rows = (
        "1 | Охват питанием обучающихся: | охват (__ чел. / в %)\n1.1 | 1-4-х классов | \n1.2 | 5–9 и 11 классов | \n"
    )
    rows += "2 | Осмотр учащихся (9-й класс) | % от числа обучающихся\n3 | Охват кружками обучающихся | % (__ классы)\n"
    draft = draft_of_text(f"{HEAD}{REPORTS}{FORM}{rows}")
    form = loaded(draft, tmp_path)
    assert [(form.base(i.base).grades, form.base(i.base).part_of) for i in form.coverage_items] == [
        ("1-4", "pupils"), ("5-9, 11", "pupils"), ("9", "pupils"), ("", ""),
    ]  # fmt: skip
    assert [base.registry for base in form.bases] == [
        "Обучающихся",
        "В 1–4 классах обучающихся",
        "В 5–9, 11 классах обучающихся",
        "В 9 классах обучающихся",
    ]
    assert draft.text.count("# проверить: классы взяты из названия") == 3
    assert "названы одни классы" in line_of(draft, "1.1", "kind")


def test_a_row_for_every_single_grade_asks_for_no_column_of_the_registry():
    table = "№ | Классы | Болели, чел.\n1 | 2 | 3\n1 | 1 класс | | \n2 | 2 класс | | \n"
    keys = tomllib.loads(draft_of_text(f"{HEAD}{REPORTS}Отчёт\n{table}").text)
    assert "bases" not in keys


@pytest.mark.parametrize(
    ("title", "hint", "done"),
    [
        ("Зарегистрировано обучающихся", "__ чел. / в %", ["зарегистрирован*"]),
        ("Обучающиеся, которые питаются в столовой", "__ чел. / в %", ["пита*"]),
        ("Обучающиеся", "__ чел. / в % (подключены к сети; занимались)", ["подключен*", "занима*"]),
        ("Охват обучающихся", "__ чел. / в % (указано в приказе)", []),  # of a paper
        ("Ознакомлены обучающиеся", "__ чел. / в %", []),  # Svod knows it
        ("Обучающиеся, не считая зачисленных", "__ чел. / в %. Не прикреплены не указываются.", []),  # left out
        ("Число обучающихся", "", []),  # no share
    ],
)
def test_what_was_done_with_people_is_drafted_from_the_words_of_shares(
    title: str, hint: str, done: list[str], tmp_path: Path
):
    draft = draft_of_text(f"{HEAD}{REPORTS}{FORM}1 | {title} | {hint}\n")
    keys = tomllib.loads(draft.text)
    assert keys.get("words", {}).get("done", []) == done
    assert ("что сделано с людьми" in draft.text) is bool(done)
    if done:
        assert list(loaded(draft, tmp_path).words.done) == done


def test_what_is_not_found_is_left_out_and_never_invented():
    keys = tomllib.loads(draft_of_text("Таблица\n№ | Показатель | Сведения\n1 | Питание | %\n").text)
    assert not {"office", "title", "headline", "second_card", "bases"} & set(keys)
    assert not {"number", "date"} & set(keys["order"])
    assert keys["order"]["reporting_dates"] == []


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("title", "hint", "kind", "is_sure"),
    [
        ("Назначение ответственного", "(Ф.И.О., должность)", Kind.PERSON, True),
        ("Назначение ответственного", "", Kind.PERSON, False),
        ("Наличие плана", "(реквизиты)", Kind.DOCUMENT, True),
        ("Локальные акты (указать названия)", "(реквизиты)", Kind.ACTS, True),
        ("Наличие ссылки на сайте", "(есть, нет)", Kind.YES_NO, True),
        ("Заполнение баз данных", "% от необходимого объёма", Kind.VOLUME, True),
        ("Обучение педагогов", "охват (в %)", Kind.COVERAGE, True),
        ("Доля учителей, прошедших курсы", "", Kind.COVERAGE, False),
        ("Охват питанием", "в %", Kind.VOLUME, False),
        ("Кто кормит", "одно из трёх", Kind.TEXT, False),
        ("Потрачено, тыс. руб.", "", Kind.NUMBER, False),
        ("Кто кормит (школа / комбинат)", "", Kind.CHOICE, False),
    ],
)
def test_the_kind_follows_from_the_words_and_a_guess_says_so(title: str, hint: str, kind: Kind, is_sure: bool):
    guess = asked(title, hint)
    assert (guess.kind, not guess.doubt) == (kind, is_sure)


def test_days_and_shares_as_orders_write_them():
    text = "с 01.09.2014г., до 30 января и 2 марта 2015 года, к 09.12 2013, 5 мая"
    assert [(one.day.isoformat(), one.is_from) for one in days_in(text)] == [
        ("2014-09-01", True), ("2015-01-30", False), ("2015-03-02", False), ("2013-12-09", False),
    ]  # fmt: skip
    assert unclear_in(text) == ["5 мая"]
    assert shares_in("к 20.02.2014 — от 30% до 40 %; 41–60 %; 100%") == [(30, 40), (41, 60), (100, 100)]


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_form_its_registry_and_a_blank_form_lie_beside_the_order(tmp_path: Path):
    order = tmp_path / "приказ.txt"
    order.write_bytes(ORDER.read_bytes())
    done = svod("new-order", order)
    names = ["form-547.toml", "form-547-реестр.xlsx", "form-547-бланк.xlsx"]
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split(" — ")[0] for line in done.stdout.splitlines()[:3]] == [str(tmp_path / name) for name in names]
    assert "24\u00a0пункта" in done.stdout
    assert done.stdout.splitlines()[-1] == f"Проверьте: run.py form {tmp_path / names[0]}"
    assert svod("form", tmp_path / names[0]).returncode == 0
    sheet = openpyxl.load_workbook(tmp_path / names[1])["Школы"]
    headings = [cell.value for cell in sheet[3]]
    assert {base.registry for base in load_form(tmp_path / names[0]).bases} <= set(headings)


def test_what_stands_there_is_never_overwritten_and_a_form_that_was_completed_gets_the_rest(tmp_path: Path):
    order, out = tmp_path / "приказ.txt", tmp_path / "form-81.toml"
    order.write_text(f"{HEAD}{FORM}1 | Охват учителей | %\n2 | Охват детей | %\n", "utf-8")
    first = svod("new-order", order, "--out", out)
    assert first.returncode == 0
    assert "order.reporting_dates" in first.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == [out.name, order.name]
    completed = out.read_text("utf-8").replace("reporting_dates = []", "reporting_dates = [2025-09-30]")
    out.write_text(completed, "utf-8")
    assert "Форма ещё не загружается" not in svod("new-order", order, "--out", out).stdout
    assert out.read_text("utf-8") == completed
    assert len([*tmp_path.glob("form-81-*.xlsx")]) == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("нет.txt", None),
        ("снимок.docx", b"%PDF-1.4 scan"),
        ("пусто.txt", b"\n\n"),
        ("двоичный.txt", b"\xd0\x00\x98\x01"),
    ],
)
def test_an_order_that_cannot_be_read_is_one_russian_sentence(name: str, content: bytes | None, tmp_path: Path):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = svod("new-order", tmp_path / name)
    assert done.returncode == 2
    assert one_russian_sentence(done.stderr)
    assert name in done.stderr


# ── orders as other offices write them ───────────────────────────────────────────────────────────────────────
SUMMER = (
    "Отдел отдыха\nПРИКАЗ\n«14» апреля 2026 года № 112-од\nО работе лагерей\nПРИКАЗЫВАЮ:\n"
    "1. Представлять отчёт: по итогам первой смены — до 29.06.2026, второй — до 27.07.2026.\n"
    "2. Охват детей группы риска: к 29.06.2026 — не менее 40 %, к 27.07.2026 — не менее 60 %.\n"
    "Отчёт о работе лагеря\nв ____\nпо состоянию на 1 ____ 2026 г.\n"
    "№ строки | Показатель | Сведения\n"
    "1 | Дата открытия смены |\n"
    "2 | Заключение (номер, дата) |\n"
    "3 | Охвачено детей группы риска (чел. / % от числа таких детей) |\n"
    "4 | Предписания исполнены (да / нет / частично) |\n"
    "5 | Формы отдыха (походы / экскурсии / спорт), можно несколько |\n"
    "6 | Программа на сайте (да / нет) |\n"
    "7 | Готовность столовой | готова / не готова / на ремонте\n"
    "8 | Температура в помещениях, °С: |\n8.1 | минимальная |\n8.2 | максимальная |\n"
    "9 | Пробег автобуса, км |\n"
)


def test_a_choice_of_three_is_no_yes_or_no_and_words_in_brackets_are_the_hint(tmp_path: Path):
    draft = draft_of_text(SUMMER)
    form = loaded(draft, tmp_path)
    kinds = {item.number: item.kind for item in form.items}
    assert [kinds[n] for n in ("1", "2", "4", "6", "7")] == [
        Kind.DATE, Kind.DOCUMENT, Kind.CHOICE, Kind.YES_NO, Kind.CHOICE,
    ]  # fmt: skip
    assert [one.title for one in form.item("4").choices] == ["да", "нет", "частично"]
    assert form.item("5").several
    assert not form.item("7").several
    assert form.item("3").asks == "people"
    assert "проверить: доля — «от числа таких детей»" in line_of(draft, "3", "base")
    below = form.item("8.1")
    assert (form.item("8").kind, below.kind, below.unit, below.min, below.add) == (
        Kind.GROUP, Kind.NUMBER, "degrees", -60, "none",
    )  # fmt: skip
    assert (form.item("9").unit, form.item("9").decimals) == ("kilometres", 1)
    assert (form.order.number, form.order.date) == ("112-од", date(2026, 4, 14))
    assert form.recognise.number[0] == "№ строки"


def test_the_day_before_the_blank_is_no_part_of_the_label(tmp_path: Path):
    form = loaded(draft_of_text(SUMMER), tmp_path)
    assert form.recognise.as_of[0] == "по состоянию на"
    head = SUMMER.replace("в ____\nпо состоянию на 1 ____ 2026 г.", "на ____ 2026 г.\nшкола ____")
    other = loaded(draft_of_text(head), tmp_path)
    assert other.recognise.school[0] == "школа"
    assert "на" not in other.recognise.school


def test_several_days_with_their_shares_in_one_sentence_are_one_plan(tmp_path: Path):
    form = loaded(draft_of_text(SUMMER), tmp_path)
    assert [(one.by, one.min, one.max) for one in form.targets] == [
        (date(2026, 6, 29), 40, 40),
        (date(2026, 7, 27), 60, 60),
    ]
    assert form.headline.item == "3"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("3 | Охвачено детей группы риска (чел. / % от числа таких детей) |\n", "План (к 29.06.2026 — 40 %"),
        ("", "Проценты («2. Охват детей группы риска: не менее 40 %»)"),
    ],
)
def test_shares_of_which_no_plan_comes_are_told(row: str, said: str):
    text = (
        SUMMER.replace(row, "")
        if row
        else SUMMER.replace("к 29.06.2026 — не менее 40 %, к 27.07.2026 — не менее 60 %.", "не менее 40 %")
    )
    draft = draft_of_text(text)
    assert f"# Не вошло: {said}" in draft.text.replace("\u00a0", " ")
    assert "\n[[targets]]" not in draft.text


BUSES = (
    "Отдел подвоза\nПРИКАЗ\nот 20.08.2026 № 301\nО подвозе\nПРИКАЗЫВАЮ:\n"
    "1. Ежемесячно, до 5 числа месяца, следующего за отчётным, начиная с сентября 2026 года представлять отчёт.\n"
    "СВЕДЕНИЯ о подвозе\nза ______ 2026 г.\nв ____\n"
    "№ | Показатель | Всего | в том числе собственные | Срок службы, лет\n"
    "1 | Автобусов, ед. | | |\n2 | Пробег, км | | |\n3 | Средний возраст, лет | | |\n"
    "Раздел 2. Маршруты\n"
    "№ п/п | Маршрут | Длина, км | Паспорт (номер, дата) | Есть ли стоянка (да/нет)\n1 | | | |\n2 | | | |\n"
    "4. Причины срыва рейсов: ____________\n"
)


def test_rows_of_different_things_say_their_units_and_what_is_no_sum(tmp_path: Path):
    draft = draft_of_text(BUSES)
    form = loaded(draft, tmp_path)
    total = {item.number: form.cells_of(item.number)[0] for item in form.items if item.kind is Kind.ROW}
    assert {n: (cell.unit, cell.add) for n, cell in total.items()} == {
        "1": ("units", "sum"), "2": ("kilometres", "sum"), "3": ("years", "none"),
    }  # fmt: skip
    for number, key in (("2", "unit"), ("3", "add")):
        assert "проверить:" in line_of(draft, number, key)
    [parts] = [one for one in form.relations if one.kind == "of_which"]
    assert parts.rows == ("1", "2")


def test_a_list_without_a_number_and_a_line_outside_of_tables_are_not_lost(tmp_path: Path):
    draft = draft_of_text(BUSES)
    form = loaded(draft, tmp_path)
    item = form.item("4")
    assert (item.kind, item.title) == (Kind.ROWS, "Маршруты")
    assert [column.kind for column in form.table(item.table).columns] == [
        Kind.TEXT, Kind.NUMBER, Kind.DOCUMENT, Kind.YES_NO,
    ]  # fmt: skip
    why = "под номером 2 в приказе есть и строка другой таблицы"
    assert f'[[items]]  # проверить: {why}\nnumber = "4"' in draft.text
    other = draft_of_text(BUSES.replace("Раздел 2. Маршруты", "Сведения о маршрутах"))
    assert '[[items]]  # проверить: в приказе у списка нет номера\nnumber = "4"' in other.text
    assert "# Не вошло: Строка «4. Причины срыва рейсов» стоит не в таблице" in draft.text


def test_titles_of_sections_are_lines_that_the_order_prints(tmp_path: Path):
    draft = draft_of_text(BUSES.replace("№ | Показатель | Всего", "Раздел 1. Автобусы\n№ | Показатель | Всего"))
    form = loaded(draft, tmp_path)
    assert form.recognise.note[1:] == ("Раздел 1. Автобусы", "Раздел 2. Маршруты")
    assert form.title == "СВЕДЕНИЯ о подвозе"


def test_a_table_with_years_of_service_is_no_stages():
    assert "[[stages]]" not in draft_of_text(BUSES).text


@pytest.mark.parametrize(
    ("rule", "head", "every", "ends", "due"),
    [
        (
            "ежемесячно, не позднее 5 числа месяца, следующего за отчётным, начиная с ноября 2026 года представлять",
            "за ______ 2026 г.", "month",
            [date(2026, 11, 30), date(2026, 12, 31)], [date(2026, 12, 5), date(2027, 1, 5)],
        ),
        (
            "ежеквартально, до 15 числа месяца, следующего за отчётным; первый отчёт — за III квартал 2026 года",
            "за ___ квартал 20__ года", "quarter",
            [date(2026, 9, 30), date(2026, 12, 31)], [date(2026, 10, 15), date(2027, 1, 15)],
        ),
        (
            "отчёт за 2026 год представить до 20.01.2027, за 2027 год — до 20.01.2028",
            "за 20__ год", "year",
            [date(2026, 12, 31), date(2027, 12, 31)], [date(2027, 1, 20), date(2028, 1, 20)],
        ),
    ],
)  # fmt: skip
def test_periods_and_their_deadlines_in_words(
    rule: str, head: str, every: str, ends: list[date], due: list[date], tmp_path: Path
):
    text = "Отдел\nПРИКАЗ\nот 20.08.2026 № 3\nО подвозе\nПРИКАЗЫВАЮ:\n"
    text += f"1. Школам {rule}.\nСведения о подвозе\n{head}\nв ____\n"
    draft = draft_of_text(f"{text}№ | Показатель | Значение\n1 | Перевезено детей, чел. |\n")
    form = loaded(draft, tmp_path)
    assert "проверить: не одни ли и те же люди" in line_of(draft, "1", "add_periods")
    assert (form.period.every, [*form.order.reporting_dates], [*form.period.due]) == (every, ends, due)


def test_what_is_sent_again_and_again_is_no_paper_and_a_paper_has_no_piece_of_a_date():
    text = (
        HEAD
        + (
            "1. Представлять сведения еженедельно по пятницам, начиная с 18.09.2025.\n"
            "2. Представить копию паспорта готовности до 15.09.2025.\n"
        )
        + REPORTS
        + FORM
        + "1 | Подготовлено классов, ед. |\n"
    )
    papers = re.search("papers = (.*)", draft_of_text(text).text)
    assert papers
    assert 'title = "Копия паспорта готовности", due = 2025-09-15' in papers[1]
    assert "еженедельно" not in papers[1]


def test_other_columns_of_problems_are_told():
    table = "Проблемы\n№ | Проблема | Нужно, тыс. руб. | Предлагаемое решение | Срок\n1 | | | |\n"
    draft = draft_of_text(HEAD + REPORTS + FORM + "1 | Подготовлено классов, ед. |\n" + table)
    solution = next(line for line in draft.text.splitlines() if line.startswith("solution"))
    assert solution.startswith('solution = ["Предлагаемое решение"')
    assert "проверить: графы «Нужно, тыс. руб.», «Срок» сюда не входят" in solution


# ── what only looks like an answer to what is asked ──────────────────────────────────────────────────────────
SHARE = "3 | Охвачено горячим питанием обучающихся (чел. / %) |\n"


@pytest.mark.parametrize(
    "plan",
    [
        "Увеличить охват горячим питанием обучающихся на 5 % к 01.10.2025 и на 10 % к 15.11.2025.",
        "В период с 01.10.2025 по 15.11.2025 охватить горячим питанием 30 % мальчиков и 40 % девочек.",
        "Отказы обучающихся от питания: к 01.10.2025 — не более 40 %, к 15.11.2025 — не более 60 %.",
        "С 01.10.2025 до 15.11.2025 охватить горячим питанием 30 % и 40 % обучающихся.",
        "Повысить охват горячим питанием обучающихся к 01.10.2025 на 5–10 %.",
        "Охват обучающихся: к 01.10.2025 — ниже 40 %.",
        "Охват горячим питанием обучающихся вырос с 35 % на 01.09.2024 до 42 % на 01.06.2025.",
    ],
)
def test_shares_that_are_no_plan_are_told_and_make_none(plan: str):
    text = draft_of_text(f"{HEAD}{REPORTS}2. {plan}\n{FORM}{SHARE}").text
    assert "\n[[targets]]" not in text
    assert "# Не вошло: Проценты («" in text


def test_of_several_shares_in_one_sentence_each_is_marked():
    plan = "2. Охват питанием обучающихся: к 01.10.2025 — 40 %, к 15.11.2025 — 60 %.\n"
    text = draft_of_text(HEAD + REPORTS + plan + FORM + SHARE).text
    assert text.count("[[targets]]  # проверить: процентов в предложении несколько") == 2
    one = draft_of_text(HEAD + REPORTS + "2. Охват питанием обучающихся: к 01.10.2025 — 40 %.\n" + FORM + SHARE).text
    assert one.count("\n[[targets]]\n") == 1


@pytest.mark.parametrize(
    ("title", "unit", "add"),
    [
        ("Количество километров пробега автобусов, км", "kilometres", "sum"),
        ("Пробег автобусов, количество тыс. км", "", "sum"),
        ("Количество угля, тыс. кг", "", "sum"),
        ("Сумма, млн руб.", "", "sum"),
        ("Сумма, тыс. руб.", "thousands", "sum"),
        ("Количество топлива, л на 100 км", "", "none"),
        ("Количество, л/100 км", "", "none"),
        ("Количество, км/ч", "", "none"),
        ("Количество чел. (тыс.)", "", "sum"),
        ("Срок службы котла, лет", "years", "none"),
    ],
)
def test_a_unit_is_what_is_counted_and_no_multiple_or_quotient(title: str, unit: str, add: str):
    draft = draft_of_text(f"{HEAD}{REPORTS}{FORM}1 | {title} |\n")
    said = line_of(draft, "1", "unit")
    assert said.startswith(f'unit = "{unit}"' if unit else "# unit = ")
    assert "проверить:" in said
    assert ("проверить:" in line_of(draft, "1", "add")) is (add == "none")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2. Причины срыва рейсов: ______", "2. Причины срыва рейсов"),
        ("Причины отказов: ________", "Причины отказов"),
        ("5. ______", "5."),
        ("Директор ____________", ""),
        ("Дата ________ 2025 г.", ""),
        ("«___» ________ 2025 г.", ""),
    ],
)
def test_a_line_to_be_filled_in_below_the_table_is_told_and_a_signature_is_not(line: str, said: str):
    text = draft_of_text(f"{HEAD}{REPORTS}{FORM}1 | Обедов, ед. |\n2 | Автобусов, ед. |\nИтог\n{line}\n").text
    assert (f"# Не вошло: Строка «{said}» стоит не в таблице" in text) is bool(said)
    assert ("стоит не в таблице" in text) is bool(said)


def test_a_table_with_days_of_closing_is_the_orders_stages(tmp_path: Path):
    table = "№ | Предписание | Срок закрытия\n1 | Ремонт кровли | 01.10.2025\n2 | Осмотр котла | 05.10.2025\n"
    form = loaded(draft_of_text(HEAD + REPORTS + table + FORM + "1 | Ремонт кровли выполнен |\n"), tmp_path)
    assert [measure.due for stage in form.stages for measure in stage.measures] == [
        date(2025, 10, 1),
        date(2025, 10, 5),
    ]
    assert form.item("1").title == "Ремонт кровли выполнен"


@pytest.mark.parametrize(
    ("columns", "of"),
    [
        ("Питается, чел. | Стоимость, руб. | в том числе льготники, чел.", ["*/питается"]),
        ("Сумма, руб. | Стоимость, руб. | в том числе льготники, чел.", []),
        ("Питается, чел. | Число рейсов | из них льготники", ["*/число"]),
    ],
)
def test_a_part_is_of_the_column_before_that_counts_the_same(columns: str, of: list[str]):
    table = f"Отчёт\nв ____\nпо состоянию на ____\n№ | Показатель | {columns}\n1 | Завтраки | | |\n2 | Обеды | | |\n"
    text = draft_of_text(HEAD + REPORTS + table).text
    found = re.findall(r'kind = "of_which"\n.*\nof = \["(.*)"\]', text)
    assert found == of


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Наличие градусников в классах", Kind.YES_NO),
        ("Проведена ли минутка безопасности", Kind.YES_NO),
        ("Кто проводит физкультурные минуты", Kind.PERSON),
        ("Ф.И.О. директора (фамилия / имя / отчество)", Kind.PERSON),
        ("Дата и время начала (число / месяц / год)", Kind.DATE),
        ("Пробег (план / факт / отклонение)", Kind.TEXT),
        ("Численность (всего / девочек / мальчиков)", Kind.TEXT),
        ("Пробег автобуса за день, км", Kind.NUMBER),
        ("Питание (завтрак / обед / полдник)", Kind.CHOICE),
        ("Котёл (годен / не годен / плановый ремонт)", Kind.CHOICE),
    ],
)
def test_a_word_for_a_unit_is_no_unit_and_pieces_of_one_answer_are_no_choices(title: str, kind: Kind):
    found = asked(title, "")
    assert found.kind is kind
    assert found.doubt


PREAMBLES = [
    (
        "По итогам работы за 2024 год, приказ от 12.02.2025 № 5,",
        "за 20__ год",
        "за 2025 год представить до 01.09.2026, за 2026 год — до 20.01.2027",
    ),
    ("Во исполнение программы за 2025 год (утверждена 03.03.2026)", "за 20__ год", "за 2026 год — до 20.01.2027"),
    (
        "По итогам проверки за II квартал 2024 года",
        "за ___ квартал 20__ года",
        "за IV квартал 2026 года — ежеквартально",
    ),
    ("Начиная с января 2025 года работают котельные.", "за ______ 2026 г.", "начиная с отчёта за декабрь 2026 года"),
]


@pytest.mark.parametrize(("reason", "head", "rule"), PREAMBLES)
def test_periods_are_those_of_the_orders_points_and_end_after_it(reason: str, head: str, rule: str, tmp_path: Path):
    text = f"Отдел\nПРИКАЗ\nот 20.08.2026 № 3\nО подвозе\n{reason}\nПРИКАЗЫВАЮ:\n"
    text += f"1. Отчёты за II квартал 2026 года и за май 2026 года хранить.\n2. Школам представлять отчёт {rule}.\n"
    text += f"Сведения о подвозе\n{head}\nв ____\n№ | Показатель | Значение\n1 | Перевезено детей, чел. |\n"
    form = loaded(draft_of_text(text), tmp_path)
    assert form.order.reporting_dates == (date(2026, 12, 31),)


def test_a_word_of_a_papers_title_makes_it_no_report():
    points = (
        "2. Представить план ежемесячных мероприятий до 15.09.2025.\n"
        "3. Представлять сведения ежемесячно, начиная с 18.09.2025.\n"
    )
    papers = re.search("papers = (.*)", draft_of_text(HEAD + REPORTS + points + FORM + "1 | Обедов, ед. |\n").text)
    assert papers
    assert papers[1].count("due =") == 1
    assert "План ежемесячных мероприятий" in papers[1]


# ── other shapes of orders ───────────────────────────────────────────────────────────────────────────────
IN_PARTS = """№ п/п | Предмет | Сдавали экзамен, чел. | Получили оценку, чел. | | | Средний балл
 | | | «5» | «4» | «3» |
1 | Русский язык | | | | |
2 | Математика | | | | |
"""


def test_headings_that_are_parted_below_are_columns_each(tmp_path: Path):
    form = loaded(draft_of_text(f"{HEAD}{REPORTS}Отчёт\nв ____\nпо состоянию на ____\n{IN_PARTS}"), tmp_path)
    assert [column.title for column in form.tables[0].columns] == [
        "Сдавали экзамен, чел.", "Получили оценку, чел. «5»", "Получили оценку, чел. «4»", "Получили оценку, чел. «3»",
        "Средний балл",
    ]  # fmt: skip
    assert [item.title for item in form.items] == ["Русский язык", "Математика"]


def test_codes_and_units_right_of_the_titles_are_no_answers(tmp_path: Path):
    table = "Показатели | Ед. изм. | Код строки | Всего | из них 1–4 классы\n1 | 2 | 3 | 4 | 5\n"
    rows = "Мест | мест | 01 | | \nПитаются | чел. | 02 | | \n"
    form = loaded(draft_of_text(f"{HEAD}{REPORTS}Отчёт\nв ____\nпо состоянию на ____\n{table}{rows}"), tmp_path)
    assert [(item.number, item.title, item.unit) for item in form.items] == [
        ("1", "Мест", "places"), ("2", "Питаются", "people"),
    ]  # fmt: skip
    assert [column.title for column in form.tables[0].columns] == ["Всего", "из них 1–4 классы"]


def test_cards_keep_what_tells_columns_apart():
    draft = draft_of_text(f"{HEAD}{REPORTS}Отчёт\nв ____\nпо состоянию на ____\n{IN_PARTS}")
    assert [card["title"] for card in tomllib.loads(draft.text)["cards"]] == [
        "Сдавали экзамен", "Получили оценку «5»", "Получили оценку «4»",
    ]  # fmt: skip


def test_a_row_of_units_belongs_to_the_headings(tmp_path: Path):
    table = "№ | Показатель | Всего | в том числе | \n | | | девочек | мальчиков\n | | чел. | чел. | чел.\n"
    rows = "1 | Обучающихся | | | \n2 | Выпускников | | | \n"
    form = loaded(draft_of_text(f"{HEAD}{REPORTS}Отчёт\nв ____\nпо состоянию на ____\n{table}{rows}"), tmp_path)
    assert [(column.title, column.unit) for column in form.tables[0].columns] == [
        ("Всего, чел.", "people"), ("в том числе девочек, чел.", "people"), ("в том числе мальчиков, чел.", "people"),
    ]  # fmt: skip


@pytest.mark.parametrize("heading", ["Показатель | Количество, ед.", "Показатель | Ед. изм. | Значение"])
def test_a_unit_beside_the_titles_makes_figures_of_them(heading: str, tmp_path: Path):
    unit = " | ед. | " if "изм" in heading else " | "
    rows = "".join(f"{n} | {title}{unit}\n" for n, title in (("1", "Всего случаев"), ("1.1", "из них на переменах")))
    form = loaded(draft_of_text(f"{HEAD}{REPORTS}Отчёт\nв ____\nпо состоянию на ____\n№ | {heading}\n{rows}"), tmp_path)
    assert [(item.number, item.kind, item.unit) for item in form.items] == [
        ("1", Kind.NUMBER, "units"), ("1.1", Kind.NUMBER, "units"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("headings", "kind", "choices"),
    [
        ("Да | Нет", Kind.YES_NO, []),
        ("Да | Нет | Частично", Kind.CHOICE, ["Да", "Нет", "Частично"]),
        ("Готово | Не готово", Kind.CHOICE, ["Готово", "Не готово"]),
        ("Да | Нет | Примечание", Kind.YES_NO, []),
        ("Да | Нет | Частично | Комментарий", Kind.CHOICE, ["Да", "Нет", "Частично"]),
    ],
)
def test_columns_to_be_marked_are_the_answers_of_one_item(
    headings: str, kind: Kind, choices: list[str], tmp_path: Path
):
    blanks = " | " * headings.count("|")
    table = f"№ | Вопрос | {headings}\n1 | Имеется версия для слабовидящих | {blanks}\n2 | Настроена связь | {blanks}\n"
    draft = draft_of_text(f"{HEAD}{REPORTS}Отчёт\nв ____\nпо состоянию на ____\n{table}")
    form = loaded(draft, tmp_path)
    assert not form.tables
    assert [(item.kind, [one.title for one in item.choices]) for item in form.items] == [(kind, choices)] * 2
    notes = [one for one in ("Примечание", "Комментарий") if one in headings]
    assert [*re.findall(r"# Не вошло: Графа «(.*)» не вошла", draft.text)] == notes


def test_answers_that_the_order_has_crossed_out_are_none(tmp_path: Path):
    rows = "1 | Двери закрыты | | | х\n2 | Ф.И.О. дежурного | х | х | х\n3 | Окна целы | | | \n"
    table = f"№ | Вопрос | Да | Нет | Частично\n{rows}"
    draft = draft_of_text(f"{HEAD}{REPORTS}Отчёт\nв ____\nпо состоянию на ____\n{table}")
    assert [item.kind for item in loaded(draft, tmp_path).items] == [Kind.YES_NO, Kind.TEXT, Kind.CHOICE]
    assert "графы ответа в приказе закрыты знаком «х»" in line_of(draft, "2", "kind")


@pytest.mark.parametrize("heading", ["Да/нет", "да / нет", "Исправна (+/−)", "Исправна (+/-)", "Есть, нет"])
def test_a_column_of_yes_or_no_is_no_figure(heading: str, tmp_path: Path):
    table = f"№ | Критерий | {heading} | Примечание\n1 | Двери | | \n2 | Окна | | \n"
    form = loaded(draft_of_text(f"{HEAD}{REPORTS}Отчёт\nв ____\nпо состоянию на ____\n{table}"), tmp_path)
    assert [(one.kind, one.optional) for one in form.tables[0].columns] == [(Kind.YES_NO, False), (Kind.TEXT, True)]
    assert not form.cards


def test_headings_of_all_plain_tables_are_known_to_the_reader(tmp_path: Path):
    ticked = "№ | Вопрос | Да | Нет | Примечание\n1 | Двери закрыты | | | \n2 | Окна закрыты | | | \n"
    plain_table = "\nРаздел 2. Затраты\n№ | Показатель | Ответ\n3 | Затраты, тыс. руб. | \n4 | Мест, ед. | \n"
    text = f"{HEAD}{REPORTS}Отчёт\nв ____\nпо состоянию на ____\n{ticked}{plain_table}"
    known = loaded(draft_of_text(text), tmp_path).recognise
    assert (known.measure[:2], known.answer[0]) == (("Вопрос", "Показатель"), "Ответ")


@pytest.mark.parametrize(
    "table",
    [
        "Должность | Подпись | Дата\nДиректор | | \nЗавхоз | | \n",
        "Кто | Ф.И.О. | Дата\nДиректор | | \nГлавный бухгалтер | | \n",
    ],
)
def test_a_table_of_signatures_is_no_form(table: str, tmp_path: Path):
    text = f"{HEAD}{REPORTS}{FORM}1 | Число мест, ед. |\n\nПодписи:\n{table}"
    draft = draft_of_text(text)
    assert [item.number for item in loaded(draft, tmp_path).items] == ["1"]
    assert "# Не вошло: Таблица " in draft.text


def test_a_line_with_a_roman_number_over_a_table_is_the_title_of_its_items(tmp_path: Path):
    rows = "I.1 | Двери закрыты | | \nI.2 | Окна закрыты | | \n"
    table = f"I. Общие вопросы\n№ | Вопрос | Да | Нет\n{rows}"
    form = loaded(draft_of_text(f"{HEAD}{REPORTS}Отчёт\nв ____\nпо состоянию на ____\n{table}"), tmp_path)
    assert [(item.number, item.kind, item.title) for item in form.items] == [
        ("1", Kind.GROUP, "Общие вопросы"),
        ("1.1", Kind.YES_NO, "Двери закрыты"),
        ("1.2", Kind.YES_NO, "Окна закрыты"),
    ]


def test_roman_numbers_over_items_in_digits_are_those_of_sections(tmp_path: Path):
    rows = "I | Кадры | \n1 | Педагогов, чел. |\n2 | Вакансий, ед. |\nII | Здания | \n3 | Зданий, ед. |\n"
    draft = draft_of_text(f"{HEAD}{REPORTS}{FORM}{rows}")
    found = {item.title: item.number for item in loaded(draft, tmp_path).items}
    assert [found[title] for title in ("Педагогов, чел.", "Вакансий, ед.", "Зданий, ед.")] == ["1", "2", "3"]
    assert "встречается второй раз" not in draft.text


def test_roman_numbers_and_zeros_before_a_number_are_numbers(tmp_path: Path):
    rows = "I | Обучающиеся, чел. |\nI.1 | из них сироты, чел. |\nII | Семьи, ед. |\n03 | Мероприятия, ед. |\n"
    form = loaded(draft_of_text(f"{HEAD}{REPORTS}{FORM}{rows}"), tmp_path)
    assert [item.number for item in form.items] == ["1", "1.1", "2", "3"]


def test_a_third_level_in_a_table_is_told_and_breaks_nothing():
    rows = "1 | Дети | | \n1.1 | из них с ОВЗ | | \n1.1.1 | слабовидящие | | \n"
    table = f"№ | Категория | Всего, чел. | Мальчики, чел.\n{rows}"
    draft = draft_of_text(f"{HEAD}{REPORTS}Отчёт\nв ____\nпо состоянию на ____\n{table}")
    assert "# Не вошло: Пункт 1.1.1 " in draft.text


@pytest.mark.parametrize(
    "point",
    [
        "1. Представить сведения по форме (приложение) по состоянию на 01.10.2025, 01.12.2025 и 01.02.2026.",
        "Представить сведения по форме до 01.10.2025, до 01.12.2025 и до 01.02.2026.",
        "1. Представлять информацию о ходе ремонта на 01.10.2025, 01.12.2025, 01.02.2026.",
    ],
)
def test_what_is_given_by_a_form_or_on_several_days_is_a_report(point: str):
    draft = draft_of_text(f"{HEAD}{point}\n{FORM}1 | Число мест, ед. |\n")
    assert "reporting_dates = [2025-10-01, 2025-12-01, 2026-02-01]" in draft.text
    assert "papers" not in draft.text
    assert "# Не вошло" not in draft.text
    assert "отчётные ли это даты" in next(one for one in draft.text.splitlines() if one.startswith("reporting_dates"))


AS_OF = "по состоянию на 01.10.2025 до 05.10.2025 и по состоянию на 01.12.2025 до 05.12.2025"


@pytest.mark.parametrize(
    ("points", "reporting", "papers", "told"),
    [
        (
            "1. Представить информацию по форме до 10.10.2025; копию приказа направить до 15.09.2025.\n",
            ["2025-10-10"], ["2025-09-15"], [],
        ),
        (
            "1. Направить копию приказа до 15.09.2025, информацию по форме — до 10.10.2025 и 10.12.2025.\n",
            ["2025-10-10", "2025-12-10"], [], ["15.09.2025"],
        ),
        ("1. До 10.10.2025 представить информацию по форме.\n", ["2025-10-10"], [], []),
        (
            "1. Направить план до 10.09.2025 и список до 20.09.2025.\n2. Сдать сведения по форме до 01.10.2025.\n",
            ["2025-10-01"], ["2025-09-10"], ["20.09.2025"],
        ),
        (
            "1. Провести мониторинг и направить справку до 20.09.2025.\n2. Представить сведения на 01.10.2025.\n",
            ["2025-10-01"], ["2025-09-20"], [],
        ),
        (f"1. Представить сведения {AS_OF}.\n", ["2025-10-01", "2025-12-01"], [], ["05.10.2025", "05.12.2025"]),
        (f"1. Представить отчёты {AS_OF}.\n", ["2025-10-01", "2025-12-01"], [], ["05.10.2025", "05.12.2025"]),
        (
            "1. Представить отчёт на 01.10.2025 в срок до 05.10.2025, а итоговый до 01.12.2025.\n",
            ["2025-10-01", "2025-12-01"], [], ["05.10.2025"],
        ),
    ],
)  # fmt: skip
def test_a_deadline_of_papers_is_no_reporting_date(
    points: str, reporting: list[str], papers: list[str], told: list[str]
):
    draft = draft_of_text(f"{HEAD}{points}{FORM}1 | Число мест, ед. |\n")
    keys = tomllib.loads(draft.text)["order"]
    assert [day.isoformat() for day in keys["reporting_dates"]] == reporting
    assert [paper["due"].isoformat() for paper in keys.get("papers", [])] == papers
    assert re.findall(r"# Не вошло: Дата (\S+)", draft.text) == told


def test_quarters_of_one_sentence_have_a_deadline_each(tmp_path: Path):
    rule = "1. Представлять мониторинг: за III квартал — до 05.10.2025, за IV квартал — до 15.01.2026.\n"
    form = loaded(
        draft_of_text(f"{HEAD}{rule}Мониторинг\nв ____\nза ____ квартал 20__ года\n{FORM[-30:]}1 | Мест, ед. |\n"),
        tmp_path,
    )
    assert form.order.reporting_dates == (date(2025, 9, 30), date(2025, 12, 31))
    assert form.period.due == (date(2025, 10, 5), date(2026, 1, 15))


def test_figures_since_the_new_year_are_drafted_as_such(tmp_path: Path):
    rule = "1. Отчёт представлять до 3 числа месяца, следующего за отчётным, начиная с отчёта за сентябрь 2025 года.\n"
    head = "Отчёт\nв ____\nза январь – ______ 20__ г. (нарастающим итогом с начала года)\n"
    form = loaded(draft_of_text(f"{HEAD}{rule}{head}{FORM[-30:]}1 | Фонд, тыс. руб. |\n"), tmp_path)
    assert (form.period.every, form.period.counts, form.cumulative) == ("month", "since_new_year", False)
    assert form.order.reporting_dates[0] == date(2025, 9, 30)


def test_a_school_with_a_year_behind_it_is_no_date():
    above = "Отчёт\nшкола № ____ 2025 г.\nпо состоянию на ____\n"
    text = f"{HEAD}{REPORTS}{above}№ | Показатель | Сведения\n1 | Число мест, ед. |\n"
    as_of = next(line for line in draft_of_text(text).text.splitlines() if line.startswith("as_of"))
    assert "школа" not in as_of


def test_a_list_below_the_date_is_not_called_by_it():
    table = "№ | Здание (адрес) | Мест, ед. | Этажей, ед.\n1 | | | \n2 | | | \n"
    draft = draft_of_text(f"{HEAD}{REPORTS}Отчёт\nв ____\nпо состоянию на ____\n{table}")
    assert 'title = "Здание (адрес)"' in draft.text
    assert 'title = "по состоянию' not in draft.text


def test_an_order_without_a_plan_puts_nobody_behind():
    draft = draft_of_text(f"{HEAD}{REPORTS}{FORM}1 | Доля обучающихся, получающих питание (чел. / %) |\n")
    assert "[headline]" in draft.text
    assert "отстающие" not in draft.text


def test_rows_without_numbers_are_numbered_and_said_to_be(tmp_path: Path):
    """Also where two tables of a text document stand one right below the other."""
    document = Document()
    for line in f"{HEAD}{REPORTS}Отчёт\nв ____\nпо состоянию на ____".splitlines():
        document.add_paragraph(line)
    stages = [
        ("Этап", "Участников, чел.", "Победителей, чел."),
        ("Школьный", "", ""),
        ("Районный", "", "х"),
        ("Итого", "", ""),
    ]
    others = [("Показатель", "Единица измерения", "Значение"), ("Учителей", "чел.", ""), ("Затраты", "тыс. руб.", "")]
    for rows in (stages, others):
        table = document.add_table(rows=0, cols=3)
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
        document.add_paragraph()
    path = tmp_path / "order.docx"
    document.save(path)
    draft = draft_of(read_order(path, Limits()))
    form = loaded(draft, tmp_path)
    assert [(item.number, item.title, item.unit) for item in form.items] == [
        ("1", "Школьный", ""), ("2", "Районный", ""), ("3", "Итого", ""),
        ("4", "Учителей", "people"), ("5", "Затраты", "thousands"),
    ]  # fmt: skip
    assert [(one.item, one.of) for one in form.relations] == [
        ("3/участников", ("1/участников", "2/участников")), ("3/победителей", ("1/победителей",)),
    ]  # fmt: skip
    assert draft.text.count("в приказе у строки нет номера") == 5


def test_a_table_without_a_heading_is_told():
    table = "а) Приобретено учебников, экз. | \nб) Списано учебников, экз. | \n"
    draft = draft_of_text(f"{HEAD}{REPORTS}{FORM}1 | Мест, ед. |\n\nДополнительно:\n{table}")
    assert "# Не вошло: Таблица без заголовка («а) Приобретено учебников" in draft.text


def test_a_mean_counts_nobody_and_a_note_may_be_blank(tmp_path: Path):
    rows = "1.1 | Физика | | | \n1.2 | Химия | | | \n\n* По пятибалльной шкале.\n"
    table = f"№ | Предмет | Сдавали | Средний балл* | Примечание\n{rows}"
    text = f"{HEAD}{REPORTS}Отчёт\nв ____\nпо состоянию на ____\n1. Результаты (человек)\n{table}"
    form = loaded(draft_of_text(text), tmp_path)
    taken, mean, note = form.tables[0].columns
    assert (taken.unit, taken.decimals, mean.unit, mean.decimals, mean.add) == ("people", 0, "", 2, "none")
    assert (note.optional, note.required) == (True, False)
    assert "* По пятибалльной шкале." in form.recognise.note


def test_what_stands_among_the_units_and_is_none_is_a_hint(tmp_path: Path):
    rows = "№ | Показатель | Ед. изм. | Значение\n1 | Наставник команды | Ф.И.О. | \n2 | Мест в зале | мест | \n"
    form = loaded(draft_of_text(f"{HEAD}{REPORTS}Отчёт\nв ____\nпо состоянию на ____\n{rows}"), tmp_path)
    assert [(item.kind, item.hint, item.unit) for item in form.items] == [
        (Kind.PERSON, "Ф.И.О.", ""), (Kind.NUMBER, "", "places"),
    ]  # fmt: skip
    assert not form.item("1").asks_position


@pytest.mark.parametrize(
    ("hint", "told"),
    [("Ф.И.О.", "лицо: ФИО"), *((f"Ф.И.О., {one}", "лицо: ФИО и должность") for one in ("должн.", "должность"))],
)
def test_whether_a_position_is_asked_is_what_the_order_says(hint: str, told: str, tmp_path: Path):
    form = loaded(draft_of_text(f"{HEAD}{REPORTS}{FORM}1 | Кто отвечает за питание | ({hint}) |\n"), tmp_path)
    assert told in [line.strip().partition(" · ")[0] for line in described(form)]
    assert form.item("1").asks_position is told.endswith("должность")
