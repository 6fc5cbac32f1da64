"""Room in memory that a stage has left, given back to the system before the next begins.

A leaf: imports nothing of the project.
"""

import ctypes
import os


def give_back() -> None:
    """What has been let go stays with the C library wherever something above it is still held, and each stage of a
    large district would take its room beside that of the one before. glibc can be asked for it; elsewhere this does
    nothing."""
    if os.name == "posix":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim:
            trim(0)
