"""Cells for figures, choices, dates and addresses, alone or in a table: their looks, what they take, what is said when
they are entered."""

from datetime import date
from typing import assert_never

from xlsxwriter.utility import quote_sheetname, xl_range_abs

from pipeline.wording import number as said_number
from pipeline.writing.form.grid import Span
from pipeline.writing.form.hints import Cell
from pipeline.writing.form.number_checks import YES_OR_NO, NumberChecks, in_words, list_fits
from pipeline.writing.form.paper import Paper, Value
from pipeline.writing.form.prefill import SEPARATOR
from pipeline.writing.pages import theme
from pipeline.writing.pages.theme import Look
from schemas import own_form
from schemas.form import Form, Item, Kind

LISTS = 3  # first column of the hidden sheet in which choices stand that are too long for a rule
LAST_DAY = date(2099, 12, 31)

PROMPTS = {  # of answers in words
    Kind.PERSON: "Фамилия, имя, отчество; после точки с запятой — должность.",
    Kind.TEXT: "Ответ словами.",
    Kind.DOCUMENT: "Вид документа, номер и дата: приказ № 12 от ДД.ММ.ГГГГ.",
}
_LEAST, _MOST = -1e15, 1e15


def prompt_of(item: Item) -> str:
    """What is said when the cell of an answer in words is entered."""
    return PROMPTS[item.kind] if item.asks_position or item.kind is not Kind.PERSON else "Фамилия, имя, отчество."


