"""Words of overdose, violence, withdrawal and other immediate danger, in English and Spanish.

Recall comes first: a false alarm costs a human glance. Nothing here is ever sent to anybody.
"""

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
    r"pass(?:ed|ing) out(?! (?:\w+ )?(?:flyers|cards|food|candy|papers|snacks|plates))|"
    r"blacked out|foaming|narcan|naloxone|no heartbeat|nodding out",
    r"chest (?:pain|hurts|is tight)|heart attack|heart (?:is )?(?:racing|stopping|stopped)",
    r"pillsign pillsign|needlesign",
    r"(?:drank|drink|drinking|swallowed|ate) (?:\w+ )?(?:bleach|poison|antifreeze|sanitizer|"
    r"rubbing|"
    r"cleaner|detergent|gasoline|mouthwash)|poisoned|feel like im (?:going to|gonna) (?:pass|"
    r"faint)",
    r"(?:shot|did|smoked|snorted|used|took|hit|injected) (?:\w+ )?(?:a|an|half a|half an|two|"
    r"three|my whole)"
    r" (?:gram|bag|bundle|half|eighth|eightball|point|brick)\b|took something|"
    r"mixed (?:\w+ ){0,3}(?:with|and)|cant feel my|feel (?:\w+ )?like im fading",
    r"(?:alcohol|vodka|drank|drinking|beers?|wine|liquor|whiskey)(?: \w+){0,5} (?:xanax|xans|"
    r"bars|pills|"
    r"benzos?|oxys?|percs?|klonopin|valium|norcos?)|(?:xanax|xans|pills|benzos?|oxys?|percs?|"
    r"klonopin|"
    r"valium)(?: \w+){0,4} (?:alcohol|vodka|drank|beers?|wine|liquor|whiskey)|turn(?:ing|"
    r"ed) (?:purple|"
    r"gray|grey|blue|pale)",
    r"\b(?:double|triple|extra|whole|\d+ times|more than) (?:\w+ )?(?:dose|doses|dosage)|"
    r"took double|"
    r"(?:cant|cannot|wont|couldnt) (?:\w+ )?(?:get|wake|keep) (?:him|her|them|my \w+) (?:up|awake)|"
    r"nodding|in and out of consciousness|(?:having trouble|struggling|gasping) (?:to )?breath\w*",
    # Spanish
    r"sobredosis|(?:tome|tomo|tomado|tomaron|meti|me tome|trague|inyecte|me meti|comi|use|fume|"
    r"tomarme|consumi) (?:\w+ )?(?:much[oa]s?|demasiad[oa]s?|tod[oa]s?|un monton|un bote|un frasco|"
    r"una botella|el frasco|\d+|como \d+|un punado|de mas)(?: \w+){0,3}",
    r"me pase (?:de|con)|se me paso la mano|se le paso la mano",
    r"no (?:puedo |esta |puede )?(?:respir\w+|despiert\w*|reaccion\w+|respond\w+)|"
    r"(?:se puso|esta|labios|poniendo) (?:azul\w*|morad\w+)",
    r"inconsciente|desmay\w+|perdio el conocimiento|dolor (?:de|en el) pecho|infarto|fentanilo",
    r"pastillas (?:\w+ ){0,2}(?:alcohol|cerveza|vino|tequila)|(?:alcohol|cerveza|vino|"
    r"tequila) (?:\w+ )"
    r"{0,2}pastillas|no (?:se |me )?(?:despiert\w+|mueve|responde|contesta y|respira)|mezcle",
    r"no (?:puedo|podemos|logro) despertar\w*|doble dosis|no (?:lo|la|los) (?:puedo )?despertar\w*",
)

VIOLENCE = (
    r"(?:he|she|they|husband|boyfriend|partner|ex|wife|girlfriend|dad|father|stepdad|mom|brother|"
    r"roommate|guy|man|someone|somebody|bf|gf|hubby|dealer|uncle|son|landlord) (?:\w+ ){0,3}"
    r"(?:hit|hits|hitting|beat|beats|beating|choked|chokes|choking|strangl\w+|punched|punches|"
    r"punching|kicked|kicks|slapped|slaps|slapping|threaten\w*|hurt|hurts|hurting|stabbed|attacked|"
    r"pushed|shoved|grabbed|burned|locked|raped|abus\w+|stalk\w+|following|kill|shoot) (?:me|us|"
    r"my)",
    r"(?:beat|beaten|hit|jumped|attacked|stabbed|shot|raped|threatened|assaulted) (?:me|us)\b"
    r"(?! (?:a|an|up) )|"
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
    r"hands? (?:on|around) my (?:neck|throat)|(?:grabbed|had) me by the (?:neck|throat|hair)|"
    r"raped?\b|molest(?:ed|ing|er|ation)|sexual\w* (?:assault\w*|abus\w*)|kidnap\w*|held hostage|"
    r"locked me in",
    r"(?:put|puts|putting|laid|lays|laying) (?:his|her|their|hands) (?:hands )?on (?:me|us)|"
    r"(?:he|she|they|is|are|keeps|was|been|him|her) (?:\w+ )?(?:beating|hitting|hurting|choking|"
    r"abusing|"
    r"threatening|stalking|following|slapping|punching|kicking|watching) (?:on )?(?:me|us|my)\b",
    r"(?:hiding|hide|running|ran|escape|escaping|get away|away) from (?:my (?:husband|ex|boyfriend|"
    r"partner|dad|wife|bf|abuser|girlfriend)|him|her)\b|(?:outside|breaking into|broke into|at) my "
    r"(?:house|door|window|apartment|place)|wont (?:leave me|let me (?:leave|go|out)|go away)|"
    r"(?:fight|fighting) (?:with a|and he|and she)|weapon|knife|gun\b|bruise\w*|black eye|broke my "
    r"(?:nose|arm|rib|jaw|tooth)\w*",
    r"(?:forced|forcing|made|making) (?:me|us) (?:to )?(?:have|do|sleep|touch|go)|(?:touched|"
    r"touching|"
    r"grabbed|cornered|trapped|attacked|robbed|jumped|choked|drugged) me\b|pulled a (?:gun|knife)",
    r"(?:broke|breaking|kicked|busted) (?:down |in |open )?(?:my|the|our) (?:door|window)|"
    r"(?:threw|throws|throwing|swung|came) (?:\w+ ){0,3}at (?:me|us)\b|(?:against|into) (?:a|"
    r"the) wall|"
    r"(?:afraid|scared|worried|terrified) (?:that )?(?:he|she|they|hes|someone|of what)\b",
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
    r"me (?:\w+ )?(?:siguiendo|persiguiendo|acosando|golpeando|pegando|amenazando|lastimando|"
    r"agarro del|"
    r"jalo del|empujo|forzo|obligo)|(?:le|la|lo|nos|les) (?:peg[ao]|golpea|golpeo|pegan|amenaza)\b",
    r"miedo (?:de |a )?que (?:el |ella |me |nos |le )|(?:haga|hace|hizo|hacen|haciendo) dano|"
    r"contra la pared|"
    r"me (?:avento|tiro|empujo|lanzo|jalo|arrastro|encerro)\b",
    r"amenazad[oa]|golpead[oa]|maltratad[oa]",
)

