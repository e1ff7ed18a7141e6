"""Markdown: headings, links to files of the repository, names in code."""
