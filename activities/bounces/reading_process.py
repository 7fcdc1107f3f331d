"""`python -m activities.bounces.reading_process SECONDS`: reads mails from its input, and writes what each reports.

Each mail comes after its length in four bytes; its answer is a line, a kind and a status. A mail that takes more of the
processor's time than SECONDS ends the process: no expression or parser, whatever it runs into, takes anything else with it.
"""

import resource
import signal
import sys

from activities.bounces.report import read_report

_MOST_MEMORY = 512 * 1024 * 1024  # bytes; a mail of the longest kind needs a tenth
READY = b"ready\n"


def main() -> None:
    """Read until the input ends, as it does when the process that asks is no more."""
    limit = float(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    for number in (signal.SIGPROF, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)  # end at once, without a word
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    answers.write(READY)
    answers.flush()
    while length := asked.read(4):
        mail = asked.read(int.from_bytes(length, "big"))
        signal.setitimer(signal.ITIMER_PROF, limit)
        report = read_report(mail)
        signal.setitimer(signal.ITIMER_PROF, 0)
        answers.write(f"{report.kind} {report.status}\n".encode())
        answers.flush()


if __name__ == "__main__":
    main()
