"""Letters to schools: what was understood of a report, what to mend, and nothing of any other school."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from pipeline import monthly
from pipeline.measuring.alone import NOT_NAMED
from pipeline.sending.outbox import Waiting, waiting
from pipeline.settings import Mail, Settings
from pipeline.writing.registry import write_registry
from schemas.district import Registry
from tests.batch import MARCH, order_form
from tests.conftest import NOW, Once
from tests.holders import zipped
from tests.order_form import ANSWERS as CLEAN
from tests.order_form import FORM, REGISTRY
from tests.test_returned import order_form_file

SETTINGS = Settings(mail=Mail(schools=True))
SCHOOLS = tuple(replace(one, email=f"s{one.code}@example.org") for one in REGISTRY.schools)
NAMES = {one.code: one.name for one in SCHOOLS}
# Each answers something that no other does: a figure of its own, by which it would be known in another's letter.
WRONG, DOUBTFUL = "331 из 574 (90%)", "317 из 561 (56,5%)"
ANSWERS = {
    "01": {"6.2": WRONG, "6.1": "41 из 42 (97,6%)"},
    "10": {"6.2": DOUBTFUL},
    "11": {"14": "207 чел. из 483"},
}


class Office:
    def __init__(self, folder: Path) -> None:
        self.input, self.output = folder / "input", folder / "output"

    def receives(self, code: str, day: date = MARCH, name: str = "", **answers: str) -> None:
        self.input.mkdir(parents=True, exist_ok=True)
        form = order_form(day, "01", {**ANSWERS.get(code, {}), **{k.replace("_", "."): v for k, v in answers.items()}})
        form.rows[2][0] = f"в {NAMES[code]}"
        (self.input / (name or f"{code} {day}.xlsx")).write_bytes(order_form_file(form))

    def keeps(self, schools=SCHOOLS) -> None:
        (self.input / "registry.xlsx").write_bytes(write_registry(FORM, Registry(tuple(schools)), MARCH))

    def runs(self, day: date = MARCH, settings: Settings = SETTINGS, now: datetime = NOW) -> monthly.Done:
        return monthly.run(monthly.Job.of(self.input, self.output, day, settings, now))

    def letters(self) -> dict[str, Waiting]:
        return {one.path.stem: one for one in waiting(self.output)}


def march_is_made(folder: Path) -> None:
    office = Office(folder)
    for code in ("01", "10", "11"):
        office.receives(code)
    office.keeps()
    office.runs()


@pytest.fixture
def office(once: Once, tmp_path: Path) -> Office:
    import shutil

    once("letters", march_is_made)
    return Office(Path(shutil.copytree(once.folder / "letters", tmp_path / "office")))


def body(letter: Waiting, kind: str = "plain") -> str:
    part = letter.message.get_body((kind,))
    assert part is not None
    return part.get_content().replace("\u00a0", " ")


def attached(message: EmailMessage) -> dict[str, bytes]:
    return {str(part.get_filename()): part.get_content() for part in message.iter_attachments()}


def test_each_school_that_has_reported_gets_one_letter_at_its_own_address(office: Office):
    letters = office.letters()
    assert sorted(letters) == ["shkola-01", "shkola-10", "shkola-11"]
    assert {name: one.recipients for name, one in letters.items()} == {
        f"shkola-{code}": (f"s{code}@example.org",) for code in ("01", "10", "11")
    }


def test_subject_tells_state_and_number_of_errors(office: Office):
    subjects = {name: one.subject for name, one in office.letters().items()}
    assert subjects["shkola-01"] == f"{NAMES['01']}: отчёт на 20.03.2014 — на доработку, 1 ошибка"
    assert subjects["shkola-10"] == f"{NAMES['10']}: отчёт на 20.03.2014 — на доработку, 5 ошибок"


def test_the_report_stands_there_as_it_was_understood_with_its_cells(office: Office):
    text = body(office.letters()["shkola-01"])
    assert re.search(r"п\. 6\.1 .*: 41 из 42 чел\., 97,6\s%.* \(C\d+\)", text)
    assert re.search(r"п\. 6\.2 .*\(C\d+\).*отложено, в расчёт не входит: ", text)
    assert "Исправьте ошибки прямо в приложенном файле" in text
    assert "пришлите его как можно скорее: следующий отчёт — на 20.09.2014." in text  # the run is of June


@pytest.mark.parametrize(
    ("today", "until", "then"),
    [
        (MARCH, "до 20.03.2014.", " Следующий отчёт — на 20.05.2014."),
        (date(2014, 3, 27), "как можно скорее: следующий отчёт — на 20.05.2014.", " Следующий отчёт — на 20.05.2014."),
        (date(2014, 6, 2), "как можно скорее: следующий отчёт — на 20.09.2014.", " Следующий отчёт — на 20.09.2014."),
        (date(2014, 9, 21), "как можно скорее.", ""),
    ],
)
def test_in_a_summary_for_an_earlier_date_what_is_over_by_now_is_asked_of_nobody(
    office: Office, tmp_path: Path, today: date, until: str, then: str
):
    now = datetime(today.year, today.month, today.day, 9, tzinfo=UTC)
    office.runs(now=now)
    assert f"пришлите его {until} Если ответ верен" in body(office.letters()["shkola-01"])
    clean = Office(tmp_path / "clean")
    clean.receives("01", **{"6_1": str(CLEAN["6.1"]), "6_2": str(CLEAN["6.2"])})
    clean.keeps()
    clean.runs(now=now)
    lines = body(clean.letters()["shkola-01"]).splitlines()
    assert f"Отчёт принят, замечаний нет: исправлять ничего не нужно.{then}" in lines
    assert not any("20.04" in line for line in lines)


def test_the_returned_file_and_the_schools_page_are_attached(office: Office):
    files = attached(office.letters()["shkola-01"].message)
    assert sorted(files) == ["01-stranitsa.xlsx", "01-zamechaniya.xlsx"]
    assert openpyxl.load_workbook(BytesIO(files["01-zamechaniya.xlsx"])).sheetnames[0] == "Замечания"
    [returned] = (office.output / MARCH.isoformat() / "returns").glob("01-*")
    assert files["01-zamechaniya.xlsx"] == returned.read_bytes()


def texts(content: bytes) -> str:
    book = openpyxl.load_workbook(BytesIO(content))
    values = (cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None)
    return "\n".join(str(value) for value in values)


def test_no_letter_names_another_school_or_shows_its_figures(office: Office):
    office.receives("11", name="11 копия.xlsx", **ANSWERS["10"])  # the same answers: SAME-ANSWERS names the other file
    office.receives("01", name="ещё раз 01.xlsx")
    office.runs(settings=SETTINGS)
    own_figures = {code: set(said.values()) for code, said in ANSWERS.items()}
    own_figures["11"] |= own_figures["10"]  # copied, and so its own
    files = {"01": "ещё раз 01.xlsx", "10": f"10 {MARCH}.xlsx", "11": "11 копия.xlsx"}
    for name, letter in office.letters().items():
        own = name.removeprefix("shkola-")
        books = map(texts, attached(letter.message).values())
        told = "\n".join([letter.subject, body(letter), body(letter, "html"), *books])
        for code in ANSWERS.keys() - {own}:
            figures = own_figures[code] - own_figures[own]
            for strange in (*figures, files[code], f"{code} {MARCH}.xlsx", f"s{code}@example.org", NAMES[code]):
                assert not re.search(rf"(?<!\w){re.escape(strange)}(?!\w)", told), (name, strange)
    assert NOT_NAMED in body(office.letters()["shkola-11"])


def test_a_second_run_writes_no_second_letter_and_another_day_neither(office: Office):
    before = {name: one.path.read_bytes() for name, one in office.letters().items()}
    office.runs()
    office.runs(date(2014, 3, 25))
    assert {name: one.path.parent.parent.name for name, one in office.letters().items()} == dict.fromkeys(
        before, "2014-03-20"
    )
    assert sorted(office.letters()) == sorted(before)


def test_a_letter_that_waits_and_is_no_longer_so_is_taken_back(office: Office):
    (office.input / f"10 {MARCH}.xlsx").unlink()
    office.runs()
    assert sorted(office.letters()) == ["shkola-01", "shkola-11"]


def test_all_well_is_a_receipt(office: Office):
    for other in ("10", "11"):  # these answer alike
        (office.input / f"{other} {MARCH}.xlsx").unlink()
    office.receives("01", **{"6_1": str(CLEAN["6.1"]), "6_2": str(CLEAN["6.2"])})
    office.runs()
    letter = office.letters()["shkola-01"]
    assert letter.subject == f"{NAMES['01']}: отчёт на 20.03.2014 принят"
    assert "Отчёт принят, замечаний нет: исправлять ничего не нужно." in body(letter)
    assert sorted(attached(letter.message)) == ["01-stranitsa.xlsx"]


@pytest.mark.parametrize(
    ("answers", "nothing", "left"),
    [
        ({"6_2": "574 из 574 (100%)", "6_3": "612 из 612 (100%)"}, "делать", []),
        ({"6_2": "574 из 574 (100%)"}, "исправлять", ["Сроки"]),
        ({"14": "207 чел. из 548", "6_2": "574 из 574 (100%)"}, "исправлять", ["Активация", "Сроки"]),
    ],
)
def test_who_is_behind_plan_or_deadline_is_not_told_that_nothing_is_to_be_done(
    tmp_path: Path, answers: dict[str, str], nothing: str, left: list[str]
):
    office = Office(tmp_path)
    office.receives("01", **{"6_1": str(CLEAN["6.1"]), "6_2": str(CLEAN["6.2"]), **answers})
    office.keeps()
    office.runs()
    lines = body(office.letters()["shkola-01"]).splitlines()
    assert any(f"замечаний нет: {nothing} ничего не нужно." in line for line in lines), lines
    assert [line.partition(".")[0] for line in lines if line.startswith(("Активация. ", "Сроки. "))] == left, lines


def test_a_school_without_an_address_is_named_to_the_office(office: Office):
    office.keeps([replace(one, email="" if one.code == "10" else one.email) for one in SCHOOLS])
    done = office.runs()
    assert any("нет адреса школы" in said and NAMES["10"] in said for said in done.warnings)


def test_without_the_switch_there_is_no_letter_to_schools(office: Office, tmp_path: Path):
    other = Office(tmp_path / "other")
    for code in ("01", "10"):
        other.receives(code)
    other.keeps()
    other.runs(settings=Settings())
    assert other.letters() == {}


def test_one_workbook_of_several_schools_is_attached_to_none_of_their_letters(office: Office):
    book = openpyxl.load_workbook(office.input / f"01 {MARCH}.xlsx")
    second = openpyxl.load_workbook(office.input / f"10 {MARCH}.xlsx").active
    sheet = book.create_sheet("Вторая")
    for row in second.iter_rows(values_only=True):
        sheet.append(row)
    book.save(office.input / "обе.xlsx")
    for code in ("01", "10"):
        (office.input / f"{code} {MARCH}.xlsx").unlink()
    office.runs()
    for code in ("01", "10"):
        letter = office.letters()[f"shkola-{code}"]
        assert sorted(attached(letter.message)) == [f"{code}-stranitsa.xlsx"]
        assert "в нём отчёты нескольких школ" in body(letter)
        assert "приложенном файле" not in body(letter)
        assert "приложенного файла" not in body(letter)
        assert "в своём файле" in body(letter)


def test_of_where_a_file_came_from_a_letter_names_the_file_alone(office: Office):
    """A letter and an archive may be called by their sender, or by other schools."""
    inside = (office.input / f"01 {MARCH}.xlsx").read_bytes()
    (office.input / f"01 {MARCH}.xlsx").unlink()
    (office.input / f"{NAMES['10']} и другие.zip").write_bytes(zipped({f"01 {MARCH}.xlsx": inside}))
    office.runs()
    letter = office.letters()["shkola-01"]
    assert f"файл «01 {MARCH}.xlsx»" in body(letter)
    for kind in ("plain", "html"):
        assert NAMES["10"] not in body(letter, kind)
