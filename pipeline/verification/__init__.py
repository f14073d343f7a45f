"""Verification: what a stranger can check of what was published, with the files in hand and nobody's word.

In: an outbox with inbox and rules; a public set; a unit's proof. Out: a verdict (``verdict.py``): what does not fit,
and what is told as it is but does no harm. Promises: nothing is written but in a temporary folder;
what has another value never passes; what has only other bytes (line ends, packing, how accents are stored) does.
Start with ``outbox.py``. May import: run, state and all that they may import.
"""
