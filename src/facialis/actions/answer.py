"""A person's casefile → everything facialis says about them: written down once, so that no two outputs differ."""

from __future__ import annotations

from collections.abc import Callable

from facialis.core.errors import EstimateError
from facialis.core.person.answer import Answer
from facialis.core.person.casefile import Casefile

__all__ = ["answer"]


def answer(
    case: Casefile,
    *,
    level: float = 0.5,
    progress: Callable[[str, float], None] | None = None,
    like: Answer | None = None,
) -> Answer:
    """Say everything that can be said about one person: the course, what treatments did, triggers, scores and guidance.

    Parameters
    ----------
    case
        What is known of the person up to ``case.as_of``; `read_person` reads it from a folder.
    level
        Fraction of the toxin's best effect (0.1–0.9) below which it counts as worn off.
    progress
        Called with the stage and the fraction done (0–1).
    like
        The answer about the same casefile, read in another language: its numbers are taken over, which takes no time.

    Returns
    -------
    Answer
        Rates are per minute, ratios per year, days are calendar days. Numbers that must not be said, e.g. while toxin
        is at work, are None in ``course`` and listed in ``withheld`` with the reason.

    Raises
    ------
    SettingsError
        ``level`` is outside 0.1 to 0.9.

    Notes
    -----
    Sessions that could not see are weighed by their detection limit; treated days are left out of the natural course.
    None means that something is not known, never zero or no. It is no diagnosis, and "resolving" is no promise.

    Source
    ------
    ``docs/reference/course.md``, ``treatments.md``, ``triggers.md`` and ``guidance.md`` name the papers.

    Examples
    --------
    >>> said = answer(read_person("anna"))  # doctest: +SKIP
    >>> said.course.verdict, said.guidance.urgency  # doctest: +SKIP
    ('course_verdict_stable', 'routine')
    """
    from facialis.follow.course import find_course
    from facialis.follow.questionnaires import score_all
    from facialis.follow.told import contradiction
    from facialis.follow.treated.decompression import find_decompression
    from facialis.follow.treated.sideeffects import find_grades, find_side_effects
    from facialis.follow.treated.sites import find_sites
    from facialis.follow.treated.toxin import find_toxin
    from facialis.follow.triggers import find_triggers
    from facialis.follow.withheld import withhold
    from facialis.guide.guidance import find_guidance
    from facialis.guide.pathways import pathway
    from facialis.guide.reading import questions_of, reading_list
    from facialis.numeric.products import one_thread

    tell = progress or (lambda _stage, _share: None)
    with one_thread():
        scores = score_all(case)
        if like is None:
            tell("course", 0.1)
            course = find_course(case)
            tell("treatments", 0.5)
            # A treatment that could not be read may be the last injection: without it all of this would be wrong.
            toxin = find_toxin(case, level=level) if not case.unread_treatments else None
            decompression = find_decompression(case) if not case.unread_treatments else None
            tell("triggers", 0.7)
            try:
                triggers = find_triggers(case)
            except EstimateError:  # too short a diary, or none: nothing is said, and the page says that
                triggers = ()
            # Guidance sees only what may be said: a rule that rests on a withheld number would say it after all.
            told, withheld = withhold(case, course, decompression)
        else:
            told, withheld, triggers = like.course, like.withheld, like.triggers
            toxin, decompression = like.toxin, like.decompression
        guidance = find_guidance(case, told, scores)
        way = pathway(guidance, case)
        return Answer(
            casefile=case,
            course=told,
            withheld=withheld,
            toxin=toxin,
            decompression=decompression,
            side_effects=find_side_effects(case),
            grades=find_grades(case),
            sites=find_sites(case),
            triggers=triggers,
            scores=scores,
            guidance=guidance,
            pathway=way,
            questions=questions_of(case, way),
            reading=reading_list(guidance, way),
            contradiction=contradiction(case, told, scores),
        )
