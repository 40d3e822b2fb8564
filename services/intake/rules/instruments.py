"""Clinical instruments: computed anew from coded answers, never imputed, never only believed.

Sources: PHQ-9, Kroenke 2001; AUDIT-C, LOINC 75626-2 and answer lists LL2179-1, LL2180-9 and
LL2181-7; C-SSRS screener, Columbia triage guidance, level list LL465-6. One missing or
non-coded item means no score and no band, but an answer that speaks of danger always counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from services.intake.rules.codes import Gender, InstrumentName, SafetyReason
from services.intake.rules.draft import Answers


class Standing(StrEnum):
    """Whether a filled instrument can be scored."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    MALFORMED = "malformed"


class RiskLevel(IntEnum):
    """C-SSRS screener level; the higher of the computed and the stated one is acted on."""

    NONE = 0
    LOW = 1
    MODERATE = 2
    HIGH = 3


@dataclass(frozen=True, slots=True)
class Instrument:
    """One entry of the registry: item code → answer code → points, and what else belongs to it.

    `unscored` are items that may be answered and never count; a total or a level is stated
    under its own code. `counts` are items that hold a number of times and cannot be scored.
    """

    name: InstrumentName
    panel: str
    version: str
    licence: str
    items: Mapping[str, Mapping[str, int]]
    total: str | None = None
    level: str | None = None
    unscored: frozenset[str] = frozenset()
    counts: frozenset[str] = frozenset()

    @property
    def codes(self) -> frozenset[str]:
        """Every item code that may appear in a filled copy of this instrument."""
        stated = {code for code in (self.total, self.level) if code is not None}
        return frozenset(self.items) | self.unscored | self.counts | stated


@dataclass(frozen=True, slots=True, repr=False)
class Scored:
    """What we computed. `score` and `band` exist only for a complete instrument."""

    instrument: InstrumentName
    standing: Standing
    score: int | None = None
    band: str | None = None
    stated_total: int | None = None
    stated_differs: bool = False
    safety: frozenset[SafetyReason] = frozenset()


_DAYS = {"LA6568-5": 0, "LA6569-3": 1, "LA6570-1": 2, "LA6571-9": 3}
_PHQ_9_ITEMS = (
    *("44250-9", "44255-8", "44259-0", "44254-1", "44251-7"),
    *("44258-2", "44252-5", "44253-3", "44260-8"),
)
_SELF_HARM_ITEM = "44260-8"

_HOW_OFTEN = {"LA6270-8": 0, "LA18926-8": 1, "LA18927-6": 2, "LA18928-4": 3, "LA18929-2": 4}
_HOW_MANY = {"LA15694-5": 0, "LA15695-2": 1, "LA18930-0": 2, "LA18931-8": 3, "LA18932-6": 4}
_HOW_OFTEN_SIX = {"LA6270-8": 0, "LA18933-4": 1, "LA18876-5": 2, "LA18891-4": 3, "LA18934-2": 4}

_YES_NO = {"LA32-8": 0, "LA33-6": 1}
_C_SSRS_LEVELS = {
    "93246-7": RiskLevel.LOW,
    "93247-5": RiskLevel.LOW,
    "93248-3": RiskLevel.MODERATE,
    "93249-1": RiskLevel.HIGH,
    "93250-9": RiskLevel.HIGH,
    "93267-3": RiskLevel.MODERATE,
    "93269-9": RiskLevel.HIGH,
}
_STATED_LEVELS = {
    "LA9194-7": RiskLevel.LOW,
    "LA6751-7": RiskLevel.MODERATE,
    "LA9193-9": RiskLevel.HIGH,
}

REGISTRY: dict[InstrumentName, Instrument] = {
    InstrumentName.PHQ_9: Instrument(
        name=InstrumentName.PHQ_9,
        panel="44249-1",
        version="1999",
        licence="free to use (Pfizer)",
        items={item: _DAYS for item in _PHQ_9_ITEMS},
        total="44261-6",
        unscored=frozenset({"69722-7"}),
    ),
    InstrumentName.AUDIT_C: Instrument(
        name=InstrumentName.AUDIT_C,
        panel="72109-2",
        version="1998",
        licence="free for non-commercial use (WHO)",
        items={"68518-0": _HOW_OFTEN, "68519-8": _HOW_MANY, "68520-6": _HOW_OFTEN_SIX},
        total="75626-2",
        counts=frozenset({"68517-2"}),
    ),
    InstrumentName.C_SSRS: Instrument(
        name=InstrumentName.C_SSRS,
        panel="93373-9",
        version="screener 2016",
        licence="free to use (Columbia Lighthouse Project)",
        items={item: _YES_NO for item in _C_SSRS_LEVELS},
        level="93374-7",
    ),
}
"""The instruments that intake scores. `68517-2` counts days in a year: never worth points."""

