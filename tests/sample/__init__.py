"""The sample inbox: the year-end round of 2023 as the illustrative units of rules/2023 might have sent it.

``make sample`` (``python -m tests.sample``) makes it from the real forms. Everything in it is invented: figures,
documents and persons.
"""
