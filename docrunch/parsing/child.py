"""A parser child: reads batches from stdin, writes one result per job to stdout, ends with its stdin.

It may crash, hang or run out of memory on one file; the parent (`docrunch.parsing.pool`) loses that file only.
A child whose parent is gone ends at once, also while a parser hangs in native code: the parent holds the other end of
a pipe, and the kernel sends SIGIO when that closes. (A death signal would fire when the parent's *thread* ends.)
"""

import contextlib
import fcntl
import gc
import os
import resource
import select
import signal
import sys
import time
from typing import BinaryIO

from docrunch.options import Limits
from docrunch.parsing.extract import extract
from docrunch.parsing.frames import Job, Result, batch_decoder, frame, read_frame

_CPU_GRACE_SECONDS = 2  # the parent's wall clock should strike first; also the time to load a grammar


def main() -> None:
    if len(sys.argv) > 1:
        _end_with_parent(int(sys.argv[1]))
    commands = os.fdopen(os.dup(0), "rb")
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not reach the frames
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.freeze()
    gc.disable()  # facts hold no cycles; automatic collections cost 10–20 % of the time. Once per batch is plenty
    memory = 0
    while (body := read_frame(commands)) is not None:
        batch = batch_decoder.decode(body)
        if memory != batch.limits.parse_memory_bytes:
            memory = batch.limits.parse_memory_bytes
            _limit(resource.RLIMIT_AS, memory)
        for job in batch.jobs:
            result = _work(job, batch.limits)
            _answer(results, result)
            if result.out_of_memory:
                sys.exit(1)  # memory may be fragmented: start afresh
        gc.collect(1)


def _end_with_parent(lifeline: int) -> None:
    """``lifeline``: reading end of a pipe that nobody writes to and that closes with the parent."""
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGIO})
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    poll = select.poll()
    poll.register(lifeline, select.POLLIN)
    if poll.poll(0):
        os._exit(0)  # it was gone before the kernel was asked


def _work(job: Job, limits: Limits) -> Result:
    _limit(resource.RLIMIT_CPU, int(time.process_time() + job.seconds) + _CPU_GRACE_SECONDS)
    try:
        return Result(extract(job.text, job.language, limits))
    except MemoryError:
        return Result(None, out_of_memory=True)
    finally:  # what comes after the answer would be put down to the file that is next
        _limit(resource.RLIMIT_CPU, resource.RLIM_INFINITY)


def _answer(results: BinaryIO, result: Result) -> None:
    try:
        results.write(frame(result))
        results.flush()
    except BrokenPipeError:
        os._exit(0)  # nobody listens any more


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    unlimited = resource.RLIM_INFINITY  # -1: no minimum may see it
    soft = value if hard == unlimited else hard if value == unlimited else min(value, hard)
    with contextlib.suppress(ValueError, OSError):  # not every platform enforces every limit; the parent still kills
        resource.setrlimit(kind, (soft, hard))


if __name__ == "__main__":
    main()
