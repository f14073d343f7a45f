"""``ban-tin.txt``: one page of plain Vietnamese that the commune radio can read aloud as it stands.

In: an :class:`~pipeline.outcome.Outcome`. Out: a text: greeting, round, how many have sent, the first of each bloc with
their points, classes, who still has to send, thanks. Numbers, days and abbreviations are written as they are spoken
(:mod:`pipeline.outputs.radio.spoken`).

Promises. At most :data:`LIMIT` characters, which is a page and some five minutes: a larger year has fewer places, no
classes, no names, in the end fewer blocs, and the text says where the rest can be read. Nothing that a unit typed and
no person is named: names come from the rule files alone. Always Vietnamese, whatever the plan's language, for it is
read to the people of the commune; so its sentences stand here and not in the catalogue.

UTF-8 with a byte order mark, lines ended by CR LF: Notepad on older Windows shows it as it is.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from pathlib import Path

import pandas as pd

from pipeline.code_lists import State
from pipeline.outcome import Outcome
from pipeline.outputs.radio import spoken
from pipeline.register.roster import turnout
from pipeline.rules.rubric import Bloc
from pipeline.tables import Roster, Standings, by_bloc, plain_rows

LIMIT = 3_000
"""Characters."""

NAMED = 8
"""So many names stand in one sentence at most."""

_COLUMNS = 88
_REST = "Kết quả của các khối còn lại và kết quả chi tiết được niêm yết tại trụ sở."


@dataclass(frozen=True)
class _Length:
    """What a bulletin has: so many first ranks of each bloc, its classes, and the names of units that have not sent."""

    places: int
    classes: bool
    names: bool


_LENGTHS = (_Length(3, True, True), _Length(1, True, True), _Length(1, False, True), _Length(1, False, False))


def write(outcome: Outcome, path: Path) -> None:
    """Write the text of an outcome to ``path``. Raises OSError."""
    path.write_text(text(outcome) + "\n", encoding="utf-8-sig", newline="\r\n")


def text(outcome: Outcome) -> str:
    """The longest text of at most :data:`LIMIT` characters, without a line end after its last line."""
    for length in _LENGTHS:
        page = _page(outcome, length, _results(outcome, length))
        if len(page) <= LIMIT:
            return page
    results = _results(outcome, _LENGTHS[-1])
    room = LIMIT - len(_page(outcome, _LENGTHS[-1], [_REST]))
    fitting = [length <= room for length in accumulate(len(paragraph) + 2 for paragraph in results)].count(True)
    return _page(outcome, _LENGTHS[-1], [*results[:fitting], _REST])


def _page(outcome: Outcome, length: _Length, results: Sequence[str]) -> str:
    """The paragraphs, each broken into lines."""
    plan = outcome.rules.plan
    commune, council = _within(plan.commune), spoken.text(plan.council.name)
    paragraphs = [
        f"Kính thưa cán bộ và toàn thể Nhân dân {commune}.",
        _introduction(outcome, council),
        _sent(outcome),
        *results,
        *_waited_for(outcome, length),
    ]
    if outcome.round.kind.ranked:
        paragraphs.append(
            "Kết quả nêu trên được tính theo thang bảng điểm của kế hoạch; kết quả chính thức theo quyết định của cấp "
            "có thẩm quyền."
        )
    paragraphs.append(
        f"{council} trân trọng cảm ơn các đơn vị đã tích cực hưởng ứng phong trào thi đua. Xin kính chào cán bộ và "
        f"toàn thể Nhân dân {commune}."
    )
    return "\n\n".join(textwrap.fill(paragraph, _COLUMNS) for paragraph in paragraphs)


def _introduction(outcome: Outcome, council: str) -> str:
    what = "kết quả" if outcome.round.kind.ranked else "tình hình"
    as_of = outcome.as_of
    day = f", tính đến {spoken.day(as_of.astimezone(outcome.rules.plan.zone))}" if as_of else ""
    return f"{council} xin thông báo {what} đợt {_within(spoken.text(outcome.round.name))}{day}."


def _within(name: str) -> str:
    """A name within a sentence: "Xã Đại Lãnh" begins small there."""
    return name[:1].lower() + name[1:]


def _sent(outcome: Outcome) -> str:
    units, sent, late, *_others = turnout(outcome.roster)
    if sent == 0:
        return f"Đến nay chưa có đơn vị nào trong tổng số {spoken.number(units)} đơn vị có phiếu được tiếp nhận."
    behind = f", trong đó có {spoken.number(late)} đơn vị gửi sau hạn" if late else ""
    if sent == units:
        return f"Đến nay, cả {spoken.number(units)} đơn vị đã gửi phiếu hợp lệ{behind}."
    whole = f"{spoken.number(sent)} trên tổng số {spoken.number(units)} đơn vị"
    return f"Đến nay đã có {whole} gửi phiếu hợp lệ{behind}."


# --- results ------------------------------------------------------------------------------------------


def _results(outcome: Outcome, length: _Length) -> list[str]:
    """A paragraph for each bloc in which a unit is ranked."""
    if not outcome.round.kind.ranked:
        return []
    parts = by_bloc(outcome.standings, outcome.rules)
    ranked = {code: part[part[Standings.rank].notna()] for code, part in parts.items()}
    return [_result(bloc, ranked[bloc.code], length) for bloc in outcome.rules.blocs if len(ranked[bloc.code])]


def _result(bloc: Bloc, ranked: pd.DataFrame, length: _Length) -> str:
    sentences = [spoken.text(bloc.name), *_places(bloc, ranked, length.places)]
    if length.classes:
        levels = ranked[Standings.classification].value_counts()
        counts = [
            f"{spoken.number(int(levels[level.name]))} đơn vị loại {spoken.text(level.name)}"
            for level in bloc.rubric.classification
            if level.name in levels
        ]
        undecided = len(ranked) - int(levels.reindex([each.name for each in bloc.rubric.classification]).sum())
        if undecided:
            counts.append(f"{spoken.number(undecided)} đơn vị chờ Hội đồng quyết định xếp loại")
        sentences.append(f"Về xếp loại, có {_listed(counts)}")
    return ". ".join(sentences) + "."


def _places(bloc: Bloc, ranked: pd.DataFrame, most: int) -> Iterator[str]:
    """A sentence for each of the ranks 1 to ``most``; units that share one are named together."""
    names = {unit.code: unit.name for unit in bloc.units}
    first = ranked[ranked[Standings.rank] <= most]
    rows = plain_rows(first, Standings.rank, Standings.unit, Standings.total)
    for rank, same in groupby(sorted(rows, key=lambda row: row[0]), key=lambda row: row[0]):
        _ranks, units, totals = zip(*same, strict=True)
        together = ("Đồng xếp", "cùng đạt") if len(units) > 1 else ("Xếp", "đạt")
        yield (
            f"{together[0]} thứ {spoken.ordinal(rank)} là {_named([names[unit] for unit in units])}, {together[1]} "
            f"{spoken.number(totals[0])} điểm"
        )


# --- who is waited for --------------------------------------------------------------------------------


def _waited_for(outcome: Outcome, length: _Length) -> Iterator[str]:
    """Units that have not sent by name, those that must correct by number: their faults are their own affair."""
    roster = outcome.roster
    missing = roster.loc[roster[Roster.state] == State.NOT_SENT, Roster.unit_name].tolist()
    correcting = turnout(roster).to_correct
    sentences = []
    if missing:
        names = f" là {_named(missing)}" if length.names else ""
        sentences.append(f"Hiện còn {spoken.number(len(missing))} đơn vị chưa gửi phiếu{names}.")
    if correcting:
        sentences.append(f"Có {spoken.number(correcting)} đơn vị đang được đề nghị bổ sung, hoàn thiện phiếu.")
    if sentences:
        who = "đơn vị này" if len(missing) + correcting == 1 else "các đơn vị này"
        yield " ".join([*sentences, _please(outcome, who)])


def _please(outcome: Outcome, who: str) -> str:
    plan = outcome.rules.plan
    due, office = plan.due_moment(outcome.round), spoken.text(plan.contact.office)
    if outcome.as_of and outcome.as_of > due:
        return f"Kính đề nghị {who} khẩn trương gửi phiếu về {office}."
    when = f"{spoken.time(due.time())}, {spoken.day(due)}"
    return f"Kính đề nghị {who} gửi phiếu về {office} trước {when}."


def _named(names: Sequence[str]) -> str:
    spoken_names = [spoken.text(name) for name in names[:NAMED]]
    if len(names) > NAMED:
        spoken_names.append(f"{spoken.number(len(names) - NAMED)} đơn vị khác")
    return _listed(spoken_names)


def _listed(words: Sequence[str]) -> str:
    *first, last = words
    return f"{'; '.join(first)} và {last}" if first else last
