"""The name of a job: equal work has one name, other work another."""

import msgspec

from api.operations.start_scan import ScanOrder, run_url
from docrunch.options import ScanOptions
from workflows.contracts.ids import parse_docpack_id

ORDER = ScanOrder(source="https://github.com/a/b", repository="github.com/a/b", commit="c" * 40, engine="1")


def test_equal_orders_have_one_id_that_reads_back() -> None:
    again = msgspec.structs.replace(ORDER)
    assert again.workflow_id == ORDER.workflow_id
    parsed = parse_docpack_id(ORDER.workflow_id)
    assert (parsed.slug, parsed.commit) == ("github.com-a-b", "c" * 12)


def test_what_changes_the_result_changes_the_id() -> None:
    others = [
        msgspec.structs.replace(ORDER, commit="d" * 40),
        msgspec.structs.replace(ORDER, engine="2"),
        msgspec.structs.replace(ORDER, ref="v1"),
        msgspec.structs.replace(ORDER, repository="other"),
        msgspec.structs.replace(ORDER, repository="github.com/a-b"),  # the same slug
        msgspec.structs.replace(ORDER, options=ScanOptions(embeddings=False)),
    ]
    assert len({order.workflow_id for order in (ORDER, *others)}) == len(others) + 1


def test_the_address_of_a_run() -> None:
    assert run_url("http://h:8080/", "docrunch", "w", "r") == "http://h:8080/namespaces/docrunch/workflows/w/r"
    assert run_url("", "docrunch", "w", "r") == ""
