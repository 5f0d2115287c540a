"""The labelling configuration: in step with the scheme, escaped, and as the server wants it."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from quotemark.labelstudio.config import labeling_config
from quotemark.labelstudio.controls import controls, links
from quotemark.scheme import default_scheme, parse_scheme

COMMITTED = Path(__file__).parents[2] / "annotations" / "labeling_config.xml"

HOSTILE = parse_scheme(
    """
    name = "hostile"
    version = "1"
    [labels.A]
    description = '"><script>alert(1)</script>'
    hotkey = "n"
    [labels.A.attributes.kind]
    type = "choice"
    values = ["<b>", '"', "a, b"]
    [labels.A.attributes.who]
    type = "entity"
    extra = ["AUTHOR & co"]
    when = { attribute = "kind", value = "a, b" }
    [labels.A.attributes.note]
    type = "text"
    [relations.r]
    head = "A"
    tail = "A"
    nearest = { after = "alt+n", before = "<" }
    """
)


def test_the_committed_configuration_is_the_schemes() -> None:
    made = labeling_config(default_scheme())
    remedy = "run: quotemark config -o annotations/labeling_config.xml"
    assert COMMITTED.read_text(encoding="utf-8") == made, remedy


def test_every_attribute_has_its_controls_for_its_label_only() -> None:
    for scheme in (default_scheme(), HOSTILE):
        root = ElementTree.fromstring(labeling_config(scheme))
        asked = {tag.get("name"): tag for tag in root.iter() if tag.get("perRegion")}
        assert set(asked) == {*controls(scheme), *links(scheme), "unsure", "comment"}
        for name, control in controls(scheme).items():
            assert asked[name].get("whenLabelValue") == control.label
            assert asked[name].tag == ("TextArea" if control.typed else "Choices")
            assert asked[name].get("toName") == "text"


def test_a_relation_with_keys_is_asked_at_its_heads() -> None:
    for scheme in (default_scheme(), HOSTILE):
        root = ElementTree.fromstring(labeling_config(scheme))
        for name, kind in links(scheme).items():
            (tag,) = [tag for tag in root.iter("Choices") if tag.get("name") == name]
            assert tag.get("whenLabelValue") == kind.head
            keys = {(choice.get("value"), choice.get("hotkey")) for choice in tag}
            assert keys == set(kind.nearest)


def test_names_are_unique_and_relations_complete() -> None:
    root = ElementTree.fromstring(labeling_config(default_scheme()))
    names = [tag.get("name") for tag in root.iter() if tag.get("name")]
    assert len(names) == len(set(names))
    relations = [tag.get("value") for tag in root.iter("Relation")]
    assert relations == [*default_scheme().relations, "continues"]


def test_a_view_has_at_most_one_choices() -> None:
    """The server's check fails on a view with two where one has a single choice, one none."""
    for scheme in (default_scheme(), HOSTILE):
        root = ElementTree.fromstring(labeling_config(scheme))
        assert all(len(view.findall("Choices")) <= 1 for view in root.iter("View"))


def test_a_condition_is_on_the_choice_and_around_the_field() -> None:
    root = ElementTree.fromstring(labeling_config(default_scheme()))
    (view,) = [v for v in root.iter("View") if v.get("whenChoiceValue") == "elsewhere"]
    choices, field = view.find("Choices"), view.find("TextArea")
    assert choices is not None
    assert field is not None
    for tag in (view, choices):
        assert tag.get("visibleWhen") == "choice-selected"
        assert tag.get("whenTagName") == "Quote-source"
    assert field.get("name") == "Quote-source_entity-typed"


def test_what_the_scheme_says_is_escaped() -> None:
    made = labeling_config(HOSTILE)
    assert "<script>" not in made
    root = ElementTree.fromstring(made)
    values = [tag.get("value") for tag in root.iter("Choice")]
    assert values == ["<b>", '"', "a, b", "AUTHOR & co", "before", "after", "unsure"]


def test_a_condition_that_label_studio_would_split_at_its_comma_is_left_out() -> None:
    root = ElementTree.fromstring(labeling_config(HOSTILE))
    assert not [tag for tag in root.iter() if tag.get("whenChoiceValue")]


def test_a_hotkey_of_the_scheme_is_not_taken_twice() -> None:
    root = ElementTree.fromstring(labeling_config(HOSTILE))
    keys = [tag.get("hotkey") for tag in root.iter() if tag.get("hotkey") not in (None, "f20")]
    assert keys == ["n", "<", "alt+n"]
