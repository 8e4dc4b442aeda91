"""The bank's books at month ends, put together: lending, treasury and the ledger that ties them."""

from __future__ import annotations

from orchestration.demo_bank.banking import Banking
from orchestration.demo_bank.funding import Funding
from orchestration.demo_bank.ledger import Ledger
from orchestration.demo_bank.lending import Lending
from orchestration.demo_bank.market_data import MarketData
from orchestration.demo_bank.obligors import Obligors
from orchestration.demo_bank.reference import Reference
from orchestration.demo_bank.snapshots import Snapshots
from orchestration.demo_bank.trading import Trading
from orchestration.demo_bank.trading_book import TradingBook
from orchestration.demo_bank.treasury import Treasury


class Books:
    """The systems that report at month ends, made in the order in which they need each other.

    Parameters
    ----------
    market : MarketData
    reference : Reference
    trading : Trading
    core : Banking
    seed : int

    Attributes
    ----------
    systems : tuple
        What delivers files, obligors before those who refer to them.
    """

    def __init__(self, market: MarketData, reference: Reference, trading: Trading, core: Banking, seed: int) -> None:
        self.snapshots = Snapshots(market)
        self.obligors = Obligors(self.snapshots, reference, core, seed)
        self.lending = Lending(self.snapshots, self.obligors, core, seed)
        self.trading_book = TradingBook(self.snapshots, market, reference, trading)
        self.treasury = Treasury(self.snapshots, market, self.obligors, self.trading_book, seed)
        self.funding = Funding(self.snapshots, self.obligors, core, self.lending.borrowers(), seed)
        self.ledger = Ledger(self.snapshots, self.lending, self.treasury, self.funding, self.trading_book, seed)
        self.systems = (self.obligors, self.lending, self.treasury, self.funding, self.ledger)
