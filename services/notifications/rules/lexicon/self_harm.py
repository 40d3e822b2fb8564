"""Words of wanting to die or of hurting oneself, in English and Spanish.

Recall comes first: a false alarm costs a human glance. Negation never takes anything away
("I don't want to die" is read by a human too), and nothing here is ever sent to anybody.
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
    r"(?:life|living|it all|this|being here|any of this) (?:isnt|is not|aint|not|is no longer|is) "
    r"(?:really )?(?:worth|meaningless|pointless)|worth living|not worth it anymore|"
    r"(?:my )?life is (?:over|pointless|meaningless|nothing|hell)|out of this (?:life|world)",
    r"(?:whats|what is|no|the) point (?:of|in|to|anymore|any more)|pointless to|"
    r"nothing (?:\w+ )?matters|no future|dont see a (?:future|way)|no way out|only way out",
    r"(?:reason|reasons|strength|energy|will|want) to (?:\w+ )?(?:live|go on|keep going|stay alive|"
    r"be alive|wake up|carry on|continue|keep living|exist|keep fighting)",
    r"better off (?:gone|not here|not being)|better if i (?:was|were|wasnt|werent|died|just|left)|"
    r"id been born|never been born|never born",
    r"\b(?:i|im|ill|id|me|my) (?:\w+ ){0,5}(?:die|dying|death|suicide)\b|"
    r"\b(?:think|thinking|thoughts|thought|dream|dreaming|obsessed|about) (?:\w+ )?(?:about |of |"
    r"with )?"
    r"(?:death|dying)\b",
    r"\bi (?:\w+ )?(?:cant|cannot|can not|dont think i can) (?:\w+ ){0,3}(?:do|take|go on|handle|"
    r"stand|"
    r"live|fight|bear|deal|cope|hold on|be here|function|face|survive|keep|stay) ?(?:\w+ ){0,4}"
    r"(?:anymore|any more|any longer|no more)|cant anymore|cant no more|"
    r"\b(?:over|done with|done fighting|had enough of) (?:it all|life|living|everything|fighting)",
    r"\bi (?:\w+ )?(?:give|gave|am giving|giving|want to give) up\b(?! (?:smok|drink|alcohol|"
    r"weed|my|the|"
    r"soda|coffee|sugar|on the|on him|on her))|i(?:m| am) (?:\w+ )?giving up\b",
    r"(?:overwhelming|constant|dark|bad|scary|those) thoughts|in a (?:\w+ )?dark place|"
    r"dont (?:\w+ )?trust myself|(?:hurt|hurting|harm) (?:\w+ )?myself|not strong enough to",
    r"no reason (?:\w+ ){0,4}(?:to be|to live|to stay|here)|cant see a (?:way|future|tomorrow|"
    r"reason|"
    r"point)|(?:do|doing|did) it tonight|dont (?:\w+ )?(?:look|looking|come looking) for me|"
    r"(?:make|made) it through (?:the|this) night|make it through tonight",
    r"(?:started|been|keep|kept|am|im) (?:\w+ )?cutting(?! (?:back|down|out|grass|the grass|hair|"
    r"wood))|"
    r"cutting again|cut my (?:arm|arms|leg|legs|thigh|thighs|skin)|burn(?:ed|ing)? my (?:arm|skin)",
    r"(?:everyone|everybody|they|family|kids|world|people|he|she) (?:\w+ ){0,2}(?:happier|better|"
    r"fine|ok) "
    r"(?:off )?without me|(?:better|easier|best|happier) (?:\w+ ){0,3}if i (?:was|were|wasnt|"
    r"werent|died|"
    r"disappeared|left|didnt|just)|if i (?:was|were) (?:gone|dead)|if i died|if i disappeared",
    r"(?:think|thinking|thoughts|about|of) (?:\w+ )?(?:jumping|hanging|drowning|overdosing|"
    r"the bridge)|"
    r"(?:with|join|see|meet) (?:my |him |her |our )?(?:\w+ )?(?:in heaven|on the other side|god|"
    r"jesus|"
    r"dead \w+)|ready to go (?:home|be with|meet)|go to heaven",
    r"(?:just )?want (?:it|this|it all|everything) (?:to be )?(?:over|done|finished)|"
    r"whats the use|no use (?:in )?(?:living|trying|anymore)|have a plan (?:and|for how|how)|"
    r"(?:wont|not going to|not gonna) (?:see|be at|make it to) (?:tomorrow|christmas|my birthday)",
    r"tell (?:my|our) (?:\w+ ){0,2}(?:kids?|son|daughter|mom|mother|dad|family|wife|husband|"
    r"children|"
    r"baby|babies) (?:that )?i (?:\w+ )?love|(?:ive got|i got|i have|ive made|made) a plan for "
    r"(?:tonight|"
    r"today|it|this|later)(?! (?:with|to (?:eat|cook|meet)))|wish i(?:d| had)? (?:never|not) "
    r"(?:woken|woke|"
    r"wake|been born|waking)|(?:standing|sitting|im|i am|up) (?:\w+ )?on (?:the|a) (?:bridge|ledge|"
    r"overpass|rooftop|tracks|railing)\b|(?:gonna|going to) do it (?:this time|tonight|now|today|"
    r"for "
    r"real)|cant wait to be (?:gone|dead)",
    # Spanish
    r"dig(?:an|ale|anle)s? (?:a )?(?:mis?|todos) (?:\w+ )?(?:hij\w+|familia|mama|papa|espos\w+|"
    r"todos)? ?"
    r"que (?:los|las|lo|la|les) (?:quiero|amo)|(?:tengo|ya tengo|hice) un plan para (?:hoy|esta "
    r"noche)|"
    r"ojala no (?:me )?hubiera (?:despertado|nacido)|(?:parad[oa]|sentad[oa]|estoy) en (?:el|un) "
    r"puente",
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
    r"(?:sin|tengo|quedan|me quedan|no tengo|ya no tengo) (?:mas )?(?:fuerzas|ganas|razones|"
    r"motivos) "
    r"(?:para|de) (?:\w+ )?(?:seguir|vivir|continuar|nada|luchar|levantarme)",
    r"(?:vida|esto|nada|todo) (?:ya )?no (?:tiene|vale|encuentro|me importa|le veo)(?: \w+)?|"
    r"sentido (?:a|de|en) (?:la|mi|esta|nada|seguir)|nada (?:tiene|vale|importa)|sin salida|"
    r"no (?:hay|veo|tengo|le veo) (?:salida|futuro|esperanza|otra salida)",
    r"\b(?:morir\w*|muerte|muerto|muerta|muriera|muera)\b|(?:dormir|"
    r"dormirme) y no (?:\w+ )?despertar|"
    r"irme de (?:este|aqui)|me rindo|(?:pienso|pensando|pensado|pensamientos) (?:\w+ )?"
    r"(?:de|en|sobre) (?:la |el |hacerme )?(?:muerte|suicid\w+|dano|morir\w*|lo peor)",
    r"nadie me (?:necesita|quiere|extranaria|echaria|va a extranar|llorara|lloraria)|"
    r"dejar de (?:vivir|"
    r"existir|respirar|sufrir)|(?:hacer|cometer) (?:una )?(?:locura|tonteria|estupidez)|"
    r"(?:ir|irme|voy|vaya|estar) (?:al cielo|con dios|con el senor)|hacerme algo malo",
    r"(?:no|nada) vale la pena|vale la pena (?:nada|seguir|vivir|esto)|quiero que (?:ya )?(?:se )?"
    r"(?:acabe|termine)|ya quiero (?:descansar|que termine)|descansar (?:para siempre|en paz)",
    r"quitar(?:me)? la vida|(?:razon|razones|motivo|motivos) (?:para|de) (?:vivir|seguir)|"
    r"que (?:mi|esta) vida (?:ya )?(?:se )?(?:acabe|termine)|about not being (?:here|alive|around)",
)
