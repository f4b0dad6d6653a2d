"""What an SMS costs: the telephone network's alphabet, texts spelled in it where that changes no word, and counted parts."""

from __future__ import annotations

# GSM 03.38, the alphabet of 7 bits: 160 characters fit one SMS. Any other character makes all of it UCS-2: 70.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_DOUBLE = frozenset("^{}\\[~]|€\f")
_ONE, _ONE_OF_MANY = (160, 70), (153, 67)  # (7 bits, UCS-2): a text in parts spends some of each on their order
_SPELLED = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "′": "'", "″": '"',
        "–": "-", "—": "-", "‑": "-", "−": "-", "…": "...", "•": "-", "·": "-", "→": ">", "×": "x", "≥": ">=", "≤": "<=",
        "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\t": " ", "½": "1/2", "°": "",
    }
)  # fmt: skip


def spelled(text: str) -> str:
    """The text with its quotation marks, dashes and dots in the alphabet; letters with accents stay as they are."""
    return text.translate(_SPELLED)


def segments(text: str) -> int:
    """How many SMS a network counts, and bills, for a text."""
    if all(char in _BASIC or char in _DOUBLE for char in text):
        length, wide = sum(2 if char in _DOUBLE else 1 for char in text), 0
    else:
        length, wide = len(text.encode("utf-16-le")) // 2, 1
    return 1 if length <= _ONE[wide] else -(-length // _ONE_OF_MANY[wide])
