"""The coach's page in Spanish, as "tú", from an original of its own."""

from services.matching.rules.answer import DeclineReason
from services.matching.rules.states import OfferState
from services.matching.web.wording.words import Over, PageWording
from shared.events import ContactChannel, ContactOutcome

SPANISH = PageWording(
    code="es",
    name="Español",
    weekdays=("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
    months=(
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ),
    date="{weekday} {day} de {month}",
    halves=("a. m.", "p. m."),
    skip="Ir al contenido",
    care="El apoyo entre pares acompaña a la atención profesional y no la reemplaza. En peligro, "
    "llama al 911. Para hablar con alguien, llama al 988 y oprime 2, o escribe AYUDA al 988.",
    languages={
        "en": "inglés",
        "es": "español",
        "vi": "vietnamita",
        "pt": "portugués",
        "fr": "francés",
        "ht": "criollo haitiano",
        "zh": "chino",
        "ar": "árabe",
        "so": "somalí",
        "hmn": "hmong",
    },
    title="Una solicitud para ti",
    eyebrow="Una solicitud de apoyo entre pares",
    question="¿Puedes acompañar a {who}?",
    somebody="alguien",
    answer_by="Por favor, responde a más tardar el",
    left="en {time}",
    where="Dónde",
    language="Idioma",
    meeting="Cómo reunirse",
    modality={
        "in_person": "en persona",
        "remote": "por teléfono o video",
        "either": "en persona, por teléfono o video",
    },
    looking_for="Busca",
    kinds={
        "advocacy": "apoyo para hacerse oír",
        "skill_building": "habilidades de cada día",
        "education_resources": "encontrar recursos",
        "mentoring": "mentoría",
        "community_organizing": "comunidad",
        "group_leading": "grupos",
    },
    to_talk="alguien con quien hablar",
    how_soon="Cuándo",
    urgency={
        "urgent": "pronto: en pocas horas",
        "fast_lane": "hoy: por favor, responde esta antes",
    },
    accept="Aceptar a {who}",
    reason="Motivo (opcional, solo lo ve quien te supervisa)",
    reasons={
        DeclineReason.PREFER_NOT_TO_SAY: "Prefiero no decirlo",
        DeclineReason.NO_ROOM: "No tengo lugar ahora",
        DeclineReason.SCHEDULE: "Los horarios no me sirven",
        DeclineReason.KNOW_THE_PERSON: "Quizás conozco a esta persona",
        DeclineReason.NOT_A_FIT: "Alguien más encajaría mejor",
        DeclineReason.UNWELL: "Necesito un descanso",
    },
    not_now="Esta vez no",
    no_harm="Decir que no nunca cuenta en tu contra. Enseguida preguntamos a otra persona. Cuando "
    "aceptes, verás el nombre y cómo comunicarte.",
    accepted_title="Acompañas a {who}",
    thanks="Gracias por decir que sí",
    reach_by="Por favor, comunícate a más tardar el",
    call="Llamar a {who}",
    text="Escribir a {who}",
    no_texts="Por favor, no envíes mensajes de texto a este número.",
    voicemail="Puedes dejar un mensaje de voz solo con tu nombre y tu número.",
    no_voicemail="Por favor, no dejes mensajes de voz.",
    shared_phone="Otras personas usan este teléfono: pregunta por {who} y no digas nada más hasta "
    "saber con quién hablas.",
    afterwards="Después de intentarlo",
    how="Cómo",
    channels={
        ContactChannel.PHONE: "Por teléfono",
        ContactChannel.TEXT: "Por mensaje de texto",
        ContactChannel.IN_PERSON: "En persona",
        ContactChannel.VIDEO: "Por video",
    },
    what="Qué pasó",
    choose="Elige una respuesta",
    outcomes={
        ContactOutcome.REACHED: "Hablamos",
        ContactOutcome.NO_ANSWER: "Todavía no contesta",
        ContactOutcome.VOICEMAIL: "Dejé un mensaje de voz",
        ContactOutcome.TEXTED: "Envié un mensaje de texto",
        ContactOutcome.MET: "Nos reunimos",
    },
    save="Guardar este contacto",
    so_far="Tus contactos hasta ahora",
    boundary="Tú acompañas; la clínica atiende. Si alguien está en peligro, llama al 911; para "
    "hablar con alguien, llama al 988 y oprime 2.",
    over={
        OfferState.OPEN: Over(
            "El plazo de esta solicitud ha terminado",
            "Vamos a preguntar a otra persona. Gracias por mirar.",
        ),
        OfferState.ACCEPTED: Over(
            "Alguien ya la tomó, gracias",
            "Alguien dijo que sí a esta solicitud. Si fuiste tú, abre este enlace en el "
            "dispositivo en el que pulsaste Aceptar. Si respondiste por mensaje de texto, quien te "
            "supervisa te dirá cómo comunicarte con la persona.",
        ),
        OfferState.DECLINED: Over(
            "Gracias por avisarnos",
            "Vamos a preguntar a otra persona. Decir que no nunca cuenta en tu contra.",
        ),
        OfferState.EXPIRED: Over(
            "El plazo de esta solicitud ha terminado",
            "Ya preguntamos a otra persona. No tienes que hacer nada; habrá otras solicitudes.",
        ),
        OfferState.WITHDRAWN: Over("Esta solicitud fue retirada", "No tienes que hacer nada."),
        OfferState.HANDING_OVER: Over("Gracias", "Otra persona sigue desde aquí."),
        OfferState.ENDED: Over("Gracias", "Este apoyo ha terminado. No hay nada más que hacer."),
    },
)
