"""Everyday wordings of questions and headers of notes on many fields mean the same attributes."""

from __future__ import annotations

import pytest

from rag.question.wording import attribute_concepts, find_concepts, written_out
from rag.text.normalise import normalise

PAIRS = [
    # washing machines
    ("这台洗衣机啥牌子的", "厂家", "organisation"),
    ("洗一次要等几分钟", "耗时", "duration"),
    ("which one is more power hungry", "耗电量", "consumption"),
    ("脱水的时候有多大声", "噪音水平", "noise"),
    ("电机坏了能保几年", "质保期", "warranty"),
    ("will it cost me more than the old one", "售价", "cost"),
    # coffee machines
    ("水箱几升", "水箱容量", "capacity"),
    ("how many watts does it pull", "额定功率", "power"),
    ("卖几块钱", "Street price", "cost"),
    ("what's it made of, plastic?", "外壳材质", "material"),
    ("what do people moan about", "Complaints", "weakness"),
    ("谁生产的这个磨豆机", "Manufacturer", "organisation"),
    # restaurants
    ("周日几点打烊", "营业时间", "opening_hours"),
    ("how late can we eat there", "Opening hours", "opening_hours"),
    ("坐得下十二个人的包间", "座位数", "seats"),
    ("辣不辣", "口味", "taste"),
    ("do we need to book ahead", "预约", "booking"),
    ("能不能送上门", "配送范围", "delivery"),
    ("how do people rate the noodles", "评分", "rating"),
    # universities
    ("有多少学生", "在校生", "students"),
    ("how hard to get into is it", "录取率", "admission"),
    ("一年要交多少学费", "Tuition", "cost"),
    ("which town is it in", "校址", "place"),
    ("哪年建校", "成立时间", "founding"),
    ("排第几", "Ranking", "ranking"),
    ("读下来要几年", "学制", "duration"),
    # board games
    ("几个人玩合适", "玩家人数", "players"),
    ("how many can play", "Player count", "players"),
    ("小孩多少岁能玩", "适用年龄", "age"),
    ("好不好上手", "Difficulty", "difficulty"),
    ("who puts out the box", "出版社", "organisation"),
    ("how many minutes is one round", "游戏时长", "duration"),
    # plants
    ("这盆多久浇一次", "浇水频率", "watering"),
    ("does it want full sun", "光照", "sunlight"),
    ("safe for cats?", "毒性", "toxicity"),
    ("长到多高", "株高", "height"),
    ("where does it grow wild", "原产地", "place"),
    ("学名叫啥", "Latin name", "alias"),
    # vaccines
    ("打完会难受吗，有什么不良反应", "Side effects", "side_effect"),
    ("who should not take it", "禁忌", "contraindication"),
    ("里面有什么料", "有效成分", "ingredients"),
    ("打几次，一次用多少量", "单次剂量", "dose"),
    ("what does it treat", "适应症", "purpose"),
    ("哪个厂出的", "生产企业", "organisation"),
    # smartphones
    ("how many megapixels", "像素", "resolution"),
    ("屏多大", "屏幕尺寸", "screen"),
    ("what chip is inside", "处理器", "processor"),
    ("吃内存吗", "内存占用", "memory"),
    ("掉水里还能用吗", "防水等级", "protection"),
    ("how long until it is fully charged", "充电时间", "charging"),
    ("充一次能用多少天", "Battery life", "battery"),
    ("how chunky is the phone", "大小", "magnitude"),
    # mountains and huts
    ("how high up is the hut", "海拔", "altitude"),
    ("山顶有多少度", "气温", "temperature"),
    ("谁看管这间屋", "管理员", "owner"),
    ("how many people can sit inside", "座位", "seats"),
    ("走到要多少个小时", "用时", "duration"),
    # aircraft
    ("能飞多远", "航程", "distance"),
    ("what's its top speed", "最高时速", "speed"),
    ("how many passengers does it take", "载客量", "seats"),
    ("什么时候停产的", "退役", "end_of_life"),
    ("first showed up at which show", "首次亮相", "date"),
    ("how much can it carry", "最大载重", "capacity"),
    # trains and bridges
    ("几米宽", "宽度", "width"),
    ("how wide is the deck", "Width", "width"),
    ("多少米长", "全长", "length"),
    ("what year was it opened", "建成时间", "date"),
    ("who designed it", "研制单位", "organisation"),
    ("造它要多少钱", "Budget", "cost"),
    # printers
    ("一页多少钱", "Price", "cost"),
    ("how do I hook it to the laptop, what cable", "接口类型", "connection"),
    ("能不能手机上用", "Mobile app", "mobile"),
    ("多厚", "Thickness", "thickness"),
    ("what is annoying about it", "缺点", "weakness"),
    ("哪台更省电", "Power consumption", "consumption"),
    # payment gateways
    ("挂过几次", "Uptime", "availability"),
    ("how many a second can it take", "吞吐量", "throughput"),
    ("支付要等多少毫秒", "p99", "latency"),
    ("同时能接多少单", "Concurrency", "concurrency"),
    ("do they charge every month", "月费", "cost"),
    ("能白嫖吗", "Free tier", "free_tier"),
    # note-taking apps
    ("没网能打开吗", "离线模式", "offline"),
    ("用啥写的", "Language", "language"),
    ("is my text scrambled, I mean encrypted", "端到端加密", "encryption"),
    ("how do users log in", "登录方式", "authentication"),
    ("how many people use it", "用户规模", "users"),
    ("占多大空间", "安装包大小", "disk"),
    ("学生打几折", "Discount", "discount"),
    # password managers and backup
    ("存几份", "副本数", "replication"),
    ("how long are they kept", "保留时间", "retention"),
    ("哪一版最新", "Version", "version"),
    ("which os does it need", "支持平台", "platform"),
    ("过了什么认证", "Certification", "certification"),
    # game studios
    ("那边几号人", "团队规模", "headcount"),
    ("how many people work there", "员工数", "headcount"),
    ("how much do they earn", "营收", "revenue"),
    ("卖出多少份", "销量", "sales"),
    ("谁投的钱", "投资方", "funding"),
    ("拿过什么奖", "Awards", "award"),
    ("what came out of Lisbon", "Developer", "organisation"),
    # mattresses and chairs
    ("睡着舒不舒服", "Comfort", "comfort"),
    ("how hefty is it", "净重", "weight_mass"),
    ("承得住多少斤", "承重", "capacity"),
    ("有啥颜色", "色号", "colour"),
    ("how thick is the foam", "厚度", "thickness"),
    # synthesisers
    ("how does it sound", "音色", "sound"),
    ("线插什么口", "Connector", "connection"),
    ("一年做多少台", "产量", "production"),
    ("who's behind it", "工作室", "organisation"),
    ("几时开卖的", "发售日", "date"),
    # microphones and vacuum cleaners
    ("哪支灵敏度高", "Sensitivity", "sensitivity"),
    ("does it block out noise", "降噪深度", "noise_cancelling"),
    ("喇叭口径多粗", "直径", "diameter"),
    ("吸一次顶得住多久", "续航时间", "battery"),
    ("这型号有啥毛病", "通病", "weakness"),
    # ice creams
    ("多少卡路里", "热量", "calories"),
    ("什么时候坏", "保质期", "expiry"),
    ("what goes into it", "配料", "ingredients"),
    ("好吃吗", "Flavour", "taste"),
    # films and festivals
    ("哪个月份上映的", "上映日期", "date"),
    ("片长多少分钟", "Running time", "duration"),
    ("who put up the money", "资金来源", "funding"),
    ("门票收多少", "Admission fee", "cost"),
    # companies
    ("who started the brewery", "创始人", "founder"),
    ("当初是谁办起来的", "Founder", "founder"),
    ("融资多少钱", "融资额", "raised"),
    ("融了多少钱", "Funding", "raised"),
    ("how much money did they raise", "天使轮", "raised"),
    ("那家公司几个人啊", "员工数", "headcount"),
    ("how big is the team", "Staff", "headcount"),
    ("who took it over", "Owner", "owner"),
    ("多大岁数", "年龄", "age"),
    ("对标谁", "竞品", "competitor"),
    # services
    ("how much to buy it", "价格", "cost"),
    ("what's it charging these days", "Monthly fee", "cost"),
    ("how much room do you get", "Storage space", "disk"),
    ("多久没更新了", "Last updated", "updated"),
    ("do i need internet for it", "离线", "offline"),
    ("跑什么系统", "Platform", "platform"),
    ("am i allowed to fork it, what rights", "许可证", "licence"),
    ("how many subscribers", "用户数", "users"),
    # other fields
    ("多少页", "Page count", "pages"),
    ("how many acres", "面积", "area"),
    ("how many inhabitants", "人口", "population"),
    ("坏了谁管", "Warranty", "warranty"),
    ("开封后几天得扔", "Shelf life", "expiry"),
    ("how long has it been out", "发布日期", "date"),
    ("how much did it cost", "Total €", "cost"),
    ("多少钱", "看到的价", "cost"),
    ("月租多少钱", "¥/月", "cost"),
    ("哪里不行", "缺点", "weakness"),
    ("how sharp is it", "分辨率", "resolution"),
    ("what does it cost a month", "Monthly", "cost"),
    ("一个月多少钱", "每月", "cost"),
    ("how much per night", "per night", "cost"),
    ("how long did weaving take", "Wall time", "duration"),
    ("它的 base 是啥", "底座", "base"),
    ("which one may i use for a product", "能否商用", "commercial_use"),
    ("哪个能拿来做产品", "能否商用", "commercial_use"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "header", "concept"), PAIRS)
