"""What sounds like a stop and is not, and how people say that a number is not theirs."""

WRONG_NUMBER = (
    r"wrong (?:number|phone number)|wrongnumber|(?:not|isnt) the right (?:number|person|phone)",
    r"(?:have|got|had|has|texted|texting|dialed|called) (?:the |a )?wrong (?:person|phone|contact|"
    r"guy|girl|one|house|lady|man|dude)",
    r"^(?:the )?wrong (?:person|guy|girl|one|contact|phone|lady|man)$",
    r"(?:this|that|it) (?:is not|isnt|aint|wasnt) (?:me|my name|his|hers?|him|their|theirs)"
    r"(?: number| phone| cell)?$|(?:is not|isnt|aint|not) namesign|(?:is not|isnt|aint) my name",
    r"(?:thats|its|this is|it is|i am|im|that is) not (?:me|my name|him|her|them|that person|"
    r"who you)(?! anymore| any more| today| at all like| talking)(?= |$)(?! to| for| a| the)",
    r"not (?:who|the person|the one) you(?: are|re)? (?:think|looking|want|trying|texting)",
    r"(?:dont|do not|never) know (?:any|anyone|anybody|a|an|who|no|that|this) ?"
    r"(?:one |body )?(?:by that name|named|called|that person|this person|person|namesign)\b|"
    r"dont know who (?:you are talking|youre talking|you want|that is)",
    r"(?:no one|nobody|noone|no such person|there is no|theres no|aint no|no)(?: here)? "
    r"(?:(?:one |body )?(?:by|with) that name|named|called|namesign)",
    r"(?:just|recently) got this (?:number|phone)|this is (?:a|my) new (?:number|phone) (?:now|i |"
    r"you have|who)",
    r"this phone (?:belongs|belonged|used to belong)",
    r"(?:this|the|that) (?:new )?number (?:used to|belonged|belongs to|is not|isnt|is no longer|"
    r"doesnt belong|was (?:somebody|someone))(?! (?:work|on|in|call|go|ring))",
    r"(?:changed|has) (?:his|her|their) number|(?:his|her|their) (?:old|number (?:has )?changed)",
    r"no longer (?:his|her|their|sams) (?:number|phone)",
    r"(?:he|she|they|namesign) (?:doesnt|dont|does not|do not|no longer|never) (?:live here|"
    r"use this|"
    r"have this|own this|lives here|has this|uses this|lived here)",
    r"who (?:is|dis|this|are|the \w+ is)(?: this| you| dis)?(?: \w+){0,4} not me",
    r"not me(?: \w+){0,3} who (?:is|are) (?:this|you)",
    r"(?:who is this|who are you) (?:i )?(?:dont|do not) know you",
    r"new phone who (?:dis|this|is this)",
    # Spanish
    r"(?:numero|telefono|persona|contacto) (?:equivocad[oa]|incorrect[oa]|erroneo)",
    r"equivocad[oa] de (?:numero|persona|telefono)|^(?:esta|estas|estan) equivocad[oa]s?$",
    r"(?:se|te) (?:equivoco|equivocaron|equivocaste|equivocas|equivoca|equivocan) "
    r"(?:de|con el|con la)? ?(?:numero|persona|telefono)",
    r"^(?:se|te) (?:equivoco|equivocaron|equivocaste|equivocas)$",
    r"no soy (?:yo|ella|esa|ese|esa persona|quien (?:busca|cree|piensa)\w*|la persona que|"
    r"el que buscan|la que buscan|namesign)\b|no soy el$|^(?:yo )?no soy$",
    r"(?:ese|este|esta|esto) no (?:es|soy) (?:su numero|mi nombre|su telefono|el numero de|"
    r"el telefono de|el|ella|esa persona|yo|namesign)$|no es (?:mi|su) (?:numero|nombre)\b|"
    r"este (?:numero )?(?:no es|ya no es) (?:su|el|de el|de ella|de esa|de ese)\b(?: (?:numero|"
    r"telefono|persona))?",
    r"no (?:conozco|conocemos) a (?:ningun\w*|esa|ese|es[ae] persona|esa senora|ese senor|"
    r"namesign)|"
    r"no (?:conozco|conocemos) a nadie (?:con ese|llamad)",
    r"aqui no (?:vive|trabaja) (?:nadie|el|ella|esa|namesign|ningun\w*)|aqui no (?:vive|hay) nadie "
    r"(?:con ese|llamad|asi|de ese)",
    r"numero nuevo no (?:soy|conozco|se quien)",
)
"""Somebody else has this number: texts end, the number is marked, the clinic is asked."""

