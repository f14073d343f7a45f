"""The text for the commune radio: what it says, that it can be read aloud, that it fits a page and names no person."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from pipeline import tables
from pipeline.forms.frames import Results
from pipeline.outcome import Outcome
from pipeline.outputs.radio import bulletin
from pipeline.ranking.standings import rank
from pipeline.scoring.points import score
from tests import contest, small
from tests.outcomes import outcome

BULLETIN = """\
Kính thưa cán bộ và toàn thể Nhân dân xã Mẫu.

Hội đồng Thi đua, Khen thưởng xã Mẫu xin thông báo kết quả đợt tổng kết năm, tính đến
ngày mười ba tháng mười hai năm hai nghìn không trăm hai mươi ba.

Đến nay đã có sáu trên tổng số bảy đơn vị gửi phiếu hợp lệ, trong đó có một đơn vị gửi
sau hạn.

Khối các thôn. Xếp thứ nhất là Thôn một, đạt chín mươi tư điểm. Xếp thứ nhì là Thôn hai,
đạt chín mươi tư điểm. Xếp thứ ba là Thôn bốn, đạt ba mươi phẩy năm điểm. Về xếp loại,
có một đơn vị loại Xuất sắc; một đơn vị loại Tốt và một đơn vị loại Trung bình.

Khối trường học. Xếp thứ nhất là Trường Tiểu học, đạt một trăm điểm. Xếp thứ nhì là
Trường Trung học cơ sở, đạt chín mươi chín phẩy bốn mươi chín điểm. Về xếp loại, có hai
đơn vị loại Đạt.

Có một đơn vị đang được đề nghị bổ sung, hoàn thiện phiếu. Kính đề nghị đơn vị này khẩn
trương gửi phiếu về Văn phòng, Thống kê xã Mẫu.

Kết quả nêu trên được tính theo thang bảng điểm của kế hoạch; kết quả chính thức theo
quyết định của cấp có thẩm quyền.

Hội đồng Thi đua, Khen thưởng xã Mẫu trân trọng cảm ơn các đơn vị đã tích cực hưởng ứng
phong trào thi đua. Xin kính chào cán bộ và toàn thể Nhân dân xã Mẫu."""


def one_line(of: Outcome) -> str:
    """The text in one line."""
    return " ".join(bulletin.text(of).split())


def test_the_whole_text_of_the_small_year() -> None:
    assert bulletin.text(outcome()) == BULLETIN


def test_notepad_shows_it(tmp_path: Path) -> None:
    bulletin.write(outcome(), tmp_path / "ban-tin.txt")
    assert (tmp_path / "ban-tin.txt").read_bytes() == b"\xef\xbb\xbf" + (BULLETIN + "\n").replace("\n", "\r\n").encode()


def waiting(**states: str) -> Outcome:
    """The small year, with other states of some units (``_`` for ``-``)."""
    roster = outcome().roster.set_index("unit")
    for unit, state in states.items():
        roster.loc[unit.replace("_", "-"), "state"] = state
    return outcome(roster=roster.reset_index()[outcome().roster.columns])


def test_units_that_have_not_sent_are_named_and_asked() -> None:
    of = waiting(thon_5="not_sent")
    assert "Hiện còn một đơn vị chưa gửi phiếu là Thôn năm. Kính đề nghị đơn vị này khẩn trương gửi" in one_line(of)
    of = waiting(thon_5="not_sent", thon_4="not_sent", thcs="to_correct")
    assert (
        "Hiện còn hai đơn vị chưa gửi phiếu là Thôn bốn và Thôn năm. Có một đơn vị đang được đề nghị bổ sung, hoàn "
        "thiện phiếu. Kính đề nghị các đơn vị này khẩn trương gửi phiếu về Văn phòng, Thống kê xã Mẫu."
    ) in one_line(of)


def test_before_the_due_time_it_is_named() -> None:
    of = outcome()
    early = dataclasses.replace(of, as_of=of.as_of.replace(day=9))  # type: ignore[union-attr]
    assert (
        "gửi phiếu về Văn phòng, Thống kê xã Mẫu trước mười bảy giờ, ngày mùng mười tháng mười hai năm hai nghìn không "
        "trăm hai mươi ba."
    ) in one_line(early)


def claimed(points: dict[str, float]) -> Outcome:
    """A bloc of units with these points."""
    rules = contest.contest(list(points))
    results = contest.results({unit: {"A": claim} for unit, claim in points.items()})
    roster = contest.roster(rules)
    scores, groups = score(rules, results, roster)
    whole = {"rules": rules, "roster": roster, "scores": scores, "groups": groups}
    return dataclasses.replace(outcome(), **whole, standings=rank(rules, scores, groups, roster))


def test_units_that_share_a_place_are_named_together() -> None:
    of = claimed({"a": 50, "b": 60, "c": 60, "d": 40})
    assert "Đồng xếp thứ nhất là B và C, cùng đạt sáu mươi điểm. Xếp thứ ba là A, đạt năm mươi điểm. Về" in one_line(of)


def test_a_registration_tells_no_results() -> None:
    scored = {"scores": tables.Scores, "groups": tables.GroupPoints, "standings": tables.Standings}
    none = {name: tables.empty(model) for name, model in scored.items()}
    of = outcome()
    words = one_line(dataclasses.replace(of, **none, round=of.rules.plan.rounds[0]))
    assert "xin thông báo tình hình đợt đăng ký thi đua, tính đến ngày" in words
    assert "Xếp thứ" not in words and "điểm" not in words


def test_an_empty_inbox() -> None:
    rules = small.rules()
    nobody = [(b.code, b.name, code, u.name, "not_sent", 0, "", "", "") for code, (b, u) in rules.units.items()]
    of = outcome(
        roster=tables.of_records(nobody, tables.Roster),
        results=tables.empty(Results),
        as_of=None,
    )
    words = one_line(of)
    assert "Đến nay chưa có đơn vị nào trong tổng số bảy đơn vị có phiếu được tiếp nhận." in words
    assert "Hiện còn bảy đơn vị chưa gửi phiếu là Thôn một; Thôn hai;" in words
    assert "Xếp thứ" not in words and "trước mười bảy giờ" in words


@pytest.mark.parametrize("units", [30, 200])
def test_a_large_year_still_fits_the_page(units: int) -> None:
    """Blocs of one unit each, all of them ranked first."""
    blocs = [
        small.TRUONG | {"code": f"khoi-{n}", "name": f"Khối {n}", "units": [{"code": f"u-{n}", "name": f"Đơn vị {n}"}]}
        for n in range(1, units + 1)
    ]
    rules = small.rules(*blocs)
    ranked = [(f"khoi-{n}", f"u-{n}", 1, 100.0, 0.0, 0.0, 100.0, "Đạt", "", "", "", "") for n in range(1, units + 1)]
    standings = tables.of_records(ranked, tables.Standings)
    words = bulletin.text(
        dataclasses.replace(outcome(), rules=rules, roster=contest.roster(rules), standings=standings)
    )
    assert len(words) <= bulletin.LIMIT
    words = " ".join(words.split())
    assert "Khối một. Xếp thứ nhất là Đơn vị một, đạt một trăm điểm." in words
    assert ("khối còn lại và kết quả chi tiết được niêm yết tại trụ sở" in words) == (units == 200)


def test_nothing_but_words_and_nobody_by_name() -> None:
    text = bulletin.text(outcome())
    assert re.findall(r"[^\w\s,.;]|\d|_", text) == []
    assert [name for name in outcome().individual_awards["name"] if name in text] == []
