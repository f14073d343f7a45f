"""Chromium as an independent judge: what the page looks like to somebody, and what axe-core has against it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest


def program() -> str | None:
    """The path of Chromium, or None; a browser that Playwright would load is not looked for."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


needs_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(program() is None and not os.environ.get("CI"), reason="Chromium is not installed"),
]
"""``pytestmark = needs_browser``. In CI a missing Chromium is a failure, not a skip."""


@contextmanager
def chromium() -> Iterator[Any]:
    """A running browser, to be shared: it takes a second to start."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program())
        yield browser
        browser.close()


def grave_faults(page: Any) -> list[tuple[str, list[str]]]:
    """What axe-core calls serious or critical: the rule, and where it is broken."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        (fault["id"], [str(node["target"]) for node in fault["nodes"]])
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]
