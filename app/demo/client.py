"""Acting for organisations over HTTP: each with its own key, as its client app would."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from threading import Lock
from typing import Any, Protocol, TypeVar

import httpx2

Json = dict[str, Any]
Item = TypeVar("Item")
Made = TypeVar("Made")
AT_ONCE = 4  # requests under way at a time
RECONNECTIONS = 5
# A connection is given up before the server, which waits 5 s, may close it under a request.
IDLE_SECONDS = 2.0


class WalkError(Exception):
    """The demonstration could not go on: a sentence for its spectator, translated where shown."""

    def __init__(self, template: str, **params: object) -> None:
        super().__init__(template.format_map(params))
        self.template = template
        self.params = params


class RefusedError(WalkError):
    """The service answered something else than success."""

    def __init__(self, request: str, status: int, code: str, detail: str) -> None:
        super().__init__(
            "{request} was answered {status} {code}: {detail}",
            request=request,
            status=status,
            code=code,
            detail=detail,
        )
        self.code = code


class Teller(Protocol):
    """Shows how far the demonstration is."""

    def step(self, name: str, total: float) -> None:
        """Begin a step; `total` is what its advances will add up to."""
        ...

    def advance(self, amount: float = 1, note: str = "") -> None:
        """Go on within the step."""
        ...


class Service:
    """The service at an address, spoken to in one language."""

    def __init__(self, address: str, language: str) -> None:
        self.address = address
        self.http = httpx2.Client(
            base_url=f"{address}/v1",
            headers={"Accept-Language": language},
            timeout=60,
            transport=httpx2.HTTPTransport(
                retries=2,  # of connecting only: nothing is sent twice
                limits=httpx2.Limits(keepalive_expiry=IDLE_SECONDS),
            ),
            trust_env=False,  # a proxy has no business between a machine and itself
        )
        self.calls = 0
        self._counting = Lock()

    def close(self) -> None:
        """Let go of the connections."""
        self.http.close()

    def send(self, method: str, path: str, *, key: str = "", body: object = None) -> bytes:
        """Return the body of a successful answer."""
        with self._counting:
            self.calls += 1
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        answer = self.http.request(method, path, headers=headers, json=body)
        if not answer.is_success:
            raise refusal(f"{method} {path}", answer.status_code, answer.content)
        return answer.content


def refusal(request: str, status: int, content: bytes) -> RefusedError:
    """Return the refusal of an answer, with the first defect that it names."""
    try:
        problem = json.loads(content)
    except ValueError:
        return RefusedError(request, status, "", content[:200].decode(errors="replace"))
    errors = problem.get("errors") or [{}]
    first = " ".join(str(errors[0].get(name, "")) for name in ("pointer", "detail"))
    return RefusedError(
        request, status, problem.get("code", ""), f"{problem.get('detail', '')} {first}".strip()
    )


@dataclass(frozen=True)
class Party:
    """An organisation and the key that acts for it."""

    service: Service
    name: str
    id: str
    secret: str

    def get(self, path: str) -> Json:
        """Read something."""
        return self._read("GET", path, None)

    def put(self, path: str, body: object) -> Json:
        """Write something."""
        return self._read("PUT", path, body)

    def post(self, path: str, body: object = None) -> Json:
        """Make something."""
        return self._read("POST", path, body)

    def document(self, path: str) -> bytes:
        """Return a document as it was sent."""
        return self.service.send("GET", path, key=self.secret)

    def _read(self, method: str, path: str, body: object) -> Json:
        found: Json = json.loads(self.service.send(method, path, key=self.secret, body=body))
        return found

    def follow(self, path: str) -> Iterator[tuple[str, Json]]:
        """Yield the events of a stream to its end, taking it up again where it broke off."""
        last = "0"
        for _attempt in range(RECONNECTIONS):
            try:
                for number, kind, data in self._events(path, last):
                    last = number or last
                    yield kind, data
            except httpx2.TransportError:
                continue
            return
        raise WalkError("The stream of events of {path} broke off again and again.", path=path)

    def _events(self, path: str, last: str) -> Iterator[tuple[str, str, Json]]:
        headers = {"Authorization": f"Bearer {self.secret}", "Last-Event-ID": last}
        with self.service.http.stream("GET", path, headers=headers) as answer:
            if not answer.is_success:
                raise refusal(f"GET {path}", answer.status_code, answer.read())
            yield from events(answer.iter_lines())


def events(lines: Iterable[str]) -> Iterator[tuple[str, str, Json]]:
    """Yield id, name and data of server-sent events that carry JSON."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")  # a comment has the empty name
        else:
            if "data" in fields:
                data = json.loads(fields["data"])
                yield fields.get("id", ""), fields.get("event", "message"), data
            fields = {}


def each(items: Sequence[Item], act: Callable[[Item], Made], tell: Teller) -> list[Made]:
    """Act for several parties at a time; return what was made in the order of the items."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = [pool.submit(act, item) for item in items]
        try:
            for done in as_completed(waiting):
                done.result()
                tell.advance()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [done.result() for done in waiting]
