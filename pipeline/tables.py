"""The frames that flow between the stages, declared once; for what units entered see :mod:`pipeline.forms.frames`.

Each pandera model says which columns a frame has and what they hold; a stage's output is checked against it
(:func:`checked`) once for all units. Texts that people read (``reason``, ``message``, ``explanation``) are in the
plan's language; codes are stable English words, those of a short list declared in :mod:`pipeline.code_lists`.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, cast

import pandas as pd
import pandera.pandas as pa
from pandera.typing import DataFrame

from pipeline.code_lists import CodeList, GroupKind, Judgement, Severity, Source, State, Status
from pipeline.rules.year import Rules


def may_be_blank() -> Any:
    """Blank is NaN, or NA where the numbers are whole."""
    return pa.Field(nullable=True)


def _one_of(codes: type[CodeList], *more: str) -> Any:
    """A code of that list, or one of ``more``. Costs 0.2 ms, and 3 ms for each 50,000 rows."""
    return pa.Field(isin=[*(each.value for each in codes), *more])


class FrameModel(pa.DataFrameModel):
    """What a frame promises: these columns in this order, of these types; text is ``Any``."""

    class Config:
        strict = True
        ordered = True

    @classmethod
    def texts(cls) -> set[str]:
        """The columns that hold text: those declared ``Any``; all others hold numbers."""
        return {name for name, column in cls.to_schema().columns.items() if column.dtype is None}

    def __init_subclass__(cls, columns: Mapping[str, Any] | None = None, **options: Any) -> None:
        """``columns``: name -> type of further columns, which follow from another declaration.

        A float may be NaN, and an ``object``, which is a value as it was read, None.
        """
        cls.__annotations__ = {**inspect.get_annotations(cls), **(columns or {})}
        for name, kind in (columns or {}).items():
            field = pa.Field(nullable=kind in (float, object))
            field.__set_name__(cls, name)
            setattr(cls, name, field)
        super().__init_subclass__(**options)  # type: ignore[no-untyped-call]


Model = TypeVar("Model", bound=FrameModel)


class Register(FrameModel):
    """One row for every file found below the inbox (sổ đăng ký). Blank text is ""."""

    file: Any  # path below the inbox, with "/"
    sha256: Any  # "" where the file could not be read
    size: int  # bytes
    first_seen: Any  # ISO time with zone: the first run that saw this content
    received: Any  # ISO time with zone: from the receipt book, else from the mail server, else first_seen
    received_from: Any = _one_of(Source, "")
    unit: Any
    bloc: Any
    round: Any
    form_version: Any
    status: Any = _one_of(Status)
    reason: Any
    errors: int
    warnings: int
    days_late: int  # 0: in time


class Roster(FrameModel):
    """One row for every unit of the plan, in the plan's order: where its form stands."""

    bloc: Any
    bloc_name: Any
    unit: Any
    unit_name: Any
    state: Any = _one_of(State)
    days_late: int  # of the form that counts
    returned_file: Any  # the newest file sent back to the unit for correction, or "" (also beside an accepted one)
    file: Any  # the file that counts, or ""
    received: Any  # of the file that counts, or ""


class Findings(FrameModel):
    """One row for everything that is wrong at a cell, a sheet ("" for cell) or a file ("" for sheet)."""

    file: Any
    unit: Any
    sheet: Any
    cell: Any  # A1 notation
    criterion: Any
    code: Any  # of findings.catalogue.Code, which lies above this module
    severity: Any = _one_of(Severity)
    entered: Any
    message: Any


class Scores(FrameModel):
    """One row for each unit that sent and each criterion of its rubric, in the rubric's order.

    ``max_points`` is 0 where the criterion does not apply to the unit. ``computed`` is ours, from target and actual;
    ``appraised`` and ``decided`` are people's (:class:`Judgements`); ``points`` are those that count, the last of the
    three that exist, <= 0 in a penalty group.
    """

    bloc: Any
    unit: Any
    group: Any
    kind: Any  # of GroupKind; not checked, for that would cost 27 ms for 400,000 rows
    criterion: Any
    max_points: float
    target: float = may_be_blank()
    actual: float = may_be_blank()
    choice: Any
    claimed: float = may_be_blank()
    inputs: Any  # tuple of inputs.Given: what was entered for the criterion's inputs; () where it has none
    computed: float
    appraised: float = may_be_blank()
    decided: float = may_be_blank()
    points: float
    explanation: Any
    file: Any
    sheet: Any
    actual_cell: Any


