"""The promises of our texts, mails and pages, the way they are made, and what keeps each."""

from services.intake.on.referral_submitted import referral_submitted
from services.intake.timers import ReferralDeadlinePassed
from services.matching.actions.ask_next_coach import ask_next_coach
from services.matching.actions.sign_in import ask_for_link
from services.matching.rules.access import judge_access
from services.matching.timers import (
    FirstContactDue,
    OfferDeadlinePassed,
    PlaceFreed,
    WaitlistReviewDue,
)
from services.notifications.on.answered_from_desk import answered_from_desk
from services.notifications.on.staff_texted import staff_texted
from services.notifications.rules.keywords import Meaning
from services.notifications.rules.kinds import Kind
from services.notifications.rules.send_check import decide_send
from services.notifications.timers import AlarmDue
from shared.tasks import TaskKind
from tests.architecture.promises import Outside, Page, Promise
from tests.architecture.promises_of_support import OF_SUPPORT

COACH_PAGE = Page("matching", "GET", "/o/{code}")
COACH_ANSWERS = Page("matching", "POST", "/o/{code}")
COACH_NOTES = Page("matching", "POST", "/o/{code}/contact")
CLINIC_PAGE = Page("intake", "GET", "/referrals/{referral_id}")
CLINIC_RELEASES = Page("intake", "POST", "/referrals/{referral_id}/acknowledge-hold")
CLINIC_AMENDS = Page("intake", "PUT", "/v1/referrals/{referral_id}")
CLINIC_SENDS = Page("intake", "POST", "/v1/referrals")
TASK_PAGE = Page("notifications", "GET", "/t/{short}")
TAKE = Page("notifications", "POST", "/desk/tasks/{task_id}/take")
SIGN_IN = Page("matching", "POST", "/sign-in/{code}")

TO_PEOPLE = (
    Promise(
        ("Reply STOP to end texts", "STOP to end texts", "STOP ends texts", "STOP to end"),
        ("Responde STOP para terminar", "STOP para terminar", "STOP termina"),
        (Meaning.STOP, decide_send),
    ),
    Promise(
        ("HELP for help", "reply HELP"),
        ("AYUDA para ayuda", "AYUDA te ayuda", "AYUDA ayuda", "responde AYUDA"),
        (Meaning.HELP,),
    ),
    Promise(
        ("To start again, reply START",),
        ("Para volver a recibirlos responde START",),
        (Meaning.START,),
    ),
    Promise(
        ("Reply OTHER", "reply OTHER for someone else"),
        ("Responde OTRA", "Escribe OTRA"),
        (Meaning.OTHER_COACH,),
    ),
    Promise(
        ("Reply 1 for yes",),
        ("Responde 1 si eres quien nos espera",),
        (Meaning.YES,),
    ),
    Promise(
        ("Reply 1 good, 2 so-so, 3 not good",),
        ("Responde 1 bien, 2 regular, 3 mal",),
        (Meaning.GOOD, Meaning.SO_SO, Meaning.NOT_GOOD),
    ),
    Promise(
        ("our team will read it", "A person will read this"),
        ("nuestro equipo lo va a leer", "Una persona lo va a leer"),
        (TaskKind.TEXT_TO_READ,),
    ),
    Promise(
        ("A person from our team will read this soon",),
        ("Una persona de nuestro equipo lo va a leer pronto", "Una persona va a leer esto pronto"),
        (TaskKind.DANGER, TaskKind.DEATH_TOLD, AlarmDue),
    ),
    Promise(
        ("Our team will read this, but not at all hours",),
        ("Te vamos a leer, pero no a toda hora",),
        (TaskKind.SOMEBODY_STRUGGLES, AlarmDue),
    ),
    Promise(
        ("A person from our team will read this and make sure of what you want",),
        ("Una persona va a leer esto para saber bien lo que quieres",),
        (TaskKind.REVOCATION_TO_CONFIRM, AlarmDue),
    ),
    Promise(
        ("{coach} will call or text you by {by}",),
        (
            "{coach} te va a llamar o escribir antes del {by}",
            "{coach} te llama o escribe antes del {by}",
        ),
        (Kind.COACH_NUDGE, FirstContactDue, TaskKind.FIRST_CONTACT_OVERDUE),
    ),
    Promise(
        ("We ask someone else and text you when they say yes",),
        ("Preguntamos a otra persona y te escribimos en cuanto acepte",),
        (ask_next_coach, Kind.WELCOME),
    ),
    Promise(
        ("{coach} will not call or text you after all",),
        ("{coach} ya no te va a llamar ni escribir",),
        (judge_access,),
    ),
    Promise(
        ("You will get no more texts from Alongside", "You will get no more texts from us"),
        ("Ya no te enviaremos mensajes",),
        (decide_send,),
    ),
    Promise(
        ("You will get texts from Alongside again",),
        ("Vas a recibir mensajes de Alongside otra vez",),
        (Meaning.START, decide_send),
    ),
    Promise(
        ("To talk to our team, call {phone}", "To talk to us, call {phone}"),
        (
            "Para hablar con nuestro equipo llama al {phone}",
            "Para hablar con nosotros llama al {phone}",
        ),
        (Outside("whoever answers NOTIFICATIONS_TEAM_PHONE, without which nothing starts"),),
    ),
    Promise(
        (
            *("call or text 988 any time", "any time, call or text 988", "call or text 988"),
            *("call 911 or 988", "call 911", "call 1-800-662-4357"),
        ),
        (
            *("A toda hora llama al 988 y oprime 2", "a toda hora, llama al 988 y oprime 2"),
            *("llama al 988 y oprime 2", "A toda hora: 988, oprime 2"),
            *("llamen al 911", "llama al 911", "Hablar: 988", "Peligro: 911"),
        ),
        (Outside("911, the 988 Lifeline and SAMHSA's helpline"),),
    ),
)

