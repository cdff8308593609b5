"""Phrases about systems and the way to them: network, time, programs, faults."""

from masthead.bounces.reading.phrases.writing import phrases

#: A domain that could not be asked for, which is another thing than one that does not exist.
NETWORK_SURE = phrases("host not found, try again")

NETWORK = phrases(
    """
    connection refused | no route to host | network is unreachable | network unreachable | host unreachable |
    host is unreachable | host is down | host down | name service error | name server | nameserver | dns error |
    dns lookup | dns failure | dns server | dns problem | dns query | dns type | domain lookup | mx lookup | mx host |
    mx record | lookup failed | lookup failure | servfail | temporary failure in name | unable to route | cannot route |
    routing loop | mail loop | mail loops | mail looping | loop detected | loops back | loop count | too many hops |
    hop count | maximum hop | hops exceeded | mail forwarding loop | forwarding loop | looping | connection reset |
    connection lost | lost connection | connection closed | connection dropped | connection aborted | broken pipe |
    cannot connect | can't connect | could not connect | couldn't connect | couldn't make a connection |
    unable to connect | failed to connect | unable to make a connection | unable to contact | could not contact |
    cannot contact | unreachable for too long | connection failure | connection attempt | no connection | socket error |
    read error | write error | network error | communication failure | bad connection | host is not responding |
    server not responding | server is not responding | verbindung | connexion | conexión | conexão | соединен | 接続でき |
    无法连接 | cname lookup failed | was unable to establish
    """
)

EXPIRED = phrases(
    """
    expired | failing for a long time | multiple retries | find a gateway | delivery failed * attempts | timed out |
    timeout | time out | timed-out | retry time | retry timeout | too long | queue too long | in the queue | in queue |
    has been in | maximum time | delivery time | not delivered for | could not be delivered for | undelivered for |
    giving up | given up | gave up | stopped trying | retry limit | max retries | retries exceeded | retried too |
    attempts failed | after * attempts | after * days | after * hours | unable to deliver * for | within * days |
    delivery delayed | delayed | still being retried | will be retried | keep trying | for at least | for over |
    for more than | did not accept our requests to connect | recipient server did not accept | not responding |
    no answer from host | no answer | did not respond | not reachable | unreachable | could not be reached |
    not yet been delivered | server unavailable | frist | zeitüberschreitung | abgelaufen | délai | delai | expiré |
    tiempo de espera | tempo limite | scadut | verlopen | истекло | истек | タイムアウト | 期限 | 時間内に | 超时 | 过期
    """
)

#: A program's own complaint, which may end in "no such user" for its own sake.
PROGRAM_SURE = phrases("procmail: | maildrop: | mailer error | couldn't create")

PROGRAM = phrases(
    """
    procmail | maildrop | mailer error | mail delivery agent | delivery agent | command failed | command died |
    command output | command time limit | local mailer | local delivery failed | local configuration | program failed |
    unix- | x-unix | exited with | exit status | exit code | pipe to | child process | child crashed | cannot execute |
    sieve | dovecot-lda | deliver: | vdelivermail | could not lock | lock failure | cannot append | couldn't create |
    could not create | can't create | cannot update mailbox | cannot open mailbox | unable to open mailbox |
    temporary failure | mailbox is busy | mailbox busy | mailbox in use | temporary local problem | user defined signal |
    alias expansion | forward file
    """
)

SYNTAX = phrases(
    """
    syntax error | command unrecognized | command not recognized | command unknown | unrecognized command |
    unknown command | command not implemented | command parameter not implemented | not implemented |
    bad sequence of commands | improper sequence | improper command | bad command | invalid command | protocol error |
    bad protocol | need mail before | need rcpt | out of order | unexpected command | unsupported command | pipelining
    """
)

FULL = phrases(
    """
    insufficient system storage | insufficient system resources | insufficient disk | insufficient storage |
    no space left | disk full | disk is full | file system full | filesystem is full | system storage | out of disk |
    mail system full | system full | out of memory | not enough storage | insufficient resources
    """
)

ON_HOLD = phrases(
    """
    on hold | quarantine | held for | awaiting | moderation | pending approval | upstream error
    """
)

FAULT = phrases(
    """
    system error | internal error | internal server error | internal system | server error | software error |
    configuration error | misconfigur | local error | unexpected error | transaction failed | requested action aborted |
    requested action not taken | service unavailable | service currently unavailable | service not available |
    service temporarily | temporarily unavailable | not available | currently unavailable | system not | system is |
    server busy | system busy | too busy | overload | load too high | resources temporarily | resource | maintenance |
    try later | try again later | try again | temporary error | temporary problem | temporary server | temporary system |
    temporarily deferred | data format error | not capable | internal failure | remote error | i/o error | io error |
    database | ~ldap | failure | unable to process | unable to complete | could not complete | general error |
    unknown error | undefined error | out of range | exception | storedrv | system failure
    """
)
