"""The standard form: blank, or with the answers of last time."""
