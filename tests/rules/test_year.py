"""A year's rule files: every way to get one wrong is told with file, line and remedy, all in one pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from pipeline import i18n
from pipeline.errors import ExitCode, UserFault
from pipeline.rules.yaml_file import RuleFilesWrong
from pipeline.rules.year import load_rules, newest_rules
from tests.places import RULES_2023
from tests.rule_texts import AWARDS, PLAN, YEAR, assert_problems, marked, problems, write, year

P, A, T, S = "plan.yaml", "awards.yaml", "blocs/thon.yaml", "blocs/truong.yaml"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    i18n.use_language("en")
    yield
    i18n.use_language(i18n.DEFAULT_LANGUAGE)


def test_the_small_year_is_sound(tmp_path: Path) -> None:
    folder = write(tmp_path / "2023", YEAR)
    assert problems(folder) == []


EARLY = "{method: graded_deadline, steps: [{days_late: -1, points: 0}, {days_late: 3, points: 2}], later: 5}"

WRONG = {
    "unknown key": [(T, "name: Khối thôn", "name: Khối thôn\nghi-chu: x  # <-- unknown key “ghi-chu” | remove it")],
    "misspelt key": [
        (T, "source: days_late", "sourse: days_late  # <-- unknown key “sourse” | mend its spelling: “source”?")
    ],
    "misspelt key of a method": [
        (T, "each: 1}", "each: 1, strat: full}  # <-- unknown key “strat” | mend its spelling: “start”?")
    ],
    "misspelt key beside a key of the method's own name": [
        (T, "method: bands\n", "method: bands\n            off: actual  # <-- unknown key “off” | “of”?\n")
    ],
    "missing key": [
        (T, "    - code: II\n      name: Công tác thi đua", "    - code: II  # <-- key “name” is missing | add it")
    ],
    "key twice": [(P, "decimals: 2", "decimals: 2\nyear: 2024  # <-- key “year” stands twice | keep one")],
    "criterion code twice": [
        (T, "code: TD1\n          name", "code: kt1  # <-- code kt1 is used twice | its own code\n          name"),
        (T, "criterion: TD1,", "criterion: kt1,"),
    ],
    "group code twice": [(T, "- code: II\n", "- code: i  # <-- code i is used twice | give each its own code\n")],
    "round code twice": [(P, "- code: tong-ket", "- code: dang-ky  # <-- code dang-ky is used twice | its own")],
    "movement code twice": [
        (P, "code: PT2, name: Phong trào hai}", "code: PT1, name: x}  # <-- code PT1 is | its own")
    ],
    "award code twice": [(A, "code: GK", "code: LDTT  # <-- code LDTT is used twice | give each its own code")],
    "award name twice": [
        (A, "name: Giấy khen", "name: Lao động tiên tiến  # <-- “Lao động tiên tiến” is listed twice | keep one")
    ],
    "exclusion code twice": [
        (T, "code: KL, reason", "code: KBC, reason"),
        (T, "one_of: [Cảnh cáo]}", "one_of: [Cảnh cáo]}  # <-- code KBC is used twice | give each its own code"),
    ],
    "unit twice in a bloc": [
        (T, "{code: thon-2, name: Thôn 2}", "{code: Thon-1, name: Thôn 2}  # <-- code Thon-1 is used twice | own")
    ],
    "unit in two blocs": [
        (S, "{code: thcs, name: Trường THCS}", "{code: thon-2, name: x}  # <-- thon-2 stands in thon.yaml too | own")
    ],
    "bloc code twice": [(S, "code: truong", "code: thon  # <-- code thon stands in thon.yaml too | its own code")],
    "group does not add up": [
        (T, "points: 40", "points: 41"),
        (T, "points: 70", "points: 70  # <-- criteria of group I add up to 71 points, not 70 | write 71 here"),
    ],
    "rubric does not add up": [
        (T, "total: 100", "total: 110  # <-- base groups add up to 100 points, not 110 | write 100 here")
    ],
    "more decimals than the plan has": [
        (P, "decimals: 2", "decimals: 0"),
        (S, "points: 100\n", "points: 99.5\n"),
        (S, "total: 100", "total: 99.5"),
        (S, "points: 100, target", "points: 99.5, target"),
        (
            S,
            "{method: ratio}}",
            "{method: ratio}}  # <-- 99.5 points have more than the plan's 0 decimals | no rounding",
        ),
    ],
    "penalty above its group": [
        (
            T,
            "          points: 5\n",
            "          points: 6  # <-- P1 can give 6 points, its group at most 5 | 5 or less\n",
        )
    ],
    "band gap": [
        (T, "to: 100, points: 15", "to: 90, points: 15"),
        (
            T,
            "{from: 100, points: 30}",
            "{from: 100, points: 30}  # <-- gap between the bands: 90 to 100 | from: 90 here",
        ),
    ],
    "band overlap": [
        (T, "to: 100, points: 15", "to: 110, points: 15"),
        (T, "{from: 100, points: 30}", "{from: 100, points: 30}  # <-- the bands overlap: 100 to 110 | from: 110 here"),
    ],
    "lowest band has a lower end": [
        (T, "{to: 80, points: 0}", "{from: 10, to: 80, points: 0}  # <-- below 10 no band says | leave out from")
    ],
    "highest band has an upper end": [
        (T, "{from: 100, points: 30}", "{from: 100, to: 120, points: 30}  # <-- from 120 on no band | leave out to")
    ],
    "open end between two bands": [
        (T, "to: 100, points: 15}", "points: 15}"),
        (
            T,
            "{from: 100, points: 30}",
            "{from: 100, points: 30}  # <-- an open end between them | write to in the lower",
        ),
    ],
    "best band is not the standard": [
        (
            T,
            "            bands:",
            "            bands:  # <-- gives 25 points, the criterion has 30 | 30 points",
        ),
        (T, "{from: 100, points: 30}", "{from: 100, points: 25}"),
    ],
    "best level is not the standard": [
        (
            T,
            "levels:",
            "levels:  # <-- gives 29 points, the criterion has 30 | 30 points",
        ),
        (T, "{name: Không, points: 30}", "{name: Không, points: 29}"),
    ],
    "zero target not thought of": [
        (T, "score: {method: ratio, zero_target: none}", "score: {method: ratio}  # <-- target may be 0 | zero_target")
    ],
    "high not above low": [(T, "high: 100", "high: 0  # <-- high 0 is not above low 0 | a value above 0")],
    "target for a method without one": [
        (T, "source: days_late", "source: days_late\n          target: 3  # <-- looks at no target | remove target")
    ],
    "days late for a method with a target": [
        (T, "source: days_late", "source: days_late  # <-- days late are a number | per_case"),
        (T, "{method: per_case, each: 1}", "{method: ratio, zero_target: none}"),
    ],
    "days early where the system counts days late": [
        (T, "source: days_late", "source: days_late  # <-- never days early | 0 days late"),
        (T, "{method: per_case, each: 1}", EARLY),
    ],
    "days early where results start at 0": [
        (T, "source: days_late", "low: 0  # <-- low: 0 forbids | low: -60"),
        (T, "{method: per_case, each: 1}", EARLY),
    ],
    "a formula with a slip": [
        (
            T,
            "score: {method: ratio, zero_target: none}",
            "score: {method: formula, formula: '=actual/taget'}  # <-- character 9, “taget”: there is no | target",
        )
    ],
    "due before opening": [
        (
            P,
            "due: 2023-12-10",
            "due: 2023-11-14  # <-- due on 2023-11-14, before it opens | make due 2023-11-15 or later",
        )
    ],
    "round of another year": [
        (P, "opens: 2023-02-15", "opens: 2022-02-15"),
        (P, "due: 2023-03-15", "due: 2022-03-15  # <-- does not belong to the plan of 2023 | mend the day"),
    ],
    "a year that is not the folder's": [
        (P, "year: 2023", "year: 2024  # <-- the plan is of 2024, its folder of 2023 | write year: 2023"),
        (P, "due: 2023-03-15", "due: 2024-03-15"),
    ],
    "unknown time zone": [(P, "Asia/Ho_Chi_Minh", "Asia/Dai_Lanh  # <-- no such time zone | Asia/Ho_Chi_Minh")],
    "tie on a criterion that is not there": [
        (T, "code: KT1}", "code: KT9}  # <-- there is no criterion KT9 | use one of: KT1, KT2, P1, TD1")
    ],
    "tie on a group that is not there": [
        (T, "by: criterion, code: KT1}", "by: group, code: III}  # <-- there is no group III | use one of: I, II, P")
    ],
    "tie that names nothing": [
        (T, "by: criterion, code: KT1}", "by: criterion}  # <-- key “code” is missing | add code with one of: KT1, KT2")
    ],
    "exclusion on a criterion that is not there": [
        (
            T,
            "criterion: TD1, one_of: [Cảnh cáo]}",
            "criterion: TD9, one_of: [x]}  # <-- no criterion TD9 | one of: TD1",
        )
    ],
    "exclusion that names no criterion": [
        (
            T,
            "criterion: TD1, one_of: [Cảnh cáo]}",
            "one_of: [x]}  # <-- key “criterion” is missing | add criterion with",
        )
    ],
    "exclusion on a level that is not there": [
        (T, "one_of: [Cảnh cáo]}", "one_of: [Cách chức]}  # <-- “Cách chức” is no level of criterion TD1 | Cảnh cáo")
    ],
    "exclusion without an answer": [
        (T, ", one_of: [Cảnh cáo]}", "}  # <-- the exclusion names no answer | add one_of")
    ],
    "class condition on a criterion that is not there": [
        (T, "no_penalty: [P1]}", "no_penalty: [P9]}  # <-- there is no criterion P9 | use one of: P1")
    ],
    "classes out of order": [
        (T, "{name: Khá, from: 0}", "{name: Khá, from: 80}  # <-- class “Khá” starts at 80, not below | best down"),
        (T, "  ties:", "    - {name: Yếu, from: 0}\n  ties:"),
    ],
    "last class has conditions": [
        (T, "{name: Khá, from: 0}", "{name: Khá, from: 50}  # <-- a unit may fit no class | “from: 0” and nothing else")
    ],
    "unknown method": [
        (T, "method: choice", "method: chon  # <-- no such scoring method: chon | appraised, bands, choice,")
    ],
    "no method": [
        (T, "score: {method: per_case, each: 1}", "score: {each: 1}  # <-- key “method” is missing | “method: ratio”")
    ],
    "text for a number": [
        (
            T,
            "          points: 40",
            "          points: '40,5'  # <-- “40,5” is not a number | digits with a decimal point: 40.5",
        )
    ],
    "number for text": [(T, "name: Kinh tế", "name: 2023  # <-- “2023” is not text | put it in quotes")],
    "key for a list": [
        (S, "  - {code: thcs, name: Trường THCS}", "  thcs: Trường"),
        (S, "units:", "units:  # <-- “units” must be a list | with a hyphen"),
    ],
    "text for an entry": [
        (
            S,
            "- {code: thcs, name: Trường THCS}",
            "- Trường THCS  # <-- “units” must hold keys with values | “code: thon-1”",
        )
    ],
    "value left blank": [(P, "issuer: UBND xã Mẫu", "issuer:  # <-- “issuer” is left blank | write its value")],
    "neither true nor false": [
        (
            T,
            "source: days_late",
            "source: days_late\n          whole: chắc  # <-- “chắc” is neither true nor false | write true or",
        )
    ],
    "not one of the possible words": [
        (P, "kind: tong-ket", "kind: cuoi-nam  # <-- “cuoi-nam” is not possible for “kind” | dang-ky, so-ket, tong-ket")
    ],
    "code with diacritics": [
        (S, "code: truong\n", "code: trường  # <-- “trường” is not a possible “code” | letters without diacritics\n")
    ],
    "code that ends in a dot": [
        (S, "code: truong\n", "code: truong.  # <-- “truong.” is not a possible “code” | digits\n")
    ],
    "a day that the calendar lacks": [
        (P, "due: 2023-03-15", "due: 2023-02-30  # <-- “2023-02-30” is not a day | year-month-day")
    ],
    "a day written the Vietnamese way": [
        (P, "due: 2023-03-15", "due: 15/03/2023  # <-- “15/03/2023” is not a day | for example 2023-12-10")
    ],
    "a time that is none": [
        (P, "'17:00'", "5 giờ chiều  # <-- “5 giờ chiều” is not a time | hours and minutes in quotes")
    ],
    "too few bands": [
        (T, "              - {from: 80, to: 100, points: 15}\n              - {from: 100, points: 30}\n", ""),
        (T, "            bands:", "            bands:  # <-- “bands” has too few entries | give at least 2"),
    ],
    "negative points": [(T, "total: 100", "total: -1  # <-- “total” is -1, which is too small | a value above 0")],
    "percentage above 100": [
        (T, "no_penalty: [P1]}", "each_group: 150}  # <-- “each_group” is 150, which is too large | at most 100")
    ],
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG.keys())
def test_one_thing_wrong__is_told_with_file_line_and_remedy_and_nothing_else(
    tmp_path: Path, changes: list[tuple[str, str, str]]
) -> None:
    texts = year(*changes)
    expected = marked(texts)
    assert expected, "the case has no mark"
    folder = write(tmp_path / "2023", texts)
    assert_problems(problems(folder), folder, expected)


def test_everything_wrong_at_once__is_told_in_one_pass(tmp_path: Path) -> None:
    texts = year(
        (A, "kind: commendation", "kind: thưởng  # <-- “thưởng” is not possible for “kind” | title, commendation"),
        # a bloc with nothing worse than an unknown key is checked through
        (T, "name: Khối thôn", "name: Khối thôn\nghi-chu: x  # <-- unknown key “ghi-chu” | remove it"),
        (T, "{code: thon-2, name: Thôn 2}", "{code: thon-1, name: x}  # <-- code thon-1 is used twice | its own"),
        (T, "total: 100", "total: 101  # <-- add up to 100 points, not 101 | write 100 here"),
        (T, "{from: 80, to: 100, points: 15}", "{from: 70, to: 100, points: 15}  # <-- overlap: 70 to 80 | from: 80"),
        (T, "code: KT1}", "code: KT9}  # <-- there is no criterion KT9 | KT1, KT2, P1, TD1"),
        # of a plan that does not read as a whole, each sound round is checked
        (P, "members: 9}", "members: chín}  # <-- “chín” is not a whole number | write digits only"),
        (P, "due: 2023-12-10", "due: 2023-11-01  # <-- before it opens on 2023-11-15 | 2023-11-15 or later"),
        # of a bloc that does not, its sound rubric, and its codes against those of the others
        (S, "code: truong\n", "code: thon  # <-- code thon stands in thon.yaml too | its own code\n"),
        (S, "{code: thcs, name: Trường THCS}", "{code: thcs}  # <-- key “name” is missing | add it"),
        (S, "total: 100", "total: 90  # <-- add up to 100 points, not 90 | write 100 here"),
    )
    folder = write(tmp_path / "2023", texts)
    assert_problems(problems(folder), folder, marked(texts))


def test_a_rubric_that_does_not_read_as_a_whole__has_its_sound_criteria_checked(tmp_path: Path) -> None:
    texts = year(
        (T, "total: 100", "total: trăm  # <-- “trăm” is not a number | digits"),
        (T, "to: 100, points: 15", "to: 90, points: 15"),
        (
            T,
            "{from: 100, points: 30}",
            "{from: 100, points: 30}  # <-- gap between the bands: 90 to 100 | from: 90 here",
        ),
        (T, "score: {method: per_case, each: 1}", "score: {method: per_case}  # <-- key “each” is missing | add it"),
    )
    folder = write(tmp_path / "2023", texts)
    assert_problems(problems(folder), folder, marked(texts))


def test_a_missing_file_and_a_file_in_another_encoding(tmp_path: Path) -> None:
    folder = write(tmp_path / "2023", YEAR)
    (folder / A).unlink()
    (folder / S).write_bytes("name: Khối trường".encode("utf-16"))
    expected = [
        (A, 1, "the file is not there", "copy it from last year's rules"),
        (S, 1, "the file is not UTF-8 text", "save it again as UTF-8"),
    ]
    assert_problems(problems(folder), folder, expected)


def test_a_year_without_blocs(tmp_path: Path) -> None:
    folder = write(tmp_path / "2023", {P: PLAN, A: AWARDS})
    assert_problems(problems(folder), folder, [(P, 1, "there is no bloc beside this plan", "blocs/thon.yaml")])


LISTS = [
    (P, "rounds", True),
    (P, "movements", False),
    (P, "recipients", False),
    (A, "awards", False),
    (T, "units", True),
    (T, "groups", True),
    (T, "classification", True),
    (T, "levels", True),
    (T, "bands", True),
]


@pytest.mark.parametrize("left", ["{indent}{key}:\n", "{indent}{key}: x\n", "{indent}{key}: {{code: x}}\n", "{none}"])
@pytest.mark.parametrize(("file", "key", "needed"), LISTS, ids=[key for _file, key, _needed in LISTS])
def test_a_list_that_is_missing_is_told_once_for_all(
    tmp_path: Path, file: str, key: str, needed: bool, left: str
) -> None:
    """Whatever the list is now, the remedy is the same, so that nobody needs a second round to mend it."""
    block = re.search(rf"^( *){key}:\n(?:\1[ -].*\n)+", YEAR[file], re.MULTILINE)
    assert block
    none = "" if key != "awards" else "other: x\n"
    text = YEAR[file].replace(block[0], left.format(indent=block[1], key=key, none=none))
    found = [each for each in problems(write(tmp_path / "2023", {**YEAR, file: text})) if f"“{key}”" in each.what]
    remedy = "give at least" if needed else f"where there are none, write “{key}: []”"
    assert [(remedy in each.remedy, "with a hyphen: “- ”" in each.remedy) for each in found] == [(True, True)]


def test_the_sum_of_a_group_is_mended_once(tmp_path: Path) -> None:
    """The total is not called wrong for what is a group's mistake."""
    folder = write(tmp_path / "2023", year((T, "points: 70", "points: 71")))
    assert [each.remedy for each in problems(folder)] == ["write 70 here, or change the criteria"]


