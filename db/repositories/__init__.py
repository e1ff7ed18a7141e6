"""All queries, one file per aggregate. Functions take a connection inside a transaction and never commit.

Bulk reads and writes are single statements over arrays, or COPY; nothing here loops over rows with statements.
"""
