"""Every metric there is: our own, and the measures of published protocols."""

from __future__ import annotations

from quotemark.metrics import attributes, attribution, relations, spans, stance, trim
from quotemark.metrics.measure import Key, Measure
from quotemark.metrics.protocols import PROTOCOLS, semeval2013, semeval2016_stance

OWN: dict[Key, Measure] = {
    **spans.MEASURES,
    **trim.MEASURES,
    **{("semeval13", name, ""): each for name, each in semeval2013.PROTOCOL.measures.items()},
    **attributes.MEASURES,
    **relations.MEASURES,
    **attribution.MEASURES,
    **stance.MEASURES,
    ("stance", "polarity", "favor-against"): semeval2016_stance.PROTOCOL.measures["matched"],
}
"""Our own metrics by name, aspect and scope."""

PUBLISHED: dict[Key, Measure] = {
    (protocol.name, aspect, ""): measure
    for protocol in PROTOCOLS.values()
    for aspect, measure in protocol.measures.items()
}
"""The measures of every published protocol, likewise."""

REGISTRY = {**OWN, **PUBLISHED}
