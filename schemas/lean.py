"""pandera, imported without what it brings along for nothing: this module comes before it where it is to be quick.

Where pandera or one of these is there already, nothing changes. Whoever imports one of them afterwards gets the real
one; pandera, asked for what it needs them for, says that they are left out.
"""

import sys
from importlib.metadata import version
from types import ModuleType
from typing import Never

# Looked for anew, and in vain, with every type that pandera has no entry for.
_NOT_THERE = "geopandas"
# For models of rows one by one, and for types like `list[str]`, of which Svod has none. With all of asyncio, which they
# bring along, they are a sixth of what pandas and pandera take to be imported.
_LEFT_OUT = ("typeguard", "pydantic", "pydantic_core")


class _StandIn(ModuleType):
    """For a module that is left out: it has whatever name it is asked for."""

    def __getattr__(self, name: str) -> object:
        return version(self.__name__) if name == "__version__" else _left_out(name)


class _LeftOut(type):
    """The kind of what stands there under these names: for a class, a function, an exception, and for what it holds."""

    def __getattr__(cls, name: str) -> object:
        return _left_out(name)

    def __call__(cls, *_: object, **__: object) -> Never:
        raise ImportError(f"pandera was imported without {cls.__name__}: schemas.lean")


def _left_out(name: str) -> object:
    if name.startswith("__"):  # Python asks for these itself
        raise AttributeError(name)
    return _LeftOut(name, (Exception,), {})


def _import_pandera() -> None:
    sys.modules.update({name: _StandIn(name) for name in _LEFT_OUT})
    try:
        import pandera.backends.pandas.container  # else it would come with the first frame
        import pandera.pandas  # noqa: F401
    finally:
        for name in _LEFT_OUT:
            del sys.modules[name]


if "pandera" not in sys.modules:
    sys.modules.setdefault(_NOT_THERE, None)  # type: ignore[arg-type] # that is how Python is told so
    if sys.modules.keys().isdisjoint(_LEFT_OUT):
        _import_pandera()
