import csv
import datetime as dt
from decimal import Decimal

import pytest
from lxml import etree

from governance import crypto
from governance.audit import AuditLog
from governance.errors import AuditError, ReportError
from governance.keys import KeyRing
from governance.reports import rts22
from governance.reports.auth016 import APP_HDR, BIZ_DATA, COLUMNS, DOCUMENT, PERSONAL, transaction
from governance.reports.rts22 import export_rts22
from governance.settings import settings
from tests.unit.governance.mifid_reports import (
    BANK,
    BASE,
    CANARIES,
    CLIENT,
    DAY,
    PROJECT,
    REPORTS,
    STRUCTURE,
    SUBMISSION,
    column_types,
    publish_reports,
    report,
)

NS = {"b": BIZ_DATA, "h": APP_HDR, "d": DOCUMENT}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("installation") / "home"
        patch.setenv("TIEOUT_HOME", str(home))
        patch.setenv("TIEOUT_AUTH016_XSD", str(STRUCTURE))
        patch.delenv("TIEOUT_KEY_ENCRYPTION_KEY", raising=False)
        settings.cache_clear()
        publish_reports(KeyRing.open(create=True), REPORTS)
        yield home
    settings.cache_clear()


@pytest.fixture(scope="module")
def ring(home):
    return KeyRing.open()


@pytest.fixture(scope="module")
def exported(ring, tmp_path_factory):
    return export_rts22(ring, user="jane", to=tmp_path_factory.mktemp("outbox"))


@pytest.fixture(scope="module")
def reports(exported):
    """The exported ``Tx`` elements, by reference and kind."""
    root = etree.parse(exported.files[0].path).getroot()
    found = root.findall("b:Pyld/d:Document/d:FinInstrmRptgTxRpt/d:Tx", NS)
    return {(tx[0].findtext("d:TxId", namespaces=NS), etree.QName(tx[0]).localname): tx[0] for tx in found}


def written(element):
    """An element as nested text, without its namespace."""
    text = etree.tostring(element, encoding="unicode")
    return text.replace(f' xmlns="{DOCUMENT}"', "").replace(f' xmlns:d="{DOCUMENT}"', "")


def new(reports, number):
    return reports[f"TX{number:09d}1", "New"]


def part(reports, number, path):
    return written(new(reports, number).find("/".join(f"d:{step}" for step in path.split("/")), NS)).strip()


# What the file says


def test_the_columns_are_those_of_the_model():
    types = column_types()
    assert set(COLUMNS) <= types.keys()
    assert {f"{name}_token" for name in PERSONAL} <= types.keys()
    declared = {name.removesuffix("_token") for name in types if name.endswith("_token")}
    assert declared == PERSONAL.keys()


def test_each_of_the_65_fields_is_read_from_the_column_that_the_seed_names():
    with (PROJECT / "seeds" / "mifid" / "mifid_fields.csv").open(encoding="utf-8") as file:
        fields = list(csv.DictReader(file))
    assert [int(field["field_number"]) for field in fields] == list(range(1, 66))
    read = {*COLUMNS, *(f"{name}_token" for name in PERSONAL)}
    for field in fields:
        names = {field[column] for column in ("column_name", "type_column", "token_column")} - {""}
        assert {name for name in names if not name.endswith("_masked")} <= read, field["field_name"]


def test_the_message_lies_in_business_data_behind_its_header(exported):
    root = etree.parse(exported.files[0].path).getroot()
    assert root.tag == f"{{{BIZ_DATA}}}BizData"
    header = root.find("b:Hdr/h:AppHdr", NS)
    assert [etree.QName(child).localname for child in header] == ["Fr", "To", "BizMsgIdr", "MsgDefIdr", "CreDt"]
    assert header.findtext("h:Fr/h:OrgId/h:Id/h:OrgId/h:Othr/h:Id", namespaces=NS) == BANK
    assert header.findtext("h:Fr/h:OrgId/h:Id/h:OrgId/h:Othr/h:SchmeNm/h:Prtry", namespaces=NS) == "LEI"
    assert header.findtext("h:To/h:OrgId/h:Id/h:OrgId/h:Othr/h:Id", namespaces=NS) == "BaFin"
    assert header.findtext("h:BizMsgIdr", namespaces=NS) == SUBMISSION
    assert header.findtext("h:MsgDefIdr", namespaces=NS) == "auth.016.001.01"
    assert header.findtext("h:CreDt", namespaces=NS) == "2022-12-05T23:59:59Z"


