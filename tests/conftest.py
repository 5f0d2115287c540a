"""Settings that all tests share."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# How long an example takes on a busy machine says nothing about the code.
settings.register_profile("quotemark", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("quotemark")
