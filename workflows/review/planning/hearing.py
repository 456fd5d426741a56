"""Which project is heard in which session: by augmenting paths, kind by kind; else sessions change places."""

from collections.abc import Mapping, Sequence

from workflows.review.planning.table import Table

# Of a session, how many projects of which kind.
Counts = dict[int, int]


class Hearing:
    """Sessions with their kinds and cells; what each hears is found in `fits`."""

    def __init__(self, table: Table, counts: Sequence[Counts], cells: Sequence[int]) -> None:
        self.table, self.counts, self.cells = table, [dict(one) for one in counts], list(cells)
        self.projects: list[list[int]] = [[] for _ in table.kinds]
        for project, kind in enumerate(table.kind_of):
            self.projects[kind].append(project)
        for some in self.projects:
            # Who can come seldom chooses first.
            some.sort(key=lambda one: table.hears[one].bit_count())
        self.found: list[dict[int, list[int]]] = [{} for _ in counts]

    def fits(self) -> bool:
        """Put every project into a session, changing sizes and cells where that is needed."""
        return all(
            self._match(kind) or self._resize(kind) or self._move(kind) for kind in range(len(self.projects))
        )

    @property
    def heard(self) -> list[list[int]]:
        """The projects of each session."""
        return [[project for some in one.values() for project in some] for one in self.found]

    def _match(self, kind: int, more: int = -1) -> bool:
        """Put all projects of a kind; `more`: a session that may take one more of them. Keeps what was found."""
        room = {place: one[kind] for place, one in enumerate(self.counts) if kind in one}
        if more >= 0:
            room[more] += 1
        found: dict[int, list[int]] = {place: [] for place in room}
        if not all(self._put(project, room, found, set()) for project in self.projects[kind]):
            return False
        least = self.table.asked.rules.size[0]
        for place, some in found.items():
            if sum(self.counts[place].values()) - self.counts[place][kind] + len(some) < least:
                return False
        for place, some in found.items():
            self.counts[place][kind], self.found[place][kind] = len(some), some
        return True

    def _put(
        self, project: int, room: Mapping[int, int], found: dict[int, list[int]], tried: set[int]
    ) -> bool:
        can = self.table.hears[project]
        mine = [place for place in room if can >> self.cells[place] & 1 and place not in tried]
        for place in mine:
            if len(found[place]) < room[place]:
                found[place].append(project)
                return True
        for place in mine:
            tried.add(place)
            for at, other in enumerate(found[place]):
                if self._put(other, room, found, tried):
                    found[place][at] = project
                    return True
        return False

    def _resize(self, kind: int) -> bool:
        """One session hears one more of the kind, another one less."""
        most = self.table.asked.rules.size[1]
        return any(
            self._match(kind, place)
            for place, one in enumerate(self.counts)
            if kind in one and sum(one.values()) < most
        )

    def _move(self, kind: int) -> bool:
        """A session of the kind goes to another cell; one that is there comes here."""
        for place in [place for place, one in enumerate(self.counts) if kind in one]:
            for cell in range(len(self.table.asked.cells)):
                was = list(self.cells), [dict(one) for one in self.counts], [dict(one) for one in self.found]
                other = self.cells.index(cell) if cell in self.cells else -1
                if other == place:
                    continue
                if other >= 0:
                    self.cells[other] = self.cells[place]
                self.cells[place] = cell
                # Those of whom nothing is found yet come later.
                again = {kind, *self.found[place], *(self.found[other] if other >= 0 else ())}
                if all(self._match(one) for one in again):
                    return True
                self.cells, self.counts, self.found = was
        return False
