"""The event stream of a run: a short read for each look, and no session in between."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import anyio
import anyio.to_thread
from fastapi.sse import ServerSentEvent

from app.kit.db import Database
from app.scenarios import queries
from app.scenarios.models import RunProgress
from app.scenarios.schemas import FinishedView, ProgressView

BATCH = 200


@dataclass(frozen=True)
class Look:
    """What one look at a run found."""

    progress: list[ProgressView]
    finished: FinishedView | None


def progress_view(row: RunProgress) -> ProgressView:
    """Return a sign of life as it is shown."""
    return ProgressView(number=row.number, at=row.at, **row.data)


def look(database: Database, run_id: str, after: int) -> Look:
    """Return what is new of a run after a progress number.

    The status is read first: nothing is written after a run became final, so whoever sees it final
    then sees its last progress too.
    """
    with database.read() as session:
        standing = queries.standing(session, run_id)
        if standing is None:
            raise LookupError(run_id)
        rows = queries.progress_after(session, run_id, after, BATCH)
        progress = [progress_view(row) for row in rows]
    if not standing.final or len(rows) == BATCH:
        return Look(progress, None)
    end = {"id": run_id, "status": standing.status, "result_status": standing.result_status}
    return Look(progress, FinishedView.model_validate(end))


async def follow(
    database: Database, run_id: str, after: int, pause_seconds: float
) -> AsyncIterator[ServerSentEvent]:
    """Yield the progress of a run after a number, as it comes, and last how it finished.

    The last event carries the number of the last progress: whoever comes back with it is told
    again how the run finished, and nothing twice.
    """
    while True:
        news = await anyio.to_thread.run_sync(look, database, run_id, after)
        for progress in news.progress:
            after = progress.number
            yield ServerSentEvent(data=progress, event="progress", id=str(after))
        if news.finished is not None:
            yield ServerSentEvent(data=news.finished, event="finished", id=str(after))
            return
        if len(news.progress) < BATCH:
            await anyio.sleep(pause_seconds)
