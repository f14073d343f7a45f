"""Text typed for fonts of before Unicode is read as the unit saw it; everything else stays as it was typed."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.legacy_text import Encoding, Legacy, in_doubt, is_syllable, readings, vietnamese_of

TCVN3, VNI = Encoding.TCVN3, Encoding.VNI

CONVERTED = [
    ("Céng hoµ x· héi chñ nghÜa ViÖt Nam", "Cộng hoà xã hội chủ nghĩa Việt Nam", TCVN3),
    ("§éc lËp - Tù do - H¹nh phóc", "Độc lập - Tự do - Hạnh phúc", TCVN3),
    ("UBND x· §¹i L·nh", "UBND xã Đại Lãnh", TCVN3),
    ("Q§ sè 15/Q§-UBND ngµy 5/12", "QĐ số 15/QĐ-UBND ngày 5/12", TCVN3),
    ("20 tr® (®/c B×nh)", "20 trđ (đ/c Bình)", TCVN3),
    ("Ng\u00adêi n\u00adíc", "Người nước", TCVN3),  # ư is the soft hyphen
    ("§· cã ®¸ ®Ó lµm", "Đã có đá để làm", TCVN3),  # words of signs alone
    ("§¾k L¾k", "Đắk Lắk", TCVN3),
    ("Kh«ng", "Không", TCVN3),
    ("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam", VNI),
    ("Ñoäc laäp - Töï do - Haïnh phuùc", "Độc lập - Tự do - Hạnh phúc", VNI),
    ("Nguyeãn Vaên Maãu", "Nguyễn Văn Mẫu", VNI),
    ("Hoïp daân laøm ñöôøng", "Họp dân làm đường", VNI),
    ("Bieân lai soá 12 ngaøy 05/12/2023", "Biên lai số 12 ngày 05/12/2023", VNI),
    ("CHUÛ TÒCH UBND XAÕ", "CHỦ TỊCH UBND XÃ", VNI),
    ("QÑ 22", "QĐ 22", VNI),
    ("Thò traán Vaïn Giaõ, yù kieán, kyõ thuaät, kyø hoïp, ñaïi bieåu", None, VNI),
    ("Baùo caùo", "Báo cáo", VNI),
]


@pytest.mark.parametrize(("typed", "seen", "encoding"), CONVERTED)
def test_a_text_of_before_unicode_is_read_as_the_unit_saw_it(typed: str, seen: str | None, encoding: Encoding) -> None:
    seen = seen or "Thị trấn Vạn Giã, ý kiến, kỹ thuật, kỳ họp, đại biểu"
    assert vietnamese_of(typed) == Legacy(seen, encoding)
    assert not in_doubt(typed)


LEFT = [
    *("", "Thôn 1", "UBND", "12,5", "Có", "bé", "Tô", "Nhà trẻ", "Đại Lãnh", "Ðại Lãnh", "Ðông", "hoà", "hòa", "Quý"),
    *("José", "Müller", "Besançon", "Noël", "Chloé", "café", "Thaï", "Lü", "Ås", "São Paulo", "João", "Guimarães"),
    *(
        "Garçon à la crème brûlée",
        "Ångström",
        "Curaçao",
        "Muñoz",
        "El Niño",
        "où",
        "meä",
        "Ishujt Periferikë",
        "Thaïlande",
        "Zürich",
        "Malmö",
    ),
    *("m²", "500 m²", "½", "1½", "37°C", "±5", "5 µm", "m×n", "a·b", "§5", "Vinamilk®", "©", "100¢", "«Có»", "T¹", "•"),
    *(
        "Bảng 1 – “Gương sáng” …",
        "Công ty Müller & Söhne đã tặng 5 m² tôn",
        "1º",
        "2ª",
        "2 × 3 × 4",
        "5 µm, 6 µm",
        "m×n, m×n",
        "÷",
        "tha\u00admgia",
    ),
]


@pytest.mark.parametrize("typed", LEFT)
def test_anything_else_stays_as_it_was_typed(typed: str) -> None:
    assert vietnamese_of(typed) is None
    assert not in_doubt(typed)


@pytest.mark.parametrize(
    ("typed", "font", "seen"),
    [
        ("Tèt", ".VnTime", "Tốt"),
        ("Khaù", "VNI-Times", "Khá"),
        ("ñy ban nh©n d©n", ".VnTimeH", "ỦY BAN NHÂN DÂN"),  # draws capitals
        ("Müller", ".VnTime", None),
        ("Đã họp", ".VnTime", None),
        ("Khaù", ".VnTime", None),  # that font shows something else
        ("Cã", ".VnTime", None),  # both are Vietnamese
    ],
)
def test_a_fonts_name_is_a_witness(typed: str, font: str, seen: str | None) -> None:
    found = vietnamese_of(typed, font)
    assert (found.text if found else None) == seen


def test_texts_beside_it_are_a_witness() -> None:
    assert vietnamese_of("Khaù") is None
    assert vietnamese_of("Khaù", expected=VNI) == Legacy("Khá", VNI)
    assert vietnamese_of("Toát", expected=VNI) is None  # Tốt, or what it says


@pytest.mark.parametrize(
    ("typed", "font", "expected"),
    [
        ("Họp dân, Hoïp daân", "", None),  # Unicode and VNI in one cell
        ("Đã tr×nh, ch­a ®ñ ®iÒu kiÖn", "", None),
        ("Kh«ng cã Müller", "", None),
        ("Cã", ".VnTime", None),
    ],
)
def test_what_cannot_be_converted_is_in_doubt(typed: str, font: str, expected: Encoding | None) -> None:
    assert vietnamese_of(typed, font, expected) is None
    assert in_doubt(typed, font, expected)


def test_readings_are_for_a_list_to_choose_from() -> None:
    assert readings("Cã") == {TCVN3: "Có"}
    assert readings("Coù") == {VNI: "Có"}
    assert readings("Toát") == {VNI: "Tốt"}
    assert readings("Đạt") == {}


# --- all syllables ------------------------------------------------------------------------------------

LETTERS = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ"
IN_TCVN3 = "aµ¸¶·¹¨»¾¼½Æ©ÇÊÈÉËeÌÐÎÏÑªÒÕÓÔÖi×ÝØÜÞoßãáâä«åèæçé¬êíëìîuïóñòô\u00adõøö÷ùyúýûüþ®"
IN_VNI = re.findall(
    r"\S+",
    "a aø aù aû aõ aï aê aè aé aú aü aë aâ aà aá aå aã aä e eø eù eû eõ eï eâ eà eá eå eã eä i ì í æ ó ò "
    "o oø où oû oõ oï oâ oà oá oå oã oä ô ôø ôù ôû ôõ ôï u uø uù uû uõ uï ö öø öù öû öõ öï y yø yù yû yõ î ñ",
)
SPELLED = {TCVN3: dict(zip(LETTERS, IN_TCVN3, strict=True)), VNI: dict(zip(LETTERS, IN_VNI, strict=True))}

CORPUS = "\n".join(
    path.read_text(encoding="utf-8")
    for path in (*Path("pipeline/locale/vi").rglob("*.po"), *Path("rules").rglob("*.yaml"), *Path("docs").glob("H*.md"))
)
WORDS = sorted({word for word in re.findall(r"[^\W\d_]+", CORPUS) if not word.isascii()})
"""Some thousand words of what the house writes itself."""

syllables = st.sampled_from([word for word in WORDS if len(word) > 1 and is_syllable(word) and word.islower()])


def test_the_words_of_the_house_are_syllables_but_for_abbreviations() -> None:
    assert {word for word in WORDS if not is_syllable(word)} == {"HĐND", "NĐ"}


def test_no_line_of_the_house_is_changed() -> None:
    for line in CORPUS.splitlines():
        assert vietnamese_of(line) is None, line
        assert not in_doubt(line), line


def spelled(text: str, encoding: Encoding) -> str:
    return "".join(SPELLED[encoding].get(each, each) for each in text)


@given(st.lists(syllables, min_size=1, max_size=8), st.sampled_from(Encoding))
def test_every_syllable_comes_back_from_either_encoding(typed: list[str], encoding: Encoding) -> None:
    text = " ".join(typed)
    assert readings(spelled(text, encoding)).get(encoding) == text
    found = vietnamese_of(spelled(text, encoding), expected=encoding)
    assert found in (None, Legacy(text, encoding))


@given(st.lists(syllables | st.sampled_from(["UBND", "m²", "½", "12,5", "–"]), max_size=8))
def test_no_vietnamese_in_unicode_is_changed(typed: list[str]) -> None:
    for text in (" ".join(typed), " ".join(typed).title(), " ".join(typed).upper()):
        for expected in (None, *Encoding):
            assert vietnamese_of(text, expected=expected) is None
            assert not in_doubt(text, expected=expected)


@given(st.text(), st.sampled_from(["", ".VnTime", "VNI-Times", "Arial"]))
def test_nothing_raises_and_nothing_is_converted_twice(text: str, font: str) -> None:
    found = vietnamese_of(text, font)
    in_doubt(text, font)
    if found:
        assert vietnamese_of(found.text) is None


@pytest.mark.parametrize(
    "text", ["à" * 32_767, "aâ" * 16_383, "x· " * 10_922, "oâ ù" * 8_191, "µ" * 32_767, "Đ" + "Æ" * 32_766]
)
def test_the_longest_cell_is_soon_done(text: str) -> None:
    begun = time.process_time()
    vietnamese_of(text)
    in_doubt(text)
    assert time.process_time() - begun < 1


def test_syllables() -> None:
    words = "nghiêng nghĩa Quốc QUÝ giếng gì giết khuỷu khuya huỳnh hoà hòa thuý ủy uỷ yêu ươi Đắk xoong ngoèo"
    assert all(map(is_syllable, words.split(" ")))


def test_words_that_are_no_syllables() -> None:
    words = "Müller José cà̀ họtx côngg tèt toat cuả kà nge ngha qả áà"
    assert not any(map(is_syllable, words.split(" ")))
