"""A person's casefile → everything facialis says about them: written down once, so that no two outputs differ."""

from __future__ import annotations

from collections.abc import Callable

from facialis.core.answer import Answer
from facialis.core.casefile import Casefile
from facialis.core.errors import EstimateError

__all__ = ["answer"]


def answer(case: Casefile, *, level: float = 0.5, progress: Callable[[str, float], None] | None = None) -> Answer:
    """Everything that is said about one person as of ``case.as_of``, in the language spoken.

    Parameters
    ----------
    case
        What is known of the person: `facialis.files.person.read_person` reads it from a folder.
    level
        Share of the best effect of toxin that is left when it counts as worn off, 0.1-0.9; see `Toxin`.
    progress
        Called with the stage and the fraction done (0-1).

    Raises
    ------
    SettingsError
        ``level`` is outside 0.1 to 0.9.
    """
    from facialis.follow.course import find_course
    from facialis.follow.decompression import find_decompression
    from facialis.follow.questionnaires import score_all
    from facialis.follow.sideeffects import find_grades, find_side_effects
    from facialis.follow.sites import find_sites
    from facialis.follow.toxin import find_toxin
    from facialis.follow.triggers import find_triggers
    from facialis.follow.withheld import withhold
    from facialis.guide.guidance import find_guidance
    from facialis.guide.pathways import pathway
    from facialis.guide.reading import questions_of, reading_list

    tell = progress or (lambda _stage, _share: None)
    scores = score_all(case)
    tell("course", 0.1)
    course = find_course(case)
    tell("treatments", 0.5)
    toxin = find_toxin(case, level=level)
    decompression = find_decompression(case)
    tell("triggers", 0.7)
    try:
        triggers = find_triggers(case)
    except EstimateError:  # too short a diary, or none: nothing is said, and the page says that
        triggers = ()
    guidance = find_guidance(case, course, scores)
    way = pathway(guidance, case)
    told, withheld = withhold(case, course, decompression)
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
    )
