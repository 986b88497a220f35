"""Traditional characters as simplified ones, so that one text in both scripts is compared as one text.

Only the commoner characters of news are listed, each pair as CC-CEDICT gives it; of texts that are compared, not shown,
it does not matter that some (著, 乾) stand in simplified text too. Which script a text is in tells `nlp.language`.
"""

from __future__ import annotations

from nlp.language import TELLING_CHARACTERS

__all__ = ["SIMPLIFIED"]

_TRADITIONAL = (
    "於後麼與萬沒億體務內著並創無勢幾區決別況僅儲倉髮黨隻稅爭麵優則併減繼偉義傳隨亞製剛準擊軍習劃專淨裡臺樂興協脹舉嚴盡臨週辦彈絕眾輯係換卻屬農瞭慮鬚佔願裝蘭鍵醫麽採賬紀曆讀歸雲遊衝註複桿寫槓恆訊養沖陽緒藍劇勞撐徹誤異"
    "絡諾勁烏謂兒遜噹餘蘇觸壞暫憂溫潛範療瘋榮戲閱紐綜屆倫拋錶乾親殺穀頓豐韓賴訓島勵劉奧緣豬蘋迴綠脫蕩腦佈紛畢徵徑薩鎖償幹傾傑傷跡棄虛賭繫詞紹純壽茲練鮑築搶嘗飆遲賓貼噸駕邁懷峽謹兌掛飲紙夢礦龐亂駛宮溝鐘側襲繞糧緻陣郵厲"
    "薦吳靈詢軌罰廳聰畫揚藝萊診嚮輛騙慣橫飯禮滯鬥敘蹤輿課詳騰趕艱譽潰籤脅壟譯鮮慘貧腳憑靜鬆冊貶凱孫麥齡彙穫鄉賃楊鄭崗爲贊辭滅劑魯覽奪喬賠橋輝毀檯譜絲檔齊駐麗踐賦擠贈諸盧賈鉅辯擾鷹頁殼鬱謀顛檻瓊雞疊鵬湧縱誕鋒掙魚圓凈廢"
    "搖陰懼閃礙燒糾韋臉饋敵煉娛牆槍綁欄誌寵潔韌贖輩撥賀貪蕭煩瑪莊盪聖滾畝猶鏡顆燈獸窮廈訟繳爛蠻殘託覆壯曉遙煙闡誇壇鉤壘鑒媽遷膽鄧樹凍嚇鋪憶鴻讚傭潑儀脈謙昇詐誘艦攝貓鋰鴿説銅鄰賞肅鞏攤塲彌輔祕儘訝滲鬧裏懸喪轄斬賤紓甦帳"
)
_SIMPLE = (
    "于后么与万没亿体务内着并创无势几区决别况仅储仓发党只税争面优则并减继伟义传随亚制刚准击军习划专净里台乐兴协胀举严尽临周办弹绝众辑系换却属农了虑须占愿装兰键医么采账纪历读归云游冲注复杆写杠恒讯养冲阳绪蓝剧劳撑彻误异"
    "络诺劲乌谓儿逊当余苏触坏暂忧温潜范疗疯荣戏阅纽综届伦抛表干亲杀谷顿丰韩赖训岛励刘奥缘猪苹回绿脱荡脑布纷毕征径萨锁偿干倾杰伤迹弃虚赌系词绍纯寿兹练鲍筑抢尝飙迟宾贴吨驾迈怀峡谨兑挂饮纸梦矿庞乱驶宫沟钟侧袭绕粮致阵邮厉"
    "荐吴灵询轨罚厅聪画扬艺莱诊向辆骗惯横饭礼滞斗叙踪舆课详腾赶艰誉溃签胁垄译鲜惨贫脚凭静松册贬凯孙麦龄汇获乡赁杨郑岗为赞辞灭剂鲁览夺乔赔桥辉毁台谱丝档齐驻丽践赋挤赠诸卢贾钜辩扰鹰页壳郁谋颠槛琼鸡叠鹏涌纵诞锋挣鱼圆净废"
    "摇阴惧闪碍烧纠韦脸馈敌炼娱墙枪绑栏志宠洁韧赎辈拨贺贪萧烦玛庄荡圣滚亩犹镜颗灯兽穷厦讼缴烂蛮残托复壮晓遥烟阐夸坛钩垒鉴妈迁胆邓树冻吓铺忆鸿赞佣泼仪脉谦升诈诱舰摄猫锂鸽说铜邻赏肃巩摊场弥辅秘尽讶渗闹里悬丧辖斩贱纾苏帐"
)
SIMPLIFIED: dict[str, str] = {**TELLING_CHARACTERS, **dict(zip(_TRADITIONAL, _SIMPLE, strict=True))}
"""Simplified by traditional character."""
