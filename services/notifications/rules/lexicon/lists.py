"""How the lexicon writes a list down."""


def words(text: str) -> frozenset[str]:
    """Every single word of `text`."""
    return frozenset(text.split())


def phrases(text: str) -> frozenset[str]:
    """Every phrase of `text`; a comma or a line ends one."""
    return frozenset(
        " ".join(phrase.split()) for line in text.splitlines() for phrase in line.split(",")
    ) - {""}
