"""The demo's clinic, coaches and people, acting from outside: by HTTP and phone only."""

from __future__ import annotations

import json
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import quote

import httpx2

from deploy.local.environment import Site
from deploy.local.errors import LocalError

WAIT_SECONDS: Final = 60.0
Found = TypeVar("Found")

_INPUT: Final = "deploy.local.demo_input"

SUPERVISOR: Final = "vera@alongside.example"
SUPERVISOR_PHONE: Final = "+15392010700"


class DemoError(LocalError):
    """A part of the story did not happen in time; the text names it and says where to look."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The text that asked a coach: whose phone, and the link in it."""

    phone: str
    link: str


class Demo:
    """One run of the demo against a running stack."""

    def __init__(self, site: Site) -> None:
        self.site = site
        key = _clinic_key(site)
        self._clinic = httpx2.Client(
            base_url=site.url("intake"),
            headers={"Authorization": f"Bearer {key}"},
            timeout=30,
            trust_env=False,
        )
        self._browser = httpx2.Client(timeout=30, follow_redirects=True, trust_env=False)
        self.coaches: list[dict[str, Any]] = json.loads(_text("coaches.json"))
        self._handled: set[str] = set()

    def seed(self) -> None:
        """Take on the clinic and the coaches, and name their phones; repeating it is harmless."""
        key = _clinic_key(self.site)
        self._seed("intake", _text("clinics.json").replace("{clinic_key}", key))
        self._seed("matching", json.dumps(self.coaches))
        self.name_mailbox("frontdesk@riverbend-clinic.example", "Riverbend Clinic, front desk")
        for coach in self.coaches:
            self.name_phone(coach["phone"], coach["name"], "coach", coach["language"])
            self.name_mailbox(coach["email"], coach["name"])

        self._run("matching", "staff", "add", "--name", "Vera", "--email", SUPERVISOR,
                  "--phone", SUPERVISOR_PHONE, "--role", "supervisor")  # fmt: skip
        self.name_mailbox(SUPERVISOR, "Vera, supervisor")
        self.name_phone(SUPERVISOR_PHONE, "Vera, supervisor on call", "staff")
        self._until(
            lambda: (
                self._done("notifications", "rota", "set", "--email", SUPERVISOR).returncode == 0
            ),
            "Vera to be on call",
        )

    def _seed(self, service: str, content: str) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write(content)
            file.flush()
            self._run(service, "seed", file.name)

    def _done(self, service: str, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", "-m", f"services.{service}", *words],
            env=self.site.service(service),
            capture_output=True,
            text=True,
            check=False,
        )

    def _run(self, service: str, *words: str) -> None:
        done = self._done(service, *words)
        if done.returncode:
            raise DemoError(f"{service} {words[0]} failed: {done.stderr.strip()[-500:]}")

    def name_phone(self, number: str, label: str, kind: str, language: str = "en") -> None:
        body = {"number": number, "label": label, "kind": kind, "language": language}
        self._simulator("phones", body)

    def name_mailbox(self, address: str, label: str) -> None:
        self._simulator("mailboxes", {"address": address, "label": label})

    def _simulator(self, path: str, body: dict[str, Any]) -> None:
        url = f"{self.site.url('simulator')}/simulator/{path}"
        self._browser.post(url, json=body).raise_for_status()

    def submit(self, body: bytes, media_type: str) -> httpx2.Response:
        """The clinic sends a referral."""
        return self._clinic.post(
            "/v1/referrals", content=body, headers={"Content-Type": media_type}
        )

    def amend(
        self, referral_id: str, body: bytes, media_type: str, version: int
    ) -> httpx2.Response:
        """The clinic sends the referral again, corrected."""
        headers = {"Content-Type": media_type, "If-Match": f'"{version}"'}
        return self._clinic.put(f"/v1/referrals/{referral_id}", content=body, headers=headers)

    def referral(self, referral_id: str) -> dict[str, Any]:
        """A referral as its clinic reads it."""
        answer: dict[str, Any] = (
            self._clinic.get(f"/v1/referrals/{referral_id}").raise_for_status().json()
        )
        return answer

    def until_state(self, referral_id: str, *states: str) -> str:
        """Wait until the clinic reads one of these states."""

        def reached() -> str | None:
            state = str(self.referral(referral_id)["state"])
            return state if state in states else None

        return self._until(reached, f"referral {referral_id} to become {' or '.join(states)}")

    def offer_after(self, known: set[str]) -> Offer:
        """The next text that asks a coach, beyond those in `known` (their provider ids)."""

        def asked() -> Offer | None:
            for text in self.texts():
                link = re.search(r"http\S+/o/\S+", text["body"])
                if text["sid"] not in known and link and text["direction"] != "inbound":
                    known.add(text["sid"])
                    return Offer(text["to"], link.group())
            return None

        return self._until(asked, "a coach to be asked by text")

    def texts(self) -> list[dict[str, Any]]:
        """Every text of the simulator."""
        url = f"{self.site.url('simulator')}/simulator/messages"
        found: list[dict[str, Any]] = self._browser.get(url).json()["messages"]
        return found

    def text_to(self, number: str, since: set[str]) -> str:
        """The newest text to this number beyond those in `since`, once it is there."""

        def arrived() -> str | None:
            fresh = [t for t in self.texts() if t["to"] == number and t["sid"] not in since]
            return str(fresh[-1]["body"]) if fresh else None

        return self._until(arrived, f"a text to {number}")

    def seen(self) -> set[str]:
        """The ids of all texts so far."""
        return {text["sid"] for text in self.texts()}

    def press(self, offer: Offer, answer: str) -> None:
        """The coach opens the page, then presses a button."""
        self._browser.get(offer.link).raise_for_status()
        self._browser.post(offer.link, data={"answer": answer}).raise_for_status()

    def type_text(self, number: str, body: str) -> None:
        """Somebody types a text on this phone."""
        self._simulator(f"phones/{quote(number)}/texts", {"body": body})

    def coach_of(self, offer: Offer) -> str:
        return next(
            (str(one["name"]) for one in self.coaches if one["phone"] == offer.phone), offer.phone
        )

    def _until(self, look: Callable[[], Found | None], what: str) -> Found:
        end = time.monotonic() + WAIT_SECONDS
        while True:
            found = look()
            if found:
                return found
            if time.monotonic() > end:
                raise DemoError(
                    f"waited {WAIT_SECONDS:.0f} s in vain for {what}. `alongside status` and "
                    "`alongside logs` show what is missing."
                )
            time.sleep(0.1)


def _text(name: str) -> str:
    return (resources.files(_INPUT) / name).read_text(encoding="utf-8")


def _clinic_key(site: Site) -> str:
    """The demo clinic's API key; made once, and kept for the simulator to show timelines."""
    file: Path = site.clinic_key_file
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(f"riverbend.{secrets.token_urlsafe(32)}", encoding="utf-8")
    return file.read_text(encoding="utf-8").strip()
