"""The samples of docs/api.md: the curl commands and their answers, and the programs in Python and TypeScript."""

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from contacts_client import AuthenticatedClient
from contacts_client.api.contacts import delete_account_contacts
from contacts_client.models import DeleteByAccountCode, Error, ReferenceByLinkId, UpsertAnswer
from contacts_client.types import Response

PAGE = Path("docs/api.md").read_text()
ANN = ReferenceByLinkId(link_id=UUID("91c615e3-1040-4815-8ecb-039a18b756b5"))


@pytest.fixture(autouse=True)
def no_contact() -> Iterator[None]:
    """Deletes the samples' contact, before and after."""
    client = AuthenticatedClient(os.environ["CONTACTS_URL"], os.environ["CONTACTS_TOKEN"])
    body = DeleteByAccountCode(tenant="zegoal", account_code="ACME", contacts=[ANN])
    delete_account_contacts.sync_detailed(client=client, body=body)
    yield
    delete_account_contacts.sync_detailed(client=client, body=body)


def run(command: list[str]) -> str:
    return subprocess.run(command, cwd="docs", check=True, capture_output=True, text=True).stdout


def test_quick_start_creates_and_deletes_a_contact() -> None:
    commands = re.findall(r"^curl .*?}'$", PAGE[: PAGE.index("## Authentication")], re.M | re.S)
    created, deleted = (json.loads(run(["sh", "-c", command])) for command in commands)
    assert created["result"][0]["extended_info"] == "created"
    assert deleted["processing_result"]["text"] == "success"


def test_curl_commands_get_the_answers_that_follow_them() -> None:
    samples = re.findall(r"^```sh\n(curl -X POST \$CONTACTS_URL/contacts.*?)^```\n\n```json\n(.*?)^```", PAGE, re.M | re.S)
    assert len(samples) == 2
    for command, answer in samples:
        received, expected = json.loads(run(["sh", "-c", command])), json.loads(answer)
        for body in (received, expected):
            body.pop("processing_date", None)
        assert received == expected


def test_programs_print_what_their_comments_say() -> None:
    created, deleted = "created 766768735193551", "success"
    for command in (["python", os.environ["CONTACTS_SAMPLES"]], ["node", os.environ["CONTACTS_SAMPLES_JS"]]):
        lines = run(command).splitlines()
        assert lines[0] == created, lines
        assert lines[1].startswith("200") and deleted in "".join(lines), lines
        assert "zegoal 766768735193551" in lines[-1] and lines[-1].endswith("ann@example.com"), lines


def test_retries_end_with_the_first_other_status(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("docs")
    import samples

    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    statuses: list[Any] = [429, httpx.ReadTimeout("no answer"), 503, 200]

    def send() -> Response[UpsertAnswer | Error]:
        status = statuses.pop(0)
        if isinstance(status, Exception):
            raise status
        headers = {"retry-after": "2"} if status == 503 else {}
        return Response(status_code=status, content=b"", headers=headers, parsed=None)

    assert samples.with_retries(send).status_code == 200
    assert len(waits) == 3 and 2 <= waits[2] <= 6
    statuses = [503] * 6
    assert samples.with_retries(send).status_code == 503
    assert not statuses
