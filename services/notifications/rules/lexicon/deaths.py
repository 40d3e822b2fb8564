"""How somebody else tells, from this number, that the person has died, in English and Spanish.

Recall comes first: it stops everything until a human has looked. Left out is what a person tells
of another's death: of a parent, a friend, a pet.
"""

_OTHERS = (
    r"^(?!.*\b(?:my|our|a|the|mi|mis|nuestr[oa]|un|una) (?:\w+ )?(?:mom|moms|mother|dad|father|"
    r"parents?|grand\w+|gran|granny|nana|uncle|aunt|auntie|tia|tio|cousin|friend|buddy|homie|ex|"
    r"sponsor|neighbor|boss|teacher|dog|cat|puppy|kitten|pet|bird|fish|phone|battery|car|truck|"
    r"laptop|computer|tablet|charger|engine|plant|mama|papa|madre|padre|abuel\w+|prim[oa]|"
    r"amig[oa]|suegr[oa]|vecin[oa]|padrino|perr\w+|gat\w+|celular|telefono|bateria|carro|"
    r"coworker|classmate|actor|movie|show|episode|singer|character|guy|lady)\b)"
)
_KIN = (
    r"(?:mom|mother|mum|dad|father|wife|husband|son|daughter|sister|brother|aunt|uncle|cousin|"
    r"niece|nephew|girlfriend|boyfriend|partner|fiancee?|family|grandma|grandmother|grandpa|"
    r"grandfather|roommate|friend|landlord|neighbor|widow|widower)"
)
_FAMILIA = (
    r"(?:mama|madre|papa|padre|espos[oa]|hij[oa]|herman[oa]|ti[oa]|prim[oa]|novi[oa]|abuel[oa]|"
    r"pareja|viud[oa]|familia|familiar|cunad[oa]|suegr[oa]|sobrin[oa])"
)
_WRITER = (
    rf"(?:(?:this is|im|i am|its|it is) (?:\w+ )?(?:his|her|their|the|namesign|\w+s) {_KIN}|"
    rf"(?:soy|habla|escribe|somos) (?:\w+ )?(?:su|la|el) {_FAMILIA})"
)
_SURE = (
    r"(?:passe?d away|passing away|deceased|no longer (?:with us|alive|living)|lost (?:his|her|"
    r"their) (?:life|battle|"
    r"fight)|took (?:his|her|their) (?:own )?life|gone to be with (?:the lord|god)|"
    r"(?:his|her|their) (?:funeral|obituary|memorial|burial|death)|(?:he|she|they) is in heaven|"
    r"rest in peace|with (?:the lord|god|jesus) now)"
)
_WHO = (
    r"(?:he|she|they|sam|namesign|my (?:\w+ )?(?:son|daughter|husband|wife|brother|sister|child|"
    r"boy|"
    r"girl|kid|baby|nephew|niece|partner|boyfriend|girlfriend|fiancee?|roommate))"
)
_LOOSE = (
    r"(?:died|is dead(?! (?:to|wrong|tired|serious|asleep|set|broke))|dead now|was killed|got "
    r"killed|"
    r"was murdered|was shot and killed|has passed|have passed|just passed|"
    r"passed(?: on)?(?= (?:last|this|yesterday|today|on (?:\w+day|the (?:\d|morning|night|way)|jan|"
    r"feb|mar|apr|may|jun|jul|"
    r"aug|sep|oct|nov|dec)|in (?:his|her|the|a|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|"
    r"two|three|a (?:week|month|few|couple)|\d|monday|tuesday|wednesday|thursday|friday|saturday|"
    r"sunday|earlier|suddenly|peacefully|and)|$)|didnt make it(?=$| (?:through|after|and|he|she|"
    r"last night|this morning|im|we|sorry|thank|please|stop))|did not make it(?=$| through)|is gone"
    r"(?=$| (?:now|from|he|she|forever|please|and|stop|we))|(?:was |been )?found dead|didnt wake "
    r"up|did not wake up|od d and "
    r"died)"
)
_FALLECIO = (
    r"(?:fallecio|falleci[oó]|fallecid[oa]|fallecimiento|(?:se )?murio|se nos (?:fue(?! (?:el|la) "
    r"(?:camion|bus|luz|tren|tiempo|internet))|murio|"
    r"adelanto)|"
    r"ya no esta (?:con nosotros|entre nosotros|en este mundo)|perdio la vida|difunt[oa]|"
    r"se quito la vida|partio (?:con|al|de este)|descanse en paz|que en paz descans\w+|qepd|lo "
    r"mataron|"
    r"la mataron|(?:su|el) (?:funeral|velorio|entierro|sepelio))"
)

DEATH = (
    rf"{_OTHERS}.*\b{_SURE}",
    rf"{_OTHERS}.*\b{_WHO} (?:\w+ ){{0,3}}{_LOOSE}",
    rf"{_WRITER}.*\b(?:{_SURE}|{_LOOSE}|{_FALLECIO})|\b(?:{_SURE}|{_LOOSE}|"
    rf"{_FALLECIO}).*\b{_WRITER}",
    rf"{_OTHERS}.*\b{_FALLECIO}",
    r"(?:we|i) (?:just )?(?:lost|buried|found) (?:him|her|sam|namesign)\b(?: \w+){0,2}(?: (?:dead|"
    r"last|"
    r"yesterday|"
    r"today|this|on|to an?))|(?:lo|la) (?:enterramos|perdimos|velamos)\b",
    r"they found (?:him|her) dead|encontra\w+ muert[oa]|\b(?:el|ella) (?:ya )?esta muert[oa]",
    r"(?:person|man|woman|patient|guy|one|owner)(?: \w+){0,6} (?:is dead|died|has died|is deceased|"
    r"passed away)|(?:la persona|el senor|la senora|dueno)(?: \w+){0,6} (?:murio|fallecio)",
)
"""The person has died, as somebody tells us."""
