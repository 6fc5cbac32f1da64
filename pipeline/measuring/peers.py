"""Where one school stands among all: its place by each share, and the middle of the schools."""

from statistics import median
from typing import NamedTuple

import pandas as pd

from pipeline.measuring.figures import Figures, Share

_DECIMALS = 9  # of a percent: what binary fractions add beyond makes no place better


class PeerStanding(NamedTuple):
    """`place`: 1 for the highest share, equal shares take the better place; None where the school or all others are not
    counted. `schools`: those counted. `median`: of their percentages, 0–100, the school's own among them; None without
    any."""

    place: int | None
    schools: int
    median: float | None


def standings_of(figures: Figures, school_code: str) -> dict[str, PeerStanding]:
    """`peer_standings` among the schools of these figures."""
    return peer_standings(figures.coverage, school_code)


def peer_standings(coverage: pd.DataFrame, school_code: str) -> dict[str, PeerStanding]:
    """Coverage item -> the school's standing. `coverage`: `Figures.coverage`, of all schools expected."""
    counted = coverage[coverage["share"] == Share.COUNTED]
    return {
        item: _standing(counted[counted["item"] == item], school_code) for item in coverage["item"].unique().tolist()
    }


def _standing(counted: pd.DataFrame, school_code: str) -> PeerStanding:
    shares = dict(zip(counted["school_code"], counted["percent"].round(_DECIMALS), strict=True))
    own = shares.get(school_code)
    place = None if own is None or len(shares) == 1 else 1 + sum(share > own for share in shares.values())
    return PeerStanding(place, len(shares), median(counted["percent"].tolist()) if shares else None)
