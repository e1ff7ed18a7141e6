"""Which symbol a marked comment belongs to."""

from docrunch.parsing.model import Marker, Symbol


def attached(markers: tuple[Marker, ...], symbols: tuple[Symbol, ...]) -> tuple[Marker, ...]:
    """The markers, each with the innermost symbol whose lines, documentation included, hold its line.

    One sweep over symbols and markers in the order of lines.
    """
    if not markers:
        return ()
    spans = sorted(
        (min(s.start_line, s.doc_line or s.start_line), -s.end_line, number) for number, s in enumerate(symbols)
    )
    open_: list[tuple[int, int]] = []  # (last line, symbol), outermost first
    at = 0
    found = []
    for marker in sorted(markers, key=lambda marker: marker.line):
        while at < len(spans) and spans[at][0] <= marker.line:
            first, last, number = spans[at]
            while open_ and open_[-1][0] < first:
                open_.pop()
            open_.append((-last, number))
            at += 1
        while open_ and open_[-1][0] < marker.line:
            open_.pop()
        scope = open_[-1][1] if open_ else -1
        found.append(Marker(marker.kind, marker.line, marker.text, scope))
    return tuple(found)
