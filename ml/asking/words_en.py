"""The function words of English: nothing here is about what a catalog holds.

By what they do in a question; phrases divided by `|`.
"""

from __future__ import annotations

import re
from functools import cache

OUT_OF_STOCK = "out of stock|sold out|unavailable|not available now|unavailable now"

FUNCTIONS: dict[str, str] = {
    "ignore": (
        "saw|seen|amount|amount of|in terms of|both|other|others|another"
        "|coloured|colored|put out|brought out|bring out"
        "|came up with|that's|who's|how's|there's|i'm|i'd|let's|gimme|wanna|am after"
        "|i'm after|let|know|shows|output|retrieve|fetch|please list"
        "|identify|enumerate|pick|choose|say|tell|provide|could|may|might|must|shall"
        "|such|very|really|exactly how|overall|entire|whole|these days|now|today|onboard"
        "|built in|built-in|own|owns|features|carry|carries|sport|sports|pack|packs"
        "|weighing|measuring|dated|inside|else|options|option|choices|variants|variant"
        "|powers|power by|plz|pls|ok|okay|hmm|btw|so what|whats up with|a new|some new"
        "|need a new|want a new|buy a new|get a new|buy|get me|go for|on board|fitted|fitted with"
        "|put in|it's|that's the|which's|right now|would you|do you sell|do you stock|you guys"
        "|you people|them all|again|though|yeah|curious|i wonder|wondering"
        "|was wondering|let me know|know|quick question|question|mind telling me|remind me"
        "|can i get|can i have|i can get|got in|comes out|available from"
        "|available in|line|portfolio|a|an|the|of|in"
        "|on|at|for|to|as|by|from|is|are|was|were|be|been|being|do|does|did|please|there"
        "|that|this|will|would|i|me|we|you|us|am|so|then|only|just|all|any|some"
        "|exactly|and also|show|show me|list|list all|give|give me|find|find me"
        "|tell me|get|name|i want|i need|i would like|i'd like|looking for"
        "|i am looking for|can you|could you|do you know|do you have|i need|we need|i want"
        "|we want|need a|want a|need something|want something|see"
        "|available|exist|exists|it is|come|comes|come with|come in|comes with|comes in"
        "|offers|support|supports|supporting|supported|feature|featuring|include"
        "|includes|including|equipped|run|runs|running|powered|made|make|makes|produced"
        "|produce|produces|manufactured|built|sold|sell|sells|what's|whats|s|among"
        "|within|out|there are|are there|is there|were there|out there|value|one"
        "|ones|when it comes to|called|named|hi|hello|hey|thanks|thank you|also|that is"
        "|that are|up|whose|were made|made by|kind of|type of|sort of|kinds|types|ever"
        "|database|catalog|catalogue|in total|total number|let me see|display all"
        "|altogether|actually|if|got|gets|can|currently|here|would like|launched with"
        "|ships with|ship with"
    ),
    "use": (
        "use|uses|using|used|powered by|run|runs|running|run on|runs on|running on"
        "|built on|based on|driven by|equipped with"
    ),
    "have": "have|has|had|having|with|w|offering",
    "which": (
        "wich|whcih|whihc|wat|wht|which ones|which one is|which is|which are|which has"
        "|which have|which|what|which of|what are|what is|whichever"
    ),
    "who": (
        "who|who makes|who made|who is behind|who is the maker of|who manufactures"
        "|who manufactured"
        "|who produces|who produced|who built|who sells"
    ),
    "when": ("when|when was|when did|when were|in which year|in what year|what year|which year"),
    "how": "how|how's",
    "kind": "what kind of|what type of|what sort of|which kind of|which type of|which sort of",
    "to": "through|thru|till|up to|up until|until",
    "where": "where",
    "opinion": (
        "stand for|stands for|are you|r u|about you|yourself|my|worth|wireless charging"
        "|reverse charging"
    ),
    "list": (
        "show|show me|list|list all|give me|gimme|find|find me|display all|all|every|enumerate"
        "|identify|name|get me"
    ),
    "dimensions": "dimensions|measurements",
    "series": "series|family|lineup|line-up|range",
    "common": "common|popular|frequent|often|frequently|widespread",
    "recommend": (
        "recommend|suggest|recommendation|suggestion|any recommendations|any suggestions"
    ),
    "count": (
        "how many kinds of|how many types of|how many sorts of|combined number of"
        "|total count of|how many of|how many of the|how many|number of|count|count of"
        "|count the"
        "|how many different|what number of|the number of|total number of"
        "|how many of them|how many of those|how many of these"
    ),
    "average": "average|mean|on average|avg|avg.|typical|typically|in the mean",
    "each": "per|each|every|for each|by each|in each|for every",
    "total": "total|sum of|combined|sum",
    "more": (
        "more than|beat|beats|surpass|surpasses|outdo|outdoes|over|above|greater than|exceeding"
        "|exceeds|exceed|beyond|upwards of|north of|>"
    ),
    "at_least": (
        "at least|no less than|not less than|minimum|minimum of|min|from at least"
        "|starting at|starting from|no fewer than|not below|not under|>="
        "|is not less than|are not less than|isn't less than|aren't less than"
        "|is not below|are not below|isn't below|is not under|are not under|isn't under"
    ),
    "less": "less than|under|below|fewer than|<",
    "at_most": (
        "at most|no more than|not more than|up to|maximum of|max of|not over|not above"
        "|not exceeding|no higher than|no larger than|<=|no greater than|maximum|max"
        "|is not more than|are not more than|isn't more than|aren't more than"
        "|is not over|are not over|isn't over|is not above|are not above|isn't above"
        "|not exceed|does not exceed|do not exceed|doesn't exceed|don't exceed"
    ),
    "after": "after|since then",
    "before": "before|prior to|until",
    "since": "since|or later|or newer|onwards|onward|and later|and newer|or after|and after",
    "from": "from",
    "money": "euro|euros|eur|dollar|dollars|usd|bucks|gbp|cny|rmb|yuan|inr|rupee|rupees",
    "ordinal": (
        "this year|last year|next year|second|third|fourth|fifth|2nd|3rd|4th|5th|runner up|next"
    ),
    "or_more": (
        "or more|or above|or higher|or larger|or bigger|and above|and up|and more|plus"
        "|or greater|or newer than that|or over|or better than that|or upwards|upwards"
        "|and bigger|and larger|and newer|and better|or better|or heavier|or longer"
        "|and higher|and over"
    ),
    "or_less": (
        "or less|or earlier|or before|and earlier|and before|or older|or below|or lower"
        "|or smaller|or fewer|and below|or under|and under"
        "|or lighter|and less|or shorter|or cheaper"
    ),
    "between": "between|in the range|in the range of|ranging from|range|anywhere between",
    "about": "about|around|approximately|roughly|nearly|circa",
    "than": "than|compared to|compared with|relative to|in comparison to|in comparison with",
    "and": "and|&|as well as|plus also|but|while",
    "or": "or|either|or else",
    "not": (
        "not|no|without|w/o|isn't|aren't|doesn't|don't|does not|do not|is not|are not"
        "|other than|except|excluding|except for|besides|bar|lacking|lack|lacks|never|didn't"
        "|dropped|drops|drop|omits|omitted|omit|goes without|go without|misses|wasn't|non|nor"
        "|have no|has no|do not have|does not have|don't have"
        "|doesn't have|apart from|not made by|don't come with|does not support"
        "|do not support|without any|no longer|neither|missing"
    ),
    "most": (
        "most|the most|highest|greatest|maximum|max|best|biggest|largest number of"
        "|most different|the most different|most kinds of|the most kinds of"
    ),
    "top": "top|first|bottom",
    "least": (
        "least|the least|lowest|fewest|minimal|minimum|the fewest"
        "|fewest different|the fewest different"
    ),
    "comparative": "more",
    "diminutive": "less|fewer",
    "same": (
        "same|the same|identical|share|shares|share the|matches|matching|in common with"
        "|shared|exactly the same|equal|common"
    ),
    "as": "same as|as|like that of|shared with|used in|used by|found in|that of",
    "similar": (
        "similar|similar to|like|alike|resemble|resembling|alternatives to"
        "|alternative to|comparable to|closest to|most similar to|most like|comparable"
        "|alternatives|akin to|close to|resembles"
    ),
    "compare": (
        "compare|versus|vs|vs.|comparison|comparison of|comparison between|compare between|compared"
    ),
    "difference": (
        "difference|the difference|gap|the gap|gap between|gap in|margin|apart|by how many"
        "|difference in|how much more|how much less"
        "|by how much|difference between|how much"
    ),
    "describe": (
        "tell me about|describe|specs|specifications|specification|spec sheet|details"
        "|info|information|details of|everything about|facts|what do you know about"
        "|specs of"
    ),
    "it": "it|its|this one|that one|its own",
    "them": (
        "them|those|these|of them|of these|of those|among them|among these|among those"
        "|they|their|the others|out of those|out of these|out of them|of which"
    ),
    "also": "what about|how about|and what about|and how about|and for",
    "item": (
        "item|anything|something|everything|stuff|offer|listing|product|model|device|gadget"
        "|unit|article|thing|ones|one"
    ),
    "brand": "brand|manufacturer|maker|company|vendor|brands|companies|producer",
    "category": "category|kind of product|type of product|product type",
}

