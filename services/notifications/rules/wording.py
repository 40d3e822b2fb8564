"""Wording files, read into one checked table; reading them from disk is the caller's."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.notifications.rules.formats import Language
from services.notifications.rules.kinds import CHANNELS, SLOTS, WRITTEN_BY_HAND, Kind
from shared.events.base import Channel

UNNAMED, CODED = "unnamed", "coded"
"""Variants of a wording: without the person's name, and with the code of one of two offers."""

_SOMEONE = "someone"
_SLOT = re.compile(r"\{([^{}]*)\}")
_FILLED = re.compile(r"\{([^{}]*)\}(\.?)")
_FILE = re.compile(
    r"(?P<language>[a-z]{2})/(?P<kind>[a-z_]+)(?:\.(?P<variant>[a-z]+))?\.(?P<form>txt|email)"
)
_SUBJECT = re.compile(r"Subject: (?P<subject>[^\n]+)\n\n(?P<body>.+)", re.DOTALL)
_CHANNELS = {"txt": Channel.SMS, "email": Channel.EMAIL}


class WordingError(Exception):
    """The wording files are not what they must be; names the file and the rule."""


@dataclass(frozen=True, slots=True)
class Template:
    """One wording, with its slots in braces. A text has no subject."""

    subject: str
    body: str

    @property
    def slots(self) -> frozenset[str]:
        return frozenset(_SLOT.findall(self.subject + self.body))

    def fill(self, said: Mapping[str, str]) -> tuple[str, str]:
        """Subject and body with every slot replaced. Raises KeyError with a slot not in `said`.

        A value that ends in a full stop ("a.m.") ends its sentence too.
        """

        def value(slot: re.Match[str]) -> str:
            return said[slot[1]] + ("" if said[slot[1]].endswith(".") else slot[2])

        return _FILLED.sub(value, self.subject), _FILLED.sub(value, self.body)


@dataclass(frozen=True, slots=True)
class Wording:
    """All wording: by language, kind, variant ("" for the plain one) and channel."""

    templates: Mapping[tuple[Language, Kind, str, Channel], Template] = field(repr=False)
    someone: Mapping[Language, str]
    """Who will reach out when the coach's name cannot be said."""


def load_wording(files: Mapping[str, str]) -> Wording:
    """Build the wording from texts by file name: "en/welcome.txt", "es/offer_made.coded.txt".

    An e-mail file (`.email`) begins with "Subject: ..." and an empty line. Raises WordingError
    for a file of unknown name or shape, a slot that its kind may not hold, and a kind without
    English wording for one of its channels.
    """
    templates: dict[tuple[Language, Kind, str, Channel], Template] = {}
    someone: dict[Language, str] = {}
    for name, text in sorted(files.items()):
        language, kind, variant, channel = _address(name)
        if kind == _SOMEONE:
            someone[language] = text.strip()
        else:
            template = _template(name, text, channel)
            _check_slots(name, Kind(kind), template)
            templates[language, Kind(kind), variant, channel] = template
    _check_complete(templates, someone)
    return Wording(templates, someone)


def _address(name: str) -> tuple[Language, str, str, Channel]:
    parts = _FILE.fullmatch(name)
    if (
        parts is None
        or parts["language"] not in set(Language)
        or parts["kind"] not in {*Kind, _SOMEONE}
        or (parts["variant"] or "") not in ("", UNNAMED, CODED)
    ):
        raise WordingError(f"{name} is not the name of a wording file")
    channel = _CHANNELS[parts["form"]]
    return Language(parts["language"]), parts["kind"], parts["variant"] or "", channel


def _template(name: str, text: str, channel: Channel) -> Template:
    if channel is Channel.SMS:
        return Template("", text.strip())
    parts = _SUBJECT.fullmatch(text)
    if parts is None:
        raise WordingError(f"{name} must begin with 'Subject: ...' and an empty line")
    return Template(parts["subject"].strip(), parts["body"].strip())


def _check_slots(name: str, kind: Kind, template: Template) -> None:
    if not template.slots <= {str(slot) for slot in SLOTS[kind]}:
        raise WordingError(f"{name} names a value that {kind} may not hold")


def _check_complete(
    templates: Iterable[tuple[Language, Kind, str, Channel]], someone: Iterable[Language]
) -> None:
    written = set(templates)
    for kind in CHANNELS.keys() - WRITTEN_BY_HAND:
        for channel in CHANNELS[kind]:
            if (Language.ENGLISH, kind, "", channel) not in written:
                raise WordingError(f"{kind} has no English wording for {channel}")
    if Language.ENGLISH not in set(someone):
        raise WordingError("en/someone.txt is missing")
