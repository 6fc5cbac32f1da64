"""The text of one answer's cell as facts."""
