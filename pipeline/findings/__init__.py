"""Findings: what is wrong, or doubtful, in what came in, and the words for it.

In: a code, a place and facts, from whatever stage found them. Out: sentences for people, the frame ``Findings``.
Promises: a code, once published, keeps its meaning; every finding says where, what is wrong and what to do, in the
language in use; :mod:`~pipeline.findings.catalogue` is light, for workers start with it. Start reading there.
May import: :mod:`pipeline.tables` and rooms below it.
"""
