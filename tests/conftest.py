"""Settings that all tests share."""

from __future__ import annotations

import os
import tempfile

from hypothesis import HealthCheck, settings

# How long an example takes on a busy machine says nothing about the code. On CI the examples are
# the same at every run, so that a change is judged by what it changes; elsewhere they are new.
settings.register_profile(
    "quotemark",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("quotemark")

os.environ["QUOTEMARK_STUDIO"] = os.devnull  # no test finds the studio of whoever runs it

# What a pull remembers must not come from, or stay for, whoever runs the tests.
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="quotemark-tests-")
