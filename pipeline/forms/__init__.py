"""Forms: the form (phiếu) and the papers: what they consist of, how they are written and how they are read.

In: the rules and a unit, or the bytes of a workbook that came back. Out: a workbook, or the raw rows that it holds.
Promises: what a form consists of is declared once; rows are found by what they carry, not by where they stand; what
reads them starts without the rules and without pandas, for it runs in processes of its own. Start with ``declared.py``,
then ``reading.py``; for the writer ``writing/workbook.py``.
May import: findings, tables, rules, methods, sheets, and the ground.
"""
