"""What notifications is told at its start."""

from datetime import time
from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from services.notifications.rules.facts import Limits
from services.notifications.rules.quiet_hours import Hours
from shared.settings import ServiceSettings


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
    mail_sender: str
    offer_page_url: str
    """Matching's public address: where a coach's link leads."""
    clinic_page_url: str
    """Intake's public address: where a clinic's link leads."""
    texts_open: time = time(9)
    texts_close: time = time(20)
    """Local hours in which automated texts may arrive; equal times mean the whole day."""
    texts_per_day: int = Field(default=1, ge=1)
    texts_per_week: int = Field(default=4, ge=1)
    send_timeout_seconds: float = Field(default=10.0, gt=0, le=60)
    look_up_after_seconds: float = Field(default=10.0, gt=0, le=600)
    """How long a send with a lost answer may take to become visible at the provider (W)."""
    sends_at_once: int = Field(default=40, ge=1, le=200)
    team_phone: str | None = None
    """The number of a human of the team, as HELP tells it."""

    @property
    def hours(self) -> Hours:
        """The allowed hours. Raises ValueError when they close before they open."""
        return Hours(self.texts_open, self.texts_close)

    @property
    def limits(self) -> Limits:
        return Limits(per_day=self.texts_per_day, per_week=self.texts_per_week)
