"""Published scoring protocols by name, each in a module of its own.

`score(gold, pred, protocol="semeval2013")` gives what the protocol's own scorer gives, as far as
that is well defined. `docs/protocols.md` describes each, `docs/deviations.md` where we differ.
"""

from __future__ import annotations

from quotemark.metrics.protocols import (
    citron,
    cofenet,
    conll,
    gendergaptracker,
    german_news,
    pareti2013,
    semeval2013,
    semeval2016_stance,
    semeval2022_sgf1,
    spkatt2023,
)
from quotemark.metrics.protocols.base import Published

PROTOCOLS: dict[str, Published] = {
    module.PROTOCOL.name: module.PROTOCOL
    for module in (
        semeval2013,
        conll,
        cofenet,
        gendergaptracker,
        citron,
        german_news,
        pareti2013,
        spkatt2023,
        semeval2022_sgf1,
        semeval2016_stance,
    )
}
"""The protocols by name."""
