"""Brings every judge of special arguments into the registry; import ``CommandJudge`` from here."""

from tenant_daemon.policy.programs import (
    archives,
    containers,
    copies,
    documents,
    finds,
    git,
    interpreters,
    keycloak,
    masks,
    media,
    nextcloud,
    processes,
    repository,
    scripts,
    searching,
    setups,
    sizes,
    stores,
    tables,
    values,
    wordpress,
    words,
    wrappers,
)
from tenant_daemon.policy.programs.judge import CommandJudge
from tenant_daemon.policy.sql import clients as sql_clients
from tenant_daemon.policy.sql import mongo
from tenant_daemon.policy.web import clients as web_clients
from tenant_daemon.policy.web import lookups

__all__ = [
    "CommandJudge",
    "archives",
    "containers",
    "copies",
    "documents",
    "finds",
    "git",
    "interpreters",
    "keycloak",
    "lookups",
    "masks",
    "media",
    "mongo",
    "nextcloud",
    "processes",
    "repository",
    "scripts",
    "searching",
    "setups",
    "sizes",
    "sql_clients",
    "stores",
    "tables",
    "values",
    "web_clients",
    "wordpress",
    "words",
    "wrappers",
]
