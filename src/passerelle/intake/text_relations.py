"""How those that a text mentions hang together, guessed from the words between them, within a line or a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise

from passerelle.intake.mention import Mention
from passerelle.intake.text_labels import LABELLED
from passerelle.intake.text_names import SIGNED
from passerelle.intake.text_organisations import CHAIN, organisation_table
from passerelle.intake.text_segments import Segment, segments
from passerelle.intake.text_words import all_titles, role_words, title_words, word_table
from passerelle.words import Sentence, noop, sentence

RELATION_WORD = noop("The word “{word}” joins the two.")
SAME_PLACE = noop("They are mentioned together.")
MAYBE = noop("The word “{word}” may join the two; it may mean another.")
LISTED = noop("One stands in a list under the name of the other.")
BESIDE = noop("One stands directly beside the other.")
IN_THE_NAME = noop("It is said to be in this name.")
ROLE_OF = noop("One drove, the other rode along.")

Relate = Callable[[str, Mention, Mention, Sentence], None]

PARTICULARS = {"email": "email", "username": "weakAlias", "born": "birthDate"}
"""What is no subject of its own and becomes a property of whom it belongs to, by FollowTheMoney's name."""

THINGS = {"address": "lives_at", "vehicle": "drives", "plate": "drives", "phone": "uses", "account": "uses",
          "document": "is_identified_by", "email": "email", "username": "username"}  # fmt: skip
SEARCHED_CHARACTERS = 300
"""So far before an address a word says that it was searched."""

BESIDE_CHARACTERS = 70
"""So far a thing may stand behind a person and be taken for theirs without a word that says so."""


@cache
def _kin_kinds(language: str) -> dict[str, str]:
    return {word: kind for kind, of in word_table()["relations"].items() for word in of[language]}


@cache
def _kin(language: str) -> str:
    return "|".join(re.escape(word) for word in sorted(_kin_kinds(language), key=len, reverse=True))


@cache
def _words(key: str) -> str:
    return "|".join(re.escape(word) for word in sorted(word_table()[key], key=len, reverse=True))


@cache
def _searches() -> re.Pattern[str]:
    return re.compile(rf"(?i)(?<!\w)(?:{_words('searches')})")


@cache
def _in_the_name() -> re.Pattern[str]:
    of = r"(?:de\s|van\s|von\s|of\s|l['’]|een\szekere\s|\w{1,4}\.\s)?"
    return re.compile(rf"(?i)[\s,(]*(?:{_words('in_the_name')})[\s:]*{of}")


_MINE = frozenset(("mon", "ma", "mijn", "m'n", "mein", "meine", "meiner", "meinem", "meinen", "my"))
_DIRECTLY = re.compile(r"(?i)[\s,(]*(?:(?:in|at|on|op|à|au|aan|auf|an)\s(?:(?:de|der|dem|het|la|le|the)\s)?)?")
"""What stands between a host and where they live: “chez Jeanne, rue …”, “stays with Ann at …”."""
_WHO = re.compile(r"[^.;]{0,30},\s(?:die|der|das|qui|who|that|welke|welcher)\s")


def relations(
    text: str, language: str, found: tuple[Mention, ...], sentences: Iterator[tuple[int, int]], relate: Relate
) -> None:
    """Calls `relate(kind, one, other, why)` for each relation that is guessed; SAME_PLACE is no more than a guess."""
    _Relating(text, language, found, relate).run(list(segments(text, found, sentences)))


