"""What notifications is told at its start."""

from datetime import time, timedelta
from pathlib import Path
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from services.notifications.rules.facts import Limits
from services.notifications.rules.ladder import Policy
from services.notifications.rules.quiet_hours import Hours
from shared.settings import ServiceSettings, SettingsError, hosts_of
from shared.transport import PlainConnectionError, refuse_plain_mail

_PUBLIC_ADDRESS = Field(
    pattern=r"^(https://[a-z0-9.-]+|http://(localhost|127\.0\.0\.1))(:\d+)?(/[\w-]+)*$",
    max_length=43,
)
"""Without a slash at the end. A text holds no link that is longer, or that is not safe."""


class Settings(ServiceSettings):
    """Read once, at start, from NOTIFICATIONS_* variables."""

    model_config = SettingsConfigDict(hide_input_in_errors=True, frozen=True)
    prefix: ClassVar[str] = "NOTIFICATIONS_"

    link_key: SecretStr
    """32 bytes, base64url: makes the codes of offer links; matching has the same."""
    opt_out_pepper: SecretStr
    """32 bytes, base64url: hashes telephone numbers for the opt-out list."""
    twilio_account_sid: str
    twilio_auth_token: SecretStr
    twilio_base_url: str = "https://api.twilio.com"
    sms_sender: str = Field(pattern=r"^\+[1-9]\d{6,14}$")
    smtp_host: str
    smtp_port: int = Field(ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    """`starttls` (port 587), `tls` (port 465), or `none` for a server on this host."""
    smtp_username: str = ""
    """With it the mail server is signed in to."""
    smtp_password: SecretStr = SecretStr("")
    smtp_ca_file: Path | None = None
    """The authority that signed the mail server's certificate; without it, those of the system."""
    mail_sender: str
    team_phone: str = Field(pattern=r"^[0-9][0-9-]{1,13}[0-9]$")
    """The number of a human of the team, as HELP tells it: `800-555-0100`."""
    offer_page_url: str = _PUBLIC_ADDRESS
    """Matching's public address: where a coach's link leads."""
    clinic_page_url: str = _PUBLIC_ADDRESS
    """Intake's public address: where a clinic's link leads."""
    sign_in_url: str = _PUBLIC_ADDRESS
    """Matching's public address: where staff sign in."""
    desk_url: str = _PUBLIC_ADDRESS
    """Our own public address: where a link in a text or mail to staff leads."""
    desk_zone: ZoneInfo = ZoneInfo("America/Chicago")
    """Where the week of the rota begins, Monday at midnight, and whose hours the desk keeps."""
    next_call_after_seconds: int = Field(default=900, ge=1, le=3600)
    """How long somebody who is called for a task has, before the next one is called."""
    on_call_test_at: time = time(10)
    """When, by the desk's clock, the one on call is asked every day whether they can be woken."""
    sign_in_public_key: str
    """32 bytes, base64url: checks the sessions that matching signs."""
    sign_in_link_key: SecretStr
    """32 bytes, base64url: makes the secrets of sign-in links; matching has the same."""
    texts_open: time = time(9)
    texts_close: time = time(20)
    """Local hours in which automated texts may arrive; equal times mean the whole day."""
    texts_per_day: int = Field(default=1, ge=1)
    texts_per_week: int = Field(default=4, ge=1)
    referrals_per_number: int = Field(default=3, ge=1)
    """Of how many referrals, of all clinics together, one number gets unasked texts in 24 hours."""
    send_timeout_seconds: float = Field(default=10.0, gt=0, le=60)
    look_up_after_seconds: float = Field(default=10.0, gt=0, le=600)
    """How long a send with a lost answer may take to become visible at the provider (W)."""
    sends_at_once: int = Field(default=40, ge=1, le=200)

    def _refuse_plain(self) -> None:
        """Mail names referrals: in clear it stays on this host or on a network that is named."""
        super()._refuse_plain()
        hosts = hosts_of(self.plain_hosts)
        try:
            refuse_plain_mail(f"{self.prefix}SMTP_HOST", self.smtp_host, self.smtp_security, hosts)
        except PlainConnectionError as error:
            raise SettingsError(str(error)) from None

    @property
    def hours(self) -> Hours:
        """The allowed hours. Raises ValueError when they close before they open."""
        return Hours(self.texts_open, self.texts_close)

    @property
    def ladder(self) -> Policy:
        """How tasks wake people."""
        next_after = timedelta(seconds=self.next_call_after_seconds)
        return Policy(next_after, self.hours, self.desk_zone)

    @property
    def limits(self) -> Limits:
        return Limits(
            per_day=self.texts_per_day,
            per_week=self.texts_per_week,
            referrals_per_number=self.referrals_per_number,
        )
