"""Publish by difference: rows of a scan in, the smallest change of the tables out, in one transaction.

``rows`` what the caller hands in; ``basis`` what published rows were made from; ``difference`` one table against its
ref; ``delta`` the same for the rows of some files alone; ``metrics`` what follows a
publish; ``outbox`` what derived stores are told.
The public entry is `db.publish`.
"""
