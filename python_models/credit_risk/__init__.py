"""Credit risk: the risk-weight functions of the internal ratings-based approach, and counterparty credit risk."""
