"""Words of the same meaning in English and Chinese, as a dictionary has them.

Whatever one of them names in the graph, the others name as well; what none of them names there
stays unknown.
"""

from __future__ import annotations

# What shops sell: names of categories, but not of parts of texts.
GOODS = """
phone|mobile phone|smartphone|smart phone|cell phone|cellphone|handset|mobile|手机
  |智能手机|移动电话
tablet|tablet computer|平板|平板电脑
laptop|notebook|notebook computer|笔记本|笔记本电脑
computer|pc|电脑|计算机
television|tv|电视|电视机
watch|smartwatch|手表|智能手表
lamp|light|灯|灯具
lantern|灯笼|提灯
kettle|水壶|烧水壶
toaster|烤面包机
fridge|refrigerator|冰箱
washing machine|washer|洗衣机
vacuum cleaner|吸尘器
shoe|鞋|鞋子
chair|椅子
desk|table|桌子|书桌
sofa|couch|沙发
bag|包|背包
book|书|书籍
toy|玩具
bicycle|bike|自行车
printer|打印机
monitor|显示器
router|路由器
"""

MEANINGS = """
headphone|headset|earphone|earbud|耳机|耳麦
camera|照相机|相机|摄像头|镜头|像素
keyboard|键盘|实体键盘|全键盘
speaker|音箱|音响
loudspeaker|扬声器|喇叭|外放
weight|weigh|wt|mass|重量|体重|机身重量|多重|有多重
height|高度|身高|机身高度|多高
width|宽度|机身宽度|多宽
thickness|厚度|机身厚度|多厚|depth
length|长度
size|尺寸|大小|规格尺寸
screen size|display size|diagonal|屏幕尺寸|屏幕大小|屏幕对角线|显示屏尺寸|屏幕|显示屏|屏
  |屏占面积|screen|display
display type|screen type|panel type|屏幕类型|屏幕材质|面板|面板类型|display technology
  |screen technology
screen to body ratio|屏占比|screen ratio
price|cost|priced|costing|price tag|retail price|价格|价钱|售价|多少钱|价|定价|报价|launch price
  |上市价格
  |发售价|首发价|卖多少|卖多少钱|卖价
year|release year|launch year|released|launched|announced|introduced|release|launch
  |announcement|release date|launch date|came out|come out|debut|debuted|unveiled|年份|年
  |published|publication|publication year|publication date|出版|出版年份|出版时间|出版日期
  |发布|上市|发售|发行|问世|推出|发布时间|发布年份|上市时间|上市年份|上市日期|上架时间|上架日期|发布日期|面世|出来
capacity|容量
battery|batt|battery capacity|battery size|电池|电池容量|电量
battery type|电池类型|电池种类|battery technology
talk time|talktime|talk|talking time|通话时间|通话时长|通话
standby time|stand by time|standby|stand-by|待机|待机时间|待机时长|stand-by time
music playback|music play time|playback time|music play|音乐播放|音乐播放时间
endurance|endurance rating|battery life|续航|续航时间|续航能力|续航评分|电池续航|电池寿命
charging power|charging|charging speed|charge|wattage|充电功率|充电|快充|充电速度
  |fast charging|charging wattage
ram|working memory|运行内存|内存|运存|内存容量
storage|internal storage|internal memory|storage space|storage capacity|rom|存储|存储空间
  |机身存储|机身内存|存储容量|内部存储|储存|储存空间|闪存
memory card|expandable storage|storage expansion|插卡|扩展存储|存储扩展|扩容
  |card slot|memory card slot|sd card|microsd slot|card reader|存储卡|内存卡
  |扩展卡|存储卡槽|卡槽|microsd card slot
chipset|proc|soc|chip|processor|处理器|芯片|芯片组|处理器型号
cpu|central processor|中央处理器|processor core
gpu|graphics|graphics processor|graphics chip|显卡|图形处理器|图形芯片
resolution|res|分辨率|解析度|display resolution|screen resolution|屏幕分辨率
pixel density|ppi|像素密度|屏幕密度|屏幕像素密度|screen density
rear camera|cam|main camera|back camera|primary camera|camera|后置摄像头|后摄|主摄|主摄像头
  |后置相机|后置镜头|摄像头|后摄像头|相机|后置|rear camera resolution|main camera resolution
front camera|selfie cam|selfie camera resolution|front camera resolutionera|selfie
  |前置摄像头|前摄|自拍|自拍摄像头|前置相机|前置镜头|前摄像头|前置|front facing camera
camera feature|camera features|相机功能|拍照功能|摄像功能|摄像头功能
video|video recording|视频|录像|视频录制|摄像
operating system|os|system|os version|system version|android version|安卓版本|系统版本|操作系统
  |系统|software|platform
colour|color|颜色|配色|色彩|机身颜色
sensor|传感器|感应器
fingerprint|fingerprint sensor|fingerprint reader|fingerprint scanner|指纹|指纹识别
  |指纹传感器|指纹解锁
accelerometer|加速度计|加速度传感器|加速传感器
gyro|gyroscope|陀螺仪
compass|指南针|电子罗盘|罗盘
proximity|proximity sensor|距离传感器|距离感应
barometer|气压计
heart rate|心率
face id|面容识别|面部识别
material|build|build material|材质|机身材质|外壳材质|body material|机身
protection|screen protection|屏幕保护|屏幕玻璃|保护玻璃
sim|sim card|sim卡|SIM卡|SIM 卡
dual sim|双卡|双卡双待|双SIM卡|双SIM
single sim|单卡
network|network technology|网络|网络制式|制式|网络类型
lte|4g|4g lte
5g|第五代网络
wifi|wi-fi|wireless lan|wlan|无线网络|无线局域网|无线上网
bluetooth|蓝牙
nfc|near field communication|近场通信
gps|卫星定位|定位|satellite navigation
infrared|infrared port|ir|ir port|ir blaster|红外|红外线|红外接口|红外遥控
usb|usb port|usb connector|usb接口|充电接口|USB接口|数据接口
headphone jack|3.5 mm jack|audio jack|earphone jack|headphone socket|3.5mm|3.5mm jack
  |耳机孔|耳机插孔|耳机接口|3.5毫米耳机孔|3.5毫米耳机接口|3.5mm耳机孔|3.5mm耳机接口
  |3.5毫米插孔|3.5毫米接口
radio|fm radio|fm|收音机|调频收音机|FM收音机
browser|web browser|浏览器
messaging|message|消息|短信功能|信息功能
email|电子邮件|邮件
java|Java
status|availability|状态|上市状态
discontinued|停产|已停产|下架
cancelled|canceled|取消|已取消
coming soon|即将上市|即将推出
sar|辐射|辐射值|sar value|SAR值|SAR
model number|model code|型号编号|model numbers
speed|data speed|速度|网速|数据速度
frequency|频率|主频
power|功率
brightness|亮度
refresh rate|刷新率
volume|体积|音量
voltage|电压
noise|noise level|sound level|噪音|噪声|噪音值|分贝|噪音分贝
warranty|guarantee|warranty period|保修|保修期|保修时间|质保|质保期|质保时间
shelf life|保质期|保质时间
net weight|净重
net content|net contents|净含量
place of origin|country of origin|origin|产地|原产地|原产国|生产地|产自|产于
clothing size|尺码|码数|码
skin type|肤质|皮肤|肌肤|皮肤类型|肤质类型
ingredient|ingredients|成分|配料|原料
flavour|flavor|taste|口味|味道
alcohol|酒精
organic|有机
timer|定时
stock|in stock|库存|现货|有货
shop|store|seller|vendor|店铺|店|商店|店家|卖家|网店
black|黑|黑色
white|白|白色
silver|银|银色
gold|golden|金|金色
red|红|红色
blue|蓝|蓝色
green|绿|绿色
yellow|黄|黄色
pink|粉|粉色|粉红|粉红色
purple|violet|紫|紫色
grey|gray|灰|灰色
orange|橙|橙色|橘色
brown|棕|棕色|褐色
rose gold|玫瑰金
titanium|钛
glass|玻璃
gorilla glass|康宁大猩猩玻璃|大猩猩玻璃|大猩猩
metal|金属
aluminum|aluminium|铝|铝合金
plastic|塑料
steel|stainless steel|钢|不锈钢
ceramic|陶瓷
leather|皮革|真皮
wood|wooden|木|木头|木质
cotton|棉|纯棉
steel|钢
android|安卓
harmonyos|harmony os|鸿蒙|鸿蒙系统
symbian|塞班|塞班系统
snapdragon|sd|骁龙
dimensity|天玑
helio|曦力
unisoc|紫光展锐|展锐
spreadtrum|展讯
hisilicon|海思
elite|至尊版|至尊
mediatek|联发科
qualcomm|高通
exynos|猎户座
kirin|麒麟
touchscreen|触摸屏|触屏
monochrome|单色
quad core|quad-core|四核
octa core|octa-core|八核
dual core|dual-core|双核
flash|闪光灯
led flash|LED闪光灯
panorama|全景
removable|可拆卸
"""