def test_a_question_and_a_header_mean_the_same_attribute(question: str, header: str, concept: str) -> None:
    asked = {span.name for span in find_concepts(written_out(normalise(question)))}

    stated = attribute_concepts(normalise(header))

    assert concept in asked
    assert stated.get(concept) == 1.0


@pytest.mark.parametrize("header", ["性价比", "代价", "评价", "元数据", "价值", "monthly users"])
def test_a_sign_for_money_within_another_word_is_none(header: str) -> None:
    assert "cost" not in attribute_concepts(normalise(header))


@pytest.mark.parametrize(
    ("question", "header", "concept"),
    [
        ("how much noise does it make", "Noise cancelling", "noise_cancelling"),
        ("what is the latency", "Throughput", "throughput"),
        ("how tall is it", "Width", "width"),
        ("when was it founded", "End of life", "end_of_life"),
        ("what came out of Lisbon", "Release date", "date"),
        ("用户评价多少人", "在校生", "students"),
        ("哪家代工", "发售日", "date"),
        ("海拔多少米", "株高", "height"),
        ("融资多少钱", "售价", "cost"),
        ("what is it charging these days", "充电时间", "charging"),
        ("那家公司几个人", "机构", "organisation"),
        ("how long has it been around", "Duration", "duration"),
    ],
)
def test_what_only_sounds_alike_is_another_attribute(question: str, header: str, concept: str) -> None:
    asked = {span.name for span in find_concepts(written_out(normalise(question)))}

    stated = attribute_concepts(normalise(header))

    assert concept not in asked
    assert stated.get(concept) == 1.0
