"""Which encoder embeds a scan: chosen once, on one device, never mixed (architecture §3).

- ``cpu``: the queue `embed-cpu`.
- ``gpu``: the queue `embed-gpu`, for as long as it takes; the run shows that it waits.
- ``auto``: `embed-gpu` when a worker polls it. Pollers stay listed for a minute after a crash, so the work must also be
  *taken* within a limit; when it is not, all of the scan's embedding starts again on the CPU, and the run says so.
"""

import asyncio
from collections.abc import Callable

from temporalio import workflow
from temporalio.exceptions import ActivityError

from workflows.contracts import options
from workflows.contracts.errors import waited_in_vain
from workflows.contracts.queues import Queue
from workflows.contracts.routing import Device, PollersRequest
from workflows.contracts.scan import DescribeEncoder, EmbedActivities, EmbeddingChoice, EncoderInfo, RoutingActivities
from workflows.saga import uninterrupted
from workflows.steps import call, within

NO_GPU = "No GPU worker took the work in {:.0f} s: all embedding of this scan runs on the CPU."


class EncoderChoice:
    """The encoder of one scan; `info` and `device` are set once `choose` has returned."""

    def __init__(self, scan_id: str, wish: EmbeddingChoice, waiting: Callable[[bool], None]) -> None:
        self._scan_id = scan_id
        self._wish = wish
        self._waiting = waiting
        self.notes: list[str] = []
        self.device: Device | None = None
        self.info: EncoderInfo | None = None

    @property
    def gpu_wait_seconds(self) -> float | None:
        """How long a task may wait for a GPU worker; None: for ever, since the user asked for a GPU."""
        return self._wish.gpu_wait_seconds if self._wish.device is Device.AUTO else None

    async def choose(self) -> None:
        device = await self._device()
        try:
            self.info = await self._describe(device)
            self.device = device
        except ActivityError as error:
            if not self.may_fall_back(device, error):
                raise
            await self.fall_back()

    def restore(self, info: EncoderInfo | None, device: Device | None, notes: tuple[str, ...]) -> None:
        """As it was before continue-as-new."""
        self.info, self.device, self.notes = info, device, list(notes)

    def may_fall_back(self, device: Device | None, error: BaseException) -> bool:
        return device is Device.GPU and self._wish.device is Device.AUTO and waited_in_vain(error)

    async def fall_back(self) -> None:
        """Take the CPU's encoder, whatever was chosen before."""
        self.notes.append(NO_GPU.format(self._wish.gpu_wait_seconds))
        self.info = await self._describe(Device.CPU)
        self.device = Device.CPU

    async def _device(self) -> Device:
        if self._wish.device is not Device.AUTO:
            return self._wish.device
        pollers = await call(
            RoutingActivities.queue_pollers,
            PollersRequest(queue=Queue.EMBED_GPU),
            queue=Queue.FAST,
            options=options.ROW,
            summary="is there a GPU worker?",
        )
        return Device.GPU if pollers.count else Device.CPU

    async def _describe(self, device: Device) -> EncoderInfo:
        if device is not Device.GPU:
            return await self._ask(Queue.EMBED_CPU, None)
        answer = asyncio.ensure_future(self._ask(Queue.EMBED_GPU, self.gpu_wait_seconds))
        try:
            await self._notice(answer)
            return await answer
        finally:
            self._waiting(False)
            if not answer.done():
                answer.cancel()
                await uninterrupted(_ended(answer))

    async def _notice(self, answer: asyncio.Future[EncoderInfo]) -> None:
        try:
            await workflow.wait_condition(
                answer.done, timeout=options.GPU_NOTICE, timeout_summary="then say that it waits for a GPU worker"
            )
        except TimeoutError:
            self._waiting(True)

    async def _ask(self, queue: Queue, schedule_to_start: float | None) -> EncoderInfo:
        return await call(
            EmbedActivities.describe_encoder,
            DescribeEncoder(scan_id=self._scan_id),
            queue=queue,
            options=within(options.DESCRIBE, schedule_to_start),
            summary=f"which encoder does {queue} have?",
        )


async def _ended(answer: asyncio.Future[EncoderInfo]) -> None:
    await asyncio.gather(answer, return_exceptions=True)