WITHDRAWAL = (
    r"seizures?|seizing|seized up|convuls\w+|delirium|\bdts\b|the shakes|tremors",
    r"(?:shak\w+|sweat\w+|vomit\w+|throwing up|puking|twitching) (?:\w+ ){0,3}(?:bad|badly|"
    r"uncontrollabl\w+|nonstop|non stop|so much|all night|blood|and cant|for days|since)|cant stop "
    r"(?:shaking|vomiting|throwing up|puking|sweating|twitching)",
    r"(?:in|having|have|through|bad|from|the|alcohol|benzo|severe|my|of) withdrawals?|"
    r"withdrawals?\b|"
    r"withdrawing|dope ?sick|detoxing (?:at home|alone|by myself|on my own)|going cold turkey",
    r"hallucinat\w+|seeing things|hearing (?:voices|things)|vomiting blood|coughing (?:up )?blood|"
    r"blood in my",
    r"(?:shak\w+|sweat\w+|vomit\w+|puk\w+|throwing up|trembl\w+)(?: \w+){0,2} (?:shak\w+|sweat\w+|"
    r"vomit\w+|puk\w+|throwing up|seeing|trembl\w+)|seeing (?:stuff|bugs|shadows|people)|"
    r"hearing stuff|"
    r"cant stop (?:shak|vomit|puk|throw|sweat|trembl|twitch)\w*|kicking (?:dope|heroin|cold)|"
    r"detoxing",
    r"(?:see|seeing|saw) (?:bugs|shadows|things|stuff|demons)|bugs (?:on|in|under|crawling)|"
    r"cant keep (?:anything|food|water) down",
    # Spanish
    r"convulsi\w+|convulsion\w*|ataques? (?:epilep\w+|de epilepsia|al corazon)|temblando|temblores|"
    r"tiembl\w+|no paro de (?:temblar|vomitar|sudar)|abstinencia|alucin\w+|viendo cosas|"
    r"oigo voces|oyendo voces|escucho voces|vomit\w+ sangre|la malilla|malilla|"
    r"sin parar de vomitar",
    r"(?:dio|da|dan|tuve|tengo|teniendo|dieron) (?:un |otro |muchos )?ataques?\b|sudando (?:frio|"
    r"mucho)|"
    r"veo (?:bichos|cosas|sombras)",
    r"(?:wont|dont|doesnt|didnt|never) stop (?:shaking|trembling|vomiting|sweating|throwing up)",
)

DANGER = (
    r"send (?:help|someone|somebody|police|an ambulance)|help (?:me )?(?:right )?now|need help "
    r"(?:right )?(?:now|asap|fast|immediately|urgent\w*|tonight)|urgent help|its an emergency|"
    r"come get me|please come now|im not ok(?:ay)?\b|i am not ok(?:ay)?\b|not doing ok",
    r"(?:manden|mande|necesito|envien|llamen) (?:\w+ )?(?:ayuda|ambulancia|policia) ?(?:ya|ahora|"
    r"urgente|"
    r"rapido)?\b(?= ya| ahora| urgente| rapido|$)(?: ya| ahora| urgente| rapido)|no estoy bien\b",
    r"\b(?:911|988|112)\b|nine one one|ambulance|\bemergency\b|\ber\b(?= |$)(?: now| right)|"
    r"call (?:the )?(?:police|cops|an ambulance)|im in danger|in danger\b|save me|"
    r"please hurry|im dying|i am dying|going to die|gonna die|bleeding (?:out|a lot|bad|badly|to)",
    r"ambulancia|\bemergencia\b|(?:en|mucho|corro) peligro|peligro|llam(?:a|e|en) (?:a )?(?:la "
    r")?(?:policia|ambulancia)|auxilio|socorro|me muero|me estoy muriendo|se esta muriendo|"
    r"sangrando|desangr\w+|ayuda urgente",
    r"(?:es|muy|algo) urgente|urgente (?:por favor|ya|ayuda)|emergency room",
    r"\b(?:blood|bloody)\b(?! (?:test|tests|pressure|work|sugar|type|bank|drive|orange|donation))|"
    r"mucha sangre|sangre por|se esta ahogando|choking|cant swallow",
)
