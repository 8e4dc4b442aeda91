from datetime import UTC, datetime

import pytest

from governance.errors import StatusAdviceError
from governance.reports.status_advice import NAMESPACE, Answer, read_status_advice

BANK = "DEMO00TIEOUTBANK0106"
HEADER = (
    '<Hdr><AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.01"><BizMsgIdr>FB-77</BizMsgIdr>'
    "<CreDt>2022-12-06T06:30:00Z</CreDt>{related}</AppHdr></Hdr>"
)
RELATED = "<Rltd><BizMsgIdr>TRN-20221205-009</BizMsgIdr><CreDt>2022-12-05T23:59:59Z</CreDt></Rltd>"
FILE = (
    "<MsgRptIdr>TRN-20221205-001</MsgRptIdr><MsgSts><Sts>{status}</Sts>"
    "<VldtnRule><Id>FIL-105</Id><Desc>Bad file</Desc></VldtnRule>"
    "<Sttstcs><TtlNbOfRcrds>8</TtlNbOfRcrds>"
    "<NbOfRcrdsPerSts><DtldNbOfRcrds>3</DtldNbOfRcrds><DtldSts>PDNG</DtldSts></NbOfRcrdsPerSts>"
    "<NbOfRcrdsPerSts><DtldNbOfRcrds>2</DtldNbOfRcrds><DtldSts>RJCT</DtldSts></NbOfRcrdsPerSts>"
    "<NbOfRcrdsPerSts><DtldNbOfRcrds>3</DtldNbOfRcrds><DtldSts>ACPT</DtldSts></NbOfRcrdsPerSts>"
    "</Sttstcs></MsgSts>"
)
RECORDS = (
    f"<RcrdSts><OrgnlRcrdId>{BANK}TX13</OrgnlRcrdId><Sts>RJCT</Sts>"
    "<VldtnRule><Id>CON-412</Id><Desc>The instrument is not known.</Desc></VldtnRule>"
    "<VldtnRule><Id>CON-070</Id><Desc>The name is missing &amp; more.</Desc></VldtnRule></RcrdSts>"
    "<RcrdSts><OrgnlRcrdId>TX15</OrgnlRcrdId><Sts>PDNG</Sts></RcrdSts>"
)


def document(content, *, advice="StsAdvc", namespace=NAMESPACE):
    message = f"<FinInstrmRptgStsAdvc><{advice}>{content}</{advice}></FinInstrmRptgStsAdvc>"
    return f'<Document xmlns="{namespace}">{message}</Document>'


def business_data(message, related=""):
    return (
        '<BizData xmlns="urn:iso:std:iso:20022:tech:xsd:head.003.001.01">'
        f"{HEADER.format(related=related)}<Pyld>{message}</Pyld></BizData>"
    )


@pytest.fixture
def read(tmp_path):
    def read(text):
        path = tmp_path / "advice.xml"
        path.write_text(text)
        return read_status_advice(path, [BANK])

    return read


def test_the_file_comes_first_then_each_record_with_its_rules(read):
    advice = read(business_data(document(FILE.format(status="PART") + RECORDS)))
    assert advice.created_at == datetime(2022, 12, 6, 6, 30, tzinfo=UTC)
    assert advice.answers == [
        Answer("file", "TRN-20221205-001", None, "part_accepted", "FIL-105", "Bad file", 8, 3),
        Answer(
            "transaction",
            "TRN-20221205-001",
            "TX13",
            "rejected",
            "CON-412|CON-070",
            "The instrument is not known.; The name is missing & more.",
        ),
        Answer("transaction", "TRN-20221205-001", "TX15", "pending"),
    ]


