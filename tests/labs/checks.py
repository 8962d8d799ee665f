#!/usr/bin/env python3
"""Does each check of a lab matter? This program takes the checks of a lab.lua away, one at a time, and grades with what is
left. Some wrong submission must then get another score, or other words, than expected.txt says. checks.txt beside
expected.txt names that submission for each check, so one grading a check is enough.

    tests/labs/checks.py [LAB...]           tests what checks.txt says
    tests/labs/checks.py --find [LAB...]    looks for the submissions, and writes checks.txt

A check is one of these:

    test "NAME"             all of a test
    case N of "NAME"        one case of a test whose cases differ by more than their seed
    if ... then             a condition for which the script returns at once
    return ...              a comparison that a function returns
"""
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TRAPEZE = os.environ.get("TRAPEZE", "./trapeze")
TEACHERS = pathlib.Path(os.environ.get("TEACHERS") or "labs")
JOBS = int(os.environ.get("JOBS") or 2)

# What makes the exercise shows in the sheets of these seeds.
SHEETS = [f"sheet:{seed}" for seed in (1, 2, 4, 5, 21, 88)]
# Comparisons that decide about points. `return partial(...)` is one, too.
COMPARES = re.compile(r"(<=|>=|==|~=|(?<!<)<(?!<)|(?<!>)>(?!>)|\bnot\b|\band\b|partial\()")


def checks_of(script, cases):
    """All checks of a script: {name: (line number, new line)}; None for the line of a test or a case."""
    found = {}

    def add(name, edit):
        number = 2
        unique = name
        while unique in found:
            unique, number = f"{name} ({number})", number + 1
        found[unique] = edit

    for test, count in cases.items():
        add(f'test "{test}"', None)
        if count > 1:
            for case in range(1, count + 1):
                add(f'case {case} of "{test}"', None)
    lines = script.split("\n")
    for i, line in enumerate(lines):
        text = line.strip()
        condition = re.match(r"(.*?\b(?:if|elseif) )(.*)( then\b\s*)(.*)$", line)
        row = re.match(r"(.*function\(f\) return )(.*)( end,.*)$", line)
        if text.startswith("--"):
            continue
        if row:
            add(text, (i, f"{row[1]}false{row[3]}"))
        elif condition:
            add(text.split(" then")[0] + " then", (i, f"{condition[1]}false{condition[3]}{condition[4]}"))
        returned = re.match(r"(\s*return )(.*)$", line)
        if returned and COMPARES.search(re.sub(r'"[^"]*"', "", returned[2])):
            add(text, (i, None))
    return found


def without(script, name, edit):
    """The script without this check."""
    whole = re.match(r'test "(.*)"$', name)
    case = re.match(r'case (\d+) of "(.*)"$', name)
    if whole or case:
        test = (whole or case)[1 if whole else 2]
        number = "true" if whole else f"number == {case[1]}"
        return (
            "local test = (function(test) return function(name, options, run) test(name, options, function(seed, number) "
            f'if name == "{test}" and {number} then return true end return run(seed, number) end) end end)(test) ' + script
        )
    lines = script.split("\n")
    i, line = edit
    if line is not None:
        lines[i] = line
        return "\n".join(lines)
    # A returned comparison may go on over several lines: they stay, and are never reached.
    lines[i] = re.match(r"\s*", lines[i])[0] + "do return true end " + lines[i].strip()
    return "\n".join(lines)


def run(arguments):
    return subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL).stdout.decode(
        errors="replace"
    )


