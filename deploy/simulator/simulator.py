"""The whole simulator as one object, built once per process or test."""

from dataclasses import dataclass, field

import aiohttp
from starlette.requests import Request
from twilio.request_validator import RequestValidator

from deploy.simulator.changes import Changes
from deploy.simulator.clock import Clock, NewSid, new_sid, now
from deploy.simulator.courier import Courier, Form, post_with
from deploy.simulator.faults import Faults, Treatment
from deploy.simulator.journey import Journey, journey
from deploy.simulator.mail import Mailboxes
from deploy.simulator.messages import Messages
from deploy.simulator.network import Line, Network
from deploy.simulator.settings import Settings
from deploy.simulator.timelines import Timelines


@dataclass(slots=True)
class Simulator:
    """Everything the pages and the API work with."""

    settings: Settings
    auth_token: str = field(repr=False)
    session: aiohttp.ClientSession
    changes: Changes
    messages: Messages
    mailboxes: Mailboxes
    faults: Faults
    courier: Courier
    network: Network
    timelines: Timelines
    clock: Clock
    run: str
    """Tells a page that was left open from before a restart or a clearing that it is stale."""
    smtp_port: int = 0
    """Where e-mail is taken; known once the mail sink listens."""

    def plan(self, treatment: Treatment) -> Journey:
        """The way of a text that meets these faults."""
        return journey(
            treatment,
            sent_after=self.settings.sent_after_seconds,
            delivered_after=self.settings.delivered_after_seconds,
        )

    def clear(self) -> None:
        """Forget texts, phones, e-mails, faults and webhooks owed; settings come back."""
        self.courier.forget()
        self.messages.clear()
        self.mailboxes.clear()
        self.faults.replace([], seed=self.settings.seed)
        self.network.opt_out_in_network = self.settings.network_opt_out
        self.run = new_sid()[2:10]
        self.changes.mark()


def simulator_of(request: Request) -> Simulator:
    """The simulator that the application of this request runs."""
    simulator: Simulator = request.app.state.simulator
    return simulator


def build(
    settings: Settings, session: aiohttp.ClientSession, *, clock: Clock = now, sid: NewSid = new_sid
) -> Simulator:
    """Put the parts together; nothing runs yet. Raises OSError without a token file."""
    token = settings.auth_token()
    validator = RequestValidator(token)

    def sign(url: str, form: Form) -> str:
        signature: str = validator.compute_signature(url, dict(form))
        return signature

    changes = Changes()
    messages = Messages(settings.keep_messages)
    courier = Courier(
        post_with(session),
        sign,
        patience=settings.webhook_patience_seconds,
        workers=settings.webhook_workers,
    )
    line = Line(settings.account_sid, settings.sms_sender, settings.inbound_url)
    network = Network(line, messages, courier, changes, clock=clock, new_sid=sid)
    network.opt_out_in_network = settings.network_opt_out
    return Simulator(
        settings=settings,
        auth_token=token,
        session=session,
        changes=changes,
        messages=messages,
        mailboxes=Mailboxes(settings.keep_mails, changes, clock),
        faults=Faults(seed=settings.seed),
        courier=courier,
        network=network,
        timelines=Timelines(settings.intake_url, settings.clinic_key_file, changes),
        clock=clock,
        run=sid()[2:10],
    )
