"""From the text of one file to its facts.

`catalog` knows the languages (one folder each under `languages/`), `parser` owns the grammars, `extract` turns a
text into `model.FileFacts` in this process, and `pool` does so in child processes that may crash. Nothing here
looks at other files: names are resolved in `docrunch.graph`.
"""
