"""A wire to Neo4j that a test can freeze or cut."""

import asyncio
from contextlib import suppress


class Wire:
    """Forwards TCP from `port` on 127.0.0.1 to a Bolt address."""

    def __init__(self, uri):
        host, _, port = uri.rpartition("/")[2].partition(":")
        self._target = host, int(port)
        self._open = []
        self._thawed = asyncio.Event()
        self._thawed.set()
        self.connections = 0

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.uri = f"bolt://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *failure):
        self._thawed.set()
        self._server.close()
        await self.cut()
        await self._server.wait_closed()

    async def stop(self):
        """End every connection and serve no new one, as a server that is away."""
        self._server.close()
        await self.cut()

    async def start(self):
        port = int(self.uri.rpartition(":")[2])
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", port)

    def freeze(self):
        self._thawed.clear()

    async def cut(self):
        """End every connection; new ones are served."""
        writers, self._open = self._open, []
        for writer in writers:
            writer.close()
        for writer in writers:
            with suppress(OSError):
                await writer.wait_closed()

    async def _connected(self, reader, writer):
        self.connections += 1
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        self._open += [writer, far_writer]
        with suppress(OSError):
            await asyncio.gather(
                self._forward(reader, far_writer), self._forward(far_reader, writer)
            )

    async def _forward(self, source, target):
        while data := await source.read(65_536):
            await self._thawed.wait()
            target.write(data)
            await target.drain()
        target.close()
