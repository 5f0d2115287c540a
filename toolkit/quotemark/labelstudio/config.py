"""The labelling configuration: the annotator's screen, made from the scheme."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from xml.etree import ElementTree

from quotemark.labelstudio.controls import (
    COMMENT,
    CONTINUES,
    LABEL,
    LAYER,
    NO_KEY,
    TEXT,
    UNSURE,
    Control,
    controls,
    links,
)
from quotemark.scheme import Attribute, Label, RelationType, Scheme

Tag = ElementTree.Element
Values = Mapping[str, str]

REGION = {"toName": TEXT, "perRegion": "true"}
"""What every control of a region has."""

UNSURE_KEY = "n"
"""Not `u`, which takes the selection away."""


DISPUTES = "qm-disputes"
"""The class of the box that lists what annotators see differently, in review projects."""


def labeling_config(scheme: Scheme, *, review: bool = False) -> str:
    """The labelling configuration of a scheme as XML, the same for the same scheme.

    The text stands between its grey context; the labels above it and the selected region's
    attributes beside it stay in sight. Every attribute is a control of its own, shown
    for its label's regions only, and there only where its `when` holds. For a `review`, each
    task's note stands beside the text.

    >>> from quotemark.scheme import parse_scheme
    >>> scheme = parse_scheme('name = "s"\\nversion = "1"\\n[labels.A]\\nhotkey = "a"\\n')
    >>> [line.strip() for line in labeling_config(scheme).splitlines() if "<Label " in line]
    ['<Label value="A" background="#6e7781" hotkey="a" />']
    """
    root = ElementTree.Element("View", {"className": "quotemark"})
    style = _tag(root, "Style")
    sheets = ("screen.css", "review.css") if review else ("screen.css",)
    style.text = "".join(
        files("quotemark.labelstudio").joinpath(name).read_text(encoding="utf-8") for name in sheets
    )
    relations = _tag(root, "Relations")
    for name in (*scheme.relations, CONTINUES):
        _tag(relations, "Relation", {"value": name})
    columns = _view(root, "qm-columns")
    _reading(_view(columns, "qm-reading"), scheme)
    asking = _view(columns, "qm-asking")
    if review:
        _header(_view(asking, DISPUTES, {"visibleWhen": "no-region-selected"}), "$note", 5)
    _guide(asking, scheme)
    for label in scheme.labels.values():
        _label(asking, label, scheme)
    _always(asking, scheme)
    _tag(_view(root, "qm-hidden"), "TextArea", {"name": LAYER, "toName": TEXT})
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def same_config(config: str, scheme: Scheme) -> str:
    """The configuration of a scheme for a project that has `config`: for review, or not."""
    return labeling_config(scheme, review=is_review(config))


def is_review(config: str) -> bool:
    """Whether a project is one for review."""
    return f'className="{DISPUTES}"' in config


def _reading(column: Tag, scheme: Scheme) -> None:
    """Labels, title, and the text between its context."""
    labels = _tag(_view(column, "qm-bar"), "Labels", {"name": LABEL, "toName": TEXT})
    for label in scheme.labels.values():
        key = {"hotkey": label.hotkey} if label.hotkey else {}
        _tag(labels, "Label", {"value": label.name, "background": label.color, **key})
    page = _view(column, "qm-page")
    _header(_view(page, "qm-title"), "$title", 3)
    for name in ("before", TEXT, "after"):
        place = _view(page, "qm-text" if name == TEXT else "qm-context")
        fixed = {} if name == TEXT else {"selectionEnabled": "false"}
        _tag(place, "Text", {"name": name, "value": f"${name}", "granularity": "symbol", **fixed})


def _guide(column: Tag, scheme: Scheme) -> None:
    """What stands beside the text while no region is selected."""
    guide = _view(column, "qm-guide", {"visibleWhen": "no-region-selected"})
    _header(guide, "Labels: press the key, mark the words", 5)
    for label in scheme.labels.values():
        key = f" ({label.hotkey})" if label.hotkey else ""
        _note(guide, f"{label.name}{key}. {label.description}".rstrip())
    _header(guide, "Relations: click one end, Alt+R, click the other; or a key at the first", 5)
    for relation in scheme.relations.values():
        keys = ", ".join(f"{key} {place}" for place, key in relation.nearest)
        name = f"{relation.name} ({keys})" if keys else relation.name
        _note(guide, f"{name}: {relation.description}".rstrip(": "))
    _note(guide, f"{CONTINUES}: between the parts of one quotation that its attribution interrupts")


def _label(column: Tag, label: Label, scheme: Scheme) -> None:
    """What is asked of a label's regions."""
    selected = {
        "visibleWhen": "region-selected",
        "whenTagName": LABEL,
        "whenLabelValue": label.name,
    }
    box = _view(column, "qm-region", selected)
    _header(box, label.name, 4)
    every = controls(scheme).values()
    for attribute in label.attributes.values():
        mine = [c for c in every if c.label == label.name and c.attribute.name == attribute.name]
        _attribute(box, label, attribute, mine, selected)
    for name, kind in links(scheme).items():
        if kind.head == label.name:
            _link(box, name, kind, selected)