def test_the_submission_holds_its_own_reports_in_order_a_cancellation_before_its_replacement(exported):
    root = etree.parse(exported.files[0].path).getroot()
    found = [
        (etree.QName(tx[0]).localname, tx[0].findtext("d:TxId", namespaces=NS))
        for tx in root.iterfind("b:Pyld/d:Document/d:FinInstrmRptgTxRpt/d:Tx", NS)
    ]
    new_ones = [("New", f"TX{number:09d}1") for number in range(1, 12)]
    first = ("New", "TX0000000011")
    assert found == [first, ("Cxl", "TX0000000011"), first, *new_ones[1:]]
    assert exported.files[0].reports == len(found)


def test_a_plain_report_has_its_fields_in_the_order_of_the_schema(reports):
    assert written(reports["TX0000000041", "New"]).strip() == (
        "<New><TxId>TX0000000041</TxId>"
        f"<ExctgPty>{BANK}</ExctgPty><InvstmtPtyInd>true</InvstmtPtyInd><SubmitgPty>{BANK}</SubmitgPty>"
        f"<Buyr><AcctOwnr><Id><LEI>{BANK}</LEI></Id></AcctOwnr></Buyr>"
        "<Sellr><AcctOwnr><Id><MIC>XETR</MIC></Id></AcctOwnr></Sellr>"
        "<OrdrTrnsmssn><TrnsmssnInd>false</TrnsmssnInd></OrdrTrnsmssn>"
        "<Tx><TradDt>2022-12-05T14:31:07.123456Z</TradDt><TradgCpcty>DEAL</TradgCpcty>"
        '<Qty><NmnlVal Ccy="EUR">250000</NmnlVal></Qty><Pric><Pric><Pctg>-0.125</Pctg></Pric></Pric>'
        "<NetAmt>249500.1</NetAmt><TradVn>XETR</TradVn><CtryOfBrnch>DE</CtryOfBrnch>"
        "<TradPlcMtchgId>XETR123</TradPlcMtchgId></Tx>"
        "<FinInstrm><Id>US0378331005</Id></FinInstrm>"
        "<InvstmtDcsnPrsn><Algo>ALGMM</Algo></InvstmtDcsnPrsn><ExctgPrsn><Algo>ALGTWAP1</Algo></ExctgPrsn>"
        "<AddtlAttrbts><SctiesFincgTxInd>false</SctiesFincgTxInd></AddtlAttrbts></New>"
    )


def test_a_person_is_named_with_what_the_regulation_asks_for(reports):
    assert part(reports, 2, "Buyr") == (
        "<Buyr><AcctOwnr><Id><Prsn><FrstNm>JANE</FrstNm><Nm>CANARY</Nm><BirthDt>1981-02-02</BirthDt>"
        "<Othr><Id>IE19810202JANE#CANAR</Id><SchmeNm><Prtry>CONCAT</Prtry></SchmeNm></Othr></Prsn></Id>"
        f"<CtryOfBrnch>DE</CtryOfBrnch></AcctOwnr><DcsnMakr><LEI>{CLIENT}</LEI></DcsnMakr></Buyr>"
    )
    assert part(reports, 2, "Sellr") == "<Sellr><AcctOwnr><Id><Intl>INTC</Intl></Id></AcctOwnr></Sellr>"


def test_a_seller_and_who_decides_for_him_are_two_people(reports):
    assert part(reports, 3, "Sellr") == (
        "<Sellr><AcctOwnr><Id><Prsn><FrstNm>ÉLODIE</FrstNm><Nm>CANARY</Nm><BirthDt>1981-02-02</BirthDt>"
        "<Othr><Id>FRX12345</Id><SchmeNm><Cd>CCPT</Cd></SchmeNm></Othr></Prsn></Id><CtryOfBrnch>DE</CtryOfBrnch>"
        "</AcctOwnr><DcsnMakr><Prsn><FrstNm>JANE</FrstNm><Nm>CANARY</Nm><BirthDt>1981-02-02</BirthDt>"
        "<Othr><Id>DE65929970490</Id><SchmeNm><Cd>NIDN</Cd></SchmeNm></Othr></Prsn></DcsnMakr></Sellr>"
    )


