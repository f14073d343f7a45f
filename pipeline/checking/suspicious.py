"""Numbers and days that can be read and are hardly meant: a day's serial number, a unit of measure mistaken, a share
typed for a percentage, a day of signing that cannot be.

In: the tidied forms, what is asked about already, when files were received. Out: warnings, at most one for a cell; the
number counts as it was typed. A number is compared with those of other units in the same row of the same bloc, and
only where enough of them have one, so that nothing is said of a bloc of few units.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.checking.cells import Cells, plain
from pipeline.checking.frames import asked, high, low
from pipeline.checking.tidying import Tidy
from pipeline.findings.finding import Code, Finding, Severity
from pipeline.forms.declared import RESULTS, TABLES, UNIT, Kind, Rows, Table
from pipeline.forms.values import without_noise
from pipeline.i18n import _, date, number
from pipeline.rules.round_context import RoundContext

OTHERS = 3
"""So many other units must have a number, for one to be compared with theirs."""

FAR = 300
"""So many times the others' median, or so small a part of it, is asked about; a percentage from :data:`FAR_PERCENT`."""

FAR_PERCENT, FARTHEST_PERCENT = 50, 200

NEAR = 5
"""Within so many times one another two numbers are of one size."""


def suspicious(
    tidy: Tidy, context: RoundContext, received: Mapping[str, dt.datetime], findings: Collection[Finding]
) -> list[Finding]:
    """What is hardly meant, at cells about which ``findings`` ask nothing. ``received``: file -> when it was received.

    A day's serial number is told also where the number is found far from its target, which says less.
    """
    asking = [each for each in findings if each.weight() is not Severity.NOTE]
    far = {each.place for each in asking if each.code is Code.FAR_FROM_TARGET}
    spoken_of = {each.place for each in asking if each.code is not Code.FAR_FROM_TARGET}
    odd = [finding for column in _columns(tidy) for finding in _odd(column, context.plan.year)]
    odd = [each for each in odd if each.place not in far or each.code is Code.DATE_SERIAL]
    return [each for each in (*_signing_days(tidy, context, received), *odd) if each.place not in spoken_of]


# --- columns of numbers -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Numbers:
    """A field's numbers in all rows, NaN where none is asked for.

    ``beside``: the number of the same row that it can be measured by, NaN where there is none; ``median``: that of
    the other units, NaN where they are too few; ``low``, ``high``: its bounds; ``whole``: whether it has no decimals;
    ``measure``: its unit of measure.
    """

    cells: Cells
    field: str
    values: np.ndarray
    beside: np.ndarray
    median: np.ndarray
    low: np.ndarray
    high: np.ndarray
    whole: np.ndarray
    measure: list[str]


def _columns(tidy: Tidy) -> Iterator[_Numbers]:
    """Every field of numbers that no points bound."""
    for table in TABLES:
        cells = tidy.cells(table)
        for field in [each for each in table.to_fill if each.kind.is_number and each.rows is not Rows.POINTS]:
            if table is RESULTS and field.rows not in (Rows.TARGET, Rows.RESULT):
                continue  # nothing stands beside it to compare with
            if table is RESULTS:
                yield _results(cells, field.code)
            else:
                yield _of_table(cells, table, field.code)


def _results(cells: Cells, field: str) -> _Numbers:
    frame = cells.frame
    typed = {name: frame[name].where(frame[asked(name)]) for name in ("target", "actual")}
    values, beside = typed[field], frame["actual"] if field == "target" else frame["target"]
    median = medians_of_others(values, frame["unit"], frame["bloc"] + "/" + frame["criterion"])
    least, most, whole = (frame[name].to_numpy() for name in (low(field), high(field), "whole"))
    measure = frame["measure"].tolist()
    return _Numbers(cells, field, values.to_numpy(), beside.to_numpy(), median, least, most, whole, measure)


