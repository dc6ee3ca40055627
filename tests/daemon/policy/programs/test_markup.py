"""XML documents may take in other files."""

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import PolicyContext, classify
from tenant_daemon.policy.programs.markup import declares_nothing

READ = "xmlstarlet sel -t -v //price products.xml"


@pytest.mark.parametrize(
    "content",
    [
        b"<r><a>1</a></r>",
        b'<?xml version="1.0" encoding="UTF-8"?>\n<!-- of ours -->\n<r/>',
        b"\xef\xbb\xbf<?xml version='1.0'?><?xml-stylesheet href='a'?> <rss/>",
    ],
)
def test_a_document_that_begins_with_its_root_is_plain(content: bytes) -> None:
    assert declares_nothing(content)


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "/etc/shadow">]><r>&x;</r>',
        b'<?xml version="1.0"?><!-- a --><!DOCTYPE r SYSTEM "x.dtd"><r/>',
        b'<?xml version="1.0" encoding="UTF-7"?>+ADw-!DOCTYPE r',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE r []><r/>'.encode("utf-16"),
        b"<!-- <r>",
        b"<!-- a -- > <r>",
        b"",
        b"just text",
        b"<!-- a -->" * 20_000 + b"<!DOCTYPE r>",
    ],
)
def test_any_other_may_name_files(content: bytes) -> None:
    assert not declares_nothing(content)


def test_what_a_document_holds_decides(context: PolicyContext) -> None:
    document = context.workspace / "products.xml"
    assert classify("shell", {"command": READ}, context).tier is Tier.GREEN
    document.write_text("<r><price>1</price></r>", encoding="utf-8")
    assert classify("shell", {"command": READ}, context).tier is Tier.GREEN
    document.write_text('<!DOCTYPE r [<!ENTITY x SYSTEM ".env">]><r>&x;</r>', encoding="utf-8")
    assert classify("shell", {"command": READ}, context).is_unknown
    assert classify("shell", {"command": "xmlstarlet sel -t -v //a < products.xml"}, context).is_unknown
    # These fill nothing in.
    assert classify("shell", {"command": "xmlstarlet fo products.xml"}, context).tier is Tier.GREEN


@pytest.mark.parametrize(
    "line",
    [
        "unzip -o feed.zip && " + READ,
        "cp a.txt products.xml; " + READ,
        "curl -s http://tools.internal/feed | xmlstarlet sel -t -v //a",
        "docker exec app " + READ,
        "xmlstarlet sel -t -v 'document ( \".env\" )' products.xml",
    ],
)
def test_a_document_that_nobody_sees_asks(line: str, context: PolicyContext) -> None:
    assert classify("shell", {"command": line}, context).is_unknown