def test_both_editions_say_the_same(read):
    first = read(business_data(document(FILE.format(status="PART") + RECORDS)))
    other = FILE.format(status="PART").replace("<Sts>", "<RptSts>").replace("</Sts>", "</RptSts>")
    other = other.replace("DtldNbOfRcrds", "DtldNbOfTxs")
    assert read(business_data(document(other + RECORDS, advice="MsgStsAdvc"))) == first


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ACPT", "accepted"),
        ("ACTC", "accepted"),
        ("WARN", "accepted"),
        ("PART", "part_accepted"),
        ("RJCT", "rejected"),
        ("CRPT", "rejected"),
        ("INCF", "rejected"),
        ("RCVD", "pending"),
        ("RMDR", "pending"),
    ],
)
def test_a_file_has_one_of_four_states(read, code, status):
    assert read(business_data(document(FILE.format(status=code)))).answers[0].status == status


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ACPT", "accepted"),
        ("ACPD", "accepted"),
        ("WARN", "accepted"),
        ("RJCT", "rejected"),
        ("RJPD", "rejected"),
        ("PDNG", "pending"),
        ("RCVD", "pending"),
    ],
)
def test_a_report_has_one_of_three(read, code, status):
    record = f"<MsgRptIdr>S</MsgRptIdr><RcrdSts><OrgnlRcrdId>T</OrgnlRcrdId><Sts>{code}</Sts></RcrdSts>"
    assert read(business_data(document(record))).answers == [Answer("transaction", "S", "T", status)]


def test_a_file_without_counts_has_none(read):
    (answer,) = read(business_data(document("<MsgRptIdr>S</MsgRptIdr><MsgSts><Sts>ACPT</Sts></MsgSts>"))).answers
    assert (answer.reports_received, answer.reports_accepted) == (None, None)


def test_the_header_names_the_submission_where_the_advice_does_not(read):
    content = FILE.format(status="ACPT").partition("</MsgRptIdr>")[2]
    assert read(business_data(document(content), RELATED)).answers[0].submission_id == "TRN-20221205-009"


def test_without_a_header_the_message_dates_itself(read):
    content = "<MsgRptIdr>S</MsgRptIdr><MsgSts><Sts>ACPT</Sts><MsgDt>2022-12-07</MsgDt></MsgSts>"
    assert read(document(content)).created_at == datetime(2022, 12, 7, tzinfo=UTC)


def test_the_time_is_brought_to_utc(read):
    text = business_data(document(FILE.format(status="ACPT"))).replace("06:30:00Z", "07:30:00+01:00")
    assert read(text).created_at == datetime(2022, 12, 6, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not well-formed"),
        ("<a>", "not well-formed"),
        ("feedback_id,status\n", "not well-formed"),
        ("<a/>", "holds no status advice"),
        (business_data(document(FILE.format(status="NICE"))), "'NICE'"),
        (business_data(document(FILE.format(status="PDNG"))), "'PDNG'"),
        (business_data(document(FILE.format(status="ACPT") + RECORDS.replace("PDNG", "PART"))), "'PART'"),
        (business_data(document(FILE.format(status="ACPT"), namespace=NAMESPACE.replace("31", "32"))), "auth.032"),
        (document(FILE.format(status="ACPT")), "when it was made"),
        (business_data(document(FILE.format(status="ACPT"))).replace("06:30:00Z", "25:99"), "where a time should be"),
        (business_data(document("<MsgSts><Sts>ACPT</Sts></MsgSts>")), "which submission"),
        (
            business_data(document("<MsgRptIdr>S</MsgRptIdr><RcrdSts><Sts>RJCT</Sts></RcrdSts>")),
            "without the reference",
        ),
        (
            f"<MsgRptIdr>S</MsgRptIdr><RcrdSts><OrgnlRcrdId>{BANK}</OrgnlRcrdId><Sts>RJCT</Sts></RcrdSts>".join(
                business_data(document("|")).split("|")
            ),
            "without the reference",
        ),
    ],
)
def test_what_is_no_feedback_is_refused_in_plain_words(read, text, message):
    with pytest.raises(StatusAdviceError, match=message):
        read(text)


BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))


@pytest.mark.parametrize(
    "doctype",
    [
        f'<!DOCTYPE x [<!ENTITY e0 "ha">{BOMB}]>',
        '<!DOCTYPE x [<!ENTITY e8 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
def test_nothing_outside_the_file_is_read_and_nothing_in_it_expanded(read, doctype):
    content = FILE.format(status="ACPT").replace("Bad file", "&e8;" if "ENTITY" in doctype else "Bad file")
    with pytest.raises(StatusAdviceError, match=r"document type|not well-formed"):
        read(doctype + business_data(document(content)))
