"""Each text of a form by itself: is something said, can Excel take it, will the reader of reports know it again."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import combinations, product
from typing import Any

import msgspec

from schemas import own_form, own_names
from schemas.form import Form, Headline
from schemas.form_refusals import Refusal
from schemas.likeness import is_one_of, plain
from schemas.meaning import changes_meaning
from schemas.strict import Keys, fields_of
from schemas.text import clean


def text_refusals(form: Form) -> Iterator[Refusal]:
    seen: set[tuple[Keys, str]] = set()
    for keys, text in _texts(form, ()):
        if why := _why_unfit(keys, text):
            yield Refusal(keys, why)
        of_list = (keys[:-1], text.casefold())
        if isinstance(keys[-1], int) and keys[-2] not in ("people", "words"):  # a word may have one form for 1, 2 and 5
            if of_list in seen and not _names_items(keys):
                yield Refusal(keys, f"«{text}» в этом списке уже есть — уберите повтор.")
            seen.add(of_list)
    yield from _of_names(form)
    yield from _of_headings(form)
    yield from _of_phrases(form)
    yield from _of_words(form)
    yield from _of_exemptions(form)
    yield from _of_labels(form)


# ── any text ─────────────────────────────────────────────────────────────────────────────────────────────
LONGEST = {
    ("order", "number"): 30, ("office",): 100,  # in the foot of every page, with more beside them
    ("headline", "sheet"): 31, ("bases", "name"): 255, ("bases", "label"): 100, ("bases", "registry"): 100,
    ("bases", "group"): 60, ("bases", "people"): 40,
    ("recognise", "not_provided"): 100, ("recognise", "not_required"): 100,  # in what is said when a cell is entered
}  # fmt: skip
_LONGEST_TEXT = 500
# Of these nothing need be a word: «№», «-//-», «___», «%».
_SIGNS = {
    ("recognise", "number"), ("recognise", "former"), ("recognise", "former_beside"), ("recognise", "withdrawn"),
    ("items", "blank"), ("items", "hint"), ("units", "short"), ("units", "spellings"), ("tables", "columns", "hint"),
}  # fmt: skip
WITH_BREAKS = {
    ("items", "short"), ("items", "column"), ("headline", "total_column"), ("headline", "count_column"),
    ("headline", "share_column"), ("coverage", "columns", "title"),
}  # fmt: skip


def _texts(value: Any, keys: Keys) -> Iterator[tuple[Keys, str]]:
    """Every text of the form but those that are left out and may be."""
    if isinstance(value, msgspec.Struct):
        for name, key, required in _fields(type(value)):
            inner = getattr(value, name)
            if required or inner != "":
                yield from _texts(inner, (*keys, key))
    elif isinstance(value, tuple):
        for index, one in enumerate(value):
            yield from _texts(one, (*keys, index))
    elif isinstance(value, str):
        yield keys, value


def _names_items(keys: Keys) -> bool:
    """Is it a list of items or bases: of these other proofs say more."""
    return keys[-2] in ("items", "rows")


@cache
def _fields(kind: type[msgspec.Struct]) -> tuple[tuple[str, str, bool], ...]:
    """Attribute, key in the file, and whether it must stand there."""
    return tuple((field.name, field.encode_name, field.required) for field in fields_of(kind))


def _why_unfit(keys: Keys, text: str) -> str:
    """Blank: nothing is wrong with the text."""
    names = tuple(key for key in keys if isinstance(key, str))
    longest = LONGEST.get(names, _LONGEST_TEXT)
    if not text.strip():
        return "пусто — впишите или уберите." if isinstance(keys[-1], int) else "пусто — впишите текст."
    if re.search(r"[\n\t]", text):
        return "в тексте перенос строки или табуляция — поставьте вместо них пробел."
    if clean(text) != text:
        return "в тексте есть невидимые знаки (мягкий перенос или подобные) — наберите его заново."
    if text != text.strip():
        return "по краям стоят пробелы — уберите их."
    if len(text) > longest:
        return f"{len(text)} знаков, а помещается не больше {longest} — сократите."
    if "|" in text and names not in WITH_BREAKS:
        return "знак «|» переносит строку только в заголовках столбцов — здесь уберите его."
    if names not in _SIGNS and not plain(text):
        return f"в «{text}» нет ни буквы, ни цифры — впишите слова."
    return ""


# ── names that Excel must take ───────────────────────────────────────────────────────────────────────────
_NO_NAME = re.compile(r"[a-z]{1,3}\d+|r\d*c?\d*|c\d*|true|false|истина|ложь|print_\w+|область_печати|_xl\w+")
_RESERVED_SHEETS = ("history", "журнал")


def _of_names(form: Form) -> Iterator[Refusal]:
    own = {name.casefold() for name in own_names.CELLS}
    for index, base in enumerate(form.bases):
        keys, name = ("bases", index, "name"), base.name.casefold()
        if not re.fullmatch(r"[^\W\d][\w.]*", name):
            yield Refusal(keys, f"имя ячейки «{base.name}» — только буквы, цифры и «_», первой буква: исправьте.")
        elif _NO_NAME.fullmatch(name):
            yield Refusal(keys, f"«{base.name}» Excel понимает как адрес или своё слово — назовите ячейку иначе.")
        elif name in own:
            yield Refusal(keys, f"имя «{base.name}» занято самим Сводом — назовите ячейку иначе.")
    if form.headline:
        yield from _of_sheet(form.headline)


def _of_sheet(headline: Headline) -> Iterator[Refusal]:
    keys, sheet = ("headline", "sheet"), headline.sheet
    if found := re.search(r"[\[\]:*?/\\']", sheet):
        yield Refusal(keys, f"в имени листа Excel не допускает «{found[0]}» — уберите этот знак.")
    if sheet.casefold() in _RESERVED_SHEETS:
        yield Refusal(keys, f"лист «{sheet}» Excel оставляет за собой — назовите его иначе.")
    if sheet.casefold() in (title.casefold() for title in own_names.SHEETS):
        yield Refusal(keys, f"лист «{sheet}» в своде уже есть — назовите этот иначе.")


# ── headings by which a sheet is recognised ──────────────────────────────────────────────────────────────
def _of_headings(form: Form) -> Iterator[Refusal]:
    known, problems = form.recognise, form.problem_table
    columns: dict[Keys, tuple[str, ...]] = {
        ("recognise", "number"): known.number,
        ("recognise", "measure"): known.measure,
        ("recognise", "answer"): known.answer,
    }
    if problems:
        columns |= {("problems", "problem"): problems.problem, ("problems", "solution"): problems.solution}
    head: dict[Keys, tuple[str, ...]] = {
        ("recognise", "school"): known.school,
        ("recognise", "as_of"): known.as_of,
    }
    if problems and not problems.title:
        yield Refusal(("problems", "title"), "не сказано, как озаглавлена таблица, — впишите.")
    for keys, words in {**columns, **head}.items():
        if not words:
            yield Refusal(keys, "список пуст, а его первая запись печатается на бланке — впишите её.")
    own = (own_form.TOTAL, own_form.COUNT, own_form.SHARE, own_form.CHECK)
    for keys, words in columns.items():
        for word in words:
            if is_one_of(word, own):
                yield Refusal(keys, f"«{word}» — заголовок столбца, который Свод добавляет в бланк сам: уберите.")
    titles: dict[Keys, tuple[str, ...]] = {("title",): (form.title,), ("recognise", "titles"): known.titles}
    heads = {**columns, **head}
    if problems:
        heads |= {("problems", "title"): (problems.title,)}
    for (one, some), (other, words) in (
        *combinations(columns.items(), 2),
        *product(titles.items(), heads.items()),
        tuple(head.items()),
    ):
        for word in words:
            if any(is_one_of(word, (same,)) or is_one_of(same, (word,)) for same in some):
                yield Refusal(other, f"«{word}» есть и в {'.'.join(map(str, one))}: их не различить — назовите иначе.")


# ── phrases by which answers are known ───────────────────────────────────────────────────────────────────
_DAY = "{day}"
_STAR_AFTER = 2  # letters at least, or any word would do


def _of_phrases(form: Form) -> Iterator[Refusal]:
    known = form.recognise
    lists = {"former": known.former, "former_beside": known.former_beside, "withdrawn": known.withdrawn}
    for name, phrases in lists.items():
        for index, phrase in enumerate(phrases):
            if why := _why_no_pattern(phrase, name == "former_beside"):
                yield Refusal(("recognise", name, index), why)
    lists = {"former": known.former, "withdrawn": known.withdrawn}
    lists |= {"not_provided": known.not_provided, "not_required": known.not_required}
    answers = {plain(word) for word in (own_form.YES, own_form.NO, "да")}
    for name, phrases in lists.items():
        for index, phrase in enumerate(phrases):
            if plain(phrase) in answers:
                yield Refusal(("recognise", name, index), f"«{phrase}» — само ответ школы: уберите из списка.")
    yield from _of_shared(lists)


def _of_shared(lists: dict[str, tuple[str, ...]]) -> Iterator[Refusal]:
    """A phrase means one thing; what is not provided may be called as what is not required."""
    for one, other in combinations(lists, 2):
        said = {plain(phrase) or phrase for phrase in lists[one]}
        for phrase in lists[other]:
            if one != "not_provided" and (plain(phrase) or phrase) in said:
                why = f"«{phrase}» есть и в recognise.{one}: значить оно может одно — уберите из одного списка."
                yield Refusal(("recognise", other), why)


# What is an answer, a bound or a whole; with what turns an answer round (`changes_meaning`) never a word without sense.
_NEVER_BESIDE = frozenset({"да", "есть", "из", "от", "менее", "свыше", "минимум", "максимум", "всего", "итого"})


def _of_words(form: Form) -> Iterator[Refusal]:
    """Words that may stand beside an answer."""
    said: dict[str, str] = {}
    for name, words in (("beside", form.words.beside), ("done", form.words.done)):
        for index, word in enumerate(words):
            keys, letters = ("words", name, index), word.removesuffix("*")
            if not letters.isalpha():
                yield Refusal(keys, f"«{word}» — нужно одно слово из букв, в конце может стоять «*»: исправьте.")
            elif why := _why_no_pattern(word, beside=True):
                yield Refusal(keys, why)
            elif says_something(plain(letters), word.endswith("*")):
                yield Refusal(keys, f"«{word}» меняет смысл ответа — уберите его из списка.")
            elif said.setdefault(plain(word), name) != name:
                yield Refusal(keys, f"«{word}» есть и в words.beside — уберите из одного списка.")


def says_something(letters: str, begins: bool) -> bool:
    """May a word with these letters, or one that `begins` so, make another answer of the one beside it."""
    never = any(word.startswith(letters) for word in _NEVER_BESIDE) if begins else letters in _NEVER_BESIDE
    return never or changes_meaning(letters)


def _of_exemptions(form: Form) -> Iterator[Refusal]:
    for name in ("not_provided", "not_required"):
        phrases, key = getattr(form.recognise, name), f"may_be_{name}"
        items = [item.number for item in form.items if getattr(item, key)]
        if items and not phrases:
            why = f"список пуст, а у пункта {items[0]} стоит {key} — впишите, как школа это напишет."
            yield Refusal(("recognise", name), why)
        for mark in ('"', ","):
            if mark in next(iter(phrases), ""):
                why = f"первое написание стоит в списке выбора бланка, где «{mark}» не помещается — уберите этот знак."
                yield Refusal(("recognise", name, 0), why)


def _why_no_pattern(phrase: str, beside: bool) -> str:
    """`прошл*` is any word that begins so, `{day}` a date. `beside`: it is one of the words beside a phrase."""
    words = phrase.split()
    if any(re.search(r"\*.", word) or (word.endswith("*") and len(plain(word)) < _STAR_AFTER) for word in words):
        return f"«{phrase}»: «*» ставится в конце слова, после двух букв или больше — исправьте."
    if any(re.search(r"[{}]", word) and word != _DAY for word in words):
        return f"«{phrase}»: в фигурных скобках бывает только {_DAY}, отдельным словом — исправьте."
    if words == [_DAY] and not beside:
        return f"одна {_DAY} — это любая дата: добавьте слова, например «как на {_DAY}»."
    return ""


# ── labels of Svod's own form, by which it is read back ──────────────────────────────────────────────────
def _of_labels(form: Form) -> Iterator[Refusal]:
    for label in form.recognise.as_of[:1] if form.period.every == "date" else ():  # of a period, its words tell
        if len(label) <= own_form.SHORT_LABEL:
            why = (
                f"первым стоит «{label}»: по такому короткому слову дату в бланке не узнать — поставьте первым длинное."
            )
            yield Refusal(("recognise", "as_of", 0), why)
    for n, label in enumerate(form.recognise.as_of):
        if re.search(r"\d\W*$", label):
            why = f"«{label}» кончается числом: день отчёта окажется частью этих слов — уберите число."
            yield Refusal(("recognise", "as_of", n), why)
    head = {plain(text) for text in (form.title, *form.recognise.titles, *form.recognise.school, *form.recognise.as_of)}
    for index, base in enumerate(form.bases):
        if plain(base.label) in head:
            why = f"«{base.label}» стоит и в голове отчёта (title, recognise) — назовите основу иначе."
            yield Refusal(("bases", index, "label"), why)
        if plain(base.label) == plain(own_form.CLASSES):
            why = f"«{own_form.CLASSES}» в бланке — число классов школы: назовите основу иначе."
            yield Refusal(("bases", index, "label"), why)