def _of_table(cells: Cells, table: Table, field: str) -> _Numbers:
    """Compared within the bloc, else with all units."""
    frame = cells.frame
    rows = frame[table.key] if table.key else pd.Series("", frame.index, dtype=object)
    median = medians_of_others(frame[field], frame["unit"], frame["bloc"] + "/" + rows)
    of_all = medians_of_others(frame[field], frame["unit"], rows)
    none = np.full(len(frame), np.nan)
    median = np.where(np.isnan(median), of_all, median)
    whole = np.full(len(frame), table.field(field).kind is Kind.WHOLE)
    measure = [table.field(field).measure] * len(frame)
    return _Numbers(cells, field, frame[field].to_numpy(), none, median, np.zeros(len(frame)), none, whole, measure)


def medians_of_others(values: pd.Series, units: pd.Series, alike: pd.Series) -> np.ndarray:
    """For each value the median of those of the other units in the rows that are ``alike``; NaN where they are too few.

    Of two middle values it is the one nearer to the value: units of which half made a mistake are not all asked about.
    A unit with several values has their median. Only numbers above 0 take part: a 0 has no unit of measure.
    """
    given = pd.DataFrame({"alike": alike, "unit": units, "value": values.where(values > 0)}).dropna()
    each = given.groupby(["alike", "unit"])["value"].median().reset_index().sort_values(["alike", "value"])
    of_group = each.groupby("alike", sort=False)
    size, place = of_group["value"].transform("size").to_numpy(int), of_group.cumcount().to_numpy()
    start, ordered = np.arange(len(each)) - place, each["value"].to_numpy(float)
    rows = pd.MultiIndex.from_arrays([alike, units])
    middles = []
    for middle in ((size - 2) // 2, (size - 1) // 2):  # of the others, who are one less
        of_others = ordered[np.minimum(start + middle + (middle >= place), len(each) - 1)]
        known = pd.Series(of_others, pd.MultiIndex.from_frame(each[["alike", "unit"]])).where(size > OTHERS)
        middles.append(known.reindex(rows).to_numpy(float))
    lower, upper = middles
    own = values.to_numpy(float)
    return np.where(_apart(_ratio(own, lower)) <= _apart(_ratio(own, upper)), lower, upper)


# --- what is odd --------------------------------------------------------------------------------------


def _odd(column: _Numbers, year: int) -> Iterator[Finding]:
    values, times = column.values, _ratio(column.values, column.median)
    percent = np.array(["%" in each for each in column.measure], dtype=bool)
    meant = values / _factors(times, percent)
    in_bounds = ~(meant < column.low) & ~(meant > column.high)
    far = np.where(
        percent,
        in_bounds & _is_between(_apart(times), FAR_PERCENT, FARTHEST_PERCENT),
        _apart(times) >= FAR,
    )
    like_others = (_apart(_ratio(meant, column.median)) <= NEAR) & (~column.whole | (meant == np.floor(meant)))
    days = _are_days(column, year) & ~(far & like_others)
    for position in np.flatnonzero(days | far).tolist():
        if days[position]:
            yield _day(column, position)
        else:
            yield _far(column, position, float(times[position]), float(meant[position]))


def _ratio(values: np.ndarray, to: np.ndarray) -> np.ndarray:
    """NaN where either is not above 0."""
    ratio: np.ndarray = np.divide(values, to, out=np.full(len(values), np.nan), where=(values > 0) & (to > 0))
    return ratio


def _apart(times: np.ndarray) -> np.ndarray:
    """By how many times two numbers differ, whichever is larger."""
    apart: np.ndarray = np.maximum(times, 1 / times)
    return apart


def _is_between(values: np.ndarray, least: float, most: float) -> np.ndarray:
    return (values >= least) & (values <= most)


def _factors(times: np.ndarray, percent: np.ndarray) -> np.ndarray:
    """By what a number was probably multiplied: 100, 1,000 or 1,000,000, or one so-manieth; whichever brings it nearer
    to the others."""
    factor: np.ndarray = np.where(percent, 100.0, np.where(_apart(times) < 10**4.5, 1e3, 1e6))
    factors: np.ndarray = np.where(times < 1, 1 / factor, factor)
    return factors


def _are_days(column: _Numbers, year: int) -> np.ndarray:
    """Whole numbers that a spreadsheet would show as a day of this year or of those beside it, and that are not of the
    size of what stands beside them or of what others have."""
    first, last = (_serial(day) for day in (dt.date(year - 1, 1, 1), dt.date(year + 1, 12, 31)))
    values = column.values
    near = [_apart(_ratio(values, other)) <= NEAR for other in (column.beside, column.median)]
    days: np.ndarray = _is_between(values, first, last) & (values == np.floor(values)) & ~near[0] & ~near[1]
    return days


_DAY_0 = dt.date(1899, 12, 30)


def _serial(day: dt.date) -> int:
    return (day - _DAY_0).days


def _day(column: _Numbers, position: int) -> Finding:
    value = float(column.values[position])
    day = _DAY_0 + dt.timedelta(days=int(value))
    return column.cells.finding(position, column.field, Code.DATE_SERIAL, number(value), day=date(day))


def _far(column: _Numbers, position: int, times: float, meant: float) -> Finding:
    value, median = float(column.values[position]), float(column.median[position])
    meant, measure = without_noise(meant), column.measure[position]
    if "%" in measure and times < 1:
        facts = {"read": number(value), "other": number(meant), "example": plain(meant)}
        return column.cells.finding(position, column.field, Code.MAYBE_SHARE, plain(value), **facts)
    in_bounds = not (meant < column.low[position] or meant > column.high[position])
    is_sensible = in_bounds and (not column.whole[position] or meant == np.floor(meant))
    facts = {
        "times": number(max(times, 1 / times), 0),
        "median": number(median),
        "measure": measure or "–",
        "guess": _guess(value / meant, meant, measure) if is_sensible else "",
        "example": plain(meant if is_sensible else median),
    }
    code = Code.FAR_ABOVE_OTHERS if times > 1 else Code.FAR_BELOW_OTHERS
    return column.cells.finding(position, column.field, code, number(value), **facts)


_MONEY = ("tỷ đồng", "triệu đồng", "nghìn đồng", "đồng")
"""Each a thousand times the next."""


def _guess(factor: float, meant: float, measure: str) -> str:
    """What the number would be, had it been given in another unit of measure. ``factor``: how much smaller that is."""
    facts = {"other": number(meant), "measure": measure, "typed": _other_money(measure, factor)}
    if facts["typed"]:
        return _("; if it was given in {typed}, it is {other} {measure}").format(**facts)
    facts["factor"] = number(factor if factor > 1 else 1 / factor)
    if factor > 1:
        words = _("; if it was given in a unit of measure {factor} times smaller, it is {other} {measure}")
    else:
        words = _("; if it was given in a unit of measure {factor} times larger, it is {other} {measure}")
    return words.format(**facts).rstrip()


def _other_money(measure: str, factor: float) -> str:
    """The measure with the word for money that is so many times smaller; "" where it names none."""
    known = next((place for place, words in enumerate(_MONEY) if words in measure), None)
    if known is None:
        return ""
    other = known + round(np.log10(factor) / 3)
    return measure.replace(_MONEY[known], _MONEY[other]) if 0 <= other < len(_MONEY) else ""


# --- the day of signing -------------------------------------------------------------------------------


def _signing_days(tidy: Tidy, context: RoundContext, received: Mapping[str, dt.datetime]) -> Iterator[Finding]:
    """Forms that are dated before their round opened, or later than they were received, where that is known."""
    cells, opens = tidy.cells(UNIT), context.round.opens
    signed = cells.frame[cells.frame["item"].eq("signed_on") & cells.frame["value"].ne("")]
    for position, file, value in zip(signed.index, signed["file"], signed["value"], strict=True):
        day = dt.date.fromisoformat(value)
        came = received[file].astimezone(context.plan.zone).date() if file in received else day
        if day < opens:
            yield cells.finding(position, "value", Code.SIGNED_BEFORE_OPENING, date(day), opened=date(opens))
        elif day > came:
            yield cells.finding(position, "value", Code.SIGNED_AFTER_RECEIPT, date(day), received=date(came))
