"""The first part of the walk: firms register, keep their calendars, and form consortia."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.demo.client import Json, Party, Service, Teller, each


@dataclass(frozen=True)
class Market:
    """Everybody who takes part, by the case's own keys."""

    buyer: Party
    firms: Mapping[str, Party]
    resources: Mapping[str, str]  # "firm/machine" -> id
    networks: Mapping[str, Json]

    def bidder(self, key: str) -> tuple[Party, list[Party], str | None]:
        """Return who submits a bid, who else has to consent to it, and the network's id."""
        network = self.networks.get(key)
        if network is None:
            return self.firms[key], [], None
        by_id = {firm.id: firm for firm in self.firms.values()}
        members = [by_id[member["organisation_id"]] for member in network["members"]]
        lead = by_id[network["lead_id"]]
        return lead, [firm for firm in members if firm is not lead], network["id"]


def join(service: Service, case: Mapping[str, Any], tell: Teller) -> Market:
    """Register everybody, with profiles, machines and calendars, and form the networks."""
    firms = case["firms"]
    tell.step("firms", len(firms) + 1)
    buyer = _register(service, case["buyer"]["name"], "pembeli")
    buyer.put("/profile", case["buyer"]["profile"])
    tell.advance()
    made = each(firms, lambda firm: _firm(service, firm), tell)
    parties = {firm["key"]: party for firm, (party, _machines) in zip(firms, made, strict=True)}
    resources = {name: machine for _party, machines in made for name, machine in machines.items()}
    tell.step("networks", len(case["networks"]))
    networks = each(case["networks"], lambda network: _network(network, parties), tell)
    keys = [network["key"] for network in case["networks"]]
    return Market(buyer, parties, resources, dict(zip(keys, networks, strict=True)))


def _register(service: Service, name: str, key: str) -> Party:
    body = {
        "name": name,
        "user_name": f"Pemilik {name}",
        "email": f"{key}@example.co.id",
    }
    made = json.loads(service.send("POST", "/registrations", body=body))
    return Party(service, name, made["organisation"]["id"], made["key"]["secret"])


def _firm(service: Service, firm: Mapping[str, Any]) -> tuple[Party, dict[str, str]]:
    party = _register(service, firm["name"], firm["key"])
    party.put("/profile", firm["profile"])
    machines = {}
    for resource in firm["resources"]:
        described = {name: resource[name] for name in ("code", "name", "process")}
        made = party.post("/resources", described)
        party.put(f"/resources/{made['id']}/capacity", {"weeks": resource["weeks"]})
        machines[f"{firm['key']}/{resource['code']}"] = made["id"]
    return party, machines


def _network(network: Mapping[str, Any], firms: Mapping[str, Party]) -> Json:
    """Have the lead firm propose a network and every member consent to its terms."""
    body = {
        **{name: network[name] for name in ("name", "purpose", "contract_form", "charter")},
        "lead_id": firms[network["lead"]].id,
        "members": [
            {"organisation_id": firms[key].id, "share": share}
            for key, share in network["members"].items()
        ],
    }
    made = firms[network["lead"]].post("/networks", body)
    consent = {"terms_sha256": made["terms_sha256"]}
    for key in network["members"]:
        made = firms[key].post(f"/networks/{made['id']}/consents", consent)
    return made
