"""What all workbooks stand on: theme, pages, panels, charts, and the words that pages share."""
