"""Which composer answers which question."""

from __future__ import annotations

from functools import partial

from rag.answer.checklists import checklists
from rag.answer.choice import Readings
from rag.answer.columns import columns
from rag.answer.compare import compare, compare_again, stages
from rag.answer.context import Context
from rag.answer.draft import MOST_ITEMS, Draft
from rag.answer.everything import everything
from rag.answer.kinds import SEVERAL, kinds
from rag.answer.lacking import lacking
from rag.answer.left_out import leaves_out
from rag.answer.listed import listed, selection
from rag.answer.listing import listing
from rag.answer.lookup import lookup, unheard_of
from rag.answer.namesakes import namesakes
from rag.answer.of_one import of_one
from rag.answer.on_the_day import on_the_day
from rag.answer.open_cells import open_cells, says_cell
from rag.answer.others import others
from rag.answer.otherwise import tell_otherwise
from rag.answer.pointers import howto, links, meaning, profile
from rag.answer.reading import reading, reading_in_dispute
from rag.answer.records import records, surely_marked, told
from rag.answer.relation import relation
from rag.answer.scoped import scoped
from rag.answer.sections import section
from rag.answer.sides import has_stages, sides
from rag.answer.stranger import stranger, unheard_side
from rag.answer.superlative import superlative
from rag.answer.support import names_unknown
from rag.answer.timeline import timeline
from rag.answer.wants import (
    MOSTLY_HEADED,
    asks_command,
    asks_for_things,
    asks_kind,
    asks_relation,
    asks_what_it_is,
    compares,
    counts_of_one,
    dated_in_one_place,
    goes_on_with_several,
    is_announced,
    is_definition,
    is_listed_in_cell,
    looks_in_one_place,
    names_a_value,
    names_no_place,
    names_several,
    wants_extreme,
    wants_list,
    wants_things,
    wants_timeline,
)
from rag.answer.whole_values import whole_values


def compose(context: Context) -> Draft:
    """The answer by the first composer that the question calls for and that finds what it needs.

    Where no rule finds a list, or one accounts for little of the question, the learned reading of lists decides; what
    a list question may mean besides is told below its answer.
    """
    readings = Readings(context)
    draft = _composed(context, readings)
    draft = on_the_day(context, draft) or draft
    tell_otherwise(context, draft, readings)
    return draft


def _composed(context: Context, readings: Readings) -> Draft:
    question = context.question
    if (draft := checklists(context)) is not None:
        return draft
    if wants_things(question) and (draft := columns(context)) is not None:
        return draft
    if (wants_list(question) or asks_for_things(question)) and (draft := whole_values(context)) is not None:
        return draft
    if (wants_list(question) or asks_for_things(question)) and (draft := namesakes(context)) is not None:
        return draft
    if len(sides(question)) < 2 and (name := stranger(context)):
        return unheard_of(context, name)
    if compares(question) and (name := unheard_side(context)):
        return unheard_of(context, name)
    known = not names_unknown(context)
    passed_over: list[Draft] = []
    for wanted, composer in (
        (True, reading_in_dispute if question.asks("conflict") else reading),
        ((wants_list(question) or asks_for_things(question)) and says_cell(question), open_cells),
        (dated_in_one_place(question), scoped),
        (wants_timeline(question), timeline),
        (compares(question), compare),
        (has_stages(question) and not question.asks("conflict", "list"), stages),
        (question.asks("conflict") and bool(question.mentions) and not asks_what_it_is(context), lookup),
        (known and question.asks("howto") and asks_command(question), howto),
        (known and question.asks("link") and not question.asks("count") and "yesno" not in question.types, links),
        (known and question.asks("howto"), howto),
        (wants_extreme(question), superlative),
        (wants_list(question) and is_listed_in_cell(context), lookup),
        (wants_list(question), of_one),
        (wants_list(question) and names_no_place(question), partial(kinds, fewest=SEVERAL)),
        (looks_in_one_place(context), scoped),
        (wants_list(question), partial(records, by_marks=True)),
        (wants_list(question), lacking),
        (wants_list(question) and not says_cell(question), open_cells),
        (wants_list(question), others),
        (wants_list(question) and is_announced(context), lookup),
        (wants_list(question) and asks_kind(question), surely_marked),
        (wants_list(question) or asks_for_things(question), relation),
        (wants_list(question), kinds),
        (wants_list(question) and asks_kind(question), partial(section, least=MOSTLY_HEADED)),
        (wants_list(question) and not asks_relation(question) and not counts_of_one(context), records),
        (wants_list(question), listing),
        (wants_list(question) and not counts_of_one(context), records),
        (wants_list(question), everything),
        (wants_list(question), section),
        (known and question.asks("definition"), meaning),
        (len(question.mentions) == 1 and is_definition(context), profile),
        (names_several(question) and bool(question.units), compare),
        (goes_on_with_several(question), compare_again),
        (question.asks("which") and names_a_value(context), records),
        (known and not question.asks("conflict"), partial(listed, readings=readings)),
    ):
        if wanted:
            draft = composer(context)
            if draft is not None and leaves_out(context, draft):
                passed_over.append(draft)
            elif draft is not None:
                whole = draft.sure or len(draft.items) >= MOST_ITEMS  # the reader lists no more
                return draft if whole else listed(context, readings, firmly=True) or draft
    found = lookup(context)
    if not found.abstained or not passed_over:
        return found
    likely = (told(context, selection(choice)) for choice in readings.first)
    return next((draft for draft in likely if not leaves_out(context, draft)), passed_over[0])
