"""From the bytes of a native submission to a draft, keeping all that can be read.

A value that breaks its shape is one problem and is left out; the rest is still read and judged,
so that the clinic hears everything at once.
"""

import json
import re
from collections.abc import Iterable, Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from services.intake.rules import json_tree
from services.intake.rules.codes import SourceFormat
from services.intake.rules.draft import (
    Address,
    Answers,
    Consent,
    ContactHours,
    ContactProfile,
    Draft,
    FitFactors,
    Person,
    Reason,
    RecordNumber,
    Request,
    Requester,
    RiskEvent,
    TreatmentLink,
)
from services.intake.rules.form import (
    ConsentForm,
    ContactForm,
    FitForm,
    InstrumentForm,
    PersonForm,
    RequesterForm,
    RequestForm,
    Submission,
    TreatmentLinkForm,
)
from services.intake.rules.json_tree import Json, Place
from services.intake.rules.phone import normalise
from services.intake.rules.problems import Code, Problem, in_order
from services.intake.rules.reading import Reading
from services.intake.rules.text import one_line

MAX_BYTES = 64 * 1024
_NAME = re.compile(r"[A-Za-z0-9_/-]{1,40}", re.ASCII)


def read_submission(raw: bytes) -> Reading:
    """Read `POST /v1/referrals`.

    Raises:
        UnreadableError: nothing of it can be read.
    """
    json_tree.check_size(raw, most_bytes=MAX_BYTES)
    whole = _whole(raw)
    if whole is not None:
        return Reading(_draft(whole))
    tree = json_tree.parse(raw, most_bytes=MAX_BYTES)
    if not isinstance(tree, dict):
        raise json_tree.unreadable(
            Code.UNREADABLE, "A submission is one JSON object with a person and a request."
        )
    problems: list[Problem] = []
    while True:  # every round takes values out, and an empty submission breaks no rule
        try:
            form = Submission.model_validate_json(json.dumps(tree))
        except ValidationError as error:
            errors = error.errors(include_url=False, include_input=False)
            problems += [problem_of(found) for found in errors]
            _leave_out(tree, [found["loc"] for found in errors])
        else:
            return Reading(_draft(form), in_order(problems))


def _whole(raw: bytes) -> Submission | None:
    """The form of a submission that breaks no rule, as nearly all do: one pass over its bytes.

    Everything else is read with care, NUL too, which the models would take.
    """
    if b"\\u0000" in raw:
        return None
    try:
        return Submission.model_validate_json(raw)
    except ValidationError:
        return None


_SENTENCES = {
    "extra_forbidden": "We do not know this field. Leave it out or check its spelling.",
    "missing": "This field is needed here. Add it.",
    "string_too_long": "This text is too long. Shorten it.",
    "string_too_short": "This text is empty. Fill it in or leave the field out.",
    "too_long": "There are too many entries here. Keep the ones that matter.",
    "bool_type": "Write true or false.",
    "timezone_aware": "Add the offset from UTC to the time, such as -06:00 or Z.",
}
_DATE = "Write a real date as YYYY-MM-DD."
_TIME = "Write a time as YYYY-MM-DDThh:mm:ss with an offset from UTC."


def problem_of(found: ErrorDetails) -> Problem:
    """One error of validation as a problem. Takes errors without their input, and quotes none."""
    kind = found["type"]
    code = {"extra_forbidden": Code.UNKNOWN_FIELD, "missing": Code.MISSING_VALUE}.get(
        kind, Code.INVALID_VALUE
    )
    return Problem(code, path_of(found["loc"]), _sentence(found))


def _sentence(found: ErrorDetails) -> str:
    kind = found["type"]
    if kind == "enum":
        return f"Use one of these: {found.get('ctx', {}).get('expected', '')}."
    if kind.startswith("datetime"):
        return _TIME
    if kind.startswith("date"):
        return _DATE
    return _SENTENCES.get(kind, "This value does not have the form that is required here.")


def path_of(loc: Sequence[int | str]) -> str:
    """`("person", "languages", 0)` → `person.languages[0]`; odd names are not repeated."""
    path = ""
    for step in loc:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            name = step if _NAME.fullmatch(step) else "?"
            path += f".{name}" if path else name
    return path


