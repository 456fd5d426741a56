#!/usr/bin/env python3
"""Replay a draw: `python3 replay_draw.py certificate.json [--announced HASH] [--seed SOURCE=1,2,3] [--json]`.

Needs nothing but Python 3.9: no network, no database, no package. It computes anew the hash of what was announced,
the key from the seed, the order of the pool (RFC 3797, section 4), who was seated and who was passed over and why,
and every replacement. `--announced` compares with the hash that was published before the seed was known, `--seed`
with the numbers that you looked up yourself, `--earlier FILE` with a certificate that this one continues, and
`--certificate` with the hash on the paper (it alone holds what nothing follows from, such as the words of a reason).
Exit 0: everything comes out the same. Exit 1: something was altered; it says what. Exit 2: no certificate.
"""

import argparse
import hashlib
import json
import sys
from collections import Counter, defaultdict, deque

FORMAT = "bailu-draw/1"
REASONS = ("declined", "no_answer", "conflict", "prevented")


def canonical(data):
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256(data):
    return hashlib.sha256(canonical(data).encode("utf-8")).hexdigest()


# --- RFC 3797, section 4 -------------------------------------------------------------------------------------------


def key_of(sources):
    """The numbers of each source in rising order, “.” after each, “/” after each source."""
    return "".join("".join(f"{int(number)}." for number in sorted(source)) + "/" for source in sources)


def picks(count, key, algorithm):
    """(digest, how many were left, index) for every place in the order."""
    left = list(range(count))
    for index in range(count):
        edge = index.to_bytes(2, "big")
        digest = hashlib.new(algorithm, edge + key.encode("ascii") + edge).hexdigest()
        yield digest, len(left), left.pop(int(digest, 16) % len(left))


# --- the quotas ----------------------------------------------------------------------------------------------------


def fits(edges):
    """Whether a flow goes round that keeps the least and the most of every edge (tail, head, least, most)."""
    room, duty = defaultdict(lambda: defaultdict(int)), 0
    for tail, head, least, most in edges:
        if least > most:
            return False
        room[tail][head] += most - least
        room["<source>"][head] += least
        room[tail]["<sink>"] += least
        duty += least
    while duty:
        came, waiting = {"<source>": None}, deque(["<source>"])
        while waiting and "<sink>" not in came:
            node = waiting.popleft()
            for head, free in room[node].items():
                if free and head not in came:
                    came[head] = node
                    waiting.append(head)
        if "<sink>" not in came:
            return False
        path, node = [], "<sink>"
        while came[node] is not None:
            path.append((came[node], node))
            node = came[node]
        pushed = min(room[tail][head] for tail, head in path)
        for tail, head in path:
            room[tail][head] -= pushed
            room[head][tail] += pushed
        duty -= pushed
    return True


