"""An HTTP server inside a test, which begins and ends at once: uvicorn's own looks up ten times a second."""

import asyncio

import uvicorn


class PromptServer(uvicorn.Server):
    """Serves from ``begin`` to ``end``; without ``serve``, which would take the process's signals."""

    async def begin(self) -> int:
        """Listen; gives the port."""
        self.config.load()
        self.lifespan = self.config.lifespan_class(self.config)
        await self.startup()
        await self.on_tick(0)
        return int(self.servers[0].sockets[0].getsockname()[1])

    async def end(self, *, patience_seconds: float = 0.1) -> None:
        """Close everything; what is under way has so long to notice, then it is cancelled."""
        for listener in self.servers:
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if tasks := list(self.server_state.tasks):
            _, late = await asyncio.wait(tasks, timeout=patience_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self.lifespan.shutdown()