@pytest.mark.parametrize("name", ["dt.yml", "dt.yaml.txt", "dt.YAML.TXT", "dt.yaml.yml"])
def test_a_bloc_that_is_not_read_is_named(tmp_path: Path, name: str) -> None:
    found = problems(write(tmp_path / "2023", {**YEAR, f"blocs/{name}": YEAR[S]}))
    assert [(each.file.name, each.what) for each in found] == [(name, "this file is not read")]
    assert found[0].remedy.startswith("rename it to dt.yaml (in Notepad")


@pytest.mark.parametrize("name", ["plan.yml", "plan.yaml.txt", "Plan.yaml.txt", "awards.yml", "awards.txt"])
def test_a_plan_that_is_not_read_is_not_called_missing(tmp_path: Path, name: str) -> None:
    meant = f"{name.split('.')[0].lower()}.yaml"
    texts = dict(YEAR)
    texts[name] = texts.pop(meant)
    found = problems(write(tmp_path / "2023", texts))
    assert [(each.file.name, each.what) for each in found] == [(name, "this file is not read")]
    assert f"rename it to {meant}" in found[0].remedy
    assert newest_rules(tmp_path) == tmp_path / "2023"


def test_what_may_be_a_note_or_a_copy_is_only_a_warning(tmp_path: Path) -> None:
    more = {
        "blocs/thon.yml": YEAR[T],
        "blocs/cu/dt.yaml": YEAR[S],
        "blocs/ghi-chu.txt": "x",
        "khac.yaml": YEAR[S],
        "blocs/thon.yaml.bak": "x",
        "doc.txt": "x",
    }
    folder = write(tmp_path / "2023", {**YEAR, **more})
    warnings = {each.file.relative_to(folder).as_posix(): each.remedy for each in load_rules(folder).warnings}
    assert warnings == {
        "blocs/cu/dt.yaml": "if it is meant to count, move it to blocs/dt.yaml",
        "blocs/ghi-chu.txt": "rename it to ghi-chu.yaml (in Notepad: Save As, type “All Files”)",
        "blocs/thon.yml": "bring what is new in it into thon.yaml, then delete it",
        "khac.yaml": "if it is meant to count, move it to blocs/khac.yaml",
    }


