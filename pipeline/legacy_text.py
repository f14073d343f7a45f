"""Vietnamese typed for fonts of before Unicode, and the same text in Unicode.

Such fonts (``.VnTime``, ``VNI-Times``) draw Vietnamese letters at the places of West European ones, so a workbook
holds ``Häp d©n`` where the unit saw ``Họp dân``. In: what a cell holds, its font where that is known. Out: the text as
the unit saw it, or None. Nothing here raises, and the work grows with the length of the text alone.

A text counts as such only where all its words become Vietnamese syllables, which most of them were not before. So
Unicode, names of other countries (José, Müller) and measures (m², ½) are never changed. The encodings:

- TCVN3 (ABC): TCVN 5712:1993, VN3; one character a letter, without capitals that bear a tone. Fonts named ``.Vn…H``
  draw capitals in place of small letters.
- VNI for Windows: a vowel and behind it its marks, but for đ, ơ, ư, ỵ and i, which are one character each.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Encoding(StrEnum):
    """An encoding of before Unicode, by the name under which people know it."""

    TCVN3 = "TCVN3 (ABC)"
    VNI = "VNI"


@dataclass(frozen=True)
class Legacy:
    """A text in Unicode, and the encoding in which it was typed."""

    text: str
    encoding: Encoding


# --- syllables ----------------------------------------------------------------------------------------

_ONSETS = frozenset(["", *re.findall(r"\S+", "b c d đ g h k l m n p r s t v x ch gh gi kh kr ng ngh nh ph qu th tr")])
_RHYMES = frozenset(
    re.findall(
        r"\S+",
        """
        a ac ach ai am an ang anh ao ap at au ay ăc ăk ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
        e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu
        i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
        o oc oi om on ong ooc oong op ot oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt
        oe oen oeo oet ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
        u ua uc ui um un ung up ut uân uâng uât uây uê uêch uênh uơ uôc uôi uôm uôn uông uôt
        uy uya uych uyên uyêt uynh uyp uyt uyu ư ưa ưc ưi ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
        y yêm yên yêng yêt yêu
        """,
    )
)
_AFTER_QU = frozenset(rhyme for rhyme in _RHYMES if rhyme[0] not in "uưo") | {"ynh", "yt", "ych"}
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_IN_STOPPED = "\u0301\u0323"
"""The tones of syllables that end in c, ch, k, p or t."""


def _bearers(rhyme: str) -> tuple[int, ...]:
    """The places of the vowels that may bear the tone; of oa, oe and uy either does."""
    for vowels in ("êơâăô", "ư"):
        if marked := [place for place, letter in enumerate(rhyme) if letter in vowels]:
            return (marked[-1],)
    if rhyme[:2] in ("oa", "oe", "uy"):
        return (0, 1) if len(rhyme) == 2 else (1,)
    return (0,)


def _with_tones(rhyme: str) -> Iterator[str]:
    """The rhyme with each tone that it can have."""
    stopped = rhyme[-1] in "ckpt" or rhyme.endswith("ch")
    if not stopped:
        yield rhyme
    for tone in _IN_STOPPED if stopped else _TONES:
        for place in _bearers(rhyme):
            yield unicodedata.normalize("NFC", rhyme[: place + 1] + tone + rhyme[place + 1 :])


def _toned(rhymes: frozenset[str]) -> frozenset[str]:
    return frozenset(toned for rhyme in rhymes for toned in _with_tones(rhyme))


_TONED, _TONED_AFTER_QU = _toned(_RHYMES), _toned(_AFTER_QU)
_FRONT = frozenset("eêiyèéẻẽẹềếểễệìíỉĩịỳýỷỹỵ")
_LONGEST, _LONGEST_SPELLED = 7, 12  # nghiêng; nghieâng, its tone behind
_AS_SEEN = str.maketrans({"\u00d0": "đ", "\u00f0": "đ", "\u00ad": ""})


def is_syllable(word: str) -> bool:
    """Whether the word is one Vietnamese syllable, in composed Unicode and however it is capitalised."""
    return len(word) <= _LONGEST_SPELLED and _is_syllable(word)  # no long foreign word is kept


@lru_cache(maxsize=10_000)
def _is_syllable(word: str) -> bool:
    word = word.translate(_AS_SEEN).lower()
    return len(word) <= _LONGEST and any(
        word[:size] in _ONSETS and _fits(word[:size], word[size:]) for size in range(min(4, len(word)))
    )


def _fits(onset: str, rhyme: str) -> bool:
    if onset == "qu":
        return rhyme in _TONED_AFTER_QU
    if rhyme not in _TONED:
        return False
    if onset in ("k", "gh", "ngh"):
        return rhyme[0] in _FRONT
    if onset in ("c", "ng"):
        return rhyme[0] not in _FRONT
    return True


# --- encodings ----------------------------------------------------------------------------------------

_TCVN3 = dict(
    zip(
        "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ\u03bc",
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵà",
        strict=True,
    )
)
"""Of TCVN 5712:1993 VN3, as Windows-1252 shows its bytes; the micro sign also as the Greek letter."""

_VNI_MARKS = {
    "aeouyôö": dict(zip("øùûõï", "\u0300\u0301\u0309\u0303\u0323", strict=True)),
    "aeo": dict(
        zip(
            "âàáåãä",
            _marked := ("\u0302", *("\u0302" + tone for tone in "\u0300\u0301\u0309\u0303\u0323")),
            strict=True,
        )
    ),
    "a": dict(zip("êèéúüë", (mark.replace("\u0302", "\u0306") for mark in _marked), strict=True)),
}
_VNI_ALONE = dict(zip("ñôöìíæóòî", "đơưìíỉĩịỵ", strict=True))


def _vni() -> dict[str, str]:
    """Spelling in VNI -> letter. The marks behind a capital may be small ones."""
    small = dict(_VNI_ALONE)
    for bases, marks in _VNI_MARKS.items():
        for base in bases:
            plain = _VNI_ALONE.get(base, base)
            small |= {base + mark: unicodedata.normalize("NFC", plain + added) for mark, added in marks.items()}
    del small["yï"]  # ỵ is a character of its own
    capital = {spelled.capitalize(): letter.upper() for spelled, letter in small.items()}
    return small | capital | {spelled.upper(): letter.upper() for spelled, letter in small.items()}


_VNI = _vni()
_VNI_LETTER = re.compile("[AEOUYÔÖ][ÙØÛÕÏÂÁÀÅÃÄÊÉÈÚÜË]|[^\x00-\x7f]", re.IGNORECASE)
_LOST = "\ufffd"


@lru_cache(maxsize=10_000)
def _read_as(word: str, encoding: Encoding) -> str:
    """A word read in that encoding; what it does not have becomes the sign for what is lost."""
    if encoding is Encoding.TCVN3:
        return "".join(each if each.isascii() else _TCVN3.get(each, _LOST) for each in word)
    return _VNI_LETTER.sub(lambda spelled: _VNI.get(spelled[0], _LOST), word)


# --- recognising --------------------------------------------------------------------------------------

_UNICODE_ALONE = re.compile("[ĂăĐđĨĩŨũƠơƯư\u1ea0-\u1ef9\u0300-\u0323]")
"""Vietnamese letters that no legacy text has."""

_NEVER_IN_UNICODE = re.compile(
    "[¡-®µ-¾ÄÅÆÇËÎÏÐÑÖ×ØÛÜÞßäåæçëîïðñö÷øûüþ]|[aeouy][ùõ]|a[âáàãêéèú]|e[âáàã]|oâ|[AEOUY][ÙÕ]|A[ÂÁÀÃÊÉÈÚ]|E[ÂÁÀÃ]|OÂ"
)
"""What right Vietnamese never has; some legacy words do not have it either."""

_WORD = re.compile("[A-Za-z\u00a1-\u024f\u0300-\u036f\u03bc\u1e00-\u1eff]+")
_TELLING = {
    Encoding.TCVN3: re.compile("[A-Za-z][¡-¬®µ¶¸]"),  # no other language has a sign within a word
    Encoding.VNI: re.compile("[aeo][âåã]|[ao]ä|[aeouy][ûõø]|[ôö][ùøûõï]|[QHBTVCN]Ñ|Ñ[QHBTVCN]", re.IGNORECASE),
}
_FORMULA = re.compile("[µ\u03bc][a-zA-Z]?|.?[·×÷].?|.?[¼½¾]|[¼½¾].")
"""µm, m×n: what people write in Unicode too."""

_VOWELS = frozenset("AEIOUY")


@dataclass(frozen=True)
class _Witness:
    """What the words of a text say for an encoding. ``strength``: 1 for each word that is Vietnamese in it alone, 2
    where no other language could have it; ``against``: how many were Vietnamese as they stood; ``failed``: how many can
    not be read in it."""

    text: str
    strength: int
    against: int
    failed: int


def vietnamese_of(text: str, font: str = "", expected: Encoding | None = None) -> Legacy | None:
    """The text in Unicode if it was typed in an encoding of before; None if it was not, or if that is in doubt.

    ``font``: the name of the cell's font; ``expected``: the encoding of other texts beside it. With either of them one
    word is enough to tell, without one or two, as clear as they are.
    """
    if text.isascii() or _UNICODE_ALONE.search(text) or _is_right(text):
        return None
    text = unicodedata.normalize("NFC", text)
    of_font = encoding_of_font(font)
    least = {each: 1 if each in (of_font, expected) else 2 for each in ([of_font] if of_font else Encoding)}
    found = {each: _witness(text, each) for each in least}
    sure = {
        each: witness
        for each, witness in found.items()
        if not witness.failed and witness.strength >= max(least[each], witness.against)
    }
    if not sure:
        return None
    best, other = max(sure, key=lambda each: sure[each].strength), min(sure, key=lambda each: sure[each].strength)
    if best is not other and sure[best].strength == sure[other].strength and expected not in sure:
        return None
    encoding = expected if expected in sure else best
    converted = sure[encoding].text
    return Legacy(converted.upper() if _draws_capitals(font) else converted, encoding)


def in_doubt(text: str, font: str = "", expected: Encoding | None = None) -> bool:
    """Whether a text that :func:`vietnamese_of` leaves alone seems to be typed so: in part, or beside other words."""
    if text.isascii() or (_UNICODE_ALONE.search(text) and not _NEVER_IN_UNICODE.search(text)):
        return False
    if _is_right(text):
        of_font = encoding_of_font(font)
        return bool(of_font and not _UNICODE_ALONE.search(text) and of_font in readings(text))
    if vietnamese_of(text, font, expected):
        return False
    text = unicodedata.normalize("NFC", text)
    return any(_witness(text, each).strength >= (1 if expected else 2) for each in Encoding)


def _is_right(text: str) -> bool:
    """Whether all its words are Vietnamese as they stand, or English: nearly all texts of forms."""
    return all(word.isascii() or is_syllable(word) for word in _WORD.findall(text))


def encoding_of_font(font: str) -> Encoding | None:
    """The encoding of a font's name: ``.VnTime`` is of TCVN3, ``VNI-Times`` of VNI."""
    name = font.casefold()
    if name.startswith(".vn"):
        return Encoding.TCVN3
    return Encoding.VNI if name.startswith(("vni-", "vni ")) else None


