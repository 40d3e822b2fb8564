"""Words that people use, in English and Spanish; data for `inbound`.

Patterns are held against text in lower case without accents and punctuation ("don't" is `dont`,
"no más" is `no mas`), with frequent slips mended. Native speakers review every change. A phrase
that was missed in real life becomes a line of the corpus first and a pattern here second.
"""
