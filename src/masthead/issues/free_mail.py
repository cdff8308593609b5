"""Domains of free mailboxes. Their DMARC policies or terms make others refuse bulk mail that claims to come from them."""

from __future__ import annotations

_NAMES = """
gmail.com googlemail.com
yahoo.com yahoo.co.uk yahoo.fr yahoo.de yahoo.es yahoo.it yahoo.co.jp yahoo.com.br ymail.com rocketmail.com myyahoo.com
outlook.com outlook.de outlook.fr outlook.es hotmail.com hotmail.co.uk hotmail.fr hotmail.de hotmail.it hotmail.es live.com
live.co.uk live.fr live.nl msn.com
aol.com aim.com icloud.com me.com mac.com
gmx.de gmx.net gmx.at gmx.ch gmx.com web.de freenet.de t-online.de mail.com
orange.fr wanadoo.fr free.fr laposte.net sfr.fr
libero.it virgilio.it alice.it tiscali.it
mail.ru bk.ru inbox.ru list.ru yandex.ru yandex.com ya.ru rambler.ru
qq.com 163.com 126.com sina.com naver.com daum.net hanmail.net
proton.me protonmail.com pm.me tutanota.com tuta.io zoho.com fastmail.com hey.com
comcast.net verizon.net att.net sbcglobal.net cox.net btinternet.com uol.com.br bol.com.br
"""

FREE_MAIL_DOMAINS = frozenset(_NAMES.split())
