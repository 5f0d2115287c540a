"""Web pages as Chromium takes them apart: every text node is found where Label Studio puts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from quotemark.labelstudio.exports.hypertext import page as read_page
from quotemark.labelstudio.exports.places import decided, readings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

PAGES = {
    "paragraphs left open": "<p>One<p>Two<div>Three</div>Four",
    "a block in a paragraph": "<p>One<div>Two</div>Three</p>Four",
    "bare words": "Hello <b>x</b> you<br>and\n\n more",
    "bare words in a body": "<html><body>Hello <b>x</b> you</body></html>",
    "a head alone": "<head><title>x</title></head>text<p>a",
    "misnested": "<p><b>a<i>b</b>c</i>d</p>",
    "a table": "<table>\n <tr>\n <td>a 😀<td>b\n<tr><td>c</table>",
    "a table with a head": "<table><thead>\n<tr><th>a</th></tr></thead>\n"
    "<tr><td>b</td></tr></table>",
    "words loose in a table": "<table>oops<tr><td>a</td></tr></table>",
    "links in links": "<a href=x>one<a href=y>two</a>three</a>",
    "elements of no kind": "<o:p>x</o:p><custom-tag>y</custom-tag>z",
    "entities": "<p>a&nbsp;b &amp; &lt;c&gt; &hellip; &#8220;q&#8221; "
    "&copy 2020 caf&eacute; &#128512;!</p>",
    "a paragraph in a heading": "<h1>a<p>b</p>c</h1>",
    "lists": "<ul>\n<li>a\n<li>b<ul><li>c</ul></ul><dl><dt>d<dd>e</dl>",
    "a whole page": "<!DOCTYPE html>\n<html lang=en>\n<head>\n<title>t</title>\n"
    "<style>x{}</style>\n</head>\n<body>\n\n<header><h1>H</h1></header>\n"
    "<article>\n<p>a</p>\n</article>\n</body>\n</html>\n",
    "what is taken away": "<p>a<!-- c -->b<script>1</script>c<iframe>d</iframe>e"
    "<noscript>f</noscript>g<textarea>h</textarea>i</p><template>j</template>k",
    "a picture": "<p>a<svg><text>s</text></svg>b</p><figure><img src=x><figcaption>c</figure>",
    "kept space": "<pre>\n\n a\n b</pre>x<pre>\nc  d</pre>",
    "line ends": "<p>a\r\nb\rc 😀</p>",
    "signs": "<p>R&D, a & b, 1 < 2 and 3<4</p>",
    "a block in bold": "<b><p>a</p>b</b><center><font color=red>c</font></center>d",
}

NODES = """html => {
  const frame = document.createElement('iframe');
  document.body.append(frame);
  const doc = frame.contentDocument;
  doc.open(); doc.write(html); doc.close();
  for (const e of doc.querySelectorAll('script, iframe, textarea, option, noscript')) e.remove();
  const comments = doc.createTreeWalker(doc, NodeFilter.SHOW_COMMENT), found = [];
  while (comments.nextNode()) found.push(comments.currentNode);
  for (const comment of found) comment.remove();
  doc.normalize();
  const name = node => node.nodeType === 3 ? 'text()' : node.nodeName.toLowerCase();
  const walker = doc.createTreeWalker(doc.body, NodeFilter.SHOW_ALL), nodes = [];
  let count = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeName === 'BR') count += 1;
    if (node.nodeType !== 3) continue;
    let path = '';
    for (let at = node; at !== doc.body; at = at.parentNode) {
      let number = 1;
      for (let s = at.previousSibling; s; s = s.previousSibling) number += name(s) === name(at);
      path = `/${name(at)}[${number}]${path}`;
    }
    nodes.push([path, node.data, count]);
    count += [...node.data].length;
  }
  frame.remove();
  return nodes;
}"""
"""A page's text nodes: the XPath below the body, the text, and how many characters come before.

What Label Studio takes away before it shows a page is taken away.
"""


@pytest.fixture(scope="module")
def nodes_of(browser: Browser) -> Any:
    blank = browser.new_page()
    blank.goto("about:blank")
    yield lambda html: blank.evaluate(NODES, html)
    blank.close()


@pytest.mark.parametrize("name", PAGES)
def test_each_text_node_is_found(name: str, nodes_of: Any) -> None:
    source = read_page(PAGES[name])
    values = []
    for path, words, before in nodes_of(PAGES[name]):
        if words.strip():
            ends = {"start": path, "startOffset": 0, "end": path}
            ends["endOffset"] = len(words.encode("utf-16-le")) // 2
            counted = {"start": before, "end": before + len(words)}
            values.append({**ends, "globalOffsets": counted, "text": words})
    assert values
    reading = decided(readings(source, values))
    assert reading
    assert all(reading.fits)
    found = ["".join(source.text[slice(*place)].split()) for place in reading.places if place]
    assert found == ["".join(value["text"].split()) for value in values]
