"""The form (phiếu) and the papers: what they consist of, how they are written and how they are read.

In: the rules and a unit, or the bytes of a workbook that came back. Out: a workbook, or the raw rows that it holds.
Promises: what a form consists of is declared once (:mod:`declared`, start here); rows are found by what they carry.
:mod:`reading` and what it needs starts without the rules and without pandas, for it runs in processes of its own.
May import: findings, tables, rules, methods, sheets and what lies below them; nothing of intake or later stages.
"""
