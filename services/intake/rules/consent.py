"""Is this a written consent that lets us pass the person on? 42 CFR §2.31(a), element by element.

The recipient must be the named peer organisation: "my treating providers" is lawful, but nothing
automatic can tell who is meant (§2.31(a)(4)(i)). An engineering reading, not legal advice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from services.intake.rules.codes import ConsentPurpose, LegalRole
from services.intake.rules.draft import Consent
from services.intake.rules.problems import Code, Problem, problem

DEFAULT_LIFETIME = timedelta(days=365)
"""How long a consent without a date is relied on before the clinic is asked again."""


@dataclass(frozen=True, slots=True)
class PeerOrganisation:
    """The organisation that employs the coaches: a consent must name it, by any of `names`.

    `names` holds its names and identifiers; `code` is what goes on topics.
    """

    code: str
    names: frozenset[str]

    def is_named_by(self, recipient: str) -> bool:
        """Whether a recipient is this organisation; case and spacing do not matter."""
        return _plain(recipient) in {_plain(name) for name in (self.code, *self.names)}


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


ELEMENTS: dict[Code, tuple[str, str]] = {
    Code.CONSENT_PERSON_MISSING: (
        "the person's name",
        "Say that the form carries the person's name.",
    ),
    Code.CONSENT_DISCLOSER_MISSING: (
        "who discloses",
        "Name your clinic, or the class of providers, that may disclose.",
    ),
    Code.CONSENT_INFORMATION_MISSING: (
        "what is disclosed",
        "Describe the information specifically, as the form does.",
    ),
    Code.CONSENT_RECIPIENT_MISSING: (
        "the recipient",
        "Name the peer organization that receives the referral.",
    ),
    Code.CONSENT_PURPOSE_MISSING: ("the purpose", "Say what the disclosure is for."),
    Code.CONSENT_REVOCATION_MISSING: (
        "the right to revoke and how",
        "Say how the person can revoke the consent.",
    ),
    Code.CONSENT_EXPIRY_MISSING: ("the expiry", "Give the date on which the consent ends."),
    Code.CONSENT_SIGNATURE_MISSING: (
        "the signature",
        "Say whether the form was signed on paper or electronically. "
        "Peer support can start once the person has signed.",
    ),
    Code.CONSENT_SIGNER_MISSING: (
        "who signed",
        "Say whether the person signed or a legal representative.",
    ),
    Code.CONSENT_DATE_MISSING: ("the date of signing", "Give the date of the signature."),
}
"""Each element of §2.31(a): its name inside a sentence, and the way out when it is absent."""


def check(
    consent: Consent | None, *, today: date, recipient: PeerOrganisation, role: LegalRole
) -> tuple[Problem, ...]:
    """Everything that keeps this consent from being relied on; empty when it may be.

    A consent that the request does not point to gives one problem, which lists what the consent
    lacks besides: nobody has said that it was signed for this.
    """
    if consent is None:
        return (problem(Code.CONSENT_MISSING, _NONE),)
    if not consent.is_tied:
        return (problem(Code.CONSENT_MISSING, _untied(consent)),)
    return tuple(
        chain(
            (_absent(code) for code in _missing(consent)),
            _validity(consent, today),
            _recipient(consent, recipient, role),
            _purpose(consent),
        )
    )


STOPS = frozenset(
    {
        Code.CONSENT_REVOKED,
        Code.CONSENT_NOT_ACTIVE,
        Code.CONSENT_EXPIRED,
        Code.CONSENT_OTHER_PERSON,
    }
)
"""What an amendment may say of its consent that leaves nothing to go on with."""

TAKEN_BACK = frozenset({Code.CONSENT_REVOKED, Code.CONSENT_NOT_ACTIVE})
"""Of these, what holds for all referrals of the person."""


def taken_back(consent: Consent | None, *, revoked_on: date | None) -> Iterator[Problem]:
    """Whether the person took this consent back: what was signed until `revoked_on` is over.

    Dates have no clock time, so one of the same day does not count either.
    """
    if consent is None or consent.signed_on is None or revoked_on is None:
        return
    if consent.is_tied and consent.signed_on <= revoked_on:
        yield problem(
            Code.CONSENT_REVOKED,
            f"The person took their consent back on {revoked_on:%B} {revoked_on.day}, "
            f"{revoked_on.year}. What was signed until then does not count any more (42 CFR "
            "2.31(a)(7)). Ask the person whether they want to sign a new one, and send that.",
        )


def expires_on(consent: Consent) -> date | None:
    """The last day on which the consent is relied on; None when it is not signed or dated.

    Where the law allows an end without a date, it is `DEFAULT_LIFETIME` after the signature.
    """
    if consent.expires_on is not None:
        return consent.expires_on
    if consent.expiry_event is None or consent.signed_on is None:
        return None
    return min(consent.signed_on, date.max - DEFAULT_LIFETIME) + DEFAULT_LIFETIME


_NONE = (
    "No consent came with this request. Peer support can start once the person has signed a "
    "consent that names the peer organization; send it with the request."
)


def _untied(consent: Consent) -> str:
    lacking = ", ".join(ELEMENTS[code][0] for code in _missing(consent))
    rest = f" It also does not state {lacking}." if lacking else ""
    return (
        "A consent was included, but the request does not point to it, so it authorizes nothing "
        f"here.{rest} Point to the signed consent from the request."
    )


def _absent(code: Code) -> Problem:
    name, way_out = ELEMENTS[code]
    return problem(code, f"The consent does not state {name}. {way_out}")


def _missing(consent: Consent) -> list[Code]:
    stated = {
        Code.CONSENT_PERSON_MISSING: consent.names_person,
        Code.CONSENT_DISCLOSER_MISSING: consent.discloser,
        Code.CONSENT_INFORMATION_MISSING: consent.information,
        Code.CONSENT_RECIPIENT_MISSING: consent.recipient,
        Code.CONSENT_PURPOSE_MISSING: consent.purpose,
        Code.CONSENT_REVOCATION_MISSING: consent.how_to_revoke,
        Code.CONSENT_EXPIRY_MISSING: consent.expires_on or consent.expiry_event,
        Code.CONSENT_SIGNATURE_MISSING: consent.signature,
        Code.CONSENT_SIGNER_MISSING: consent.signer,
        Code.CONSENT_DATE_MISSING: consent.signed_on,
    }
    if consent.is_of_somebody_else:  # said in its own words
        del stated[Code.CONSENT_PERSON_MISSING]
    return [code for code, value in stated.items() if not value]


def _validity(consent: Consent, today: date) -> Iterator[Problem]:
    ends = expires_on(consent)
    if consent.is_of_somebody_else:
        yield problem(
            Code.CONSENT_OTHER_PERSON,
            "The consent is about another person, so it permits nothing for this one. Send the "
            "one that the person who is referred has signed.",
        )
    if not consent.is_active:
        yield problem(
            Code.CONSENT_NOT_ACTIVE,
            "The consent is not in force, or has exceptions that cannot be applied here. Send one "
            "that the person stands by and that applies in full.",
        )
    if ends is not None and ends < today:
        yield problem(
            Code.CONSENT_EXPIRED,
            "The consent has ended. Ask the person whether they want to sign a new one.",
        )
    if consent.signed_on is not None and consent.signed_on > today:
        yield problem(
            Code.CONSENT_DATE_IN_FUTURE,
            "The consent is dated in the future. Give the date on which it was signed.",
        )


def _recipient(
    consent: Consent, organisation: PeerOrganisation, role: LegalRole
) -> Iterator[Problem]:
    if consent.recipient and not organisation.is_named_by(consent.recipient):
        yield problem(
            Code.CONSENT_RECIPIENT_NOT_NAMED,
            "The consent names another recipient, or only a class of them. It has to name the "
            "peer organization that employs the coaches.",
        )
    if role is LegalRole.INTERMEDIARY and not consent.participants:
        yield problem(
            Code.CONSENT_PARTICIPANTS_MISSING,
            "A consent to an intermediary must also name who receives the record through it, or "
            "a class of treating providers. Add the participants.",
        )


def _purpose(consent: Consent) -> Iterator[Problem]:
    broad = consent.purpose is ConsentPurpose.TREATMENT_PAYMENT_OPERATIONS
    if broad and not (consent.redisclosure_statement and consent.refusal_statement):
        yield problem(
            Code.CONSENT_STATEMENT_MISSING,
            "A consent for treatment, payment and operations must also say that the record may "
            "be disclosed again, and what happens if it is not signed. Confirm both statements.",
        )
    if consent.expiry_event is not None and consent.expires_on is None and not broad:
        yield problem(
            Code.CONSENT_EXPIRY_NOT_ALLOWED,
            "Only a consent for treatment, payment and operations may end without a date. "
            "Give the date on which this one ends.",
        )