class Inputs:
    """Puts answers onto the paper, and notes for the checks where each stands. `lists`: choices for the hidden
    sheet."""

    def __init__(self, form: Form, paper: Paper, checks: NumberChecks) -> None:
        self.form = form
        self.paper = paper
        self.checks = checks
        self.lists: list[list[str]] = []

    def put(self, row: int, span: Span, item: Item, given: Value, about: str, *looks: Look) -> None:
        """`about`: over what is said when the cell is entered."""
        cell = self.paper.answer(item.number, self.paper.input(row, span, given, *looks, self._look(item)))
        self.checks.cells[item.number] = cell
        match item.kind:
            case Kind.NUMBER:
                prompt, stop = self._number_said(item)
                self.paper.validate(row, span, self._number_rule(item, cell), title=about, prompt=prompt, stop=stop)
            case Kind.CHOICE if not item.several:
                prompt = f"Выберите из списка: {in_words(item)}.{self._or_exemption(item)}"
                stop = f"Здесь может стоять только {in_words(item)}: выберите из списка."
                rule: dict[str, object] = {"validate": "list", "source": self._source(item)}
                self.paper.validate(row, span, rule, title=about, prompt=prompt, stop=stop)
            case Kind.DATE:
                rule = {"validate": "date", "criteria": "between", "minimum": self.form.order.date, "maximum": LAST_DAY}
                said = "Впишите дату как ДД.ММ.ГГГГ."
                self.paper.validate(row, span, rule, title=about, prompt=said, stop=said)
            case Kind.YES_NO:
                said = f"Выберите из списка: {', '.join(f'«{word}»' for word in YES_OR_NO)}."
                rule = {"validate": "list", "source": [*YES_OR_NO]}
                self.paper.validate(row, span, rule, title=about, prompt=said, stop=said)
            case (
                Kind.GROUP
                | Kind.PERSON
                | Kind.TEXT
                | Kind.DOCUMENT
                | Kind.ACTS
                | Kind.COVERAGE
                | Kind.VOLUME
                | Kind.CHOICE
                | Kind.LINK
                | Kind.ROW
                | Kind.ROWS
            ):
                self.paper.prompt(row, span, about, self._words_said(item))
            case _:
                assert_never(item.kind)

    def _look(self, item: Item) -> Look:
        match item.kind:
            case Kind.NUMBER:
                return {"num_format": f"#,##0.{'0' * item.decimals}" if item.decimals else "#,##0"}
            case Kind.DATE:
                return theme.DATE
            case (
                Kind.GROUP
                | Kind.PERSON
                | Kind.TEXT
                | Kind.DOCUMENT
                | Kind.ACTS
                | Kind.COVERAGE
                | Kind.VOLUME
                | Kind.YES_NO
                | Kind.CHOICE
                | Kind.LINK
                | Kind.ROW
                | Kind.ROWS
            ):
                return theme.TEXT
            case _:
                assert_never(item.kind)

    # ── what is said ─────────────────────────────────────────────────────────────────────────────────────
    def _number_said(self, item: Item) -> tuple[str, str]:
        kind = _digits(item.decimals) if item.decimals else "целое число"
        bounds = [f"от {said_number(item.min)}"] if item.min is not None else []
        bounds += [f"до {said_number(item.max)}"] if item.max is not None else []
        if item.base:
            bounds.append(f"не больше «{self.form.base(item.base).label}» (сведения о школе вверху листа)")
        what = " ".join([kind, *bounds])
        unit = f" Единица: {self.form.unit(item.unit).short}." if item.unit else ""
        exemption = self._or_exemption(item)
        return f"{what[:1].upper()}{what[1:]}.{unit}{exemption}", f"Нужно {what}, без слов и единиц.{unit}{exemption}"

    def _words_said(self, item: Item) -> str:
        match item.kind:
            case Kind.CHOICE:
                return f"Один или несколько ответов через «{SEPARATOR}»: {in_words(item)}.{self._or_exemption(item)}"
            case Kind.LINK:
                return "Адрес страницы: https://… Нет страницы — оставьте пустым."
            case Kind.PERSON | Kind.TEXT | Kind.DOCUMENT:
                return f"{prompt_of(item)}{self._or_exemption(item)}"
            case (
                Kind.GROUP
                | Kind.ACTS
                | Kind.COVERAGE
                | Kind.VOLUME
                | Kind.YES_NO
                | Kind.NUMBER
                | Kind.DATE
                | Kind.ROW
                | Kind.ROWS
            ):
                raise AssertionError(f"item {item.number} is not answered in words")
            case _:
                assert_never(item.kind)

    def _or_exemption(self, item: Item) -> str:
        exemption = own_form.exemption(self.form, item)
        return f" Или впишите «{exemption}»." if exemption else ""

    # ── what is taken ────────────────────────────────────────────────────────────────────────────────────
    def _number_rule(self, item: Item, cell: Cell) -> dict[str, object]:
        low = _LEAST if item.min is None else item.min
        high = _MOST if item.max is None else item.max
        exemption = own_form.exemption(self.form, item)
        if not item.base and not exemption:
            kind = "decimal" if item.decimals else "integer"
            return {"validate": kind, "criteria": "between", "minimum": _plain(low), "maximum": _plain(high)}
        ref = cell.ref
        tests = [f"ISNUMBER({ref})", f"{ref}>={low:.15g}", f"{ref}<={high:.15g}"]
        tests += [] if item.decimals else [f"{ref}=INT({ref})"]
        if item.base:
            people = self.checks.bases[item.base].ref
            tests.append(f'OR({people}="",{ref}<=N({people}))')
        rule = f"AND({','.join(tests)})"
        return {"validate": "custom", "value": f'=OR({ref}="{exemption}",{rule})' if exemption else f"={rule}"}

    def _source(self, item: Item) -> list[str] | str:
        """The list of a rule: in itself, or on the hidden sheet where Excel has no room for it."""
        exemption = own_form.exemption(self.form, item)
        words = [*(choice.title for choice in item.choices), *([exemption] if exemption else [])]
        if list_fits(words):
            return words
        self.lists.append(words)
        column = LISTS + len(self.lists) - 1
        return f"={quote_sheetname(own_form.META_SHEET)}!{xl_range_abs(0, column, len(words) - 1, column)}"


def _digits(decimals: int) -> str:
    return f"число с копейками или долями: знаков после запятой до {decimals}"


def _plain(bound: float) -> float | int:
    return int(bound) if float(bound).is_integer() else bound
