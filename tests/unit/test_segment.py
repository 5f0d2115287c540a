"""Where English sentences end."""

import pytest

from quotemark.quotation import protected
from quotemark.segment import sentences


@pytest.mark.parametrize(
    "text",
    [
        "Mr. Ode met Dr. J. R. Lund at St. Mary's.|He left.",
        "The U.S. Army came.|It left the U.S.|The end.",
        "They met at 9 a.m. Monday.|At 5 p.m. they left.|Done.",
        "See No. 5 on Jan. 7, p. 3.|No.|It is not.",
        "Prices rose 3.5 percent.|3 firms closed.",
        "Really?!|Yes… and no.|Well…|Fine.",
        "Ode Inc. won.|Lund Co. lost.",
        '“Go. Now.” She went.|"Who?" he asked.',
        "(It rained.)|It stopped.",
        "هل هذا؟|نعم۔|पहला।|दूसरा।",
        "はい。|いいえ。",
        "One line\nAnother line",
        "",
    ],
)
def test_sentences(text: str) -> None:
    joined = text.replace("。|", "。").replace("|", " ")
    found = [joined[start:end] for start, end in sentences(joined, keep=protected(joined))]
    expected = [s for line in text.splitlines() for s in line.split("|")]
    if text.startswith("“Go"):
        expected = ["“Go. Now.”", "She went.", '"Who?" he asked.']
    assert found == expected
