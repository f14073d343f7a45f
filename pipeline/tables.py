"""The frames that flow between the stages, declared once; for what units entered see :mod:`pipeline.forms.frames`.

Each pandera model says which columns a frame has and what they hold; a stage's output is checked against it
(:func:`checked`) once for all units. Texts that people read (``reason``, ``message``, ``explanation``) are in the
plan's language; codes are stable English words, those of a short list declared in :mod:`pipeline.code_lists`.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pandas as pd
import pandera.pandas as pa
from pandera.typing import DataFrame

from pipeline.code_lists import CodeList, Decision, GroupKind, Judgement, Severity, Source, State, Status
from pipeline.rules.year import Rules

# The types of columns. At class access pandera gives a column's name, ``Scores.points == "points"``: for a type checker
# a column is that text, so that it may stand wherever pandas takes a name, and one that no model has is an error.
if TYPE_CHECKING:
    Text = str
    Number = str
    Whole = str
    WholeOrBlank = str
else:
    Text, Number, Whole, WholeOrBlank = Any, float, int, pd.Int64Dtype


def may_be_blank() -> Any:
    """Blank is NaN, or NA where the numbers are whole."""
    return pa.Field(nullable=True)


def _one_of(codes: type[CodeList], *more: str) -> Any:
    """A code of that list, or one of ``more``. Costs 0.2 ms, and 3 ms for each 50,000 rows."""
    return pa.Field(isin=[*(each.value for each in codes), *more])


class FrameModel(pa.DataFrameModel):
    """What a frame promises: these columns in this order, of these types; text is ``Text``."""

    class Config:
        strict = True
        ordered = True

    @classmethod
    def texts(cls) -> set[str]:
        """The columns that hold text: those declared :data:`Text`; all others hold numbers."""
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

    file: Text  # path below the inbox, with "/"
    sha256: Text  # "" where the file could not be read
    size: Whole  # bytes
    first_seen: Text  # ISO time with zone: the first run that saw this content
    received: Text  # ISO time with zone: from the receipt book, else from the mail server, else first_seen
    received_from: Text = _one_of(Source, "")
    unit: Text
    bloc: Text
    round: Text
    form_version: Text
    status: Text = _one_of(Status)
    reason: Text
    errors: Whole
    warnings: Whole
    days_late: Whole  # 0: in time
    decision: Text = _one_of(Decision, "")


class Roster(FrameModel):
    """One row for every unit of the plan, in the plan's order: where its form stands."""

    bloc: Text
    bloc_name: Text
    unit: Text
    unit_name: Text
    state: Text = _one_of(State)
    days_late: Whole  # of the form that counts
    returned_file: Text  # the newest file sent back to the unit for correction, or "" (also beside an accepted one)
    file: Text  # the file that counts, or ""
    received: Text  # of the file that counts, or ""


class Findings(FrameModel):
    """One row for everything that is wrong at a cell, a sheet ("" for cell) or a file ("" for sheet)."""

    file: Text
    unit: Text
    sheet: Text
    cell: Text  # A1 notation
    criterion: Text
    code: Text  # of findings.catalogue.Code, which lies above this module
    severity: Text = _one_of(Severity)
    entered: Text
    message: Text


class Scores(FrameModel):
    """One row for each unit that sent and each criterion of its rubric, in the rubric's order.

    ``max_points`` is 0 where the criterion does not apply to the unit. ``computed`` is ours, from target and actual;
    ``appraised`` and ``decided`` are people's (:class:`Judgements`); ``points`` are those that count, the last of the
    three that exist, <= 0 in a penalty group. ``actual_cell`` holds the result, or the points claimed where these are
    what counts. ``choice``: a level, an answer, or that there are no data.
    """

    bloc: Text
    unit: Text
    group: Text
    kind: Text  # of GroupKind; not checked, for that would cost 27 ms for 400,000 rows
    criterion: Text
    max_points: Number
    target: Number = may_be_blank()
    actual: Number = may_be_blank()
    choice: Text
    claimed: Number = may_be_blank()
    inputs: Text  # tuple of inputs.Given: what was entered for the criterion's inputs; () where it has none
    computed: Number
    appraised: Number = may_be_blank()
    decided: Number = may_be_blank()
    points: Number
    explanation: Text
    file: Text
    sheet: Text
    actual_cell: Text