_PAST_HABIT = (
    r"(?:\w+ing|it all|my \w+|the \w+|a \w+|an \w+|by|at|sign|light|over|for|in|on|"
    r"work|school|smoking|cold turkey|meds|alcohol|weed|beer|opioids|pills|myself|him|her|them)"
)
FALSE_FRIENDS = (
    rf"(?:stop|quit|quitting|stopping) (?!me\b|it\b|this\b|us\b){_PAST_HABIT}\b",
    r"(?:cant|cannot|can not|couldnt|could not|wont|will not|wouldnt|never|hard to|help me|"
    r"trying to|try to|tried to|how to|how do i|how can i|when i|if i|able to|decided to|"
    r"promised to|about to|afraid to|scared to|wish i could|hope to|plan to|going to|gonna|"
    r"i have to|i gotta|i need to|time to|ready to|want to|wanna) "
    r"(?:\w+ )?(?:stop|quit|stopping|end|cancel)\b(?: (?!text|message)\w+)*",
    r"(?:dont|do not|didnt|did not|please dont|never) (?:want (?:you )?to |need to |ever )?"
    r"(?:stop|quit|cancel)\b",
    r"(?:bus|truck|pit|rest|non|one|full|next|first|last|subway|train|same) stop",
    r"stop(?:s|ped)? (?:by|in|at|over|for|and)\b|stop sign|stop light|cease fire",
    r"(?:he|she|they|we|rain|kids|mom|dad|doctor|who|that) (?:\w+ )?(?:to |will |would |did )?"
    r"(?:stop|quit|cancel)\b",
    r"(?:cancel|end|remove|revoke) (?:my|our|the|an|a|tomorrow|tomorrows|today|todays|monday|"
    r"tuesday|"
    r"wednesday|thursday|friday|saturday|sunday|next|his|her|on) ?\w*",
    r"(?:have to|need to|had to|gotta|must|might|may|should i|can i|can we|could we|lets|"
    r"want to) cancel\b",
    r"(?:the|my|at the|in the|dead|week|year|day|no|of the) end\b|end (?:of|up)\b",
    r"i (?:\w+ )?quit (?!texting|getting)\w+",
    r"(?:me|years|months|days|weeks|long|time|him|her|them|way|hard|easy) to (?:stop|quit)\b|"
    r"quitting|(?:help|helps|helped) (?:\w+ )?(?:to )?(?:stop|quit)\b|(?:can|could|"
    r"will) you cancel|ayud\w+ a (?:parar|dejar)",
    # Spanish
    r"(?:quiero|quisiera|puedo|puede|pude|intento|trato de|tratando de|necesito|logro|ayuda para|"
    r"ayudame a|como|como puedo|voy a|tengo que|debo|decidi|poder|sin|dificil|cuesta|para|he "
    r"podido|podido) (?:\w+ )?(?:parar|dejar|terminar|salir|quitar|cancelar|detenerme)\b",
    r"(?:dejar|deje|dejo|dejando|parar|pare|paro|dejado) de (?!recibir|escribir|mandar|enviar)\w+",
    r"(?:cancelar|cancelo|cancele|mover|cambiar) (?:mi|la|una|el|nuestra|tu|su|esa) \w+",
    r"no (?:puedo|logro|pude|para|paro|para de) ?(?:parar|dejar|parado)?\b(?= |$)(?:parar|dejar)?",
    r"(?:no dejen|no dejes|no deje|no paren|no pares) de",
    r"(?:salir|salgo|salir de|quitar|quitarme) (?:adelante|de|con|a|el|la|las|los)",
    r"mas alto|muy alto|en voz alta|parar en|con (?:eso|esto) basta|basta con|basta de (?!mens|"
    r"text)",
    r"(?:how|when|why|what made|whatever made) (?:did |do |does |made |can |could |would )?"
    r"(?:you|i|he|she|they|people|we|anyone) (?:\w+ )?(?:stop|quit)",
    r"(?:you|to|lets|we|will|ill|and|can) stop (?:by|over|in|at|for|on)\b",
    r"(?:quitarme|quitame|saquenme|sacame|sacar) (?:el|la|las|los|de aqui|de esto)",
)
"""A stop word with another object: never a silent opt-out; texts are held and a human reads it."""

