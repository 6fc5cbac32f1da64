"""The sheet «Как заполнить» of the standard form."""

from collections.abc import Iterator

from xlsxwriter import Workbook

from pipeline.writing.pages import theme
from pipeline.writing.pages.theme import Formats
from schemas import own_form
from schemas.form import Form, Kind

CLOSED = "х"  # stands where a cell of a table takes no answer
_OTHERS = set(Kind) - {Kind.GROUP, Kind.NUMBER, Kind.CHOICE, Kind.DATE, Kind.LINK, Kind.ROW, Kind.ROWS, Kind.TEXT}


def write_help(book: Workbook, formats: Formats, form: Form) -> None:
    sheet = book.add_worksheet(own_form.HELP_SHEET)
    sheet.hide_gridlines(2)
    sheet.set_column_pixels(0, 0, 34)
    sheet.set_column_pixels(1, 1, 640)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, own_form.HELP_SHEET, formats(theme.TITLE))
    for n, sentence in enumerate(_instructions(form), start=1):
        sheet.set_row(n, theme.text_height(sentence, 640) + 8)
        sheet.write_string(n, 0, f"{n}.", formats(theme.BOLD, {"font_color": theme.NAVY, "valign": "top"}))
        sheet.write_string(n, 1, sentence, formats(theme.WRAP, {"valign": "top"}))
    sheet.set_portrait()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(theme.footer(f"Форма {form.order.number}, версия {form.version}"))
    sheet.protect()


def _instructions(form: Form) -> Iterator[str]:
    """How to fill in the form, a sentence each; what the form does not ask for is not explained."""
    kinds = {item.kind for item in form.items}
    yield (
        "Заполняйте только жёлтые ячейки; выберите ячейку, и появится подсказка. "
        f"Что ещё нужно, говорят столбец «{own_form.CHECK}» и строка над таблицей."
    )
    yield from _of_the_head(form)
    if Kind.COVERAGE in kinds:
        yield (
            f"Там, где спрашивают об охвате, впишите целое число людей в столбец «{own_form.COUNT}»: "
            "процент посчитается сам."
        )
    if any(item.classes for item in form.items):
        yield "Классы перечисляйте через тире и запятую: «1–11» или «5–9, 11»."
    if any(item.documented for item in form.items):
        yield "У документа укажите вид, номер и дату: «приказ № 12 от ДД.ММ.ГГГГ», каждый документ — в своей строке."
    exemptions = dict.fromkeys(filter(None, (own_form.exemption(form, item) for item in form.items)))
    if exemptions:
        words = " или ".join(f"«{exemption}»" for exemption in exemptions)
        yield f"Где подсказка предлагает {words}, впишите эти слова вместо ответа, если отвечать не о чем."
    yield from _of_tables(form)
    no_others = not kinds & _OTHERS
    no = ":" if no_others else f", и «{own_form.NO}» в остальных пунктах:"
    yield (
        "Пишите точные числа, без «около», «более» и диапазонов; если ничего не сделано, впишите 0 там, где нужно "
        f"число{no} пустая ячейка значит, что ответа нет."
    )
    if form.problem_table:
        yield (
            "Проблемы впишите в таблицу внизу листа, по одной в строке, а рядом — их решение. "
            "Под ними — кто подписал отчёт и кто ответит на вопросы."
        )
    else:
        yield "Внизу листа — кто подписал отчёт и кто ответит на вопросы."
    yield "Сохраните файл книгой Excel (.xlsx), не меняя листов, строк и столбцов, и отправьте туда, откуда получили."


def _of_the_head(form: Form) -> Iterator[str]:
    label = own_form.date_label(form)
    if form.period.every == "date":
        yield f"Проверьте дату «{label}» над таблицей: все ответы дайте на эту дату."
    else:
        yield (
            f"Проверьте период («{label}») над таблицей: все ответы дайте за него. Если он другой, впишите его "
            "последний день: ДД.ММ.ГГГГ."
        )
    if form.bases:
        shares = any(item.measured for item in form.items)
        use = f"от них считаются «{own_form.TOTAL}» и «{own_form.SHARE}»" if shares else "с ними сверяются ответы"
        yield f"Проверьте сведения о школе над таблицей и исправьте, если они изменились: {use}."


def _of_tables(form: Form) -> Iterator[str]:
    kinds = {item.kind for item in form.items}
    if any(table.closed for table in form.tables):
        yield f"Где стоит «{CLOSED}», ответа не нужно."
    if Kind.ROW in kinds and form.relations:
        yield (
            "Итоги впишите сами: столбец «Проверка» сверит их с остальными числами и скажет, что получается. Строку, "
            "которой у вас нет, можно не заполнять."
        )
    if Kind.ROWS in kinds:
        yield "В списках каждая запись — в своей строке; лишние строки оставьте пустыми."
