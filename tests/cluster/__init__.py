"""A simulated cluster: the three stages over an in-memory broker, under faults drawn from a seed.

`python -m tests.cluster` runs schedules; `docs/determinism.md` says what they show.
"""
