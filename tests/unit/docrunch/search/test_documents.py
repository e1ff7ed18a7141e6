"""What of a file can be found, and under which words."""

from docrunch.search.build import file_shard
from docrunch.search.documents import MOST_FIELD, WINDOW_LINES, Field, Found, file_documents
from docrunch.search.model import DocumentKind
from docrunch.search.shards import documents_of, pack_shard
from docrunch.source.model import FileEntry
from tests.support.search_world import nodes_of

PY = '''"""Sends requests."""

LIMIT = 3


class Client:
    """Talks to a server."""

    def send(self, request: str) -> bytes:
        """Send one request.

        Again after a timeout.
        """
        return self.pool.get(request)
'''


def found(path: str, text: str, language: str = "python") -> list[Found]:
    return file_documents(path, language, text.encode(), nodes_of({path: text})[path])


def by_name(documents: list[Found], name: str) -> Found:
    return next(each for each in documents if each.document.name == name)


def test_a_symbol_is_found_by_name_path_signature_and_documentation() -> None:
    send = by_name(found("pkg/client.py", PY), "send")
    assert send.document.kind == DocumentKind.SYMBOL
    assert send.document.qualified_name.endswith("client.Client.send")
    assert "request: str" in send.texts[Field.SIGNATURE]
    assert "timeout" in send.texts[Field.DOC]
    assert "Client" in send.texts[Field.PATH]


def test_bodies_are_in_windows_of_the_innermost_symbol() -> None:
    documents = found("pkg/client.py", PY)
    window = next(
        each
        for each in documents
        if each.document.kind == DocumentKind.WINDOW and "pool.get" in each.texts.get(Field.BODY, "")
    )
    assert window.document.symbol == by_name(documents, "send").document.id


def test_a_file_is_found_by_its_path_and_what_it_says_of_itself() -> None:
    file = by_name(found("pkg/client.py", PY), "client.py")
    assert (file.document.id, file.document.kind) == ("pkg/client.py", DocumentKind.FILE)
    assert file.texts[Field.DOC] == "Sends requests."


def test_documents_are_in_order_with_ids_of_their_own() -> None:
    documents = [each.document for each in found("pkg/client.py", PY)]
    assert documents == sorted(documents, key=lambda each: (each.line, each.kind, each.id))
    assert len({each.id for each in documents}) == len(documents)


def test_prose_is_in_sections_of_at_most_a_window() -> None:
    text = "# Guide\n\n" + "word\n\n" * 100
    documents = found("docs/guide.md", text, "markdown")
    parts = [each.document for each in documents if each.document.kind == DocumentKind.SECTION]
    assert [part.name for part in parts] == ["Guide"] * 4
    assert all(part.end_line - part.line < WINDOW_LINES for part in parts)
    assert not [each for each in documents if each.document.kind == DocumentKind.WINDOW]


def test_hostile_files_are_bounded() -> None:
    for text in (b"a " * 500_000, b"\n" * 200_000, b"\xff\xfe\0" * 10_000, "\ud800".encode("utf-8", "surrogatepass")):
        documents = file_documents("x.txt", "unknown", text, ())
        assert all(len(value) <= MOST_FIELD for each in documents for value in each.texts.values())
        assert len(documents) <= 10_001


def test_equal_files_make_equal_bytes() -> None:
    entry = FileEntry("pkg/client.py", len(PY), language="python")
    nodes = nodes_of({"pkg/client.py": PY})["pkg/client.py"]
    first, second = (pack_shard(file_shard(entry, PY.encode(), nodes)) for _ in range(2))
    assert first == second
    assert len(documents_of(file_shard(entry, PY.encode(), nodes))) > 4
