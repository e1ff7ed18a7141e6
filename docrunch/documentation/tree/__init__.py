"""A documentation tree that is kept up to date page by page, beside what people wrote into it.

Belongs here: which files a change of pages touches, and the places they may be in (a directory, a branch of a local git
repository). A file whose bytes are not what we wrote is never replaced and never removed. Does not belong here: the
disposable tree that a scan leaves in the current directory (`docrunch.documentation.output`), which is made anew.
"""
