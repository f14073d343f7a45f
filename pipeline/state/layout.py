"""What lies in an outbox, by name, and who it is for. Names are Vietnamese without diacritics: people open them.

Besides, the papers for appraisers and council lie in folders of their own (:mod:`pipeline.forms.papers`), and a receipt
book to correct (:mod:`pipeline.intake.returned`), for these two come back.
"""

from __future__ import annotations

CONSOLIDATED = "tong-hop.xlsx"  # the superior level: register, all rows of all units, points, findings
RANKING = "xep-hang.xlsx"  # the council: the ranking of each bloc, every point with its formula
FEEDBACK = "phan-hoi"  # the units: their own files, marked
PAGE = "trang"  # index.html for the council, cong-khai.html for everybody
BULLETIN = "ban-tin.txt"  # the commune radio
DATA = "so-lieu"  # other programs: every table as CSV
MANIFEST = "manifest.json"  # whoever checks that outputs follow from inputs

DRAFTS = "thu"  # letters that go out (:mod:`pipeline.mail`): made from an outbox, and gone with it
LEDGER = "so-cai.sqlite"  # what only time can tell (:mod:`pipeline.state.ledger`)
