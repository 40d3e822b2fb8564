"""A text's path from `queued` to its end, and the receipts that report it. Pure."""

from dataclasses import dataclass

from deploy.simulator.faults import Fault, Treatment
from deploy.simulator.messages import Status

UNREACHABLE = 30003
UNKNOWN_ERROR = 30008


@dataclass(frozen=True, slots=True)
class Step:
    """One change of status, `after` seconds from the change before it."""

    after: float
    status: Status
    error_code: int | None = None


@dataclass(frozen=True, slots=True)
class Journey:
    """The steps of a text, and how its receipts are posted."""

    steps: tuple[Step, ...]
    copies: int = 1
    """How often each receipt is posted; 0 means never."""
    backwards: bool = False
    """Receipts are kept until the end and posted last one first."""


def journey(treatment: Treatment, *, sent_after: float, delivered_after: float) -> Journey:
    """Plan the way of a text that was accepted; durations are seconds."""
    late = treatment.get(Fault.DELAY_RECEIPTS)
    sent_after += late.seconds if late else 0.0
    queued, sent = Step(0.0, Status.QUEUED), Step(sent_after, Status.SENT)
    copies = 2 if Fault.DUPLICATE_RECEIPTS in treatment else 1
    backwards = Fault.REORDER_RECEIPTS in treatment
    if Fault.NO_RECEIPTS in treatment:
        return Journey((queued, sent), copies=0)
    if failed := treatment.get(Fault.FAIL):
        end = Step(sent_after, Status.FAILED, failed.code or UNKNOWN_ERROR)
        return Journey((queued, end), copies, backwards)
    if lost := treatment.get(Fault.UNDELIVERABLE):
        end = Step(delivered_after, Status.UNDELIVERED, lost.code or UNREACHABLE)
        return Journey((queued, sent, end), copies, backwards)
    return Journey((queued, sent, Step(delivered_after, Status.DELIVERED)), copies, backwards)
