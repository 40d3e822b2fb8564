"""Words of danger, by class. Recall comes first: a false alarm costs a human glance.

Negation never takes anything away ("I don't want to die" is read by a human too), and nothing
here is ever sent to anybody.
"""

_SELF = r"(?:my ?self|me self|my own self)"
_WANT = (
    r"(?:want|wanna|wanted|wish|going|gonna|ready|better|rather|would|could|should|might|may|plan|"
    r"planning|trying|try|tried|need|deserve|hope|feel like|about|prefer|id|ought|happy|just|"
    r"supposed|praying|pray|hoping|thinking of|thinking about|thoughts of|scared ill|afraid ill)"
)
_SOON = r"(?: \w+){0,3}"
_IT = (
    r"(?:it|it all|this all|all this|all of it|everything|life|this life|my life|"
    r"(?:the|this|my|these|all the) (?:pain|hurt|hurting|suffering|thoughts|voices|head|nightmare))"
)

END_OF_PAIN = (
    rf"(?:make|made|makes|making) {_IT} (?:all |just )?stop",
    rf"(?:want|need|wish|wanted|let|please let|when will|will|wishing|needs) {_IT} "
    r"(?:all |just )?(?:to )?(?:all |just )?(?:stop|end|be over)(?! (?:texting|messaging|sending))",
    r"\bend(?:ing)? (?:it|it all|it tonight|everything|my life|this life|my own life|things|"
    r"the pain|me|my suffering)\b",
    r"no mas (?:dolor|vida)|(?:parar|terminar|acabar|termino|acabo) con "
    r"(?:todo|esto|mi vida|mi sufrimiento|este dolor)|que (?:todo )?(?:pare|termine|acabe) "
    r"(?:todo|ya|el dolor)",
)
"""A stop word that speaks of life itself: looked at as danger, never as an opt-out."""

