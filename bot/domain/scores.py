"""The few scores the intake computes, exactly as clinical.md §D defines them; no licensed instrument."""

from __future__ import annotations

from collections.abc import Iterable


def nrs_band(nrs: float) -> str:
    """none (0), mild (below 4), moderate (below 7) or severe, for a 0–10 score. Convention, clinical.md §D."""
    if nrs <= 0:
        return "none"
    return "mild" if nrs < 4 else "moderate" if nrs < 7 else "severe"


def peg_mean(pain: int, enjoyment: int, activity: int) -> float:
    """PEG-3: the mean of three 0–10 answers, one decimal; higher is worse."""
    return round((pain + enjoyment + activity) / 3, 1)


def duration_class(days: float) -> str:
    """acute (under 28 days), subacute (to 90) or chronic (beyond). s:ACP17-D, s:ICD11."""
    return "acute" if days < 28 else "subacute" if days <= 90 else "chronic"


def impact(nrs: float | None, peg: tuple[int, int, int] | None) -> float | None:
    """The higher of the pain score and the PEG mean; None when neither is known, never a low guess."""
    known = [score for score in (nrs, peg_mean(*peg) if peg else None) if score is not None]
    return max(known, default=None)


def limits_function(
    told: bool | None,
    peg: tuple[int, int, int] | None,
    psfs: float | None,
) -> bool:
    """True when the person says so, PEG activity is 4 or more, or the patient-specific activity is 6 or less."""
    return bool(told) or (peg is not None and peg[2] >= 4) or (psfs is not None and psfs <= 6)


def widespread(areas: int | None, regions: Iterable[str]) -> bool:
    """True from 7 sore areas or 4 regions, or when "all over" was said."""
    named = set(regions)
    return (areas or 0) >= 7 or len(named) >= 4 or "widespread" in named


def improved(before: float, after: float) -> bool:
    """True when PEG fell by at least 1 point or 30 %."""
    return before - after >= 1 or (before > 0 and (before - after) / before >= 0.30)
