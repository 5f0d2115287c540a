"""What is said to a Label Studio server: push tasks to it, pull what annotators made of them."""

from quotemark.labelstudio.remote.blind import (
    BlindPulled,
    check_not_blind,
    own_file,
    pull_all,
    push_blind,
)
from quotemark.labelstudio.remote.memory import cache_folder
from quotemark.labelstudio.remote.planning import PushPlan, plan, plan_blind
from quotemark.labelstudio.remote.pulling import Pulled, pull
from quotemark.labelstudio.remote.pushing import PushReport, push

__all__ = [
    "BlindPulled",
    "Pulled",
    "PushPlan",
    "PushReport",
    "cache_folder",
    "check_not_blind",
    "own_file",
    "plan",
    "plan_blind",
    "pull",
    "pull_all",
    "push",
    "push_blind",
]
