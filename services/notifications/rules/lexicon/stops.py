"""How people say that texts shall end."""

from services.notifications.rules.lexicon.lists import phrases, words

FILLERS = words(
    """
    please pls plz now thanks thx ok okay hi hey hello sir maam sorry just alongside
    immediately already right asap yes yeah lol and
    por favor porfa porfavor gracias ya ahora hola buenas disculpe perdon oye mismo
    """
)
"""Words that change nothing around a keyword: "please STOP now"."""

STOP = phrases(
    """
    stop, stopall, stop all, stop everything, quit, end, revoke, optout, opt out, opt me out,
    cancel, cancel all, cancel everything, cancelar todo, no texts, no text, no messages, no sms,
    unsubscribe, unsub, remove, remove me, stop stop, stop stop stop,
    no more, block me, cease, desist, cease desist, discontinue, arret, alto, parar, cancelar,
    basta, no mas, pare, paren, para, parale, parenle, baja, salir, quitar, detener, cancelen,
    cancela, cancele, desuscribir, alto alto, basta basta
    """
)
"""As the whole text (beside fillers), these end all texts: 47 CFR 64.1200(a)(10), the words that
carriers catch, and what the rules call any reasonable wording."""

FIRM_STOP = phrases("stop, stopall, unsubscribe, unsub, optout, basta, paren")
"""Of these, one left over in a text that nothing else explains still counts as a stop."""

STOP_IN_A_HALF_SENTENCE = FIRM_STOP | phrases(
    """
    stop all, stop everything, opt out, opt me out, remove me, stop stop, stop stop stop, cancelen,
    alto, no mas, parenle
    """
)
"""These end all texts also as a half-sentence of their own in a longer text; what else is in
`STOP` is there only a likely stop ("I am sick today, cancel")."""

UNSURE_STOP = phrases(
    """
    stop it, stop this, stop that, cancel it, cancel this, end this, enough, enough already,
    go away, get lost, shut up, fuck off, f off, piss off, i want to stop, i want to quit,
    i want out, i quit, i want to cancel, i would like to stop, i would like to cancel,
    i need to cancel, want to stop, not interested, im not interested, no longer interested,
    quiero parar, quiero cancelar, quiero salir, quiero salirme, larguense, no me interesa,
    no me interesan, no estoy interesado, no estoy interesada, ya no, ya estuvo, no quiero nada,
    no quiero, ya no quiero, i dont want this, no longer needed, no lo quiero
    """
)
"""Most likely a stop: texts end, and a human reads it."""

_FILL = (
    "(?:all|the|these|those|this|your|any|of|it|me|us|with|damn|fucking|freaking|stupid|annoying|"
    "automated|auto|getting|receiving|sending|to|from|please|random|spam|my|more|future|further|"
    "such|kind|out|here|dumb|daily|so|many|you|guys|ever|again)"
)
_NAG = (
    "(?:texting|messaging|sending|contacting|calling|writing|spamming|bothering|bugging|harassing|"
    "annoying|pinging|emailing|blowing up|hitting me up|reaching out|talking to me|"
    "communicating|communication|text|message|messages|texts|sms|notifications|alerts|reminders|"
    "subscription|spam|contact|communications|all contact|writing me|sending me|(?:receiving|"
    r"getting) (?:these|this|those|them|your)(?= text| message|$))"
    r"(?! (?:in|with|to|from)? ?(?:him|her|them|people|that|those|a|my (?!phone|number|cell)))"
)
_OURS = (
    r"(?:(?: (?:of|your|the|this|ur|that|any|these|all|calling|text|texting|mailing|contact|call|"
    r"whatever|damn|stupid|message))* (?:list|lists|texts|messages|thing|chain|group|system|"
    r"database|service|program))"
)
_NOT_BY_OTHERS = (
    r"(?<!\bi )(?<!we )(?<!they )(?<!he )(?<!she )(?<!kids )(?<!friends )(?<!people )(?<!family )"
    r"(?<!why )(?<!if you )"
)

