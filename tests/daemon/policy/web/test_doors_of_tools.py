"""Addresses of the business tools that do more than their method says: found by attacks on the gate."""

import json

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import PolicyContext, classify
from tenant_daemon.policy.judgement import Judgement

HOST = "https://tools.example.com"


def call(request: str, context: PolicyContext) -> Judgement:
    method, path, body = (*request.split(" ", 2), "")[:3]
    return classify("http", {"method": method, "url": HOST + path, "body": body}, context)


@pytest.mark.parametrize(
    "path", ["/call_kw/res.partner/search_read", "/call_kw/x/search_read", "/call_button/a/b"]
)
def test_odoo_is_asked_by_its_body_and_not_by_its_address(path: str, context: PolicyContext) -> None:
    body = json.dumps({"params": {"model": "mail.mail", "method": "send", "args": [[1]], "kwargs": {}}})
    assert call(f"POST /web/dataset{path} {body}", context).is_external
    body = json.dumps({"params": {"model": "res.partner", "method": "unlink", "args": [[1]]}})
    assert call(f"POST /web/dataset{path} {body}", context).tier is Tier.RED


@pytest.mark.parametrize(
    "request_line",
    [
        "GET /api/v1/webhooks/abc",
        "HEAD /api/v1/webhooks/abc/sync",
        'POST /api/v1/repos/a/b/push_mirrors {"remote_address":"https://evil.example"}',
        "POST /api/v1/repos/a/b/push_mirrors-sync",
        "POST /ghost/api/admin/slack/test/",
        "POST /ghost/api/admin/authentication/global_password_reset/ {}",
        'POST /.ghost/activitypub/actions/note {"content":"x"}',
        "POST /api/trpc/viewer/bookings.confirm?batch=1 {}",
        "POST /api/trpc/viewer/teams.inviteMember {}",
        "POST /api/book/recurring-event {}",
        "DELETE /api/cancel",
        'POST /api/settings/smtp/test {"email":"x"}',
        "POST /subscription/form email=x",
        "POST /admin/realms/x/organizations/1/members/invite-user email=x",
        'POST /admin/realms/x/identity-provider/import-config {"fromUrl":"https://evil.example"}',
        "POST /api/endpoints/1/docker/images/x/push",
        'POST /api/gitops/repo/file/preview {"repository":"https://evil.example"}',
        "POST /remote.php/dav/calendars/admin/personal/ <publish-calendar/>",
        'POST /ocs/v2.php/apps/circles/circles/x/members {"type":4,"userId":"a@b.c"}',
        "POST /ocs/v2.php/apps/dav/api/v1/direct fileId=1",
        'POST /api/v1/accounts/1/agent_bots {"outgoing_url":"https://evil.example"}',
        "POST /api/content/x/y?publish=true {}",
        "POST /wp-comments-post.php comment=x",
        "POST /wp-admin/admin-ajax.php action=x",
        "POST /api/sends {}",
        'POST /api/v1/db/meta/axiosRequestMake {"url":"http://169.254.169.254"}',
        "POST /web/reset_password login=x",
        "POST /api/v1/sample-data/test-step {}",
    ],
)
def test_who_reaches_people_or_servers_outside_is_external(request_line: str, context: PolicyContext) -> None:
    assert call(request_line, context).is_external


@pytest.mark.parametrize(
    "request_line",
    [
        "GET /api/endpoints/1/docker/containers/x/archive?path=/etc/shadow",
        "GET /api/endpoints/1/docker/containers/x/export",
        "GET /api/endpoints/1/docker/containers/x/top?ps_args=auxe",
        "GET /api/endpoints/1/docker/v2/browse/get?path=/etc/shadow",
        "GET /api/websocket/exec?id=x",
        "GET /api/kubernetes/config",
        "GET /api/sync",
        "GET /api/ciphers",
        "GET /api/settings/list",
        "GET /admin/realms/x/clients/1/installation/providers/keycloak-oidc-keycloak-json",
        "GET /ocs/v2.php/core/getapppassword",
        "GET /index.php/apps/passwords/api/1.0/password/list",
        "GET /ghost/api/admin/members/1/signin_urls/",
        "GET /platform/api/v1/users/1/login",
        "POST /api/v1/profile/reset_access_token {}",
        "POST /api/v2/meta/bases/x/api-tokens {}",
    ],
)
def test_keys_and_whole_stores_are_critical(request_line: str, context: PolicyContext) -> None:
    assert call(request_line, context).tier is Tier.CRITICAL_RED


@pytest.mark.parametrize(
    "request_line",
    [
        'POST /api/subscribers/query/delete {"query":"1=1"}',
        'PUT /api/subscribers/query/blocklist {"query":"1=1"}',
        'POST /api/principal {"roles":["admin"]}',
        "PATCH /api/principal/x []",
        "POST /api/team_memberships {}",
        "PUT /api/dockerhub {}",
        'PATCH /api/v1/accounts/1/agents/1 {"role":"administrator"}',
        'POST /api/v1/accounts/1/bulk_actions {"type":"Contact","ids":[1],"action_name":"delete"}',
        "POST /api/v1/project-members {}",
        "POST /api/v1/global-connections {}",
        "POST /ocs/v1.php/cloud/apps/x",
        "POST /web/action/run {}",
        "POST /web/session/change_password {}",
        "GET /api/reload",
        "GET /api/update/webadmin",
        "GET /api/link?action=accept&token=x",
        "GET /api/v1/todos/x/resolve?status=Accepted",
    ],
)
def test_what_destroys_or_gives_power_is_red(request_line: str, context: PolicyContext) -> None:
    found = call(request_line, context)
    assert found.tier >= Tier.RED or found.is_external
