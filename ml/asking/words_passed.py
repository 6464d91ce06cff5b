"""Words that say nothing of a catalog and ask for nothing in it: a question is the same without.

They are passed over only where the graph has nothing of that name. A word that would make another
question of it must never stand here: what is wanted of the data (`delete`, `order`), what the
speaker holds of it (`good`, `worth`), whose it is (`my`), or what somebody has to do with it.
Phrases divided by `|`.
"""

from __future__ import annotations

ENGLISH = (
    # verbs of being somewhere, coming and going; their forms
    "came|coming|go|goes|going|went|gone|appear|appears|appeared|exist|existed|existing|remain"
    "|remains|remained|stay|stays|stayed|become|becomes|became|happen|happens|happened|happen to"
    "|belong|belongs|belonging|belong to|fall|falls|falling|fell"
    "|land|landed|lands|arrive|arrived|arrives|hit the market|hit the shelves|hit shelves"
    "|see the light|saw the light of day|ended up|end up|turns out|turn out|look|looks|looking"
    "|seem|seems|seemed"
    # verbs of a list and those who keep it
    "|listed|lists|listing|recorded|records|record|registered|stored|contained|contain|contains"
    "|containing|catalogued|cataloged|mentioned|stated|state|noted|given|documented|indexed"
    "|covered|covers|cover|presented|present|held|kept|keep|keeps|found|known|tracked|specified"
    "|on file|on record|on the list|in the list|in stock here|in the data|in the dataset"
    "|in the catalog|in the catalogue|in the database|in the db|in the table|in the graph"
    "|in your list|in your data|in your database|on your list|in this list|in this catalog"
    # verbs of asking and being told
    "|asking|ask|wanted to know|want to know|wants to know|like to know|trying to find"
    "|trying to find out|find out|finding|check|checking|pull up|dig up|bring up|spit out|print"
    "|print out|run me through|walk me through|point me to|help me find|help me|help|search"
    "|search for|searching|searching for|look for|look up|lookup|query|filter|pick out|narrow"
    "|narrow down|single out|interested|interested in|i'm interested in|hunting|hunting for"
    "|on the lookout|in search of|after|thinking of|thinking about|talking about|speaking of"
    # what is said of makers and their goods
    "|introduce|introduces|made it|brought|bring|brings|branded|labelled|labeled|titled|named"
    "|marketed|put on the market|to market|on the market|on the shelves|out in the wild"
    "|delivered with|comes fitted|sized|type|style|class|grade|tier|segment|series of"
    # nouns that stand for what is asked, not for what it is asked about
    "|list of|lists of|dataset|data set|data|collection|inventory|entries|entry|row|rows|table"
    "|file|graph|knowledge graph|selection|range of|set of|bunch|bunch of|lot|lots|lots of|a lot"
    "|couple|a couple of|pair|group|number|numbers|figure|figures|answer|fact|result|results"
    "|version|versions|configuration|configurations|config|configs|edition of|trim|trims|flavour"
    "|flavours|flavor|flavors|iteration|kind|way|moment|point|bit|a bit|history|so far"
    "|world|market|period|era|time frame|timeframe|course|during the course of|the year"
    "|case|matter|term|terms|regard|regards|respect|guess|idea|any idea|clue|reading|readings"
    "|guys|folks|mate|bro|dude|buddy|sir|madam|dear"
    # adverbs and particles
    "|still|already|yet|always|usually|generally|basically|literally|quite|rather|pretty|fairly"
    "|too|even|maybe|perhaps|probably|possibly|presumably|simply|merely|precisely|specifically"
    "|particularly|especially|in particular|strictly|officially|originally|initially|finally"
    "|presently|historically|anyway|anyhow|otherwise|instead|together|respectively|namely"
    "|apparently|obviously|clearly|honestly|truly|indeed|certainly|definitely|surely|of course"
    "|altogether|entirely|fully|completely|at all|at present|at the moment|at last|at once"
    "|in fact|in general|in all|all in all|all time|of all time|all-time|right|well|like so"
    "|for me|for us|for real|real quick|quickly|quick|kindly|once|twice|yes|no rush|plain"
    "|regular|normal|ordinary|standard version|base version|base model|i mean|you know|mean to say"
    "|back then|back in|back in the day|in the past|in those days|nowadays|lately|as of now"
    "|as of today|to date|until now|up to now|as far as|as far as you know|by any chance"
    # small words
    "|into|onto|upon|during|throughout|via|toward|towards|along|amid|across|off|behind|beside"
    "|because|since when|whether|though|although|however|thus|hence|therefore|plus that"
    "|itself|themselves|himself|herself|he|she|him|his|her|ours|yours|mine own|your|our|u|ur|r"
    "|who else|what else|which else|anything else|else than|various|several|certain|particular"
    "|respective|individual|single one|main one|real|true|actual|possible|potential|given that"
    "|provided|such as|e.g.|eg|i.e.|ie|etc|etc.|and so on|and the like"
    # politeness and noise
    "|sorry|excuse me|pardon|cheers|thx|ty|tks|ta|tia|much appreciated|appreciate|appreciate it"
    "|kind regards|best regards|many thanks|thank you so much|be so kind|much obliged"
    "|yo|oi|ah|oh|uh|um|umm|hm|er|erm|wow|lol|haha|hehe|k|yep|yup|nope|alright|right then|now then"
    "|good morning|good afternoon|good evening|good day|greetings|howdy|asap|atm|rn|imo|tbh|fyi"
    "|whats|wheres|whos|hows|theres|im|ive|id like|i've|i have been|i am|we're|we are|they're"
    "|you're|you've|we've|isn't it|aren't they|doesn't it|don't they|does it not|right or not"
)

