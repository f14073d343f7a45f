"""Outputs: what a run hands to people and to other programs.

In: an :class:`~pipeline.outcome.Outcome`, and nothing else. Out: workbooks, CSV, a page, a text for the radio.
Promises: the same outcome gives the same bytes, foreign text stays text, a live formula gives the points that were
computed. Start with ``consolidated/workbook.py``; a new output is a module with ``write(outcome, …)`` and a line in
``run.publish``. May import: state and all that it may import; not feedback, mail, rubric_workbook, screens.
"""
