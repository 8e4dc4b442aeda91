"""Capital requirements for market risk: expected shortfall of the internal model, the sensitivities-based method."""