CHINESE = (
    # 存在与来去
    "来着|出厂|预装|原装|出厂时|过来|出来的|属于的|位于|处于|处在|身处|列于|列在|见于|算是|算作|称为|称作|名为|唤作"
    "|成为|变成|当作|作为|归|归属|归于|走|走向|赶上|碰上|遇到|碰到|摆|摆着|放着|躺着"
    # 目录与记录
    "|列表|清单|名单|一览|一览表|表|表里|表中|表格|清单里|名单里|列表里|列表中|目录里|目录中|数据里"
    "|数据中|数据集|数据集里|资料里|记录|记录里|记录中|记载|记载的|登记|登记的|收录的|收录了|在册"
    "|在库|库|库存里|图谱|图谱里|知识图谱|知识库|图里|图中|知识库里|系统里|你这|你这里|你们这|你们这里"
    # 请求
    "|排|排在|排到|排名|排行|名列|位列|位居|数一下|数一数|数数|数下|算一下|算下|算算|算一算|计算|计算一下|求|求出|求问|求告知|求助|跪求"
    "|急求|急|统计|统计一下|统计下|得出|得到|搜|搜一下|搜搜|搜索|搜寻|检索|筛|筛一下|筛选|筛选出"
    "|筛选一下|筛出|过滤|挑|挑出|挑选|选出|选取|罗列|罗列出|展示|呈现|呈现出|翻|翻翻|翻一下|拉|拉一下"
    "|拉个|拉出|报|报一下|报个|念|念一下|瞅|瞅瞅|瞧|瞧一瞧|看一看|看一眼|看一下|帮我看看|帮我查"
    "|帮我查查|帮我查一下|帮我找|帮我找找|帮我看|帮忙看|帮忙查|帮忙找|找找|找一找|找一下|找下|查一查"
    "|查下|说|说下|说一说|讲|讲一下|聊|聊聊|谈|谈谈|打听|打听一下|了解下|确认|确认一下|核实|核实一下"
    "|记得|想起|觉得|认为|以为|听说|据说|发现|看到|见到|见|看见|请告诉我|请告知|告诉我|告诉一下"
    "|搞|搞个|弄|弄个|整个|整一个|来个|来一个|来一款|来几款|来点|来份|拿|拿来|取|给个|给一个|给一份"
    "|给我来|给我来个|做个|做一个|想看|想看看|想查|想查一下|想查查|想找|想找找|想问问|想请问|我想知道"
    "|我想了解|我想看看|要找|要看|要查|要一款|要一个|要一台|来一台|需要一款|需要一台|需要找"
    # 版本与样式
    "|版本|版|版的|款型|型款|配置版|配置的版本|版型|规格的|样|样的|样子|这样|那样|这种|那种|这类|那类"
    "|之类|之类的|一类|一种|那些个|某|某个|某款|某些|相应|对应|对应的|相对应"
    # 范围与时间
    "|里边|里头的|当中的|之列|行列|之流|范围里|范围当中|时期|期间|年代|年度|年份里|年里|全年|当年|那年"
    "|该年|那一年|整年|年底前|阶段|世界|世上|全球|全网|行业|业内|圈|圈里|史上|有史以来|一直以来"
    "|到现在|到目前|迄今|迄今为止|截至目前|截止目前|眼下|如今|现今|当前|当下|现阶段|这会儿|此刻"
    # 副词与语气
    "|就是|才|仅|只|仅仅|只有|只是|单单|光|光是|恰|总的|总的来说|总体|总体上|一般|一般来说|通常"
    "|往往|一直|曾|曾经|已|已经|正在|将|将要|马上|再|再来|再给|另|另外还|仍|仍然|依然|仍旧|其实|实际"
    "|实际上|事实上|基本|基本上|大体|大体上|尤其|特别|非常|很|挺|十分|相当|太|极|极其|尽量|尽可能"
    "|务必|必须|应该|应当|应|该是|或许|也许|可能|好像|似乎|貌似|反正|总之|整体|整体上|综合|综合来看"
    "|顺便|顺便问|顺便问下|顺便问一下|顺带|此外|除此之外|一并|一块|一块儿|一起|一同|统统|通通|全|全都"
    "|全是|都是|都算|皆|任意|任一|随意|到底是|究竟是|原来|本来|原本|居然|竟然|确实|真的|真正|真|明显"
    "|显然|当然|毕竟|终于|刚|刚刚|刚才|首先|其次|最后问一下|最后问下|最后再问|然后|接着|那么请问|如果说|假如|假设|若|若是|倘若"
    "|对于|关于|针对|按|按照|依照|根据|依据|从中|以|凭|通过|经过|随着|因为|因此|由于|所以|虽然|尽管"
    "|无论|不论|不管|只要|除非|即|即是|也就是|也就是说|比如|比如说|例如|像是说|等等|等|啥的|什么的"
    "|咯|啦|喽|嘞|哇|哟|唉|欸|诶|嗯|呃|哩|罢了|滴|哒|嘿|喂|呵呵|哈哈|哈喽"
    "|拜托|拜托了|劳驾|劳烦|劳烦您|烦请|烦请您|有劳|有劳您|麻烦您|请您|多谢您|谢谢您|感激不尽|不胜感激|辛苦|辛苦了|感谢|多谢|谢|谢啦"
    "|不好意思|抱歉|打扰|打扰了|打扰一下|哥们|有人知道|谁知道|谁能告诉我|有知道的吗|有谁知道|早上好"
    "|下午好|晚上好|大家好|在吗|在不在"
    # 量词与代词
    "|穿|穿着|穿的|支|枚|把|样|组|批|系|份|条|员|位数|俩|俩者|两者|二者|三者|之间的|彼此|互相|双方|双双|各款|各个|每|每个|每款|每台|每部|每一款|每一个|一些个"
    "|一部分|部分|其余|剩下|剩下的|余下|整|整体的|一整"
)
# Who a question is put to; of a name it is somebody else (`misread.py`).
ADDRESSED_CHINESE = "老板|大佬|大神|大哥|哥|兄弟|朋友|朋友们|小伙伴|同学|老师|客服|美女|帅哥"
# Words of having: they stand for `have` where the graph has nothing of their name.
HAVING_ENGLISH = (
    "take|takes|taking|accept|accepts|accepting|hold|holds|holding|handle|handles|fit|fits"
    "|put|puts|slot in|house|houses|housing|boast|boasts|boasting|rock|rocks|rocking"
    "|possess|possesses|possessing|contains a|hosts|host|provide|provides|providing|provided with"
    "|allow|allows|allow for|allows for|accommodate|accommodates|incorporate|incorporates|enjoy"
    "|enjoys|deliver a|pack in|packing|sporting|carrying|bearing|bears|wield|showing|armed with"
    "|loaded with|stuffed with|blessed with|rolling with|going with|got a|get a|shipped with"
    "|shipping with|come equipped with|comes equipped with"
)
HAVING_CHINESE = (
    "适合|适用|适用于|适宜|插|能插|可插|可以插|能插上|装|装得下|能装|可装|可以装|放|能放|可放|可以放|塞|能塞|接|能接|可接"
    "|可以接|享有|具有的|备有|设有|设|附|附有|附赠|兼具|兼有|兼备|兼容|适配|给了|给到|塞进|塞了|装了|装着"
    "|带了|带着|支持的|能用|可用|可以用|能支持|可支持|可以支持|做到|做到了|提供了|提供的|用着|上了|用到"
    "|配上|配着|搭配|搭配了|搭|装备|装备了|内嵌|集成|集成了|自带了|内置了"
)
# What stands for any of the things of the graph.
ITEMS_ENGLISH = "product line|sku|skus"
ITEMS_CHINESE = "机子|机种|家伙|玩意|玩意儿|产物|单机|品种|款式的|商品们|成员|选手|作品"

PASSED: tuple[tuple[str, str], ...] = (
    ("ignore", ENGLISH),
    ("ignore", CHINESE),
    ("ignore", ADDRESSED_CHINESE),
    ("have", HAVING_ENGLISH),
    ("have", HAVING_CHINESE),
    ("item", ITEMS_ENGLISH),
    ("item", ITEMS_CHINESE),
)