_ENGLISH = (
    r"(?:stop|quit|cease|end|cancel|discontinue|no more|turn off|unsubscribe from)"
    rf"(?: {_FILL})* {_NAG}",
    rf"(?:take|get|keep|leave) (?:me|us|my number|my name|this number) (?:off|out)(?:{_OURS}|$)",
    rf"(?:remove|delete|unsubscribe|unenroll|opt|take|get) (?:me|us|my name|my number) "
    rf"(?:out|from|off)(?: of)?(?:{_OURS}|$| (?:this|here|it|please)$)",
    r"(?:please |pls )?remove (?:me|us)(?= please|$)|(?:please|pls) (?:remove|delete)$",
    r"unsubscribe me|unsubscribe us|delete me|opt me out|opt out|opting out|optout|unsubscribe|"
    r"unsub\b",
    r"(?:remove|delete|erase|drop|block) (?:my|this) (?:number|phone|cell|name|info|contact)|"
    r"(?:lose|forget) (?:my|this) (?:number|contact)",
    r"off (?:of )?(?:your|the|this) (?:text |texting |contact |mailing |call )?list",
    rf"{_NOT_BY_OTHERS}(?:do not|dont|never|dont you) (?:ever |dare )?"
    r"(?:text|message|contact|call|write|msg|sms|bother|email|send|disturb|harass)"
    r" (?:me|us|this|here|again|anymore|any more|no more|ever|anything|my (?:phone|number|cell))",
    r"(?:please |pls )(?:do not|dont|never) (?:text|message|contact|call|write|"
    r"bother)(?: or \w+)?$",
    r"^(?:do not|dont|never) (?:text|message|contact|call|write|bother|disturb)$",
    r"(?:^|please |just |pls |and |now |so |you to |you |yall |fucking )leave (?:me|us) "
    r"(?:the \w+ )?(?:\w+ )?(?:alone|be$)",
    r"(?:dont|do not|no longer|didnt|did not|never|not|rather not|prefer not|would not|wouldnt) "
    r"(?:want|wish|need|ask|asked|agree|agreed|consent|sign|signed|subscribe|wanna|care|"
    r"interested|approve|get|receive|be|have|authorize|request|requested|like)"
    r"(?: (?:to|for|any|more|these|the|your|this|get|getting|receive|receiving|be|you|in|of|up|"
    r"have|all|from|it|sending|me|with|ur|getting))*"
    r" (?:texts|text|texting|messages|messaging|messaged|texted|contacted|sms|"
    r"notifications|communication|communications|spam|anymore from you|"
    r"hear from|hear from you|alerts)(?! (?:back|reminder))",
    r"(?:dont|do not|no longer) (?:want|wanna|need) (?:to be )?(?:contact|called|contacted|"
    r"this service|your service|bothered)",
    r"(?:rather|prefer)(?: (?:that|if|you|u))* (?:didnt|dont|not|no|stop|wouldnt)"
    r"(?: (?:to|get|send|receive|me|any|be|you))* (?:text|texts|texting|messages|message|contact|"
    r"contacted|texted|messaging)",
    r"(?:dont|do not) (?:want|wanna) (?:to )?(?:hear from|talk to) (?:you|yall|this|alongside)",
    r"(?:dont|do not) want anything (?:from|to do with) (?:you|this|alongside)",
    r"(?:revoke|withdraw|take back|cancel) (?:all )?(?:my|the) (?:consent|permission)",
    r"(?:told|asked|want|need|begging|telling|asking) (?:you|you guys|you people|all of you) "
    r"(?:guys |people |all )?to (?:please |just )?(?:stop|quit)$",
    r"you (?:guys |people |all )?(?:need to|have to|must|should|better) (?:please )?(?:stop|quit)$",
    r"\bi (?:already |just )?(?:said|say|typed|wrote|text|texted|send|sent|reply|replied|put|"
    r"told you|did) (?:you )?(?:to )?stop(?! (?:using|drinking|smoking|by))",
    r"you (?:may|can|should|must) not (?:contact|text|call|message)|i want off|"
    r"(?:^|please |pls )no (?:more )?(?:texts|messages|texting|sms|text|msgs)(?: please| thanks)?$",
    r"(?:dont|didnt|did not|never|not) (?:\w+ )?(?:sign|signed|signing|subscribe|ask|"
    r"asked) (?:up )?"
    r"(?:for|to) (?:this|these|any of this|that|get this)$|turn (?:this|these|it|them) off|"
    r"(?:dont|not|no longer) (?:\w+ )?(?:want|wish|like|care) to (?:participate|be part|take part)|"
    r"this is (?:harassment|spam)|cease and desist|reported? (?:you|this|this number) (?:as|"
    r"for) spam",
)