PHQ_9_BANDS = ((20, "severe"), (15, "moderately_severe"), (10, "moderate"), (5, "mild"))
AUDIT_C_CUT_OFF = {Gender.MALE: 4}
AUDIT_C_CUT_OFF_OTHERS = 3


def which(item_codes: frozenset[str]) -> InstrumentName | None:
    """The instrument that these items come from, or None if they belong to none of ours."""
    shared = {name: len(item_codes & entry.codes) for name, entry in REGISTRY.items()}
    best = max(shared, key=lambda name: shared[name])
    return best if shared[best] else None


def score(answers: Answers, *, gender: Gender = Gender.UNKNOWN) -> Scored:
    """Score one filled instrument. Equal answers in any order give the equal result."""
    entry = REGISTRY[answers.instrument]
    points = _points(entry, answers)
    standing = _standing(entry, answers, points)
    safety = _safety(answers, points)
    if standing is not Standing.COMPLETE:
        return Scored(
            answers.instrument, standing, stated_total=answers.stated_total, safety=safety
        )
    if answers.instrument is InstrumentName.C_SSRS:
        level = _computed_level(points)
        stated = _STATED_LEVELS.get(answers.stated_level or "")
        return Scored(
            answers.instrument,
            standing,
            band=level.name.lower(),
            stated_differs=stated is not None and stated is not max(level, RiskLevel.LOW),
            safety=safety,
        )
    total = sum(points.values())
    return Scored(
        answers.instrument,
        standing,
        score=total,
        band=_band(answers.instrument, total, gender),
        stated_total=answers.stated_total,
        stated_differs=answers.stated_total not in (None, total),
        safety=safety,
    )


def _points(entry: Instrument, answers: Answers) -> dict[str, int]:
    """Points per item; of two answers to one item the graver one, for the sake of safety."""
    points: dict[str, int] = {}
    for item, answer in answers.items:
        worth = entry.items.get(item, {}).get(answer)
        if worth is not None:
            points[item] = max(worth, points.get(item, 0))
    return points


def _standing(entry: Instrument, answers: Answers, points: Mapping[str, int]) -> Standing:
    """Malformed: something does not belong, or one item is answered twice differently."""
    strange = any(
        item in entry.counts
        or (item in entry.items and item not in points)
        or item not in entry.codes
        for item, _ in answers.items
    )
    twice = len({item for item, _ in answers.items}) < len(answers.items)
    if answers.foreign or strange or twice:
        return Standing.MALFORMED
    return Standing.COMPLETE if points.keys() == entry.items.keys() else Standing.INCOMPLETE


def _band(instrument: InstrumentName, total: int, gender: Gender) -> str:
    if instrument is InstrumentName.PHQ_9:
        return next((band for least, band in PHQ_9_BANDS if total >= least), "minimal")
    cut_off = AUDIT_C_CUT_OFF.get(gender, AUDIT_C_CUT_OFF_OTHERS)
    return "positive" if total >= cut_off else "negative"


def _computed_level(points: Mapping[str, int]) -> RiskLevel:
    said_yes = [_C_SSRS_LEVELS[item] for item, value in points.items() if value]
    return max(said_yes, default=RiskLevel.NONE)


def _safety(answers: Answers, points: Mapping[str, int]) -> frozenset[SafetyReason]:
    """Danger is read from what was answered, even when the rest is missing or malformed."""
    if answers.instrument is InstrumentName.PHQ_9:
        return _if(points.get(_SELF_HARM_ITEM, 0) > 0, SafetyReason.SELF_HARM_THOUGHTS)
    if answers.instrument is not InstrumentName.C_SSRS:
        return frozenset()
    stated = _STATED_LEVELS.get(answers.stated_level or "", RiskLevel.NONE)
    level = max(_computed_level(points), stated)
    if level is RiskLevel.HIGH:
        return frozenset({SafetyReason.SUICIDE_RISK_HIGH})
    return _if(level is RiskLevel.MODERATE, SafetyReason.SUICIDE_RISK_MODERATE)


def _if(holds: bool, reason: SafetyReason) -> frozenset[SafetyReason]:
    return frozenset({reason}) if holds else frozenset()
