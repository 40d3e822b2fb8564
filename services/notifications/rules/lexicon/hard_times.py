"""Words of wanting to use or drink, of having done so, and of not coping, in English and Spanish.

What is wanted is looked at with its object: nobody craves a bus pass. Withdrawal that harms the
body stands among the emergencies.
"""

_HARMLESS = (
    r"(?! (?:\w+ ){0,2}(?:water|coffee|cafe|tea|te|juice|jugo|milk|leche|soda|agua|lemonade|"
    r"gatorade|smoothie|shake|bathroom|restroom|phone|bus|car|computer|laundry|app|card|"
    r"my|your|the (?!stuff|drugs|bottle|needle|pipe|same)|a (?!drink|hit|fix|"
    r"beer|bump|line|bowl|bag|pill|few|little|shot|joint|blunt)))"
)
_USE = (
    rf"(?:use\b{_HARMLESS}|using\b{_HARMLESS}|drink\b{_HARMLESS}|drinking\b{_HARMLESS}|"
    r"(?:get|getting) (?:so |really )?(?:high|drunk|loaded|wasted|lit|fucked up|messed up|stoned|"
    r"faded|a fix|a bag|a bottle|some (?:dope|coke|weed|pills|blues|meth|stuff|booze|beer|liquor))|"
    r"(?:smoke|smoking) (?:crack|meth|weed|dope|some|again|a bowl|blues|fetty)|smoke up|score\b|"
    r"scoring|relaps\w+\b(?! prevention)|shoot up|shooting up|pick up(?! (?:my|the|some food|a "
    r"few things|him|her|"
    r"groceries|a shift))|picking up(?= again|$)|go back out|going back out|go back to (?:it|using|"
    r"drinking|that life|the streets)|slip\b(?! on)|(?:a|one|just one|another|some) (?:drink|hit|"
    r"fix|"
    r"bump|beer|line|shot|bowl|pill|bag|perc|xan|smoke)(?! of (?:water|juice))|(?:dope|crack|meth|"
    r"coke|heroin|fent|booze|liquor|vodka|whiskey|alcohol|xans?|percs?|pills|blues)\b)"
)
_WANT = (
    r"(?:want|wanna|wanting|wants|need|needing|dying|itching|tempted|about|close|ready|going|gonna|"
    r"bout|thinking|thought|thoughts|feel like|feeling like|felt like|dreaming|dreamed|dreams|"
    r"desire|"
    r"trying not|hard not|fighting|struggling not|could really|would love|would kill for|miss|"
    r"missing|"
    r"cant stop thinking|obsess\w+|almost|nearly|scared (?:im|ill|i will|i am|i might)|afraid "
    r"(?:im|ill|i will|i am|i might)|worried (?:im|ill|i will|i might)|might|may just|so bad)"
)

