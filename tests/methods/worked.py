"""Worked cases of scoring methods as small tables: what a unit enters, what it gets, and why."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st
from pydantic import TypeAdapter

from pipeline.methods.inputs import Input
from pipeline.methods.method import Method, Scale, score
from pipeline.methods.registry import AnyMethod
from pipeline.rule_model import Fault

_ANY: TypeAdapter[Method] = TypeAdapter(AnyMethod)

BLANK = math.nan


def rule(**parameters: Any) -> Method:
    """A scoring method from the keys of a rule file."""
    return _ANY.validate_python(parameters)


def scale(
    points: str | float = "5", decimals: int = 2, penalty: bool = False, inputs: Sequence[Mapping[str, Any]] = ()
) -> Scale:
    """A criterion's standard points and inputs; an input without a name is called ``Số`` and its code."""
    declared = (Input.model_validate({"name": f"Số {each['code']}", **each}) for each in inputs)
    return Scale(Decimal(str(points)), decimals, penalty, tuple(declared))


ASKED: list[dict[str, Any]] = [{"code": "A", "high": 10}, {"code": "B", "high": 4}, {"code": "C", "yes_no": True}]
"""Inputs of a criterion, for the ``FORMULAS`` of a method that reads inputs: numbers A and B, and an answer C."""


def over_asked(parameters: dict[str, Any], points: str | float) -> list[tuple[dict[str, Any], Scale]]:
    """A rule over these inputs: with points that are earned, and with points that are taken off."""
    return [(parameters, scale(points, penalty=penalty, inputs=ASKED)) for penalty in (False, True)]


def columns(
    target: Sequence[float] = (),
    actual: Sequence[float] = (),
    claimed: Sequence[float] = (),
    choice: Sequence[str] = (),
) -> dict[str, np.ndarray]:
    """The columns that a method reads; those left out are blank."""
    rows = max(map(len, (target, actual, claimed, choice)))
    numbers = {"target": target, "actual": actual, "claimed": claimed}
    filled = {name: np.array(values or [BLANK] * rows, dtype=float) for name, values in numbers.items()}
    return {**filled, "choice": np.array(choice or [""] * rows, dtype=object)}


def over(method: Method, of: Scale, *rows: Sequence[Any]) -> list[tuple[float, str]]:
    """Points and words for rows of entries, one for each input of ``of``; None is blank."""
    entered = {
        each.column: np.array([row[place] or "" for row in rows], dtype=object)
        if each.yes_no
        else np.array([BLANK if row[place] is None else row[place] for row in rows], dtype=float)
        for place, each in enumerate(of.inputs)
    }
    result = score(method, of, columns(actual=[BLANK] * len(rows)) | entered)
    return list(zip(result.points.tolist(), result.words, strict=True))


def scored(method: Method, of: Scale, **entered: Sequence[Any]) -> list[tuple[float, str]]:
    """Points and words for each row entered."""
    result = score(method, of, columns(**entered))
    return list(zip(result.points.tolist(), result.words, strict=True))


def points(method: Method, of: Scale, **entered: Sequence[Any]) -> list[float]:
    """The points alone."""
    return [each for each, _ in scored(method, of, **entered)]


def faults(method: Method, of: Scale, target: str | None = None) -> list[tuple[tuple[str | int, ...], str]]:
    """Path and text of everything wrong in the parameters."""
    found: list[Fault] = list(method.faults(of, Decimal(target) if target else None))
    assert all(fault.what and fault.remedy for fault in found)
    return [(fault.path, fault.what) for fault in found]


def half_up(value: Fraction | Decimal | int, decimals: int) -> float:
    """Rounded as on paper: 2.675 -> 2.68, by the decimal module and not by the code under test."""
    value = Fraction(value)
    with localcontext() as context:
        context.prec = 60
        quotient = Decimal(value.numerator) / Decimal(value.denominator)
        # 60 digits of 0.333... never look like a tie, and a true tie has few digits and is exact.
        return float(quotient.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def typed(value: float) -> Fraction:
    """The number that a person typed."""
    return Fraction(repr(value))


def numbers(least: float = 0, most: float = 10_000) -> st.SearchStrategy[float]:
    """Numbers as people type them: whole, or with up to three decimals."""
    places = st.sampled_from([0, 0, 1, 2, 3])
    return places.flatmap(
        lambda place: st.integers(math.ceil(least * 10**place), math.floor(most * 10**place)).map(
            lambda ticks: ticks / 10**place
        )
    )


scales = st.builds(
    Scale,
    st.integers(1, 400).map(lambda quarters: Decimal(quarters) / 4),
    st.integers(0, 3),
    st.booleans(),
)
"""Standard points in quarters, up to three decimals, also as a penalty."""


def allowed(value: float, of: Scale) -> bool:
    """Between 0 and the standard points (their negative for a penalty), rounded, and a number."""
    most = half_up(of.max_points, of.decimals)
    low, high = (-most, 0) if of.penalty else (0, most)
    return low <= value <= high and value == half_up(typed(value), of.decimals)
