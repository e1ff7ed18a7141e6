"""Properties that must hold of any sequence of edits; `run` is the long form of what the unit tests sample."""
