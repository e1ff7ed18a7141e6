"""Search over one scan: a query in, ranked places of the tree out.

``analysis`` text → terms, the same for documents and queries; ``documents`` what of a file can be found; ``shards``
how it is stored; ``index`` keyword ranking; ``query`` what a query names; ``signals`` and ``fusion`` how evidence is
weighed; ``snippets`` what a reader sees. Pure functions over the objects of a scan: no SQL, no clock, no network.
"""
