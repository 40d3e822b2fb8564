"""How people say that texts shall end."""

from services.notifications.rules.lexicon.lists import phrases, words

FILLERS = words(
    """
    please pls plz now thanks thx ok okay hi hey hello sir maam sorry just alongside
    immediately already right asap today yes yeah lol and
    por favor porfa porfavor gracias ya ahora hola buenas disculpe perdon oye mismo
    """
)
"""Words that change nothing around a keyword: "please STOP now"."""

STOP = phrases(
    """
    stop, stopall, stop all, stop everything, quit, end, revoke, optout, opt out, opt me out,
    cancel, cancel all, unsubscribe, unsub, remove, remove me, stop stop, stop stop stop,
    no more, arret, alto, parar, cancelar, basta, no mas, pare, paren, para, parale, parenle,
    baja, salir, quitar, detener, cancelen, cancela, cancele, desuscribir, alto alto, basta basta,
    """
)
"""As the whole text (beside fillers), these end all texts: 47 CFR 64.1200(a)(10), the words that
carriers catch, and what the rules call any reasonable wording."""

FIRM_STOP = phrases(
    """
    stop, stopall, unsubscribe, unsub, optout, basta, paren,
    """
)
"""Of these, one left over in a text that nothing else explains still counts as a stop."""

HALF_SENTENCE_STOP = STOP - {"end", "remove", "para", "baja", "salir", "pare", "revoke", "parar"}
"""These end all texts also as a half-sentence of their own in a longer text."""

UNSURE_STOP = phrases(
    """
    stop it, stop this, stop that, cancel it, cancel this, end this, enough, enough already,
    go away, get lost, shut up, fuck off, f off, piss off, i want to stop, i want to quit,
    i want out, i quit, i want to cancel, i would like to stop, i would like to cancel,
    i need to cancel, want to stop, not interested, im not interested, no longer interested,
    quiero parar, quiero cancelar, quiero salir,
    quiero salirme, larguense, no me interesa, no estoy interesado, no estoy interesada, ya no,
    ya estuvo, bye,
    """
)
"""Most likely a stop: texts end, and a human reads it."""

_FILL = (
    "(?:all|the|these|those|this|your|any|of|it|me|us|with|damn|fucking|freaking|stupid|annoying|"
    "automated|auto|getting|receiving|sending|to|from|please|random|spam|my|more|future|further|"
    "such|kind|out|here)"
)
_NAG = (
    "(?:texting|messaging|sending|contacting|calling|writing|spamming|bothering|bugging|harassing|"
    "annoying|pinging|emailing|blowing up|hitting me up|reaching out|talking to me|communicating|"
    "communication|text|message|messages|texts|sms|notifications|alerts|reminders|subscription|"
    "spam|contact|communications|all contact|writing me|sending me|(?:receiving|"
    "getting) (?:these|this|those|them|your)(?= text| message|$))"
)
_NOT_BY_OTHERS = (
    r"(?<!\bi )(?<!we )(?<!they )(?<!he )(?<!she )(?<!kids )(?<!friends )(?<!people )(?<!family )"
)

