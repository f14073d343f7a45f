"""Intake: every file of the inbox is looked through, read, recognised and registered.

In: the inbox, which is only read; rules; known times. Out: a :class:`~pipeline.intake.reception.Reception`, and the
register with a status for every file. Promises: no file is changed or lost in silence, no parser sees what was not
looked through, and nothing here raises for what a file holds. Start with ``take.py`` (a worker's part, light: neither
pandas nor the rules), then ``reception.py`` (the main process's part) and ``register.py``.
May import: forms, findings, tables, rules, methods, sheets, and the ground.
"""
