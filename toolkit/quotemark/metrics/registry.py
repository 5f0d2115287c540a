"""Every metric there is: our own, and the measures of published protocols."""

from __future__ import annotations

from quotemark.metrics import attribution, spans, stance
from quotemark.metrics.measure import Key, Measure
from quotemark.metrics.protocols import PROTOCOLS

OWN: dict[Key, Measure] = {**spans.MEASURES, **attribution.MEASURES, **stance.MEASURES}
"""Our own metrics by name, aspect and scope."""

PUBLISHED: dict[Key, Measure] = {
    (protocol.name, aspect, ""): measure
    for protocol in PROTOCOLS.values()
    for aspect, measure in protocol.measures.items()
}
"""The measures of every published protocol, likewise."""

REGISTRY = {**OWN, **PUBLISHED}
