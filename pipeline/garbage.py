"""Python's search for objects that only hold each other, left off where it finds nothing."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def not_looked_for() -> Iterator[None]:
    """Also as a decorator. For stages that make millions of objects of which nearly all are kept to the end: the search
    goes through them all again and again, a quarter of the stage's time. What nothing refers to is freed as ever."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
