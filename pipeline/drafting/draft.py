"""The draft of a form: from the rows of an order to the text of its TOML."""

from dataclasses import dataclass

from pipeline.drafting import form_text, shown_text
from pipeline.drafting.order import Order
from pipeline.drafting.toml import CHECK, Toml
from schemas.form import Form


@dataclass(frozen=True)
class Draft:
    """The text of the TOML, and how many places of it are marked to be checked."""

    text: str
    doubts: int


def drafted(order: Order, form_id: str, known: Form) -> Draft:
    """The form as far as the order's words say it. `known`: a form whose spellings of what every report has (labels,
    signatures, «без изменений») are taken over."""
    toml = Toml()
    toml.note(f"Набросок по тексту приказа. Строки с «{CHECK}» — догадки: сверьте каждую с приказом и уберите пометку.")
    toml.note("Короткие названия (short, column, about) составлены из слов приказа: поправьте, чтобы читались.")
    toml.note("Что значит каждый ключ, сказано в docs/new-order.md; проверка — python run.py form и имя этого файла.")
    for sentence in order.left:
        toml.note(f"Не вошло: {sentence}")
    form_text.write(toml, order, form_id, known)
    shown_text.write(toml, order)
    return Draft(toml.text(), toml.doubts)
