"""Answers of pure functions, kept over a batch: its files come from a few blanks and mostly say the same words."""

from collections.abc import Callable
from functools import lru_cache, partial, wraps
from typing import Concatenate, ParamSpec, TypeVar, TypeVarTuple, cast

from schemas.form import Form

A = TypeVarTuple("A")
P = ParamSpec("P")
R = TypeVar("R")

_SMALL_PART = 256 * 1024  # bytes: of what is kept of packages the bound is this, times the entries


def once_a_form(maxsize: int) -> Callable[[Callable[[Form, *A], R]], Callable[[Form, *A], R]]:
    """For a function of a form and of small hashable things, `maxsize` of which are remembered; they are told in their
    order, for names would cost as much again as looking up.

    Only of the form that was asked of last: a run reads with one. A form is told by identity, for comparing the whole
    of it takes longer than most of what is remembered.
    """

    def decorate(function: Callable[[Form, *A], R]) -> Callable[[Form, *A], R]:
        held: tuple[Form, Callable[[*A], R]] | None = None  # the two at once: none is ever the other form's

        @wraps(function)
        def remembered(form: Form, /, *args: *A) -> R:
            nonlocal held
            of_last = held
            if of_last is None or of_last[0] is not form:
                # the cache takes what is hashable only; mypy knows no arguments that are both so and the function's own
                of_form = partial(cast(Callable[..., R], function), form)
                held = of_last = form, cast(Callable[[*A], R], lru_cache(maxsize)(of_form))
            return of_last[1](*args)

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


def once_a_blank(function: Callable[Concatenate[bytes, P], R]) -> Callable[Concatenate[bytes, P], R]:
    return once_a_part(_SMALL_PART)(function)
