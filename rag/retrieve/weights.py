"""Every weight of retrieval, with its name and its reason."""

from __future__ import annotations

IN_ATTRIBUTE = 1.0
"""A header or key that holds the asked word states the attribute itself."""
IN_QUALIFIER = 0.95
"""A row's other identifying cells narrow the fact down as the question does."""
IN_VALUE = 0.85
"""A value that holds the asked word speaks of it, though perhaps in passing."""
IN_QUOTE = 0.6
"""A whole row is quoted for one cell: words of its other cells are near, not in, the fact."""
IN_HEADING = 0.6
"""A section's heading gives its topic; the sentence itself may speak of something else."""
IN_ENTITY = 0.9
"""Part of the subject's name."""

SUBJECT_IS_NAMED = 1.0
"""The fact is about the thing that the question names."""
VALUE_MISSPELLS = 0.6
LONG_NAME = 7
"""Letters of a name from which a text with the same letters in another order misspells it."""
SUBJECT_IS_RELATIVE = 0.85
"""The fact is about another size or version of the thing named."""
HEADER_IS_NAMED = 0.95
"""The column or key is the thing named: a cell of a table with things across, a line that begins with its name."""
VALUE_NAMES = 0.6
"""The fact is about something else and mentions the thing named."""
OWNER_NAMES = 0.55
"""The fact stands in a table or list about the thing named, in a row about something else."""
TITLE_NAMES = 0.85
"""The fact stands in a paper whose title names the thing."""
HEADING_NAMES = 0.45
"""Only a heading above mentions the thing named."""

IN_SHAPE = 0.7
"""The value looks like the concept's values ("13B") without its name."""
COLUMN_OF_SENTENCE = 0.75
"""A sentence out of a long cell need not be about the column's header."""
CONCEPT_HELD = 0.55
WORD_HELD = 0.25
"""Least match that counts as held; a word may be a weak translation."""

ENTITY_SHARE = 0.45
"""Share of the score that naming the right thing decides; the rest is how much of the asked is covered."""
TYPE_BONUS = 0.12
"""The value holds what the question word asks for: money, a date, a size, a name."""
TYPE_MALUS = {"money": 0.3, "date": 0.3, "duration": 0.3, "bytes": 0.2, "size": 0.15, "name": 0.1}
"""It does not: the more special the kind, the less a value without it can answer."""
BEST_NAME_SHARE = 0.6
"""Of several things named, the one that the fact is about decides most, the others the rest."""
EXACT_ATTRIBUTE_BONUS = 0.10
"""The attribute is the asked concept and nothing besides."""
LITERAL_BONUS = 0.2
"""The question names the header itself, whatever its words mean elsewhere."""
LONG_HEADER = 4
"""Characters from which a header so named gains the whole bonus."""
SPELLING_BONUS = 0.06
"""Between facts that hold the same words, the header that is written like the question leads."""
STRUCTURE_BONUS = 0.05
"""A cell or key-value pair says its one thing more precisely than a sentence."""
SMALLEST_SIZE = 1e6
"""A bare number from here on is a size: it must stand in the fact itself, not elsewhere in its row, and where the value
states another one, the fact is about another thing."""
LONGEST_CELL = 160
"""Characters of a cell beyond which only its sentences are answers."""
LENGTH_MALUS = 0.03
"""For every 200 characters: a long cell holds many words by chance, and its sentences are facts of their own."""
ABSENT_KNOWN = 0.35
"""Rarity of an everyday word that the corpus lacks in either language: a way of speaking, not a condition."""
CONCEPT_IDF = 0.75
"""Inverse document frequency given to a concept, between a rare word (1) and a common one (0)."""

FACT_POOL = 160
"""Facts taken from lexical search; beyond this rank no answer was found on the development questions."""
TRANSLATED_SHARE = 0.8
"""Factor on the lexicon's weight of a translated word: the word itself, where it stands, is surer."""
PASSAGE_POOL = 40
"""Passages taken from each ranking before fusion."""
RRF_K = 60
"""Reciprocal rank fusion constant of Cormack, Clarke & Buettcher (SIGIR 2009)."""
DENSE_WEIGHT = 0.5
"""Weight of the cosine beside the score by words (1 at the best): better than either alone on held-out sentence pairs
across the languages and on cranfield, and within 0.015 hit@1 of words alone on English and Chinese questions; 0.25
differs from it by less. Reciprocal rank fusion lost up to 0.05 there."""
FACT_SHARE = 0.3
"""Facts are precise: a good one leads its passage in the fused ranking; the share is multiplied by the fact's own score
(to 1). Larger shares cost hit@1 in prose without structure (0.6: 0.937 on cmrc2018, 0.2: 0.958), smaller ones recall@5
in notes."""