# Adjectives by meaning: base, comparative, superlative.
ADJECTIVES: dict[str, tuple[str, str, str]] = {
    "heavy": ("heavy", "heavier", "heaviest"),
    "light": ("light|lightweight", "lighter", "lightest"),
    "large": ("large|big|huge", "larger|bigger|greater", "largest|biggest|greatest"),
    "small": ("small|tiny|little|compact", "smaller", "smallest|tiniest"),
    "thick": ("thick|deep", "thicker|deeper", "thickest|deepest"),
    "thin": ("thin|slim|slender", "thinner|slimmer", "thinnest|slimmest"),
    "tall": ("tall", "taller", "tallest"),
    "short": ("short", "shorter", "shortest"),
    "wide": ("wide|broad", "wider|broader", "widest|broadest"),
    "narrow": ("narrow", "narrower", "narrowest"),
    "long": ("long", "longer", "longest"),
    "expensive": ("expensive|costly|pricey", "pricier|costlier", "priciest|costliest"),
    "cheap": ("cheap|affordable|inexpensive", "cheaper", "cheapest"),
    "new": (
        "new|recent",
        "newer",
        "newest|latest|came last|came out last|come out last|released last|launched last"
        "|announced last|last released|last launched|last announced",
    ),
    "old": (
        "old",
        "older|earlier",
        "oldest|earliest|came first|come first|came out first|come out first|released first"
        "|launched first|announced first|first ever|very first|was first|is first|first of all to",
    ),
    "fast": ("fast|quick", "faster|quicker", "fastest|quickest"),
    "slow": ("slow", "slower", "slowest"),
    "sharp": ("sharp", "sharper", "sharpest"),
    "bright": ("bright", "brighter", "brightest"),
    "quiet": ("quiet|silent", "quieter", "quietest"),
    "loud": ("loud|noisy", "louder|noisier", "loudest|noisiest"),
    "high": ("high", "higher", "highest"),
    "low": ("low", "lower", "lowest"),
}

_UP_TO_TWELVE = "two three four five six seven eight nine ten eleven twelve"
NUMBERS: dict[str, int] = {
    word: number for number, word in enumerate(_UP_TO_TWELVE.split(" "), start=2)
}
# How texts say a number of things: `Dual speaker`.
MULTIPLES: dict[int, tuple[str, ...]] = {
    1: ("single", "one", "mono"),
    2: ("dual", "double", "twin", "two"),
    3: ("triple", "three"),
    4: ("quad", "quadruple", "four"),
}
ORDINALS: dict[str, int] = {
    "second": 2, "2nd": 2, "runnerup": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4,
    "fifth": 5, "5th": 5,
}  # fmt: skip


@cache
def function_words() -> frozenset[str]:
    """Each word of all of these phrases."""
    degrees = (phrases for forms in ADJECTIVES.values() for phrases in forms)
    return frozenset(re.findall(r"[a-z]+", " ".join((*FUNCTIONS.values(), *degrees, *NUMBERS))))
