"""What a written name means. One rule a file; a rule answers with a `values.Value`, or misses with a reason.

A wrong edge costs more than a missing one: a rule that cannot leave one target answers with a miss.
"""
