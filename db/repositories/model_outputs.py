"""Answers of language models, by all that they follow from."""

from datetime import timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute, fetch_one
from db.text import storable

RETENTION = timedelta(days=30)  # after the last use


class OutputKey(msgspec.Struct, frozen=True):
    """``context_sha``: hex sha256 of everything that is sent but the model's name."""

    scope: str
    repository_id: int
    context_sha: str
    prompt_version: str
    model: str

    def values(self) -> tuple[str, bytes, str, str, int]:
        sha = bytes.fromhex(self.context_sha)
        return self.scope, sha, self.prompt_version, storable(self.model), self.repository_id


_WHERE = "scope = $1 AND context_sha256 = $2 AND prompt_version = $3 AND model = $4 AND repository_id = $5"


async def find_output(connection: AsyncConnection, key: OutputKey) -> str | None:
    """The kept answer; noted as used."""
    row = await fetch_one(
        connection, f"UPDATE model_outputs SET used_at = now() WHERE {_WHERE} RETURNING output", *key.values()
    )
    return str(row["output"]) if row else None


async def keep_output(connection: AsyncConnection, key: OutputKey, output: str) -> None:
    """Keep a completed answer; the first one stays."""
    await execute(
        connection,
        "INSERT INTO model_outputs (scope, context_sha256, prompt_version, model, repository_id, output)"
        " SELECT $1, $2, $3, $4, $5, $6 WHERE EXISTS (SELECT FROM repositories WHERE id = $5) ON CONFLICT DO NOTHING",
        *key.values(),
        storable(output),
    )


async def trim_outputs(connection: AsyncConnection, retention: timedelta = RETENTION) -> int:
    """Delete what nobody has asked for lately."""
    return await execute(connection, "DELETE FROM model_outputs WHERE used_at < now() - $1::interval", retention)
