"""Where programs, frameworks and test runners start code, as far as one file can tell.

What a framework's calls, decorators and annotations look like stands in one table a language (``<language>.toml``,
`tables`). The handlers of a language note the calls and annotations whose name is in its table (`Walk.mark`); its
``entries.py`` says how its grammar spells arguments, literals and what is decorated (`reading.Reader`); `find` turns
both into `model.Entry`. A label is only what the text says literally: a path that is computed gives no entry.
"""
