"""Nothing is installed that is not pinned with hashes: neither what runs, nor what writes the pins."""

from __future__ import annotations

import re

import pytest

from tests.places import ROOT

LOCKS = sorted(each.name for each in ROOT.glob("*.lock"))


def test_there_is_a_lock_for_officers__for_developers__and_for_what_writes_them() -> None:
    assert LOCKS == ["requirements-dev.lock", "requirements-uv.lock", "requirements.lock"]


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_one_version_with_hashes_and_names_no_host(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    requirements = [each for each in text.replace("\\\n", " ").splitlines() if not each.startswith("#")]
    assert requirements
    for each in requirements:
        assert re.match(
            r"[\w.-]+(\[[\w,-]+\])?==[\w.+!-]+( ; [^-]+)?( +--hash=sha256:[0-9a-f]{64})+$", each.rstrip()
        ), each
    assert "://" not in text


def test_every_install_checks_hashes_or_installs_this_program_alone() -> None:
    installs = re.findall(r"pip install .*", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert len(installs) == 4
    unchecked = [each for each in installs if "--require-hashes" not in each]
    assert [("--no-deps" in each, each.endswith("-e .")) for each in unchecked] == [(True, True)]
