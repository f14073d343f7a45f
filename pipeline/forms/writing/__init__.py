"""Writing the form (phiếu) of a unit, as its declaration (:mod:`pipeline.forms.declared`) and the rules say.

In: a year's rules, a round, a unit, and what the unit had entered. Out: an .xlsx workbook.
Promises: the same in gives the same bytes; foreign text stays text; the points shown are those that formulas give.
Start reading at :mod:`workbook`, which puts the sheets together; :mod:`issue` hands out the forms of a round.
May import: the rest of pipeline.forms and what that may; it knows of no form that came back.
"""
