"""Short forms, slips of the thumb, and real words that must not be taken for a slip."""

from services.notifications.rules.lexicon.lists import words

SIGNS = {
    "🛑": "stop",
    "#": "number",
    "👎": "thumbsdown",
    "👍": "thumbsup",
    "💊": "pillsign",
    "💉": "needlesign",
    "🔫": "gunsign",
    "🔪": "knifesign",
    "⚰": "coffinsign",
    "🪦": "gravesign",
}
"""Signs that say something of their own; every other emoji only separates."""

_NO_NAMES = (
    r"(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|"
    r"August|September|October|November|December|Mexican|American|Christian|Catholic|Spanish|"
    r"English|Jewish|Muslim|Latin|Hispanic|Black|White|Native|God|Ok|Sure|Good|Fair|Easy|Dios)"
)
DENIED_NAME = (
    r"(?:\b[Ii](?:['’]?m| am) not|\b[Tt]his (?:is not|isn['’]?t)|\b[Nn]ame (?:is not|isn['’]?t)|"
    r"\b[Nn]o soy|\bning[uú]n[oa]?|\b[Tt]here(?: is|['’]?s) no|\bnamed|\bllamad[oa]|\bconozco a|"
    rf"\bdon['’]?t know (?:a|any))\s+{_NO_NAMES}(?P<name>[A-Z][a-zà-ü]{{2,}})\b"
    r"(?=\s*(?:[^\w\s]|$|here|at this))"
    rf"|^\W*{_NO_NAMES}(?P<first>[A-Z][a-zà-ü]{{2,}})(?= (?:doesn['’]?t live|does not live|"
    r"no longer|never lived|changed (?:his|her)))"
)
"""Where a text as typed denies a name; the name is read as `namesign`."""

ALIASES = {
    "hes": "he is",
    "shes": "she is",
    "theyre": "they are",
    "youre": "you are",
    "frm": "from",
    "abt": "about",
    "bout": "about",
    "gona": "gonna",
    "sendin": "sending",
    "textin": "texting",
    "dyin": "dying",
    "livin": "living",
    "u": "you",
    "ur": "your",
    "r": "are",
    "yall": "you",
    "txt": "text",
    "txts": "texts",
    "txting": "texting",
    "texing": "texting",
    "msg": "message",
    "msgs": "messages",
    "msging": "messaging",
    "mesaging": "messaging",
    "mssg": "message",
    "pls": "please",
    "plz": "please",
    "plss": "please",
    "dnt": "dont",
    "dony": "dont",
    "wana": "wanna",
    "sotp": "stop",
    "stpo": "stop",
    "stp": "stop",
    "st0p": "stop",
    "5top": "stop",
    "sto": "stop",
    "stpp": "stop",
    "tsop": "stop",
    "stopppp": "stop",
    "unsubscibe": "unsubscribe",
    "unsuscribe": "unsubscribe",
    "unsubcribe": "unsubscribe",
    "num": "number",
    "nums": "number",
    "someones": "someone is",
    "kil": "kill",
    "kll": "kill",
    "killin": "killing",
    "unalive": "kill",
    "unaliving": "killing",
    "unlive": "kill",
    "myslf": "myself",
    "mysef": "myself",
    "meself": "myself",
    "suiside": "suicide",
    "suacide": "suicide",
    "sewerslide": "suicide",
    "suicde": "suicide",
    "sucidal": "suicidal",
    "suidical": "suicidal",
    "suiciadl": "suicidal",
    "sui": "suicide",
    "ovrdose": "overdose",
    "overdoes": "overdose",
    "oded": "overdosed",
    "oding": "overdosing",
    "anymor": "anymore",
    "nomore": "no more",
    "nomas": "no mas",
    "x": "por",
    "xfa": "por favor",
    "q": "que",
    "k": "que",
    "tmb": "tambien",
    "sms": "sms",
    "mensages": "mensajes",
    "mensaje": "mensaje",
    "esriban": "escriban",
    "numeor": "numero",
    "nro": "numero",
    "suisidio": "suicidio",
    "suisidarme": "suicidarme",
    "kiero": "quiero",
    "qiero": "quiero",
    "kiten": "quiten",
    "bastaa": "basta",
    "vasta": "basta",
    "arreter": "arret",
}
"""What a token means, before anything else is tried; the value may be several words."""

