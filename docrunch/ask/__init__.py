"""Answers to questions about a repository, composed of what was computed and of what the repository says itself.

``question`` what is asked, by rules; ``subjects`` which symbols it names; ``passages`` and ``library`` the documents of
the tree; ``answers`` one file per kind of question, each giving statements with citations; ``compose`` the answer
without any model; ``prompt``, ``wording`` and ``check`` the answer that a model words and that is checked sentence by
sentence. Pure functions: no SQL, no clock, no network.
"""
