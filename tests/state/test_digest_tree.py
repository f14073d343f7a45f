"""The hash tree is that of RFC 6962, and nothing but the entry itself leads to its root."""

from __future__ import annotations

import pytest

from pipeline.state import digest_tree

ENTRIES = [bytes.fromhex(each) for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
}
"""How many of the entries -> their root, as the reference implementation of Certificate Transparency has it."""


@pytest.mark.parametrize("count", ROOTS)
def test_the_root_is_that_of_the_standard(count: int) -> None:
    assert digest_tree.root(ENTRIES[:count]).hex() == ROOTS[count]


@pytest.mark.parametrize("count", range(1, 8))
def test_every_entry_leads_to_the_root_and_no_other_does(count: int) -> None:
    tree = digest_tree.levels(ENTRIES[:count])
    for at in range(count):
        beside = digest_tree.path(tree, at)
        assert digest_tree.follow(ENTRIES[at], beside) == digest_tree.root(ENTRIES[:count])
        assert digest_tree.follow(b"another", beside) != digest_tree.root(ENTRIES[:count])


def test_a_node_is_no_entry() -> None:
    left, right = (digest_tree.leaf(entry) for entry in ENTRIES[:2])
    assert digest_tree.leaf(left + right) != digest_tree.node(left, right)
