"""The kinds of rounds: what a round of each kind asks units for, and what comes out of it. Said here once.

A registration (đăng ký) asks for the targets that a unit sets itself, and reports nothing yet; the other kinds ask for
results, which are scored and ranked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.i18n import N_


@dataclass(frozen=True)
class RoundKind:
    """``code``: in plan.yaml; ``asks_results``: results, evidence and self-claimed points, not targets alone;
    ``ranked``: points are computed, judged and ranked; ``form_title``, and ``table_titles``: table of the form -> its
    title where that is not the declared one (msgids)."""

    code: str
    asks_results: bool = True
    ranked: bool = True
    form_title: str = N_("Self-scoring form for emulation")
    table_titles: Mapping[str, str] = field(default_factory=dict)


REGISTRATION = RoundKind(
    "dang-ky",
    asks_results=False,
    ranked=False,
    form_title=N_("Registration form for emulation"),
    table_titles={
        "results": N_("Targets registered by criterion"),
        "models": N_("Models or works registered (at least one)"),
        "movements": N_("Movements of the plan that the unit takes part in"),
        "collective_awards": N_("Titles and commendations registered for collectives"),
        "individual_awards": N_("Titles and commendations registered for individuals"),
    },
)
MID_YEAR, YEAR_END, THEMATIC = RoundKind("so-ket"), RoundKind("tong-ket"), RoundKind("chuyen-de")

ROUND_KINDS: dict[str, RoundKind] = {kind.code: kind for kind in (REGISTRATION, MID_YEAR, YEAR_END, THEMATIC)}
