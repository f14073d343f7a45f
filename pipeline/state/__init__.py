"""State: what is kept between runs, in the outbox and in its ledger.

In: an outcome and the folder of its outputs. Out: the outbox, replaced as a whole; the ledger of times and runs; what
both hold, read back. Promises: a run that dies at any instruction leaves the outbox and the ledger whole, and the
ledger only grows. Start with ``layout.py`` (what lies where), then ``outbox.py``, ``ledger.py``, ``run_history.py``.
May import: outcome and all that it may import.
"""
