"""Push and pull under fire: killed, failing, many at once. Run by `scripts/soak`, and as tests."""