def _draws_capitals(font: str) -> bool:
    return font.startswith((".Vn", ".VN")) and font.endswith("H")


def readings(text: str) -> dict[Encoding, str]:
    """What a text would be in each encoding in which all its words are Vietnamese, however weak the signs are.

    Only a list of what may be meant, such as a cell's choices, can settle it.
    """
    if text.isascii() or _UNICODE_ALONE.search(text):
        return {}
    found = {each: _witness(unicodedata.normalize("NFC", text), each) for each in Encoding}
    return {each: witness.text for each, witness in found.items() if not witness.failed}


def _witness(text: str, encoding: Encoding) -> _Witness:
    strength = against = failed = 0

    def read(found: re.Match[str]) -> str:
        nonlocal strength, against, failed
        word = found[0]
        if word.isascii():
            return word
        result = _read_as(word, encoding) if len(word) <= _LONGEST_SPELLED else _LOST
        if not any(map(str.isalpha, word)) and (len(word) == 1 or not is_syllable(result)):
            return _sign_alone(word, text, encoding)
        if is_syllable(result):
            was = is_syllable(word)
            against += was
            strength += 0 if was else _strength(word, encoding)
        elif _is_abbreviation(result):
            strength += 2 if _TELLING[encoding].search(word) else 0
        else:
            failed += 1
            return word
        return result

    return _Witness(_WORD.sub(read, text), strength, against, failed)


def _strength(word: str, encoding: Encoding) -> int:
    """How much a word tells that is Vietnamese in this encoding alone."""
    if _TELLING[encoding].search(word):
        return 2
    return 0 if _FORMULA.fullmatch(word) else 1


def _sign_alone(word: str, text: str, encoding: Encoding) -> str:
    """Signs without a letter: what they stand for in names (§/c, « t«); else they are what they look like."""
    if encoding is not Encoding.TCVN3 or (word == "«" and "»" in text):
        return word
    return _TCVN3[word] if word in ("§", "®", "«") else word


def _is_abbreviation(word: str) -> bool:
    """``QĐ``, ``HĐND``, ``đ/c``: no syllable, and yet Vietnamese."""
    letters = set(word.upper())
    if "Đ" not in letters or not all(each.isascii() or each == "Đ" for each in letters):
        return False
    return len(word) <= 5 and (word.isupper() or (word.islower() and letters.isdisjoint(_VOWELS)))
