"""The units that catalogs write, with their spellings in several languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: `number * factor + offset` is the number in the base unit of its dimension."""

    symbol: str
    dimension: str
    factor: float
    spellings: tuple[str, ...]
    offset: float = 0.0


# Per dimension: symbol, factor to the base unit, other spellings divided by `|`. English words are
# written in the singular; their plural in -s is understood. Where one spelling stands for units of
# several dimensions (`M`: MB, MP), the first one listed is meant unless the context says otherwise.
# `=` marks a spelling that other case would make a common word (`=To`, French for TB).
_Row = tuple[str, float, str]

# RAM and storage are labelled in powers of two on one side (8 GB of RAM is 8192 MB) and of ten on
# the other (a 1 TB disk holds 1000 GB). Catalogs compare cells such as `512 MB` and `0.5 GB`, and
# shops list 1 TB beside 1024 GB: 1024 throughout makes these the same value.
_K = 1024.0

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0
_YEAR = 365.25 * _DAY  # a month is its twelfth, so that 24 months are 2 years

_ROWS: dict[str, tuple[_Row, ...]] = {
    "length": (
        ("mm", 1e-3, "millimeter|millimetre|毫米|公厘|millimètre|millimetro|milímetro|мм"),
        ("cm", 1e-2, "centimeter|centimetre|厘米|公分|zentimeter|centimètre|centimetro|см"),
        ("m", 1.0, "meter|metre|mtr|米|公尺|mètre|metro|м"),
        ("in", 0.0254, "\"|”|″|''|’’|inch|inches|英寸|英吋|吋|寸|zoll|pouce|pulgada|pollici|дюйм"),
        ("ft", 0.3048, "'|’|′|foot|feet|英尺|呎|pied"),
        ("yd", 0.9144, "yard|码"),
        ("km", 1e3, "kilometer|kilometre|公里|千米|км"),
        ("mi", 1609.344, "mile|英里"),
        ("μm", 1e-6, "um|micron|micrometer|micrometre|微米"),
        ("nm", 1e-9, "nanometer|nanometre|纳米"),
        ("dm", 0.1, "decimeter|decimetre|分米"),
    ),
    "mass": (
        ("g", 1.0, "gram|gramme|gr|gm|克|公克|gramm|grammo|gramo|г"),
        ("kg", 1e3, "kilogram|kilogramme|kilo|kgs|公斤|千克|kilogramm|chilogrammo|кг"),
        ("mg", 1e-3, "milligram|milligramme|毫克|мг"),
        ("t", 1e6, "tonne|ton|吨"),
        ("oz", 28.349523125, "ounce|盎司|unze|once|onza|oncia"),
        ("lb", 453.59237, "lbs|pound|磅|pfund|livre|libra"),
        ("斤", 500.0, "市斤|jin|catty"),
        ("两", 50.0, "liang|tael"),
        ("ct", 0.2, "carat|克拉"),
    ),
    "charge": (
        ("mAh", 1.0, "milliampere hour|milliamp hour|milliampere-hour|毫安时|毫安小时|毫安|мАч"),
        ("Ah", 1e3, "ampere hour|amp hour|ampere-hour|安时|安培时|安培小时"),
    ),
    "angle": (
        ("°", 1.0, "deg|degree|度|grad"),
        ("rad", 57.29577951308232, "radian|弧度"),
    ),
    "energy": (
        ("Wh", 3600.0, "watt hour|watt-hour|瓦时|瓦特小时|Вт·ч"),
        ("mWh", 3.6, "milliwatt hour|毫瓦时"),
        ("kWh", 3.6e6, "kilowatt hour|kilowatt-hour|千瓦时|度"),
        ("J", 1.0, "joule|焦耳|焦"),
        ("kJ", 1e3, "kilojoule|千焦"),
        ("kcal", 4184.0, "kilocalorie|千卡|大卡"),
    ),
    "information": (
        ("B", 1.0, "byte|octet|字节"),
        ("KB", _K, "KiB|kilobyte|kibibyte|千字节|=ko"),
        ("MB", _K**2, "M|MiB|meg|megabyte|mebibyte|兆|兆字节|=Mo|мб"),
        ("GB", _K**3, "G|GiB|gig|gigabyte|gibibyte|吉字节|吉|=Go|гб"),
        ("TB", _K**4, "T|TiB|terabyte|tebibyte|太字节|=To|тб"),
        ("PB", _K**5, "PiB|petabyte|pebibyte"),
        # Shops write `8Gb` and mean bytes; bits must be spelled out.
        ("bit", 1 / 8, "比特"),
        ("Kbit", _K / 8, "kilobit"),
        ("Mbit", _K**2 / 8, "megabit"),
        ("Gbit", _K**3 / 8, "gigabit"),
    ),
    "power": (
        ("W", 1.0, "watt|瓦|瓦特|Вт"),
        ("mW", 1e-3, "milliwatt|毫瓦"),
        ("kW", 1e3, "kilowatt|千瓦|кВт"),
        ("MW", 1e6, "megawatt|兆瓦"),
        ("hp", 745.699872, "horsepower|bhp|马力"),
    ),
    "frequency": (
        ("Hz", 1.0, "hertz|赫兹|赫|Гц"),
        ("kHz", 1e3, "kilohertz|千赫兹|千赫"),
        ("MHz", 1e6, "megahertz|兆赫兹|兆赫|МГц"),
        ("GHz", 1e9, "gigahertz|吉赫兹|吉赫|ГГц"),
    ),
    "rotation": (
        (
            "rpm",
            1.0,
            "r/min|rev/min|rotations per minute|revolutions per minute"
            "|转/分|转/分钟|转每分|转每分钟|转",
        ),
    ),
    "frame rate": (("fps", 1.0, "frames per second|frames/s|帧/秒|帧"),),
    "voltage": (
        ("V", 1.0, "volt|VDC|VAC|伏|伏特|Вольт"),
        ("mV", 1e-3, "millivolt|毫伏"),
        ("kV", 1e3, "kilovolt|千伏"),
    ),
    "current": (
        ("A", 1.0, "amp|ampere|安|安培"),
        ("mA", 1e-3, "milliamp|milliampere"),
        ("μA", 1e-6, "uA|microamp|microampere|微安"),
    ),
    "apparent power": (("VA", 1.0, "volt-ampere|伏安"), ("kVA", 1e3, "千伏安")),
    "resistance": (
        ("Ω", 1.0, "ohm|欧姆|欧"),
        ("kΩ", 1e3, "kohm|kiloohm|千欧"),
        ("MΩ", 1e6, "Mohm|megaohm|兆欧"),
    ),
    "capacitance": (
        ("F", 1.0, "farad|法拉"),
        ("μF", 1e-6, "uF|microfarad|微法"),
        ("nF", 1e-9, "nanofarad"),
        ("pF", 1e-12, "picofarad|皮法"),
    ),
    "pixels": (
        ("px", 1.0, "pixel|像素|píxel|pikseli"),
        ("MP", 1e6, "M|Mpx|Mpix|Mpixel|megapixel|mega pixel|mega-pixel|mega|百万像素|мп|Мпикс"),
        ("万像素", 1e4, "万象素|萬像素"),
        ("亿像素", 1e8, ""),
    ),
    "pixel density": (("ppi", 1.0, "dpi|pixels per inch|dots per inch|像素/英寸"),),
    "time": (
        ("s", 1.0, "sec|second|秒|sek|sekunde|seconde|segundo|secondo|сек"),
        ("ms", 1e-3, "millisecond|msec|毫秒|мс"),
        ("μs", 1e-6, "us|microsecond|微秒"),
        ("ns", 1e-9, "nanosecond|纳秒"),
        ("min", _MINUTE, "mins|minute|分钟|分|minuten|minuto|мин"),
        ("h", _HOUR, "hr|hrs|hour|小时|时|個小時|个小时|stunde|stunden|std|heure|hora|ora|ч|час"),
        ("d", _DAY, "day|天|日|tag|tage|jour|día|giorni"),
        ("week", 7 * _DAY, "wk|周|星期|woche|wochen|semaine"),
        ("month", _YEAR / 12, "mo|mth|个月|個月|月|monat|monate|mois|meses"),
        ("year", _YEAR, "yr|y|年|jahr|jahre|année|ans|años|anni"),
    ),
    "volume": (
        ("ml", 1e-3, "mL|milliliter|millilitre|毫升|мл"),
        ("cl", 1e-2, "centiliter|centilitre|厘升"),
        ("dl", 0.1, "deciliter|decilitre|分升"),
        ("l", 1.0, "L|ltr|liter|litre|升|公升|litro|л"),
        ("cm3", 1e-3, "cc|cubic centimeter|cubic centimetre|cu cm|立方厘米"),
        ("m3", 1e3, "cbm|cubic meter|cubic metre|cu m|立方米"),
        ("fl oz", 0.0295735295625, "fl.oz|floz|fluid ounce|液体盎司|液盎司"),
        ("gal", 3.785411784, "gallon|加仑"),
        ("qt", 0.946352946, "quart|夸脱"),
        ("cu ft", 28.316846592, "ft3|cubic foot|cubic feet|立方英尺"),
        ("cu in", 0.016387064, "in3|cubic inch|cubic inches|立方英寸"),
    ),
    "data rate": (
        # Lines are sold in powers of ten, and so are the byte rates beside them.
        ("bps", 1.0, "bit/s|b/s"),
        ("kbps", 1e3, "kbit/s|kb/s|kilobit per second"),
        ("Mbps", 1e6, "Mbit/s|Mb/s|megabit per second|兆比特/秒"),
        ("Gbps", 1e9, "Gbit/s|Gb/s|gigabit per second"),
        ("KB/s", 8e3, "=KBps|kilobyte per second"),
        ("MB/s", 8e6, "=MBps|megabyte per second|兆/秒"),
        ("GB/s", 8e9, "=GBps|gigabyte per second"),
    ),
    "speed": (
        ("m/s", 1.0, "mps|meter per second|米/秒"),
        ("km/h", 1 / 3.6, "kph|kmh|公里/小时|千米/小时"),
        ("mph", 0.44704, "mi/h|mile per hour"),
    ),
    "temperature": (
        ("K", 1.0, "kelvin|开尔文"),
        ("°C", 1.0, "C|ºC|˚C|deg C|degC|celsius|degrees celsius|摄氏度|度"),
        ("°F", 5 / 9, "F|ºF|˚F|deg F|degF|fahrenheit|degrees fahrenheit|华氏度"),
    ),
    "area": (
        ("mm2", 1e-6, "sq mm|sqmm|square millimeter|square millimetre|平方毫米"),
        ("cm2", 1e-4, "sq cm|sqcm|square centimeter|square centimetre|平方厘米"),
        ("m2", 1.0, "sq m|sqm|square meter|square metre|平方米|平方|平米|qm"),
        ("in2", 0.0254**2, "sq in|sqin|square inch|square inches|平方英寸"),
        ("ft2", 0.3048**2, "sq ft|sqft|sq.ft|square foot|square feet|平方英尺"),
        ("ha", 1e4, "hectare|公顷"),
    ),
    "areal density": (("g/m2", 1.0, "gsm|gram per square meter|克/平方米"), ("kg/m2", 1e3, "")),
    "specific absorption": (("W/kg", 1.0, "watt per kilogram|瓦/千克"),),
    "pressure": (
        ("Pa", 1.0, "pascal|帕|帕斯卡"),
        ("hPa", 1e2, "mbar|百帕"),
        ("kPa", 1e3, "千帕"),
        ("MPa", 1e6, "兆帕"),
        ("bar", 1e5, "巴"),
        ("psi", 6894.757293168, ""),
        ("atm", 101_325.0, "大气压"),
    ),
    "force": (("N", 1.0, "newton|牛|牛顿"), ("kN", 1e3, "千牛")),
    "torque": (("Nm", 1.0, "N·m|N.m|N-m|newton meter|牛米|牛·米"),),
    "sound level": (("dB", 1.0, "dBA|dB(A)|decibel|分贝|дБ"),),
    "luminous flux": (("lm", 1.0, "lumen|流明"),),
    "luminous intensity": (("cd", 1.0, "candela|坎德拉"),),
    "luminance": (("nit", 1.0, "cd/m2|尼特|坎德拉/平方米"),),
    "illuminance": (("lx", 1.0, "lux|勒克斯"),),
    "share": (("%", 0.01, "percent|per cent|pct|百分比|prozent"), ("‰", 0.001, "per mille")),
    "count": (
        ("pcs", 1.0, "pc|piece|item|unit|个|個|件|只|台|部|条|张|片|粒|枚|支|块|颗|stk|stück|шт"),
        ("dozen", 12.0, "打"),
    ),
}

_OFFSETS = {"°C": 273.15, "°F": 459.67 * 5 / 9}

UNITS: tuple[Unit, ...] = tuple(
    Unit(
        symbol,
        dimension,
        factor,
        tuple(filter(None, spellings.split("|"))),
        _OFFSETS.get(symbol, 0.0),
    )
    for dimension, rows in _ROWS.items()
    for symbol, factor, spellings in rows
)
