"""What a seal proves: nobody changes a fact of a hidden sheet unseen."""

from __future__ import annotations

import hashlib
import hmac

from hypothesis import given
from hypothesis import strategies as st

from pipeline.seals import NO_KEY, SEAL, SealKey, Verdict

KEY, OTHER = SealKey(bytes(range(32))), SealKey(bytes(32))
FACTS = {"format": "f", "unit": "thon-1", "round": "tong-ket", "form_version": "1", "language": ""}


def test_the_seal_is_the_hmac_of_all_facts_that_are_there() -> None:
    text = '{"form_version": "1", "format": "f", "round": "tong-ket", "unit": "thon-1"}'
    expected = hmac.new(bytes(range(32)), text.encode(), hashlib.sha256).hexdigest()[:32]
    name = hashlib.sha256(b"thidua key name\0" + bytes(range(32))).hexdigest()[:8]
    assert KEY.seal(FACTS) == f"{name}-{expected}"


def test_the_four_verdicts() -> None:
    sealed = FACTS | {SEAL: KEY.seal(FACTS)}
    assert KEY.verdict(sealed) is Verdict.OURS
    assert KEY.verdict(sealed | {"unit": "thon-2"}) is Verdict.BROKEN
    assert OTHER.verdict(sealed) is Verdict.FOREIGN
    assert NO_KEY.verdict(sealed) is Verdict.FOREIGN
    assert KEY.verdict(FACTS) is Verdict.NONE
    assert NO_KEY.seal(FACTS) == ""
    assert KEY.verdict(FACTS | {SEAL: KEY.name + "-ễ\ud800"}) is Verdict.BROKEN


texts = st.dictionaries(st.text(max_size=5).filter(lambda key: key != SEAL), st.text(max_size=5), max_size=5)


@given(texts, texts)
def test_only_the_same_facts_have_the_same_seal(one: dict[str, str], other: dict[str, str]) -> None:
    there, also = ({key: value for key, value in each.items() if value} for each in (one, other))
    assert (KEY.seal(one) == KEY.seal(other)) is (there == also)
    assert KEY.verdict(one | {SEAL: KEY.seal(one)}) is Verdict.OURS
    assert KEY.verdict(other | {SEAL: KEY.seal(one)}) is (Verdict.OURS if there == also else Verdict.BROKEN)
