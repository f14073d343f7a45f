"""Council: what appraisers and the council judged comes back and counts.

In: papers among the received files, computed scores. Out: scores with people's points, the judgements, findings.
Promises: a judgement is taken over only if it fits the rubric, has its reason, and was made from what there is now;
whoever judged on something else is shown both. Start with ``judgements.py``, then ``entries.py``.
May import: ranking, scoring, register, checking, intake, forms, findings, tables, rules, methods, sheets, and the
ground.
"""