SELF_HARM = (
    rf"(?:kill|killing|killed|hang|hanging|hung|shoot|shooting|shot|hurt|hurting|harm|harming|cut|"
    rf"cutting|drown|drowning|starve|stab|burn|burning|off|offing|poison|choke|end|slit) {_SELF}",
    r"\b(?:kms|kys|ctb|sh)\b",
    r"suicid\w*|suicide\w*|self ?harm\w*|self ?injur\w*",
    rf"\b{_WANT}{_SOON}(?: to)? (?:die|dying|be dead|dead|be gone|disappear|not exist)\b",
    r"\b(?:die|dying) (?:tonight|today|alone|already|soon|in my sleep|please|right now)\b",
    r"\b(?:ready|want|wanna|going|gonna|need|let me|just) (?:to )?die\b|\bim dead inside",
    r"better off (?:dead|without me|if i)|(?:world|family|kids|everyone|everybody) (?:\w+ )?"
    r"(?:be )?better (?:off )?(?:without me|if i)",
    r"wish i (?:was|were|wasnt|werent|had never been|was never|would|wouldnt|could|couldnt|"
    r"didnt) ?(?:\w+ )?"
    r"(?:dead|gone|never born|born|here|alive|not here|not wake|wake|die|disappear|sleep forever)",
    r"(?:dont|do not|didnt|not|no longer|never|not sure i|cant) (?:want|wanna|wanted|deserve|need|"
    r"care)(?: to| if i| that i| about)*(?: \w+){0,2} (?:live|living|life|alive|be here|wake|exist|"
    r"existing|go on|keep going|be around|breathe|be on this|survive|make it)\b",
    r"(?:cant|cannot|can not|dont want to|couldnt|not able to) (?:go on|keep going|live like|live|"
    r"keep living|keep doing this|keep fighting|carry on|face another|do (?:this|it|life)(?: \w+)?"
    r" ?(?:anymore|any more|no more)|take (?:this|it|life|the pain)(?: \w+)? ?(?:anymore|any more|"
    r"no more))",
    r"(?:no|any|not a|one) (?:reason|point|purpose|hope|will)(?: \w+){0,2} (?:to live|living|live|"
    r"in living|to go on|left|going on|being here|anymore|in going on|alive)",
    r"nothing (?:\w+ )?(?:to live for|left for me|left to live|matters anymore)",
    r"(?:tired|sick|done|finished|through|exhausted|weary) (?:of|with|from|being|trying to)"
    r" (?:living|life|"
    r"being alive|alive|everything|existing|this life|breathing|fighting|it all|live|my life)",
    r"(?:give|giving|gave|given) up(?: \w+)? (?:life|living|everything)",
    r"(?:take|taking|took) my (?:own )?life|my last (?:day|night|text|message|goodbye|words)",
    *END_OF_PAIN,
    r"(?:wont|not going to|not gonna|wouldnt|dont plan to|not) be (?:here|around|alive)"
    r"(?: \w+)? ?(?:tomorrow|anymore|much longer|long|next week|when|by|in the morning|tonight)",
    r"goodbye (?:forever|everyone|world|cruel|to everyone|to my|for good)|(?:say|saying|"
    r"said) (?:my )?goodbyes?|"
    r"saying goodbye|goodbye cruel",
    r"(?:nobody|no one|noone|anyone) (?:would|will|even) (?:\w+ )?(?:miss|notice|care|cry)\b",
    r"sleep (?:forever|and never|and not wake)|never wake up|not wake up|dont wake up",
    r"(?:jump|jumping|jumped) (?:off|from|in front|out)|step in front of|(?:in front of|"
    r"under) (?:a|the) "
    r"(?:train|truck|bus)|drive (?:off|into) (?:a|the)",
    r"noose|(?:my|slit|slitting|cut|cutting) (?:\w+ )?wrists?|gun (?:to|in|at) my|gun in (?:my|"
    r"the)|"
    r"(?:bullet|rope|razor|blade)s?\b|blow my (?:brains|head)|pull the trigger|loaded gun",
    r"(?:goodbye|suicide|last) (?:note|letter)|wrote (?:a|my) note|have a plan to|od on purpose",
    r"gunsign|knifesign|coffinsign|gravesign",
    r"(?:hate|hating) (?:my life|being alive|living|myself so)|worthless|hopeless|"
    r"(?:dont|do not) matter anymore|im a burden|just a burden|burden (?:to|on) (?:everyone|my)",
    # Spanish
    r"\b(?:matar|matare|mato|mate|suicidar|suicide|colgar|ahorcar|cortar|lastimar|herir|disparar|"
    r"envenenar|ahogar|danar)me\b|me (?:quiero|voy a|quisiera|pienso|puedo|podria|deberia|dan "
    r"ganas de|intente|trate de) (?:\w+ )?(?:matar|morir|suicidar|colgar|ahorcar|cortar|lastimar|"
    r"ir "
    r"de este mundo)",
    r"me (?:mato|mate|corto|corte|lastimo|lastime|cuelgo|estoy cortando|hago dano|hice dano)\b|"
    r"hacerme dano|hacerme (?:algo|mal)|me hiciera dano",
    r"(?:quiero|quisiera|prefiero|preferiria|deseo|necesito|ganas de|voy a|merezco|ojala|mejor|"
    r"quise|pienso en|pensando en|pense en|listo para|lista para|mejor me)(?: \w+){0,2} "
    r"(?:morir|morirme|muera|muerta|muerto|muriera|matarme|muero|desaparecer|no despertar|"
    r"no despierte|no existir|dejar de existir|la muerte|irme para siempre|dormir para siempre)",
    r"\b(?:estar|estaria|estuviera|estarian) (?:mejor )?(?:muert[oa]|sin mi)|mejores? sin mi|"
    r"mejor sin mi",
    r"quitarme la vida|quite la vida|me quito la vida|(?:acabar|terminar|termino|acabo|acabe) con "
    r"(?:mi vida|todo|esto|mi sufrimiento|este dolor)",
    r"(?:no|ya no|ni) (?:quiero|deseo|tengo ganas de|puedo|merezco|aguanto|soporto|vale la pena|"
    r"tiene sentido|hay razon|hay motivo|encuentro|le veo|le encuentro)(?: \w+){0,3} (?:vivir|vida|"
    r"existir|vivo|viva|despertar|estar aqui|viviendo|adelante|este mundo|"
    r"seguir(?! (?:recib|con (?:los|sus|estos) |en (?:el|este) ))(?= |$))\b",
    r"(?:ya )?no (?:puedo|aguanto|soporto|doy|puedo con)(?: \w+)? (?:mas|seguir|todo esto|"
    r"esta vida|esto)\b|ya no (?:aguanto|soporto|doy mas)",
    r"(?:cansad[oa]|hart[oa]|aburrid[oa]) de (?:vivir|la vida|esta vida|todo|existir|"
    r"estar viv[oa])",
    r"sin ganas de vivir|sin razon para vivir|nada por que vivir|no vale la pena (?:vivir|seguir)|"
    r"para que (?:vivir|sigo|seguir vivi)",
    r"suicidio|suicida\w*|suicidarme|autolesion\w*|(?:cortarme|cortare|corto) (?:las )?venas|"
    r"las venas",
    r"(?:tirar|tirarme|aventar|aventarme|lanzar|lanzarme|saltar|brincar) (?:\w+ )?(?:del?|al|desde|"
    r"por) (?:\w+ )?(?:puente|edificio|tren|metro|techo|balcon|ventana|carro|azotea)",
    r"(?:pegar|dar|meter)me un (?:tiro|balazo)|un tiro en la|adios (?:para siempre|mundo|a todos)|"
    r"me despido|nota de despedida|carta de despedida|nadie me (?:va a )?(?:extran|extrana)\w*",
    r"que (?:todo )?(?:pare|termine|acabe) (?:todo|ya|el dolor)|no mas dolor|soy una carga|"
    r"odio mi vida|no sirvo para nada|no valgo nada|ojala no (?:hubiera|despierte|estuviera)",
)

