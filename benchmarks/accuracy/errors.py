"""The one thing that may go wrong and is no failure of the comparison."""


class NotAvailable(Exception):
    """A tool, an archive or an oracle could not be had here; the sentence says which and why."""
