"""Programs that a file in the workspace would lead to other files, or to other programs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import Judgement
from tenant_daemon.policy.actions import RunPipelines

Shell = Callable[[str], Judgement]


def argv_of(found: Judgement) -> tuple[str, ...]:
    assert isinstance(found.action, RunPipelines)
    return found.action.pipelines[0][0].argv


LEADING = [
    ("yamllint menu.yaml", ".yamllint", "extends: ./.env\n"),
    ("yamllint menu.yaml", ".yamllint.yml", '"ext\\x65nds": .env\n'),
    ("yamllint menu.yaml", ".yamllint.yaml", "{extends: default, x: 1}\n"),
    ("promtool check config own.yml", "own.yml", "rule_files: ['/opt/apps/x/rules.yml']\n"),
    ("promtool check rules own.yml", "own.yml", '"rule_\\x66iles": [x]\n'),
    ("caddy validate --config own.json", "own.json", '{"writer": {"\\u006futput": "file"}}\n'),
    ("identify logo.svg", "logo.svg", '<svg><image href="/etc/x"/></svg>'),
    ("identify logo.svg", "logo.svg", "<!DOCTYPE svg [<!ENTITY x SYSTEM 'x'>]><svg>&x;</svg>"),
    ("identify 'photo (1).jpg'", "photo (1).jpg", "push graphic-context\n"),
]


@pytest.mark.parametrize(("command", "name", "content"), LEADING)
def test_a_file_that_leads_elsewhere_asks(
    command: str, name: str, content: str, workspace: Path, shell: Shell
) -> None:
    assert shell(command).tier is Tier.GREEN
    (workspace / name).write_text(content)
    assert shell(command).is_unknown


@pytest.mark.parametrize(
    ("command", "name", "content"),
    [
        ("yamllint menu.yaml", ".yamllint", "# ours\nextends: default\nrules:\n  line-length: disable\n"),
        ("yamllint -d relaxed menu.yaml", ".yamllint", "extends: ./.env\n"),
        ("promtool check config own.yml", "own.yml", "scrape_configs: [{job_name: web}]\n"),
        ("identify logo.svg", "logo.svg", '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>'),
        ("identify 'photo (1).jpg'", "photo (1).jpg", ""),
    ],
)
def test_a_file_that_leads_nowhere_is_used(
    command: str, name: str, content: str, workspace: Path, shell: Shell
) -> None:
    (workspace / name).write_text(content)
    assert (shell(command).tier, shell(command).is_unknown) == (Tier.GREEN, False), shell(command).reason


@pytest.mark.parametrize("making", ["cp kit .yamllint", "git checkout kit", "tar xf kit.tar"])
def test_settings_that_the_line_may_make_ask(making: str, shell: Shell) -> None:
    assert shell(f"{making} && yamllint menu.yaml").is_unknown


@pytest.mark.parametrize(
    ("command", "inserted"),
    [
        ("ruff check .", "--isolated"),
        ("ruff format --check .", "--isolated"),
        ("ruff format tools.py", "--isolated"),
        ("systemd-analyze verify own.service", "--man=no"),
        ("duckdb shop.db 'select * from orders'", "set enable_external_access = false"),
        ("duckdb -readonly shop.db 'show tables'", "set enable_external_access = false"),
    ],
)
def test_what_a_file_says_leads_nowhere(command: str, inserted: str, shell: Shell) -> None:
    """Settings of ruff, the manual that a unit names, and the views of a database file."""
    assert not shell(command).is_unknown, shell(command).reason
    assert inserted in argv_of(shell(command))


def test_a_query_opens_the_files_that_it_names(shell: Shell) -> None:
    found = shell("""duckdb shop.db "copy (select * from 'a''b.csv') to 'out.csv'" """)
    assert "set allowed_paths = ['a''b.csv', 'out.csv']" in argv_of(found)
    assert shell("""duckdb shop.db "from 'data/*.csv'" """).is_unknown
    assert "-cmd" not in argv_of(shell("""duckdb -c "from 'data/*.csv'" """))


@pytest.mark.parametrize(
    "command",
    [
        "mlr --icsv --ojson join --prepipe id -f b.csv -j x a.csv",
        "mlr --icsv --ojson cat then join --prepipex id -f b.csv -j x a.csv",
        "mlr --icsv cat -- --prepipe id a.csv",
        "mlr --icsv head -n 1 -- --load x.mlr then cat a.csv",
        "cloc \"a';id;'.tar.gz\"",
        "identify x.msl",
        "identify msl.txt",
        "identify MVG:a.png",
        "identify 'a.png[0]'",
        "identify $(ls)",
        "find . -name '*.msl' | xargs identify",
        "docker exec ghost identify x.msl",
        "systemd-analyze --man=yes verify own.service",
    ],
)
def test_a_flag_or_a_name_that_runs_something_asks(command: str, shell: Shell) -> None:
    assert shell(command).is_unknown


@pytest.mark.parametrize(
    "command",
    [
        "mlr --icsv --opprint sort -nr total then head -n 5 -g city orders.csv",
        "mlr --icsv --opprint nest --evar ';' -f tags then fill-empty -v -1 orders.csv",
        "mlr --icsv --ojson join --np --ul -j id -f customers.csv orders.csv",
        "identify photos/*.jpg",
        "identify 'photos/Größe 2.png'",
        "find . -name '*.png' | xargs identify",
        "find . -name '*.jpg' -exec identify {} \\;",
        "cloc website",
        "docker exec ghost systemd-analyze verify x.service",
    ],
)
def test_what_runs_nothing_runs(command: str, shell: Shell) -> None:
    assert (shell(command).tier, shell(command).is_unknown) == (Tier.GREEN, False), shell(command).reason


def test_go_fetches_no_toolchain(workspace: Path, shell: Shell) -> None:
    (workspace / "go.mod").write_text("module x\ntoolchain go1.99.0\n")
    found = shell("go version")
    assert isinstance(found.action, RunPipelines)
    assert ("GOTOOLCHAIN", "local") in found.action.pipelines[0][0].env
