"""The demonstration bank: a seeded synthetic bank around real market data, delivered as a real bank's systems would."""

from orchestration.demo_bank.faults import canaries, unanswered
from orchestration.demo_bank.generate import DEFAULT_SEED, DemoSummary, InboxInUse, generate

__all__ = ["DEFAULT_SEED", "DemoSummary", "InboxInUse", "canaries", "generate", "unanswered"]
