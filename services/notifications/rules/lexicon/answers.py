"""How people answer our questions, start again, and ask for help."""

from services.notifications.rules.lexicon.lists import phrases

YES = phrases(
    """
    yes, y, yep, yeah, yup, ya, sure, correct, right, si, sip, claro, correcto, simon, thumbsup,
    this is me, thats me, its me, that is me, soy yo, si soy yo, es correcto, yes it is, i am,
    here, aqui estoy, yes i am, asi es, uno, one
    """
)
NO = phrases(
    """
    no, nope, nah, n, not, thumbsdown, nop, nel, negative, never, not me, no soy yo, no soy,
    wrong, not really, para nada, no way
    """
)
"""To "is this you?" this is a wrong number."""

NO_UNASKED = phrases("no, nope, nah, thumbsdown, nop, nel")
"""With no question open these are most likely a stop."""

GOOD = phrases(
    """
    good, great, fine, well, ok, okay, bien, excelente, thumbsup, one, uno, genial, better,
    mejor, awesome, perfect, amazing, super, blessed, contento, contenta, alright, muy bien,
    pretty good, very good, doing good, doing well, im good, im ok, im fine, all good,
    todo bien, estoy bien, me va bien, not bad
    """
)
SO_SO = phrases(
    """
    soso, meh, regular, two, dos, masomenos, surviving, ahi, asi, so so, mas o menos,
    ahi vamos, asi asi, could be better, hanging in there, a bit of both, ni bien ni mal,
    getting by
    """
)
NOT_GOOD = phrases(
    """
    bad, terrible, mal, awful, horrible, rough, three, tres, thumbsdown, worse, peor, fatal,
    struggling, hard, shitty, sad, triste, no, not good, not great, muy mal, no bien, not well,
    very bad, not so good, estoy mal, me va mal, no muy bien, really bad, pretty bad,
    no estoy bien
    """
)

ACCEPT = phrases(
    """
    1, accept, accepted, acepto, aceptar, acepta, one, uno, accepting, i accept, lo acepto,
    yo acepto, la acepto
    """
)
PASS = phrases(
    """
    2, pass, paso, pasar, passing, two, dos, no, nope, nah, thumbsdown, i pass, not this time,
    esta vez no, yo paso, i will pass, ill pass
    """
)
"""YES, START, STOP and their like are never answers to an offer: carriers act on them."""

AROUND_AN_OFFER = phrases(
    """
    the, this, it, offer, request, will, ill, la, oferta, solicitud, lo, number, code, codigo
    """
)
"""Words around an answer to an offer that change nothing."""

OTHER_COACH = phrases(
    """
    other, otra, otro, another, someone else, somebody else, other coach, otra persona,
    another coach, other person, different coach, otro coach, otra coach, alguien mas,
    someone different, i want someone else, i want another coach, quiero otra persona,
    quiero otra, cambiar de persona, can i have someone else, change coach
    """
)

START = phrases(
    """
    start, unstop, resume, empezar, reanudar, comenzar, iniciar, restart, start again, opt in,
    optin, start texts, start texting, text me again, empezar de nuevo, volver a empezar
    """
)
START_WHEN_OUT = phrases(
    """
    yes, si, yep, yeah
    """
)
"""These start again only while texts are stopped (carriers treat YES so); else plain answers."""

HELP = phrases(
    """
    help, info, ayuda, informacion, information, help info, more info
    """
)
HELP_AND_HUMAN = phrases(
    """
    help me, i need help, need help, can you help me, can someone help me, please help me,
    ayudame, ayudenme, necesito ayuda, necesito que me ayuden, me pueden ayudar, who is this,
    who are you, quien es, quien eres, quienes son, who dis, quien habla, what is this,
    que es esto, what is alongside
    """
)
"""Answered like HELP, and read by a human."""
