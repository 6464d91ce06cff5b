"""English nouns in the singular and in the plural."""

from __future__ import annotations

from functools import lru_cache

from ml.grounding.tokens import Token, tokens

_PLURAL_CHARS = 4  # `gps` and `its` are no plurals
_KEEP = ("ss", "us", "is", "os")
_SIBILANT = ("ches", "shes", "xes", "sses", "zzes", "tzes")
_VOWELS = frozenset("aeiou")
# What no rule tells: other words that end alike have another singular.
_PAIRS = """
shelf|shelves bookshelf|bookshelves knife|knives leaf|leaves loaf|loaves half|halves
calf|calves scarf|scarves wolf|wolves thief|thieves hoof|hooves wife|wives elf|elves
man|men woman|women child|children tooth|teeth mouse|mice goose|geese
lens|lenses bus|buses minibus|minibuses gas|gases iris|irises virus|viruses bonus|bonuses
atlas|atlases canvas|canvases cactus|cactuses quiz|quizzes axe|axes
potato|potatoes tomato|tomatoes hero|heroes echo|echoes mango|mangoes mosquito|mosquitoes
photo|photos piano|pianos logo|logos kilo|kilos memo|memos demo|demos promo|promos
auto|autos taco|tacos disco|discos turbo|turbos combo|combos poncho|ponchos
kimono|kimonos casino|casinos banjo|banjos dynamo|dynamos polo|polos silo|silos
video|videos stereo|stereos radio|radios studio|studios portfolio|portfolios
scenario|scenarios ratio|ratios tattoo|tattoos bamboo|bamboos shampoo|shampoos
menu|menus guru|gurus ski|skis taxi|taxis kiwi|kiwis bikini|bikinis
cache|caches niche|niches quiche|quiches headache|headaches moustache|moustaches
beanie|beanies boogie|boogies brownie|brownies calorie|calories cookie|cookies
foodie|foodies genie|genies hoodie|hoodies magpie|magpies movie|movies necktie|neckties
newbie|newbies onesie|onesies pixie|pixies rookie|rookies selfie|selfies
smoothie|smoothies talkie|talkies walkie|walkies zombie|zombies pie|pies tie|ties
tv|tvs cd|cds
"""
_PLURALS = dict(pair.split("|") for pair in _PAIRS.split())
_IRREGULAR = {many: one for one, many in _PLURALS.items()}
_NO_PLURALS = frozenset({"lens", "atlas", "canvas", "series", "species", "always", "across"})


@lru_cache(maxsize=65_536)
def singular(word: str) -> str:
    """A noun of small letters in the singular; a name that looks like a plural is cut as well."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < _PLURAL_CHARS or not word.isascii() or not word.endswith("s"):
        return word
    if word.endswith(_KEEP) or word in _NO_PLURALS:
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(_SIBILANT) else word[:-1]


def in_singular(text: str) -> list[Token]:
    """The words of a text with their places, nouns in the singular."""
    return [Token(singular(word.key), word.start, word.end) for word in tokens(text)]


@lru_cache(maxsize=65_536)
def number_forms(word: str) -> tuple[str, ...]:
    """The word in the other number, where it may be an English noun: `bike` for `bikes`."""
    if not (word.isascii() and word.isalpha()):
        return ()
    one = singular(word)
    if one != word:
        return (one,)
    if word in _PLURALS:
        return (_PLURALS[word],)
    if len(word) < _PLURAL_CHARS - 1 or (word.endswith("s") and not word.endswith("ss")):
        return ()
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return (f"{word}es",)
    if word.endswith("y") and word[-2] not in _VOWELS:
        return (f"{word[:-1]}ies",)
    return (f"{word}s",)
