"""Present values and analytic sensitivities of the instruments the bank trades.

One clock serves every product: a year is 365.25 days (`python_models.pricing.dates`), because the nodes of the
Treasury curve are calendar years. Rates are decimals and continuously compounded unless a name ends in ``_pct``.
A value at a date is taken at the close of that date: payments dated on it have been made and are not in it.
"""
