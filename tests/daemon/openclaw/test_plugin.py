"""What the plugin tells agents is what the server takes."""

import re

from tenant_daemon.openclaw.tools import PLUGIN_DIR
from tenant_daemon.vault.names import check_name

SOURCE = (PLUGIN_DIR / "index.js").read_text("utf-8")


def test_examples_of_secret_names_fit_the_vault() -> None:
    examples = re.findall(r'name: secretName\("([^"]+)"\)', SOURCE)
    assert len(examples) == 3
    for example in examples:
        check_name(example)


def test_no_text_offers_an_underscore_for_secret_names() -> None:
    assert "`_`" not in SOURCE
