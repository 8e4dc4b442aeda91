"""Credit risk capital: internal ratings, counterparty credit risk under SA-CCR, repo-style transactions, CVA."""