def _leave_out(tree: Json, places: Iterable[Place]) -> None:
    """Take the named values out; where a field is missing, take out what should have held it."""
    for place in json_tree.last_first(places):
        while not json_tree.take(tree, place):
            place = place[:-1]


def _draft(form: Submission) -> Draft:
    business = form.identifier
    return Draft(
        source=SourceFormat.JSON,
        business_key=f"{business.system}|{business.value}" if business else None,
        person=_person(form.person),
        request=_request(form.request),
        consent=_consent(form.consent) if form.consent else None,
        treatment_link=_link(form.treatment_link) if form.treatment_link else None,
        instruments=tuple(sorted(map(_answers, form.instruments), key=_answers_order)),
        events=tuple(sorted({RiskEvent(event.on, event.kind) for event in form.events})),
    )


def _person(form: PersonForm) -> Person:
    number = form.record_number
    return Person(
        name=one_line(form.name),
        record_number=RecordNumber(number.system, number.value) if number else None,
        birth_date=form.birth_date,
        deceased=form.deceased,
        pronouns=form.pronouns,
        veteran=form.veteran,
        phone=normalise(form.phone),
        email=form.email,
        languages=tuple(dict.fromkeys(form.languages)),
        zone=form.zone,
        address=Address(
            one_line(form.address.state),
            one_line(form.address.county),
            one_line(form.address.postal_code),
        ),
        contact=_contact(form.contact),
    )


def _contact(form: ContactForm) -> ContactProfile:
    hours = {ContactHours(h.weekday, h.start_minute, h.end_minute) for h in form.hours}
    return ContactProfile(
        text_ok=form.text_ok,
        voicemail_ok=form.voicemail_ok,
        shared_phone=form.shared_phone,
        hours=tuple(sorted(hours)),
    )


def _request(form: RequestForm) -> Request:
    return Request(
        status=form.status,
        intent=form.intent,
        requester=_requester(form.requester) if form.requester else None,
        authored_on=form.authored_on,
        urgency=form.urgency,
        modality=form.modality,
        kinds_of_support=tuple(sorted(set(form.kinds_of_support))),
        must=tuple(sorted(set(form.must))),
        prefer=tuple(sorted(set(form.prefer) - set(form.must))),
        fit=_fit(form.fit),
        contacting_person_prohibited=form.contacting_person_prohibited,
        withdrawal_risk=form.withdrawal_risk,
        reasons=tuple(sorted({Reason(r.system, r.code) for r in form.reasons})),
    )


def _requester(form: RequesterForm) -> Requester | None:
    """Who asks; nobody, if neither a name nor a reference can be read."""
    name, reference = one_line(form.name), one_line(form.reference)
    return Requester(name, reference) if name or reference else None


def _fit(form: FitForm) -> FitFactors:
    return FitFactors(form.pathway, form.age_band, form.spirituality, form.family)


def _consent(form: ConsentForm) -> Consent:
    return Consent(
        names_person=form.names_person,
        discloser=one_line(form.discloser),
        information=one_line(form.information),
        recipient=one_line(form.recipient),
        purpose=form.purpose,
        how_to_revoke=one_line(form.how_to_revoke),
        expires_on=form.expires_on,
        expiry_event=form.expiry_event,
        signature=form.signature,
        signer=form.signer,
        signed_on=form.signed_on,
        redisclosure_statement=form.redisclosure_statement,
        refusal_statement=form.refusal_statement,
        participants=tuple(name for text in form.participants if (name := one_line(text))),
    )


def _link(form: TreatmentLinkForm) -> TreatmentLink:
    return TreatmentLink(one_line(form.provider), one_line(form.contact), form.verified_on)


def _answers(form: InstrumentForm) -> Answers:
    return Answers(
        instrument=form.instrument,
        items=tuple(sorted((item.lstrip("/"), answer) for item, answer in form.items.items())),
        answered_on=form.answered_on,
        stated_total=form.stated_total,
        stated_level=form.stated_level,
    )


def _answers_order(answers: Answers) -> tuple[str, str, str]:
    return (answers.instrument, str(answers.answered_on), str(answers.items))
