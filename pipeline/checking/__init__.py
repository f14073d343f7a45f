"""Checking: what all forms say becomes typed frames, and what is wrong in them becomes findings at their cells.

In: recognised forms with raw rows, a round's context. Out: tidied frames, findings, and the entries of the forms that
count. Promises: one mistake hides no other; what cannot be read is never called blank; nothing given is changed; frames
are as ``frames.py`` declares them. Start with ``tidying.py``, then ``validation.py`` (with ``suspicious.py`` and
``contradictions.py``) and ``counted.py``.
May import: intake, forms, findings, tables, rules, methods, sheets, and the ground.
"""
