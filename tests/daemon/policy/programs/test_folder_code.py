"""Programs that run what lies in their folder before they answer anything, even for their version."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import Judgement

Shell = Callable[[str], Judgement]

TAKING = [
    ("flask --help", "app.py"),
    ("flask --version", "wsgi.py"),
    ("mvn --version", ".mvn/jvm.config"),
    ("jekyll --version", "Gemfile"),
    ("cargo --version", "rust-toolchain.toml"),
    ("rustc --version", "rust-toolchain"),
    ("hg --version", ".hg/hgrc"),
    ("poetry --version", ".poetry/plugins/x.py"),
    ("prisma --version", "prisma.config.ts"),
    ("nx --version", "node_modules/nx/package.json"),
    ("drush --version", "vendor/bin/drush"),
    ("dotnet --version", "global.json"),
    ("wp --version", "wp-cli.yml"),
    ("wp --help", "wp-cli.local.yml"),
    ("yarn --version", ".yarnrc.yml"),
    ("supervisorctl status", "supervisord.conf"),
    ("supervisorctl tail web", "etc/supervisord.conf"),
    ("traefik healthcheck", "traefik.yml"),
    ("monit status", "monitrc"),
    ("autorestic backup", ".autorestic.yml"),
    ("duplicacy list", ".duplicacy/preferences"),
    ("duplicacy backup", ".duplicacy/scripts/pre-backup"),
]


@pytest.mark.parametrize(("command", "name"), TAKING)
def test_code_that_lies_there_asks(command: str, name: str, workspace: Path, shell: Shell) -> None:
    assert not shell(command).is_unknown
    file = workspace / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("x\n")
    assert shell(command).is_unknown
    # Most of them look in the folders above, too.
    (workspace / "sub").mkdir()
    assert shell(f"cd sub && {command}").is_unknown


@pytest.mark.parametrize(("command", "name"), TAKING)
@pytest.mark.parametrize(
    "making", ["cp -r kit {}", "mv kit {}", "git checkout kit", "tar xf kit.tar", "ln -s kit {}"]
)
def test_code_that_the_line_may_make_asks(making: str, command: str, name: str, shell: Shell) -> None:
    line = f"{making.format(name.partition('/')[0])} && {command}"
    assert shell(line).is_unknown, line


@pytest.mark.parametrize(
    "command",
    [
        "mvn --version && java -version",
        "flask --version; python3 --version",
        "docker exec app flask --help",
        "docker exec app bundle --version",
        "cd /opt/apps/ghost && mvn --version",
    ],
)
def test_what_is_installed_is_told(command: str, workspace: Path, shell: Shell) -> None:
    assert shell(command).tier is Tier.GREEN, shell(command).reason
    assert not shell(command).is_unknown