def test_traders_algorithms_and_clients_decide(reports):
    nidn = "<Othr><Id>{}</Id><SchmeNm><Cd>NIDN</Cd></SchmeNm></Othr>"
    assert part(reports, 1, "InvstmtDcsnPrsn/Prsn") == (
        f"<Prsn><CtryOfBrnch>DE</CtryOfBrnch>{nidn.format('DE65929970489')}</Prsn>"
    )
    assert part(reports, 3, "ExctgPrsn/Prsn") == (
        f"<Prsn><CtryOfBrnch>FR</CtryOfBrnch>{nidn.format('DE65929970490')}</Prsn>"
    )
    assert part(reports, 2, "ExctgPrsn") == "<ExctgPrsn><Clnt>NORE</Clnt></ExctgPrsn>"
    assert new(reports, 2).find("d:InvstmtDcsnPrsn", NS) is None


@pytest.mark.parametrize(
    ("number", "path", "expected"),
    [
        (1, "Tx/Qty", "<Qty><Unit>1400</Unit></Qty>"),
        (3, "Tx/Qty", "<Qty><Unit>1500</Unit></Qty>"),
        (1, "Tx/Pric", '<Pric><Pric><MntryVal><Amt Ccy="EUR">189.5</Amt></MntryVal></Pric></Pric>'),
        (5, "Tx/Qty", '<Qty><MntryVal Ccy="USD">1500</MntryVal></Qty>'),
        (5, "Tx/Pric", "<Pric><Pric><Yld>189.5</Yld></Pric></Pric>"),
        (6, "Tx/Pric", "<Pric><Pric><BsisPts>189.5</BsisPts></Pric></Pric>"),
        (6, "Tx/UpFrntPmt", '<UpFrntPmt><Amt Ccy="USD">10.5</Amt><Sgn>false</Sgn></UpFrntPmt>'),
        (6, "Tx/DerivNtnlChng", "<DerivNtnlChng>INCR</DerivNtnlChng>"),
        (6, "Tx/CmplxTradCmpntId", "<CmplxTradCmpntId>LEG1</CmplxTradCmpntId>"),
        (7, "Tx/Pric", "<Pric><NoPric><Pdg>PNDG</Pdg><Ccy>EUR</Ccy></NoPric></Pric>"),
        (8, "Tx/Pric", "<Pric><NoPric><Pdg>NOAP</Pdg></NoPric></Pric>"),
        (8, "AddtlAttrbts/RskRdcgTx", "<RskRdcgTx>true</RskRdcgTx>"),
        (
            9,
            "Tx/Pric",
            '<Pric><Pric><MntryVal><Amt Ccy="EUR">2.5</Amt><Sgn>false</Sgn></MntryVal></Pric></Pric>',
        ),
        (
            2,
            "AddtlAttrbts",
            "<AddtlAttrbts><WvrInd>RFPT</WvrInd><WvrInd>SIZE</WvrInd><OTCPstTradInd>BENC</OTCPstTradInd>"
            "<OTCPstTradInd>LRGS</OTCPstTradInd><SctiesFincgTxInd>false</SctiesFincgTxInd></AddtlAttrbts>",
        ),
        (3, "AddtlAttrbts/ShrtSellgInd", "<ShrtSellgInd>SESH</ShrtSellgInd>"),
        (3, "OrdrTrnsmssn/TrnsmttgSellr", "<TrnsmttgSellr>213800MBWEIJDM5CU638</TrnsmttgSellr>"),
        (2, "OrdrTrnsmssn/TrnsmttgBuyr", "<TrnsmttgBuyr>213800MBWEIJDM5CU638</TrnsmttgBuyr>"),
    ],
)
def test_a_value_stands_in_the_element_of_its_kind(reports, number, path, expected):
    assert part(reports, number, path) == expected