class _Relating:
    """The segments of one text, in turn, with whom it was speaking of."""

    def __init__(self, text: str, language: str, found: tuple[Mention, ...], relate: Relate) -> None:
        self.text = text
        self.language = language
        self.found = found
        self.relate = relate
        self.focus: Mention | None = None
        self.driver: Mention | None = None
        self.header: Mention | None = None
        self.searched: Mention | None = None
        self.beside: set[Mention] = set()
        """Those who came in as kin of another, or as whose name a thing is in: the text goes on about the other."""
        self.joined: set[frozenset[str]] = set()
        self.kin_of: dict[Mention, Mention] = {}
        """Whose kin somebody came in as."""
        self.speaker = self._speaker()
        self.stated = self._stated()
        """Whom a statement is of: “he” is never this person."""
        self.last: Mention | None = None
        self.gender: dict[Mention, str] = {}
        self.gender_of: dict[str, str] = {}
        self.pronouns = frozenset(word_table()["pronouns"][language]) | frozenset(word_table()["possessives"][language])

    def run(self, segments: list[Segment]) -> None:
        for number, segment in enumerate(segments):
            people = [p for p in segment.people() if not self._family(p)]
            if segment.item and not (number and segments[number - 1].item):
                self.header = self._header(segments[:number])
            if not segment.item:
                self.header = None
            self.gender.update({person: self._gender(person) for person in people})
            self.gender_of |= {person.value: self.gender[person] for person in people if self.gender[person]}
            opening = self._opens_with_pronoun(segment)
            meant = self._meant(segment, people)
            current = people[0] if people else self.focus
            if meant is not None:
                current, opening = meant, True
            elif self.focus is not None and opening:
                current = self.focus
            if self.header is not None and people:
                self._listed(segment, people[0])
                current = people[0]
            self._kin(segment, people)
            self._siblings(segment, people)
            self._roles(segment, people)
            self._born(segment, people)
            for mention in segment.here:
                if mention.kind in THINGS:
                    self._belongs(segment, mention, people, current, opening)
                elif mention.kind == "organisation":
                    self._works(segment, mention, people, current, opening)
            self._contact(segment, people, current)
            main = next((p for p in people if p not in self.beside and p is not self.stated), None)
            self.last = next((p for p in reversed(people) if p is not self.stated), self.last)
            letter = any(m.kind == "email" for m in segment.here)
            if (
                main is not None
                and self.header is None
                and not letter
                and not segment.part
                and not (opening and self.focus is not None)
            ):
                self.focus = main
            if self.searched is not None and main is not None:
                self.relate("lives_at", main, self.searched, sentence(BESIDE))
                self.searched = None

    def _family(self, person: Mention) -> bool:
        """Whether this is the name of a whole family (“het gezin Okafor”), or whom a letter greets."""
        before = self.text[max(0, person.start - 12) : person.start]
        titles = "|".join(map(re.escape, all_titles()))
        greeted = rf"(?i)(?<!\w)(?:{_words('greetings')})\s(?:(?:{titles})\.?\s)?$"
        before_all = self.text[max(0, person.start - 30) : person.start]
        return bool(re.search(rf"(?i)(?<!\w)(?:{_words('families')})\s$", before) or re.search(greeted, before_all))

    def _gender(self, person: Mention) -> str:
        """Whether a word before the name or in the description says that this is a man (m) or a woman (f)."""
        said = self.text[max(0, person.start - 25) : person.start]
        words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)?", said)[-2:]
        if person.kind == "nameless":
            words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)?", person.text)[:4]
        for gender in ("f", "m"):
            if any(word.lower() in word_table()["genders"][gender] for word in words):
                return gender
        return self.gender_of.get(person.value, "")

    def _meant(self, segment: Segment, people: list[Mention]) -> Mention | None:
        """Whom “he” or “she” means, or “the latter”, where it stands before anybody is named in this sentence."""
        until = people[0].start if people else segment.end
        said = self.text[segment.start : until]
        latter = re.match(rf"(?i)[^\w]*(?:{_words('latter')})(?!\w)", said)
        if latter and self.last is not None:
            return self.last
        words = [word.lower() for word in re.findall(r"[^\W\d_]+", said)]
        table = word_table()["genders"]
        wanted = next(("m" if w in table["he"] else "f" for w in words if w in table["he"] or w in table["she"]), "")
        if not wanted or self.focus is None:
            return None
        if self.gender.get(self.focus, "") == wanted:
            return self.focus
        fitting = [person for person, gender in self.gender.items() if gender == wanted and person.end <= segment.start]
        if fitting and fitting[-1].start > self.focus.start:
            return fitting[-1]
        return self.focus if not self.gender.get(self.focus, "") else (fitting[-1] if fitting else None)

    def _stated(self) -> Mention | None:
        stated = re.compile(rf"(?i)(?<!\w)(?:{_words('statements')})(?!\w)[^.\n]{{0,25}}$")
        people = [m for m in self.found if m.kind == "person"]
        return next((m for m in people if stated.search(self.text[max(0, m.start - 60) : m.start])), None)

    def _speaker(self) -> Mention | None:
        """Who says “I”: whom a statement is of, or who signs."""
        people = [m for m in self.found if m.kind == "person"]
        signed = next((m for m in reversed(people) if m.because.text == SIGNED), None)
        if signed is not None:
            return signed
        stated = re.compile(rf"(?i)(?<!\w)(?:{_words('statements')})(?!\w)[^.\n]{{0,25}}$")
        return next((m for m in people if stated.search(self.text[max(0, m.start - 60) : m.start])), None)

    def _between(self, left: Mention, right: Mention) -> str:
        return self.text[left.end : right.start]

    def _opens_with_pronoun(self, segment: Segment) -> bool:
        first = re.match(r"[^\w]*([^\W\d_]+)", self.text[segment.start : segment.end])
        return bool(first) and first is not None and first[1].lower() in self.pronouns

    def _header(self, before: list[Segment]) -> Mention | None:
        """Whose list it is: the person in the line before it, if that line ends in a colon or speaks of contacts."""
        for segment in reversed(before):
            said = self.text[segment.start : segment.end].strip()
            if not said:
                continue
            people = segment.people()
            listing = said.endswith(":") or re.search(rf"(?i)\b(?:{_words('contact_lists')})\b", said)
            return people[0] if people and listing else None
        return None

    def _listed(self, segment: Segment, first: Mention) -> None:
        assert self.header is not None
        said = self.text[segment.start : segment.end]
        around = self.text[first.end : first.end + 45] + " " + self.text[segment.start : first.start]
        kin = re.search(rf"(?i)(?<![\w-])(?:{_kin(self.language)})(?![\w-])", around)
        if kin:
            self._by_kin(_kin_kinds(self.language)[kin[0].lower()], first, self.header, kin[0])
        elif first.kind == "person" or said:
            self.relate("in_contact_with", first, self.header, sentence(LISTED))

    def _kind_of_kin(self, word: str, before: str) -> str:
        """What a word of kin says; “zijn vriendin”, “ihr Freund”, “her boyfriend” is a couple."""
        couples = word_table()["couples"][self.language]
        last = re.search(r"([^\W\d_]+)\s+(?:[a-zà-ÿ]+\s+)?$", before)
        if last and word.lower() in couples.get(last[1].lower(), ()):
            return "spouse_of"
        return _kin_kinds(self.language)[word.lower()]

    def _by_kin(self, kind: str, who: Mention, of: Mention, word: str) -> None:
        if self.header is None:
            self.beside.add(who)
        self.joined.add(frozenset((who.value, of.value)))
        self.kin_of[who] = of
        loose = word.lower() in word_table()["loose_company"]
        self.relate(kind, who, of, sentence(MAYBE if loose else RELATION_WORD, word=word))

    def _siblings(self, segment: Segment, people: list[Mention]) -> None:
        """“Ionel Radu and Cristian Radu (brothers)”, “…, Brüder”."""
        many = "|".join(re.escape(word) for word in word_table()["siblings_of_many"][self.language])
        for one, other in pairwise(people):
            after = self.text[other.end : other.end + 30]
            behind = re.match(rf"(?i)\s?[,(]\s?(?:zwei\s|deux\s|both\s)?(?P<word>{many})(?!\w)", after)
            if behind and re.fullmatch(r"\s?(?:en|et|und|and|&|,)\s?", self._between(one, other)):
                self._by_kin("sibling_of", one, other, behind["word"])

    def _kin(self, segment: Segment, people: list[Mention]) -> None:
        """“zijn vrouw Marzena”, “Karim's wife, Soraya”, “Bilal, oudere broer”, “deux enfants : Augustin et Prune”."""
        kinds = _kin_kinds(self.language)
        titles = "|".join(map(re.escape, sorted(all_titles(), key=len, reverse=True)))
        link = r"(?:\s(?:is|was|ist|war|est|était|heet|heißt)|\s?[=:]|\s[a-zà-ÿ]{4,12},|,)?\s?"
        link += rf"(?:(?i:{titles})\.?\s)?[\"“„«]?\s?$"
        for place, person in enumerate(people):
            if person.kind != "person":
                continue
            if self._of_parent(segment, person):
                continue
            before = self.text[max(segment.start, person.start - 60) : person.start]
            ahead = re.search(rf"(?i)(?<![\w-])(?P<kin>{_kin(self.language)})(?-i:{link})", before)
            others = [one for one in people[:place] if one.value != person.value]
            if ahead and ahead["kin"].lower() in title_words(self.language) and not self._own(before, ahead.start()):
                continue
            apposed = re.match(
                rf"\s?[,(–-]+\s?(?:(?:de|het|le|la|die|der|the|een|une?|eine?|an?)\s|l['’])?(?P<kin>(?i:{_kin(self.language)}))"
                r"\s(?:van|von|des|der|de\sla|de|du|d['’]|of)\s?(?:[a-z]{1,4}\.?\s)?$",
                self.text[person.end : people[place + 1].start] if place + 1 < len(people) else "",
            )
            named = others[-1] if others else None
            if named is not None and re.fullmatch(r"\s?[,:]\s?", self._between(named, person)):
                kin = re.search(
                    rf"(?i)(?<![\w-])(?P<kin>{_kin(self.language)})\s(?:van|von|des|der|de\sla|de|du|d['’]|of)\s?$",
                    self.text[max(segment.start, named.start - 40) : named.start],
                )
                if kin:
                    self._by_kin(kinds[kin["kin"].lower()], person, named, kin["kin"])
                    continue
            if apposed and people[place + 1].value != person.value:
                self._by_kin(kinds[apposed["kin"].lower()], person, people[place + 1], apposed["kin"])
                continue
            if ahead:
                owner = next((one for one in others if re.match(r"['’]s?\s", self.text[one.end : one.end + 3])), None)
                owner = owner or (
                    self.focus if self._own(before, ahead.start()) and self._opens_with_pronoun(segment) else None
                )
                owner = owner or self._owner_of_two(others, person) or (others[-1] if others else self.focus)
                mine = re.search(r"([^\W\d_]+)\s+(?:[a-zà-ÿ]+\s+)?$", before[: ahead.start()])
                if mine and mine[1].lower() in _MINE:
                    owner = self.speaker
                if owner is not None and owner.value != person.value:
                    kind = self._kind_of_kin(ahead["kin"], before[: ahead.start()])
                    self._by_kin(kind, person, owner, ahead["kin"])
                continue
            behind = re.match(
                rf"\s?[,(–-]+\s?(?:[a-zà-ÿ.]+\s){{0,2}}?(?P<kin>(?i:{_kin(self.language)}))(?![\w-])(?!\s(?:van|de|du|d['’]|von|of)\b|\s[A-ZÀ-Þ])",
                self.text[person.end : min(person.end + 50, segment.end)],
            )
            owner = others[-1] if others else self.focus
            if behind and self.header is None and owner is not None and owner.value != person.value:
                self._by_kin(kinds[behind["kin"].lower()], person, owner, behind["kin"])
        for cue in re.finditer(rf"(?i)(?<!\w)(?:{_words('married')})\s", self.text[segment.start : segment.end]):
            after = next((p for p in people if 0 <= p.start - segment.start - cue.end() < 12), None)
            owner = next((p for p in reversed(people) if p.end <= segment.start + cue.start()), self.focus)
            if after is not None and owner is not None and owner.value != after.value:
                self._by_kin("spouse_of", after, owner, cue[0].strip())
        several = "|".join(word_table()["children"][self.language])
        for cue in re.finditer(
            rf"(?i)(?<!\w)(?:{several})(?!['’\w])\s?[:,(]?\s", self.text[segment.start : segment.end]
        ):
            at = segment.start + cue.end()
            owner = next((p for p in reversed(people) if p.end <= segment.start + cue.start()), self.focus)
            for person in people:
                if person.start < at:
                    continue
                if not re.fullmatch(r"\s*(?:\([^)]{1,12}\))?\s*(?:,|en|et|und|and)?\s*", self.text[at : person.start]):
                    break
                if owner is not None:
                    self._by_kin("child_of", person, owner, cue[0].strip(" :,("))
                at = person.end

    def _of_parent(self, segment: Segment, person: Mention) -> bool:
        """“Vriend van moeder, genaamd Kris”, “Mother's partner: Shane”: kin of whom the text calls the mother."""
        said = self.text[max(segment.start, person.start - 70) : person.start]
        parents = [word for word, kind in _kin_kinds(self.language).items() if kind == "parent_of"]
        parent = "|".join(re.escape(word) for word in sorted(parents, key=len, reverse=True))
        named = r"(?:\s?[,:]\s?|\s)(?:(?:genaamd|heet|un\snommé|une\snommée|nommé|namens|called|named|is|ist|est)\s)?"
        link = r"(?:van|of|de\sla|du|de|der|des|von)\s(?:(?:de|the|der)\s)?"
        found = re.search(
            rf"(?i)(?<![\w-])(?:(?P<kin>{_kin(self.language)})\s{link}(?P<parent>{parent})|(?P<of>{parent})['’]s\s(?P<kin2>{_kin(self.language)}))"
            rf"{named}[\"“„«'‘]?$",
            said,
        )
        if found is None:
            return False
        word = (found["parent"] or found["of"]).lower()
        called = re.compile(rf"(?i)(?<![\w-]){re.escape(word)}(?:\s?[:,=(]\s?|\s(?:is|ist|est)\s|\s)[\"“„]?$")
        mothers = [
            m
            for m in self.gender
            if m.end <= segment.start and called.search(self.text[max(0, m.start - 30) : m.start])
        ]
        if not mothers:
            return False
        kin = (found["kin"] or found["kin2"]).lower()
        kind = _kin_kinds(self.language)[kin]
        couple = kind == "spouse_of" or any(kin in words for words in word_table()["couples"][self.language].values())
        self._by_kin("spouse_of" if couple or kin in ("vriend", "freund") else kind, person, mothers[-1], kin)
        return True

    def _owner_of_two(self, others: list[Mention], person: Mention) -> Mention | None:
        """Whose kin the second is in “with her husband Taras and her sister Iryna”."""
        if not others or others[-1] not in self.kin_of:
            return None
        gap = self._between(others[-1], person)
        joined = re.match(
            r"(?:\s?\([^)]{1,14}\))?\s?(?:,|en|et|und|and|&|sowie|alsook|ainsi que)(?:\s[\w'’-]+){1,4}\s?$", gap
        )
        return self.kin_of[others[-1]] if joined else None

    def _own(self, before: str, at: int) -> bool:
        last = re.search(r"([^\W\d_]+)\s+(?:[a-zà-ÿ]+\s+)?$", before[:at])
        return bool(last) and last is not None and last[1].lower() in word_table()["possessives"][self.language]

    def _roles(self, segment: Segment, people: list[Mention]) -> None:
        """Who drove, and who rode along."""
        for person in people:
            last = re.search(
                r"([\w-]+)\s?:?\s(?:(?:is|was|war|ist)\s)?$",
                self.text[max(segment.start, person.start - 25) : person.start],
            )
            role = last[1].lower() if last else ""
            if role in word_table()["driver_words"]:
                self.driver = person
            elif role in word_table()["passenger_words"] and self.driver is not None:
                self.relate("in_contact_with", self.driver, person, sentence(ROLE_OF))

    def _born(self, segment: Segment, people: list[Mention]) -> None:
        """A date that is said to be somebody's day of birth."""
        for day in (m for m in segment.here if m.kind == "date" and not m.value.startswith("--")):
            before = [p for p in people if p.end <= day.start]
            if before and re.fullmatch(
                rf"(?i)[^.;\n]{{0,40}}?(?<!\w)(?:{_words('born')})[\s:]*", self._between(before[-1], day)
            ):
                self.relate("born", before[-1], day, sentence(BESIDE))

    def _belongs(
        self, segment: Segment, thing: Mention, people: list[Mention], current: Mention | None, opening: bool
    ) -> None:
        kind = THINGS[thing.kind]
        if kind == "lives_at" and not any(p.start < thing.start for p in people):
            said = self.text[max(segment.start, thing.start - SEARCHED_CHARACTERS) : thing.start]
            if _searches().search(said):
                self.searched = thing
                return
        houses = [m for m in segment.here if m.kind == "organisation" and m.because.text != CHAIN]
        holders = [*people, *(houses if thing.kind == "account" else ())]
        holders.sort(key=lambda m: m.start)
        after = next((p for p in holders if p.start >= thing.end), None)
        if after is not None and _in_the_name().fullmatch(self._between(thing, after)):
            self.relate(kind, after, thing, sentence(IN_THE_NAME))
            self.beside.add(after)
            return
        before = [p for p in holders if p.end <= thing.start]
        if kind == "drives" and self.driver is not None and not before:
            self.relate(kind, self.driver, thing, sentence(BESIDE))
            return
        if before:
            owner = before[0] if self.header is not None else before[-1]
            gap = self._between(owner, thing)
            cue = self._cue(kind, gap)
            near = len(gap) <= BESIDE_CHARACTERS and not re.search(r"[.!?]\s+[A-ZÀ-Þ]", gap)
            if kind == "drives" and opening and current is not None and not cue and not _WHO.match(gap):
                owner = current
            if kind in ("lives_at", "drives") and not cue and self.header is None:
                owner = self._subject_of_verb(kind, segment, before, current if opening else None)
                if kind == "lives_at" and owner is not before[-1]:
                    cue = self._cue(kind, self.text[min(owner.end, before[-1].start) : before[-1].start])
                    if _DIRECTLY.fullmatch(gap):
                        self.relate(kind, before[-1], thing, sentence(BESIDE))
            house = any(m.kind == "organisation" and owner.end <= m.start < thing.start for m in segment.here)
            near = near and ("\n" not in gap or self.header is not None)
            near = near and not (kind == "lives_at" and (house or not re.search(r"\d", thing.text)))
            because = sentence(RELATION_WORD, word=cue) if cue else sentence(BESIDE if near else SAME_PLACE)
            self.relate(kind, owner, thing, because)
        elif after is not None and len(self._between(thing, after)) <= 45 and not opening:
            cue = self._cue(kind, self._between(thing, after))
            self.relate(kind, after, thing, sentence(RELATION_WORD, word=cue) if cue else sentence(SAME_PLACE))
        elif current is not None:
            said = self.text[segment.start : thing.start]
            cue = self._cue(kind, said)
            sure = (
                opening
                or self._on_a_line(segment, current, thing)
                or (re.search(rf"(?i)\b(?:{'|'.join(word_table()['possessives'][self.language])})\b", said))
            )
            word = cue or (self.text[segment.start : thing.start].split() or [""])[0]
            because = sentence(RELATION_WORD, word=word) if sure else sentence(MAYBE if cue else SAME_PLACE, word=word)
            self.relate(kind, current, thing, because)

    def _on_a_line(self, segment: Segment, current: Mention, thing: Mention) -> bool:
        """Whether a thing stands in a form about the one person whom it names: each line a label and a value."""
        labelled = re.fullmatch(r"[^\n:]{1,30}:[^\n]{0,40}", self.text[segment.start : thing.start].split("\n")[-1])
        return current.because.text == LABELLED and bool(labelled)

    def _subject_of_verb(self, kind: str, segment: Segment, before: list[Mention], current: Mention | None) -> Mention:
        """Whom the verb speaks of where somebody else stands between: “she lives with Taras in …”."""
        last = before[-1]
        near = self.text[max(segment.start, last.start - 25) : last.start]
        beside = last in self.kin_of or re.search(
            r"(?i)(?<!\w)(?:met|mit|avec|with|chez|bij|bei)\s(?:[\w'’-]+\s){0,2}$", near
        )
        verbs = "|".join(map(re.escape, word_table()["verbs"][kind][self.language]))
        said = list(re.finditer(rf"(?i)(?<![\w-])(?:{verbs})(?![\w-])", self.text[segment.start : last.start]))
        if not beside or not said:
            return last
        at = segment.start + said[-1].start()
        return next((p for p in reversed(before) if p.end <= at), current or last)

    def _cue(self, kind: str, said: str) -> str:
        verbs = word_table()["verbs"].get(kind, {}).get(self.language, [])
        more = word_table()["things_said"].get(kind, [])
        found = (
            re.search(rf"(?i)(?<![\w-])(?:{'|'.join(re.escape(w) for w in (*verbs, *more))})(?![\w-])", said)
            if verbs or more
            else None
        )
        return found[0] if found else ""

    def _works(
        self, segment: Segment, house: Mention, people: list[Mention], current: Mention | None, opening: bool
    ) -> None:
        before = [p for p in people if p.end <= house.start and p.kind == "person"]
        gap = self._between(before[-1], house) if before else self.text[segment.start : house.start]
        if self._speaks_for(segment, house, people):
            return
        jobs = "|".join(map(re.escape, organisation_table()["work"][self.language]["said"]))
        worked = re.compile(rf"(?i)(?<![\w-])(?:{_words('work_words')}|{jobs})(?![\w-])")
        cue = worked.search(gap)
        if cue is None and re.search(r"(?i)(?<!\w)(?:für|bei|beim|im|in|bij|voor)\s(?:der\s|dem\s|de\s|het\s)?$", gap):
            cue = worked.match(self.text, house.end + 1)  # “soll für Dachbau Niessen arbeiten”
        owner = before[-1] if before else current
        if owner is None or owner is self.stated:
            owner = current
        if owner is None:
            return
        if cue:
            far = "\n" in gap and owner.because.text != LABELLED
            self.relate("works_for", owner, house, sentence(MAYBE if far else RELATION_WORD, word=cue[0]))
            return
        if self._on_a_line(segment, owner, house):
            self.relate("works_for", owner, house, sentence(BESIDE))
            return
        if before and re.fullmatch(
            r"\s*[,(–-]?\s*(?:(?:de|van|von|of|from|bei|bij|chez|at|vom|du)\s)?(?:(?:la|de|het|the|der)\s)?", gap
        ):
            self.relate("works_for", owner, house, sentence(BESIDE))
            return
        after = next((p for p in people if p.start >= house.end), None)
        if after is not None:
            titles = "|".join(map(re.escape, all_titles()))
            role = re.search(
                rf"(?i)([\w-]+)(?:[,:=\s]+|\s(?:is|ist|est|was|war|était)\s)(?:(?:{titles})\.?\s)?$",
                self._between(house, after),
            )
            drove = (*word_table()["driver_words"], *word_table()["passenger_words"])
            if (
                role
                and len(self._between(house, after)) < 40
                and role[1].lower() in role_words()
                and role[1].lower() not in drove
            ):
                self.relate("works_for", after, house, sentence(RELATION_WORD, word=role[1]))

    def _speaks_for(self, segment: Segment, house: Mention, people: list[Mention]) -> bool:
        """“Nordfruit Import BV, contact G. Haverkamp”, “the chair of Eastfield Rovers, Gary Stubbs”."""
        after = next((p for p in people if p.start >= house.end), None)
        if after is None or after.start - house.end > 45 or "\n" in self._between(house, after):
            return False
        titles = "|".join(map(re.escape, all_titles()))
        between = self._between(house, after)
        beside = re.fullmatch(
            rf"(?i)\s?[,(–-]?\s?(?:dont\s(?:le|la)\s)?(?P<role>{_words('house_roles')})\s?(?:is|ist|est)?[\s:]*(?:(?:{titles})\.?\s)?",
            between,
        )
        before = re.search(
            rf"(?i)(?<!\w)(?P<role>{_words('house_roles')})\s(?:(?:of|van|de|du|des|von|vom|der|bij|for)\s?)(?:the\s|la\s|l['’]|het\s|de\s)?$",
            self.text[max(segment.start, house.start - 40) : house.start],
        )
        led = before if before and re.fullmatch(rf"[^.;\n,]{{0,20}},\s(?:(?:{titles})\.?\s)?", between) else None
        told = beside or led
        if told:
            self.relate("works_for", after, house, sentence(RELATION_WORD, word=told["role"]))
        return bool(told)

    def _contact(self, segment: Segment, people: list[Mention], current: Mention | None) -> None:
        if self.header is not None or current is None:
            return
        verbs = word_table()["verbs"]["in_contact_with"][self.language]
        cue = re.search(
            rf"(?i)(?<![\w-])(?:{'|'.join(map(re.escape, verbs))})(?![\w-])", self.text[segment.start : segment.end]
        )
        if cue is None:
            return
        for other in people:
            gap = self.text[segment.start + cue.end() : other.start]
            pair = frozenset((current.value, other.value))
            if (
                other.start > segment.start + cue.start()
                and len(pair) == 2
                and len(gap) < 60
                and other not in self.kin_of
                and pair not in self.joined
            ):
                weak = cue[0].lower() in word_table()["weak_contact"] and len(gap) > 12
                self.relate("in_contact_with", current, other, sentence(MAYBE if weak else RELATION_WORD, word=cue[0]))
