"""View models: one file per kind of page, each a frozen value that its template only lays out.

Belongs here: choosing, ordering, counting, citing. All strings in a view are finished Markdown: foreign text has
passed through `docrunch.documentation.escape`.
Does not belong here: layout, which is the templates' business.
"""
