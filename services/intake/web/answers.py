"""How the API says things: problems as OperationOutcome, states in words."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi.responses import Response

from services.intake.fhir.outcome import to_operation_outcome
from services.intake.rules.problems import Code, Problem
from services.intake.rules.state_words import words_of
from services.intake.rules.timeline import line
from services.intake.store.referrals import standing_of
from shared.db import Row
from shared.errors import KeyDestroyedError
from shared.events import CoachContactRecorded, Sealed
from shared.vault import Vault, event_context, from_wire

FHIR_JSON = "application/fhir+json"


def outcome_of(answer: Mapping[str, Any], status: int) -> Response:
    """Our answer to a FHIR submission: an OperationOutcome with every problem."""
    problems = [
        Problem(Code(one["code"]), one["field"], one["message"])
        for one in (*answer["problems"], *answer["warnings"])
    ]
    outcome = to_operation_outcome(problems)
    issues = outcome.setdefault("issue", [])
    if isinstance(issues, list):
        words = f"{answer['reference']}: {answer['state_words']}. {answer['next_words']}"
        issues.insert(
            0,
            {
                "severity": "information",
                "code": "informational",
                "details": {"coding": [{"code": str(answer["state"]).replace("_", "-")}]},
                "diagnostics": words,
            },
        )
    return Response(json.dumps(outcome), status, media_type=FHIR_JSON)


async def referral_as_json(row: Row, vault: Vault, public_url: str) -> dict[str, Any]:
    """A referral as its clinic reads it: states in words, clock times, the coach's first name."""
    standing = standing_of(row)
    state = standing.state
    coach = await coach_name(row["sealed_coach"], row["coach_id"], vault)
    words = words_of(state, row["happened"])
    happened = zip(row["happened_at"], row["happened"], row["happened_by"], strict=True)
    return {
        "referral_id": str(row["referral_id"]),
        "reference": row["reference"],
        "state": state.value,
        "state_words": words.title,
        "next_words": words.next_step,
        "since": row["changed_at"].isoformat(),
        "refusal": row["refusal"],
        "problems": json.loads(row["problems"]),
        "warnings": json.loads(row["warnings"]),
        "version": row["version"],
        "urgency": row["urgency"],
        "coach": coach,
        "first_contact_by": None if standing.is_paused else _iso(row["first_contact_by"]),
        "next_action_at": _iso(row["next_action_at"]),
        "texts_stopped": row["texts_stopped_at"] is not None,
        "url": f"{public_url}/referrals/{row['referral_id']}",
        "timeline": [
            {"at": at.isoformat(), "code": code, "words": line(code, by_name)}
            for at, code, by_name in happened
        ],
    }


def _iso(at: Any) -> str | None:
    return at.isoformat() if at is not None else None


async def coach_name(sealed: str | None, coach_id: UUID | None, vault: Vault) -> str | None:
    """The coach's first name; None before there is a coach or after the coach was erased."""
    if sealed is None or coach_id is None:
        return None
    wire = Sealed.model_validate_json(sealed)
    context = event_context(CoachContactRecorded.type, coach_id)
    try:
        opened = json.loads(await vault.unseal(wire.key_id, from_wire(wire), context))
    except KeyDestroyedError:
        return None
    return str(opened["name"])