GOOD = "from: 80, no_penalty: [P1]}"
SHARES = {
    "a quota": ((T, GOOD, "from: 80, quota: 0.4}"), "write 40 for 40 %"),
    "a part of each group": ((T, GOOD, "from: 80, each_group: 0.5}"), "write 50 for 50 %"),
    "a floor": ((T, "ratio, zero_target: none", "ratio, floor: 0.7, zero_target: none"), "write 70 for 70 %"),
    "a class without a place": ((T, GOOD, "from: 80, quota: 40}"), "write quota: 50 or more"),
}


@pytest.mark.parametrize(("change", "remedy"), SHARES.values(), ids=SHARES.keys())
def test_a_share_written_for_a_percentage_is_warned_of(
    tmp_path: Path, change: tuple[str, str, str], remedy: str
) -> None:
    warnings = load_rules(write(tmp_path / "2023", year(change))).warnings
    assert [remedy in each.remedy for each in warnings] == [True]


def test_the_sample_year_gives_no_warning() -> None:
    assert load_rules(RULES_2023).warnings == ()


def test_wrong_rule_files_are_the_officers_to_mend__and_read_as_file_line_what_remedy(tmp_path: Path) -> None:
    folder = write(tmp_path / "2023", year((P, "members: 9", "members: 0")))
    with pytest.raises(RuleFilesWrong) as wrong:
        load_rules(folder)
    assert wrong.value.exit_code is ExitCode.RULES_OR_FLAGS
    assert str(wrong.value) == f"{folder / P}:7: “members” is 0, which is too small. Write a value of at least 1."


