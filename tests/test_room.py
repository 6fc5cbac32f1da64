"""Memory that nobody holds any more goes back to the system."""

import ctypes
import os
import subprocess
import sys

import pytest

MB = 2**20
LET_GO = f"""
import psutil
from pipeline.room import give_back
room = [bytearray(100_000) for _ in range(2_000)]  # each too small to be a mapping of its own
above = bytearray(100_000)
room.clear()
before = psutil.Process().memory_info().rss
give_back()
print((before - psutil.Process().memory_info().rss) // {MB})
"""


@pytest.mark.skipif(
    os.name != "posix" or not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="this C library keeps what it has freed"
)
def test_what_lies_below_something_held_is_given_back():
    told = subprocess.run([sys.executable, "-c", LET_GO], capture_output=True, text=True, check=True)
    assert int(told.stdout) > 100, told.stdout
