"""What the demo's clinic sends: invented people, official codes, and the defects of real senders.

`hale_bundle.json` tells the story of the published peer-support example: a veteran with a usual
name, a request that is already history, a number that cannot exist, a state and a ZIP code that
contradict each other. `hale_bundle_amended.json` is the same Bundle as the clinic sends it again.

Each document holds placeholders that are replaced as text, so that every run tells a new story,
dated today: `{run}` in identifiers; `{today}`, `{a_week_ago}` and `{in_a_year}` as dates.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources

FHIR_JSON = "application/fhir+json"
FHIR_XML = "application/fhir+xml"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Document:
    """One document and what intake makes of it when it is sent."""

    file: str
    content_type: str
    becomes: str


HALE = Document("hale_bundle.json", FHIR_JSON, "needs_info")
HALE_AMENDED = Document("hale_bundle_amended.json", FHIR_JSON, "ready")
OKAFOR = Document("okafor_bundle.xml", FHIR_XML, "ready")
FUENTES = Document("fuentes_submission.json", JSON, "ready")
BANKS = Document("banks_submission.json", JSON, "ready")
BENNING = Document("benning_bundle.json", FHIR_JSON, "rejected")

DOCUMENTS = (HALE, HALE_AMENDED, OKAFOR, FUENTES, BANKS, BENNING)


def body(document: Document, *, run: str, today: date) -> bytes:
    """The document of this run, as the clinic would send it today. `run`: letters and digits."""
    text = (resources.files(__package__) / document.file).read_text(encoding="utf-8")
    for name, value in (
        ("run", run),
        ("today", today.isoformat()),
        ("a_week_ago", (today - timedelta(days=7)).isoformat()),
        ("in_a_year", (today + timedelta(days=365)).isoformat()),
    ):
        text = text.replace("{" + name + "}", value)
    return text.encode()
