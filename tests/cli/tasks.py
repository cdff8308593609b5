"""Tasks for the tests of the engine."""

from pathlib import Path

from django_tasks import task


@task(queue_name="default")
def note(path: str, word: str) -> None:
    with Path(path).open("a") as file:
        file.write(word + "\n")


@task(queue_name="default")
def fail(path: str) -> None:
    with Path(path).open("a") as file:
        file.write("tried\n")
    raise RuntimeError("it cannot be done")