class Quotas:
    """Whom the quotas still let onto the panel. Nodes are tuples; the first part tells their kind."""

    def __init__(self, panel, available):
        self.panel, self.available, self.known = panel, available, {}
        part, whole = panel["share"]
        self.inside = -(-panel["seats"] * part // whole)
        self.offers = defaultdict(Counter)
        for one in available:
            self.offers[one["employer"]][tuple(one["fields"])] += 1

    def bounds(self, quotas, name, most):
        quota = quotas.get(name)
        if quota is None:
            return 0, most
        return quota[0], self.panel["seats"] if quota[1] is None else min(quota[1], self.panel["seats"])

    def of_employer(self, name):
        return self.bounds(
            self.panel["employers"], name, min(self.panel["per_employer"], self.panel["seats"])
        )

    def reachable(self, members):
        """Whether some panel that keeps all quotas holds these members."""
        seated = defaultdict(Counter)
        for one in members:
            seated[one["employer"]][tuple(one["fields"])] += 1
        # Employers that can send the same are one node, with a multiple of its bounds.
        kinds = Counter()
        for employer in set(self.offers) | set(seated) | set(self.panel["employers"]):
            offered, sits = self.offers.get(employer, Counter()), seated.get(employer, Counter())
            least, most = self.of_employer(employer)
            sends = tuple(
                (fields, sits[fields], min(most, max(offered[fields], sits[fields])))
                for fields in sorted(set(offered) | set(sits))
            )
            kinds[least, most, sends] += 1
        state = frozenset(kinds.items())
        if state not in self.known:
            self.known[state] = fits(self.edges(kinds))
        return self.known[state]

    def edges(self, kinds):
        seats, names = self.panel["seats"], set(self.panel["fields"])
        for kind, many in kinds.items():
            least, most, sends = kind
            yield "seats", ("employer", kind), least * many, most * many
            for fields, sits, can in sends:
                yield ("employer", kind), ("fields", kind, fields), sits * many, can * many
                for name in fields:
                    names.add(name)
                    yield ("fields", kind, fields), ("field", name), 0, can * many
        for name in names:
            least, most = self.bounds(self.panel["fields"], name, seats)
            yield ("field", name), ("in field", name in self.panel["in_field"]), least, most
        yield ("in field", True), "all", self.inside, seats
        yield ("in field", False), "all", 0, seats - self.inside
        yield "all", "seats", seats, seats

    def why_passed(self, seated, candidate):
        """The rule by which a candidate cannot join the seated; empty where they can."""
        members, panel = [*seated, candidate], self.panel
        employer = candidate["employer"]
        if sum(one["employer"] == employer for one in members) > self.of_employer(employer)[1]:
            return "employer_full"
        if self.reachable(members):
            return ""
        outside = sum(not set(one["fields"]) & set(panel["in_field"]) for one in members)
        if outside > panel["seats"] - self.inside:
            return "outside_full"
        count = len(members)
        alone = {
            "seats": count, "in_field": panel["in_field"], "share": [0, 1], "per_employer": count, "employers": {},
            "fields": {name: [0, quota[1]] for name, quota in panel["fields"].items()},
        }  # fmt: skip
        return "seats_reserved" if Quotas(alone, members).reachable(members) else "field_full"


# --- the replay ----------------------------------------------------------------------------------------------------


class Replay:
    """A certificate computed anew from its announcement, its seed and who left."""

    def __init__(self, certificate):
        self.given, self.faults = certificate, []
        self.announced = certificate["announcement"]
        self.sha256 = sha256(self.announced)

    def fault(self, words):
        self.faults.append(words)

    def run(self):
        given, pool = self.given, self.announced["pool"]
        if given["announcement_sha256"] != self.sha256:
            self.fault("The announcement is altered: its hash is not that of its content.")
        self.check_pool()
        key = key_of([*self.numbers(), [self.announced["number"]]])
        if key != given["key"]:
            self.fault(
                "The key is not the one that the seed gives: the seed or the number of the draw was altered."
            )
        self.picks = list(picks(len(pool), key, self.announced["algorithm"]))
        self.order = [pool[position] for _, _, position in self.picks]
        self.codes = [one["code"] for one in self.order]
        if self.codes != given["order"]:
            self.fault("The order is not the one that the key gives: pool, order or seed were altered.")
        self.seated, self.left = [], set()
        self.compare("The walk", self.fill(), given["walk"])
        self.replacements()
        if [one["code"] for one in self.seated] != given["panel"]:
            self.fault("The panel is not the one that was drawn.")
        return self.faults

    def check_pool(self):
        codes = [one["code"] for one in self.announced["pool"]]
        excluded = [(one["code"], one["rule"]) for one in self.announced["excluded"]]
        if codes != sorted(set(codes)):
            self.fault("The pool is not in the order of its codes, or names somebody twice.")
        if excluded != sorted(set(excluded)):
            self.fault("The exclusions are not in order, or name somebody twice by one rule.")
        for code, rule in excluded:
            if code in codes:
                self.fault(f"{code} is excluded and in the pool.")
            if rule not in self.announced["rules"]:
                self.fault(f"{code} is excluded by a rule that is not announced.")

    def numbers(self):
        """The numbers of each source, in the announced order."""
        method, seed, drawn = self.announced["seed"], self.given["seed"], self.given["drawn_at"]
        frozen = self.announced["frozen_at"]
        if method["kind"] == "named":
            found = []
            for source in method["sources"]:
                numbers = seed["numbers"].get(source["name"], [])
                fair = (
                    len(numbers) == source["numbers"]
                    and all(source["lowest"] <= number <= source["highest"] for number in numbers)
                    and not (source["distinct"] and len(set(numbers)) < len(numbers))
                )
                if not fair:
                    self.fault(f"“{source['name']}” cannot have come out as {numbers}.")
                if not frozen < source["known_at"] <= drawn:
                    self.fault(f"“{source['name']}” was known before the pool was frozen, or after the draw.")
                found.append(numbers)
            if set(seed["numbers"]) != {source["name"] for source in method["sources"]}:
                self.fault("The sources of the seed are not those that were announced.")
            return found
        return self.revealed(method["officials"], seed["reveals"], frozen, drawn)

    def revealed(self, officials, reveals, frozen, drawn):
        if len(set(officials)) < 2 or sorted(one["official"] for one in reveals) != sorted(officials):
            self.fault("The seed is not revealed by the officials who were announced.")
        last = max(one["committed_at"] for one in reveals)
        for one in reveals:
            said = {"announcement": self.sha256, "official": one["official"], "secret": one["secret"]}
            if sha256(said) != one["commitment"]:
                self.fault(f"“{one['official']}” revealed another secret than they committed to.")
            if not frozen < one["committed_at"] <= last < one["revealed_at"] <= drawn:
                self.fault(f"The times of “{one['official']}” are out of order.")
        secrets = {one["official"]: int(one["secret"], 16) for one in reveals}
        return [[secrets[official]] for official in officials]

    def fill(self):
        """Seat the first in the order whom the quotas let on, until the panel is full."""
        panel = self.announced["panel"]
        quotas = Quotas(panel, [one for one in self.announced["pool"] if one["code"] not in self.left])
        sitting, walk = {one["code"] for one in self.seated}, []
        for place, (digest, of, _) in enumerate(self.picks, start=1):
            one = self.order[place - 1]
            if len(self.seated) == panel["seats"]:
                break
            if one["code"] in self.left or one["code"] in sitting:
                continue
            passed = quotas.why_passed(self.seated, one)
            walk.append({"place": place, "digest": digest, "of": of, "code": one["code"], "passed": passed})
            if not passed:
                self.seated.append(one)
        if len(self.seated) < panel["seats"]:
            self.fault("The quotas cannot be kept by this pool.")
        return walk

    def compare(self, name, computed, given):
        for ours, theirs in zip(computed, given):
            if ours != theirs:
                wrong = ", ".join(sorted(part for part in ours if ours[part] != theirs.get(part)))
                wrong = wrong or "it says more than it should"
                self.fault(f"{name} differs at place {ours['place']} ({ours['code']}): {wrong}.")
                return
        if len(computed) != len(given):
            self.fault(f"{name} has {len(given)} steps instead of {len(computed)}.")

    def replacements(self):
        """Every successor in turn; each entry holds the hash of the certificate that it continues."""
        given, last = self.given, self.given["drawn_at"]
        for number, entry in enumerate(given["replacements"], start=1):
            name = f"Replacement {number}"
            before = dict(
                given,
                replacements=given["replacements"][: number - 1],
                panel=[one["code"] for one in self.seated],
            )
            if sha256(before) != entry["continues"]:
                self.fault(f"{name} does not continue the certificate before it.")
            if entry["out"] not in before["panel"]:
                self.fault(f"{name}: {entry['out']} did not sit on the panel.")
            if entry["reason"] not in REASONS or entry["at"] < last:
                self.fault(f"{name} has no known reason, or its time is out of order.")
            last = entry["at"]
            self.left.add(entry["out"])
            self.seated = [one for one in self.seated if one["code"] != entry["out"]]
            self.compare(name, self.fill(), entry["walk"])
            if not entry["walk"] or entry["in"] != self.seated[-1]["code"]:
                self.fault(f"{name}: the successor is not the one who was drawn.")


def compare_elsewhere(certificate, options):
    """What is known from elsewhere: the published hash, the numbers that were looked up, an earlier certificate."""
    faults = []
    if options.certificate and options.certificate.lower() != sha256(certificate):
        faults.append("The certificate is not the one whose hash you hold.")
    if options.announced and options.announced.lower() != certificate["announcement_sha256"]:
        faults.append("The announcement is not the one whose hash was published.")
    for said in options.seed:
        source, _, numbers = said.rpartition("=")
        drawn = certificate["seed"].get("numbers", {}).get(source)
        if drawn is None or sorted(drawn) != sorted(int(number) for number in numbers.split(",")):
            faults.append(f"The seed is not what came out: “{source}” is {numbers}, the draw used {drawn}.")
    if options.earlier:
        earlier = sha256(read(options.earlier))
        if earlier not in [
            sha256(certificate),
            *(entry["continues"] for entry in certificate["replacements"]),
        ]:
            faults.append("The earlier certificate is not one that this one continues.")
    return faults


def read(file):
    if file == "-":
        return json.load(sys.stdin)
    with open(file, encoding="utf-8") as opened:
        return json.load(opened)


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Replay a draw offline.")
    parser.add_argument("file", help="the certificate as JSON; “-” reads it from the input")
    parser.add_argument(
        "--announced", default="", help="the hash that was published before the seed was known"
    )
    parser.add_argument(
        "--certificate", default="", help="the certificate's own hash, as it stands on its paper"
    )
    parser.add_argument("--seed", action="append", default=[], help="SOURCE=1,2,3 as you looked it up")
    parser.add_argument("--earlier", default="", help="a certificate that this one continues")
    parser.add_argument("--json", action="store_true", help="print JSON and nothing else")
    options = parser.parse_args(arguments)
    try:
        certificate = read(options.file)
        if certificate["format"] != FORMAT:
            raise ValueError(f"this is {certificate['format']!r}, not {FORMAT!r}")
        faults = Replay(certificate).run() + compare_elsewhere(certificate, options)
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        print(f"This is no certificate that can be read: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    if options.json:
        answer = {"holds": not faults, "panel": certificate["panel"], "faults": faults}
        print(json.dumps(answer, ensure_ascii=False))
    elif faults:
        print("\n".join(faults))
    else:
        count, left = len(certificate["order"]), len(certificate["replacements"])
        print(
            f"All comes out the same: {len(certificate['panel'])} of {count} candidates, {left} replaced since."
        )
        print(f"Panel: {', '.join(certificate['panel'])}")
        print(f"Announcement: {certificate['announcement_sha256']}\nCertificate: {sha256(certificate)}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