TO_COACHES = (
    Promise(
        (
            *("Please answer by", "waits for you until {by}"),
            "waiting for your answer by {by}",
        ),
        (
            *("Responde, por favor, antes del {by}", "solicitud en Alongside, hasta el {by}"),
            *("solicitud {code}, hasta el {by}", "solicitud en Alongside hasta el {by}"),
            "Por favor, responde a más tardar el",
        ),
        (OfferDeadlinePassed,),
    ),
    Promise(
        (
            *("Reply 1 to accept, 2 to pass", "Reply 1 {code} to accept, 2 {code} to pass"),
            "1 to accept, 2 to pass",
        ),
        (
            *("Responde 1 si aceptas, 2 si pasas", "Responde 1 {code} si aceptas, 2 {code} si"),
            *("Responde 1 {code} para aceptar, 2 {code} para pasar", "1 si aceptas, 2 si pasas"),
            *("1 {code} si aceptas, 2 {code} si pasas", "1 para aceptar, 2 para pasar"),
        ),
        (Meaning.ACCEPT, Meaning.PASS),
    ),
    Promise(
        ("See it and answer here:",),
        ("Puedes verla y responder aquí:",),
        (COACH_PAGE, COACH_ANSWERS),
    ),
    Promise(
        (
            *("we will ask someone else", "We ask the next coach at once"),
            *("We are asking the next coach", "The next coach is being asked"),
            *("The next coach was asked", "so that the next coach is asked at once"),
            "there will be other requests",
        ),
        (
            *("vamos a preguntar a otra persona", "Enseguida preguntamos a otra persona"),
            *("Ya preguntamos a otra persona", "para que enseguida preguntemos a otra persona"),
            "habrá otras solicitudes",
        ),
        (ask_next_coach,),
    ),
    Promise(
        ("Once you accept, you will see the name and how to reach them",),
        ("Cuando aceptes, verás el nombre y cómo comunicarte",),
        (COACH_ANSWERS,),
    ),
    Promise(
        ("Please press the button below",),
        ("Por favor, pulsa el botón de abajo",),
        (COACH_ANSWERS,),
    ),
    Promise(
        (
            *("Their name and safe ways to reach them are here:", "How to reach them is here:"),
            *(
                "The ways that are left are here:",
                "The request is here:",
                "What to do now is here:",
            ),
            *("this page shows you how it goes on", "this page opens again"),
        ),
        (
            *("Aquí están el nombre y las formas seguras de contacto:",),
            *("Aquí está cómo hacer contacto:", "Aquí están las que quedan:"),
            *("La solicitud está aquí:", "Qué hacer:", "esta página te mostrará cómo sigue"),
            "esta página se abrirá otra vez",
        ),
        (COACH_PAGE,),
    ),
    Promise(
        ("Please make the first contact by {by}",),
        ("Haz el primer contacto, por favor, antes del {by}",),
        (FirstContactDue, TaskKind.FIRST_CONTACT_OVERDUE),
    ),
    Promise(
        ("note it here:",),
        ("anótalo aquí:", "anota el contacto:"),
        (COACH_NOTES,),
    ),
)

