"""The manifest names every input, rule file and output, so that a change of any of them is seen."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter

import pipeline
from pipeline.errors import UserFault
from pipeline.outcome import Outcome
from pipeline.state import manifest
from pipeline.state.outbox import check_usable
from tests import small
from tests.outcomes import outcome


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def whole(tmp_path: Path) -> Outcome:
    """The small outcome, with rule files and inputs that are known to the letter."""
    rules = tmp_path / "rules"
    (rules / "blocs").mkdir(parents=True)
    files = (rules / "plan.yaml", rules / "blocs" / "thon.yaml")
    for path in files:
        path.write_text(path.name, encoding="utf-8")
    inputs = {"thôn/thon-2.xlsx": "2" * 64, "thon-1.xlsx": "1" * 64}
    return outcome(rules=replace(small.rules(), folder=rules, files=files), inputs=inputs)


@pytest.fixture
def outbox(tmp_path: Path, whole: Outcome) -> Path:
    folder = tmp_path / "outbox"
    for name in ("tong-hop.xlsx", "so-lieu/scores.csv", "phan-hoi/thon-5.xlsx", "so-cai.sqlite"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name, encoding="utf-8")
    manifest.write(whole, folder)
    return folder


def test_what_it_says(outbox: Path, whole: Outcome) -> None:
    blocs = whole.rules.blocs
    assert manifest.read(outbox) == {
        "format": "thidua-outbox",
        "thidua": pipeline.__version__,
        "xlsxwriter": xlsxwriter.__version__,
        "plan": "KH-2023",
        "year": 2023,
        "round": "tong-ket",
        "language": "vi",
        "as_of": "2023-12-13T10:30:00+07:00",
        "fingerprints": {bloc.code: whole.rules.fingerprint(bloc, whole.round) for bloc in blocs},
        "inputs": {"thon-1.xlsx": "1" * 64, "thôn/thon-2.xlsx": "2" * 64},
        "rules": {"blocs/thon.yaml": sha256("thon.yaml"), "plan.yaml": sha256("plan.yaml")},
        "outputs": {name: sha256(name) for name in ("phan-hoi/thon-5.xlsx", "so-lieu/scores.csv", "tong-hop.xlsx")},
    }


def test_its_bytes_are_sorted_readable_and_the_same_each_time(outbox: Path, whole: Outcome) -> None:
    first = (outbox / "manifest.json").read_bytes()
    backwards = dict(reversed(whole.inputs.items()))
    manifest.write(replace(whole, inputs=backwards), outbox)
    assert (outbox / "manifest.json").read_bytes() == first
    assert first == (json.dumps(json.loads(first), indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
    assert "thôn/thon-2.xlsx".encode() in first


def test_an_outbox_with_it_is_ours(outbox: Path) -> None:
    check_usable(outbox)


def test_the_ledger_is_none_of_the_outputs(outbox: Path) -> None:
    (outbox / "so-cai.sqlite").write_text("a later entry", encoding="utf-8")
    assert manifest.outputs(outbox) == manifest.read(outbox)["outputs"]


@pytest.mark.parametrize("text", [None, "no JSON", "[]", '{"format": "another"}'])
def test_what_is_no_outbox_is_told(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(UserFault) as raised:
        manifest.read(tmp_path)
    assert raised.value.remedy


def test_a_run_without_any_file_and_a_name_that_is_no_unicode(tmp_path: Path, whole: Outcome) -> None:
    manifest.write(replace(whole, as_of=None, inputs={"anh\udcff.jpg": "0" * 64}), tmp_path)
    assert manifest.read(tmp_path)["as_of"] is None
    assert manifest.read(tmp_path)["inputs"] == {"anh\udcff.jpg": "0" * 64}
    assert manifest.outputs(tmp_path) == manifest.read(tmp_path)["outputs"]
