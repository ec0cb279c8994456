"""A person's folder into an answer and a report: ``python examples/year_of_a_person.py FOLDER REPORT``."""

import sys

import facialis


def main(folder: str, report: str) -> None:
    case = facialis.read_person(folder)
    for problem in case.problems:
        print(f"could not be used: {problem}")
    answer = facialis.answer(case)
    chances = answer.course.probabilities
    if chances is None:
        print("no verdict:", ", ".join(answer.course.blocked_by) or answer.course.verdict)
    else:
        print(f"resolving {chances.resolving:.2f}, stable {chances.stable:.2f}, worsening {chances.worsening:.2f}")
    print("how soon to see someone:", answer.guidance.urgency)
    print("the report:", facialis.write_report(answer, report, folder=folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