class Lab:
    def __init__(self, name, work):
        self.name, self.work = name, work
        self.folder = pathlib.Path("labs") / name
        self.teachers = TEACHERS / name
        self.script = (self.folder / "lab.lua").read_text()
        self.expected = {}
        for line in (self.teachers / "expected.txt").read_text().split("\n"):
            if line and not line.startswith("#"):
                folder, points, words = (line.split(None, 2) + [""])[:3]
                self.expected[folder] = (points, words)
        self.given = {}

    def submission(self, folder):
        """The folder to grade. A lab that builds C has wrong submissions that are edits of the solution."""
        if folder in self.given:
            return self.given[folder]
        there = (self.folder if folder == "start" else self.teachers) / folder
        if 'build = "' in self.script and folder != "start":
            given = self.work / "given" / self.name / folder
            shutil.copytree(there, given) if there.exists() else given.mkdir(parents=True)
            for start in sorted((self.folder / "start").iterdir()):
                source = self.teachers / "solution" / start.name
                if not source.exists():
                    source = next(p for room in ("hypervisor", "isa") for p in pathlib.Path(room).rglob(start.name))
                edit = given / (start.stem + ".sed")
                if not (given / start.name).exists() or edit.exists():
                    text = run(["sed", "-f", str(edit) if edit.exists() else "/dev/null", str(source)])
                    (given / start.name).write_text(text)
            there = given
        self.given[folder] = there
        return there

    def cases(self):
        """The tests, and how many cases each has that differ by more than their seed: those whose function uses the number."""
        report = run([TRAPEZE, "grade", self.name, "--submission", str(self.work), "--trust"])
        tests = re.findall(r"^ +\d+ of \d+ +(.*)$", report, re.M)[:-1] # the last line is the sum
        return {test: self.listed(test) for test in tests}

    def test_of(self, check, edit):
        """The test that a check belongs to: its name is in the check, or the check stands in its function."""
        if edit is None:
            return re.search('"(.*)"', check)[1]
        before = "\n".join(self.script.split("\n")[: edit[0] + 1])
        return (re.findall(r'^test(?:_programs)?\("(.*?)"', before, re.M) or [""])[-1]

    def listed(self, test):
        for pattern in (r'test\("%s", \{[^}]*cases = (#?\w+)[^}]*\}, function\(_, number\)', r'test_programs\("%s"()'):
            found = re.search(pattern % re.escape(test), self.script)
            if found and found[1].isdigit():
                return int(found[1])
            if found:
                return self.rows(found)
        return 1

    def rows(self, found):
        """The rows of the list that the cases of a test are taken from."""
        if found[1]:
            listed = re.search(r"local %s = \{\n(.*?)\n\}\n" % found[1][1:], self.script, re.S)[1]
        else:
            listed = re.match(r".*?\n\}", self.script[found.end() :], re.S)[0]
        return len(re.findall(r"^    \{ ", listed, re.M))

    def run(self, check, edit, arguments):
        """What the grader says by the lab without this check."""
        lab = pathlib.Path(tempfile.mkdtemp(dir=self.work)) / self.name
        shutil.copytree(self.folder, lab, ignore=shutil.ignore_patterns("wrong", "solution", "start"))
        (lab / "lab.lua").write_text(without(self.script, check, edit) if check else self.script)
        said = run([TRAPEZE, "grade", str(lab)] + arguments)
        shutil.rmtree(lab.parent)
        return said

    def grade(self, check, edit, folder):
        """Does this submission show that the check matters? Or does the sheet of a seed, if the check is about that?"""
        if folder.startswith("sheet:"):
            sheet = ["--sheet", "--seed", folder[6:]]
            return self.run(None, None, sheet) != self.run(check, edit, sheet), ""
        said = self.run(check, edit, ["--submission", str(self.submission(folder))])
        points, words = self.expected.get(folder, ("", ""))
        score = said.rstrip().split("\n")[-1].split()
        return not score or score[0] != points or words not in said, said

    def read_hints(self):
        path = self.teachers / "checks.txt"
        hints = {}
        for line in path.read_text().split("\n") if path.exists() else []:
            if line and not line.startswith("#"):
                folder, check = line.split(None, 1)
                hints[check] = folder
        return hints


def test(lab, checks):
    hints, known = lab.read_hints(), list(lab.expected) + SHEETS
    failed = [f"{lab.name}: no submission is named for: {c}" for c in checks if c not in hints]
    failed += [f"{lab.name}: checks.txt names a check that is not there: {c}" for c in hints if c not in checks]
    failed += [f"{lab.name}: {hints[c]} is not in expected.txt" for c in hints if hints[c] not in known]
    todo = [c for c in checks if hints.get(c) in known]
    for folder in set(hints.values()) & set(lab.expected):
        lab.submission(folder)
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for check, (shows, said) in zip(todo, pool.map(lambda c: lab.grade(c, checks[c], hints[c]), todo)):
            if not shows:
                failed.append(f"{lab.name}: {hints[check]} gets what it should although this check is gone: {check}")
    for line in failed:
        print("not ok lab checks: " + line)
    if not failed:
        print(f"ok lab checks: {lab.name}: each of {len(checks)} checks is needed by a wrong submission")
    return not failed


def find(lab, checks):
    hints = {c: f for c, f in lab.read_hints().items() if c in checks}
    reports = {f: run([TRAPEZE, "grade", lab.name, "--submission", str(lab.submission(f))]) for f in lab.expected}

    def looks_right(folder, check):
        """Which submissions to try first: the one that was right before, then those that lose points in this test."""
        lost = [t for a, b, t in re.findall(r"^ +(\d+) of (\d+) +(.*)$", reports.get(folder, ""), re.M) if a != b]
        return (hints.get(check) != folder, lab.test_of(check, checks[check]) not in lost, len(lost))

    def look(check):
        for folder in sorted(list(lab.expected) + SHEETS, key=lambda f: looks_right(f, check)):
            if lab.grade(check, checks[check], folder)[0]:
                return folder
        return None

    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        found = dict(zip(checks, pool.map(look, checks)))
    width = max([len(f) for f in found.values() if f] + [1])
    text = "# Which submission gets another score or other words if a check of lab.lua is taken away (tests/labs/checks.py).\n"
    text += "".join(f"{folder:{width}}  {check}\n" for check, folder in found.items() if folder)
    (lab.teachers / "checks.txt").write_text(text)
    for check in found:
        if not found[check]:
            print(f"{lab.name}: nobody needs: {check}", flush=True)


def main():
    names = [a for a in sys.argv[1:] if not a.startswith("--")]
    names = names or sorted(p.parent.name for p in pathlib.Path("labs").glob("*/lab.lua"))
    good = True
    with tempfile.TemporaryDirectory() as work:
        os.chmod(work, 0o755)
        for name in names:
            if not (TEACHERS / name / "expected.txt").exists():
                print(f"skip lab checks: {name}: its submissions are not in {TEACHERS}")
                continue
            lab = Lab(name, pathlib.Path(work))
            checks = checks_of(lab.script, lab.cases())
            good = ("--find" in sys.argv and not find(lab, checks)) or test(lab, checks) and good
    sys.exit(not good)


if __name__ == "__main__":
    main()