TO_CLINICS = (
    Promise(
        (
            *("Follow it here:", "See here when the first contact is due:"),
            *("The reason is here:", "The outcome is here:", "The referral is here:"),
            *("What has happened so far is here:",),
        ),
        (
            *("Pueden seguirla aquí:", "Aquí está la fecha del primer contacto:"),
            *("El motivo está aquí:", "El resultado está aquí:"),
            *("Aquí está lo que ha pasado hasta ahora:", "Pueden ver la solicitud aquí:"),
        ),
        (CLINIC_PAGE,),
    ),
    Promise(
        ("Please sign in now and see what you can do:", "Please sign in and see what you can do:"),
        (
            "Por favor entren ahora y vean qué hace falta:",
            "Por favor entren y vean qué hace falta:",
        ),
        (CLINIC_PAGE, CLINIC_RELEASES),
    ),
    Promise(("Please send us another one",), ("Por favor envíennos otro",), (CLINIC_AMENDS,)),
    Promise(
        (
            *("We will write again when one has said yes",),
            *("will write when a coach has said yes", "You will hear from us when one accepts"),
        ),
        ("les escribiremos cuando alguien haya aceptado",),
        (Kind.CLINIC_ASSIGNED,),
    ),
    Promise(
        (
            *("We look at it again every week", "keeps its place", "keeps their place in line"),
            "We look again every week and whenever a coach has room",
        ),
        ("La revisamos cada semana", "conserva su turno"),
        (WaitlistReviewDue, PlaceFreed),
    ),
    Promise(
        (
            *("We are looking for the right coach now", "Then we will look for a coach"),
            *("We are starting to look for a coach", "We are looking for a coach"),
            *("We ask coaches who fit, one at a time", "We are looking for another coach"),
            *("If the coach does not answer in time, we ask the next one",),
        ),
        ("Estamos buscando a la persona adecuada",),
        (ask_next_coach, OfferDeadlinePassed),
    ),
    Promise(
        (
            *("nothing more will be sent for it", "Nothing more will be shared or sent"),
            *("Nothing more will be sent", "Automated texts stop at once"),
        ),
        ("no se enviará nada más", "Desde ahora no se comparte ni se envía nada más"),
        (decide_send, judge_access),
    ),
    Promise(
        ("It ends at once, and no more coaches are asked", "It appears here at once"),
        (),
        (CLINIC_PAGE,),
    ),
    Promise(
        (
            *("the referral ends by the next business day at the latest",),
            *("We will look at it again by", "We will look at it again on the agreed date"),
        ),
        (),
        (ReferralDeadlinePassed,),
    ),
    Promise(
        (
            *("The coach will reach out to the person soon",),
            *("The coach will try again at other times and in other ways",),
        ),
        (),
        (FirstContactDue, ReferralDeadlinePassed),
    ),
    Promise(("We are checking it now",), (), (referral_submitted,)),
    Promise(
        ("you can send a new one at any time", "A new referral is welcome at any time"),
        (),
        (CLINIC_SENDS,),
    ),
)

TO_STAFF = (
    Promise(
        (
            *("open it within 15 minutes, or the next one is called",),
            *("If nobody does so within 15 minutes, the next one is called",),
            *("If they do not answer within 15 minutes, the next one is called",),
            *("A task that cannot wait calls all supervisors",),
            *("Danger texts and mails them at once, at any hour",),
        ),
        (
            *("abre la tarea en 15 minutos, o se llama a otra persona",),
            *("Si nadie lo hace en 15 minutos, se llama a otra persona",),
        ),
        (AlarmDue,),
    ),
    Promise(
        (
            *("Reply OK {code} if you have it", "reply OK {code} to the text"),
            "please reply OK and the two digits of the call",
        ),
        (
            *("Responde OK {code} si te encargas", "responde OK {code} al mensaje de texto"),
            "responde OK con las dos cifras de la llamada",
        ),
        (staff_texted,),
    ),
    Promise(
        ('press "I take it" there', "press “I take it”"),
        ('pulsa "I take it" en la página',),
        (TAKE,),
    ),
    Promise(("Please open it now:",), ("Por favor ábrela ahora:",), (TASK_PAGE,)),
    Promise(
        (
            *("It works once, within 10 minutes, in the browser where you asked for it",),
            *("Open it in this browser within 10 minutes", "At most three links are sent within"),
            *("We send a link to your work address",),
        ),
        ("Funciona una sola vez, durante 10 minutos, en el navegador donde lo pediste",),
        (ask_for_link, SIGN_IN, Kind.STAFF_SIGN_IN),
    ),
    Promise(
        ("It goes out as a text at once, word for word",),
        (),
        (answered_from_desk, Kind.HUMAN_ANSWER),
    ),
)

PROMISES = (*TO_PEOPLE, *OF_SUPPORT, *TO_COACHES, *TO_CLINICS, *TO_STAFF)
"""All of them. One that nothing keeps any more is kept again, or its words are changed."""
