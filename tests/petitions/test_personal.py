"""What is flagged as personal data before a text becomes public."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petitions.selectors.personal import Kind, personal_data_in


def found(text: str) -> list[tuple[str, str]]:
    return [(finding.kind.value, finding.text) for finding in personal_data_in(text)]


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("请打13912345678联系", "13912345678"),
        ("电话139 1234 5678。", "139 1234 5678"),
        ("手机139-1234-5678", "139-1234-5678"),
        ("+86 13912345678", "+86 13912345678"),
        ("我的号码是13912345678", "13912345678"),
        ("座机0359-5020001", "0359-5020001"),
        ("座机5020001找我", "5020001"),
        ("微信号:88123456", "88123456"),
    ],
)
def test_phone_is_found_however_it_is_written(text, phone):
    assert ("phone", phone) in found(text)


@pytest.mark.parametrize("number", ["142701198001011234", "14270119800101123X", "142701800101123"])
def test_identity_number_is_found_and_not_taken_for_a_phone(number):
    assert found(f"身份证{number}已登记") == [("id_number", number)]


@pytest.mark.parametrize("plate", ["晋M12345", "晋M·12345", "晋m8d66z", "晋MD12345", "京A1234学"])
def test_plate_is_found(plate):
    assert found(f"车{plate}占道") == [("plate", plate)]


@pytest.mark.parametrize(
    ("text", "room"),
    [
        ("3单元502漏水", "3单元502"),
        ("3单元502室漏水", "3单元502室"),
        ("3号楼2单元502", "3号楼2单元502"),
        ("3栋2单元5层502室", "3栋2单元5层502室"),
        ("三单元五零二漏水", "三单元五零二"),
        ("502室漏水", "502室"),
        ("楼上1203住户", "1203住户"),
        ("地址3-2-502", "3-2-502"),
        ("五楼东户漏水", "五楼东户"),
        ("3号楼 502号", "3号楼 502号"),
    ],
)
def test_room_number_is_found(text, room):
    assert ("room", room) in found(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("王女士来电反映", "王女士"),
        ("王建国先生", "王建国先生"),
        ("感谢张老师", "张老师"),
        ("李大爷腿脚不便", "李大爷"),
        ("欧阳女士", "欧阳女士"),
        ("业主王建国反映", "王建国"),
        ("居民李梅说", "李梅"),
        ("住户:赵国强", "赵国强"),
        ("住户 欧阳明的车", "欧阳明"),
        ("联系人刘洋,电话", "刘洋"),
        ("老王家漏水", "老王"),
        ("小李说没人管", "小李"),
        ("张三 13900001111 反映健身器材松动", "张三"),
        ("昨天，赵国强反映灯不亮", "赵国强"),
        ("欧阳明投诉噪音", "欧阳明"),
    ],
)
def test_name_is_found(text, name):
    assert ("name", name) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "3号楼2单元楼道灯坏了两周",
        "三单元楼道灯坏了,晚上老人上下楼看不清。",
        "居民高度关注小区安全",
        "业主方便的时候来",
        "居民和物业已商量好",
        "住户都在问什么时候修",
        "2026年11月20日换灯12盏,费用1500元",
        "500米外有公交站,共120户",
        "已于11月20日16:30修好",
        "小区老旧,老年人多",
        "老胡同里的老杨树",
        "业主王某反映",
        "王某某女士",
        "编号20261120-0042",
        "公示期为5个工作日",
        "居民时常在楼道停车",
        "路灯报修以后当晚就亮了",
        "高层投诉水压小",
        "1号楼至12号楼全部换新灯",
        "",
    ],
)
def test_ordinary_words_are_left_alone(text):
    assert found(text) == []


def test_name_of_somebody_known_is_found_wherever_it_stands():
    findings = personal_data_in("这件事是水生师傅帮的忙，居民都满意", names=["水生", "居民", "生"])

    assert [(finding.kind, finding.text) for finding in findings] == [(Kind.NAME, "水生")]


def test_full_width_digits_are_read_like_plain_ones():
    assert found("电话13912345678") == [("phone", "13912345678")]


def test_everything_is_found_once_and_in_order():
    text = "业主王建国(3单元502,电话13912345678,车牌晋M12345)反映漏水,李女士也反映过。"

    kinds = [finding.kind for finding in personal_data_in(text)]

    assert kinds == [Kind.NAME, Kind.ROOM, Kind.PHONE, Kind.PLATE, Kind.NAME]


@given(st.text(alphabet="王女士先生业主3单元502室139123456780-晋M·X 居民老小张。,某号楼", max_size=60))
def test_findings_lie_in_the_text_and_never_overlap(text):
    findings = personal_data_in(text)

    assert all(text[finding.start : finding.end] == finding.text != "" for finding in findings)
    assert all(one.end <= other.start for one, other in pairwise(findings))
