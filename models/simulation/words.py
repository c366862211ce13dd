"""What people write: small talk, awkward but innocent remarks, and advertisements."""

from models.simulation.world import Line

SMALL_TALK: tuple[Line, ...] = (
    ("早上好呀", False, False, False),
    ("今天的藏品真好看", False, False, False),
    ("晚上一起吃饭吗", False, False, False),
    ("哈哈哈哈", False, False, False),
    ("这个编号不错", False, False, False),
    ("抢到了吗", False, False, False),
    ("没抢到,手慢了", False, False, False),
    ("周末去爬山", False, False, False),
    ("谢谢你送的藏品", False, False, False),
    ("thanks, love it!", False, False, False),
    ("下一期什么时候发售", False, False, False),
    ("生日快乐", False, False, False),
    ("在忙,晚点回你", False, False, False),
    ("好的好的", False, False, False),
    ("新系列的画师是谁", False, False, False),
    ("孩子也很喜欢", False, False, False),
)

AWKWARD: tuple[Line, ...] = (
    ("官方发售价是19.9吗", True, False, False),
    ("这个以后能卖多少钱啊,开玩笑的", True, False, False),
    ("加我微信,周末聚会发你定位", False, True, False),
    ("红包收到啦,谢谢", False, False, True),
    ("饭钱68我转你支付宝", True, False, True),
    ("AA每人54,转我就行", True, False, True),
    ("我换号了,新电话发你", False, True, False),
    ("电影票35一张,回头转账给你,加下微信", True, True, True),
    ("有人说这个在外面炒到五百了", True, False, False),
    ("客服电话是多少", False, True, False),
)

OPEN_ADVERTS: tuple[Line, ...] = (
    ("出隐藏款,120一个,加V详聊", True, True, True),
    ("低价转藏品,先款后转,微信见主页", True, True, True),
    ("收同款,80秒结,支付宝转账", True, False, True),
    ("转让编号靓号,价格私聊,加Q", True, True, False),
)

VEILED_ADVERTS: tuple[Line, ...] = (
    ("有缘人可以带走,老规矩", False, False, False),
    ("想要的滴滴我,米到位就送", False, False, True),
    ("这个 1.2 个 w 的零头,懂的来", True, False, False),
    ("主页有绿泡泡", False, True, False),
)

HAGGLING: tuple[Line, ...] = (
    ("100可以吗,现在转", True, False, True),
    ("好,钱到了我就送你", False, False, True),
    ("加我绿色软件说", False, True, False),
    ("最低90,不讲价", True, False, False),
)
