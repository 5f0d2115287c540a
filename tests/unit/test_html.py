"""Web pages: what is text, what is not, and pages that mean harm."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotemark.errors import QuotemarkError
from quotemark.formats import read
from quotemark.formats.html import page_text

PAGE = """<!DOCTYPE html>
<html lang="en"><head><title> Talks
 fail </title><script>var x = "</p>";</script><style>p {}</style></head>
<body><header>The Site</header><nav><p>Menu</p></nav>
<main><article><h1>Talks fail</h1>
<div><p>“No&#8221;, <b>Lund</b>  said.</p><p>One<br>two &amp; &lt;three&gt;.</p></div>
<aside>Advert</aside><p hidden>Hidden</p><!-- a comment -->
<ul><li>first<li>second</ul><article>A reader's comment</article></article>
<article>Teaser</article></main><footer>Imprint</footer></body></html>"""


def test_the_article_is_what_a_reader_reads() -> None:
    text, meta = page_text(PAGE)
    assert text == (
        "Talks fail\n\n“No”, Lund said.\n\nOne\ntwo & <three>.\n\n  * first\n  * second\n"
    )
    assert meta == {"title": "Talks fail", "language": "en"}


def test_without_an_article_it_is_main_and_then_the_body() -> None:
    assert page_text("<header>S</header><main><p>M</p></main><p>B</p>")[0] == "M\n"
    assert page_text("<header>S</header><nav>N</nav><p>B</p><p>C</p>")[0] == "B\n\nC\n"


@pytest.mark.parametrize(
    "page", ["", " \n", "<!-- x -->", "<script>x</script>", "<frameset><frame></frameset>"]
)
def test_pages_without_text_are_empty_texts(page: str) -> None:
    assert page_text(page)[0] == ""


def test_entities_cannot_hurt() -> None:
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "ha"><!ENTITY b "&a;&a;">'
        '<!ENTITY f SYSTEM "file:///etc/passwd">]><p>&b; &f; &#0; &#xD800; &#x110000; &copy;</p>'
    )
    text, _ = page_text(bomb)
    assert "root:" not in text
    assert "haha" not in text
    text.encode("utf-8")  # no lone surrogate has come through
    assert "©" in text


def test_deep_nesting_is_read_or_refused_and_never_cut_off() -> None:
    for depth in (100, 300, 2000):
        page = f"<p>first</p>{'<div>' * depth}<p>deep</p>{'</div>' * depth}<p>last</p>"
        assert page_text(page)[0].split() == ["first", "deep", "last"]
    with pytest.raises(QuotemarkError, match="nested too deeply"):
        page_text("<div>" * 100_000 + "deep")


@pytest.mark.parametrize(
    ("head", "codec", "said"),
    [
        ('<meta charset="windows-1251">', "cp1251", "cp1251"),
        (
            '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">',
            "koi8-r",
            "koi8-r",
        ),
        ('<?xml version="1.0" encoding="windows-1251"?>', "cp1251", "cp1251"),
        ("<meta charset=utf-16>", "utf-8", "utf-8"),
        ("<meta charset=windows-1251>", "utf-8-sig", "utf-8-sig"),
        ("<meta charset=klingon>", "utf-8", "utf-8"),
    ],
)
def test_the_declared_charset_counts(tmp_path: Path, head: str, codec: str, said: str) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(f"{head}<p>Он сказал: да.</p>".encode(codec))
    document = read(path).documents["a"]
    assert (document.text, document.meta["encoding"]) == ("Он сказал: да.\n", said)


def test_latin_1_is_read_as_browsers_read_it(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(b"<meta charset=iso-8859-1><p>\x93Yes\x94")
    assert read(path).documents["a"].text == "“Yes”\n"


MARKUP = st.lists(
    st.sampled_from(
        [
            *("<p>", "</p>", "<div", ">", "<b>", "</b>", "&amp", "&#x", ";", "<!--", "-->"),
            *("<table>", "<td>", "</table>", "<pre>", "<article>", "</article>", "<br/>", "“x”"),
            *("😀", "שלום", "<?xml encoding='x'?>", "<html hidden>", "<title>", "<script>"),
            *("<svg>", "<li>", "\r\n"),
        ]
    ),
    max_size=20,
).map("".join)


@given(MARKUP | st.text(st.characters(exclude_categories=["Cs"])))
def test_any_markup_gives_a_text(page: str) -> None:
    text, _ = page_text(page)
    text.encode("utf-8")
    assert "\n\n\n" not in text