def _link(box: Tag, name: str, kind: RelationType, selected: Values) -> None:
    """Where the other end of a relation stands, as an answer instead of an arrow."""
    place = _view(box, "qm-attribute")
    _header(place, f"{kind.name}, the nearest {kind.tail}", 5)
    common = {"name": name, **REGION, "whenLabelValue": kind.head, **selected}
    choices = _tag(place, "Choices", {**common, "choice": "single", "showInline": "true"})
    for where, key in kind.nearest:
        _tag(choices, "Choice", {"value": where, "hotkey": key})


def _attribute(
    box: Tag, label: Label, attribute: Attribute, mine: list[Control], selected: Values
) -> None:
    """An attribute's name and controls.

    They have a view of their own: it hides name and field where the attribute's condition
    does not hold (a choice also carries the condition itself, so that Label Studio does not
    save what is hidden), and the server refuses two `Choices` in one view where one of them
    has a single `Choice` and the other none.
    """
    condition: Values = {}
    if attribute.when and "," not in attribute.when[1]:
        condition = {
            "visibleWhen": "choice-selected",
            "whenTagName": f"{label.name}-{attribute.when[0]}",
            "whenChoiceValue": attribute.when[1],
        }
    place = _view(box, "qm-attribute", condition)
    _header(place, f"{attribute.name} *" if attribute.required else attribute.name, 5)
    if attribute.description:
        _note(place, attribute.description)
    for control in mine:
        common = {"name": control.name, **REGION, "whenLabelValue": label.name}
        if control.typed:
            _field(place, attribute, common)
        else:
            _choices(place, attribute, {**common, **(condition or selected)})


def _field(place: Tag, attribute: Attribute, common: Values) -> None:
    hints = {"entity": "Somebody else", "target": "Something else", "text": attribute.name}
    one = {} if attribute.many else {"maxSubmissions": "1"}
    hint = {"placeholder": f"{hints[attribute.type]}, then Enter"}
    _tag(place, "TextArea", {**common, "editable": "true", **hint, **one})


def _choices(place: Tag, attribute: Attribute, common: Values) -> None:
    """A choice; one of several that is not required can be taken back, hence no radio buttons."""
    kind = "multiple" if attribute.many else "single"
    source = {"entity": "$speakers", "target": "$targets"}.get(attribute.type)
    if source:
        look = {"value": source, "layout": "select"}
    else:
        kind = "single-radio" if attribute.required and not attribute.many else kind
        look = {"showInline": "true"}
    choices = _tag(place, "Choices", {**common, "choice": kind, **look})
    for value in attribute.values:
        _tag(choices, "Choice", {"value": value})
    for value in attribute.extra:
        _tag(choices, "Choice", {"value": value, "hotkey": NO_KEY})


def _always(column: Tag, scheme: Scheme) -> None:
    """What can be said of any region."""
    selected = {"visibleWhen": "region-selected"}
    box = _view(column, "qm-region", selected)
    many = {"name": UNSURE, **REGION, "choice": "multiple", "showInline": "true", **selected}
    unsure = _tag(_view(box, "qm-attribute"), "Choices", many)
    taken = {label.hotkey for label in scheme.labels.values()}
    taken |= {key for kind in scheme.relations.values() for _, key in kind.nearest}
    _tag(
        unsure,
        "Choice",
        {"value": UNSURE, **({} if UNSURE_KEY in taken else {"hotkey": UNSURE_KEY})},
    )
    one = {"editable": "true", "maxSubmissions": "1", "placeholder": "Comment, then Enter"}
    _tag(box, "TextArea", {"name": COMMENT, **REGION, **one})
    _note(box, "Esc when done: before that, a label's key changes this region's label")


def _note(place: Tag, text: str) -> None:
    _header(_view(place, "qm-note"), text, 5)


def _header(place: Tag, text: str, size: int) -> None:
    _tag(place, "Header", {"value": text, "size": str(size)})


def _view(parent: Tag, style: str, shown: Values | None = None) -> Tag:
    return _tag(parent, "View", {"className": style, **(shown or {})})


def _tag(parent: Tag, name: str, values: Values | None = None) -> Tag:
    return ElementTree.SubElement(parent, name, dict(values or {}))