def test_the_newest_year_and_folders_that_are_not_there(tmp_path: Path) -> None:
    for name in ("2022", "2023", "thu-nghiem"):
        write(tmp_path / name, YEAR)
    (tmp_path / "2024").mkdir()
    assert newest_rules(tmp_path) == tmp_path / "2023"
    with pytest.raises(UserFault, match="there are no rules in"):
        newest_rules(tmp_path / "2024")
    with pytest.raises(UserFault, match="there is no folder"):
        load_rules(tmp_path / "2025")


def test_the_fingerprint_follows_the_meaning_and_not_the_text(tmp_path: Path) -> None:
    def fingerprint(name: str, texts: dict[str, str], bloc: str = "thon") -> str:
        rules = load_rules(write(tmp_path / name / "2023", texts))
        of = rules.plan.round("tong-ket")
        assert of is not None
        return rules.fingerprint(rules.bloc(bloc), of)

    original = fingerprint("as-is", YEAR)
    same = {
        "a comment": year((T, "total: 100", "total: 100  # ghi chú")),
        "the due day": year((P, "due: 2023-12-10", "due: 2023-12-20")),
        "other line ends": {name: text.replace("\n", "\r\n") for name, text in YEAR.items()},
        "another bloc": year((S, "name: Chất lượng", "name: Chất lượng giáo dục")),
        "a byte order mark": {name: "\ufeff" + text for name, text in YEAR.items()},
    }
    others = {
        "a criterion's words": year((T, "name: Thu ngân sách", "name: Thu ngân sách xã")),
        "a level's points": year((T, "{name: Cảnh cáo, points: 0}", "{name: Cảnh cáo, points: 1}")),
        "a movement": year((P, "Phong trào hai", "Phong trào khác")),
        "an award": year((A, "name: Giấy khen", "name: Bằng khen")),
        "the form's version": year((P, "due_time: '17:00'", "form_version: 2")),
    }
    assert {why: fingerprint(f"same-{n}", texts) for n, (why, texts) in enumerate(same.items())} == dict.fromkeys(
        same, original
    )
    changed = [fingerprint(f"other-{n}", texts) for n, texts in enumerate(others.values())]
    assert len({original, *changed}) == 1 + len(others)


