"""PostgreSQL and Valkey together, and the environment that points the portal at them."""

from __future__ import annotations

import os
from collections.abc import Mapping

from config.local.folder import DataFolder
from config.local.postgres import Postgres
from config.local.valkey import Valkey


class Services:
    """The servers that the environment does not name are private ones over a data folder."""

    def __init__(
        self, folder: DataFolder, *, fast: bool = False, given: Mapping[str, str] | None = None
    ) -> None:
        given = os.environ if given is None else given
        self.folder = folder
        self.servers: list[Postgres | Valkey] = []
        self.environment = {name: given[name] for name in ("DATABASE_URL", "REDIS_URL") if given.get(name)}
        if len(self.environment) == 2:
            return
        sockets = folder.sockets()
        if "DATABASE_URL" not in self.environment:
            postgres = Postgres(folder.postgres, sockets, folder.logs / "postgres.log", fast=fast)
            self.servers.append(postgres)
            self.environment["DATABASE_URL"] = postgres.url()
        if "REDIS_URL" not in self.environment:
            valkey = Valkey(folder.valkey, sockets, folder.logs / "valkey.log", fast=fast)
            self.servers.append(valkey)
            self.environment["REDIS_URL"] = valkey.url()

    def start(self) -> dict[str, str]:
        """Start or adopt every private server; how each came up, by name."""
        how = {}
        for server in self.servers:
            how[server.name] = server.start()
        self.create_database()
        return how

    def create_database(self) -> None:
        """Create the portal's database on a private server, unless it is there."""
        for server in self.servers:
            if isinstance(server, Postgres):
                server.create("portal")

    def stop(self) -> None:
        for server in reversed(self.servers):
            server.stop()
