"""What pandera brings along for nothing, left out: imported before pandera, where that is quick to be there.

Where pandera or one of these is there already, nothing changes.
"""

import sys
from contextlib import suppress
from types import ModuleType

# Looked for anew, and in vain, with every type that pandera has no entry for.
_NOT_THERE = "geopandas"
# Imported by typeguard, which is there to tell a mock when it is handed one. All of asyncio comes with it: together a
# fourteenth of what pandas and pandera take to be imported.
_OF_TESTS = "unittest.mock"


def _import_typeguard() -> None:
    """Whoever wants mocks themselves, afterwards, gets the real ones."""
    stand_in = ModuleType(_OF_TESTS)
    stand_in.__dict__["__getattr__"] = lambda name: type(name, (), {})  # a class of which there is no instance
    sys.modules[_OF_TESTS] = stand_in
    try:
        with suppress(ImportError):  # a pandera that needs it no more
            import typeguard  # noqa: F401
    finally:
        del sys.modules[_OF_TESTS]


if "pandera" not in sys.modules:
    sys.modules.setdefault(_NOT_THERE, None)  # type: ignore[arg-type] # that is how Python is told so
    if _OF_TESTS not in sys.modules:
        _import_typeguard()
