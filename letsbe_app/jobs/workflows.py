"""
Provisioning as a durable workflow (DBOS): after a crash it goes on behind the last step that was finished.

The engine writes down what each step takes and gives, so these are ids and sentences only, never a token.
"""

from typing import Final

from dbos import DBOS, DBOSConfig, DBOSConfiguredInstance, SetWorkflowID, StepOptions

from letsbe_app.fleet.provisioning.schemas import Work
from letsbe_app.fleet.provisioning.steps import STEPS
from letsbe_app.jobs.provisioner import Provisioner
from letsbe_app.settings import Settings

WORKFLOWS_VERSION: Final = "1"
"""A workflow is only taken up again by the version that began it: raise it when the steps change."""


def engine_config(settings: Settings) -> DBOSConfig:
    """The engine's settings: its tables lie in a database of their own, or in a schema of PostgreSQL."""
    url = settings.sync_database_url()
    if url.startswith("sqlite"):
        url = f"sqlite:///{settings.data_dir.resolve() / 'workflows.db'}"
    return DBOSConfig(
        name="letsbe-jobs",
        system_database_url=url,
        dbos_system_schema="workflows",
        application_version=WORKFLOWS_VERSION,
        executor_id="jobs",
        log_level="ERROR",
        enable_otlp=False,
    )


@DBOS.dbos_class("ProvisioningWorkflow")
class ProvisioningWorkflow(DBOSConfiguredInstance):
    """Build it before the engine is launched: a workflow that is taken up again looks for it by name."""

    def __init__(self, provisioner: Provisioner) -> None:
        super().__init__(config_name="provisioning")
        self._provisioner = provisioner

    async def start(self, work: Work) -> None:
        """Begin the work; harmless when it was begun before, since its name is its own."""
        with SetWorkflowID(work.workflow_id):
            await DBOS.start_workflow_async(self.provision, work.tenant_id, work.order_id, work.attempt)

    @DBOS.workflow(name="provision")
    async def provision(self, tenant_id: str, order_id: str, attempt: int) -> str:
        """From a paid order to a running server; gives the state it ended in."""
        work, provisioner = Work(tenant_id, order_id, attempt), self._provisioner
        await DBOS.run_step_async(_stubborn("begin"), provisioner.begin, work)
        for step in STEPS:
            failure = await DBOS.run_step_async({"name": step.name.value}, provisioner.run, work, step.name)
            if failure:
                await DBOS.run_step_async(_stubborn("give-up"), provisioner.give_up, work, step.name, failure)
                return "failed"
        await DBOS.run_step_async(_stubborn("complete"), provisioner.complete, work)
        return "active"


def _stubborn(name: str) -> StepOptions:
    """For steps that only write to the database, which may be away for a while."""
    return StepOptions(name=name, retries_allowed=True, interval_seconds=1.0, max_attempts=12)
