"""The page in Chromium: with and without a script, on a desk and on a telephone, in light and dark, by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.i18n import use_language
from pipeline.outputs import page
from tests.browser import chromium, grave_faults, needs_browser
from tests.outcomes import outcome
from tests.outputs.page.test_page import PUBLIC, WHOLE, hostile, judgement

pytestmark = needs_browser

DESK, PHONE = {"width": 1200, "height": 900}, {"width": 360, "height": 740}
THON = "Bảng xếp hạng – Khối các thôn"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of the small year, with a change by an appraiser, and of a year of hostile texts."""
    use_language("vi")
    made = tmp_path_factory.mktemp("page")
    page.write(outcome(judgements=judgement()), made)
    page.write(hostile(), made / "hostile")
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as running:
        yield running


@pytest.fixture
def opened(browser: Any, folder: Path) -> Iterator[Any]:
    """``opened(name, **context)``: the page in a new context; at the end nothing was complained of or asked for."""
    complaints: list[str] = []
    contexts = []

    def open_page(name: str = WHOLE, size: Any = DESK, **context: Any) -> Any:
        contexts.append(browser.new_context(viewport=size, offline=True, **context))
        shown = contexts[-1].new_page()
        shown.on("console", lambda message: complaints.append(message.text))
        shown.on("pageerror", lambda error: complaints.append(str(error)))
        shown.on("request", lambda request: complaints.extend([request.url] * (not request.is_navigation_request())))
        shown.goto((folder / name).as_uri())
        return shown

    yield open_page
    for each in contexts:
        each.close()
    assert complaints == []


def column(shown: Any, caption: str, place: int) -> list[str]:
    """The shown words of a column, by the beginning of its table's caption."""
    table = shown.locator("table").filter(has=shown.locator("caption", has_text=caption))
    cells = table.locator(f"tr.u:not([hidden]) > :nth-child({place})").all_inner_texts()
    return [cell.strip() for cell in cells]


# --- what anybody can read ----------------------------------------------------------------------------


def test_everything_can_be_read_without_a_script(opened: Any) -> None:
    shown = opened(java_script_enabled=False)
    assert column(shown, THON, 2) == ["Thôn 1", "Thôn 2", "Thôn 4", "Thôn 3", "Thôn 5"]
    assert shown.locator("#tools").is_hidden()
    words = shown.get_by_text("thẩm định 7,5; lý do: Thiếu minh chứng <b>")
    assert words.is_hidden()
    shown.locator("#u-thon-1 summary").click()
    assert words.is_visible()


@pytest.mark.parametrize(("scheme", "ground"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 25, 31)")])
def test_axe_finds_nothing_grave(opened: Any, scheme: str, ground: str) -> None:
    whole = opened(color_scheme=scheme)
    assert whole.evaluate("getComputedStyle(document.body).backgroundColor") == ground
    whole.locator("#unfold").click()
    assert grave_faults(whole) == []


def test_axe_finds_nothing_grave_in_the_public_version(opened: Any) -> None:
    assert grave_faults(opened(PUBLIC, PHONE)) == []


@pytest.mark.parametrize("name", [WHOLE, PUBLIC, f"hostile/{WHOLE}", f"hostile/{PUBLIC}"])
def test_nothing_is_wider_than_a_telephone(opened: Any, name: str) -> None:
    shown = opened(name, PHONE)
    shown.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    assert shown.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_wide_tables_scroll_within_themselves(opened: Any) -> None:
    shown = opened(size=PHONE)
    region = shown.locator(".scroll").filter(has=shown.locator("caption", has_text=THON))
    assert region.evaluate("(each) => each.scrollWidth > each.clientWidth")
    region.focus()
    shown.keyboard.press("ArrowRight")
    shown.wait_for_function("(each) => each.scrollLeft > 0", arg=region.element_handle())


def test_print_leaves_the_tools_out(opened: Any) -> None:
    shown = opened()
    assert shown.locator("#tools").is_visible() and shown.locator("nav").is_visible()
    shown.emulate_media(media="print")
    assert shown.locator("#tools").is_hidden() and shown.locator("nav").is_hidden()
    assert shown.locator("h1").is_visible()


# --- finding, sorting, unfolding ----------------------------------------------------------------------


def test_finding_a_unit_needs_no_marks(opened: Any) -> None:
    shown = opened()
    shown.get_by_label("Tìm đơn vị").fill("thon 2")
    assert column(shown, THON, 2) == ["Thôn 2"]
    assert column(shown, "Tình trạng phiếu", 1) == ["Thôn 2"]
    assert shown.locator("details.u:not([hidden]) .who").all_inner_texts() == ["Thôn 2"]
    assert shown.locator("#found").inner_text() == "Số đơn vị đang hiện: 1"
    shown.get_by_label("Tìm đơn vị").fill("trường")
    assert column(shown, "Tình trạng phiếu", 1) == ["Trường THCS", "Trường Tiểu học"]


def test_choosing_who_must_correct(opened: Any) -> None:
    shown = opened()
    shown.get_by_label("Tình trạng", exact=True).select_option("Phải sửa")
    assert column(shown, "Tình trạng phiếu", 1) == ["Thôn 5"]


def test_sorting_by_points_and_by_name(opened: Any) -> None:
    shown = opened()
    headings = shown.locator("table").filter(has=shown.locator("caption", has_text=THON)).locator("thead th")
    group = headings.nth(5)
    assert group.inner_text().strip().startswith("II")
    group.locator("button").click()
    assert column(shown, THON, 6) == ["36,00", "36,00", "31,50", "11,50", ""]
    assert group.get_attribute("aria-sort") == "descending"
    group.locator("button").click()
    assert column(shown, THON, 6) == ["11,50", "31,50", "36,00", "36,00", ""]
    headings.nth(1).get_by_role("button", name="Đơn vị", exact=True).click()
    assert column(shown, THON, 2) == ["Thôn 1", "Thôn 2", "Thôn 3", "Thôn 4", "Thôn 5"]
    assert shown.locator("[aria-sort]").count() == 1


def test_sorting_by_day_follows_the_calendar_within_each_bloc(opened: Any) -> None:
    shown = opened()
    shown.get_by_role("button", name="Ngày nhận").click()
    assert column(shown, "Tình trạng phiếu", 3) == [
        *("08:00 08/12/2023", "09:15 08/12/2023", "17:00 10/12/2023", "10:30 13/12/2023", ""),
        *("07:45 01/12/2023", "16:20 05/12/2023"),
    ]


def test_a_link_to_a_unit_unfolds_it(opened: Any) -> None:
    shown = opened()
    shown.locator("table").get_by_role("link", name="Thôn 4").click()
    assert shown.get_by_role("table", name="Điểm của Thôn 4").is_visible()
    assert shown.get_by_role("table", name="Điểm của Thôn 1").count() == 0


def test_the_keyboard_reaches_everything(opened: Any) -> None:
    shown = opened()
    shown.keyboard.press("Tab")
    assert shown.evaluate("document.activeElement.textContent") == "Đến thẳng nội dung"
    reached = set()
    for _place in range(80):
        shown.keyboard.press("Tab")
        reached.add(shown.evaluate("document.activeElement.closest('details')?.id || document.activeElement.id"))
        if "u-thon-1" in reached:
            break
    assert {"find", "state", "unfold", "u-thon-1"} <= reached
    shown.keyboard.press("Enter")
    assert shown.get_by_role("table", name="Điểm của Thôn 1").is_visible()