_ENGLISH = (
    rf"{_WANT}(?: (?:really|so|bad|badly|just|to|of|about|on|it|im|ill|going|gonna|go|out|and|"
    rf"have|having|be|for|a|the urge|urges)){{0,5}} {_USE}",
    r"(?<!no )(?<!any )(?<!without )(?:crav\w+|crvaing)\b(?! (?:\w+ ){0,2}(?:taco\w*|pizza|"
    r"chocolate|food|sweets?|sugar|ice|burgers?|sushi|"
    r"chips|"
    r"candy|pancakes|coffee|cookies?|something sweet|fries|soup|pasta|bbq|barbecue|mcdonalds))",
    r"\burges?\b(?! you| to (?:clean|laugh|travel|shop|cook|nap))|jonesing|fiend(?:ing|in)|"
    r"feen(?:ing|"
    r"in)|white knuckl\w+|tempt(?:ed|ation|ations|ing)\b(?! to (?:buy (?:shoes|clothes)|skip))|"
    r"trigger(?:ed|ing|s)\b(?! warning)",
    r"(?<!never )(?<!not )relaps\w+\b(?! prevention)|(?:fell|fallen|falling|fall) off (?:the "
    r")?(?:wagon)|"
    r"off the wagon|(?:i|ive|just) (?:\w+ )?slipped(?: up)?(?! (?:on|in|my|and (?:fell|broke)))|"
    r"(?:broke|lost|blew|threw away|ruined) (?:my|all my) (?:\w+ )?(?:sobriety|sober \w+|clean "
    r"time|"
    r"streak|time|chip|recovery|days)|back (?:to|at|on) (?:day (?:one|1|zero|0)|square one|using|"
    r"drinking|dope|the bottle|pills|meth|heroin|it again|my bs)|went back out|picked up again|"
    r"started (?:drinking|using|smoking|back up) (?:again|back)|started back|not (?:clean|sober) "
    r"anymore",
    r"\bi (?:\w+ ){0,3}(?:used|drank|got high|got drunk|got loaded|smoked crack|smoked meth|shot "
    r"up|"
    r"picked up|copped|scored|snorted)(?= (?:again|last|yesterday|today|tonight|this|on|over|after|"
    r"for|and|but|with|because|so|at|two|three|a few|dope|meth|crack|coke|heroin|pills|some dope|"
    r"\d)|$)(?! (?:for (?:work|school)|to (?!numb)|a (?:coupon|bus)))",
    r"\bi (?:\w+ )?(?<!havent )(?<!not )(?:had|took|did|drank|hit) (?:a|one|some|just one|a few|"
    r"two|three|a couple)(?: "
    r"of)? "
    r"(?:drinks?|beers?|shots|hits?|lines?|bumps?|sips?|pills?|bowls?|vodka|whiskey)\b(?! of "
    r"(?:water|"
    r"juice|coffee|milk|soda))",
    r"\b(?:cant|cannot|cant even|not|dont know how to|hard to|unable to|barely|couldnt) (?:\w+ )?"
    r"(?:cop(?:e|ing)|deal(?:ing)?(?= with (?:this|it|life|everything|all)| right now| today| "
    r"anymore|"
    r"$)|handl(?:e|ing) (?:this|it|things|life|everything|being|all)|manag(?:e|ing) (?:this|it|"
    r"today|anymore)|hold(?:ing)? (?:it together|on)|stay(?:ing)? (?:clean|sober)|do this alone|"
    r"hang(?:ing)? on|keep it together|function)",
    r"(?:falling|fell|coming) apart(?! at)|losing it\b|losing my (?:mind|shit|grip)|at (?:my|the) "
    r"(?:"
    r"breaking point|end of my rope|limit)|(?:about|going|gonna|ready) to (?:break|snap|crack|lose "
    r"it|explode|break down)\b|(?<!car )breaking down|(?:i|just|and) broke down|spiral\w*|"
    r"overwhelm\w*|barely (?:hanging|"
    r"holding|making|keeping)|hanging by a thread|hit(?:ting)? (?:rock )?bottom|rock bottom|"
    r"(?:really |so |im |been |bad |still )struggl\w+\b(?! to (?:find|park|get|open|read|fill))|"
    r"struggl\w+ (?:today|right now|bad|hard|so|"
    r"really|"
    r"tonight|to stay|with (?:my|staying|it|this|not|cravings|sobriety))",
    r"having (?:a |an |such a )?(?:\w+ )?(?:hard|rough|bad|tough|awful|terrible|really bad|"
    r"horrible|"
    r"shitty) (?:time|day|night|week|moment)|going through (?:it|hell|a lot)\b|in a bad (?:place|"
    r"way|spot)|not doing (?:well|good|so (?:well|good|hot)|great)|im (?:not|no) good right now|"
    r"need (?:to talk to|someone to talk|somebody to talk|my sponsor|a meeting)|talk me (?:out of|"
    r"down)|keep me from|(?:someone|somebody) to talk",
    r"(?:cant|couldnt|dont know how to|want to|wanna|need to|trying to|ready to|help me|how do i|"
    r"how "
    r"can i|able to|i wish i could|hard to|decided to|going to|gonna|have to|thinking of|thinking "
    r"about|time to|just cant|when i) (?:\w+ )?(?:stop|stopping|quit|quitting|get off|kick) "
    r"(?:\w+ )?"
    r"(?:using|drinking|dope|meth|crack|coke|heroin|pills|drugs|weed|alcohol|getting high|blues|"
    r"fent\w*|percs?|xans?|opioids|the (?:bottle|pills|drugs|cravings|booze)|cravings)",
    r"(?:dealer|plug|dope ?man|connect)\b(?! (?:in|my charger))|(?:outside|in front of|at|by|near|"
    r"inside|passing|passed) (?:the|a|my old) (?:liquor store(?! for)|bar\b|dope house|trap|trap "
    r"house|"
    r"dope "
    r"spot|package store|crack house|dealers)|(?:bought|buy|buying|got) (?:a|some|me a) (?:bottle|"
    r"bag|"
    r"fifth|pint|handle|six pack|twelve pack|dope|gram)(?! of water)|bottle (?:is |in |of )?(?:in "
    r")?"
    r"(?:front of|my hand|vodka|whiskey|wine|staring)|staring at (?:a|the) (?:bottle|bag|drink)",
)
_TOMAR = (
    r"(?:tomar\b(?! (?:agua|cafe|un cafe|el|la|clases?|mi|mis|fotos|una foto|decision\w*|te|jugo|"
    r"leche|"
    r"aire|medicina|un taxi|un uber|un bus))|beber\b(?! (?:agua|cafe|mas agua))|tomarme "
    r"(?:un[ao]s?|"
    r"algo) (?:trago|cerveza|cervezas|copa|tragos|copas|pastilla)|drogar(?:me)?|consumir|usar(?= "
    r"otra|"
    r" de nuevo| ya| ahora| drogas| hoy|$)|meterme(?! (?:a|en) (?:clases|trabajar|la escuela))|"
    r"inyectarme|fumar (?:piedra|cristal|mota|crack|marihuana)|fumarme|recaer|emborrachar(?:me)?|"
    r"pistear|un trago|una cerveza|una copa|chupar|un pase|caer otra vez|volver a caer)"
)
_SPANISH = (
    rf"(?:ganas|quiero|quisiera|necesito|voy a|tengo que|estoy por|a punto|pensando en|pienso en|"
    rf"deseos?|muero por|muriendo por|puedo dejar|se me antoja|tentad[oa]|cerca|miedo|tengo miedo|"
    rf"casi|aguantandome|antoja|extrano)(?: (?:de|a|por|muchas|muchisimas|en|tantas|mucho|que|"
    rf"volver))"
    rf"{{0,3}} {_TOMAR}",
    r"antojo\w*(?! de (?:tacos|pizza|comida|dulce\w*|chocolate|pan|helado|comer|algo dulce|sushi|"
    r"mole|fruta|pozole))|ansias?\b(?! de (?:ver|verte|conocer))|(?:mucha |tengo |me da )ansiedad|"
    r"desesperad[oa]|tentacion\w*|tentad[oa]|abrumad[oa]",
    r"recai\b|recai\w*|recaid\w+|recayend\w+|volvi a (?:tomar|usar|consumir|beber|drogarme|caer|"
    r"fumar|lo mismo|las andadas|las drogas|meterme)|he vuelto a (?:tomar|usar|consumir|beber|"
    r"caer)|"
    r"(?:me )?(?:drogue|emborrache|inyecte)\b|(?:tome|consumi|bebi|use|fume|pistee)(?= (?:anoche|"
    r"otra|"
    r"ayer|de nuevo|hoy|alcohol|cerveza|drogas|cristal|piedra|este|el (?:fin|sabado|viernes|"
    r"domingo)|"
    r"despues|unas? (?:cerveza|copa|trago)\w*|unos tragos)|$)|me tome (?:un[ao]s?|varias) "
    r"(?:trago|cerveza|copa|tequila)\w*|(?:rompi|perdi) mi (?:sobriedad|racha|tiempo limpio)",
    r"(?:no (?:puedo|logro|consigo)|quiero|necesito|quisiera|trato de|tratando de|ayud\w+ a|como|"
    r"voy a|dificil|intento|ya|tengo que|cuesta) (?:\w+ )?(?:parar|dejar|dejo|deje|salir) (?:de "
    r")?(?:"
    r"tomar|beber|consumir|usar|drogarme|(?:las )?drogas|el (?:alcohol|cristal|vicio)|la (?:bebida|"
    r"botella|droga|piedra)|las pastillas)",
    r"no (?:puedo|se como) (?:\w+ )?(?:sobrellevar|manejar|lidiar|controlar|con (?:esto|todo|la|"
    r"mi))\w*|me (?:supera|gana|esta ganando|esta costando|siento (?:muy |bien |tan )?(?:mal|debil|"
    r"perdid[oa]|sol[oa]|desesperad[oa]|ansios[oa]))\b|(?:estoy|ando|sigo) (?:muy |bien |tan "
    r")?(?:mal\b|"
    r"batallando|luchando|sufriendo|quebrad[oa]|al limite|perdid[oa]|en crisis|desesperad[oa])|"
    r"(?:la |lo )?estoy pasando (?:muy |bien )?mal|necesito (?:hablar|platicar|desahogarme)(?= con "
    r"alguien| ya| urgente|$)|(?:un dia|una semana|una noche) (?:muy |bien )?(?:mal[oa]|dificil|"
    r"dur[oa]|pesad[oa])",
)

