"""Files of a message: fetched, opened, put where the agent finds them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tenant_daemon.contracts.chat import AttachedFile, RunFinished, RunOutcome, attachment_context
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client import attachments as module
from tenant_daemon.hub_client.attachments import AttachmentDesk, FilesNotFetched, local_name
from tenant_daemon.hub_client.enrolment import sealing_public_key
from tenant_daemon.vault.sealing import seal_bytes
from tests.support.chat_stage import Stage
from tests.support.model_upstream import serving

DATA = b"%PDF\x00 what is owed"


def a_file(name: str = "Rechnung März.pdf", size_bytes: int = len(DATA)) -> AttachedFile:
    return AttachedFile(
        attachment_id="att_00000000000000000000abc123",
        name=name,
        media_type="application/pdf",
        size_bytes=size_bytes,
    )


@dataclass
class Hub:
    """The hub's routes for files."""

    boxes: dict[str, bytes] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def app(self) -> Starlette:
        route = Route("/api/v1/tenant/attachments/{id}", self._answer, methods=["GET", "DELETE"])
        return Starlette(routes=[route])

    async def _answer(self, request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer the-key"
        self.asked.append((request.method, request.path_params["id"]))
        if self.statuses:
            return Response(status_code=self.statuses.pop(0))
        box = self.boxes.get(request.path_params["id"])
        if request.method == "DELETE":
            self.boxes.pop(request.path_params["id"], None)
            return Response()
        return Response(box) if box is not None else Response(status_code=404)


@pytest.fixture
def home(tmp_path: Path) -> TenantHome:
    home = TenantHome(tmp_path / "home")
    home.create()
    home.workspace("sales").mkdir()
    return home


@pytest.fixture
def hub(home: TenantHome) -> Hub:
    file = a_file()
    context = attachment_context("ten_1", file.attachment_id)
    return Hub({file.attachment_id: seal_bytes(DATA, sealing_public_key(home), context)})


@pytest.fixture
async def desk(home: TenantHome, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AttachmentDesk]:
    monkeypatch.setattr(module.Backoff, "after_failure", lambda _self: 0.0)
    async with serving(hub.app()) as url:
        link_url = f"ws{url.removeprefix('http')}/api/v1/tenant/link"
        yield AttachmentDesk(home, "ten_1", link_url, lambda: "the-key")


async def test_file_lands_in_the_inbox_and_goes_at_the_hub(
    desk: AttachmentDesk, home: TenantHome, hub: Hub
) -> None:
    told = await desk.fetch("sales", [a_file()])
    path = home.workspace("sales") / "inbox" / "rechnung-marz-abc123.pdf"
    assert path.read_bytes() == DATA
    assert path.stat().st_mode & 0o077 == 0
    assert "inbox/rechnung-marz-abc123.pdf (application/pdf, 18 bytes)" in told
    assert hub.boxes == {}
    assert await desk.fetch("sales", [a_file()]) == told
    assert [method for method, _ in hub.asked] == ["GET", "DELETE", "DELETE"]
    assert await desk.fetch("sales", []) == ""


async def test_hub_that_is_busy_is_asked_again(desk: AttachmentDesk, hub: Hub) -> None:
    hub.statuses = [503, 429]
    await desk.fetch("sales", [a_file()])
    assert len(hub.asked) == 4
    hub.statuses = [500] * 10
    with pytest.raises(FilesNotFetched, match="could not be fetched"):
        await desk.fetch("sales", [a_file().model_copy(update={"attachment_id": f"att_{'z' * 26}"})])


async def test_file_that_is_gone_or_of_another_is_said(desk: AttachmentDesk, hub: Hub) -> None:
    other = a_file().model_copy(update={"attachment_id": f"att_{'z' * 26}"})
    with pytest.raises(FilesNotFetched, match="not there any more"):
        await desk.fetch("sales", [other])
    hub.boxes[other.attachment_id] = hub.boxes[a_file().attachment_id]
    with pytest.raises(FilesNotFetched, match="did not arrive as it was sent"):
        await desk.fetch("sales", [other])


async def test_no_link_leads_out_of_the_workspace(
    desk: AttachmentDesk, home: TenantHome, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (home.workspace("sales") / "inbox").symlink_to(outside)
    with pytest.raises(FilesNotFetched, match="could not be put"):
        await desk.fetch("sales", [a_file()])
    assert list(outside.iterdir()) == []


async def test_link_in_the_place_of_the_file_is_replaced(
    desk: AttachmentDesk, home: TenantHome, tmp_path: Path
) -> None:
    inbox = home.workspace("sales") / "inbox"
    inbox.mkdir()
    target = tmp_path / "target"
    target.write_text("untouched")
    for name in (local_name(a_file()), f".{local_name(a_file())}.part"):
        (inbox / name).symlink_to(target)
    await desk.fetch("sales", [a_file()])
    assert target.read_text() == "untouched"
    assert (inbox / local_name(a_file())).read_bytes() == DATA


@given(st.text(max_size=120))
def test_names_are_harmless(name: str) -> None:
    made = local_name(a_file(name))
    assert "abc123" in made
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
    assert made[0].isalnum()
    assert len(made) < 100


async def test_agent_is_told_of_files_and_customer_of_problems(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "link.db")
    await stage.start()
    try:
        stage.say(1, "Read it", files=[a_file()])
        _, text, _ = await stage.gateway.nth_sent(1)
        assert text.startswith("Read it\n\n[The customer sent files.")
        stage.gateway.end(1, "Done.")
        stage.files_problem = "It is gone."
        stage.say(2, "Read this", files=[a_file()])
        runs = await stage.finished(2)
    finally:
        await stage.kill()
    end = runs[-1][-1]
    assert isinstance(end, RunFinished)
    assert (end.outcome, end.note) == (RunOutcome.FAILED, "It is gone.")
    assert len(stage.gateway.sent) == 1
