"""Old encodings, told apart by what the words look like."""

from __future__ import annotations

import pytest

from masthead.common import eight_bit

JAPANESE = "渡し船は冬のあいだも続くことになった。町の人びとは桟橋に集まった。"
CHINESE = "渡船将继续运行。镇上的人们聚集在码头，庆祝这个决定。冬天的河口很安静。"
TAIWANESE = "渡船將繼續運行。鎮上的人們聚集在碼頭，慶祝這個決定。冬天的河口很安靜。"
KOREAN = "나룻배는 겨울에도 계속 다니게 되었다. 마을 사람들이 부두에 모였다."


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (JAPANESE, "cp932"),
        (JAPANESE, "euc_jp"),
        (CHINESE, "gb18030"),
        (TAIWANESE, "cp950"),
        (KOREAN, "cp949"),
        ("<p>船</p><p>渡し船</p><p>港の町</p>", "cp932"),
        ("Ångström, el niño, Köln: «déjà vu» – où est le garçon?", "cp1252"),
        ("ÉTÉ À LA MER, ÇA ET LÀ, FORÊT", "cp1252"),
        ("Zażółć gęślą jaźń, święto, łódź", "cp1250"),
        ("Паром остаётся. Новости порта и посёлка.", "cp1251"),
        ("ПЕТРОВ ИВАН", "cp1251"),
        ("Паром остаётся. Новости порта и посёлка.", "koi8_r"),
        ("العبّارة باقية. أخبار الميناء والمدينة", "cp1256"),
        ("ميناء", "cp1256"),
    ],
)
def test_the_encoding_is_told_by_the_words(text: str, codec: str) -> None:
    assert eight_bit.guess(text.encode(codec)) == codec


@pytest.mark.parametrize(("text", "codec"), [(JAPANESE, "cp932"), (CHINESE, "gb18030"), (TAIWANESE, "cp950")])
def test_a_sample_may_end_inside_a_character(text: str, codec: str) -> None:
    for cut in range(40, 46):
        assert eight_bit.guess(text.encode(codec)[:cut]) == codec
