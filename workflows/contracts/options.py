"""Timeouts, retries and sizes, each with its reason. Workflows name these; they never spell a number."""

from dataclasses import dataclass, field
from datetime import timedelta

from temporalio.common import RetryPolicy

# A bug or a contract that does not match is not cured by waiting: fail at once, fix, start again.
BUG_TYPES = [
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "ImportError",
    "IndexError",
    "KeyError",
    "LookupError",
    "ModuleNotFoundError",
    "NameError",
    "NotImplementedError",
    "RecursionError",
    "TypeError",
    "UnboundLocalError",
    "UnicodeDecodeError",
    "UnicodeEncodeError",
    "ValidationError",
    "ValueError",
    "ZeroDivisionError",
]

HEARTBEAT_THROTTLE = timedelta(seconds=5)  # the SDK's default of up to 60 s would lose the cursor of a killed worker
HEARTBEAT = timedelta(seconds=20)  # four missed beats at the throttle above: how late a dead worker is noticed

PATIENT = RetryPolicy(
    # Postgres, the object store or every worker may be away for minutes: wait, visibly, and go on.
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(seconds=20),
    maximum_attempts=60,  # ≈ 19 minutes of pauses; more than that needs a person
    non_retryable_error_types=BUG_TYPES,
)
UNDO = RetryPolicy(
    # Undoing must outlast an outage of an hour or more, since nobody else will do it before the sweeper does.
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(seconds=30),
    maximum_attempts=240,  # ≈ 2 hours
    non_retryable_error_types=BUG_TYPES,
)
TIGHT = RetryPolicy(
    # On the fast queue: three quick tries; a job that is slower than the router thought moves to the durable queues.
    initial_interval=timedelta(milliseconds=500),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(seconds=5),
    maximum_attempts=3,
    non_retryable_error_types=BUG_TYPES,
)


@dataclass(frozen=True, slots=True)
class StepOptions:
    """How one kind of activity is run; without ``heartbeat`` only ``start_to_close`` notices a dead worker."""

    start_to_close: timedelta
    heartbeat: timedelta | None = None
    retry: RetryPolicy = field(default_factory=lambda: PATIENT)
    schedule_to_start: timedelta | None = None


ROW = StepOptions(timedelta(seconds=20))  # a few rows: 100 × what it takes
RESOLVE = StepOptions(timedelta(hours=2), HEARTBEAT)  # a 4 GB repository over a slow line
PLAN = StepOptions(timedelta(minutes=2))  # reads one object, returns ranges
PARSE = StepOptions(timedelta(minutes=30), HEARTBEAT)  # a page of PAGE_FILES files, every one at its time limit of 20 s
DESCRIBE = StepOptions(timedelta(minutes=5))  # loads the model, builds its graph at first use
EMBED = StepOptions(timedelta(hours=1), HEARTBEAT)  # 10 × the 20–60 s of GPU, or the minutes of CPU, of one range
LINK = StepOptions(timedelta(hours=1), HEARTBEAT)  # 200,000 files
METRICS = StepOptions(timedelta(hours=1), HEARTBEAT)
INDEX_SEARCH = StepOptions(timedelta(hours=1), HEARTBEAT)  # tokenises every changed text
PUBLISH = StepOptions(timedelta(hours=1), HEARTBEAT)  # one transaction; waits for the lock of the ref
ASSEMBLE = StepOptions(timedelta(hours=1), HEARTBEAT)
GENERATE = StepOptions(timedelta(minutes=30), HEARTBEAT)
PACK = StepOptions(timedelta(minutes=30), HEARTBEAT)
CHURN = StepOptions(  # the scan is published, and the job waits: a busy queue or a slow git is a scan without churn
    timedelta(minutes=3),
    HEARTBEAT,
    RetryPolicy(maximum_attempts=2, non_retryable_error_types=BUG_TYPES),
    schedule_to_start=timedelta(seconds=30),
)
COMPENSATE = StepOptions(timedelta(minutes=10), HEARTBEAT, UNDO)
CHECK = StepOptions(  # a failing check is the answer, and so is that nobody takes it
    timedelta(seconds=15), retry=RetryPolicy(maximum_attempts=1), schedule_to_start=timedelta(seconds=20)
)
CLEAN = StepOptions(timedelta(minutes=10), HEARTBEAT)
SEARCH = StepOptions(  # somebody waits: the first search of a large scan reads its index, all others take milliseconds
    timedelta(seconds=60),
    retry=RetryPolicy(
        initial_interval=timedelta(milliseconds=200),
        maximum_interval=timedelta(seconds=2),
        maximum_attempts=4,  # a database that restarts
        non_retryable_error_types=BUG_TYPES,
    ),
)
SEARCH_PATIENCE = timedelta(seconds=90)  # of all attempts together

FAST_START_TO_CLOSE = timedelta(seconds=60)  # twice what the router promises
FAST_EXPECTED = timedelta(seconds=30)  # issue text: under 30 s is interactive

GPU_START_TIMEOUT = timedelta(seconds=90)  # a dead worker stays listed as a poller for 60 s; half as much on top
GPU_NOTICE = timedelta(seconds=5)  # after this long without an answer the run says that it waits for a GPU worker

SHARD_FILES = 5_000  # a shard is ≤ 10 events per 512 files, and repeats this much bookkeeping when it is moved
SHARD_BYTES = 64_000_000  # shards of equal work: whichever of the two limits is reached first
SHARDS_AT_ONCE = 4  # a window, not a batch: the next shard starts when one ends

FIRST_PAGE_FILES = 24  # so that embedding starts after a fraction of a second …
SHARD_FIRST_PAGE_FILES = 256  # a shard is one of many: fewer events matter more than the first second
PAGE_GROWTH = 2
PAGE_FILES = 512  # … and a large repository still has few events
EMBED_RANGE_FILES = 1_024  # 8–10 k texts: 20–60 s of GPU work, the unit that is repeated after a crash
EMBED_LANES = 2  # the input and output of one range hides behind the computation of the other
EMBED_BACKLOG_FILES = 4_096  # parsing pauses when it is this far ahead: bounds disk and queue

SINGLE_WINDOW_NODES = 20_000  # below this one activity writes all pages, and planning would only cost a round trip
PAGES_PER_WINDOW = 500
WINDOWS_AT_ONCE = 2

CONTINUE_AFTER_EVENTS = 4_000  # a little before the server suggests it (4,096)
