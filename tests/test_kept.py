"""What people write into results is kept: returned files, a draft registry, forms that are filled in where they lie."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from docx import Document

from pipeline import monthly
from pipeline.commands import console
from pipeline.commands.forms import hand_out_forms, lines
from pipeline.commands.rebuild import rebuild
from pipeline.memory.manifest import HANDED_OUT, written_into
from pipeline.settings import Settings
from pipeline.writing.registry import write_registry
from schemas import own_form
from schemas.district import Registry
from tests.batch import MARCH
from tests.conftest import NOW, Once
from tests.order_form import ANSWERS, FORM, REGISTRY, OrderForm
from tests.test_returned import order_form_file

SCHOOL = REGISTRY.schools[0]
A_RANGE = order_form_file(OrderForm(answers={**ANSWERS, "14": "80–85 %"}))
ANOTHER_RANGE = order_form_file(OrderForm(answers={**ANSWERS, "14": "70–85 %"}))
CLEAN = order_form_file(OrderForm())
RETURN = "returns/01-отчёт-1-ошибка-замечания.xlsx"


class Office:
    """An office with one school, whose report has one mistake."""

    def __init__(self, folder: Path) -> None:
        self.input, self.output = folder / "input", folder / "output"
        self.results = self.output / MARCH.isoformat()

    def job(self, as_of: date = MARCH) -> monthly.Job:
        return monthly.Job.of(self.input, self.output, as_of, Settings(), NOW)

    def receives(self, content: bytes) -> None:
        self.input.mkdir(parents=True, exist_ok=True)
        (self.input / "отчёт.xlsx").write_bytes(content)

    def has_a_registry(self) -> None:
        (self.input / "registry.xlsx").write_bytes(write_registry(FORM, Registry((SCHOOL,)), MARCH))

    def runs(self) -> list[str]:
        """What is said of what people have written."""
        return console.kept_lines(monthly.run(self.job()).kept, self.output)

    def lies(self, pattern: str) -> list[str]:
        return sorted(path.relative_to(self.results).as_posix() for path in self.results.glob(pattern))


def with_registry(folder: Path) -> None:
    office = Office(folder)
    office.receives(A_RANGE)
    office.has_a_registry()
    office.runs()


def without_registry(folder: Path) -> None:
    office = Office(folder)
    office.receives(A_RANGE)
    office.runs()


@pytest.fixture
def mine(once: Once, tmp_path: Path) -> Callable[[str, Callable[[Path], None]], Office]:
    """A copy of its own of an office whose month is made."""

    def of(name: str, make: Callable[[Path], None]) -> Office:
        once(name, make)
        return Office(Path(shutil.copytree(once.folder / name, tmp_path / "office")))

    return of


@pytest.fixture
def office(mine) -> Office:
    return mine("office with a registry", with_registry)


@pytest.fixture
def unregistered(mine) -> Office:
    return mine("office without a registry", without_registry)


def write_into(path: Path, sheet: str = "Отчёт", cell: str = "J1", text: str = "звонили 21.03") -> bytes:
    """Somebody opens the file, writes a word and saves it."""
    book = openpyxl.load_workbook(path)
    book[sheet][cell] = text
    book.save(path)
    return path.read_bytes()


SAID = "Отличается от записанного Сводом и оставлено как есть: "
TO_INPUT = "Что вписано в такую книгу, Свод учтёт, когда вы перенесёте её в папку с отчётами."


def test_a_returned_file_with_a_note_stays_until_it_lies_in_input_too(office: Office):
    place = office.results / RETURN
    noted = write_into(place)
    office.receives(ANOTHER_RANGE)
    said = office.runs()
    assert place.read_bytes() == noted
    assert office.lies("returns/*") == [RETURN.replace(".xlsx", "-новый.xlsx"), RETURN]
    assert said == [
        f"{SAID}{MARCH}/{RETURN}.",
        "Новое записано рядом: 01-отчёт-1-ошибка-замечания-новый.xlsx.",
        TO_INPUT,
    ]
    office.receives(CLEAN)
    assert office.runs() == [f"{SAID}{MARCH}/{RETURN}.", TO_INPUT]
    assert office.lies("returns/*") == [RETURN]
    shutil.copy(place, office.input / "отчёт.xlsx")
    assert office.runs() == []


def test_a_draft_registry_filled_in_where_it_lies_stays_until_it_lies_in_input(unregistered: Office):
    place = unregistered.results / "registry.xlsx"
    draft, filled_in = place.read_bytes(), fill_in(place)
    said = unregistered.runs()
    assert (place.read_bytes(), place.with_stem("registry-новый").read_bytes()) == (filled_in, draft)
    assert said == [f"{SAID}{MARCH}/registry.xlsx.", "Новое записано рядом: registry-новый.xlsx.", TO_INPUT]
    shutil.copy(place, unregistered.input)
    assert unregistered.runs() == []
    assert unregistered.lies("registry*") == []


def test_a_rebuilt_draft_that_was_filled_in_is_kept_by_the_next_rebuild(unregistered: Office):
    def again() -> tuple[str, ...]:
        return rebuild(unregistered.output, MARCH, lambda done, of: None).lines

    again()
    place = unregistered.results / "rebuilt" / "registry.xlsx"
    filled_in = fill_in(place)
    said = again()
    assert (place.read_bytes(), place.with_stem("registry-новый").is_file()) == (filled_in, True)
    assert said[1] == f"{SAID}{MARCH}/rebuilt/registry.xlsx."


def fill_in(draft: Path) -> bytes:
    return write_into(draft, "Школы", "B4", "СОШ № 1")


# ── forms ────────────────────────────────────────────────────────────────────────────────────────────────
APRIL = date(2014, 4, 20)


def hand_out(office: Office) -> list[str]:
    """What is said of what people have written."""
    handed = hand_out_forms(office.job(APRIL), SCHOOL.code)
    return list(lines(handed, APRIL))[1:-1]


def test_a_form_filled_in_where_it_lies_stays_until_it_lies_in_input_too(office: Office):
    assert hand_out(office) == []
    [form] = (office.output / f"{APRIL}" / "forms").iterdir()
    first = form.read_bytes()
    office.receives(CLEAN)  # the next form has another answer in it
    assert hand_out(office) == []  # nobody wrote into the first
    second = form.read_bytes()
    assert second != first
    filled_in = write_into(form, own_form.SHEET, "C11", "Иванова Мария Петровна; завуч")
    beside = form.with_stem(f"{form.stem}-новый")
    said = hand_out(office)
    assert (form.read_bytes(), beside.read_bytes()) == (filled_in, second)
    assert said == [f"{SAID}{form.name}.", f"Новое записано рядом: {beside.name}.", TO_INPUT]
    shutil.copy(form, office.input)
    assert hand_out(office) == []
    assert not beside.exists()


def test_forms_that_were_not_made_anew_are_still_known(tmp_path: Path):
    """`--school` writes one form; the record of the others stays."""
    office = Office(tmp_path)
    office.input.mkdir()
    (office.input / "registry.xlsx").write_bytes(write_registry(FORM, REGISTRY, MARCH))
    hand_out_forms(office.job(APRIL), "")
    known = written_into(office.output / f"{APRIL}", HANDED_OUT)
    hand_out_forms(office.job(APRIL), SCHOOL.code)
    assert len(known) == len(REGISTRY.schools)
    assert written_into(office.output / f"{APRIL}", HANDED_OUT) == known


def test_a_memo_that_was_edited_stays_and_the_new_one_lies_beside_it(mine: Callable[..., Office]):
    office = mine("with-registry", with_registry)
    memo = office.results / f"spravka-{MARCH}.docx"
    edited = Document(str(memo))
    edited.add_paragraph("Дописано в управлении.")
    edited.save(str(memo))
    before = memo.read_bytes()
    said = office.runs()
    assert memo.read_bytes() == before
    assert office.lies("spravka*") == [f"spravka-{MARCH}-новый.docx", f"spravka-{MARCH}.docx"]
    assert len(said) == 2  # nothing is said of moving it to the reports
