"""The guidelines' table of labels, written from the scheme so that it cannot drift."""

from __future__ import annotations

from quotemark.errors import error
from quotemark.scheme import Attribute, Scheme

BEGIN = "<!-- label-table: written from scheme.toml by `quotemark config` -->"
END = "<!-- /label-table -->"


def label_table(scheme: Scheme) -> str:
    """The scheme's labels, attributes and relations as Markdown tables.

    >>> from quotemark.scheme import parse_scheme
    >>> print(label_table(parse_scheme('name = "s"\\nversion = "1"\\n[labels.A]\\nhotkey = "a"')))
    | label | key | what it is | attributes |
    |---|---|---|---|
    | **A** | `a` |  |  |
    """
    rows = ["| label | key | what it is | attributes |", "|---|---|---|---|"]
    for label in scheme.labels.values():
        attributes = "<br>".join(_attribute(a) for a in label.attributes.values())
        key = f"`{label.hotkey}`" if label.hotkey else ""
        rows.append(f"| **{label.name}** | {key} | {_cell(label.description)} | {attributes} |")
    if scheme.relations:
        rows += ["", "| relation | from | to | what it is |", "|---|---|---|---|"]
    for relation in scheme.relations.values():
        most = f", at most {relation.most}" if relation.most else ""
        what = _cell(relation.description) + most
        rows.append(f"| *{relation.name}* | {relation.head} | {relation.tail} | {what} |")
    return "\n".join(rows)


def refresh(text: str, scheme: Scheme, *, file: object = "") -> str:
    """Guidelines with the table between their two markers written anew.

    Line ends are the page's own. Raises `QuotemarkError`, naming `file`, where the markers
    are missing.

    >>> from quotemark.scheme import default_scheme
    >>> page = refresh(f"# Ours\\n\\n{BEGIN}\\n{END}\\n", default_scheme())
    >>> refresh(page, default_scheme()) == page
    True
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        remedy = f"put the lines {BEGIN} and {END} where the table belongs"
        raise error("guidelines", "has no place for the label table", remedy, file=file)
    table = f"\n\n{label_table(scheme)}\n\n"
    if "\r\n" in text:
        table = table.replace("\n", "\r\n")
    return f"{before}{BEGIN}{table}{END}{after}"


def starter(scheme: Scheme) -> str:
    """A page to begin a scheme's own guidelines with: its table, and what to write.

    >>> from quotemark.scheme import default_scheme
    >>> starter(default_scheme()).splitlines()[0]
    '# Annotation guidelines'
    """
    page = (
        "# Annotation guidelines\n\nSay here what each label is, where a span begins and ends, "
        "and how to decide\nwhat is hard, with a dozen worked examples.\n\n## The labels\n\n"
    )
    return refresh(f"{page}{BEGIN}\n{END}\n", scheme)


def _attribute(attribute: Attribute) -> str:
    kinds = {"entity": "an entity", "target": "a topic, an entity or free text", "text": "text"}
    values = ", ".join(map(_cell, attribute.values)) or kinds[attribute.type]
    several = ", several" if attribute.many else ""
    when = " if *{}* is {}".format(*attribute.when) if attribute.when else ""
    return f"*{attribute.name}*: {values}{several}{when}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
