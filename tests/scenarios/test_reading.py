"""Reading runs: the stored documents exactly, entity tags, pages, and nothing for strangers."""

from typing import Any

from fastapi import FastAPI

from app.allocation.document import problem_sha256
from app.allocation.verify import verify
from tests.support.api import Firm
from tests.support.scenarios import problem, sent, work

PLACES = ("", "/problem", "/result", "/events")


def test_the_documents_are_those_that_were_solved(buyer: Firm, app: FastAPI) -> None:
    run = sent(buyer)
    work(app, run["id"])
    shown = buyer.get(f"/v1/allocations/{run['id']}").json()
    stored = buyer.get(f"/v1/allocations/{run['id']}/problem").json()
    result = buyer.get(f"/v1/allocations/{run['id']}/result").json()
    assert stored == problem()
    assert problem_sha256(stored) == shown["problem_sha256"] == result["problem_sha256"]
    assert shown["result"] == result
    assert verify(stored, result) == []
    assert result["cost"]["total"] == "12870000"


def test_a_run_without_a_result_has_none_to_read(buyer: Firm) -> None:
    run = sent(buyer)
    answer = buyer.get(f"/v1/allocations/{run['id']}/result")
    assert answer.status_code == 404
    assert answer.json()["code"] == "no_result"


def test_a_scenario_s_address_finds_a_run_too(buyer: Firm) -> None:
    run = sent(buyer)
    assert buyer.get(f"/v1/scenarios/{run['id']}").json() == run


def test_nobody_else_knows_of_a_run(buyer: Firm, other: Firm) -> None:
    run = sent(buyer)
    for prefix in ("allocations", "scenarios"):
        for place in PLACES:
            answer = other.get(f"/v1/{prefix}/{run['id']}{place}")
            unknown = other.get(f"/v1/{prefix}/run_00000000000000000000000000{place}")
            assert (answer.status_code, unknown.status_code) == (404, 404)
            assert answer.json()["code"] == unknown.json()["code"] == "not_found"
        assert other.post(f"/v1/{prefix}/{run['id']}/cancellation").status_code == 404
    assert other.get("/v1/allocations").json()["items"] == []


def test_the_tag_changes_with_progress_and_with_the_end(buyer: Firm, app: FastAPI) -> None:
    run = sent(buyer)
    path = f"/v1/allocations/{run['id']}"
    tags = [buyer.get(path).headers["etag"]]

    def unchanged() -> bool:
        answer = buyer.get(path, headers={"if-none-match": tags[-1]})
        if answer.status_code == 304:
            assert answer.content == b""
            assert answer.headers["etag"] == tags[-1]
            return True
        tags.append(answer.headers["etag"])
        return False

    def solver(document: Any, options: Any, on_progress: Any, should_stop: Any) -> Any:
        from app.allocation.options import Progress
        from tests.support.scenarios import in_process

        assert not unchanged()  # a worker took it up
        assert unchanged()
        on_progress(Progress(0, "13000000", "12000000", "0.076923076923", "0.1"))
        assert not unchanged()
        assert unchanged()
        return in_process(document, options)

    assert unchanged()
    work(app, run["id"], solver)
    assert not unchanged()
    assert unchanged()
    assert len(set(tags)) == len(tags) == 4


def test_runs_are_listed_in_pages_without_their_documents(buyer: Firm) -> None:
    runs = [sent(buyer)["id"] for _number in range(3)]
    first = buyer.get("/v1/allocations", params={"limit": 2}).json()
    second = buyer.get("/v1/allocations", params={"limit": 2, "cursor": first["next"]}).json()
    assert [item["id"] for item in first["items"] + second["items"]] == runs
    assert second["next"] is None
    assert not {"result", "problem", "progress"} & set(first["items"][0])
