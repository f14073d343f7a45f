"""Forms of one unit that were received at the same moment: which of them is the later one, if anything says so.

In: such forms, and when each file was last saved. Out: a :class:`Choice`. Three witnesses are heard: the names of the
files (:mod:`pipeline.register.copy_names`), the day of signing in the forms, and the times of saving. Those that speak
must agree; where none speaks, or two contradict one another, nothing is decided. Forms in which the same is entered
are no conflict.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.forms.cell_values import holds_entry
from pipeline.forms.declared import TABLE, UNIT
from pipeline.forms.reading import RawTable
from pipeline.forms.values import read_date, read_number
from pipeline.i18n import N_, _
from pipeline.intake.recognition import Submission
from pipeline.register.copy_names import later_by_name
from pipeline.rules.round_context import RoundContext
from pipeline.text import natural_order, same, text_of

NAME, SIGNING, SAVING = N_("the names of the files"), N_("the day of signing"), N_("the time of saving")


@dataclass(frozen=True)
class Choice:
    """``form``: the one that counts, None where nothing says which; ``why``: file of another one -> in words, why that
    does not count; ``witnesses``: in words, what says which is the later one, "" where the same is entered in all."""

    form: Submission | None
    why: Mapping[str, str]
    witnesses: str = ""


@dataclass(frozen=True)
class Witnesses:
    """What is known of the files of a round. ``saved``: file -> when it was last saved; ``seen``: file -> when a run
    first saw it, after which it cannot have been saved; ``context``: the round."""

    saved: Mapping[str, dt.datetime | None]
    seen: Mapping[str, dt.datetime]
    context: RoundContext

    def later(self, one: Submission, other: Submission) -> int:
        """1 where ``one`` is the later one, -1 where ``other`` is, 0 where that is not clear."""
        signs = set(self.heard(one, other).values())
        return signs.pop() if len(signs) == 1 else 0

    def heard(self, one: Submission, other: Submission) -> dict[str, int]:
        """Witness -> which one it says is the later one; those that say nothing are left out."""
        signs = {
            NAME: later_by_name(one.file, other.file),
            SIGNING: _compared(self.signed(one), self.signed(other)),
            SAVING: _compared(self._saved(one), self._saved(other)),
        }
        return {witness: sign for witness, sign in signs.items() if sign}

    def signed(self, form: Submission) -> dt.date | None:
        """The day of signing, where the plan's time has it: a year that was mistyped says nothing."""
        day, year = _signed_on(form), self.context.plan.year
        return day if day and dt.date(year, 1, 1) <= day <= dt.date(year + 1, 3, 31) else None

    def _saved(self, form: Submission) -> dt.datetime | None:
        """The time of saving, where it lies between the issue of the forms and the day after the file was seen."""
        saved = self.saved.get(form.file)
        if saved is None:
            return None
        saved = saved if saved.tzinfo else saved.replace(tzinfo=self.context.plan.zone)
        issued = dt.datetime.combine(self.context.round.opens, dt.time(), dt.UTC)
        return saved if issued < saved <= self.seen[form.file] + dt.timedelta(days=1) else None


def _compared(one: Any, other: Any) -> int:
    return 0 if one is None or other is None else int(one > other) - int(one < other)


def _signed_on(form: Submission) -> dt.date | None:
    table = form.form.tables.get(UNIT.code)
    rows = [dict(zip(table.columns, cells, strict=True)) for _number, cells in table.rows] if table else []
    values = [row.get("value") for row in rows if row.get("item") == "signed_on"]
    return read_date(values[0]) if len(values) == 1 and isinstance(values[0], (dt.date, str, float, int)) else None


# --- choosing -----------------------------------------------------------------------------------------


def choose(forms: Sequence[Submission], witnesses: Witnesses) -> Choice:
    """Which of several forms of one moment counts."""
    groups: dict[Any, list[Submission]] = {}
    for form in sorted(forms, key=lambda form: natural_order(form.file)):
        groups.setdefault(_entries(form), []).append(form)
    alike = list(groups.values())
    latest = [group for group in alike if all(_later(group, other, witnesses) for other in alike if other is not group)]
    if not latest:
        return Choice(None, {})
    (group,) = latest
    form = last_of(group, witnesses.later)
    why = {each.file: _("the same is entered as in {other}").format(other=form.file) for each in group}
    older = [each for other in alike if other is not group for each in other]
    heard = {witness for each in older for late in group for witness in witnesses.heard(late, each)}
    named = ", ".join(_(witness) for witness in (NAME, SIGNING, SAVING) if witness in heard)
    words = _("replaced by {other}, which was received at the same moment and is the later one by {witnesses}")
    why |= {each.file: words.format(other=form.file, witnesses=named) for each in older}
    return Choice(form, {file: words for file, words in why.items() if file != form.file}, named)


def last_of(forms: Sequence[Submission], later: Callable[[Submission, Submission], int]) -> Submission:
    """The last form of those that are not known to be older than another one."""
    newest = [form for form in forms if not any(later(other, form) > 0 for other in forms)]
    return (newest or forms)[-1]


def _later(group: Sequence[Submission], other: Sequence[Submission], witnesses: Witnesses) -> bool:
    """Whether all that is heard of the forms of two groups says that the first is the later one."""
    return {sign for one in group for two in other for sign in _signs(witnesses.heard(one, two))} == {1}


def _signs(heard: Mapping[str, int]) -> set[int]:
    return set(heard.values())


# --- what is entered ----------------------------------------------------------------------------------


def _entries(form: Submission) -> tuple[Any, ...]:
    """What a form would count with, to compare it by: who signed it when is no part of that."""
    tables = form.form.tables
    return tuple((code, _rows(code, tables[code])) for code in sorted(tables) if code != UNIT.code)


def _rows(code: str, raw: RawTable) -> tuple[Any, ...]:
    table = TABLE[code]
    filled = {field.code for field in table.to_fill}
    rows = []
    for _number, cells in raw.rows:
        entered = {field: value for field, value in zip(raw.columns, cells, strict=True) if holds_entry(value)}
        key = text_of(entered.get(table.key, "")) if table.key else ""
        values = tuple(sorted((field, _value(value)) for field, value in entered.items() if field in filled))
        rows += [(key, values)] if values else []
    return tuple(sorted(rows) if table.key else rows)


def _value(value: Any) -> str:
    """A value as text; a number is the same number however it was typed."""
    if isinstance(value, str):
        read = read_number(value)
        return text_of(read.value) if read.value is not None and read.other is None else same(value)
    return text_of(value)
