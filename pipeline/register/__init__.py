"""Register: which file of each unit counts, and what became of every file.

In: the reception of a round, and all findings about its files and cells. Out: ``Register`` (a row for every file,
promise 2) and ``Roster`` (a row for every unit). Promises: a faulty file never displaces an accepted one, and every
file has a status and a reason that a person understands. Start with ``standing.py``, then ``register.py``. May import:
checking, intake, forms, findings, tables, rules, methods, sheets, and the ground.
"""
