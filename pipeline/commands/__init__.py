"""The commands of `run.py`, one module each, and what they say on the console."""
