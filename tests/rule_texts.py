"""Rule files as text for tests: a small sound year, changed in one place, with the expected problems as marks.

A mark stands at the end of the line that is at fault: ``# <-- what | remedy`` (parts of the two messages).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipeline.rules.yaml_file import Problem, RuleFilesWrong
from pipeline.rules.year import load_rules

MARK = "# <-- "

PLAN = """\
code: KH-2023
year: 2023
title: Kế hoạch mẫu
commune: Xã Mẫu
issuer: UBND xã Mẫu
superior: UBND huyện Mẫu
council: {name: Hội đồng mẫu, members: 9}
contact:
  office: Văn phòng mẫu
decimals: 2
time_zone: Asia/Ho_Chi_Minh
rounds:
  - code: dang-ky
    name: Đăng ký
    kind: dang-ky
    opens: 2023-02-15
    due: 2023-03-15
  - code: tong-ket
    name: Tổng kết
    kind: tong-ket
    opens: 2023-11-15
    due: 2023-12-10
    due_time: '17:00'
movements:
  - {code: PT1, name: Phong trào một}
  - {code: PT2, name: Phong trào hai}
recipients:
  - {role: Phòng Nội vụ, as: report}
"""

AWARDS = """\
awards:
  - code: LDTT
    name: Lao động tiên tiến
    kind: title
    for: individual
    granted_by: xã
    source: Luật mẫu
  - code: GK
    name: Giấy khen
    kind: commendation
    for: individual
    granted_by: xã
    source: Luật mẫu
"""

THON = """\
code: thon
name: Khối thôn
units:
  - {code: thon-1, name: Thôn 1}
  - {code: thon-2, name: Thôn 2}
rubric:
  total: 100
  groups:
    - code: I
      name: Kinh tế
      points: 70
      criteria:
        - code: KT1
          name: Thu ngân sách
          points: 40
          score: {method: ratio, zero_target: none}
        - code: KT2
          name: Gia đình văn hóa
          points: 30
          target: 90
          high: 100
          score:
            method: bands
            bands:
              - {to: 80, points: 0}
              - {from: 80, to: 100, points: 15}
              - {from: 100, points: 30}
    - code: II
      name: Công tác thi đua
      points: 30
      criteria:
        - code: TD1
          name: Kỷ luật
          points: 30
          score:
            method: choice
            levels:
              - {name: Không, points: 30}
              - {name: Cảnh cáo, points: 0}
    - code: P
      name: Điểm trừ
      kind: penalty
      points: 5
      criteria:
        - code: P1
          name: Gửi chậm
          points: 5
          source: days_late
          score: {method: per_case, each: 1}
  classification:
    - {name: Tốt, from: 80, no_penalty: [P1]}
    - {name: Khá, from: 0}
  ties:
    - {by: criterion, code: KT1}
    - {by: received}
  exclusions:
    - {code: KBC, reason: Không báo cáo, when: no_report}
    - {code: KL, reason: Kỷ luật, when: criterion, criterion: TD1, one_of: [Cảnh cáo]}
"""

TRUONG = """\
code: truong
name: Khối trường
units:
  - {code: thcs, name: Trường THCS}
rubric:
  total: 100
  groups:
    - code: A
      name: Chất lượng
      points: 100
      criteria:
        - {code: GD1, name: Hoàn thành, points: 100, target: 98, score: {method: ratio}}
  classification:
    - {name: Đạt, from: 0}
"""

YEAR = {"plan.yaml": PLAN, "awards.yaml": AWARDS, "blocs/thon.yaml": THON, "blocs/truong.yaml": TRUONG}

Expected = tuple[str, int, str, str]


def year(*changes: tuple[str, str, str]) -> dict[str, str]:
    """The small year with changes: in that file, this text (which stands there once) becomes that text."""
    texts = dict(YEAR)
    for file, old, new in changes:
        assert texts[file].count(old) == 1, f"{old!r} must stand once in {file}"
        texts[file] = texts[file].replace(old, new)
    return texts


def write(folder: Path, texts: dict[str, str]) -> Path:
    """Write the texts as files below ``folder``."""
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def marked(texts: dict[str, str]) -> list[Expected]:
    """(file, line, part of what, part of the remedy) of every mark, in the order of files and lines."""
    return [
        (name, line, *(part.strip() for part in mark.split(" | ")))  # type: ignore[misc]
        for name, text in sorted(texts.items())
        for line, content in enumerate(text.splitlines(), start=1)
        for mark in content.split(MARK)[1:]
    ]


def problems(folder: Path) -> list[Problem]:
    """What loading the rules in ``folder`` finds wrong."""
    try:
        load_rules(folder)
    except RuleFilesWrong as wrong:
        return wrong.problems
    return []


def assert_problems(found: Iterable[Problem], folder: Path, expected: list[Expected]) -> None:
    """``found`` is exactly what the marks expect: nothing missing, nothing more, each with its line."""
    found = list(found)
    message = "\n".join(map(str, found))
    places = [(each.file.relative_to(folder).as_posix(), each.line) for each in found]
    assert places == [(file, line) for file, line, _what, _remedy in expected], message
    for each, (_file, _line, what, remedy) in zip(found, expected, strict=True):
        assert what in each.what, message
        assert remedy in each.remedy, message
