"""A transaction report as the ISO 20022 message auth.016.001.01, wrapped in BizData and its application header.

The order of elements is that of the message definition (FinancialInstrumentReportingTransactionReportV01 in the form
that ESMA's reporting instructions give it). A report is one ``Tx``: ``New`` with what the fields hold, or ``Cxl`` with
the three fields that name a report sent before. A field without a value has no element.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from lxml import etree

from governance.errors import ReportError

BIZ_DATA: Final = "urn:iso:std:iso:20022:tech:xsd:head.003.001.01"
APP_HDR: Final = "urn:iso:std:iso:20022:tech:xsd:head.001.001.01"
DOCUMENT: Final = "urn:iso:std:iso:20022:tech:xsd:auth.016.001.01"
MESSAGE: Final = "auth.016.001.01"

#: Columns of a report that are read as they are, in the order of their fields.
COLUMNS: Final = (
    "report_status",
    "transaction_reference",
    "venue_transaction_id",
    "executing_entity_lei",
    "is_investment_firm",
    "submitting_entity_lei",
    "buyer_type",
    "buyer_code",
    "buyer_identifier_type",
    "buyer_branch_country",
    "buyer_decision_maker_type",
    "buyer_decision_maker_code",
    "buyer_decision_maker_identifier_type",
    "seller_type",
    "seller_code",
    "seller_identifier_type",
    "seller_branch_country",
    "seller_decision_maker_type",
    "seller_decision_maker_code",
    "seller_decision_maker_identifier_type",
    "is_transmitted",
    "buyer_transmitting_firm_lei",
    "seller_transmitting_firm_lei",
    "executed_at",
    "capacity",
    "quantity_type",
    "quantity",
    "quantity_currency",
    "notional_change",
    "price_type",
    "price",
    "price_currency",
    "net_amount",
    "venue_mic",
    "membership_country",
    "up_front_payment",
    "up_front_payment_currency",
    "complex_trade_id",
    "isin",
    "instrument_name",
    "cfi_code",
    "notional_currency",
    "second_notional_currency",
    "price_multiplier",
    "underlying_isin",
    "underlying_index_name",
    "underlying_index_term",
    "option_type",
    "strike_price",
    "strike_currency",
    "exercise_style",
    "maturity_date",
    "expiry_date",
    "delivery_type",
    "investment_decision_type",
    "investment_decision_code",
    "investment_decision_identifier_type",
    "investment_decision_country",
    "execution_decision_type",
    "execution_decision_code",
    "execution_decision_identifier_type",
    "execution_decision_country",
    "waivers",
    "short_selling",
    "otc_post_trade",
    "is_commodity_hedge",
    "is_sft",
)
#: Columns of numbers; they are written with all their digits and without zeros at the end.
NUMBERS: Final = frozenset(
    {"quantity", "price", "net_amount", "up_front_payment", "price_multiplier", "strike_price"},
)
_TRADERS: Final = ("investment_decision", "execution_decision")
_NAMED: Final = ("buyer", "buyer_decision_maker", "seller", "seller_decision_maker")
#: Personal data by column, with its kind; the build has the token in ``<column>_token``.
PERSONAL: Final = {
    **{f"{who}_national_id": "national_id" for who in (*_NAMED, *_TRADERS)},
    **{f"{who}_{part}": "name" for who in _NAMED for part in ("first_name", "surname")},
    **{f"{who}_birth_date": "birth_date" for who in _NAMED},
}

Row = Mapping[str, str | None]
_new, _sub = etree.Element, etree.SubElement
_QUANTITIES: Final = {"nominal": "NmnlVal", "monetary": "MntryVal"}
_RATES: Final = {"percentage": "Pctg", "yield": "Yld", "basis_points": "BsisPts"}
_NO_PRICES: Final = {"pending": "PNDG", "not_applicable": "NOAP"}
_TERM_UNITS: Final = ("DAYS", "WEEK", "MNTH", "YEAR")
_INDEX_CODE_LENGTH: Final = 4
_REPORTS: Final = f"{{{DOCUMENT}}}FinInstrmRptgTxRpt"


class Sink(Protocol):
    """Where bytes go."""

    def write(self, piece: bytes, /) -> int:
        """Take the next piece."""
        ...


@dataclass(frozen=True)
class Header:
    """The application header of one file.

    Attributes
    ----------
    sender, receiver : str
        LEI of the submitting entity, and the authority that the file goes to.
    message_id : str
        Up to 35 characters; feedback refers to it.
    created_at : str
        ``YYYY-MM-DDThh:mm:ssZ``.
    """

    sender: str
    receiver: str
    message_id: str
    created_at: str


def transaction(row: Row) -> etree._Element:
    """Return the ``Tx`` of one report.

    Parameters
    ----------
    row : mapping of str to str or None
        The columns `COLUMNS` and `PERSONAL`, as text; personal data in clear.

    Returns
    -------
    lxml.etree._Element
        Without a namespace: it is written into a document whose default namespace it takes.

    Raises
    ------
    ReportError
        If a value cannot stand in XML, or the columns do not say which element it belongs in.
    """
    element = _new("Tx")
    try:
        if row["report_status"] == "CANC":
            _cancellation(_sub(element, "Cxl"), row)
        elif row["report_status"] == "NEWT":
            _report(_sub(element, "New"), row)
        else:
            raise _unplaced(row, "report_status")
    except ValueError as error:
        # The message of lxml does not hold the value, but the row may hold personal data: it is not named either.
        raise ReportError(
            f"The report {row['transaction_reference']!r} holds a character that XML does not know: "
            "correct it in the source system."
        ) from error
    return element


def _cancellation(parent: etree._Element, row: Row) -> None:
    _put(parent, "TxId", row["transaction_reference"])
    _put(parent, "ExctgPty", row["executing_entity_lei"])
    _put(parent, "SubmitgPty", row["submitting_entity_lei"])


def _report(parent: etree._Element, row: Row) -> None:
    _put(parent, "TxId", row["transaction_reference"])
    _put(parent, "ExctgPty", row["executing_entity_lei"])
    _put(parent, "InvstmtPtyInd", row["is_investment_firm"])
    _put(parent, "SubmitgPty", row["submitting_entity_lei"])
    _party(_sub(parent, "Buyr"), row, "buyer")
    _party(_sub(parent, "Sellr"), row, "seller")
    transmission = _sub(parent, "OrdrTrnsmssn")
    _put(transmission, "TrnsmssnInd", row["is_transmitted"])
    _put(transmission, "TrnsmttgBuyr", row["buyer_transmitting_firm_lei"])
    _put(transmission, "TrnsmttgSellr", row["seller_transmitting_firm_lei"])
    _trade(_sub(parent, "Tx"), row)
    _instrument(_sub(parent, "FinInstrm"), row)
    if row["investment_decision_type"] is not None:
        _decider(_sub(parent, "InvstmtDcsnPrsn"), row, "investment_decision")
    if row["execution_decision_type"] is not None:
        _decider(_sub(parent, "ExctgPrsn"), row, "execution_decision")
    more = _sub(parent, "AddtlAttrbts")
    for code in _codes(row["waivers"]):
        _put(more, "WvrInd", code)
    _put(more, "ShrtSellgInd", row["short_selling"])
    for code in _codes(row["otc_post_trade"]):
        _put(more, "OTCPstTradInd", code)
    _put(more, "RskRdcgTx", row["is_commodity_hedge"])
    _put(more, "SctiesFincgTxInd", row["is_sft"])


def _party(parent: etree._Element, row: Row, who: str) -> None:
    owner = _sub(parent, "AcctOwnr")
    _identity(_sub(owner, "Id"), row, who, {"lei": "LEI", "mic": "MIC", "intc": "Intl"})
    _put(owner, "CtryOfBrnch", row[f"{who}_branch_country"])
    if row[f"{who}_decision_maker_type"] is not None:
        _identity(_sub(parent, "DcsnMakr"), row, f"{who}_decision_maker", {"lei": "LEI"})


def _identity(parent: etree._Element, row: Row, who: str, codes: Mapping[str, str]) -> None:
    kind = row[f"{who}_type"]
    if kind == "natural_person":
        person = _sub(parent, "Prsn")
        _put(person, "FrstNm", row[f"{who}_first_name"])
        _put(person, "Nm", row[f"{who}_surname"])
        _put(person, "BirthDt", row[f"{who}_birth_date"])
        _national_id(person, row, who)
    elif tag := codes.get(kind or ""):
        _put(parent, tag, row[f"{who}_code"])
    else:
        raise _unplaced(row, f"{who}_type")


def _national_id(parent: etree._Element, row: Row, who: str) -> None:
    other = _sub(parent, "Othr")
    _put(other, "Id", row[f"{who}_national_id"])
    scheme = row[f"{who}_identifier_type"]
    if scheme is not None:
        # CONCAT is a scheme of the regulation's own; the other two are in ISO 20022's list.
        _put(_sub(other, "SchmeNm"), "Prtry" if scheme == "CONCAT" else "Cd", scheme)


def _trade(parent: etree._Element, row: Row) -> None:
    _put(parent, "TradDt", row["executed_at"])
    _put(parent, "TradgCpcty", row["capacity"])
    if row["quantity"] is None:
        raise _unplaced(row, "quantity")
    quantity = _sub(parent, "Qty")
    if row["quantity_type"] == "units":
        _put(quantity, "Unit", row["quantity"])
    elif tag := _QUANTITIES.get(row["quantity_type"] or ""):
        _put(quantity, tag, row["quantity"], row["quantity_currency"])
    else:
        raise _unplaced(row, "quantity_type")
    _put(parent, "DerivNtnlChng", row["notional_change"])
    _price(_sub(parent, "Pric"), row)
    _put(parent, "NetAmt", row["net_amount"])
    _put(parent, "TradVn", row["venue_mic"])
    _put(parent, "CtryOfBrnch", row["membership_country"])
    if row["up_front_payment"] is not None:
        _signed(_sub(parent, "UpFrntPmt"), row["up_front_payment"], row["up_front_payment_currency"])
    _put(parent, "TradPlcMtchgId", row["venue_transaction_id"])
    _put(parent, "CmplxTradCmpntId", row["complex_trade_id"])


def _price(parent: etree._Element, row: Row) -> None:
    kind, price = row["price_type"], row["price"]
    if kind in _NO_PRICES:
        missing = _sub(parent, "NoPric")
        _put(missing, "Pdg", _NO_PRICES[kind])
        _put(missing, "Ccy", row["price_currency"])
    elif kind == "monetary" and price is not None:
        _signed(_sub(_sub(parent, "Pric"), "MntryVal"), price, row["price_currency"])
    elif kind in _RATES and price is not None:
        _put(_sub(parent, "Pric"), _RATES[kind], price)
    else:
        raise _unplaced(row, "price" if kind == "monetary" or kind in _RATES else "price_type")


def _instrument(parent: etree._Element, row: Row) -> None:
    if row["instrument_name"] is None and row["cfi_code"] is None:
        _put(parent, "Id", row["isin"])
        return
    other = _sub(parent, "Othr")
    general = _sub(other, "FinInstrmGnlAttrbts")
    _put(general, "Id", row["isin"])
    _put(general, "FullNm", row["instrument_name"])
    _put(general, "ClssfctnTp", row["cfi_code"])
    _put(general, "NtnlCcy", row["notional_currency"])
    if row["maturity_date"] is not None:
        _put(_sub(other, "DebtInstrmAttrbts"), "MtrtyDt", row["maturity_date"])
    derivative = _sub(other, "DerivInstrmAttrbts")
    _put(derivative, "XpryDt", row["expiry_date"])
    _put(derivative, "PricMltplr", row["price_multiplier"])
    _underlying(_sub(_sub(_sub(derivative, "UndrlygInstrm"), "Othr"), "Sngl"), row)
    _put(derivative, "OptnTp", row["option_type"])
    if row["strike_price"] is not None:
        strike = _sub(_sub(_sub(derivative, "StrkPric"), "Pric"), "MntryVal")
        _signed(strike, row["strike_price"], row["strike_currency"])
    _put(derivative, "OptnExrcStyle", row["exercise_style"])
    _put(derivative, "DlvryTp", row["delivery_type"])
    if row["second_notional_currency"] is not None:
        specific = _sub(derivative, "AsstClssSpcfcAttrbts")
        # Swaps and futures on currencies; the second leg of any other contract is one of interest.
        is_currency = (row["cfi_code"] or "").startswith(("SF", "FFC", "JF"))
        _put(_sub(specific, "FX" if is_currency else "Intrst"), "OthrNtnlCcy", row["second_notional_currency"])


def _underlying(parent: etree._Element, row: Row) -> None:
    index, term = row["underlying_index_name"], row["underlying_index_term"]
    if index is None:
        _put(parent, "ISIN", row["underlying_isin"])
        return
    element = _sub(parent, "Indx")
    _put(element, "ISIN", row["underlying_isin"])
    name = _sub(element, "Nm")
    _put(_sub(name, "RefRate"), "Indx" if len(index) == _INDEX_CODE_LENGTH else "Nm", index)
    if term is not None:
        if not term.endswith(_TERM_UNITS):
            raise _unplaced(row, "underlying_index_term")
        length = _sub(name, "Term")
        _put(length, "Unit", term[-4:])
        _put(length, "Val", term[:-4])


def _decider(parent: etree._Element, row: Row, who: str) -> None:
    kind, code = row[f"{who}_type"], row[f"{who}_code"]
    if kind == "person":
        person = _sub(parent, "Prsn")
        _put(person, "CtryOfBrnch", row[f"{who}_country"])
        _national_id(person, row, who)
    elif kind == "algorithm":
        _put(parent, "Algo", code)
    elif kind == "client" and who == "execution_decision":
        _put(parent, "Clnt", code)
    else:
        raise _unplaced(row, f"{who}_type")


def _put(parent: etree._Element, tag: str, text: str | None, currency: str | None = None) -> None:
    """Add an element with a text, and a currency where it has one; no text, no element."""
    if text is not None:
        element = _sub(parent, tag)
        element.text = text
        if currency is not None:
            element.set("Ccy", currency)


def _signed(parent: etree._Element, amount: str, currency: str | None) -> None:
    """Add an amount, which is never negative, and say so beside it when its value is."""
    _put(parent, "Amt", amount.removeprefix("-"), currency)
    if amount.startswith("-"):
        _put(parent, "Sgn", "false")


def _codes(joined: str | None) -> list[str]:
    return joined.split("|") if joined else []


def _unplaced(row: Row, column: str) -> ReportError:
    return ReportError(
        f"The report {row['transaction_reference']!r} has no place in the message: its {column} is {row[column]!r}. "
        "Correct it in the source system, or hold it back with a validation rule."
    )


class Document:
    """Checks what is written while it is written: well-formed, as the schema says when there is one, and counted.

    Attributes
    ----------
    reports : int
        ``Tx`` elements read back.
    size : int
        Bytes written.
    """

    def __init__(self, sink: Sink, schema: etree.XMLSchema | None = None) -> None:
        self.reports = 0
        self.size = 0
        self._sink = sink
        self._parser = etree.XMLPullParser(
            events=("end",), tag=f"{{{DOCUMENT}}}Tx", schema=schema, resolve_entities=False, no_network=True
        )

    def write(self, piece: bytes) -> int:
        """Take the next piece of the file."""
        self._check(lambda: self._parser.feed(piece))
        self._sink.write(piece)
        self.size += len(piece)
        return len(piece)

    def finish(self) -> None:
        """Check the end of the file."""
        self._check(self._parser.close)

    def _check(self, step: Callable[[], object]) -> None:
        try:
            step()
        except etree.XMLSyntaxError as error:
            # Its message may quote personal data and must not travel on as the context.
            raise ReportError(f"The report does not keep the schema: {_reason(error)}.") from None
        for _, element in self._parser.read_events():
            parent = element.getparent()
            # The Tx inside New is part of a report.
            if parent is not None and parent.tag == _REPORTS:
                self.reports += 1
                element.clear()
                while element.getprevious() is not None:
                    del parent[0]


def _reason(error: etree.XMLSyntaxError) -> str:
    """Return what the parser found without the values it quotes, which may be personal data."""
    entry = error.error_log.last_error if error.error_log else None
    if entry is None:
        return f"line {error.lineno}"
    element = entry.message.split("'")[1].rpartition("}")[2] if "'" in entry.message else "the document"
    return f"{entry.type_name} at {element} in line {entry.line}"


def write_document(document: Document, header: Header, transactions: Iterable[etree._Element]) -> int:
    """Write one file.

    Parameters
    ----------
    document : Document
        Takes the bytes.
    header : Header
        The application header.
    transactions : iterable of element
        From `transaction`.

    Returns
    -------
    int
        How many were written.
    """
    written = 0
    with etree.xmlfile(document, encoding="UTF-8") as out:
        out.write_declaration()
        with out.element(f"{{{BIZ_DATA}}}BizData", nsmap={None: BIZ_DATA}):
            with out.element(f"{{{BIZ_DATA}}}Hdr"):
                out.write(_app_hdr(header))
            with (
                out.element(f"{{{BIZ_DATA}}}Pyld"),
                out.element(f"{{{DOCUMENT}}}Document", nsmap={None: DOCUMENT}),
                out.element(f"{{{DOCUMENT}}}FinInstrmRptgTxRpt"),
            ):
                for element in transactions:
                    out.write(element)
                    written += 1
    document.finish()
    return written


def _app_hdr(header: Header) -> etree._Element:
    element = _new(f"{{{APP_HDR}}}AppHdr", nsmap={None: APP_HDR})
    for tag, party, scheme in (("Fr", header.sender, "LEI"), ("To", header.receiver, None)):
        parent = element
        for step in (tag, "OrgId", "Id", "OrgId", "Othr"):
            parent = _sub(parent, f"{{{APP_HDR}}}{step}")
        _put(parent, f"{{{APP_HDR}}}Id", party)
        if scheme:
            _put(_sub(parent, f"{{{APP_HDR}}}SchmeNm"), f"{{{APP_HDR}}}Prtry", scheme)
    _put(element, f"{{{APP_HDR}}}BizMsgIdr", header.message_id)
    _put(element, f"{{{APP_HDR}}}MsgDefIdr", MESSAGE)
    _put(element, f"{{{APP_HDR}}}CreDt", header.created_at)
    return element


_WRAPPER: Final = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{biz_data}"
    elementFormDefault="qualified">
  <xs:import namespace="{document}" schemaLocation="{location}"/>
  <xs:element name="BizData"><xs:complexType><xs:sequence>
    <xs:element name="Hdr"><xs:complexType><xs:sequence>
      <xs:any namespace="{app_hdr}" processContents="skip"/>
    </xs:sequence></xs:complexType></xs:element>
    <xs:element name="Pyld"><xs:complexType><xs:sequence>
      <xs:any namespace="{document}" processContents="strict"/>
    </xs:sequence></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>"""


def load_schema(path: Path) -> etree.XMLSchema:
    """Return the schema of a whole file from the official one of ``auth.016.001.01``.

    Raises
    ------
    ReportError
        If the file is missing or not this schema.
    """
    try:
        root = etree.parse(path).getroot()
        if root.get("targetNamespace") != DOCUMENT:
            raise ReportError(
                f"{path} is the schema of {root.get('targetNamespace')!r}, not of {DOCUMENT}: "
                "set TIEOUT_AUTH016_XSD to the schema of auth.016.001.01."
            )
        wrapper = _WRAPPER.format(
            biz_data=BIZ_DATA, document=DOCUMENT, app_hdr=APP_HDR, location=path.resolve().as_uri()
        )
        return etree.XMLSchema(etree.fromstring(wrapper))
    except (OSError, etree.LxmlError) as error:
        raise ReportError(f"TIEOUT_AUTH016_XSD does not name a schema that can be read: {path}.") from error
