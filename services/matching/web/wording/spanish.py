"""The coach's page in Spanish, as "tú", from an original of its own."""

from services.matching.rules.access import NoAccess
from services.matching.rules.answer import DeclineReason
from services.matching.rules.sign_in import LinkStanding
from services.matching.rules.states import OfferState
from services.matching.web.wording.words import Notice, PageWording
from shared.events import ContactChannel, ContactOutcome, PauseReason, SupportOutcome

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
    care="El apoyo entre pares acompaña a la atención profesional y no la reemplaza. Si hay "
    "peligro, llama al 911. Para hablar con alguien, llama al 988 y oprime 2, o escribe AYUDA al "
    "988.",
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
        "skill_building": "habilidades para el día a día",
        "education_resources": "encontrar recursos",
        "mentoring": "mentoría",
        "community_organizing": "comunidad",
        "group_leading": "grupos",
    },
    to_talk="alguien con quien hablar",
    how_soon="Cuándo",
    urgency={
        "urgent": "pronto: en pocas horas",
        "fast_lane": "hoy: por favor, responde primero a esta",
    },
    accept="Aceptar a {who}",
    reason="Motivo (opcional, solo lo ve quien te supervisa)",
    reasons={
        DeclineReason.PREFER_NOT_TO_SAY: "Prefiero no decirlo",
        DeclineReason.NO_ROOM: "No tengo lugar ahora",
        DeclineReason.SCHEDULE: "Los horarios no me sirven",
        DeclineReason.KNOW_THE_PERSON: "Tal vez conozco a esta persona",
        DeclineReason.NOT_A_FIT: "Otra persona sería más adecuada",
        DeclineReason.UNWELL: "Necesito un descanso",
    },
    not_now="Esta vez no",
    no_harm="Decir que no nunca cuenta en tu contra. Enseguida preguntamos a otra persona. Cuando "
    "aceptes, verás el nombre y cómo comunicarte.",
    accepted_title="Acompañas a {who}",
    thanks="Gracias por decir que sí",
    reach_by="Por favor, comunícate a más tardar el",
    reach_was_due="El plazo para comunicarte era el",
    reach_now="Por favor, inténtalo ahora, o dile a quien te supervisa que necesitas ayuda.",
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
        ContactOutcome.NO_ANSWER: "Todavía no ha contestado",
        ContactOutcome.VOICEMAIL: "Dejé un mensaje de voz",
        ContactOutcome.TEXTED: "Envié un mensaje de texto",
        ContactOutcome.MET: "Nos reunimos",
    },
    save="Guardar este contacto",
    saved="Guardado. Gracias por comunicarte.",
    so_far="Tus contactos hasta ahora",
    boundary="Tú acompañas; la clínica atiende. Si alguien está en peligro, llama al 911; para "
    "hablar con alguien, llama al 988 y oprime 2.",
    pause_title="Poner este apoyo en pausa",
    pause_why="Por qué",
    pauses={
        PauseReason.PERSON_PAUSED: "Quiere un descanso",
        PauseReason.HOSPITALISED: "Está en el hospital",
        PauseReason.INCARCERATED: "Está en la cárcel o en prisión",
        PauseReason.COACH_LEAVE: "Voy a estar fuera",
        PauseReason.OTHER: "Otro motivo",
    },
    pause_until="Verlo otra vez",
    pause_days={7: "en una semana", 14: "en dos semanas", 28: "en cuatro semanas"},
    pause_means="Dejamos de preguntarle cómo está, y la clínica ve que el apoyo está en pausa. "
    "Sigues acompañando a esta persona y puedes comunicarte. Ese día te preguntamos cómo sigue.",
    pause="Poner en pausa",
    paused="El apoyo está en pausa hasta el",
    resume="El apoyo sigue",
    give_up_title="No logro comunicarme",
    give_up_means="Has intentado de varias maneras, a distintas horas, durante una semana. Quien "
    "te supervisa decide si sigues intentando o si esta solicitud termina. Hasta entonces no "
    "tienes que volver a intentar.",
    give_up="Preguntar a quien me supervisa",
    given_up="Quien te supervisa está decidiendo cómo seguir. Hasta entonces no tienes que volver "
    "a intentar.",
    end_title="El apoyo ha llegado a su fin",
    end_what="¿Cómo terminó?",
    endings={
        SupportOutcome.GOALS_MET: "Logró lo que quería",
        SupportOutcome.MOVED_TO_OTHER_SUPPORT: "Sigue con otro tipo de apoyo",
        SupportOutcome.PERSON_ENDED: "Prefirió terminar",
        SupportOutcome.TREATMENT_COMPLETED: "Completó su tratamiento",
    },
    end_means="Termina enseguida: dejan de llegarle nuestros mensajes, ya no verás el nombre ni el "
    "número, y tu lugar queda libre para otra persona. Avisamos a la clínica, que puede volver a "
    "referirla cuando quiera.",
    end="Terminar este apoyo",
    confirm_end="Sí, puede terminar",
    ended_before="Ya había llegado a su fin",
    send_link="Fui yo: envíenme un enlace",
    link_sent="Enviamos un enlace al teléfono o correo que conocemos de ti. Ábrelo en este "
    "navegador en los próximos diez minutos.",
    sign_in_title="¿Entrar en este navegador?",
    sign_in_means="Sigues dentro durante 90 días, o hasta que salgas. Hazlo solo en un dispositivo "
    "tuyo.",
    sign_in="Entrar",
    sign_in_not_you="¿No lo pediste tú? Entonces no pulses el botón y avisa a quien te supervisa.",
    links_over={
        LinkStanding.USED: Notice(
            "Este enlace ya se usó",
            "Cada enlace sirve una vez. Abre otra vez la solicitud y pide uno nuevo.",
        ),
        LinkStanding.OTHER_BROWSER: Notice(
            "Abre el enlace donde lo pediste",
            "Este enlace solo sirve en el navegador en el que lo pediste.",
        ),
        LinkStanding.NO_ACCESS: Notice(
            "Ya no estás en la lista", "Quien te supervisa puede decirte más."
        ),
        **dict.fromkeys(
            (LinkStanding.EXPIRED, LinkStanding.GOOD),
            Notice(
                "Este enlace ya no sirve",
                "Un enlace sirve diez minutos. Abre otra vez la solicitud y pide uno nuevo.",
            ),
        ),
    },
    signed_out=Notice(
        "Aquí no has entrado",
        "Abre el enlace de uno de nuestros mensajes y pide allí un enlace para entrar.",
    ),
    people_title="Tus personas",
    asked_title="Esperan tu respuesta",
    to_call_title="Por contactar primero",
    overdue="Va con retraso:",
    walking_title="Acompañas a",
    nobody_yet="A nadie por ahora.",
    devices_title="Dónde has entrado",
    this_device="aquí",
    sign_out="Salir",
    over={
        OfferState.OPEN: Notice(
            "El plazo de esta solicitud ha terminado",
            "Vamos a preguntar a otra persona. Gracias por tu interés.",
        ),
        OfferState.ACCEPTED: Notice(
            "Alguien ya la aceptó, gracias",
            "Alguien dijo que sí a esta solicitud. Si fuiste tú, podemos enviar a tu teléfono un "
            "enlace que te muestra el nombre y cómo comunicarte.",
        ),
        OfferState.DECLINED: Notice(
            "Gracias por avisarnos",
            "Vamos a preguntar a otra persona. Decir que no nunca cuenta en tu contra.",
        ),
        OfferState.EXPIRED: Notice(
            "El plazo de esta solicitud ha terminado",
            "Ya preguntamos a otra persona. No tienes que hacer nada; habrá otras solicitudes.",
        ),
        OfferState.WITHDRAWN: Notice("Esta solicitud fue retirada", "No tienes que hacer nada."),
        OfferState.HANDING_OVER: Notice("Gracias", "Otra persona continuará desde aquí."),
        OfferState.ENDED: Notice("Gracias", "Este apoyo ha terminado. No hay nada más que hacer."),
    },
    closed={
        NoAccess.OFFER_OVER: Notice(
            "Gracias", "Este apoyo ha terminado. No hay nada más que hacer."
        ),
        NoAccess.NEWS_WAITS: Notice(
            "Hay novedades que todavía no hemos procesado",
            "No se cambió nada. Por favor, abre esta página otra vez en unos minutos y no te "
            "comuniques antes. Quien te supervisa puede decirte más.",
        ),
        NoAccess.HELD: Notice(
            "Por favor, espera antes de comunicarte",
            "Alguien del equipo se está ocupando primero. Ahora no tienes que hacer nada. Cuando "
            "termine, esta página te mostrará cómo sigue. Quien te supervisa puede decirte más.",
        ),
        NoAccess.END_REQUESTED: Notice(
            "Por favor, no te comuniques por ahora",
            "La clínica pidió terminar esta solicitud, por eso no mostramos el nombre ni el "
            "número. Termina sola al final del próximo día hábil. Si crees que es un error, "
            "díselo antes a quien te supervisa.",
        ),
        NoAccess.CONSENT_OVER: Notice(
            "Ahora no podemos mostrarte a esta persona",
            "Su consentimiento para compartir contigo su nombre y su número ya no lo cubre. La "
            "clínica puede volver a preguntarle. Hasta entonces, por favor, no te comuniques; "
            "quien te supervisa puede decirte más.",
        ),
        NoAccess.COACH_INACTIVE: Notice(
            "Ahora no figuras como activo o activa",
            "Por eso no te mostramos el nombre ni el número. Por favor, habla con quien te "
            "supervisa, que se ocupa de que nadie se quede esperando.",
        ),
        NoAccess.NO_CREDENTIAL: Notice(
            "Hay que revisar tu credencial",
            "No conocemos ninguna que hoy sea válida donde vive esta persona, por eso no mostramos "
            "el nombre ni el número. Por favor, avisa a quien te supervisa; cuando se renueve, "
            "esta página se abrirá otra vez.",
        ),
        NoAccess.NO_CONTACT: Notice(
            "No tenemos el nombre ni el número",
            "Por favor, abre esta página otra vez en unos minutos. Si sigue diciendo lo mismo, "
            "pregunta a quien te supervisa cómo comunicarte con esta persona.",
        ),
    },
    does_not_fit=Notice(
        "Esta solicitud ya no encaja",
        "Algo cambió desde que te preguntamos: la solicitud, tus horarios o cuántas personas "
        "acompañas. Por favor, pulsa el botón de abajo para que enseguida preguntemos a otra "
        "persona.",
    ),
)
