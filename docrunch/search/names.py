"""What a document may be called: hashes of its name and of the ends of its qualified name or path."""

from hashlib import blake2b

from docrunch.search.model import DocumentKind, SearchDocument

_MOST_TAILS = 12  # parts of a name or path
_SEPARATORS = str.maketrans({":": ".", "/": ".", "#": ".", "\\": "."})


def key_hash(text: str) -> int:
    """Of ids, names and paths. Names of hostile sources may hold lone surrogates."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def folded_name(name: str) -> str:
    """What names that differ in case and in the signs between their parts have in common: ``A::b`` → ``a.b``."""
    return ".".join(part for part in name.translate(_SEPARATORS).casefold().split(".") if part)


def name_keys(document: SearchDocument) -> set[int]:
    """Hashes under which a document is found by name: of symbols and sections the name and each tail of the qualified
    one; of files each tail of the path."""
    if document.kind == DocumentKind.WINDOW:
        return set()
    if document.kind == DocumentKind.FILE:
        return {path_key(tail) for tail in _tails(document.path.casefold(), "/")}
    qualified = folded_name(document.qualified_name) if document.kind == DocumentKind.SYMBOL else ""
    return {name_key(tail) for tail in (folded_name(document.name), *_tails(qualified, ".")) if tail}


def name_key(folded: str) -> int:
    return key_hash(f"name\0{folded}")


def path_key(folded: str) -> int:
    return key_hash(f"path\0{folded}")


def _tails(text: str, separator: str) -> list[str]:
    parts = text.split(separator)
    return [separator.join(parts[at:]) for at in range(max(0, len(parts) - _MOST_TAILS), len(parts))]
