"""The coach's page in English."""

from services.matching.rules.answer import DeclineReason
from services.matching.rules.states import OfferState
from services.matching.web.wording.words import Over, PageWording
from shared.events import ContactChannel, ContactOutcome

ENGLISH = PageWording(
    code="en",
    name="English",
    weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    date="{weekday}, {month} {day}",
    halves=("AM", "PM"),
    skip="Skip to content",
    care="Peer support goes alongside professional care and does not replace it. In danger call "
    "911. To talk to somebody, call or text 988.",
    languages={
        "en": "English",
        "es": "Spanish",
        "vi": "Vietnamese",
        "pt": "Portuguese",
        "fr": "French",
        "ht": "Haitian Creole",
        "zh": "Chinese",
        "ar": "Arabic",
        "so": "Somali",
        "hmn": "Hmong",
    },
    title="A request for you",
    eyebrow="A request for peer support",
    question="Can you walk alongside {who}?",
    somebody="somebody",
    answer_by="Please answer by",
    left="in {time}",
    where="Where",
    language="Language",
    meeting="How to meet",
    modality={
        "in_person": "in person",
        "remote": "by phone or video",
        "either": "in person, phone or video",
    },
    looking_for="Looking for",
    kinds={
        "advocacy": "speaking up for them",
        "skill_building": "everyday skills",
        "education_resources": "finding resources",
        "mentoring": "mentoring",
        "community_organizing": "community",
        "group_leading": "groups",
    },
    to_talk="somebody to talk to",
    how_soon="How soon",
    urgency={"urgent": "soon: within hours", "fast_lane": "today: please answer this one first"},
    accept="Accept {who}",
    reason="Reason (optional, only your supervisor sees it)",
    reasons={
        DeclineReason.PREFER_NOT_TO_SAY: "I prefer not to say",
        DeclineReason.NO_ROOM: "No room right now",
        DeclineReason.SCHEDULE: "The times do not work",
        DeclineReason.KNOW_THE_PERSON: "I may know this person",
        DeclineReason.NOT_A_FIT: "Somebody else would fit better",
        DeclineReason.UNWELL: "I need a break myself",
    },
    not_now="Not this time",
    no_harm="Passing never counts against you. The next coach is asked at once. After you accept "
    "you see the name and how to reach them.",
    accepted_title="You are walking alongside {who}",
    thanks="Thank you for saying yes",
    reach_by="Please reach out by",
    call="Call {who}",
    text="Text {who}",
    no_texts="Please do not text this number.",
    voicemail="You may leave a voicemail with your first name and number only.",
    no_voicemail="Please do not leave a voicemail.",
    shared_phone="Others use this phone too: ask for {who} and say nothing more until you know "
    "who it is.",
    afterwards="After you tried",
    how="How",
    channels={
        ContactChannel.PHONE: "By phone",
        ContactChannel.TEXT: "By text",
        ContactChannel.IN_PERSON: "In person",
        ContactChannel.VIDEO: "By video",
    },
    what="What happened",
    choose="Please choose",
    outcomes={
        ContactOutcome.REACHED: "We talked",
        ContactOutcome.NO_ANSWER: "No answer yet",
        ContactOutcome.VOICEMAIL: "I left a voicemail",
        ContactOutcome.TEXTED: "I sent a text",
        ContactOutcome.MET: "We met",
    },
    save="Save this contact",
    so_far="Your contacts so far",
    boundary="You support; the clinic treats. If somebody is in danger call 911; to talk to "
    "somebody, call or text 988.",
    over={
        OfferState.OPEN: Over(
            "The time for this request is over",
            "The next coach is being asked. Thank you for looking.",
        ),
        OfferState.ACCEPTED: Over(
            "Taken, thank you",
            "Somebody has said yes to this request. If that was you, open this link on the device "
            "where you pressed Accept. If you answered by text, your supervisor tells you how to "
            "reach the person.",
        ),
        OfferState.DECLINED: Over(
            "Thank you for telling us",
            "The next coach is asked. Passing never counts against you.",
        ),
        OfferState.EXPIRED: Over(
            "The time for this request is over",
            "The next coach was asked. There is nothing for you to do; there will be other "
            "requests.",
        ),
        OfferState.WITHDRAWN: Over(
            "This request was taken back", "There is nothing for you to do."
        ),
        OfferState.HANDING_OVER: Over("Thank you", "Somebody else goes on from here."),
        OfferState.ENDED: Over(
            "Thank you", "This support has ended. There is nothing more to do here."
        ),
    },
)
