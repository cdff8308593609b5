"""The Django Tasks API on PostgreSQL: Procrastinate behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import procrastinate
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision

from masthead.cli.retrying import wait_before

#: A worker without a sign of life for this long has lost its jobs to the others.
STALLED_SECONDS = 20


class ProcrastinateBackend(BaseTaskBackend):
    """Enqueues a task as a job of Procrastinate, in the caller's transaction."""

    supports_defer = True
    supports_async_task = True
    supports_priority = True

    def enqueue(self, task: Task[Any, Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        """Insert the job. It is seen by workers when the caller's transaction commits."""
        from procrastinate.contrib.django import app

        self.validate_task(task)
        job = app.configure_task("django_task", queue=task.queue_name, priority=task.priority, schedule_at=task.run_after)
        job_id = job.defer(path=task.module_path, a=list(args), k=dict(kwargs))
        return TaskResult(
            task=task,
            id=str(job_id),
            status=TaskResultStatus.READY,
            enqueued_at=timezone.now(),
            started_at=None,
            last_attempted_at=None,
            finished_at=None,
            args=list(args),
            kwargs=dict(kwargs),
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )


class OurWaits(BaseRetryStrategy):
    """The rule of `masthead.cli.retrying`, for Procrastinate."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to start the job again. `job.attempts` counts the starts before this one."""
        wait = wait_before(job.attempts + 1)
        return None if wait is None else RetryDecision(retry_in={"seconds": wait})


def register(app: procrastinate.App) -> None:
    """Give `app` the one task that runs ours, the take-over of stalled jobs, and the recurring tasks."""

    @app.task(name="django_task", retry=OurWaits())
    def django_task(path: str, a: list[Any], k: dict[str, Any]) -> None:
        import_string(path).call(*a, **k)

    # It takes a queueing lock only: one with `lock` would wait for the job of the dead worker that it is to free.
    @app.periodic(cron="* * * * * */10", periodic_id="stalled")
    @app.task(name="retry_stalled", queue="maint", queueing_lock="retry_stalled")
    async def retry_stalled(timestamp: int) -> None:
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
            await app.job_manager.retry_job(job)

    for cron, path in settings.PERIODIC:
        name = "recurring:" + path
        app.periodic(cron=cron, periodic_id=path)(app.task(name=name, queue="maint", queueing_lock=name)(_recurring(path)))


def _recurring(path: str) -> Callable[[int], None]:
    def run(timestamp: int) -> None:
        # Runs it here: a job of a job would double the rows of every sweep.
        import_string(path).call()

    return run
