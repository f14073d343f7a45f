"""Checking: what all forms say becomes typed frames, and what is wrong in them becomes findings at their cells.

In: recognised forms with raw rows, the rules, the round. Out: :class:`tidying.Tidy`, the findings, and
:class:`counted.Counted`, which is what scoring and outputs take of the forms that count. Promises: one mistake hides no
other; what cannot be read is never called blank; nothing given is changed; frames are as :mod:`frames` declares them.
Start at :func:`tidying.tidy`, then :func:`validation.validate`. May import: intake, forms, findings, tables and below.
"""
