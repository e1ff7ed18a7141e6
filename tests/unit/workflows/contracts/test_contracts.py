"""Contracts outlive the code that wrote them: histories are read by newer workers."""

import importlib
import inspect
import pkgutil

import pytest
from pydantic import ValidationError

from docrunch.options import Limits, ScanOptions
from workflows import contracts
from workflows.contracts.model import Contract
from workflows.contracts.progress import Counts, ScanProgress, merge
from workflows.contracts.scan import ScanRequest, SourceRequest


def all_contracts() -> list[type[Contract]]:
    for module in pkgutil.iter_modules(contracts.__path__):
        importlib.import_module(f"workflows.contracts.{module.name}")
    return sorted(Contract.__subclasses__(), key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", all_contracts(), ids=lambda kind: kind.__name__)
def test_contracts_are_frozen_and_explained_by_their_fields(kind: type[Contract]) -> None:
    assert kind.model_config["frozen"]
    assert kind.model_fields
    assert not inspect.isabstract(kind)


def test_options_travel_whole() -> None:
    options = ScanOptions(include=("*.py",), languages=(("*.h", "cpp"),), limits=Limits(max_files=7))
    sent = ScanRequest(job_id="j", source=SourceRequest(text="."), options=options)
    assert ScanRequest.model_validate_json(sent.model_dump_json()).options == options


def test_malformed_options_are_refused() -> None:
    with pytest.raises(ValidationError):
        ScanRequest.model_validate({"job_id": "j", "source": {"text": "."}, "options": {"limits": 3}})


def test_unknown_fields_of_a_newer_version_are_ignored() -> None:
    assert SourceRequest.model_validate({"text": ".", "colour": "red"}).text == "."


def test_running_shards_add_to_the_progress_of_their_scan() -> None:
    scan = ScanProgress(counts=Counts(parsed=5, parse_seconds=0.5))
    merged = merge(scan, [ScanProgress(counts=Counts(parsed=3)), ScanProgress(counts=Counts(parsed=2, texts=9))])
    assert merged.counts == Counts(parsed=10, texts=9, parse_seconds=0.5)
