"""The words by which titles of shops say that something is made for something else.

Language data: a graph says what it sells, and of what else there is in shops it knows nothing. The
words stand for accessories, parts and supplies of any trade, and count only where the answer
itself is not called by them: a category `Cases` is one of cases. In small letters, one of several,
`ue` for `ü`; phrases divided by `|`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

Role = Literal[
    "thing",  # an accessory or supply: who writes it offers it, unless it comes along
    "part",  # also a quality of the whole, `battery 4000 mAh`: needs more than being there
    "of",  # what it stands beside is offered as a part: `spare`
    "relation",  # behind it stands what it is for
    "with",  # whatever follows comes along
    "near",  # the next words come along, or are missing: `no charger`
    "behind",  # what stands before it comes along: `charger included`
    "bundle",  # a set of several things
    "filler",  # says nothing of what it is: `the`, `new`, `black`
]

_WORDS: Mapping[Role, tuple[str, ...]] = {
    "thing": (
        # worn, carried, laid on, held
        "case|cover|pouch|holster|bumper|slipcover|armband|wristband|lanyard|strap|protector"
        "|tempered glass|screen film|protective film|screen guard|decal|dust cap|lens cap"
        "|lens hood|rear cap|carry bag|camera bag|laptop bag|carrying bag|shoulder bag|tool bag"
        "|backpack|belt clip|grip tape|keychain|stylus pen|holder|mount|wall mount"
        "|bracket|digitizer|cradle|tripod|selfie stick|docking station|dock|charging stand"
        "|charging pad|charging station|phone stand|laptop stand",
        # power and plugs
        "charger|cable|adapter|adaptor|power cord|power supply|power bank|powerbank"
        "|battery grip|memory card|sd card|remote control|extension cord|converter|splitter"
        "|dongle",
        # used up, worn out, cleaned with
        "refill|cartridge|toner|ink|ink tank|descaler|descaling tablet|descaling solution"
        "|descaling kit|cleaning tablet|cleaning kit|cleaning brush|cleaning cloth|vacuum bag"
        "|dust bag|water filter|uv filter|hepa filter|repair kit|gasket|door seal|nozzle|drill bit"
        "|saw blade|sanding disc|ear tip|ear pad|eartip|earpad|brush head|replacement head"
        "|spare part",
        # German; compounds by their ends, below
        "huelle|tasche|etui|ladegeraet|netzteil|halterung|staubbeutel|entkalker|zubehoer"
        "|ersatzteil|aufsatz|dichtung|tragegurt|kameragurt|objektivdeckel|gegenlichtblende"
        "|schutzglas|panzerglas|folie|kabel",
        # French
        "coque|housse|chargeur|cable de charge|verre trempe|protection ecran|filtre a eau",
        # Chinese
        "手机壳|保护壳|保护套|手机套|皮套|软壳|硬壳|外壳|钢化膜|贴膜|保护膜|水凝膜|镜头膜|后膜"
        "|充电器|充电线|数据线|充电头|充电座|充电宝|移动电源|电源线|适配器|转接头|转接环|转换器"
        "|支架|挂绳|背带|肩带|表带|腕带|镜头盖|遮光罩|相机包|电脑包|内胆包|收纳包|收纳盒|摄影包"
        "|滤芯|滤网|集尘袋|尘袋|墨盒|硒鼓|除垢剂|清洁片|密封圈|门封条|刷头|吸头|钻头|锯片|砂纸"
        "|配件|零件|耗材|遥控器|读卡器|存储卡|内存卡|三脚架|自拍杆|防尘塞",
    ),
    "part": (
        "accessory|accessories|battery|display|screen|lcd|touchscreen|lens|glass"
        "|back glass|stand|handle|knob|shelf|drawer|rack|lid|door|hose|seal|belt|blade|brush"
        "|carbon brush|bit|disc|filter|bag|sleeve|motor|pump|drain pump|fan|bearing|thermostat"
        "|heating element|sensor|button|keyboard|band|grip|tray|basket|tank|jug|cup|capsule|pod"
        "|tablet|clip|plate|pad|foot|feet|wheel|roller|hook|plug|card|remote|antenna|bulb|lamp"
        "|film|skin|sticker|cap|hood|foil|tube|wallet",
        "akku|objektiv|beutel|buerste|griff|deckel|schlauch|pumpe|riemen|staender|gurt|schublade"
        "|tuer|lampe|kapsel|behaelter|schutz|kappe|duese|glas",
        "batterie|filtre|joint|tuyau",
        "电池|屏幕|屏幕总成|镜头|滤镜|电机|水泵|皮带|排水管|进水管|灯泡|盖子|把手|底座|支脚|胶囊",
    ),
    "of": ("replacement|spare|ersatz|aftermarket|de rechange", "替换|备用|专用|更换|原装配套"),
    "relation": (
        "for|compatible with|compatible for|fits|to fit|suitable for|suits|made for|designed for",
        "fuer|passend fuer|geeignet fuer|kompatibel mit|passend zu|passt zu",
        "pour|compatible avec|para|compatible con",
        "适用于|适用|适合|适配|兼容|用于",
    ),
    "with": (
        "with|w|w/|incl|inc|include|including|comes with|supplied with|plus free|+|&|and",
        "mit|inkl|inklusive|samt|und|nebst|avec|et|con",
        "送|赠|赠送|附赠|附送|加送|和|及|与|含",
    ),
    "near": (
        "in|no|not|without|w/o|free|bonus|excl|excluding|minus",
        "im|ohne|kein|keine|gratis|sans|sin|dans",
        "带|配|附|无|不含|不带",
    ),
    "behind": ("included|inclusive|provided|bundled|enthalten|inclus",),
    "bundle": ("bundle|kit|set|combo|starter pack|gift pack|paket|lot", "套餐|套装|套机|礼盒|礼包"),
    "filler": (
        "the|your|a|an|all|new|brand new|original|genuine|oem|official|series|model|use|use with"
        "|other|only|also|both|most|any|various|older|x|1x|2x|spares|spares or repair|for parts",
        "der|die|das|den|dein|deine|alle|neu|neue|le|la|les|votre|un|une|el|tu",
        "black|white|blue|red|green|grey|gray|silver|gold|pink|purple|brown|clear|transparent"
        "|schwarz|weiss|blau|rot|gruen|grau|noir|blanc",
        "leather|silicone|rubber|plastic|steel|metal|nylon|carbon|tpu|leder|silikon",
        "soft|hard|slim|rugged|flip|universal|portable|wireless|fast|quick|protective|water|dust",
        "各|新款|新|原装|正品|全新|系列|官方|黑色|白色|蓝色|红色|透明",
    ),
}
# A German compound is what its end says: `Kameratasche`, `Ladekabel`.
ENDINGS: Mapping[Role, tuple[str, ...]] = {
    "thing": (
        *("huelle", "tasche", "kabel", "ladegeraet", "halterung", "halter", "folie", "etui"),
        *("netzteil", "beutel", "filter", "dichtung", "zubehoer", "schutzglas", "panzerglas"),
    ),
    "part": (
        "akku",
        "pumpe",
        "schlauch",
        "buerste",
        "deckel",
        "riemen",
        "kapsel",
        "duese",
        "griff",
    ),
}
BEGINNING_OF_SPARES = "ersatz"  # here the beginning says it


def phrases() -> Iterator[tuple[str, Role]]:
    """Every phrase with its role."""
    for role, texts in _WORDS.items():
        for text in texts:
            for phrase in text.split("|"):
                yield phrase, role
