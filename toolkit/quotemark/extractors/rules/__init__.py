"""The `rules` extractor: quotes, speakers, cues and stance in English news, without a model.

`items` reads a text into sentences of words and quotations, `cues` finds verbs, nouns and
prepositions of stating with their subjects (`phrases`), `contents` the stretch that each
reports, `quotes` those that go over sentences, `entities` who a mention stands for, and
`stance` judging words. What it knows of English stands in `lexicon.toml` and `stance.toml`.
"""

from __future__ import annotations

from quotemark.extractors.rules.extract import Rules

EXTRACTOR = Rules()