class Judgements(FrameModel):
    """One row for everything that an appraiser or the council judged and that was taken over, appraisals first.

    ``before`` are the points that counted until then (computed, or appraised for a decision), ``after`` the judged
    ones; equal where they were confirmed. ``rank`` is the unit's as it is now, ``rank_undone`` what it would be if
    this change alone had not been made; ``effect`` names in words the units whose rank that would change, ``moved``
    how many they are (:mod:`pipeline.ranking.moves`).
    """

    bloc: Any
    unit: Any
    criterion: Any
    kind: Any = _one_of(Judgement)
    before: float
    after: float
    reason: Any
    who: Any
    votes: float = may_be_blank()  # of the council's members, in favour
    rank_undone: pd.Int64Dtype = may_be_blank()
    rank: pd.Int64Dtype = may_be_blank()
    moved: int
    effect: Any
    file: Any
    sheet: Any
    cell: Any


class GroupPoints(FrameModel):
    """One row for each unit that sent and each group: the sum of its criteria, then what the group's cap leaves."""

    bloc: Any
    unit: Any
    group: Any
    kind: Any = _one_of(GroupKind)
    added: float
    points: float
    applicable: float  # the group's points, of a base group only those of criteria that apply to the unit
    percent: float = may_be_blank()  # of these; NaN: nothing of the group applies


class Standings(FrameModel):
    """One row for every unit of the plan, ranked units first by rank, bloc after bloc.

    ``rank`` is missing for a unit that is excluded or has not sent; the latter has no points either. ``tie`` says
    which tie-break decided, or that the units share the rank; ``exclusion`` why a unit has no rank; ``note`` joins
    what a reader of the row must know.
    """

    bloc: Any
    unit: Any
    rank: pd.Int64Dtype = may_be_blank()
    base: float = may_be_blank()
    bonus: float = may_be_blank()
    penalty: float = may_be_blank()  # <= 0
    total: float = may_be_blank()
    classification: Any
    tie: Any
    exclusion: Any
    note: Any
    received: Any


class SideBySide(FrameModel):
    """One row for each row of :class:`Standings`: total and rank by each of the scores
    (:mod:`pipeline.ranking.side_by_side`).

    ``total`` and ``rank`` are those by the points that count, after the council; blank are steps that nobody took.
    """

    bloc: Any
    unit: Any
    claimed_total: float = may_be_blank()
    claimed_rank: pd.Int64Dtype = may_be_blank()
    computed_total: float = may_be_blank()
    computed_rank: pd.Int64Dtype = may_be_blank()
    appraised_total: float = may_be_blank()
    appraised_rank: pd.Int64Dtype = may_be_blank()
    total: float = may_be_blank()
    rank: pd.Int64Dtype = may_be_blank()


class Firmness(FrameModel):
    """One row for every ranked unit, bloc after bloc, best first: how firm its rank is
    (:mod:`pipeline.ranking.firmness`)."""

    bloc: Any
    unit: Any
    rank: int
    low_rank: int  # 5 % quantile of its rank when the weights vary
    high_rank: int  # 95 % quantile
    gap_up: float = may_be_blank()  # points to the unit of the next better rank; NaN: there is none
    gap_down: float = may_be_blank()  # points to the unit of the next worse rank; NaN: there is none
    sentence: Any


class RankWithout(FrameModel):
    """One row for every ranked unit and group of its rubric, in their orders: its rank if the group did not count."""

    bloc: Any
    unit: Any
    group: Any
    rank: int


def checked(frame: pd.DataFrame, model: type[Model]) -> DataFrame[Model]:
    """``frame`` with the columns of ``model`` in their order, checked. A failure is our bug: SchemaError."""
    return model.validate(frame[list(model.to_schema().columns)])


def as_declared(frame: pd.DataFrame, model: type[Model]) -> DataFrame[Model]:
    """The same within a stage, where frames are many: checked only where ``THIDUA_CHECK_FRAMES=1``, as in all tests."""
    if os.environ.get("THIDUA_CHECK_FRAMES") == "1":
        return checked(frame, model)
    return cast(DataFrame[Model], frame[list(model.to_schema().columns)])


def by_bloc(frame: pd.DataFrame, rules: Rules) -> dict[str, pd.DataFrame]:
    """The rows of each bloc of the plan, in their order; the frame is gone through once, however many blocs."""
    rows = frame.groupby("bloc", sort=False).indices
    return {bloc.code: frame.iloc[rows.get(bloc.code, [])] for bloc in rules.blocs}


def plain_rows(frame: pd.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    """The rows of these columns as plain Python values, many times faster than row by row."""
    return zip(*(frame[column].tolist() for column in columns), strict=True)


def empty(model: type[Model]) -> DataFrame[Model]:
    """A frame of that model without rows."""
    columns = model.to_schema().columns
    frame = pd.DataFrame({name: pd.Series([], dtype=str(each.dtype or "str")) for name, each in columns.items()})
    return cast(DataFrame[Model], frame)


def of_records(records: list[tuple[Any, ...]], model: type[Model]) -> DataFrame[Model]:
    """Rows, values in the order of the model's columns, as a checked frame."""
    if not records:
        return empty(model)
    return checked(pd.DataFrame.from_records(records, columns=list(model.to_schema().columns)), model)
