"""The base of everything that crosses a process border through Temporal."""

from typing import Annotated, Any

import msgspec
from pydantic import BaseModel, ConfigDict, PlainSerializer, PlainValidator

from docrunch.options import ScanOptions


class Contract(BaseModel):
    """Frozen. New fields need a default, so that histories written before them still replay."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def _to_options(value: Any) -> ScanOptions:
    if isinstance(value, ScanOptions):
        return value
    try:
        return msgspec.convert(value, ScanOptions)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None


Options = Annotated[ScanOptions, PlainValidator(_to_options), PlainSerializer(msgspec.to_builtins)]
"""`docrunch.options.ScanOptions` as a field of a contract: one definition, written to history as JSON."""
