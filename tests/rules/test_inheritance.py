"""Rule files that build on others: what comes out, what differs, and every way to get it wrong told at its line."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from rich.console import Console

from pipeline import i18n
from pipeline.cli import cli
from pipeline.rules.awards import Awards
from pipeline.rules.inheritance import BY_CODE, Library
from pipeline.rules.plan import Plan
from pipeline.rules.rubric import Bloc
from pipeline.rules.year import Rules, load_rules
from pipeline.screens.rulediff import differences, show
from pipeline.state import manifest
from tests.outcomes import outcome
from tests.places import ROOT
from tests.rule_texts import THON, YEAR, assert_problems, marked, problems, write

P, A, T, S = "2024/plan.yaml", "2024/awards.yaml", "2024/blocs/thon.yaml", "2024/blocs/truong.yaml"
RULES_2023 = ROOT / "rules" / "2023"

LAST_YEAR = {f"2023/{name}": text for name, text in YEAR.items()}

THIS_YEAR = {
    P: """\
extends: ../2023
code: KH-2024
year: 2024
rounds:
  - {code: dang-ky, opens: 2024-02-15, due: 2024-03-15}
  - {code: tong-ket, opens: 2024-11-15, due: 2024-12-10}
""",
    A: """\
extends: ../2023/awards.yaml
remove: [GK]
""",
    T: """\
extends: ../../2023/blocs/thon.yaml
remove: [thon-2]                 # sáp nhập vào Thôn 1
units:
  - {code: thon-1, aliases: [Thôn 2]}
rubric:
  groups:
    - code: I
      criteria:
        - code: KT1
          points: 35
        - code: MT1
          name: Môi trường
          points: 5
          score: {method: yes_no}
          after: KT1
""",
    S: "extends: ../../2023/blocs\n",
}
"""2024 builds on 2023: two hamlets become one, five points of a criterion go to a new one, an award is gone."""


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    i18n.use_language("en")
    yield
    i18n.use_language(i18n.DEFAULT_LANGUAGE)


def two_years(*changes: tuple[str, str, str]) -> dict[str, str]:
    """Both years with changes: in that file, this text (which stands there once) becomes that text."""
    texts = LAST_YEAR | THIS_YEAR
    for file, old, new in changes:
        assert texts[file].count(old) == 1, f"{old!r} must stand once in {file}"
        texts[file] = texts[file].replace(old, new)
    return texts


def loaded(folder: Path, *changes: tuple[str, str, str]) -> Rules:
    return load_rules(write(folder, two_years(*changes)) / "2024")


def criteria(bloc: Bloc) -> list[tuple[str, str, Decimal]]:
    return [(group.code, each.code, each.points) for group, each in bloc.rubric.criteria.values()]


# --- what comes out ----------------------------------------------------------------------------------


def test_a_year_that_builds_on_the_last(tmp_path: Path) -> None:
    rules = loaded(tmp_path)
    thon, truong = rules.blocs
    assert [(unit.code, unit.name, unit.aliases) for unit in thon.units] == [("thon-1", "Thôn 1", ("Thôn 2",))]
    assert criteria(thon) == [
        ("I", "KT1", Decimal(35)),
        ("I", "MT1", Decimal(5)),
        ("I", "KT2", Decimal(30)),
        ("II", "TD1", Decimal(30)),
        ("P", "P1", Decimal(5)),
    ]
    assert [unit.code for unit in truong.units] == ["thcs"]
    assert [each.code for each in rules.awards.awards] == ["LDTT"]
    assert [(each.code, each.name, str(each.due)) for each in rules.plan.rounds] == [
        ("dang-ky", "Đăng ký", "2024-03-15"),
        ("tong-ket", "Tổng kết", "2024-12-10"),
    ]
    assert rules.plan.council.members == 9


def test_it_means_what_the_same_rules_written_in_full_mean(tmp_path: Path) -> None:
    """The fingerprint is taken over the resolved meaning, so that forms do not depend on how rules are written."""
    full = two_years(
        (
            T,
            THIS_YEAR[T],
            THON.replace("- {code: thon-1, name: Thôn 1}", "- {code: thon-1, name: Thôn 1, aliases: [Thôn 2]}")
            .replace("  - {code: thon-2, name: Thôn 2}\n", "")
            .replace("points: 40", "points: 35")
            .replace(
                "        - code: KT2\n",
                "        - {code: MT1, name: Môi trường, points: 5, score: {method: yes_no}}\n        - code: KT2\n",
            ),
        )
    )
    short, long = loaded(tmp_path / "short"), load_rules(write(tmp_path / "long", full) / "2024")
    assert short.blocs == long.blocs
    of = short.plan.rounds[1]
    assert [short.fingerprint(each, of) for each in short.blocs] == [long.fingerprint(each, of) for each in long.blocs]


def test_a_rubric_that_extends_another_bloc_of_the_year(tmp_path: Path) -> None:
    text = """\
