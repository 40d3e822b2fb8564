"""The demo: five people are referred; some are matched while you watch, and one waits for you."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console

from deploy.local import stack
from deploy.local.demo_clinic import Demo, DemoError
from deploy.local.demo_input import BANKS, BENNING, FUENTES, HALE, HALE_AMENDED, OKAFOR, body
from deploy.local.home import Home
from deploy.local.provision import SERVICES

console = Console(highlight=False, soft_wrap=True)
CLINIC_ZONE = ZoneInfo("America/Chicago")

HALE_PHONE = "+19185550143"
HALE_ASKS = "Can they call after 4? I am at work until then."
OKAFOR_PHONE = "+17815550127"
FUENTES_PHONE = "+16025550168"
BANKS_PHONE = "+14135550112"
BENNING_PHONE = "+19185550177"


def run() -> int:
    """Tell the stories on the running stack, print what happened, and leave the stack up.

    Raises DemoError when a part of the story does not happen within a minute.
    """
    home = Home.here()
    site = stack.site_of(home, home.last_ports())
    demo = Demo(site)
    number = _next_run(home)
    console.print(f"\n[bold]Demo run {number}[/]: a clinic, ten coaches, five people.")
    for phone, label, language in (
        (HALE_PHONE, "Marcus", "en"),
        (OKAFOR_PHONE, "Grace", "en"),
        (FUENTES_PHONE, "Lucía", "es"),
        (BANKS_PHONE, "Tyrell", "en"),
    ):
        demo.name_phone(phone, label, "person", language)
    demo.seed()
    told = [
        _marcus(demo, number),
        _grace(demo, number),
        _lucia(demo, number),
        _tyrell(demo, number),
    ]
    _benning(demo, number)
    console.print("\n[bold]What became of them[/] (times in the clinic's zone)")
    for referral_id in told:
        _print_timeline(demo.referral(referral_id))
    _print_addresses(demo)
    return 0


def _marcus(demo: Demo, number: int) -> str:
    """A Bundle with the defects that real senders make: questioned, corrected, matched."""
    _headline("Marcus", "a FHIR Bundle as real systems send it")
    before = demo.seen()
    answer = demo.submit(_body(HALE, number), HALE.content_type)
    referral_id = answer.headers["location"].rpartition("/")[2]
    shown = demo.referral(referral_id)
    console.print(f"  {shown['reference']}: {shown['state_words']}")
    for problem in shown["problems"]:
        console.print(f"    – [yellow]{problem['code']}[/]  {problem['message']}", markup=True)
    amended = demo.amend(
        referral_id, _body(HALE_AMENDED, number), HALE_AMENDED.content_type, shown["version"]
    )
    console.print(f"  The clinic corrects it (HTTP {amended.status_code}), and a coach is asked.")
    offer = demo.offer_after(before)
    asked = demo.coach_of(offer)
    demo.press(offer, "accept")
    demo.until_state(referral_id, "assigned")
    console.print(f"  {asked} opens the link and accepts.")
    words = _welcome(demo, HALE_PHONE, before)
    if "Miranda" in words or "Marcus" in words:
        raise DemoError("a text said a name before anybody has confirmed the number")
    console.print(f'  Marcus reads: "{words}"  – no name before he has confirmed the number.')
    demo.type_text(HALE_PHONE, HALE_ASKS)
    console.print(f'  He writes: "{HALE_ASKS}"  No rule answers that: it waits on the desk.')
    return referral_id


def _grace(demo: Demo, number: int) -> str:
    """FHIR as XML; the first coach passes, the next one says yes by text."""
    _headline("Grace", "a FHIR Bundle as XML")
    before = demo.seen()
    referral_id = _accepted(demo, _body(OKAFOR, number), OKAFOR.content_type)
    first = demo.offer_after(before)
    demo.press(first, "pass")
    second = demo.offer_after(before)
    console.print(f"  {demo.coach_of(first)} passes; {demo.coach_of(second)} is asked at once.")
    demo.type_text(second.phone, "1")
    demo.until_state(referral_id, "assigned")
    console.print(f"  {demo.coach_of(second)} answers the text with 1. Grace has a coach.")
    return referral_id


def _lucia(demo: Demo, number: int) -> str:
    """Everything in Spanish; the coach has to be a woman."""
    _headline("Lucía", "native JSON, in Spanish, asks for a woman")
    before = demo.seen()
    referral_id = _accepted(demo, _body(FUENTES, number), FUENTES.content_type)
    offer = demo.offer_after(before)
    demo.press(offer, "accept")
    demo.until_state(referral_id, "assigned")
    words = _welcome(demo, FUENTES_PHONE, before)
    console.print(f'  {demo.coach_of(offer)} accepts. Lucía reads: "{words}"')
    return referral_id


def _tyrell(demo: Demo, number: int) -> str:
    """Left open, for you."""
    _headline("Tyrell", "native JSON, urgent; his coach has not answered yet: that is you")
    before = demo.seen()
    referral_id = _accepted(demo, _body(BANKS, number), BANKS.content_type)
    offer = demo.offer_after(before)
    console.print(f"  {demo.coach_of(offer)} has been asked: {offer.link}")
    console.print("  Open the link, or type 1 (yes) or 2 (not this time) on that phone.")
    return referral_id


def _benning(demo: Demo, number: int) -> None:
    """Refused with a reason, and nobody is written to."""
    _headline("Mr. Benning", "a FHIR Bundle about somebody who has died")
    answer = demo.submit(_body(BENNING, number), BENNING.content_type)
    referral_id = answer.headers["location"].rpartition("/")[2]
    shown = demo.referral(referral_id)
    console.print(f"  HTTP {answer.status_code}: {shown['problems'][0]['message']}")
    if any(text["to"] == BENNING_PHONE for text in demo.texts()):
        raise DemoError("a text went to somebody who has died")
    console.print("  No message was sent.")


def _accepted(demo: Demo, content: bytes, media_type: str) -> str:
    answer = demo.submit(content, media_type)
    if answer.status_code != 201:
        raise DemoError(f"the clinic was answered {answer.status_code}: {answer.text[:500]}")
    return str(answer.headers["location"].rpartition("/")[2])


def _welcome(demo: Demo, phone: str, before: set[str]) -> str:
    """The text that says who will reach out; it follows the number check."""
    known = set(before)
    while True:
        words = demo.text_to(phone, known)
        if "Responde 1" not in words and "Reply 1" not in words:
            return words
        known |= {text["sid"] for text in demo.texts() if text["body"] == words}


def _headline(name: str, what: str) -> None:
    console.print(f"\n[bold]{name}[/] – {what}")


def _body(document: Any, number: int) -> bytes:
    return body(document, run=str(number), today=datetime.now(CLINIC_ZONE).date())


def _print_timeline(referral: dict[str, Any]) -> None:
    console.print(f"\n  [bold]{referral['reference']}[/]  {referral['state_words']}")
    for line in referral["timeline"]:
        at = datetime.fromisoformat(line["at"]).astimezone(CLINIC_ZONE)
        console.print(f"    {at:%a %-I:%M:%S %p}  {line['words']}")
    console.print(f"    {referral['url']}")


def _print_addresses(demo: Demo) -> None:
    site = demo.site
    console.print("\n[bold]Look around[/]")
    console.print(f"  All phones and mailboxes   {site.url('simulator')}/")
    console.print(f"  The clinic's referrals     {site.url('intake')}/referrals")
    console.print(f"    sign in with the key in  {site.clinic_key_file}")
    console.print(f"  The desk                   {site.url('notifications')}/desk")
    console.print(
        "    `.venv/bin/alongside sign-in` prints a link that signs Vera, a supervisor, in"
    )
    for name in SERVICES:
        console.print(f"  {name + ', health':<26} {site.url(f'{name}_inner')}/readyz   …/metrics")
    console.print("  `make down` stops everything; another `make demo` tells a new story.")


def _next_run(home: Home) -> int:
    """Runs are numbered, because a clinic uses an identifier once."""
    file = home.folder / "demo_runs"
    number = int(file.read_text()) + 1 if file.exists() else 1
    file.write_text(str(number))
    return number
