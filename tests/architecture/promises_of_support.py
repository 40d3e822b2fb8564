"""The promises about support: how it is ended, paused and changed, and who is asked."""

from services.intake.on.person_died import person_died
from services.matching.actions.ask_next_coach import ask_next_coach
from services.matching.actions.coach_sign_in import ask_for_coach_link
from services.matching.on.support_ended import support_ended
from services.matching.timers import PauseReviewDue, WaitlistReviewDue
from services.notifications.rules.kinds import Kind
from services.notifications.rules.send_check import decide_send
from shared.tasks import TaskKind
from tests.architecture.promises import Page, Promise

CLINIC_SENDS = Page("intake", "POST", "/v1/referrals")
CLINIC_ENDS = Page("intake", "POST", "/referrals/{referral_id}/end")
COACH_ENDS = Page("matching", "POST", "/o/{code}/end")
COACH_PAUSES = Page("matching", "POST", "/o/{code}/pause")
COACH_ASKS = Page("matching", "POST", "/o/{code}/sign-in")
SUPERVISOR_DECIDES = Page("matching", "POST", "/tasks/{task_id}/decide")
COACH_SIGNS_IN = Page("matching", "POST", "/c/{code}")

OF_SUPPORT = (
    Promise(
        ("just reply: a person reads it", "To start again, just reply"),
        ("responde: alguien lo lee", "Para seguir, responde"),
        (TaskKind.TEXT_TO_READ,),
    ),
    Promise(
        ("We are asking someone else now, and text you as soon as they say yes",),
        ("Ya estamos preguntando a otra persona y te escribimos en cuanto diga que te acompaña",),
        (Kind.WELCOME,),
    ),
    Promise(
        ("Open this link in the browser where you asked for it, within ten minutes:",
         "Open it in this browser within ten minutes",
         "we can send a link to your phone that shows you the name and how to reach them"),
        ("Abre este enlace en el navegador donde lo pediste, en los próximos diez minutos:",
         "abre este enlace en el navegador donde lo pediste, en diez minutos:",
         "Ábrelo en este navegador en los próximos diez minutos",
         "podemos enviar a tu teléfono un enlace que te muestra el nombre y cómo comunicarte"),
        (ask_for_coach_link, COACH_ASKS, COACH_SIGNS_IN, Kind.COACH_SIGN_IN),
    ),
    Promise(
        ("On that day we ask you how it goes on",),
        ("Ese día te preguntamos cómo sigue", "El apoyo está en pausa hasta el"),
        (COACH_PAUSES, Kind.COACH_PAUSE_OVER, PauseReviewDue),
    ),
    Promise(
        ("It ends at once: our texts to them stop, you no longer see the name and number, and "
         "your place is free for somebody else",),
        ("Termina enseguida: dejan de llegarle nuestros mensajes, ya no verás el nombre ni el "
         "número, y tu lugar queda libre para otra persona",),
        (COACH_ENDS, support_ended, decide_send),
    ),
    Promise(
        ("The clinic is told, and can refer them again at any time",),
        ("Avisamos a la clínica, que puede volver a referirla cuando quiera",),
        (Kind.CLINIC_CLOSED, CLINIC_SENDS),
    ),
    Promise(
        ("those of other clinics come in between", "No coach is asked before its turn"),
        (),
        (ask_next_coach, WaitlistReviewDue),
    ),
    Promise(
        ("A supervisor decides how it goes on",),
        (),
        (TaskKind.COACHES_PASSED, SUPERVISOR_DECIDES),
    ),
    Promise(
        ("Each of these ends it at once, and nobody has to confirm it",),
        (),
        (CLINIC_ENDS,),
    ),
    Promise(
        ("Everything that you sent for this person ends at once, and nothing is ever sent to "
         "their number again",),
        (),
        (CLINIC_ENDS, person_died, decide_send),
    ),
)  # fmt: skip
