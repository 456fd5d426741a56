#!/usr/bin/env python3
"""Prove a dossier offline: `python3 verify_dossier.py dossier.json [--anchor HASH] [--json]`.

Needs nothing but Python 3.9: no network, no database, no package. It computes anew the hash of every event, the
chain, the seal over the whole content, and where it can the anchor, and compares the text that was hashed with
what the dossier shows. Exit 0: everything holds. Exit 1: something was altered; it says what. Exit 2: no dossier.
"""

import argparse
import hashlib
import json
import sys

FORMAT = "bailu-dossier/1"
# What an event's hash is made of, in this order.
HASHED = ("prev_hash", "application", "seq", "step", "source", "target", "actor", "at", "reason", "data")


def sha256(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def canonical(data):
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def check_event(event, name):
    """What is wrong with one event by itself."""
    if "hashed" not in event:
        return []
    faults = []
    if sha256(event["hashed"]) != event["hash"]:
        faults.append(f"{name} is altered: its hash is not that of its content.")
    said = json.loads(event["hashed"])
    wrong = [field for field, value in zip(HASHED, said) if event.get(field) != value]
    if len(said) != len(HASHED) or wrong:
        faults.append(f"{name} is altered: {', '.join(wrong) or 'its content'} is not what was hashed.")
    return faults


def name_of(event):
    return f"Event {event['seq']} ({event['step']})" if "step" in event else f"Event {event['seq']}"


def check_chain(events):
    """Every event follows its predecessor: number, hash and state."""
    faults, before, state = [], "", None
    for number, event in enumerate(events, start=1):
        name = name_of(event)
        if event["seq"] != number:
            faults.append(f"{name} should be number {number}: an event is missing or was added.")
            break
        if event["prev_hash"] != before:
            faults.append(f"{name} does not follow its predecessor.")
        faults += check_event(event, name)
        if "source" in event:
            if state is not None and event["source"] != state:
                faults.append(f"{name} begins in “{event['source']}”, but the case stood in “{state}”.")
            state = event["target"]
        before = event["hash"]
    return faults


def check_anchors(dossier, wanted):
    """The chain is the one that was anchored; with all tips the anchor itself is computed."""
    faults, hashes = [], {event["seq"]: event["hash"] for event in dossier["events"]}
    case = dossier["application"]["id"]
    for anchor in dossier["anchors"]:
        name = f"Checkpoint {anchor['checkpoint']}"
        if hashes.get(anchor["seq"]) != anchor["hash"]:
            faults.append(f"{name} anchored another event {anchor['seq']} than the dossier shows.")
        if "tips" in anchor:
            if f"{case}:{anchor['seq']}:{anchor['hash']}" not in anchor["tips"]:
                faults.append(f"{name} does not cover this case.")
            if sha256("\n".join(anchor["tips"])) != anchor["tips_sha256"]:
                faults.append(f"{name}: its hash is not that of its tips.")
    if wanted and wanted.lower() not in [anchor["tips_sha256"] for anchor in dossier["anchors"]]:
        faults.append("The anchor that was kept elsewhere is not among those of the dossier.")
    return faults


def check_seal(dossier, seal):
    """The event of giving it out holds the hash of the whole content, and follows its last event."""
    faults = check_event(seal, "The seal")
    if "hashed" not in seal or seal["step"] != "give_dossier":
        return [*faults, "The seal is not the event of giving out a dossier."]
    if seal["data"]["sha256"] != sha256(canonical(dossier)):
        faults.append("The content is not the one that was given out.")
    tip = dossier["tip"]
    if (seal["seq"], seal["prev_hash"]) != (tip["seq"] + 1, tip["hash"]):
        faults.append("The seal does not follow the last event of the dossier.")
    return faults


def verify(document, anchor=""):
    """Everything that is wrong with a dossier; nothing where all holds."""
    dossier, events = document["dossier"], document["dossier"]["events"]
    if dossier["format"] != FORMAT:
        raise ValueError(f"this is {dossier['format']!r}, not {FORMAT!r}")
    faults = check_chain(events)
    tip, last = dossier["tip"], events[-1]
    if (tip["seq"], tip["hash"]) != (last["seq"], last["hash"]):
        faults.append("The tip is not the last event.")
    moved = [event["target"] for event in events if "target" in event]
    if moved and moved[-1] != dossier["application"]["state"]:
        faults.append("The state is not that of the last event.")
    published = dossier["policy"]["published"]
    if published and sha256(published["definition"]) != published["sha256"]:
        faults.append(
            "The policy version is not the one that was published: its hash is not that of its definition."
        )
    return faults + check_anchors(dossier, anchor) + check_seal(dossier, document["seal"])


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Prove a dossier offline.")
    parser.add_argument("file", help="the dossier as JSON; “-” reads it from the input")
    parser.add_argument("--anchor", default="", help="a checkpoint's hash that was kept elsewhere")
    parser.add_argument("--json", action="store_true", help="print JSON and nothing else")
    options = parser.parse_args(arguments)
    try:
        if options.file == "-":
            document = json.load(sys.stdin)
        else:
            with open(options.file, encoding="utf-8") as file:
                document = json.load(file)
        faults = verify(document, options.anchor)
        dossier = document["dossier"]
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        print(f"This is no dossier that can be read: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    shown = sum("hashed" in event for event in dossier["events"])
    if options.json:
        answer = {"holds": not faults, "events": len(dossier["events"]), "shown": shown, "faults": faults}
        print(json.dumps(answer, ensure_ascii=False))
    elif faults:
        print("\n".join(faults))
    else:
        case = dossier["application"]
        print(
            f"{case['number']}: all holds. {len(dossier['events'])} events, {shown} of them with their content."
        )
        print(f"Tip: {dossier['tip']['hash']}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
