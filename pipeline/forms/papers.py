"""The papers in which people correct the machine, declared once: a bloc's appraisal and the council's decision.

What columns they have, how they are recognised (a very hidden sheet), and what an entry in them was based on. The
writer (:mod:`pipeline.outputs.council_papers.workbook`) and the reader (:func:`read_paper`,
:mod:`pipeline.council.judgements`) both follow this declaration. Rows carry the codes of unit and criterion, so they
are found by what they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipeline.code_lists import Judgement
from pipeline.forms.readers import Opener, first
from pipeline.forms.reading import SEARCHED_ROWS, RawTable
from pipeline.i18n import N_, in_every_language
from pipeline.text import text_of

if TYPE_CHECKING:  # as in pipeline.forms.declared
    from pipeline.rules.plan import Round
    from pipeline.rules.rubric import Bloc
    from pipeline.rules.year import Rules

FORMAT = "thidua-phieu-hoi-dong"
META_SHEET = "_hoi_dong"  # very hidden: key in column A, value in column B
META_KEYS = ("format", "plan", "year", "round", "bloc", "kind", "fingerprint")  # and SEAL, and SHA_OF each unit
SHA_OF = "sha256:"  # before a unit's code: the key under which the hidden sheet has the hash of its form
WHO = "thidua:who"  # stands, hidden, in the row in which whoever fills the paper gives their name


@dataclass(frozen=True)
class Column:
    """``entry``: people fill it. ``hidden``: only the software reads it."""

    code: str
    title: str
    width: float
    look: str
    entry: bool = False
    hidden: bool = False


@dataclass(frozen=True)
class Declared:
    """A kind of paper: the outbox folder, what people call it, and its columns."""

    folder: str
    label: str
    who: str
    columns: tuple[Column, ...]


_GIVEN = (
    Column("criterion", N_("Code"), 8, "code"),
    Column("content", N_("Content"), 40, "wrapped"),
    Column("max_points", N_("Standard points"), 9, "points"),
    Column("target", N_("Target"), 10, "number"),
    Column("actual", N_("Result"), 13, "number"),
    Column("evidence", N_("Evidence"), 28, "wrapped"),
    Column("claimed", N_("Self-claimed points"), 10, "points"),
    Column("computed", N_("Points by the rubric"), 10, "points"),
)
_REASON = Column("reason", N_("Reason for the change"), 38, "wrapped", entry=True)
_BEHIND = (
    Column("counts", N_("Points that count"), 10, "total"),
    Column("unit", N_("Unit code"), 12, "text", hidden=True),
    Column("prior", N_("Points as issued"), 10, "points", hidden=True),
    Column("basis", N_("Basis as issued"), 30, "text", hidden=True),
    Column("fingerprint", N_("Fingerprint"), 18, "text", hidden=True),
)
_APPRAISED = N_("Appraised points")

PAPERS: dict[Judgement, Declared] = {
    Judgement.APPRAISAL: Declared(
        "tham-dinh",
        N_("Appraisal paper"),
        N_("Appraised by (full name)"),
        (*_GIVEN, Column("appraised", _APPRAISED, 11, "points", entry=True), _REASON, *_BEHIND),
    ),
    Judgement.DECISION: Declared(
        "hoi-dong",
        N_("Council paper"),
        N_("Recorded by (full name)"),
        (
            *_GIVEN,
            Column("appraised", _APPRAISED, 11, "points"),
            Column("decided", N_("Decided points"), 11, "points", entry=True),
            _REASON,
            Column("votes", N_("Votes in favour"), 10, "integer", entry=True),
            *_BEHIND,
        ),
    ),
}


def meta(kind: Judgement, rules: Rules, of: Round, bloc: Bloc, shas: dict[str, str]) -> dict[str, str]:
    """What the hidden sheet says. ``shas``: unit -> SHA-256 of the form that counts."""
    facts = (FORMAT, rules.plan.code, str(rules.plan.year), of.code, bloc.code, kind.value)
    known = dict(zip(META_KEYS, (*facts, rules.fingerprint(bloc, of)), strict=True))
    return known | {SHA_OF + unit: sha for unit, sha in shas.items()}


# --- what an entry is based on ------------------------------------------------------------------------


# --- reading ------------------------------------------------------------------------------------------


@dataclass
class RawPaper:
    """What a workbook holds of a paper: the hidden sheet's facts, who filled it, a table for each unit's sheet."""

    meta: dict[str, str]
    who: str = ""
    tables: list[RawTable] = field(default_factory=list)


def read_paper(content: bytes, opened: Opener = first) -> RawPaper | None:
    """The paper in a workbook; None where it is something else. Raises what the reader raises."""
    book = opened(content)
    if META_SHEET not in book.sheet_names:
        return None
    sheets = {name: book.rows(name) for name in book.sheet_names}
    facts = {text_of(row[0]): text_of(row[1]) for row in sheets.pop(META_SHEET) if len(row) > 1}
    if facts.get("format") != FORMAT or facts.get("kind") not in set(Judgement):
        return None
    paper = RawPaper(dict.fromkeys(META_KEYS, "") | facts)
    for name, rows in sheets.items():
        paper.who = paper.who or _who(rows)
        if table := _table(name, rows, Judgement(facts["kind"])):
            paper.tables.append(table)
    return paper


def lost_paper(content: bytes, opened: Opener = first) -> Judgement | None:
    """The kind of paper that a workbook without our hidden sheet seems to be, by the codes or the headings of what
    people fill; None where it seems to be none. Raises as :func:`read_paper`."""
    book = opened(content)
    for name in book.sheet_names:
        for row in book.rows(name)[:SEARCHED_ROWS]:
            texts = {text_of(cell) for cell in row}
            for kind in (Judgement.DECISION, Judgement.APPRAISAL):
                filled = [column for column in PAPERS[kind].columns if column.entry]
                if {each.code for each in filled} <= texts or _headed(filled, texts):
                    return kind
    return None


def _headed(columns: Sequence[Column], texts: set[str]) -> bool:
    """Whether the headings of these columns are there, in any language."""
    return all(texts.intersection(in_every_language(each.title)) for each in columns)


def _who(rows: Sequence[Sequence[Any]]) -> str:
    """What stands beside the label in the row that carries the mark."""
    for row in rows[:SEARCHED_ROWS]:
        if WHO in row:
            texts = [text_of(cell) for cell in row if cell not in ("", WHO)]
            return texts[1] if len(texts) > 1 else ""
    return ""


def _table(name: str, rows: Sequence[Sequence[Any]], kind: Judgement) -> RawTable | None:
    """The rows below the hidden row of codes that name a criterion or hold an entry."""
    wanted = [each.code for each in PAPERS[kind].columns]
    for index, row in enumerate(rows[:SEARCHED_ROWS]):
        columns = {code: list(row).index(code) for code in wanted if code in row}
        if {"unit", "criterion", kind.value} <= columns.keys():
            table = RawTable(name, columns, index + 1)
            places = list(columns.values())
            for line, cells in enumerate(rows[index + 1 :], index + 2):
                if cells[columns["unit"]] != "" or _is_entry(cells[columns[kind.value]]):
                    table.rows.append((line, tuple(cells[place] for place in places)))
            return table
    return None


def _is_entry(value: Any) -> bool:
    """Whether somebody entered it: below the units' rows stand formulas of ours, which may have no result yet."""
    return isinstance(value, (str, float)) and value != ""
