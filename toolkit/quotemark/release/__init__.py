"""Gold releases: a folder that a paper can name, whose integrity anybody can verify."""

from quotemark.release.differing import Change, diff, diff_releases
from quotemark.release.effects import Effect, Gold, effect
from quotemark.release.freezing import freeze
from quotemark.release.hydrating import hydrate
from quotemark.release.reading import Release, read_release
from quotemark.release.verifying import verify

__all__ = [
    "Change",
    "Effect",
    "Gold",
    "Release",
    "diff",
    "diff_releases",
    "effect",
    "freeze",
    "hydrate",
    "read_release",
    "verify",
]
