"""How people take their consent back, or want what is kept of them to be deleted."""

_CONSENT = (
    r"(?:consents?|permissions?|authori[sz]ation|agreement|signature|roi|"
    r"release(?: of information)?)"
)
_DELETE = (
    r"(?:delete|erase|remove|wipe|destroy|purge|get rid of|clear|throw (?:away|out)|shred|delet)"
)
_DATA = (
    r"(?:data|infos?|information|records?|files?|account|profile|details|chart|history|referral|"
    r"paperwork)"
)
_BORREN = r"(?:borr|elimin|destru|quit|sac|saqu|suprim|desap|tir)\w*"
_PERMISO = r"(?:consentimiento|permiso|autorizacion|firma|acuerdo)"
_DATOS = (
    r"(?:datos|informacion|info|registros?|expediente|archivos?|perfil|historial|papeles|"
    r"documentos|"
    r"ficha)"
)

REVOCATION = (
    r"(?:revok\w+|withdr[ae]w\w*|rescind\w*|cancel\w*|undo|(?:take|taking|took) back|"
    r"pull\w*) "
    rf"(?:all )?(?:of )?(?:(?:my|the|that|your) )?(?:\w+ )?{_CONSENT}\b",
    rf"(?:take|taking|took) (?:my|the) (?:\w+ )?{_CONSENT} back|{_CONSENT}(?: \w+){{0,5}} "
    r"(?:withdrawn|revoked|cancel(?:l?ed)?(?: it)?|taken back|is over|no longer (?:valid|"
    r"good))",
    rf"{_DELETE} (?:all )?(?:of )?(?:my|the|any|these|those) (?:\w+ ){{0,2}}{_DATA}\b|"
    rf"{_DELETE} (?:everything|anything|whatever|all) "
    r"(?:that )?(?:you |they |about |on |with |of )+(?:me|have|got|my \w+|mine)?",
    rf"(?:my|all|everything) (?:\w+ ){{0,3}}{_DATA}(?: \w+){{0,6}} (?:deleted?|erased?|"
    rf"removed?|"
    r"wiped?|destroy(?:ed)?|shared (?:anymore|any more|with (?:anyone|anybody)))\b",
    r"everything (?:about|on) me (?:\w+ )?(?:deleted|erased|removed|gone)|forget "
    r"(?:everything|"
    r"all) about me|(?:delete|erase) me from (?:your|the)|right to be forgotten",
    r"(?:stop|quit|dont|do not|never|no more|not allowed to|not) (?:be )?"
    r"(?:shar\w+|giv\w+|send\w+|pass\w+|disclos\w+|keep\w*|stor\w+) "
    rf"(?:out |around |on )?(?:my|the) (?:\w+ )?(?:{_DATA}|name|story|business)\b",
    rf"(?:take|get|pull) (?:all )?(?:of )?my (?:\w+ ){{0,3}}{_DATA} (?:out|off|down|back|"
    rf"away)",
    r"no longer (?:consent|authorize|agree)|(?:dont|do not|not|never) (?:\w+ )?(?:consent|"
    r"authorize|agree) (?:to )?(?:you )?(?:shar\w+|this|anymore|any more|having|keeping)",
    rf"(?:no longer|dont|do not|not) (?:have|give|grant)(?: you| them)?(?: my)? {_CONSENT}|"
    rf"without my consent|(?:dont|do not|not) want (?:\w+ )?(?:keep|hav|hold|stor|see|"
    rf"us)\w+ my "
    rf"(?:\w+ )?{_DATA}",
    r"(?:retir|revoc|revoqu|cancel|quit|anul|rescind|suspend)\w* (?:ya )?(?:todo )?(?:mi|"
    r"el|ese) "
    rf"{_PERMISO}",
    rf"{_BORREN} (?:ya )?(?:tod[oa]s? )?(?:mis?|los|las?|el) (?:\w+ )?{_DATOS}\b|"
    rf"{_DATOS}(?: \w+){{0,3}} (?:borr|elimin|destru|quit)\w+",
    rf"{_BORREN} todo (?:lo (?:mio|que (?:tienen|tengan|tiene|saben|hay))|sobre mi|de mi)|"
    r"(?:borr|elimin)\w*me de (?:su|la|el|todo|los|sus)\b(?! listas?)",
    r"(?:no|dejen de|deje de|ya no|paren de|prohibo) (?:quiero que )?(?:me )?(?:compart\w+|"
    rf"guard\w+|pas\w+|manej\w+|us[ea]\w*) (?:mis?|la|los) (?:\w+ )?(?:{_DATOS}|nombre)",
    r"(?:ya no|no) (?:les? |te |los )?(?:doy|autorizo|consiento|estoy de acuerdo|tienen) "
    r"(?:\w+ )?(?:permiso|consentimiento|autorizacion|que (?:compart|guard|us|teng)\w+)",
    rf"no quiero (?:dar (?:mi|el) {_PERMISO}|que (?:\w+ )?(?:teng|guard|sep|ve|us)\w+ "
    rf"(?:mis?|la) "
    rf"{_DATOS})",
    r"(?:ya no|no) (?:consiento|autorizo)$|sin mi (?:consentimiento|permiso)|que me "
    r"borren de "
    r"(?:su|la|el|todo)\b",
)
"""Texts end, everything automatic waits, and a human makes sure of what was meant."""
