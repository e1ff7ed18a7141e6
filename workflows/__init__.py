"""Deterministic orchestration: what happens in which order, and what undoes it.

Belongs here: workflow classes, the saga kit, the job router, what an operator sees.
Does not belong here: input, output, clocks, models, SQL. Everything with an effect is behind a port in `contracts`.
"""