STOP_PHRASES = (
    r"(?:stop|quit|cease|end|cancel|discontinue|no more|turn off|unsubscribe from)"
    rf"(?: {_FILL})* {_NAG}",
    r"(?:take|get|keep|leave) (?:me|us|my number|my name|this number) (?:off|out of)"
    r"(?! (?:my|these|those|the) (?:meds|medicine|medication|pills))",
    r"(?:remove|delete|drop|unsubscribe|unenroll|opt|sign) (?:me|us) (?:out|from|off)",
    r"unsubscribe me|unsubscribe us|delete me|opt me out|opt out|opting out|optout|unsubscribe|"
    r"unsub",
    r"(?:remove|delete|lose|erase|forget|drop|block) (?:my|this|the) "
    r"(?:number|phone|cell|name|info|contact|contact info)",
    r"off (?:of )?(?:your|the|this) (?:text |texting |contact |mailing |call )?list",
    rf"{_NOT_BY_OTHERS}(?:do not|dont|never) (?:ever )?(?:you )?"
    r"(?:text|message|contact|call|write|msg|sms|bother|email|hit|send|disturb|harass)"
    r" (?:me|us|this|here|again|anymore|any more|no more|ever|anything|my (?:phone|number|cell))",
    r"(?:please |pls )(?:do not|dont|never) (?:text|message|contact|call|write|bother)",
    r"^(?:do not|dont|never) (?:text|message|contact|call|write|bother|disturb)$",
    r"(?<!wont )(?<!never )(?<!doesnt )(?<!didnt )(?<!they )leave (?:me|us) (?:the \w+ )?"
    r"(?:alone|be\b)",
    r"(?:dont|do not|no longer|didnt|did not|never|not) "
    r"(?:want|wish|need|like|ask|asked|agree|agreed|consent|sign|signed|subscribe|wanna|care|"
    r"interested|approve)"
    r"(?: (?:to|for|any|more|these|the|your|this|get|getting|receive|receiving|be|you|in|of|up|"
    r"have|all|from|that|it|sending|me|with|ur))*"
    r" (?:texts|text|texting|messages|message|messaging|messaged|texted|contacted|called|sms|"
    r"notifications|contact|communication|communications|reminders|spam|anymore from you|"
    r"hear from|service|alerts)",
    r"(?:dont|do not) (?:want|wanna) (?:to )?(?:hear from|talk to) (?:you|u|yall|this|alongside)",
    r"(?:dont|do not) want anything (?:from|to do with) (?:you|this|alongside)",
    r"(?:revoke|withdraw|take back|cancel) (?:all )?(?:my|the) (?:consent|permission)",
    r"(?:told|asked|want|need|begging|telling|asking|said) (?:you|u|yall|you guys|you people)"
    r"(?: \w+){0,3} to (?:stop|quit)",
    r"you (?:need to|have to|must|should|better|can|guys can|all need to) (?:please )?(?:stop|quit)"
    r"(?! (?:drinking|using|smoking))",
    r"\bi (?:already )?(?:said|say|typed|wrote|text|texted|send|sent|reply|replied|put|told you|"
    r"did) "
    r"(?:you )?(?:to )?stop",
    # Spanish
    r"no (?:me|nos) (?:vuelvan a |vuelva a |vuelvas a |sigan |siga |sigas )?"
    r"(?:escriban|escriba|escribas|escribir|manden|mande|mandes|mandar|envien|envie|envies|enviar|"
    r"contacten|contacte|contactes|contactar|llamen|llame|llames|llamar|molesten|moleste|molestes|"
    r"molestar|texteen|textee|textees|textear|hablen|hable|hables|busquen|busques|mensajeen|"
    r"escribiendo|mandando|enviando|molestando|llamando)",
    r"no (?:quiero|deseo|necesito|acepto|quisiera|pedi|autorizo|autorice)"
    r"(?: (?:mas|recibir|que|me|los|sus|tus|estos|esos|de|ustedes|ningun|seguir|recibiendo|tener|"
    r"ni|otro|otros|tantos|la|las|ya|nada|esos))*"
    r" (?:mensajes|mensaje|textos|texto|sms|notificaciones|llamadas|contacto|ustedes|manden|"
    r"escriban|contacten|llamen|envien)",
    r"(?:no mas|basta de|alto a|alto con|paren|paren de|pare|dejen|deje|cancelar|cancelen|cancele|"
    r"cancela|detengan|detener|suspendan|suspender|eliminar|quitar|parar|terminar|terminen|"
    r"anular|desactivar|ya no|sin mas|ni un|ni una)"
    r"(?: (?:de|con|los|las|la|el|estos|esos|sus|tus|todos|todo|mas|quiero|recibir|mi|a|me))*"
    r" (?:mensajes|mensaje|mensajitos|textos|texto|sms|notificaciones|llamadas|suscripcion|"
    r"recordatorios|avisos)",
    r"(?:dejen|deje|deja|dejad|dejes|paren|pare|para|parenle|basta|quiero dejar|quisiera dejar|"
    r"ya) de (?:escribir|mandar|enviar|molestar|textear|contactar|llamar|joder|chingar|fastidiar|"
    r"recibir|buscar|mensajear)(?:me|nos)?",
    r"dej(?:en|e|a|ad|es)(?:me|nos) (?:en paz|tranquil[oa]|sol[oa]|quiet[oa])",
    r"(?:borr|quit|sac|elimin|remuev|retir)(?:en|e|a|ar|ad|uen|ue|ueme|uenme|enme|eme|ame|arme)"
    r"(?: (?:me|mi numero|mi telefono|mi nombre|mis datos|de (?:la|su|tu|esta|sus) "
    r"(?:lista|listas|base)|este numero|de aqui))",
    r"(?:borrenme|borrame|quitenme|quitame|quiteme|saquenme|sacame|saqueme|eliminenme|eliminame)"
    r"(?! (?:el dolor|la vida|esto|las ganas))",
    r"(?:darme|dame|denme|deme|me doy|quiero|dar) (?:la |de )?baja",
    r"ya basta|basta ya|ya no mas|no mas ya|ya dejen|ya parenle|ya paren|ya parale|ya dejenme",
    r"desuscribir|desuscribirme|cancelar (?:la|mi) suscripcion|anular (?:la|mi) suscripcion",
    r"(?:quiero que|les pido que|te pido que|le pido que) (?:paren|dejen|pares|dejes|pare|deje)"
    r"(?! de (?:tomar|beber|fumar|consumir))",
    r"(?:retiro|revoco|cancelo|quito) (?:mi|el) (?:consentimiento|permiso|autorizacion)",
)
"""Anywhere in a text these end all texts."""

UNSURE_PHRASES = (
    r"(?:why (?:are|do|would) you|who gave you|where did you get|how did you get) "
    r"(?:keep |still |my )?(?:texting|messaging|calling|number|text)",
    r"want (?:this|these|them) to stop",
    r"ready to stop getting",
    r"(?:como|de donde|quien les dio|quien te dio) (?:consiguieron|sacaron|tienen|mi) "
    r"(?:mi )?(?:numero|telefono)",
    r"por que me (?:escriben|escribes|mandan|mandas|llaman|molestan)",
)
"""Anywhere in a text: texts end, and a human reads it."""
