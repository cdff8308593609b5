"""Phrases about the mail itself: spam, viruses, form, size."""

from masthead.bounces.reading.phrases.writing import phrases

VIRUS = phrases(
    """
    virus | malware | infected | trojan | phishing | malicious | contains a worm | suspicious attachment | illegal attachment |
    dangerous attachment | executable | potential security | a potentially | presents a potential | attachment type |
    attachment is not allowed | blocked attachment | banned attachment | file attachment | attachment * not allowed |
    attachments are not | unsafe attachment | harmful | mcspamsignature | ウイルス | ウィルス | 病毒 | вирус |
    banned file | banned name | disallowed attachment | forbidden attachment
    """
)

SPAM = phrases(
    """
    hvu:b | (hvu: | policy violation - content | spam | ube, | unsolicited | junk mail | bulk mail | mass mailing |
    bulk email | bayes | message content rejected | content rejected | content denied | blocked by content | content filter |
    content blocked | content policy | content restrictions | message looks like | classified as |
    considered unsolicited | identified as | appears to be unsolicited | scored as | high probability | advertis |
    message contains content | not accepted for policy: content | rule imposed mailbox access | dt:spm | dt:sum | cmae |
    cloudmark | _506 | [506] | objectionable content | message filtered | mail filtered | message was filtered |
    blacklisted content | forbidden content | blocked url | blacklisted url | uribl | surbl | url blacklist | links to a |
    スパム | 迷惑メール | 垃圾邮件 | 垃圾郵件 | спам | подозр | 스팸 | rejected due to content | unwanted content |
    suspicious content | message refused by | your message looks | fails our filter | filter rejected |
    message content * not acceptable
    """
)

FORM = phrases(
    """
    not rfc 2822 | rfc 2822 compliant | rfc 5322 compliant | rfc 5322 | rfc5322 | rfc2822 | rfc 2822 | rfc 822 |
    not rfc compliant | duplicate header | duplicated header | multiple from headers | multiple addresses in from |
    addresses in from: header | bare lf | bare cr | bare newline | bare linefeed | stray cr | smtp smuggling |
    message-id header missing | missing message-id | missing date | missing a valid from |
    missing a valid address in from | from header is missing | from header missing | message is not rfc | violates rfc |
    violate rfc | header field missing | headers are missing | line too long | lines too long | lines longer than |
    exceeds 998 | missing or malformed | does not comply with | invalid message-id | header with * non-ascii
    """
)

MALFORMED = phrases(
    """
    headers too large | header too large | header error | header too | header size | invalid header | malformed |
    mime error | mime structure | improper mime | improper use of 8-bit | conversion required | conversion not supported |
    8bit | 8-bit | improper formatted | message format | message header | syntax error in the header | too many mime |
    message mime complexity | mime depth | charset not | character set | language not | subject is not | invalid charset |
    media not supported | unparsable | unparseable | cannot be parsed | incorrectly formatted | not properly formatted |
    body part | blank subject
    """
)

TOO_BIG = phrases(
    """
    message too big | message too large | message size exceeds | message size | message is too large |
    message is too big | mail is too big | mail too big | size exceeds | size limit | exceeds size | exceeds * size |
    exceeds maximum | exceeds the maximum | exceeded maximum | too large | too big | fixed maximum | larger than |
    message length | max message size | maximum message size | maximum size | resolver.rst.sendsizelimit |
    resolver.rst.recipsizelimit | too long message | content length exceeded | zu groß | zu gross | trop volumineux |
    trop gros | demasiado grande | troppo grande | muito grande | te groot | слишком большой | слишком велик | サイズが |
    太大 | 过大 | 超过大小
    """
)

LIMIT = phrases(
    """
    message header size exceeds | too many recipients | too many received | limit exceeded | exceeds a limit |
    exceeded limit | too many attachments | too many parts
    """
)