def test_an_instrument_that_is_not_admitted_is_described(reports):
    assert part(reports, 9, "FinInstrm/Othr") == (
        "<Othr><FinInstrmGnlAttrbts><Id>US0378331005</Id>"
        "<FullNm>APPLE &lt;CALL&gt; &amp; \"MORE\" 'STILL' ]]&gt; ÄÖ</FullNm><ClssfctnTp>OCASPS</ClssfctnTp>"
        "<NtnlCcy>USD</NtnlCcy></FinInstrmGnlAttrbts><DebtInstrmAttrbts><MtrtyDt>2023-03-18</MtrtyDt>"
        "</DebtInstrmAttrbts><DerivInstrmAttrbts><XpryDt>2023-03-17</XpryDt><PricMltplr>100</PricMltplr>"
        "<UndrlygInstrm><Othr><Sngl><ISIN>US0378331005</ISIN></Sngl></Othr></UndrlygInstrm><OptnTp>CALL</OptnTp>"
        '<StrkPric><Pric><MntryVal><Amt Ccy="USD">150</Amt></MntryVal></Pric></StrkPric>'
        "<OptnExrcStyle>AMER</OptnExrcStyle><DlvryTp>PHYS</DlvryTp>"
        "<AsstClssSpcfcAttrbts><Intrst><OthrNtnlCcy>EUR</OthrNtnlCcy></Intrst></AsstClssSpcfcAttrbts>"
        "</DerivInstrmAttrbts></Othr>"
    )


def test_an_index_is_named_by_its_code_with_its_term_or_by_its_name(reports):
    path = "FinInstrm/Othr/DerivInstrmAttrbts/UndrlygInstrm/Othr/Sngl"
    assert part(reports, 10, path) == (
        "<Sngl><Indx><Nm><RefRate><Indx>EURI</Indx></RefRate><Term><Unit>MNTH</Unit><Val>3</Val></Term></Nm></Indx>"
        "</Sngl>"
    )
    assert part(reports, 11, path) == (
        "<Sngl><Indx><ISIN>DE0008469008</ISIN><Nm><RefRate><Nm>DAX INDEX</Nm></RefRate></Nm></Indx></Sngl>"
    )
    assert "<FX><OthrNtnlCcy>GBP</OthrNtnlCcy></FX>" in part(reports, 10, "FinInstrm/Othr/DerivInstrmAttrbts")


def test_a_cancellation_names_the_report_and_nothing_else(reports):
    assert written(reports["TX0000000011", "Cxl"]).strip() == (
        f"<Cxl><TxId>TX0000000011</TxId><ExctgPty>{BANK}</ExctgPty><SubmitgPty>{BANK}</SubmitgPty></Cxl>"
    )


# The file itself


def test_the_file_is_the_owners_alone_and_its_digest_is_reported(exported):
    (file,) = exported.files
    data = file.path.read_bytes()
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert (file.path.name, file.size) == (f"{SUBMISSION}.xml", len(data))
    assert data.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    assert b"xmlns=" in data
    assert data.count(b"xmlns=") == 3, "each namespace is declared once, not once a report"


def test_the_same_build_gives_the_same_bytes_and_so_does_a_later_one(exported, ring, tmp_path):
    again = export_rts22(ring, user="joe", purpose="A second look", to=tmp_path)
    assert again.files[0].path.read_bytes() == exported.files[0].path.read_bytes()
    later = publish_reports(
        ring,
        [*REPORTS, report(99, submission_id="TRN-20221206-001", reporting_date=dt.date(2022, 12, 6))],
        day=dt.date(2022, 12, 6),
    )
    third = export_rts22(ring, user="joe", reporting_date=DAY, to=tmp_path)
    assert (third.build_id, third.files[0].sha256) == (later.build_id, exported.files[0].sha256)
    publish_reports(ring, REPORTS)


def test_pages_do_not_show_in_the_file(exported, ring, tmp_path, monkeypatch):
    for size in (1, 2, 5, 13):
        monkeypatch.setattr(rts22, "_PAGE_REPORTS", size)
        files = export_rts22(ring, user="jane", to=tmp_path).files
        assert [file.sha256 for file in files] == [exported.files[0].sha256]


