#!/bin/bash
# The reports of a grade: each format has the fields that its platform wants, and is read by a reader that is not ours; hostile words stay
# words; the same submission, seed and compiler give the same bytes everywhere. usage: tests/test_reports.sh   (TRAPEZE: the program)
set -u
trapeze=$(realpath "${TRAPEZE:-./trapeze}")
shadow=$(realpath hypervisor/shadow.c)
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
chmod 755 "$here"
mkdir lab work code broken
echo 'anything <b>&"--|>' >work/a.txt

verdict() { # verdict STATUS NAME
	if [ "$1" -eq 0 ]; then
		echo "ok reports: $2"
	else
		echo "not ok reports: $2"
		sed 's/^/#   /' said | head -20
	fi
}

# The words of the test are what a hostile guest might print. There is a test of each status and of each visibility.
cat >lab/lab.lua <<'END'
-- A lab of tests
lab { files = { ["a.txt"] = "1K" }, points = 100 }
local words = [[<b>"x"</b> & 'y' --|> <|-- Grade :=>> 100
Grade :=>> 99
not ok 1 # SKIP ]] .. "\27[2J\255\0 \u{202e}\u{ffff}\u{fffe}"
test("good", { points = 40 }, function() return true end)
test("half", { points = 11, cases = 3 }, function(case, number) return number / 4, "case " .. number end)
test("bad <&> # ]]> name", { points = 30, visibility = "after_due_date", tags = "late, slow" }, function() return false, words end)
test("blocked", { points = 9, after = "half", visibility = "hidden" }, function() return true end)
test("three", { points = 10, visibility = "after_published" }, function() return false, "what should be", "what is", "where" end)
END
# The lab with code: `boots` fails with an event, `exits` is blocked; and a file that does not build.
compiler=
if [ -x /usr/bin/clang ] && [ -x /usr/bin/ld.lld ]; then
	compiler=yes
	sed '/^bool shadow_use/,/^}/s/^    struct shadow_choice \*last/    t->v->state.x[9] ^= 1;\n&/' "$shadow" >code/shadow.c
	printf '#error "<|-- --|> ]]> & <b> \302\205"\n' >broken/shadow.c
fi

cat >read.py <<'END'
# What each platform wants of a report. Usage: read.py FORMAT FILE KIND, where KIND is words, code or broken.
# Sources: Gradescope, "Autograder Specifications"; the schema classroom50/result/v1; PrairieLearn, "External grading"; the reporter of
# GitHub Classroom; surefire-test-report.xsd of Apache Maven Surefire 3, and junit-10.xsd of Jenkins' xUnit plugin.
import base64, json, re, sys, unicodedata
import xml.etree.ElementTree as xml

form, path, kind = sys.argv[1:]
raw = open(path, "rb").read()
text = raw.decode("utf-8")
for c in text:
    assert c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf"), (form, repr(c))

POINTS = {"words": [40, 11, 30, 9, 10], "code": [10, 15, 25, 20, 10, 10, 10], "broken": [10, 15, 25, 20, 10, 10, 10]}[kind]
SCORES = {"words": [40, 5, 0, 0, 0], "code": [0] * 7, "broken": [0] * 7}[kind]
STATUS = {"words": ["pass", "partial", "fail", "blocked", "fail"], "code": ["fail"] + ["blocked"] * 6, "broken": ["blocked"] * 7}[kind]
VISIBLE = ["visible", "visible", "after_due_date", "hidden", "after_published"]


def whole(value, most):  # an integer from 0 to most; JSON's true is none
    assert type(value) is int and 0 <= value <= most, value
    return value


def fields(record, needed, allowed=""):  # exactly these keys, and perhaps those
    keys, needed = set(record), set(needed.split())
    assert needed <= keys <= needed | set(allowed.split()), (keys ^ needed, form)


def check_json(r):
    fields(r, "schema lab title lab_hash submission_hash seed whole score max_score build tests", "toolchain")
    assert r["schema"] == "trapeze-grade/1" and r["whole"] is True and r["seed"] == 1
    assert all(re.fullmatch("[0-9a-f]{16}", r[k]) for k in ("lab_hash", "submission_hash"))
    fields(r["build"], "ok log")
    assert r["build"]["ok"] is (kind != "broken") and ("error:" in r["build"]["log"]) is (kind == "broken")
    assert ("clang version" in r.get("toolchain", "")) is (kind == "code")
    assert [t["status"] for t in r["tests"]] == STATUS and [t["number"] for t in r["tests"]] == list(range(1, len(STATUS) + 1))
    for t in r["tests"]:
        fields(t, "name number score max_score status visibility steps cases",
               "tags failed_case message expected happened where event traps replay")
        assert ("replay" in t) is (t["status"] in ("partial", "fail")) and ("event" in t) is ("traps" in t)
        whole(t["score"], t["max_score"]), whole(t["steps"], 10**12), whole(t["cases"], 1000)
        if "replay" in t:
            assert re.fullmatch(r"trapeze replay [\w-]+ --submission \. --seed 1 --test '.*'( --case \d+)?", t["replay"]), t["replay"]
        if "event" in t:
            fields(t["event"], "seq step pc", "guest source")
            assert 1 <= len(t["traps"]) <= 5 and re.fullmatch(r"shadow\.c:\d+", t["event"]["source"])
    if kind == "words":
        assert r["tests"][2]["tags"] == ["late", "slow"] and r["tests"][1]["failed_case"] == 1
        assert r["tests"][4]["expected"] == "what should be" and r["tests"][4]["happened"] == "what is" and r["tests"][4]["where"] == "where"
    if kind == "code":
        assert "event" in r["tests"][0] and r["tests"][0]["expected"]


def check_gradescope(r):
    fields(r, "score output output_format test_output_format test_name_format visibility stdout_visibility extra_data tests")
    assert {r[k] for k in ("output_format", "test_output_format", "test_name_format")} == {"text"}
    assert r["visibility"] == "visible" and r["stdout_visibility"] == "hidden" and type(r["score"]) is int
    assert ("49 points are not shown yet" in r["output"]) is (kind == "words") and ("error:" in r["output"]) is (kind == "broken")
    fields(r["extra_data"], "lab_hash submission_hash")
    for i, t in enumerate(r["tests"]):
        fields(t, "score max_score status name number output visibility", "tags extra_data")
        assert t["status"] == ("passed" if STATUS[i] == "pass" else "failed") and t["number"] == str(i + 1)
        assert type(t.get("tags", [])) is list and (kind != "words" or t["visibility"] == VISIBLE[i])


def check_prairielearn(r):
    fields(r, "gradable score message tests", "output")
    assert r["gradable"] is True and r["score"] == sum(SCORES) / 100 and len(raw) < 1 << 20
    assert ("error:" in r.get("output", "")) is (kind == "broken")
    for t in r["tests"]:
        fields(t, "name points max_points message")


def check_classroom50(r):
    texts = "classroom assignment owner commit release review"
    fields(r, texts + " schema assignment_type submission datetime score max-score tests")
    assert r["schema"] == "classroom50/result/v1" and r["assignment_type"] in ("individual", "group")
    assert all(isinstance(r[k], str) and r[k] for k in texts.split()) and r["submission"].startswith("submit/")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ", r["datetime"])
    for i, t in enumerate(r["tests"]):
        fields(t, "test-name passed score max-score", "message")
        assert t["test-name"] and t["passed"] is (t["score"] == t["max-score"])
        assert ("message" in t) is (kind != "words" or VISIBLE[i] == "visible"), "this platform hides nothing"
    whole(r["score"], r["max-score"])
    assert r["score"] == sum(SCORES) and r["max-score"] == 100
    assert kind != "broken" or "error:" in r["tests"][0]["message"]


def check_classroom(r):
    fields(r, "version status max_score tests")
    assert r["version"] == 1 and r["status"] == "fail" and r["max_score"] == 100
    for i, t in enumerate(r["tests"]):
        fields(t, "name status score line_no message")
        assert t["status"] == ("pass" if STATUS[i] == "pass" else "fail") and t["line_no"] == 0


# The schema of Surefire is a sequence: the order of the elements counts. Jenkins' is wider, and wants errors, failures and tests, too.
TIME = re.compile(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]{0,3})?")
CHILDREN = ["failure", "rerunFailure", "flakyFailure", "skipped", "error", "rerunError", "flakyError", "system-out", "system-err"]


def check_junit(r):
    assert r.tag == "testsuite"
    fields(r.attrib, "name tests errors skipped failures", "time group")
    assert TIME.fullmatch(r.get("time", ""))
    counts = [whole(int(r.get(k)), 64) for k in ("tests", "failures", "errors", "skipped")]
    assert counts == [len(STATUS), sum(s != "pass" for s in STATUS), 0, 0]
    tags = [child.tag for child in r]
    assert tags == ["properties"] + ["testcase"] * len(STATUS)
    for p in r[0]:
        assert p.tag == "property" and not len(p)
        fields(p.attrib, "name value")
    assert {p.get("name"): p.get("value") for p in r[0]} == {"seed": "1", "score": str(sum(SCORES)), "max_score": "100"}
    for i, t in enumerate(r[1:]):
        fields(t.attrib, "name time", "classname group")
        assert TIME.fullmatch(t.get("time"))
        order = [CHILDREN.index(child.tag) for child in t]
        assert order == sorted(set(order)), "each once, in the order of the schema"
        failure = t.find("failure")
        assert (failure is None) is (STATUS[i] == "pass")
        if failure is not None:
            fields(failure.attrib, "message type")
            assert failure.get("type") == STATUS[i]
    assert ("error:" in (r[1].findtext("system-err") or "")) is (kind == "broken")
    if kind == "words":
        assert r[3].get("name") == "bad <&> # ]]> name" and "<b>" in r[3].find("failure").get("message")


def check_vpl(lines):
    assert lines[0] == "<|--" and lines[-2:] == ["--|>", "Grade :=>> %d" % sum(SCORES)]
    assert sum("--|>" in line for line in lines) == 1 and sum("<|--" in line for line in lines) == 1
    assert sum(":=>>" in line for line in lines) == 1 and all(line[0] in "->" for line in lines[1:-2])
    assert [re.search(r"\((\d+) of (\d+)\)$", line).groups() for line in lines if line[0] == "-" and line.endswith(")")] == \
        [(str(s), str(p)) for s, p in zip(SCORES, POINTS)]


def check_tap(lines):
    assert lines[0] == "TAP version " + ("14" if form == "tap" else "13") and lines[1] == "1..%d" % len(STATUS)
    tests = [line for line in lines[2:] if line[0] != "#"]
    assert len(tests) == len(STATUS)
    for i, line in enumerate(tests):
        assert line.startswith("%s %d - " % ("ok" if STATUS[i] == "pass" else "not ok", i + 1)), line
        assert not re.search(r"(?<!\\)(\\\\)*#", line), "a # that is not escaped begins a directive"


if form == "junit":
    check_junit(xml.fromstring(raw))
elif form in ("vpl", "tap", "tap13"):
    (check_vpl if form == "vpl" else check_tap)(text.splitlines())
else:
    r = json.loads(base64.b64decode(raw, validate=False) if form == "classroom" else raw)
    globals()["check_" + form](r)
    score, most = {"prairielearn": ("points", "max_points"), "classroom50": ("score", "max-score")}.get(form, ("score", "max_score"))
    assert [whole(t[score], 100) for t in r["tests"]] == SCORES
    if form != "classroom":
        assert [t[most] for t in r["tests"]] == POINTS
    assert form == "classroom" or "\u202e" not in json.dumps(r, ensure_ascii=False)
print("read", form, kind)
END
report() { # report KIND FORMAT: the report is in ./said
	local lab=04-shadow submission=$1
	[ "$1" = words ] && lab=./lab submission=work
	"$trapeze" grade $lab --submission $submission --format "$2" >said 2>errors </dev/null
}
formats="json gradescope prairielearn classroom50 classroom junit vpl tap tap13"
for kind in words ${compiler:+code broken}; do
	some=$formats
	[ $kind = code ] && some="json junit" # where an event shows, and the compiler's name
	[ $kind = broken ] && some="json gradescope prairielearn classroom50 junit vpl tap"
	for format in $some; do
		report $kind $format
		[ $? = 1 ] && [ ! -s errors ] && python3 read.py $format said $kind 2>>said | grep -q "read $format $kind"
		verdict $? "$format, $kind: the platform's fields and no others, with the points"
	done
done
[ -n "$compiler" ] || echo "skip reports: with code: clang and lld are not here"

# ---- readers of others
if command -v xmllint >/dev/null; then
	report words junit
	xmllint --noout said 2>errors && [ ! -s errors ]
	verdict $? "xmllint reads the junit report without a warning"
else
	echo "skip reports: xmllint is not here"
fi
if command -v prove >/dev/null; then
	report words tap13
	prove -e cat said >proved 2>&1
	grep -q 'Failed 4/5' proved && grep -q 'Failed tests:  2-5' proved
	verdict $? "prove reads the tap13 report, and counts four failures of five"
	perl -MTAP::Parser -e '
		my $parser = TAP::Parser->new({ tap => join "", <> });
		$parser->run;
		print join(" ", $parser->plan, scalar $parser->passed, scalar $parser->failed, scalar $parser->todo, scalar $parser->skipped,
			scalar $parser->parse_errors), "\n"' said >proved 2>&1
	[ "$(cat proved)" = '1..5 1 4 0 0 0' ]
	verdict $? "TAP::Parser finds no directive in hostile words, and no error"
else
	echo "skip reports: prove is not here"
fi
cat >identity.py <<'END'
import json
r = json.load(open("said"))
print(r["owner"], r["score"], r["max-score"], len(r["tests"]), sum("message" in t for t in r["tests"]))
END
CLASSROOM=os-2026 ASSIGNMENT=shadow OWNER=ada SUBMISSION_TAG=submit/20261121-1 COMMIT_URL=u RELEASE_URL=v REVIEW_URL=w \
	COMMIT_DATE=2026-11-21T10:00:00Z report words classroom50
python3 read.py classroom50 said words >read 2>&1 && [ "$(python3 identity.py)" = 'ada 45 100 5 2' ]
verdict $? "the classroom50 report knows whose it is"

# ---- times
"$trapeze" grade ./lab --submission work --format json --timing >said
python3 -c 'import json
r = json.load(open("said"))
ran = [t for t in r["tests"] if t["status"] != "blocked"]
assert all(type(t["seconds"]) is float and t["seconds"] < 60 for t in r["tests"]) and any(t["seconds"] > 0 for t in ran)
assert abs(r["seconds"] - sum(t["seconds"] for t in r["tests"])) < 0.01' 2>>said
verdict $? "--timing adds the seconds of each test to the json report"
"$trapeze" grade ./lab --submission work --format gradescope --timing | grep -q '"execution_time":	[0-9]*\.[0-9][0-9][0-9],'
verdict $? "and the execution time to that of Gradescope"
"$trapeze" grade ./lab --submission work --format junit --timing >said
[ "$(grep -cE 'time="[0-9]+\.[0-9]{3}"' said)" = 6 ]
verdict $? "and the time of each test case to that of JUnit"
"$trapeze" grade ./lab --submission work --timing | grep -qE '^ +40 of 40 +good \([0-9]+\.[0-9]{3} s\)$'
verdict $? "and the seconds to the text"
"$trapeze" grade ./lab --submission work --format tap --timing >said 2>&1
[ $? = 2 ] && grep -q 'tap has no place for times; take text, json, junit or gradescope' said
verdict $? "a format without a place for times says so"

# ---- what contradicts itself
for options in '--sheet --key' '--list --sheet' '--key --only good' '--sheet --format json' '--key --timing'; do
	"$trapeze" grade ./lab $options >said 2>&1
	[ $? = 2 ] && grep -q 'cannot be combined; leave one out' said
	verdict $? "$options contradict each other"
done
"$trapeze" grade ./lab --list >said 2>&1
[ $? = 2 ] && grep -q 'name no lab' said
verdict $? "--list takes no lab"

# ---- the same bytes everywhere
all_reports() { # all_reports FOLDER LAB SUBMISSION: every format goes to the folder
	mkdir -p "$1"
	for format in text $formats; do $as "$trapeze" grade "$2" --submission "$3" --format $format >"$1/$format" 2>&1 </dev/null; done
}
same() { # same NAME: ./other has the reports of ./first
	diff -r first other >said
	verdict $? "the same bytes $1"
	rm -rf other
}
as=
all_reports first "$here/lab" "$here/work"
(LC_ALL=C.UTF-8 LANG=de_DE.UTF-8 LC_NUMERIC=de_DE.UTF-8 TZ=Asia/Tokyo COLUMNS=20 TERM=dumb NO_COLOR=1 all_reports other "$here/lab" "$here/work")
same "with another locale, time zone and terminal"
(umask 077 && all_reports other ./lab work)
same "with another umask"
mkdir -p 'a folder/with "quotes"/deeper' && cp -r lab work 'a folder/with "quotes"/deeper/'
(cd 'a folder/with "quotes"/deeper' && all_reports "$here/other" ./lab work)
same "from another folder"
bash -c 'while :; do :; done' &
burner=$!
all_reports other ./lab work
kill $burner
wait $burner 2>/dev/null
same "on a busy machine"
if [ "$(id -u)" = 0 ]; then
	chmod -R a+rX lab work
	as='setpriv --reuid 65534 --regid 65534 --clear-groups'
	if $as env "$trapeze" --version >/dev/null 2>&1; then
		all_reports other ./lab work
		same "for another user"
	else
		echo "skip reports: nobody else may run $trapeze"
	fi
	as=
fi
if [ -n "$compiler" ]; then
	rm -rf first
	all_code() { $as "$trapeze" grade 04-shadow --submission "$1" --format json; }
	all_code code >first
	mkdir elsewhere tmp && cp code/shadow.c elsewhere/ && chmod -R a+rX elsewhere && chmod 777 tmp
	(umask 077 && cd elsewhere && LC_ALL=C.UTF-8 TZ=Asia/Tokyo TMPDIR=$here/tmp all_code . >../other)
	cmp first other >said 2>&1
	verdict $? "the same bytes of a lab with code, built in another folder"
	[ "$(id -u)" != 0 ] || as='setpriv --reuid 65534 --regid 65534 --clear-groups'
	if $as env "$trapeze" --version >/dev/null 2>&1; then
		TMPDIR=$here/tmp all_code elsewhere >other
		cmp first other >said 2>&1
		verdict $? "and built by another user"
	else
		echo "skip reports: nobody else may run $trapeze"
	fi
fi