_MORE = (
    r"(?:dont (?:think|know if|feel like) i can|cant see how|hard to|harder to|impossible to|how "
    r"(?:"
    r"do|can) i|not sure i can|trying to) (?:\w+ )?(?:stay|remain|keep|be) (?:clean|sober)\b|"
    r"(?:mantenerme|seguir|estar|quedarme) (?:sobri[oa]|limpi[oa])\b(?! hoy)",
    r"(?:give|giving|gave|caving|cave|caved) in\b(?! (?:the|my|your) (?:paper|form|homework))|all "
    r"i "
    rf"(?:can )?(?:think|want|dream)(?: about)? (?:\w+ )?{_USE}|(?:everything|it|this|it all|all) "
    rf"(?:is|"
    r"its|feels|got|gets) (?:just |all |so |way )?too (?:much|heavy)|too much (?:for me|to handle|"
    r"to take|"
    r"right now)|(?:im|i am|feel|feeling|so) (?:so |really |very )?(?:weak|shaky|restless|"
    r"hopeless)\b",
    r"(?:almost|nearly|bout to|came close to|so close to) (?:used|using|drank|drinking|relaps\w+|"
    r"picked up|caved|slipp\w+)|smoke so bad|\bi (?:\w+ )?smoked (?:last night|again|something|a "
    r"bowl|meth|crack|weed)|(?:just |only )one (?:drink|hit|more (?:drink|hit|time))|need "
    r"something "
    r"(?:to take the edge|bad|now|strong)|crawling",
    r"(?:no )?aguanto (?:mas )?(?:las ganas|la ansiedad|la tentacion)|(?:compre|tengo|agarre|"
    r"consegui) "
    r"(?:una botella|cerveza|droga|cristal|piedra|un seis|unas (?:cervezas|pastillas))|(?:tantas|"
    r"muchas|"
    r"puras|las) ganas de (?:caer|eso)|(?:me siento|estoy|ando) (?:muy |bien |tan )?(?:debil|"
    r"ansios[oa]|"
    r"triste|agobiad[oa]|tentad[oa])|ya no (?:puedo|se) (?:que hacer|mas)|es demasiado para mi",
)
_GOOD_NEWS = (
    r"^(?!.*\b(?:not (?:drinking|using|drink|use)|didnt|did not|havent|have not|hasnt|never|"
    r"instead "
    r"of|(?:days?|weeks?|months?|years?|chip) (?:\w+ )?(?:clean|sober)|(?:sober|clean) (?:for|"
    r"since|"
    r"now|today)|proud|no longer|prevention|said no|no (?:he |me )?(?:tomado|usado|consumido|"
    r"bebido|tome|"
    r"bebi|consumi|use)|llevo|sin (?:tomar|beber|consumir|usar)|orgullos[oa]|celebr\w+|deje de)\b)"
)
_TOPIC = (
    r"(?:drink|drinking|drank|drunk|getting high|get high|got high|dope|drugs?|meth|crack|coke|"
    r"heroin|"
    r"weed|pills|alcohol|booze|liquor|vodka|bottle|bender|binge\w*|sober|sobriety|staying clean|"
    r"stay "
    r"clean|addict\w*|relaps\w*|using|stoned|old friends|old crew|old habits|tomar|bebida|alcohol|"
    r"borrach\w+|drogas?|cristal|piedra|vicio|adiccion|sobriedad|sobri[oa]|consumir|consumo)"
)
_TROUBLE = (
    r"(?:help me|hard|harder|difficult|cant|cannot|dont trust|scared|afraid|ashamed|guilty|ended "
    r"up|"
    r"again|slip\w*|edge|calling me|brought|reminds?|miss|tempt\w*|urges?|want to join|want in|"
    r"could|"
    r"wants? me|pressur\w*|around me|everywhere|offered|fight\w*|battl\w*|struggl\w*|lonely|"
    r"stress\w*|"
    r"depressed|anxious|bored|upset|lost|cuesta|dificil|ayud\w+|miedo|verguenza|culpa|otra vez|de "
    r"nuevo|recuerda|ofrec\w+|extrano|fui a|tentacion|solo|sola|estres\w*|termine|acabe|me "
    r"gana|luchando|batallando|ansiedad)"
)
_LOW = (
    rf"{_GOOD_NEWS}(?=.*\b{_TOPIC}\b)(?=.*\b{_TROUBLE}\b)",
    r"(?:i|we|just|then) (?:\w+ ){0,2}(?:had|have|went on|having) a (?:\w+ )?(?:slip|relapse|binge|"
    r"bender|setback|lapse)\b|went on a (?:binge|bender)|my (?:addiction|disease|demons?)\b|numb "
    r"(?:out|it|the|myself|everything)",
    r"(?:feel|feeling|im|i am|been|so|really|very|ive been) (?:\w+ ){0,2}(?:low|depressed|sad|"
    r"lonely|alone|hopeless|stuck|numb|empty|ashamed|guilty|anxious|a mess|on edge|broken|"
    r"miserable|"
    r"lost|defeated|discouraged|panicky|like (?:crap|shit|a failure|giving up))\b(?! (?:battery|on "
    r"(?:gas|cash|money|time)|key\w*|place|count))(?<!not so alone)",
    r"(?<!was a )(?<!not a )(?:bad|rough|hard|tough|awful|terrible|horrible|shitty|dark) (?:day|"
    r"night|"
    r"morning|evening|time right now|place|moment)\b(?! (?:but|finding|to find|for you))|need "
    r"(?:some )?"
    r"(?:support|someone|somebody|to vent)\b|(?:handle|take|deal with|cope with) (?:the|this|all "
    r"the|"
    r"all this|so much) (?:stress|pressure|pain|grief|anxiety|cravings|loss)|(?:im|i am) (?:gonna|"
    r"going "
    r"to|about to) (?:break|snap|crack|lose it|crash)",
    r"(?:caigo|cai|caer) (?:otra vez|de nuevo|en lo mismo)|(?:momento|dia|noche|semana|racha|"
    r"tiempo)s? "
    r"(?:muy |bien |tan )?(?:dificil|dur[oa]|pesad[oa]|mal[oa]|fe[oa])|necesito (?:apoyo|un abrazo|"
    r"desahogarme|que alguien)|(?:me siento|estoy|ando) (?:muy |bien |tan |bastante )?(?:sol[oa]|"
    r"vaci[oa]|"
    r"deprimid[oa]|decaid[oa]|angustiad[oa]|estresad[oa]|hundid[oa]|destrozad[oa]|bajonead[oa]|"
    r"mal)\b|"
    r"no (?:puedo|aguanto) (?:\w+ )?(?:la ansiedad|el estres|la presion|los nervios|la tristeza)",
)
_OFTEN = (
    rf"{_GOOD_NEWS}.*\b(?:one|a) (?:little )?(?:drink|hit|beer|smoke|bump|pill) (?:wont|wouldnt|"
    rf"cant|"
    r"couldnt|isnt)|(?:taste|smell|want) it (?:so )?(?:bad|badly)|(?:an? )?old stash|stash\b|"
    r"(?:my|those) old (?:ways|habits|crowd|life)|give up (?:on )?(?:my )?(?:sobriety|recovery)|"
    r"(?:off|out "
    r"of|in|on) my (?:mind|head)\b(?! (?:today )?(?:is|was))|anxiety (?:is|has|attack)|panic "
    r"attack|"
    r"(?:so |too )easy to (?:just )?(?:go|buy|get|use|drink|score|call)|not (?:drinking|using|to "
    r"(?:drink|use)) (?:tonight|today|right now)|(?:getting|gets) (?:so much |a lot )?(?:harder|"
    r"worse)",
    rf"{_GOOD_NEWS}.*(?:\bi (?:\w+ )?|down and )(?:drank|relapsed|caved)(?=$| (?:im sorry|and|"
    rf"please|"
    r"so|after|last))|(?:stressed|angry|sad|bored|tired|upset|mad|lonely)(?: \w+){0,2} (?:i |im "
    r")?(?:"
    r"want|wanna|need|could|gonna) (?:to )?(?:smoke|drink|use)",
    r"agua la boca|(?:anoche|ayer|hoy|otra vez) (?:\w+ )?(?:consumi|bebi|tome|use|fume)(?=$| (?:y|"
    r"pero|"
    r"de|alcohol|otra))|(?:quitar|quitan|aguantar|aguanto|controlar) (?:las|estas|mis) ganas",
)
HARD_TIME = (*_ENGLISH, *_SPANISH, *_MORE, *_LOW, *_OFTEN)
"""Somebody is having a hard time: a warm answer, the coach told now, a human soon."""