MENDED = words(
    """
    stop quit unsubscribe cancel remove delete texting messaging message messages sending
    contacting bothering harassing spamming calling number wrong alone leave anymore receive
    receiving subscription notifications subscribe consent permission
    kill killing myself suicide suicidal suicides overdose overdosed overdosing breathing breathe
    unconscious unresponsive seizure seizures convulsions withdrawal withdrawals hallucinating
    hallucinations threatened threatening strangled choked raped goodbye forever hopeless worthless
    living bridge bleeding ambulance emergency razor wrists pills fentanyl narcan vomiting shaking
    husband boyfriend scared afraid danger disappear
    alto basta parar cancelar escriban escriba escribir manden envien contacten llamen molesten
    mensajes mensaje textos dejen dejenme dejame borrenme quitenme saquenme numero equivocado
    equivocada incorrecto incorrecta quiero
    suicidarme suicidio matarme morirme morir vivir cortarme aguanto sobredosis pastillas
    convulsiones temblando alucinando inconsciente ambulancia emergencia peligro muerto muerta
    desaparecer cansado cansada abstinencia amenaza golpea
    """
)
"""The words that a slip of the thumb is mended towards. Every other word stays as typed."""

REAL_WORDS = words(
    """
    step steps shop shops slop stow spot swop strop stops top atop store stock story stuff
    quiet quite quilt quip suit quits bit unit
    will bill fill hill mill pill till skill skills kilt kills killed ill dill chill still krill
    next test tests tent tested testing tex textbook taxi
    also auto ally all halt salt malta alta altos
    pasta gasta hasta vasta
    bajo baje caja paja hija bajar bajas
    wring wrung prong strong along alone clone lone leaves leaving heave lease weave learn
    please pleased pleases peace place plead lumber numbers numbed member
    removed remover remote move leaving living loving having writing waiting riding reading
    sending ending spending lending mending bending massage massages message
    meeting eating heating being bring calling falling called callings calls balling rolling
    number contacts content contract interest interested interesting dying lying trying flying
    drying crying buying tying doing going coming dining during taking making talking walking
    tomorrow someone something nothing anything everything think thing things thinking
    never ever even every very clever fever lever seven eleven sever
    night right light might fight eight sight tight weight height
    there their where here these those thesis three
    friend friends fried fiend family
    about above abuse abused abusing amuse bout
    hurts hurting hunting hurling hurry heart hears result hard
    shoot shoots short shot shout should shook shooting sharing
    bridge bride bridges
    drink drinks drinking drunk drank
    pills pulls polls hills bills fills kills
    write writes wrote white while
    voice choice price prince
    breath breathe breathing bread break breaking
    sleep asleep sleeping slept steep
    scared scarred scares shared cared stared scary
    threat treat treats threats treating
    beats beast boats bears beating
    hands stand standing sands
    alive olive alike live lives lived
    going giving goings doing
    matar mata matan mate mapa madre mamar matas
    morir mori moria muero muerto muerta vivir vivo
    tomar tomo tomas toma tomando como comer tener
    llamar llama llaman llamo calle lleva llevar
    parar para paro pare padre parto parte parque barato paran
    parece pared parado quitar quita quito quiere quieren quiero
    dejar deja dejo deje dejan debe deben bajar
    mensaje mensajes menos mesa meses
    numero numeros nunca
    persona personas perdona
    ataque ataques taquitos
    pegar pega pego pagar paga pago pegue
    golpe golpes
    miedo medio medios miedos
    arma armas alma almas cama carma
    cortar corta corto corte carta cartas
    bien buen bueno buena
    peligro
    segura seguro seguir sigue
    hablar habla hablo hablan
    enviar envia envio
    cancela cancelo cancion canciones
    salir sale salgo salud sali
    estoy esta este estos estas esto
    todos todo toda todas
    molestan molesta escriben escribe mandan manda llaman envian contactan escribes llamas
    pending scaled filling removes removed thank thanks clear clean deleted deletes parts points
    rights others receiver received receives stat star start noise policy older order other
    services service
    """
)
"""Real words one slip away from a word of the lexicon; they stay what they are."""