def test_a_file_that_was_sent_is_never_replaced_by_another(ring, tmp_path):
    (path,) = [file.path for file in export_rts22(ring, user="jane", to=tmp_path).files]
    path.write_bytes(path.read_bytes().replace(b"1500", b"1501", 1))
    with pytest.raises(ReportError, match="never changes"):
        export_rts22(ring, user="jane", to=tmp_path)
    assert b"1501" in path.read_bytes()


# Personal data


def test_without_a_place_the_file_is_kept_encrypted(exported, ring, home, tmp_path):
    (file,) = export_rts22(ring, user="jane").files
    assert file.path.is_relative_to(home / "exports")
    crypto.decrypt_file(
        file.path, tmp_path / "clear.xml", rts22.KEY_PURPOSE, f"mifid_rts22/{SUBMISSION}".encode(), ring
    )
    assert (tmp_path / "clear.xml").read_bytes() == exported.files[0].path.read_bytes()


def test_no_personal_data_is_in_clear_below_the_home(exported, ring, home):
    text = exported.files[0].path.read_text()
    assert [canary for canary in CANARIES if canary not in text] == []
    export_rts22(ring, user="jane")
    hits = [
        (canary, path)
        for path in home.rglob("*")
        if path.is_file()
        for canary in CANARIES
        if canary.encode() in path.read_bytes()
    ]
    assert hits == []


@pytest.mark.parametrize("inside", ["", "exports", "published/../outbox", "link"])
def test_clear_files_are_refused_inside_the_home(ring, home, tmp_path, inside):
    (tmp_path / "link").symlink_to(home, target_is_directory=True)
    place = tmp_path / "link" / "outbox" if inside == "link" else home / inside
    with pytest.raises(ReportError, match="inside TIEOUT_HOME"):
        export_rts22(ring, user="jane", to=place)


def test_the_export_is_recorded_before_anything_is_read_and_its_end_after(ring, tmp_path):
    log = AuditLog(tmp_path / "audit.sqlite")
    exported = export_rts22(ring, user="jane", purpose="Daily report", to=tmp_path, log=log)
    intent, outcome = log.records()
    assert exported.record == intent.head
    assert intent.content["user"] == "jane"
    assert intent.content["action"] == "export"
    assert intent.content["resource"] == "mifid_rts22 2022-12-05"
    assert intent.content["build_id"] == exported.build_id
    assert intent.content["kinds"] == ["birth_date", "name", "national_id"]
    assert (outcome.content["intent"], outcome.content["result"]) == (1, "completed")
    assert outcome.content["values"] == 8
    assert log.verify().sequence == 2
    assert not any(canary in str([record.content for record in log.records()]) for canary in CANARIES)


def test_without_a_record_nothing_is_decrypted_and_nothing_written(ring, tmp_path, monkeypatch):
    (tmp_path / "audit").write_text("a file where the folder should be")
    monkeypatch.setattr("governance.access.decrypt_values", lambda *_: pytest.fail("decrypted without a record"))
    with pytest.raises(AuditError, match="nothing is shown"):
        export_rts22(ring, user="jane", to=tmp_path / "out", log=AuditLog(tmp_path / "audit" / "audit.sqlite"))
    assert not (tmp_path / "out").exists()


def test_a_failed_export_leaves_no_file_and_a_record_of_its_failure(ring, tmp_path, monkeypatch):
    log = AuditLog(tmp_path / "audit.sqlite")
    calls = []

    def fail(*arguments):
        calls.append(arguments)
        if len(calls) == 5:
            raise OSError("disk full")
        return transaction(*arguments)

    monkeypatch.setattr(rts22, "transaction", fail)
    with pytest.raises(OSError, match="disk full"):
        export_rts22(ring, user="jane", to=tmp_path / "out", log=log)
    assert list((tmp_path / "out").iterdir()) == []
    assert [record.content.get("result") for record in log.records()] == [None, "failed"]


def test_a_build_that_was_sent_from_is_kept(exported, home):
    assert exported.build_id in (home / "published" / "retained.json").read_text()


