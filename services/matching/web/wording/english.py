"""The coach's page in English."""

from services.matching.rules.access import NoAccess
from services.matching.rules.answer import DeclineReason
from services.matching.rules.sign_in import LinkStanding
from services.matching.rules.states import OfferState
from services.matching.web.wording.words import Notice, PageWording
from shared.events import ContactChannel, ContactOutcome, PauseReason, SupportOutcome

ENGLISH = PageWording(
    code="en",
    name="English",
    weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    date="{weekday}, {month} {day}",
    halves=("AM", "PM"),
    skip="Skip to content",
    care="Peer support goes alongside professional care and does not replace it. In danger, call "
    "911. To talk to someone, call or text 988.",
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
    somebody="someone",
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
    to_talk="someone to talk to",
    how_soon="How soon",
    urgency={"urgent": "soon: within hours", "fast_lane": "today: please answer this one first"},
    accept="Accept {who}",
    reason="Reason (optional; only your supervisor sees it)",
    reasons={
        DeclineReason.PREFER_NOT_TO_SAY: "I prefer not to say",
        DeclineReason.NO_ROOM: "No room right now",
        DeclineReason.SCHEDULE: "The times do not work for me",
        DeclineReason.KNOW_THE_PERSON: "I may know this person",
        DeclineReason.NOT_A_FIT: "Someone else would be a better fit",
        DeclineReason.UNWELL: "I need a break myself",
    },
    not_now="Not this time",
    no_harm="Passing never counts against you. We ask the next coach at once. Once you accept, you "
    "will see the name and how to reach them.",
    accepted_title="You are walking alongside {who}",
    thanks="Thank you for saying yes",
    reach_by="Please reach out by",
    reach_was_due="You were to reach out by",
    reach_now="Please try now, or tell your supervisor that you need help with it.",
    call="Call {who}",
    text="Text {who}",
    no_texts="Please do not text this number.",
    voicemail="You may leave a voicemail with your first name and number only.",
    no_voicemail="Please do not leave a voicemail.",
    shared_phone="Other people use this phone too: ask for {who}, and say nothing more until you "
    "know who is speaking.",
    afterwards="After you have tried",
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
    saved="Saved. Thank you for reaching out.",
    so_far="Your contacts so far",
    boundary="You support; the clinic treats. If anyone is in danger, call 911; to talk to "
    "someone, call or text 988.",
    pause_title="Pause this support",
    pause_why="Why",
    pauses={
        PauseReason.PERSON_PAUSED: "They want a break",
        PauseReason.HOSPITALISED: "They are in hospital",
        PauseReason.INCARCERATED: "They are in jail or prison",
        PauseReason.COACH_LEAVE: "I am away",
        PauseReason.OTHER: "Another reason",
    },
    pause_until="Look at it again",
    pause_days={7: "in a week", 14: "in two weeks", 28: "in four weeks"},
    pause_means="Our check-ins stop, and the clinic sees that support is paused. You keep this "
    "person and may still reach out. On that day we ask you how it goes on.",
    pause="Pause",
    paused="Support is paused until",
    resume="Support goes on",
    give_up_title="I cannot reach them",
    give_up_means="You have tried in several ways, at several times of day, for a week. Your "
    "supervisor decides whether you try on or this request ends. Until then you need not try "
    "again.",
    give_up="Ask my supervisor",
    given_up="Your supervisor is deciding how this goes on. You need not try again until then.",
    end_title="Support has come to an end",
    end_what="How did it end?",
    endings={
        SupportOutcome.GOALS_MET: "They have reached what they wanted",
        SupportOutcome.MOVED_TO_OTHER_SUPPORT: "They go on with other support",
        SupportOutcome.PERSON_ENDED: "They wanted to stop",
        SupportOutcome.TREATMENT_COMPLETED: "Their treatment is complete",
    },
    end_means="It ends at once: our texts to them stop, you no longer see the name and number, and "
    "your place is free for somebody else. The clinic is told, and can refer them again at any "
    "time.",
    end="End this support",
    confirm_end="Yes, it can end",
    ended_before="It had already come to an end",
    send_link="That was me: send me a link",
    link_sent="We have sent a link to the phone or e-mail address that we know of you. Open it in "
    "this browser within ten minutes.",
    sign_in_title="Sign in on this browser?",
    sign_in_means="You stay signed in here for 90 days, or until you sign out. Do this only on a "
    "device of your own.",
    sign_in="Sign in",
    sign_in_not_you="You did not ask for this? Then do not press the button, and tell your "
    "supervisor.",
    links_over={
        LinkStanding.USED: Notice(
            "This link was used already",
            "Each link works once. Open the request again and ask for a new one.",
        ),
        LinkStanding.OTHER_BROWSER: Notice(
            "Open the link where you asked for it",
            "This link works only in the browser in which you asked for it.",
        ),
        LinkStanding.NO_ACCESS: Notice(
            "You are not signed up any more", "Your supervisor can tell you more."
        ),
        **dict.fromkeys(
            (LinkStanding.EXPIRED, LinkStanding.GOOD),
            Notice(
                "This link has run out",
                "A link works for ten minutes. Open the request again and ask for a new one.",
            ),
        ),
    },
    signed_out=Notice(
        "You are not signed in here",
        "Open the link in one of our texts to you and ask there for a link to sign in.",
    ),
    people_title="Your people",
    asked_title="Waiting for your answer",
    to_call_title="To reach first",
    overdue="This is late:",
    walking_title="You walk alongside",
    nobody_yet="Nobody right now.",
    devices_title="Where you are signed in",
    this_device="here",
    sign_out="Sign out",
    over={
        OfferState.OPEN: Notice(
            "The time for this request is over",
            "The next coach is being asked. Thank you for looking.",
        ),
        OfferState.ACCEPTED: Notice(
            "Taken, thank you",
            "Someone has said yes to this request. If that was you, we can send a link to your "
            "phone that shows you the name and how to reach them.",
        ),
        OfferState.DECLINED: Notice(
            "Thank you for telling us",
            "We are asking the next coach. Passing never counts against you.",
        ),
        OfferState.EXPIRED: Notice(
            "The time for this request is over",
            "The next coach was asked. There is nothing for you to do; there will be other "
            "requests.",
        ),
        OfferState.WITHDRAWN: Notice(
            "This request was withdrawn", "There is nothing for you to do."
        ),
        OfferState.HANDING_OVER: Notice("Thank you", "Someone else is taking over from here."),
        OfferState.ENDED: Notice(
            "Thank you", "This support has ended. There is nothing more to do here."
        ),
    },
    closed={
        NoAccess.OFFER_OVER: Notice(
            "Thank you", "This support has ended. There is nothing more to do here."
        ),
        NoAccess.NEWS_WAITS: Notice(
            "There is news that we have not worked through",
            "Nothing was changed. Please open this page again in a few minutes, and do not reach "
            "out before that. Your supervisor can tell you more.",
        ),
        NoAccess.HELD: Notice(
            "Please wait before you reach out",
            "Somebody on the team is looking after this first. You need to do nothing now. When "
            "they are done, this page shows you how it goes on. Your supervisor can tell you more.",
        ),
        NoAccess.END_REQUESTED: Notice(
            "Please do not reach out for now",
            "The clinic has asked to end this request, so we do not show the name and number. It "
            "ends by itself at the end of the next business day. If you think that this is a "
            "mistake, please tell your supervisor before that.",
        ),
        NoAccess.CONSENT_OVER: Notice(
            "We may not show you this person now",
            "Their consent to share their name and number with you does not cover it any more. "
            "The clinic can ask them again. Until then please do not reach out; your supervisor "
            "can tell you more.",
        ),
        NoAccess.COACH_INACTIVE: Notice(
            "You are not marked as active right now",
            "So we do not show you the name and number. Please talk to your supervisor, who makes "
            "sure that nobody is left waiting.",
        ),
        NoAccess.NO_CREDENTIAL: Notice(
            "Your credential needs a look",
            "We know of none that is valid today where this person lives, so we do not show the "
            "name and number. Please tell your supervisor; once it is renewed, this page opens "
            "again.",
        ),
        NoAccess.NO_CONTACT: Notice(
            "We do not have the name and number",
            "Please open this page again in a few minutes. If it still says so, ask your "
            "supervisor how to reach this person.",
        ),
    },
    does_not_fit=Notice(
        "This request does not fit any more",
        "Something has changed since we asked you: the request, your hours, or how many people "
        "you support. Please press the button below, so that the next coach is asked at once.",
    ),
)