code: doan-the
name: Khối đoàn thể
units: [{code: phu-nu, name: Hội mẫu}]
rubric:
  extends: thon
  remove: [KT1, P]
  groups:
    - {code: I, points: 30}
    - {code: II, points: 70, criteria: [{code: TD2, name: Tập hợp đoàn viên, points: 40, score: {method: yes_no}}]}
  classification: [{name: Đạt, from: 0}]
  ties: []
"""
    rules = load_rules(write(tmp_path / "2023", {**YEAR, "blocs/doan-the.yaml": text}))
    bloc = rules.bloc("doan-the")
    assert criteria(bloc) == [("I", "KT2", Decimal(30)), ("II", "TD1", Decimal(30)), ("II", "TD2", Decimal(40))]
    assert [each.code for each in bloc.rubric.exclusions] == ["KBC", "KL"], "what is not named stays"
    assert [unit.code for unit in bloc.units] == ["phu-nu"], "a rubric brings no units"
    assert criteria(rules.bloc("thon")) == criteria(load_rules(write(tmp_path / "alone" / "2023", YEAR)).bloc("thon"))


def test_a_file_is_resolved_in_its_own_folder__and_a_rubric_that_extends_stands_on_that_one_alone(
    tmp_path: Path,
) -> None:
    doan_the = "code: dt\nname: Đoàn thể\nunits: [{code: pn, name: Hội mẫu}]\nrubric: {extends: thon}\n"
    texts = two_years((S, THIS_YEAR[S], "extends: ../../2023/blocs/dt.yaml\n")) | {
        "2023/blocs/dt.yaml": doan_the,
        "2024/blocs/khac.yaml": (
            "extends: ../../2023/blocs/dt.yaml\ncode: khac\nremove: [pn]\nunits: [{code: k, name: K}]\n"
            "rubric: {extends: thon}\n"
        ),
    }
    rules = load_rules(write(tmp_path, texts) / "2024")
    points = {bloc.code: bloc.rubric.criteria["KT1"][1].points for bloc in rules.blocs}
    assert points == {"dt": Decimal(40), "khac": Decimal(35), "thon": Decimal(35)}
    assert rules.bloc("khac").name == "Đoàn thể"


@pytest.mark.parametrize("path", sorted(RULES_2023.rglob("*.yaml")), ids=lambda path: path.stem)
def test_extending_without_changes_equals_what_is_extended(tmp_path: Path, path: Path) -> None:
    model: type[BaseModel] = {"plan": Plan, "awards": Awards}.get(path.stem, Bloc)
    heir, heir_of_heir = tmp_path / "heir.yaml", tmp_path / path.name
    path = Path(shutil.copy(path, tmp_path / "last-year.yaml"))
    heir.write_text("extends: last-year\n", encoding="utf-8")
    heir_of_heir.write_text("extends: heir\n", encoding="utf-8")
    library = Library({}, tmp_path)
    whole, base = (model.model_validate(library.resolved(each).data) for each in (heir_of_heir, path))
    assert whole == base


@given(st.data())
def test_each_change_that_is_named_is_made_and_no_other(data: st.DataObject) -> None:
    """Against a plain model of the words: a dict of points by code, in order."""
    codes = [f"U{n}" for n in range(6)]
    gone = data.draw(st.lists(st.sampled_from(codes), unique=True, max_size=5))
    kept = [code for code in codes if code not in gone]
    renamed = data.draw(st.lists(st.sampled_from(kept), unique=True))
    new = data.draw(st.lists(st.sampled_from(["N1", "N2", "N3"]), unique=True))
    behind = {code: data.draw(st.sampled_from([None, *kept])) for code in new}

    expected = dict.fromkeys(kept, "cũ") | dict.fromkeys(renamed, "mới") | dict.fromkeys(new, "mới")
    order = list(kept)
    for code in new:
        anchor = behind[code]
        order.insert(order.index(anchor) + 1 if anchor else len(order), code)
    entries = [{"code": code, "name": "mới"} for code in renamed]
    entries += [{"code": code, "name": "mới"} | ({"after": behind[code]} if behind[code] else {}) for code in new]
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {
            "base": {"units": [{"code": code, "name": "cũ"} for code in codes]},
            "heir": {"extends": "base", "remove": gone, "units": entries},
        }.items():
            (Path(folder) / f"{name}.yaml").write_text(json.dumps(text), encoding="utf-8")
        file = Library({}, Path(folder)).resolved(Path(folder) / "heir.yaml")
    assert file.problems == []
    assert [(each["code"], each["name"]) for each in file.data["units"]] == [(code, expected[code]) for code in order]


def test_the_lists_by_code_are_those_whose_entries_must_have_a_code_and_a_name() -> None:
    def lists(model: type[BaseModel]) -> Iterator[str]:
        for name, field in model.model_fields.items():
            for each in (field.annotation, *get_args(field.annotation)):
                if isinstance(each, type) and issubclass(each, BaseModel):
                    needed = {key for key, inner in each.model_fields.items() if inner.is_required()}
                    if each is not field.annotation and {"code", "name"} <= needed:
                        yield name
                    yield from lists(each)

    assert set(lists(Plan)) | set(lists(Awards)) | set(lists(Bloc)) == set(BY_CODE)


def test_what_an_alias_repeats_is_changed_where_it_is_changed_alone(tmp_path: Path) -> None:
    groups = "{code: I, criteria: &c [{code: A, points: 1}]}, {code: II, criteria: *c}"
    (tmp_path / "a.yaml").write_text(f"groups: [{groups}]\n", encoding="utf-8")
    change = "groups: [{code: I, criteria: [{code: A, points: 2}]}]"
    (tmp_path / "b.yaml").write_text(f"extends: a\n{change}\n", encoding="utf-8")
    groups = Library({}, tmp_path).resolved(tmp_path / "b.yaml").data["groups"]
    assert [group["criteria"][0]["points"] for group in groups] == [2, 1]


def test_a_long_row_of_files_that_extend_one_another_is_told(tmp_path: Path) -> None:
    for place in range(500):
        (tmp_path / f"a{place}.yaml").write_text(f"extends: a{place + 1}\n", encoding="utf-8")
    library = Library({}, tmp_path)
    found = library.resolved(tmp_path / "a0.yaml").problems
    assert [(each.file.name, each.line, each.what) for each in found] == [
        ("a20.yaml", 1, "21 rule files extend one another in a row")
    ]
    assert len(library.files) == 21


LEADS_AWAY = ["../../secret", "../../secret.yaml", "../../x/../secret", "{folder}/secret.yaml", "..\\..\\secret"]


@pytest.mark.parametrize("path", LEADS_AWAY)
def test_a_path_leads_to_no_file_beside_the_rules(tmp_path: Path, path: str) -> None:
    (tmp_path / "secret.yaml").write_text("units: [{code: password, name: S3CRET}]\n", encoding="utf-8")
    year = write(tmp_path / "rules" / "2024", {"a.yaml": f"code: a\nextends: '{path.format(folder=tmp_path)}'\n"})
    (problem,) = Library({}, year).resolved(year / "a.yaml").problems
    assert (problem.file.name, problem.line) == ("a.yaml", 2)
    assert "lies outside the rules" in problem.what
    assert "S3CRET" not in str(problem)


@pytest.mark.parametrize("name", ["x" * 300, "x/" * 900, "x\\0y", "~", "[a]", "1"])
def test_what_is_no_path_extends_nothing(tmp_path: Path, name: str) -> None:
    text = f'extends: "{name}"\n' if name[0] == "x" else f"extends: {name}\n"
    year = write(tmp_path, {"a.yaml": text})
    first, *_others = Library({}, year).resolved(year / "a.yaml").problems
    assert (first.line, first.what.startswith("there is no rule file")) == (1, True) or "character" in first.what


def test_a_link_is_read_where_it_leads_to_rules_and_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("units: S3CRET\n", encoding="utf-8")
    year = write(tmp_path / "rules" / "2024", {"a.yaml": "code: a\n"})
    for name, target in (("inside", year / "a.yaml"), ("outside", tmp_path / "secret"), ("loop", year / "loop.yaml")):
        (year / f"{name}.yaml").symlink_to(target)
    library = Library({}, year)
    assert library.resolved(year / "inside.yaml").data == {"code": "a"}
    assert [each.what for each in library.resolved(year / "outside.yaml").problems] == [
        "the file is a link that leads out of the rules"
    ]
    assert [each.what for each in library.resolved(year / "loop.yaml").problems] == ["the file cannot be opened"]


def test_the_folder_of_a_year_may_be_a_link_of_the_officer(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    shared = write(tmp_path / "shared", two_years())
    for year in ("2023", "2024"):
        (tmp_path / "rules" / year).symlink_to(shared / year)
    assert load_rules(tmp_path / "rules" / "2024").plan == load_rules(tmp_path / "shared" / "2024").plan


def test_every_file_read_is_in_the_manifest(tmp_path: Path) -> None:
    rules = loaded(tmp_path)
    out = tmp_path / "out"
    out.mkdir()
    small = outcome()
    manifest.write(type(small)(**{**vars(small), "rules": rules}), out)
    below = [name.removeprefix("2024/") if name.startswith("2024/") else f"../{name}" for name in two_years()]
    assert sorted(manifest.read(out)["rules"]) == sorted(below)


def test_the_recipe_of_the_documents_builds_on_the_rules_of_2023(tmp_path: Path) -> None:
    recipe = (ROOT / "docs" / "DEVELOPING.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```yaml\n(# rules/2024/blocs/thon.yaml;.*?)^```", recipe, re.M | re.S)
    shutil.copytree(RULES_2023, tmp_path / "2023")
    days = (("dang-ky", "02-20", "03-15"), ("so-ket", "06-15", "07-10"), ("tong-ket", "11-15", "12-10"))
    rounds = [f"  - {{code: {code}, opens: 2024-{opens}, due: 2024-{due}}}\n" for code, opens, due in days]
    plan = "extends: ../2023\ncode: KH-2024\nyear: 2024\nrounds:\n" + "".join(rounds)
    write(tmp_path / "2024", {"plan.yaml": plan, "awards.yaml": "extends: ../2023\n", "blocs/thon.yaml": block})
    (bloc,), (last,) = (
        [each for each in load_rules(tmp_path / year).blocs if each.code == "thon"] for year in ("2024", "2023")
    )
    assert [unit.code for unit in bloc.units] == [unit.code for unit in last.units][:-1]
    assert criteria(bloc)[:5] == [
        ("I", "KT1", Decimal(3)),
        ("I", "KT2", Decimal(5)),
        ("I", "KT3", Decimal(5)),
        ("I", "KT5", Decimal(2)),
        ("I", "KT4", Decimal(5)),
    ]
    assert criteria(bloc)[5:] == criteria(last)[4:]


# --- what differs ------------------------------------------------------------------------------------


def test_what_differs_is_listed_as_added_changed_and_removed(tmp_path: Path) -> None:
    rules = loaded(
        tmp_path, (S, "blocs\n", "blocs\nrubric: {classification: [{name: Đạt, from: 50}, {name: Không, from: 0}]}\n")
    )
    found = {each.file.name: [tuple(row) for row in differences(each, 2)] for each in rules.extended}
    assert found == {
        "plan.yaml": [
            ("", "code", "KH-2023", "KH-2024"),
            ("", "year", "2023", "2024"),
            ("dang-ky", "opens", "2023-02-15", "2024-02-15"),
            ("dang-ky", "due", "2023-03-15", "2024-03-15"),
            ("tong-ket", "opens", "2023-11-15", "2024-11-15"),
            ("tong-ket", "due", "2023-12-10", "2024-12-10"),
        ],
        "awards.yaml": [("GK", "removed", "Giấy khen", "")],
        "thon.yaml": [
            ("thon-1", "aliases", "", "Thôn 2"),
            ("thon-2", "removed", "Thôn 2", ""),
            ("KT1", "points", "40", "35"),
            ("MT1", "added", "", "Môi trường: 5 points"),
        ],
        "truong.yaml": [("", "classification", "Đạt from 0", "Đạt from 50; Không from 0")],
    }


def test_values_of_every_kind_in_words(tmp_path: Path) -> None:
    rules = loaded(
        tmp_path,
        (P, "due: 2024-12-10}", "due: 2024-12-10, due_time: '16:30'}\ncouncil: {name: Hội đồng, members: 7}"),
        (
            T,
            "          points: 35",
            "          points: 35\n          evidence: true\n          score: {method: yes_no}",
        ),
        (
            T,
            "          after: KT1\n",
            "        - {code: KT2, after: MT1, target: 92.5, high: 120}\n  ties: [{by: received}]\n",
        ),
    )
    found = {each.file.name: [tuple(row) for row in differences(each, 2)] for each in rules.extended}
    assert found["plan.yaml"][2] == ("", "council", "Hội đồng mẫu, 9", "Hội đồng, 7")
    assert found["plan.yaml"][-1] == ("tong-ket", "due_time", "17:00", "16:30")
    assert found["thon.yaml"][2:] == [
        ("KT1", "points", "40", "35"),
        ("KT1", "score", "result / target × standard points; target 0: 0 points", "“Yes”: 35, otherwise 0"),
        ("KT1", "evidence", "no", "yes"),
        ("MT1", "added", "", "Môi trường: 5 points"),
        ("KT2", "target", "90", "92.5"),
        ("KT2", "high", "100", "120"),
        ("", "ties", "more points in KT1 (Thu ngân sách) → sent earlier", "sent earlier"),
    ]


def test_an_entry_that_moved_is_told_by_the_order(tmp_path: Path) -> None:
    start = THIS_YEAR[T].index("        - code: KT1\n")
    rules = loaded(tmp_path, (T, THIS_YEAR[T][start:], "        - {code: KT1, after: KT2}\n"))
    found = [tuple(row) for row in differences(rules.extended[2], 2)]
    assert found[2:] == [("", "order of criteria", "KT1, KT2", "KT2, KT1")]


def test_check_shows_a_table_for_each_file_that_extends(tmp_path: Path) -> None:
    console = Console(file=StringIO(), width=100, markup=False)
    show(loaded(tmp_path), console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert [line.rstrip("─ ") for line in lines if " extends " in line] == [
        "plan.yaml extends ../2023/plan.yaml",
        "awards.yaml extends ../2023/awards.yaml",
        "blocs/thon.yaml extends ../2023/blocs/thon.yaml",
        "blocs/truong.yaml extends ../2023/blocs/truong.yaml",
    ]
    assert lines[lines.index("KT1 points 40 35") + 1] == "MT1 added – Môi trường: 5 points"
    assert lines[-1] == "Nothing differs."
    assert max(map(len, text.splitlines())) <= 100


def test_check_prints_the_resolved_rules_and_then_what_differs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, two_years())
    cli.main(["check", "--rules", str(tmp_path / "2024")], prog_name="thidua", standalone_mode=False)
    whole, _rule, differs = capsys.readouterr().out.partition("blocs/thon.yaml kế thừa ../2023/blocs/thon.yaml")
    assert "Môi trường" in whole
    assert "Thôn 1 (thon-1)" in whole
    assert "thon-2" not in whole
    assert ["MT1", "thêm", "mới", "–", "Môi", "trường:", "5", "điểm"] in [line.split() for line in differs.splitlines()]


# --- what is wrong -----------------------------------------------------------------------------------

OLD_T = "2023/blocs/thon.yaml"
WRONG = {
    "no such file": [
        (
            A,
            "extends: ../2023/awards.yaml",
            "extends: ../2022/awards.yaml  # <-- no rule file “../2022/awards.yaml” | the path from this file on",
        )
    ],
    "no such bloc": [
        (
            T,
            "rubric:",
            "rubric:\n  extends: xom  # <-- there is no rule file “xom” to extend | a bloc of the same folder",
        )
    ],
    "no name at all": [
        (S, "extends: ../../2023/blocs", "extends: [a]  # <-- there is no rule file “['a']” | name a bloc")
    ],
    "a circle": [
        (OLD_T, "code: thon\n", "code: thon\nextends: ../../2024/blocs  # <-- in a circle: | remove one of these\n")
    ],
    "itself": [(T, "rubric:", "rubric:\n  extends: thon  # <-- extend one another in a circle | remove one of these")],
    "a file without settings": [
        ("2023/awards.yaml", LAST_YEAR["2023/awards.yaml"], "- a\n"),
        (A, "awards.yaml", "awards.yaml  # <-- there is nothing to extend in | name another file"),
    ],
    "a rubric that is none": [
        (T, "rubric:", "rubric:\n  extends: ../plan.yaml  # <-- there is nothing to extend in | name another file")
    ],
    "what is extended cannot be read": [
        ("2023/awards.yaml", "kind: title", "kind: title: a  # <-- there is a colon too many | in quotes")
    ],
    "removing what is not there": [
        (
            T,
            "remove: [thon-2]",
            "remove: [thon-2, KT9]  # <-- there is no KT9 to remove | thon-1, I, II, P, KT1, KT2, TD1, P1 ",
        ),
        (T, "                 # sáp nhập vào Thôn 1", ""),
    ],
    "removing no list": [(A, "remove: [GK]", "remove: GK  # <-- “remove” must be a list | for example [KT4]")],
    "changing what is not there": [
        (T, "        - code: KT1\n", "        - code: KT7  # <-- there is no KT7 to change | use one of: KT1, KT2\n"),
        (OLD_T, "points: 70\n", "points: 70  # <-- add up to 75 points, not 70 | say it anew there: write 75 here\n"),
    ],
    "behind what is not there": [(T, "after: KT1", "after: KT8  # <-- no KT8 to stand behind | use one of: KT1, KT2")],
    "the same entry twice": [
        (
            T,
            "aliases: [Thôn 2]}",
            "aliases: [Thôn 2]}\n  - {code: thon-1, name: x}  # <-- code thon-1 is used twice | own",
        )
    ],
    "remove without extends": [
        (A, "extends: ../2023/awards.yaml\n", LAST_YEAR["2023/awards.yaml"]),
        (A, "remove: [GK]", "remove: [GK]  # <-- unknown key “remove” | remove it"),
    ],
    "after and extends where they mean nothing": [
        (S, "blocs\n", "blocs\nafter: thon  # <-- unknown key “after” | remove it\n"),
        (
            T,
            "        - code: KT1\n",
            "        - code: KT1\n          extends: KT2  # <-- unknown key “extends” | remove\n",
        ),
    ],
    "a value of this year": [(T, "points: 35", "points: ba lăm  # <-- “ba lăm” is not a number | digits")],
    "a value of last year, told once and as its own": [
        (OLD_T, "target: 90", "target: chín  # <-- “chín” is not a number | write digits with a decimal point, for")
    ],
    "a key of last year": [
        (
            OLD_T,
            "name: Kinh tế",
            "name: Kinh tế\n      ghi-chu: x  # <-- unknown key “ghi-chu” | remove it, or mend its",
        )
    ],
    "a sum that no longer adds up": [
        (T, "          points: 35\n", "          points: 36\n"),
        (
            OLD_T,
            "points: 70\n",
            "points: 70  # <-- add up to 71 points, not 70 | thon.yaml extends this file; say it anew\n",
        ),
    ],
    "a tie on a criterion that is gone": [
        (T, "remove: [thon-2]", "remove: [thon-2, TD1, II]"),
        (T, "rubric:\n", "rubric:\n  total: 70\n"),
        (
            OLD_T,
            "criterion: TD1, one_of: [Cảnh cáo]}",
            "criterion: TD1, one_of: [Cảnh cáo]}  # <-- there is no criterion TD1 | say it anew there: use one of: MT1",
        ),
    ],
    "the year forgotten": [
        (P, "year: 2024\n", ""),
        (
            "2023/plan.yaml",
            "year: 2023",
            "year: 2023  # <-- the plan is of 2023, its folder of 2024 | say it anew there",
        ),
    ],
    "a bloc of the same year whole": [
        (
            S,
            "extends: ../../2023/blocs",
            "extends: thon  # <-- code thon stands in thon.yaml too | own # <-- code thon-1 | own",
        ),
    ],
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_told_in_the_file_and_line_where_it_stands(
    tmp_path: Path, changes: list[tuple[str, str, str]]
) -> None:
    texts = two_years(*changes)
    write(tmp_path, texts)
    assert_problems(problems(tmp_path / "2024"), tmp_path, marked(texts))


def test_a_circle_is_written_out(tmp_path: Path) -> None:
    for name, other in (("a", "b"), ("b", "c"), ("c", "a")):
        (tmp_path / f"{name}.yaml").write_text(f"extends: {other}\n", encoding="utf-8")
    library = Library({}, tmp_path)
    library.resolved(tmp_path / "a.yaml")
    a, b, c = ((tmp_path / f"{name}.yaml").as_posix() for name in "abc")
    all_problems = {problem for file in library.files.values() for problem in file.problems}
    assert [(each.file.as_posix(), each.line, each.what) for each in all_problems] == [
        (c, 1, f"rule files extend one another in a circle: {a} → {b} → {c} → {a}")
    ]


def test_the_remedy_for_a_value_of_last_year_names_the_file_of_this_year(tmp_path: Path) -> None:
    write(tmp_path, two_years((T, "          points: 35\n", "          points: 36\n")))
    assert list(map(str, problems(tmp_path / "2024"))) == [
        f"{tmp_path / OLD_T}:11: The criteria of group I add up to 71 points, not 70. "
        f"{tmp_path / T} extends this file; say it anew there: write 71 here and total: 101, or change the criteria."
    ]
