"""How a text or mail to staff names a kind of task: what waits, and nothing of whom."""

from collections.abc import Mapping

from services.notifications.rules.formats import Language
from shared.tasks import TaskKind

TASK_NAMES: Mapping[Language, Mapping[TaskKind, str]] = {
    Language.ENGLISH: {
        TaskKind.DANGER: "danger",
        TaskKind.DEATH_TOLD: "word of a death",
        TaskKind.REVOCATION_TO_CONFIRM: "a consent to confirm",
        TaskKind.SOMEBODY_STRUGGLES: "somebody struggles",
        TaskKind.SAFETY_FINDING: "a safety finding",
        TaskKind.HOLD_TO_RELEASE: "a hold to release",
        TaskKind.TEXT_TO_READ: "a text to read",
        TaskKind.MESSAGE_PARKED: "a message that waits",
        TaskKind.NUMBER_TO_MEND: "a number to mend",
        TaskKind.FIRST_CONTACT_OVERDUE: "no first contact yet",
        TaskKind.COACHES_PASSED: "coaches have passed",
        TaskKind.NOBODY_CAN_FIT: "no coach can fit",
        TaskKind.CONTACT_TO_GIVE_UP: "a person not reached",
        TaskKind.PAUSE_TO_REVIEW: "a pause to review",
        TaskKind.NEWS_UNREAD: "news not read",
        TaskKind.NEWS_OF_DANGER_UNREAD: "news of danger not read",
        TaskKind.ON_CALL_TEST: "only the daily test",
    },
    Language.SPANISH: {
        TaskKind.DANGER: "peligro",
        TaskKind.DEATH_TOLD: "aviso de una muerte",
        TaskKind.REVOCATION_TO_CONFIRM: "confirmar consentimiento",
        TaskKind.SOMEBODY_STRUGGLES: "alguien lo pasa mal",
        TaskKind.SAFETY_FINDING: "un aviso de seguridad",
        TaskKind.HOLD_TO_RELEASE: "una pausa por levantar",
        TaskKind.TEXT_TO_READ: "un texto por leer",
        TaskKind.MESSAGE_PARKED: "un mensaje que espera",
        TaskKind.NUMBER_TO_MEND: "un contacto por corregir",
        TaskKind.FIRST_CONTACT_OVERDUE: "falta el primer contacto",
        TaskKind.COACHES_PASSED: "varios coaches pasaron",
        TaskKind.NOBODY_CAN_FIT: "nadie que encaje",
        TaskKind.CONTACT_TO_GIVE_UP: "contacto sin respuesta",
        TaskKind.PAUSE_TO_REVIEW: "una pausa por revisar",
        TaskKind.NEWS_UNREAD: "noticias sin leer",
        TaskKind.NEWS_OF_DANGER_UNREAD: "peligro sin leer",
        TaskKind.ON_CALL_TEST: "la prueba diaria",
    },
}
