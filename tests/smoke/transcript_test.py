"""The console blocks of README.md, typed again in an empty folder: every command must answer what is shown.

Numbers, times, and how columns are padded may differ from machine to machine; words may not.
usage: transcript_test.py RADSWEEP README [--renew]    --renew puts what is answered now into README
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands(block):
    """Pairs of a command, which follows "$ ", and the lines it is shown to answer."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, answer = part.partition("\n")
        yield command, answer


def typed(command, folder, environment):
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, text=True, timeout=300,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = (line.replace(str(folder), "/home/you").rstrip() for line in done.stdout.splitlines())
    return "".join(line + "\n" for line in lines), done.returncode


def words(answer):
    """Without what machines differ in."""
    answer = re.sub(r"\d+(\.\d+)?(e[+-]\d+)?", "#", answer)
    answer = re.sub(r"(# (s|min|h|MiB|GiB)\b ?)+", "# unit ", answer)
    answer = re.sub(r"(process #) on \S+", r"\1", answer)
    return [re.sub(r"-{2,}", "-", " ".join(line.split())) for line in answer.splitlines()]


def main():
    radsweep, readme = Path(sys.argv[1]).absolute(), Path(sys.argv[2]).absolute()
    renew = "--renew" in sys.argv
    path = f"{radsweep.parent}:{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
    text = readme.read_text()
    seen = failures = 0
    with tempfile.TemporaryDirectory(prefix="transcript-") as name:
        folder = Path(name).resolve()

        def again(match):
            nonlocal seen, failures
            block = ""
            for command, shown in commands(match[1]):
                answer, code = typed(command, folder, environment)
                seen += 1
                block += f"$ {command}\n{answer}"
                if code != 0 or (not renew and words(answer) != words(shown)):
                    failures += 1
                    print(f"FAILED ({code}): {command}\n--- shown\n{shown}--- answered\n{answer}")
            return f"```console\n{block}```"

        renewed = BLOCK.sub(again, text)
    if renew and failures == 0:
        readme.write_text(renewed)
    print(f"{seen} commands typed, {failures} failed")
    sys.exit(failures > 0 or seen == 0)


main()
