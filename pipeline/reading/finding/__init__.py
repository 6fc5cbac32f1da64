"""Raw cells as reports: the form's tables, rows and head on the sheet, and which cell answers which item."""
