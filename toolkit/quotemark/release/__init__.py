"""Gold releases: a folder that a paper can name, whose integrity anybody can verify."""

from quotemark.release.freezing import freeze
from quotemark.release.hydrating import hydrate
from quotemark.release.reading import Release, read_release
from quotemark.release.verifying import verify

__all__ = ["Release", "freeze", "hydrate", "read_release", "verify"]