OUR_OWN_WORDS = (
    r"(?<!i )(?<!did )(?<!will )(?<!to )(?:reply|replying|responde|responda) (?:with )?(?:stop|"
    r"alto)\b"
    r"(?: (?:to end|ends|para terminar|termina|to stop|to opt out))?(?: los)?(?: texts| textos|"
    r" it)?",
    r"stop (?:to end|ends|para terminar|termina|to opt out)(?: los)?(?: texts| textos| it)?",
    r"(?:what|does|que) (?:is|does|mean|happens|significa|pasa)(?: \w+){0,3} stop(?: mean)?",
)
"""Our own wording quoted back (tap-back reactions, forwarded texts): a human reads it."""

REACTIONS = (
    r"^(?:liked|loved|disliked|laughed at|emphasized|questioned|reacted|removed a|le gusto|"
    r"le encanto|no le gusto|se rio de|enfatizo|le dio|reacciono|thumbsup to|a thumbsup)\b"
)
"""How phones put a tap-back reaction into words; the rest is our own text."""

OWN_HABITS = (
    r"(?:dont|do not|never|pls dont|no) (?:text|call|contact|message|write|me llam\w+|me escrib\w+|"
    r"me mand\w+|llam\w+|escrib\w+)(?: me| or \w+)* (?:before|after|at (?:work|night|home|my|the)|"
    r"when|while|until|during|on|if|today|tomorrow|tonight|late|between|past|so (?:early|late)|"
    r"right now|this (?:week|late|early|weekend|morning|month|evening)|from|antes|despues|cuando|"
    r"mientras|hasta|hoy|manana|tarde|tan|en (?:el|la)|"
    r"de noche|los|esta|por la|entre)\b",
    r"(?:dont|do not|didnt|did not|never|not|without) (?:want(?:ed)? to |mean to |meant to |"
    r"trying to |"
    r"ever |wanna )?(?:unsubscribe|opt out|optout|opting out)",
    r"(?:dont|do not|didnt|never|please dont|wont|always|no) (?:ever |just )?leave me",
    r"(?:deje|deja|dejar|dejo|paro|pare) de (?:escribir|llamar|buscar|mandar|contactar|"
    r"enviar)(?:le|les|"
    r"la|lo)? (?!mensajes|textos|a este|mas|por favor)\w+",
    r"(?:\bi|im|ive|cant|cannot|couldnt|to|must|gotta|how|myself) (?:\w+ ){0,3}(?:stop|quit) "
    r"(?:texting|calling|messaging|writing|contacting|talking to|bothering) "
    r"(?:my (?!phone|cell|number)|him|her|them|people|guys|everyone|that|old|the)",
    r"(?:dont|do not|never|cant|wont|why did you|did you) (?:ever |you )?stop "
    r"(?:texting|messaging|writing|sending|calling|checking)",
    r"(?:why|when|did|if) (?:\w+ )?(?:texts|messages) (?:stop|end)",
    r"no (?:dejen|dejes|deje|paren|pares|pare) de (?:escribir|mandar|enviar|llamar|textear)\w*",
    r"no puedo (?:dejar|parar) de (?:escribir|llamar|textear|mandar)\w*",
)
"""Looks like a wish about our texts and is not; looked at before the wishes."""

OUR_SAFETY_WORDS = (
    r"(?:if you are )?in danger call 911",
    r"(?:to talk )?(?:you can )?call or text 988(?: any time)?",
    r"you can also call 1 800 662 4357",
    r"(?:en )?peligro (?:llama al )?911|(?:hablar|a toda hora)(?: llama al)? 988",
    r"escribe ayuda al 988|otro 1 800 662 4357",
)
"""The safety lines of our own texts; quoted back to us they are no sign of danger."""
