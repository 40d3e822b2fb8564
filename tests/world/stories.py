"""Clinics, coaches and submissions that tests send: invented people on fictional numbers."""

from typing import Any

from tests.world.system import API_KEY

ALL_WEEK = [{"weekday": day, "start_minute": 0, "end_minute": 1440} for day in range(7)]
ORGANISATION = "alongside-peer-support"


def clinic(number: str = "test-clinic", *, api_key: str = API_KEY) -> dict[str, Any]:
    """A clinic as a seed file describes it."""
    return {
        "number": number,
        "name": f"Clinic {number}",
        "email": f"{number}@clinic.example",
        "api_key": api_key,
        "zone": "America/Chicago",
    }


def coach(number: int, **changes: Any) -> dict[str, Any]:
    """A coach for Tulsa and Creek, Oklahoma, with a number of their own."""
    return {
        "number": f"coach-{number}",
        "name": f"Coach{chr(65 + number % 26)}{chr(65 + number // 26 % 26).lower()}",
        "phone": f"+1918{5550000 + number:07d}" if number < 100 else f"+1405{5550000 + number:07d}",
        "email": f"coach-{number}@coaches.example",
        "zone": "America/Chicago",
        "business_hours": ALL_WEEK,
        "organisation": ORGANISATION,
        "counties": ["40037", "40143"],
        "languages": ["en"],
        "max_active": 5,
        "kinds_of_support": ["mentoring"],
        "credentials": [
            {
                "scheme": "ICRC-PR",
                "jurisdiction": "OK",
                "valid_from": "2025-01-01",
                "valid_to": "2035-12-31",
            }
        ],
        **changes,
    }


def submission(number: int, **person: Any) -> dict[str, Any]:
    """A complete native submission; `person` changes fields of the person."""
    return {
        "identifier": {"system": "https://clinic.example/referrals", "value": f"R-{number}"},
        "person": {
            "name": "Sam",
            "birth_date": "1988-04-12",
            "languages": ["en"],
            "phone": f"+1539{2010000 + number:07d}",
            "address": {"state": "OK", "postal_code": "74047"},
            "contact": {"text_ok": True, "voicemail_ok": False, "shared_phone": False},
            **person,
        },
        "request": {
            "authored_on": "2026-11-20T15:04:05-06:00",
            "requester": {"name": "Dr. Ana Ortiz"},
            "urgency": "routine",
            "kinds_of_support": ["mentoring"],
        },
        "consent": {
            "names_person": True,
            "discloser": "Example Clinic",
            "information": "Name, contact details and that peer support is asked for",
            "recipient": "Alongside Peer Support",
            "purpose": "peer_support",
            "how_to_revoke": "In writing or by phone to the clinic, at any time",
            "expires_on": "2035-03-01",
            "signature": "paper",
            "signer": "person",
            "signed_on": "2026-11-01",
        },
        "treatment_link": {
            "provider": "Example Clinic",
            "contact": "918-555-0100",
            "verified_on": "2026-11-01",
        },
    }
