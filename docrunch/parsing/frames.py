"""What parent and child say to each other: length-prefixed MessagePack frames over pipes."""

import struct
from typing import BinaryIO

import msgspec

from docrunch.options import Limits
from docrunch.parsing.model import FileFacts

_LENGTH = struct.Struct(">I")
HEADER_BYTES = _LENGTH.size
MAX_FRAME_BYTES = 1 << 31


class Job(msgspec.Struct, frozen=True, array_like=True):
    text: bytes
    language: str
    seconds: float  # of processor time that it may take


class Batch(msgspec.Struct, frozen=True, array_like=True):
    limits: Limits
    jobs: list[Job]


class Result(msgspec.Struct, frozen=True, array_like=True):
    """The facts of one job, or ``out_of_memory`` after which the child exits."""

    facts: FileFacts | None
    out_of_memory: bool = False


encoder = msgspec.msgpack.Encoder()
batch_decoder = msgspec.msgpack.Decoder(Batch)
result_decoder = msgspec.msgpack.Decoder(Result)


def frame(message: Batch | Result) -> bytes:
    body = encoder.encode(message)
    return _LENGTH.pack(len(body)) + body


def frame_length(header: bytes | bytearray) -> int:
    """Length of the body that follows a header.

    Raises:
        ValueError: implausibly long, as after a child wrote something else to the pipe.
    """
    length: int = _LENGTH.unpack_from(header)[0]
    if length > MAX_FRAME_BYTES:
        raise ValueError("implausible frame")
    return length


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next body, ``None`` at the end of the stream (also where it ends inside a frame)."""
    header = stream.read(HEADER_BYTES)
    if len(header) < HEADER_BYTES:
        return None
    length = frame_length(header)
    body = stream.read(length)
    return body if len(body) == length else None