# What is refused


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"buyer_type": None}, "buyer_type is None"),
        ({"quantity_type": "lots"}, "quantity_type is 'lots'"),
        ({"quantity": None}, "quantity is None"),
        ({"price": None}, "price is None"),
        ({"price": None, "price_type": "percentage"}, "price is None"),
        ({"price_type": "barter"}, "price_type is 'barter'"),
        ({"execution_decision_type": "robot"}, "execution_decision_type is 'robot'"),
        ({"investment_decision_type": "client"}, "investment_decision_type is 'client'"),
        ({"seller_decision_maker_type": "mic"}, "seller_decision_maker_type is 'mic'"),
        ({"instrument_name": "X", "underlying_index_name": "EURI", "underlying_index_term": "3YEARS"}, "index_term"),
        ({"report_status": "AMND"}, "report_status is 'AMND'"),
        ({"complex_trade_id": "A\x00B"}, "a character that XML does not know"),
    ],
)
def test_a_report_without_a_place_in_the_message_is_refused_by_name(changes, message):
    row = (
        dict.fromkeys([*COLUMNS, *PERSONAL])
        | {name: str(value) if isinstance(value, Decimal) else value for name, value in BASE.items()}
        | {"is_investment_firm": "true", "is_transmitted": "false", "is_sft": "false"}
        | changes
    )
    with pytest.raises(ReportError, match=message) as caught:
        transaction(row)
    assert "TX0000000011" in str(caught.value)


def test_what_the_schema_does_not_allow_is_refused_without_quoting_it(ring, tmp_path):
    publish_reports(ring, [report(1, **{"buyer_type": "natural_person", "buyer_first_name": "JANE"})])
    with pytest.raises(
        ReportError, match="does not keep the schema: SCHEMAV_ELEMENT_CONTENT at Othr in line"
    ) as caught:
        export_rts22(ring, user="jane", to=tmp_path)
    assert caught.value.__cause__ is None
    publish_reports(ring, [report(1, isin="NO ISIN CANARY")])
    with pytest.raises(ReportError, match="does not keep the schema") as caught:
        export_rts22(ring, user="jane", to=tmp_path)
    assert "CANARY" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []
    publish_reports(ring, REPORTS)


@pytest.mark.parametrize("extra", [1, -1])
def test_a_file_that_does_not_tie_to_the_counts_is_not_written(ring, tmp_path, extra):
    publish_reports(ring, REPORTS, TRN_20221205_001=extra)
    with pytest.raises(ReportError, match=rf"has {13 + extra} reports by its counts and 13 in the table"):
        export_rts22(ring, user="jane", to=tmp_path)
    assert list(tmp_path.iterdir()) == []
    publish_reports(ring, REPORTS)


def test_a_date_without_a_submission_says_which_has_one(ring, tmp_path):
    with pytest.raises(ReportError, match="2022-12-04: the one before it is 2022-12-02"):
        export_rts22(ring, user="jane", reporting_date=dt.date(2022, 12, 4), to=tmp_path)
    with pytest.raises(ReportError, match="none before it"):
        export_rts22(ring, user="jane", reporting_date=dt.date(2021, 1, 1), to=tmp_path)


def test_a_submitter_without_an_authority_is_refused(ring, tmp_path):
    publish_reports(ring, [report(1, submitting_entity_lei=CLIENT)])
    with pytest.raises(ReportError, match="home authority"):
        export_rts22(ring, user="jane", to=tmp_path)
    publish_reports(ring, REPORTS)


def test_a_build_without_transaction_reports_is_refused_by_name(ring, tmp_path, monkeypatch):
    monkeypatch.setattr(rts22, "REPORTS", "fct_not_there")
    with pytest.raises(ReportError, match="has no fct_not_there"):
        export_rts22(ring, user="jane", to=tmp_path)


@pytest.mark.parametrize(
    "content", ["<a", "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='x'/>"]
)
def test_a_schema_that_is_none_is_refused_before_anything_is_read(ring, tmp_path, monkeypatch, content):
    (tmp_path / "other.xsd").write_text(content)
    monkeypatch.setenv("TIEOUT_AUTH016_XSD", str(tmp_path / "other.xsd"))
    settings.cache_clear()
    log = AuditLog(tmp_path / "audit.sqlite")
    with pytest.raises(ReportError, match="TIEOUT_AUTH016_XSD"):
        export_rts22(ring, user="jane", to=tmp_path / "out", log=log)
    assert log.verify() is None
    monkeypatch.setenv("TIEOUT_AUTH016_XSD", str(STRUCTURE))
    settings.cache_clear()
