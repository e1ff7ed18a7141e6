"""Files that nobody of the project wrote by hand: generated, vendored, minified."""

import re

_FOREIGN = re.compile(
    r"(?:^|/)(?:vendor|vendored|_vendor|third_party|third-party|node_modules|external|extern|bower_components|dist"
    r"|generated|gen)/"
    r"|(?:^|/)(?:[^/]*[._-](?:pb2?|pb2_grpc|generated|gen|min|bundle))\.\w{1,6}$"
    r"|(?:^|/)[^/]*\.(?:pb\.go|g\.dart|designer\.cs|lock|snap)$"
    r"|(?:^|/)(?:package-lock\.json|poetry\.lock|go\.sum)$"
)


def is_foreign(path: str) -> bool:
    return _FOREIGN.search(path) is not None
