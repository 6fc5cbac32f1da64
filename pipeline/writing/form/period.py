"""The first day of a period as Excel computes it."""

from schemas.periods import Every


def first_day_in_excel(every: Every, last: str) -> str:
    """`schemas.periods.first_day` of the date in the cell `last`."""
    match every:
        case "month":
            return f"DATE(YEAR({last}),MONTH({last}),1)"
        case "quarter":
            return f"DATE(YEAR({last}),3*INT((MONTH({last})-1)/3)+1,1)"
        case "year":
            return f"DATE(YEAR({last}),1,1)"
        case "week":
            return f"{last}-6"
        case "date":
            return last
