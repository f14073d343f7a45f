"""Mail: forms that come in by it; results, replies and reminders that go out by it.

In: a mailbox or saved letters; a round's outbox. Out: files in the inbox and their times in the ledger; letters, each
sent once, or drafts. Promises: a mailbox is only read, a password is never printed, only what was published goes out.
Start with ``fetching.py`` for what comes in; ``posts.py``, then ``sending.py``, for what goes out.
May import: state and all that it may import; not feedback, outputs, rubric_workbook, screens.
"""
