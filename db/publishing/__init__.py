"""Publish by difference: rows of a scan in, the smallest change of the tables out, in one transaction.

``rows`` what the caller hands in; ``difference`` one table against its ref; ``outbox`` what derived stores are told.
The public entry is `db.publish`.
"""
