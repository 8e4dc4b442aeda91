"""Market risk: scenarios, P&L under them, value at risk and expected shortfall. Losses, VaR and ES are positive."""