_TOOK = (
    r"(?:took|taken|taking|swallowed|popped|drank|used|shot|shot up|snorted|smoked|downed|"
    r"injected|ate)"
)
OVERDOSE = (
    r"overdos\w+|\bod\b|o d ed|accidental od|(?:i|he|she|they|almost|just|nearly) odd\b",
    rf"{_TOOK} (?:\w+ )?(?:too (?:many|much)|way too|a lot of|all (?:my|the|of)|the whole|"
    r"(?:a )?whole bottle|a bunch of|a handful|so many|a ton of|everything i|more than)",
    rf"{_TOOK} (?:\w+ ){{0,2}}\d{{2,}}\b(?! (?:minutes|min|mins|hours|days|weeks|months|years|"
    r"dollars|bucks|miles|steps|people|percent|pages|calls|meetings))",
    r"(?:going|gonna|want|wanna|about|could|will|might|tempted|ready) (?:to )?(?:just )?"
    r"(?:take|swallow|drink) (?:all|the whole|every|a bunch|too many)",
    rf"(?:{_TOOK}|did|had|hit|doing|on) (?:\w+ ){{0,2}}\d+ ?(?:bags?|bars?|blues|points?|hits|"
    r"lines|tabs?|tablets|balls?|shots|bottles|g|beers|drinks|patches)\b",
    r"(?:did|doing|had|drank|used) (?:way )?too (?:much|many)",
    r"\b\d+ ?(?:mg|milligrams|grams?|pills?|percs?|xans?|xanax|oxys?|bundles?|norcos?|vicodin|"
    r"pastillas|gramos|lineas|papeles|tabletas)\b(?! (?:ago|clean|free))",
    r"(?:too much|bad|laced|strong) (?:fent|fentanyl|heroin|dope|meth|coke|pills|xanax|stuff|"
    r"tranq)",
    r"fent(?:anyl)?\b|fetty|tranq\b|carfent\w*",
    r"(?:isnt|not|stopped|barely|cant|hardly|trouble|wont|hard to|cannot|doesnt|aint|no) "
    r"(?:breath\w*)|cant get (?:any )?air|(?:isnt|not|wont|cant|doesnt|cannot) (?:wak\w+|wake up|"
    r"waking up|respond\w*|moving)|cant wake (?:him|her|them|my)",
    r"wont wake|(?:turning|turned|lips|lips are|going|is) blue|unconscious|unresponsive|"
    r"pass(?:ed|ing) out|blacked out|foaming|narcan|naloxone|no pulse|nodding out",
    r"chest (?:pain|hurts|is tight)|heart attack|heart (?:is )?(?:racing|stopping|stopped)",
    r"pillsign pillsign|needlesign",
    # Spanish
    r"sobredosis|(?:tome|tomo|tomado|tomaron|meti|me tome|trague|inyecte|me meti|comi|use|fume|"
    r"tomarme|consumi) (?:\w+ )?(?:much[oa]s?|demasiad[oa]s?|tod[oa]s?|un monton|un bote|un frasco|"
    r"una botella|el frasco|\d+|como \d+|un punado|de mas)(?: \w+){0,3}",
    r"me pase (?:de|con)|se me paso la mano|se le paso la mano",
    r"no (?:puedo |esta |puede )?(?:respir\w+|despiert\w*|reaccion\w+|respond\w+)|"
    r"(?:se puso|esta|labios|poniendo) (?:azul\w*|morad\w+)",
    r"inconsciente|desmay\w+|perdio el conocimiento|dolor (?:de|en el) pecho|infarto|fentanilo",
)

