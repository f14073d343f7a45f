"""Rubric workbook: a bloc's rubric as an Excel workbook, written, read back, and tried out.

In: the year's rules and a bloc, or a workbook that came back. Out: the workbook; the changes and the new text of the
rule file; the points that possible results give. Promises: the same rules give the same bytes, and a rule file is
changed only where the workbook differs from it, and only if the result is sound. Start with ``entries.py`` (what may
be changed), then ``writing.py``, ``reading.py``, ``editing.py`` (on ``ruletext.py``), ``trial.py``.
May import: state and all that it may import; not feedback, mail, outputs, screens.
"""
