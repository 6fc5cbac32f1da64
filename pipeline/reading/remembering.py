"""Answers of pure functions, kept over a batch: its files come from a few blanks and mostly say the same words."""

from collections.abc import Callable
from functools import lru_cache, partial, wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from schemas.form import Form

P = ParamSpec("P")
R = TypeVar("R")

_SMALL_PART = 256 * 1024  # bytes: of what is kept of packages the bound is this, times the entries


def once_a_form(maxsize: int) -> Callable[[Callable[Concatenate[Form, P], R]], Callable[Concatenate[Form, P], R]]:
    """For a function of a form and of small hashable things, `maxsize` of which are remembered.

    Only of the form that was asked of last: a run reads with one. A form is told by identity, for comparing the whole
    of it takes longer than most of what is remembered.
    """

    def decorate(function: Callable[Concatenate[Form, P], R]) -> Callable[Concatenate[Form, P], R]:
        last: Form | None = None
        of_last: Callable[P, R]

        @wraps(function)
        def remembered(form: Form, /, *args: P.args, **kwargs: P.kwargs) -> R:
            nonlocal last, of_last
            if form is not last:
                # the cache takes what is hashable only; mypy knows no arguments that are both so and the function's own
                last, of_last = form, cast(Callable[P, R], lru_cache(maxsize)(partial(function, form)))
            return of_last(*args, **kwargs)

        return remembered

    return decorate


def once_a_part(
    largest: int,
) -> Callable[[Callable[Concatenate[bytes, P], R]], Callable[Concatenate[bytes, P], R]]:
    """For a function of a part of a package (styles, relations), which files from the same blank share, and of small
    hashable things beside it. Parts of more than `largest` bytes are not kept."""

    def decorate(function: Callable[Concatenate[bytes, P], R]) -> Callable[Concatenate[bytes, P], R]:
        # the cache takes what is hashable only; mypy knows no arguments that are both so and the function's own
        kept = cast(Callable[Concatenate[bytes, P], R], lru_cache(maxsize=64)(function))

        @wraps(function)
        def remembered(part: bytes, /, *args: P.args, **kwargs: P.kwargs) -> R:
            return (kept if len(part) <= largest else function)(part, *args, **kwargs)

        return remembered

    return decorate


def once_a_blank(function: Callable[[bytes], R]) -> Callable[[bytes], R]:
    return once_a_part(_SMALL_PART)(function)