VIOLENCE = (
    r"(?:he|she|they|husband|boyfriend|partner|ex|wife|girlfriend|dad|father|stepdad|mom|brother|"
    r"roommate|guy|man|someone|somebody|bf|gf|hubby|dealer|uncle|son|landlord) (?:\w+ ){0,3}"
    r"(?:hit|hits|hitting|beat|beats|beating|choked|chokes|choking|strangl\w+|punched|punches|"
    r"punching|kicked|kicks|slapped|slaps|slapping|threaten\w*|hurt|hurts|hurting|stabbed|attacked|"
    r"pushed|shoved|grabbed|burned|locked|raped|abus\w+|stalk\w+|following|kill|shoot) (?:me|us|"
    r"my)",
    r"(?:beat|beaten|hit|jumped|attacked|stabbed|shot|raped|threatened|assaulted) (?:me|us)\b|"
    r"(?:being|got|was|been|getting) (?:beat|jumped|beaten|hit|abused|raped|assaulted|attacked|"
    r"stalked|"
    r"stabbed|shot|molested|trafficked|threatened|followed|choked)",
    r"(?:going|gonna|trying|tried|threatened|threatening|wants|will|about|came) (?:to )?(?:kill|"
    r"hurt|"
    r"shoot|stab|beat|murder|find) (?:me|us|him|her|them|my|someone|somebody|everyone|people|you)",
    r"\b(?:kill|shoot|stab|murder) (?:him|her|them|someone|somebody|everybody|everyone|people|"
    r"my \w+|that \w+)\b|hurt (?:him|her|them|someone|somebody|people|my (?:kid|son|wife|ex)\w*)|"
    r"shoot up (?:the|a|my|this)",
    r"scared (?:of (?:him|her|my|what he)|for my (?:life|safety|kids)|he|she|to go home|"
    r"to be home)|"
    r"afraid (?:of (?:him|her|my)|for my|he|she|to go home)|fear for my",
    r"(?:not|dont feel|isnt|never|arent|wasnt|im not|feel un|no longer) ?(?:\w+ )?safe\b|unsafe|"
    r"not a safe|domestic violence|abusive|protective order",
    r"(?:has|have|with|got|pulled|pointing|bought) (?:a |the |my |his )?(?:gun|knife|weapon|"
    r"pistol)|"
    r"raped?\b|molest(?:ed|ing|er|ation)|sexual\w* (?:assault\w*|abus\w*)|kidnap\w*|held hostage|"
    r"locked me in",
    # Spanish
    r"me (?:esta |estan |sigue |quiere |volvio a |acaba de |va a )?(?:peg|golpe|amenaz|ahorc|"
    r"lastim|maltrat|viol|abus|encerr|persig|acos|empuj|pate|agred|apunt)\w+",
    r"me (?:quiere|va a|van a|quieren|iba a|puede) (?:matar|hacer dano|lastimar|pegar)|"
    r"(?:voy a|quiero|lo voy a|la voy a|los voy a) (?:matarl[oa]s?|matar a|matar|lastimar a)",
    r"(?:tengo )?miedo (?:de|a|por|que) (?:el|ella|mi (?:esposo|esposa|marido|pareja|novio|novia|"
    r"ex|papa|padre|padrastro|vida|hijos|hijas|seguridad|casa)|volver|ir a|estar en|llegar|que me)",
    r"no (?:estoy|me siento|estamos|es) (?:a salvo|segur[oa]s?)|violencia|(?:tiene|tengo|con|saco|"
    r"compre) (?:un |una |el |la )?(?:pistola|cuchillo|arma|navaja)|me violaron|violaron|"
    r"abuso (?:de mi|sexual)|secuestr\w+",
)

WITHDRAWAL = (
    r"seizures?|seizing|seized up|convuls\w+|delirium|\bdts\b|the shakes|tremors",
    r"(?:shak\w+|sweat\w+|vomit\w+|throwing up|puking|twitching) (?:\w+ ){0,3}(?:bad|badly|"
    r"uncontrollabl\w+|nonstop|non stop|so much|all night|blood|and cant|for days|since)|cant stop "
    r"(?:shaking|vomiting|throwing up|puking|sweating|twitching)",
    r"(?:in|having|have|through|bad|from|the|alcohol|benzo|severe|my|of) withdrawals?|"
    r"withdrawals?\b|"
    r"withdrawing|dope ?sick|detoxing (?:at home|alone|by myself|on my own)|cold turkey",
    r"hallucinat\w+|seeing things|hearing (?:voices|things)|vomiting blood|coughing (?:up )?blood|"
    r"blood in my",
    # Spanish
    r"convulsi\w+|convulsion\w*|ataques? (?:epilep\w+|de epilepsia|al corazon)|temblando|temblores|"
    r"tiembl\w+|no paro de (?:temblar|vomitar|sudar)|abstinencia|alucin\w+|viendo cosas|"
    r"oigo voces|oyendo voces|escucho voces|vomit\w+ sangre|la malilla|malilla|"
    r"sin parar de vomitar",
)

DANGER = (
    r"\b(?:911|988|112)\b|nine one one|ambulance|\bemergency\b|\ber\b(?= |$)(?: now| right)|"
    r"call (?:the )?(?:police|cops|an ambulance)|im in danger|in danger\b|save me|"
    r"please hurry|im dying|i am dying|going to die|gonna die|bleeding (?:out|a lot|bad|badly|to)",
    r"ambulancia|\bemergencia\b|(?:en|mucho|corro) peligro|peligro|llam(?:a|e|en) (?:a )?(?:la "
    r")?(?:policia|ambulancia)|auxilio|socorro|me muero|me estoy muriendo|se esta muriendo|"
    r"sangrando|desangr\w+|ayuda urgente",
)
