"""What anybody may see holds nothing about persons but what the plan publishes; nor do tables hold contact details."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import UserFault
from pipeline.forms.writing.workbook import write_form
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import Rules
from pipeline.run import assess, publish, publish_public
from pipeline.verification.outbox import verify
from tests.filled import NOW, drop, entries
from tests.small import PLAN
from tests.small import rules as small_rules

CONTACT = ["0258123456", "Người Lập Phiếu", "Người Ký Tên"]
"""What the sheet of the unit holds of persons."""

TYPED = ["Bà Minh Chứng", "Ông Ghi Chú", "Bà Mô Hình", "Ông Phong Trào", "Bà Thành Tích", "Ông Sáng Kiến", "Tên Tệp"]
"""Names in texts that somebody typed freely, and in the name of a file."""

NOMINATED = ["Cá Nhân Mẫu", "Chức Vụ Mẫu"]


def filled(rules: Rules, code: str, phone: str) -> bytes:
    """A form with a name wherever one can be typed."""
    of = rules.plan.round("tong-ket")
    assert of
    made: dict[str, list[dict[str, Any]]] = entries("thon")
    by_code = {each["criterion"]: each for each in made["results"]}
    by_code["TD1"] |= {"evidence": "Bà Minh Chứng", "note": "Ông Ghi Chú"}
    contact = {"filled_by": "Người Lập Phiếu", "signer": "Người Ký Tên"}
    made["unit"] = [each | {"value": contact.get(each["item"], each["value"])} for each in made["unit"]]
    made["unit"].append({"item": "phone", "value": phone})
    made["models"] = [{"kind": "Mô hình", "name": "Vườn của Bà Mô Hình", "content": "Bà Mô Hình trồng"}]
    made["movements"] = [{"movement": "PT1", "activities": "Ông Phong Trào", "result": "Ông Phong Trào"}]
    made["individual_awards"] = [
        {
            "name": "Cá Nhân Mẫu",
            "position": "Chức Vụ Mẫu",
            "role": "Lãnh đạo, quản lý",
            "award": "Giấy khen của Chủ tịch UBND xã",
            "achievement": "Bà Thành Tích",
            "initiative": "Ông Sáng Kiến",
        }
    ]
    target = io.BytesIO()
    write_form(target, RoundContext(rules, of), code, made)
    return target.getvalue()


def outputs(base: Path, rules: Rules) -> tuple[Path, Path]:
    """The whole outbox and the public one, of an inbox in which one form counts and one is returned."""
    of = rules.plan.round("tong-ket")
    assert of
    phone = CONTACT[0]
    forms = {"Tên Tệp.xlsx": filled(rules, "thon-1", phone), "2.xlsx": filled(rules, "thon-2", phone * 4)}
    inbox = drop(base / "inbox", forms)
    book, whole, public = base / "a.sqlite", base / "whole", base / "public"
    found = assess(RoundContext(rules, of), inbox, book, NOW, jobs=1)
    assert list(found.outcome.roster["state"][:2]) == ["sent", "to_correct"]
    publish(found, whole, book, NOW)
    publish_public(found.outcome, public)
    return whole, public


def found_in(folder: Path, words: list[str]) -> dict[str, set[str]]:
    """Word -> the files that hold it, also inside workbooks and in names of files."""
    found: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            texts = [name.encode(), path.read_bytes()]
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as parts:
                    texts += [parts.read(part) for part in parts.namelist()]
            for word in words:
                if any(word.encode() in text for text in texts):
                    found.setdefault(word, set()).add(name)
    return found


def test_the_public_set_tells_of_nobody(tmp_path: Path) -> None:
    whole, public = outputs(tmp_path, small_rules())
    assert set(found_in(whole, [*TYPED, *NOMINATED])) == {*TYPED, *NOMINATED}  # so the search finds what is there
    assert found_in(public, [*CONTACT, *TYPED, *NOMINATED]) == {}
    assert sorted(path.relative_to(public).as_posix() for path in public.rglob("*") if path.is_file()) == [
        "ban-tin.txt",
        "manifest.json",
        "so-lieu/groups.csv",
        "so-lieu/standings.csv",
        "trang/cong-khai.html",
    ]


def test_it_tells_what_the_plan_publishes_and_no_more(tmp_path: Path) -> None:
    _whole, public = outputs(tmp_path, small_rules(plan=PLAN | {"publish": ["individual_awards"]}))
    listed = "so-lieu/individual_awards.csv"
    assert found_in(public, [*CONTACT, *TYPED, *NOMINATED]) == {word: {listed} for word in NOMINATED}
    with (public / listed).open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert {name: text for name, text in row.items() if text and name != "row"} == {
        "bloc": "thon",
        "unit": "thon-1",
        "name": "Cá Nhân Mẫu",
        "position": "Chức Vụ Mẫu",
        "award": "Giấy khen của Chủ tịch UBND xã",
    }


def test_contact_details_go_back_to_the_unit_alone(tmp_path: Path) -> None:
    whole, _public = outputs(tmp_path, small_rules())
    assert found_in(whole, CONTACT) == {word: {"phan-hoi/thon-2.xlsx"} for word in CONTACT}


def test_a_public_set_is_not_taken_for_a_whole_outbox(tmp_path: Path) -> None:
    rules = small_rules()
    _whole, public = outputs(tmp_path, rules)
    of = rules.plan.round("tong-ket")
    assert of
    with pytest.raises(UserFault):
        verify(public, tmp_path / "inbox", RoundContext(rules, of))
