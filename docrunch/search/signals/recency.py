"""Files that change often and were changed of late are asked for more often."""

import math

from docrunch.search.view import Scores, SearchView

HALF_LIFE = 90.0  # days


def recency(view: SearchView) -> Scores:
    """0–1 by file: the logarithm of its commits, halved for every `HALF_LIFE` since the last one. 0 without history."""
    found = view.nothing()
    most = math.log1p(max((each.commits for each in view.churn.values()), default=0))
    if not most:
        return found
    for path, each in view.churn.items():
        number = view.index.by_id(path)
        if number is not None:
            found[number] = math.log1p(each.commits) / most * 0.5 ** (each.days / HALF_LIFE)
    return found[view.file_of]
