"""Screens: what a person reads on a terminal.

In: an outcome, loaded rules, the runs of the ledger, posts, trials. Out: text on a rich console. Promises: nothing is
computed or changed here, and foreign text is printed as it is, never as markup. Start with ``screen.py`` (the end of
a run), then ``explain.py``; each other module is the screen of one command.
May import: feedback, mail, outputs, rubric_workbook, state, and all that these may import.
"""
