"""Findings: what is wrong, or doubtful, in what came in, and the words for it.

In: a code, a place and facts, from whatever stage found them. Out: sentences for people, the frame ``Findings``.
Promises: a code, once published, keeps its meaning; every finding says where, what is wrong and what to do, in the
language in use. Start with ``catalogue.py``, which is light, for workers import it, then ``finding.py``.
May import: tables, rules, methods, sheets, and the ground.
"""