# Names of companies, as either language writes them.
MAKERS = """
samsung|三星
apple|苹果
huawei|华为
honor|荣耀
xiaomi|小米
oppo|欧珀
vivo|维沃
oneplus|one plus|一加
realme|真我
meizu|魅族
lenovo|联想
zte|中兴
nokia|诺基亚
motorola|摩托罗拉
sony|索尼
sony ericsson|索尼爱立信|索爱
ericsson|爱立信
lg|乐金
htc|宏达电|宏达
google|谷歌
microsoft|微软
blackberry|黑莓
asus|华硕
acer|宏碁|宏基
siemens|西门子
philips|飞利浦
panasonic|松下
sharp|夏普
toshiba|东芝
mitsubishi|三菱
casio|卡西欧
alcatel|阿尔卡特
palm|奔迈
amazon|亚马逊
gionee|金立
coolpad|酷派
haier|海尔
tcl|TCL
hp|惠普|hewlett packard
dell|戴尔
nvidia|英伟达
intel|英特尔
bosch|博世
canon|佳能
nikon|尼康
dyson|戴森
nubia|努比亚
micromax|迈克罗麦克斯
vertu|威图
razer|雷蛇
leeco|乐视
tecno|传音
infinix|传音英菲尼克斯
benq|明基
gigabyte|技嘉
cat|caterpillar|卡特|卡特彼勒
bird|波导
amoi|夏新
at&t|at and t
t mobile|t-mobile
vodafone|沃达丰
orange|法国电信
nec|日本电气
kyocera|京瓷
fujitsu siemens|富士通西门子
sagem|萨基姆
garmin|佳明
energizer|劲量
verykool
"""

# Words that stand for another where the graph has nothing that is called by the first of them.
LOOSE = """
cpu|中央处理器|chipset|soc|processor|处理器|芯片
"""


def loose() -> list[tuple[str, ...]]:
    return _lines(LOOSE)


def meanings() -> list[tuple[str, ...]]:
    return [*goods(), *_lines(MEANINGS)]


def goods() -> list[tuple[str, ...]]:
    return _lines(GOODS)


def makers() -> list[tuple[str, ...]]:
    return _lines(MAKERS)


def _lines(text: str) -> list[tuple[str, ...]]:
    return [tuple(line.split("|")) for line in text.strip().replace("\n  |", "|").splitlines()]
