"""Documents that go along with the mail: file blocks that say so, shown to all readers of the mail.

A block that only the page shows, or that only some readers get, stays a link: a mail's attachments are the same for everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from masthead.issues import frozen_files
from masthead.issues.blocks.file import FileBlock
from masthead.issues.content import Content
from masthead.mail.encoding.attachments import Attachment
from masthead.mail.encoding.slots import BadMail


def attached(content: Content) -> list[dict[str, str]]:
    """What an Edition keeps of them: [{"file": "<sha256>.pdf", "name": "Timetable.pdf"}], each file once."""
    found: dict[str, str] = {}
    for block in content.body:
        if isinstance(block, FileBlock) and block.attach and block.in_mail and not block.show_if:
            file = block.url.rpartition("/")[2]
            ending = "." + file.rpartition(".")[2]
            found.setdefault(file, block.label if block.label.lower().endswith(ending) else block.label + ending)
    return [{"file": file, "name": name} for file, name in found.items()]


def loaded(entries: Iterable[Mapping[str, str]]) -> tuple[Attachment, ...]:
    """The files themselves. Raises BadMail, which names one that is gone: no mail leaves without what it promises."""
    made = []
    for entry in entries:
        path = frozen_files.path_of(entry["file"])
        if path is None:
            raise BadMail(
                f"The attached file “{entry['name']}” is gone: {entry['file']} must come back into {frozen_files.folder()}."
            )
        made.append(Attachment(entry["name"], frozen_files.FrozenFile(entry["file"], 0).content_type, path.read_bytes()))
    return tuple(made)
