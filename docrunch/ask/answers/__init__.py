"""One file per kind of question: ``answer(world, question, subjects) -> Draft``, statements in the order of use.

A new kind is a file here, a value of `model.Kind` and a rule in `question`.
"""
