"""How fast mail may leave: providers, limits, shares of relays, the governor, warm-up, quiet hours, the forecast of an end.

Pure: every module gets the time and the numbers and answers; none reads a clock, a table or a socket. The counters that
workers share are kept by `mail.allowances`, and the sender asks it.
"""
