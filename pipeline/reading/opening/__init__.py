"""A file of any format as raw cells with their addresses; the one place that opens a school's file."""
