"""Words that tell English and Spanish apart.

A word of both languages ("no", "me", "regular", "terrible") is in neither list, and neither is what
people of either language take over as it is.
"""

from services.notifications.rules.lexicon.lists import words

OF_NO_LANGUAGE = words("stop start stopall unstop info yes y ok okay")
"""Alone they tell nothing: carriers act on them in every language, and our Spanish texts offer STOP
and START too. HELP is offered in English only."""

ENGLISH = words(
    """
    u ur i im ive ill id my mine myself you your yours youre youve we our us his him she her hers
    they them their theyre it its this that thats these those someone somebody anyone anybody
    everyone everything something nothing nobody anything noone the an and or but if because so than
    then not dont doesnt didnt cant wont isnt aint wasnt couldnt shouldnt wouldnt havent hasnt arent
    cannot never is are was were be been being have has had having do does did doing done will would
    can could should must might gonna wanna gotta lemme to of in on at for from with without about
    by up down out off over into after before while until again back away around through too very
    just only still already ever even more most less much many few all any some every both each
    other another else same what when where who why how which whats whos hows now today tonight
    tomorrow yesterday morning night week weeks day days month months year years here there soon
    later always anymore yeah yep nope nah hi hey hello thanks thank please pls plz sorry bye thx
    want wants wanted need needs needed get gets got getting go goes going went gone came know think
    thought feel feels felt feeling make made take took taking keep kept let say says said tell told
    talk talking see saw look looking find found try trying tried work working like love call called
    calling write text texts texting message messages messaging reply send sending remove leave quit
    end cancel unsubscribe optout opt delete erase block revoke withdraw resume restart alone wrong
    number phone information support person people mom dad wife husband brother sister kids friend
    friends boyfriend girlfriend good great fine well better best bad worse worst hard sad awful
    rough struggling surviving alright awesome amazing perfect happy ready busy sure right true
    correct one two three first last new old big little long way thing things time home house bed
    help helped emergency ambulance danger afraid scared hurt hurts hurting pain tired die dying
    died dead death kill killing killed life live living alive suicide suicidal wish ending ended
    stopped using use used drink drinking drank drunk high sober clean relapsed relapse cravings
    craving pills overdose overdosed overdosing breathing shaking bleeding gun knife jump bridge
    sleep goodbye forever hopeless worthless burden withdrawal hit hits hitting beat beating choked
    slapped raped smoked swallowed hearing voices self harm contacting bothering bugging harassing
    spamming sendin txting texing enough seriously unsub different change running late ran rush
    passed weekend yup blessed hopefully accept accepted accepting pass passing offer request
    """
)

SPANISH = words(
    """
    es yo mi mis mio mia tu tus tuyo usted ustedes nosotros nuestro ella ellos ellas su sus suyo se
    le les lo la los las el un una unos unas uno esto esta este eso esa ese estos estas esos aqui
    ahi alli alguien nadie nada algo todo todos toda todas cada otro otra otros otras mismo misma y
    o pero si porque pues que como cuando donde quien quienes cual por para con de del al en desde
    hasta entre sobre contra segun ni tampoco tambien ya mas muy mucho mucha muchos poco pocos tanto
    nunca jamas siempre ahora hoy manana ayer anoche noche dia dias semana semanas mes meses ano
    anos luego despues antes todavia aun sola solos apenas casi soy eres somos estoy estan estamos
    estaba estuve era fue fui ser estar hay habia han tengo tiene tienes tienen tenia tener hace
    hago hacer hizo voy vas va vamos iba ir quiero quieres quiere quieren quisiera queria puedo
    puedes puede pueden pude poder podria debo debe necesito necesita necesitamos siento sientes
    siente sentir creo sabe saber dice digo dijo decir dile dame dime doy da dan vengo viene ven
    vino llevo lleva pasa paso pasar pasado hola buenas buenos gracias favor porfa porfavor perdon
    disculpe disculpa lamento adios oye mande bueno buena bien mal mejor peor malo mala triste
    contento contenta feliz genial excelente cansado cansada cansa harto harta enfermo enferma alto
    pare paren parar parenle parale basta baja salir quitar quite quiten quitenme detener dejen deje
    deja dejenme dejame dejar borren borrenme borrar eliminen elimine eliminar cancelen cancela
    cancele cancelar cancelo saquenme saquen manden mandar mandarme mandando envien envie enviar
    enviarme enviando escriban escriba escribir escribirme escribiendo llamen llame llamar llamarme
    molesten molestar molestando mensaje mensajes numero telefono equivocado equivocada incorrecto
    desuscribir recibir ayuda ayudame ayudenme ayuden ayudar ayude informacion empezar reanudar
    comenzar iniciar volver acepto acepta aceptar aceptado oferta solicitud codigo persona personas
    hablar habla llama claro sip correcto asi dos tres nel masomenos menos retiro retirar revoco
    revocar consentimiento permiso datos expediente hijo hija hijos esposo esposa marido novio novia
    hermano hermana amiga madre padre senor senora familia casa trabajo vida dolor miedo peligro
    emergencia ambulancia morir morirme morirse muero muera murio muerto muerta muerte fallecio
    matar matarme mato mata suicidar suicidarme suicidio vivir viva vivo aguanto aguantar soporto
    desaparecer despedirme cortarme lastimarme dano sobredosis pastillas tome tomar tomando tomo
    bebi beber bebiendo borracho borracha drogas droga recai recaida recaer consumir consumi fumar
    fume ganas antojo ansias temblando vomitando convulsiones alucinando sangrando respira pega
    golpea pegando golpeando amenaza amenazo pistola cuchillo dormir duermo llorar lloro golpeo
    violaron inyecte demasiado despierto despierte despierta ojala auxilio veo llego llegue salida
    volvi caer prefiero existir reacciona contacten molestes busquen interesa q kiero qiero xq pq
    xfa tmb toy
    """
)
