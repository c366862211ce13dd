"""From findings to recommendations: tallies, episodes, excuses, evidence gates, the ladder.

`models.adjudication.adjudicator.Adjudicator` drives the steps; see `docs/adjudication.md`.
"""