_WRITE_ME = (
    r"(?:escriban|escriba|escribas|manden|mande|mandes|envien|envie|envies|contacten|contacte|"
    r"contactes|llamen|llame|llames|molesten|moleste|molestes|texteen|textee|textees|busquen|"
    r"mensajeen|esten escribiendo|esten mandando|esten molestando)"
)
_WRITING = (
    r"(?:escribir|mandar|enviar|molestar|textear|contactar|llamar|joder|chingar|fastidiar|"
    r"mensajear)"
)
_TEXTOS = (
    r"(?:mensajes|mensaje|mensajitos|textos|texto|sms|notificaciones|llamadas|suscripcion|"
    r"recordatorios|avisos|msj|msjs)"
)
_SPANISH = (
    rf"no (?:me|nos) (?:vuelvan a |vuelva a |vuelvas a )?(?:{_WRITE_ME}|{_WRITING}|hablen|hables)"
    r"\b(?! (?:mal|feo|asi))",
    r"no (?:me|nos) (?:sigan|siga|sigas) "
    r"(?:escribiendo|mandando|enviando|molestando|llamando|contactando|texteando)",
    rf"(?:^|ya |favor |gracias )no {_WRITE_ME}\b",
    rf"(?:favor|porfavor|pido|pedimos|ruego|solicito)(?: de)? (?:ya )?no (?:{_WRITING}|recibir)",
    rf"no (?:quiero|deseo|necesito|acepto|quisiera|pedi|autorizo|autorice|gusta|interesan)"
    r"(?: (?:mas|recibir|que|me|los|sus|tus|estos|esos|de|ustedes|ningun|seguir|recibiendo|tener|"
    r"ni|otro|otros|tantos|la|las|ya|nada|sigan|siga|sigas|mandando|enviando|escribiendo|llegue|"
    rf"lleguen))* (?:{_TEXTOS}|contacto|ustedes|manden|escriban|contacten|llamen|envien|mandando|"
    r"enviando|escribiendo)",
    r"no quiero que me (?:llegue|lleguen|manden|envien|escriban)",
    r"no (?:quiero|deseo) (?:ser|estar) (?:contactad[oa]|molestad[oa])|"
    r"no (?:quiero|deseo) (?:mas )?(?:contacto|saber nada|nada) (?:con|de) (?:ustedes|usted)",
    rf"(?:no mas|basta de|alto a|alto con|paren|pare|dejen|deje|cancelar|cancelen|cancele|"
    r"cancela|detengan|detener|suspendan|suspender|eliminar|quitar|parar|terminar|terminen|"
    r"anular|desactivar|ya no|sin mas)"
    r"(?: (?:de|con|los|las|la|el|estos|esos|sus|tus|todos|todo|mas|quiero|recibir|mandar|enviar|"
    rf"mandarme|enviarme))* {_TEXTOS}",
    rf"(?:dejen|paren|parenle|dejad) de {_WRITING}(?:me|nos)?|"
    rf"(?:deje|deja|dejes|pare|para|basta|ya) de {_WRITING}(?:me\b|nos\b|$| (?:mensajes|textos|"
    rf"mas|tantos))|"
    r"(?:quiero|quisiera) dejar de recibir",
    r"(?:^|ya |favor |que |mejor )dej(?:en|e|a|ad|es)(?:me|nos) (?:ya )?(?:en paz|tranquil[oa]|"
    r"sol[oa]|quiet[oa])",
    r"(?:borr|quit|sac|saqu|elimin|remuev|retir)(?:en|e|a|ar|ad|uen|ue|enme|eme|ame|arme|uenme|"
    r"ueme) "
    r"(?:mi numero|mi nombre|mis datos|este numero|de (?:la|su|tu|esta|sus|las) (?:lista|listas|"
    r"base|sistema))",
    r"(?:borrenme|borrame|quitenme|quiteme|saquenme|eliminenme|eliminame|borreme)(?: ya| por favor|"
    r" de aqui)?$",
    r"(?:darme|dame|denme|deme|me doy|quiero|dar) (?:la |de )?baja",
    r"ya basta(?! de)|basta ya(?! de)|ya no mas|no mas ya|ya dejen$|ya parenle|ya paren|ya parale|"
    r"ya dejenme",
    r"no quiero estar en (?:la|esta|su|ninguna) lista|(?:salir|salirme) de (?:la|esta|su) lista",
    r"desuscribir|desuscribirme|(?:cancelar|cancelen|cancele|borren) (?:la|mi) (?:suscripcion|"
    r"registro|cuenta|numero)|anular (?:la|mi) suscripcion",
    rf"(?:quiero que|les pido que|te pido que|le pido que) (?:ya )?(?:paren|dejen|pares|dejes|pare|"
    rf"deje)(?:$| de {_WRITING}(?:me)?)",
    r"(?:retiro|revoco|cancelo|quito) (?:mi|el) (?:consentimiento|permiso|autorizacion)",
)

STOP_PHRASES = (*_ENGLISH, *_SPANISH)
"""As part of a text these end all texts; held against the whole text and each half-sentence."""

UNSURE_PHRASES = (
    r"(?:why (?:are|do|would) you|who gave you|where did you get|how did you get) "
    r"(?:keep |still |my )?(?:texting|messaging|calling|number|text)",
    r"(?:want|need) (?:this|these|them|you) to stop|im ready to stop getting",
    r"(?:text|message|call|contact) me (?:again|one more time) (?:and|or) (?:i|ill|im)\b",
    r"why do i (?:keep|still) (?:get|getting)|who keeps (?:texting|messaging)|tired of (?:these|"
    r"your|the|getting) (?:texts|messages)|sick of (?:these|your|the) (?:texts|messages)|"
    r"too many (?:texts|messages)|annoying (?:texts|messages)",
    r"no longer (?:interested|need|want)|not interested|(?:would|id) like to (?:cancel|opt)",
    r"(?:como|de donde|quien les dio|quien te dio) (?:consiguieron|sacaron|tienen|mi) "
    r"(?:mi )?(?:numero|telefono)",
    r"por que me (?:escriben|escribes|mandan|mandas|llaman|molestan)|no me interesan?|"
    r"hart[oa] de (?:sus|los|estos|tantos) (?:mensajes|textos)",
)
"""Anywhere in a text: texts end, and a human reads it."""