class Judgements(FrameModel):
    """One row for everything that an appraiser or the council judged and that was taken over, appraisals first.

    ``before`` are the points that counted until then (computed, or appraised for a decision), ``after`` the judged
    ones; equal where they were confirmed. ``rank`` is the unit's as it is now, ``rank_undone`` what it would be if
    this change alone had not been made; ``effect`` names in words the units whose rank that would change, ``moved``
    how many they are (:mod:`pipeline.ranking.moves`).
    """

    bloc: Text
    unit: Text
    criterion: Text
    kind: Text = _one_of(Judgement)
    before: Number
    after: Number
    reason: Text
    who: Text
    votes: Number = may_be_blank()  # of the council's members, in favour
    rank_undone: WholeOrBlank = may_be_blank()
    rank: WholeOrBlank = may_be_blank()
    moved: Whole
    effect: Text
    file: Text
    sheet: Text
    cell: Text


class GroupPoints(FrameModel):
    """One row for each unit that sent and each group: the sum of its criteria, then what the group's cap leaves."""

    bloc: Text
    unit: Text
    group: Text
    kind: Text = _one_of(GroupKind)
    added: Number
    points: Number
    applicable: Number  # the group's points, of a base group only those of criteria that apply to the unit
    percent: Number = may_be_blank()  # of these; NaN: nothing of the group applies


class Standings(FrameModel):
    """One row for every unit of the plan, ranked units first by rank, bloc after bloc.

    ``rank`` is missing for a unit that is excluded or has not sent; the latter has no points either. ``tie`` says
    which tie-break decided, or that the units share the rank; ``exclusion`` why a unit has no rank; ``note`` joins
    what a reader of the row must know.
    """

    bloc: Text
    unit: Text
    rank: WholeOrBlank = may_be_blank()
    base: Number = may_be_blank()
    bonus: Number = may_be_blank()
    penalty: Number = may_be_blank()  # <= 0
    total: Number = may_be_blank()
    classification: Text
    tie: Text
    exclusion: Text
    note: Text
    received: Text


class SideBySide(FrameModel):
    """One row for each row of :class:`Standings`: total and rank by each of the scores
    (:mod:`pipeline.ranking.side_by_side`).

    ``total`` and ``rank`` are those by the points that count, after the council; blank are steps that nobody took.
    """

    bloc: Text
    unit: Text
    claimed_total: Number = may_be_blank()
    claimed_rank: WholeOrBlank = may_be_blank()
    computed_total: Number = may_be_blank()
    computed_rank: WholeOrBlank = may_be_blank()
    appraised_total: Number = may_be_blank()
    appraised_rank: WholeOrBlank = may_be_blank()
    total: Number = may_be_blank()
    rank: WholeOrBlank = may_be_blank()


class Firmness(FrameModel):
    """One row for every ranked unit, bloc after bloc, best first: how firm its rank is
    (:mod:`pipeline.ranking.firmness`)."""

    bloc: Text
    unit: Text
    rank: Whole
    low_rank: Whole  # 5 % quantile of its rank when the weights vary
    high_rank: Whole  # 95 % quantile
    gap_up: Number = may_be_blank()  # points to the unit of the next better rank; NaN: there is none
    gap_down: Number = may_be_blank()  # points to the unit of the next worse rank; NaN: there is none
    sentence: Text


class RankWithout(FrameModel):
    """One row for every ranked unit and group of its rubric, in their orders: its rank if the group did not count."""

    bloc: Text
    unit: Text
    group: Text
    rank: Whole


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
