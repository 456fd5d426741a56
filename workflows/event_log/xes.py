"""XES 1849-2016: one trace a case, with the standard extensions concept, time, organizational and lifecycle."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import TextIO
from xml.sax.saxutils import quoteattr

from workflows.event_log.rows import EventRow, Scope, Who, events, instant, recorded, role_of

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<global scope="trace"><string key="concept:name" value=""/></global>
<global scope="event"><string key="concept:name" value=""/>
<date key="time:timestamp" value="1970-01-01T00:00:00+00:00"/>
<string key="lifecycle:transition" value="complete"/></global>
<classifier name="Step" keys="concept:name"/>
<classifier name="Edge" keys="concept:name source target"/>
<string key="concept:name" value="Bailu"/>
"""


def write(out: TextIO, scope: Scope) -> Counter[str]:
    """Write the log of `scope`; returns how many cases, events and activities it holds."""
    counted: Counter[str] = Counter()
    who, named = Who(scope), set[str]()
    out.write(HEAD)
    for _, rows in groupby(events(scope, by_case=True), key=lambda row: row.application):
        counted["application"] += 1
        for n, row in enumerate(rows):
            if n == 0:
                out.write(f"<trace>{''.join(_trace(row))}\n")
            counted["events"] += 1
            named.add(row.step)
            out.write(f"<event>{''.join(_event(row, who))}</event>\n")
        out.write("</trace>\n")
    out.write("</log>\n")
    counted["activities"] = len(named)
    return counted


def _trace(row: EventRow) -> Iterator[str]:
    yield from _attributes(
        {
            "concept:name": row.number or f"application-{row.application}",
            "programme": row.programme,
            "policy": row.policy,
            "year": row.year,
            "round": f"round-{row.round}",
        }
    )


def _event(row: EventRow, who: Who) -> Iterator[str]:
    yield f'<date key="time:timestamp" value="{instant(row.at)}"/>'
    batch = f"batch-{row.batch}" if row.batch else ""
    yield from _attributes(
        {
            "concept:name": row.step,
            "lifecycle:transition": "complete",
            "org:resource": who.actor(row.actor),
            "for": who.behalf(row),
            "org:role": role_of(row),
            "source": row.source,
            "target": row.target,
            "batch": batch,
            **recorded(row),
        }
    )


def _attributes(values: Mapping[str, str | int | None]) -> Iterator[str]:
    for key, value in values.items():
        if value is not None and value != "":
            kind = "int" if isinstance(value, int) else "string"
            yield f"<{kind} key={quoteattr(key)} value={quoteattr(str(value))}/>"
