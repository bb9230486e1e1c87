"""The root over all bids, its proofs, and every way a proof can be wrong."""

import hashlib
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.allocation.document import DocumentError, canonical
from app.allocation.inclusion import (
    OffersRoot,
    bid_bytes,
    draw_nonces,
    inclusion_faults,
    offers_root,
    parsed_root,
    root_text,
)
from app.allocation.inclusion.commands import check_inclusion_files, offers_root_file
from app.allocation.inclusion.merkle import MerkleTree, root_by_path
from tests.allocation.documents import item, offer, package, problem
from tests.allocation.test_commands import complaints
from tests.allocation.tiny import drawn

Entry = dict[str, Any]


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def tree_head(entries: Sequence[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1, word for word."""
    if not entries:
        return sha(b"")
    if len(entries) == 1:
        return sha(b"\x00" + entries[0])
    half = 1
    while half * 2 < len(entries):
        half *= 2
    return sha(b"\x01" + tree_head(entries[:half]) + tree_head(entries[half:]))


def tree_path(m: int, entries: Sequence[bytes]) -> list[bytes]:
    """PATH of RFC 9162, 2.1.3.1, word for word."""
    if len(entries) == 1:
        return []
    half = 1
    while half * 2 < len(entries):
        half *= 2
    if m < half:
        return [*tree_path(m, entries[:half]), tree_head(entries[half:])]
    return [*tree_path(m - half, entries[half:]), tree_head(entries[:half])]


def nonces_of(document: Entry) -> dict[str, bytes]:
    bids = (*document["offers"], *document.get("packages", ()))
    return {bid["id"]: sha(b"nonce " + bid["id"].encode()) for bid in bids}


def made(document: Entry) -> OffersRoot:
    return offers_root(document, nonces_of(document))


def bids_of(document: Entry) -> dict[str, Entry]:
    return {bid["id"]: bid for bid in (*document["offers"], *document.get("packages", ()))}


FIVE = problem(
    *(offer(f"O{k}", price=f"{k}.50") for k in (3, 1, 2)),
    packages=[package(f"P{k}", "B", "7", item("L", "2")) for k in (2, 1)],
)


@pytest.mark.parametrize("size", [*range(20), 31, 32, 33, 64, 65, 100])
def test_the_tree_is_that_of_rfc_9162(size: int) -> None:
    entries = [f"entry {k}".encode() for k in range(size)]
    tree = MerkleTree(entries)
    assert tree.root == tree_head(entries)
    for index, entry in enumerate(entries):
        path = tree.path(index)
        assert path == tree_path(index, entries)
        assert root_by_path(entry, index, size, path) == tree.root


def test_the_known_hashes_of_nothing() -> None:
    assert MerkleTree([]).root.hex().startswith("e3b0c44298fc1c149afbf4c8996fb924")
    assert MerkleTree([b""]).root.hex().startswith("6e340b9cffb37a989ca544e6bb780a2c")
    assert offers_root(problem(), {}).text == root_text(0, sha(b""))


def test_a_root_and_a_proof_worked_out_by_hand() -> None:
    document = problem(offer("b", price="5.0"), offer("a", "B", price=7))
    text = {
        "a": b'{"offers":[{"bidder":"B","id":"a","lot":"L","price":"7"}]}',
        "b": b'{"offers":[{"bidder":"A","id":"b","lot":"L","price":"5"}]}',
    }
    nonces = {"a": bytes(range(32)), "b": bytes(32)}
    left, right = (sha(b"\x00" + sha(nonces[name] + text[name])) for name in "ab")
    root = offers_root(document, nonces)
    assert root.text == "2:" + sha(b"\x01" + left + right).hex()
    assert root.proof("b") == {
        "format": "jejaring.inclusion-proof/1",
        "id": "b",
        "nonce": "00" * 32,
        "index": 1,
        "size": 2,
        "path": [left.hex()],
    }


def test_an_offer_and_a_package_are_canonical_parts_of_a_problem() -> None:
    both = bids_of(FIVE)
    assert bid_bytes(both["O1"]) == canonical({"offers": [both["O1"]]})
    assert bid_bytes(both["P1"]) == canonical({"packages": [both["P1"]]})


@pytest.mark.parametrize("seed", range(20))
def test_every_bid_stands_under_the_root(seed: int) -> None:
    document = drawn(seed)
    root = made(document)
    bids = bids_of(document)
    assert root.ids == tuple(sorted(bids))
    for proof in root.proofs():
        assert proof == root.proof(proof["id"])
        assert inclusion_faults(bids[proof["id"]], proof, root.text) == []


def test_the_order_of_the_document_does_not_matter_and_the_nonces_do() -> None:
    turned = {**FIVE, "offers": FIVE["offers"][::-1], "packages": FIVE["packages"][::-1]}
    assert made(turned).text == made(FIVE).text
    assert offers_root(FIVE, dict.fromkeys(bids_of(FIVE), bytes(32))).text != made(FIVE).text


def test_how_a_number_is_written_does_not_matter() -> None:
    proof, root = made(FIVE).proof("O3"), made(FIVE).text
    assert inclusion_faults(offer("O3", price="3.5"), proof, root) == []
    assert inclusion_faults(offer("O3", price="3.500001"), proof, root) != []


@pytest.mark.parametrize("name", list(bids_of(FIVE)))
def test_any_change_of_a_bid_is_noticed(name: str) -> None:
    bid, root = bids_of(FIVE)[name], made(FIVE)
    wrong = [{**bid, "price": "1"}, {**bid, "setup": "0"}, {**bid, "bidder": "C"}]
    wrong += [{k: v for k, v in bid.items() if k != "price"}, {**bid, "items": []}]
    codes = [[f["code"] for f in inclusion_faults(w, root.proof(name), root.text)] for w in wrong]
    assert codes == [["not_included"]] * 5


def code_of(proof: Entry, bid: Entry, root: str) -> set[str]:
    return {fault["code"] for fault in inclusion_faults(bid, proof, root)}


@pytest.mark.parametrize("name", list(bids_of(FIVE)))
def test_every_wrong_proof_is_refused(name: str) -> None:
    root = made(FIVE)
    bid, proof = bids_of(FIVE)[name], root.proof(name)
    path = proof["path"]
    other = "0" * 64
    wrong: list[Entry] = [{**proof, "nonce": other}, {**proof, "id": "another"}]
    wrong += [{**proof, "index": k} for k in range(7) if k != proof["index"]]
    wrong += [{**proof, "size": k} for k in range(10) if k != 5]
    wrong += [{**proof, "path": [*path[:k], other, *path[k + 1 :]]} for k in range(len(path))]
    wrong += [{**proof, "path": [*path[:k], *path[k + 1 :]]} for k in range(len(path))]
    wrong += [{**proof, "path": [*path[:k], other, *path[k:]]} for k in range(len(path) + 1)]
    if len(path) > 1:
        wrong.append({**proof, "path": path[::-1]})
    assert all(inclusion_faults(bid, one, root.text) for one in wrong)
    assert inclusion_faults(bid, proof, root.text) == []


def test_a_proof_says_what_is_wrong_with_it() -> None:
    root = made(FIVE)
    proof, bid = root.proof("O1"), bids_of(FIVE)["O1"]
    assert code_of(root.proof("O2"), bid, root.text) == {"another_bid", "not_included"}
    assert code_of(proof, bid, root_text(6, root.tree.root)) == {"another_root"}
    assert code_of(proof, bid, root_text(5, bytes(32))) == {"not_included"}
    assert code_of({**proof, "extra": 1}, bid, root.text) == {"unknown_field"}


@pytest.mark.parametrize("field", ["format", "id", "nonce", "index", "size", "path"])
@pytest.mark.parametrize("value", [None, True, -1, 1.5, "", "AB" * 32, "00", {}, [1], ["zz"]])
def test_a_malformed_proof_is_named_by_its_field(field: str, value: object) -> None:
    root = made(FIVE)
    if field == "id" and isinstance(value, str):
        return
    proof = {**root.proof("O1"), field: value}
    (fault,) = inclusion_faults(bids_of(FIVE)["O1"], proof, root.text)
    assert (fault["pointer"], fault["code"]) == (f"/{field}", "no_proof")
    del proof[field]
    assert len(inclusion_faults(bids_of(FIVE)["O1"], proof, root.text)) == 1


@pytest.mark.parametrize(
    "text", ["", "5", "5:", ":" + "0" * 64, "05:" + "0" * 64, "5:" + "g" * 64, "5:" + "0" * 65]
)
def test_a_root_that_is_none_is_a_defect(text: str) -> None:
    with pytest.raises(DocumentError):
        parsed_root(text)


@given(st.binary(min_size=32, max_size=32), st.integers(0, 10**6))
def test_a_published_root_is_read_back(digest: bytes, size: int) -> None:
    assert parsed_root(root_text(size, digest)) == (size, digest)


@given(
    st.integers(-2, 40),
    st.integers(-2, 40),
    st.lists(st.binary(min_size=32, max_size=32), max_size=7),
)
def test_a_path_of_the_wrong_length_leads_nowhere(index: int, size: int, path: list[bytes]) -> None:
    fits = 0 <= index < size and len(path) == len(MerkleTree([b""] * size).path(index))
    assert (root_by_path(b"", index, size, path) is not None) == fits


def test_each_bid_needs_a_nonce_of_the_right_length() -> None:
    for nonces in ({}, {**nonces_of(FIVE), "O1": b"short"}):
        with pytest.raises(ValueError, match="32 bytes"):
            offers_root(FIVE, nonces)
    drawn_ones = draw_nonces(FIVE, bytes)
    assert drawn_ones == dict.fromkeys(bids_of(FIVE), bytes(32))


def written(path: Path, document: Entry) -> str:
    path.write_text(json.dumps(document))
    return str(path)


def test_the_commands_make_and_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stated, output = written(tmp_path / "problem.json", FIVE), tmp_path / "root.json"
    assert offers_root_file(stated, str(output)) == 0
    found = json.loads(output.read_text())
    assert (found["format"], len(found["proofs"])) == ("jejaring.offers-root/1", 5)
    assert len({proof["nonce"] for proof in found["proofs"]}) == 5
    bids = bids_of(FIVE)
    for one in found["proofs"]:
        bid = written(tmp_path / "bid.json", bids[one["id"]])
        proof = written(tmp_path / "proof.json", one)
        assert check_inclusion_files(bid, proof, found["offers_root"]) == 0
    assert capsys.readouterr().err == ""
    changed = written(tmp_path / "bid.json", {**bids["P2"], "price": "1"})
    assert check_inclusion_files(changed, proof, found["offers_root"]) == 1
    assert [one["code"] for one in complaints(capsys)] == ["not_included"]
    assert check_inclusion_files(changed, stated, found["offers_root"]) == 1
    assert {one["code"] for one in complaints(capsys)} >= {"unknown_field", "no_proof"}


def test_what_the_commands_cannot_read_or_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stated, root = written(tmp_path / "problem.json", FIVE), root_text(1, bytes(32))
    nowhere = str(tmp_path / "nowhere" / "root.json")
    bad = written(tmp_path / "bad.json", {"format": "x", "lots": []})
    assert offers_root_file(stated, nowhere) == 2
    assert complaints(capsys)[0]["code"] == "unwritable_file"
    assert offers_root_file(bad, "-") == 2
    assert {one["code"] for one in complaints(capsys)} >= {"not_one_of", "missing_field"}
    assert check_inclusion_files(nowhere, stated, root) == 2
    assert complaints(capsys)[0]["code"] == "unreadable_file"
    assert check_inclusion_files(stated, stated, "root") == 2
    assert complaints(capsys)[0]["code"] == "wrong_type"
    assert check_inclusion_files(stated, nowhere, root) == 1
    assert complaints(capsys)[0]["code"] == "unreadable_file"
    monkeypatch.setattr("app.allocation.inclusion.commands.write_document", _full)
    assert offers_root_file(stated, str(tmp_path / "root.json")) == 1
    assert complaints(capsys)[0]["code"] == "failed"


def _full(_name: str, _document: Entry) -> None:
    raise OSError(28, "No space left on device")


def test_a_bid_may_come_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root = made(FIVE)
    proof = written(tmp_path / "proof.json", root.proof("O2"))
    data = json.dumps(bids_of(FIVE)["O2"]).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert check_inclusion_files("-", proof, root.text) == 0