# --- the rule files that we ship ---------------------------------------------------------------------


def test_the_rules_of_2023_are_sound() -> None:
    assert problems(RULES_2023) == []
    rules = load_rules(RULES_2023)
    assert {bloc.code: len(bloc.units) for bloc in rules.blocs} == {
        "chuyen-mon": 8,
        "doan-the": 8,
        "thon": 6,
        "truong-hoc": 3,
    }
    assert [each.code for each in rules.plan.rounds] == ["dang-ky", "so-ket", "tong-ket"]
    closing = rules.plan.round("tong-ket")
    assert closing is not None
    assert str(closing.opens) == "2023-11-15"
    assert rules.plan.due_moment(closing).isoformat() == "2023-12-10T17:00:00+07:00"
    assert all(each.email is None for each in rules.plan.recipients), "no address is invented"
    assert [each.role for each in rules.plan.recipients if each.as_ == "report"] == [
        "Hội đồng Thi đua - Khen thưởng huyện Vạn Ninh",
        "Phòng Nội vụ huyện Vạn Ninh",
    ]


@pytest.mark.parametrize("path", sorted((RULES_2023 / "blocs").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_points_of_2023_add_up__added_here_from_the_bare_yaml(path: Path) -> None:
    rubric = YAML(typ="safe").load(path.read_text(encoding="utf-8"))["rubric"]
    base = [group for group in rubric["groups"] if group.get("kind", "base") == "base"]
    for group in base:
        assert sum(Decimal(str(each["points"])) for each in group["criteria"]) == group["points"], group["name"]
    assert sum(group["points"] for group in base) == rubric["total"] == 100
    criteria = [each for group in rubric["groups"] for each in group["criteria"]]
    assert 18 <= len(criteria) <= 30
    assert {each["score"]["method"] for each in criteria} == {
        "appraised",
        "bands",
        "choice",
        "per_case",
        "ratio",
        "yes_no",
    }
    assert {each["score"].get("direction", "up") for each in criteria if each["score"]["method"] == "ratio"} == {
        "up",
        "down",
    }
    for each in criteria:  # a percentage cannot pass 100, and a count has no decimals
        assert each.get("unit", "").startswith("%") == (each.get("high") == 100), each["code"]
        assert not (each.get("whole") and each.get("unit", "").startswith("%")), each["code"]


@pytest.mark.parametrize("path", sorted(RULES_2023.rglob("*.yaml")), ids=lambda path: path.name)
def test_every_rule_file_says_first_that_it_is_illustrative(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# ")
    assert "minh họa" in first
