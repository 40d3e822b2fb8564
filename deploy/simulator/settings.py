"""What the simulator reads from its environment, once, at start."""

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "SIMULATOR_"
HTTP_URL = r"^https?://[^\s/]+\S*$"
PHONE_NUMBER = r"^\+[1-9]\d{6,14}$"
"""E.164."""


class UnknownSettingError(Exception):
    """A SIMULATOR_* variable is set that the simulator does not know: likely a misspelling."""

    def __init__(self, names: list[str]) -> None:
        known = ", ".join(sorted(PREFIX + name.upper() for name in Settings.model_fields))
        super().__init__(f"unknown settings {', '.join(names)}; the simulator knows {known}")


class Settings(BaseSettings):
    """Read from SIMULATOR_* variables. Secrets are named by the file that holds them."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, hide_input_in_errors=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8025, ge=0, le=65535)
    smtp_port: int = Field(default=2525, ge=0, le=65535)
    """Port of the mail sink on the same host; 0 takes any free one."""
    account_sid: str = Field(default="AC" + "0" * 32, pattern=r"^AC[0-9a-f]{32}$")
    auth_token_file: Path
    """Holds the token that signs webhooks and opens the API."""
    sms_sender: str = Field(default="+12065550100", pattern=PHONE_NUMBER)
    """The system's own number: texts come from it and replies go to it."""
    inbound_url: str | None = Field(default=None, pattern=HTTP_URL)
    """Where a text typed on a phone is posted. Without it, typed texts stay on the phone.

    Kept as it is written: the receiver checks the signature against the same characters.
    """
    intake_url: str | None = Field(default=None, pattern=HTTP_URL)
    clinic_key_file: Path | None = None
    """Key of the clinic whose referrals are shown; read again until the file is there."""
    sent_after_seconds: float = Field(default=0.15, ge=0)
    delivered_after_seconds: float = Field(default=0.6, ge=0)
    """Counted from `sent`."""
    webhook_patience_seconds: float = Field(default=300.0, gt=0)
    """For how long a webhook that is not answered is tried again."""
    webhook_workers: int = Field(default=16, ge=1, le=256)
    keep_messages: int = Field(default=50_000, ge=10)
    keep_mails: int = Field(default=5_000, ge=10)
    network_opt_out: bool = False
    """Whether the network itself blocks a number that texted STOP (error 21610)."""
    seed: int = 1

    def auth_token(self) -> str:
        """The account's token. Raises OSError when its file cannot be read."""
        return self.auth_token_file.read_text(encoding="utf-8").strip()


def load_settings() -> Settings:
    """Settings of this process. Raises UnknownSettingError for a name nobody reads."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    names = sorted(n for n in os.environ if n.startswith(PREFIX) and n not in known)
    if names:
        raise UnknownSettingError(names)
    return Settings()
