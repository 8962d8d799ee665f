#!/bin/bash
# trapeze grade-all: a class is graded once, goes on where it stopped, in shards or at once, with a seed for each student; nothing is left behind.
set -u
. "$(dirname "$0")/processes.sh"
trapeze=$(realpath "${TRAPEZE:-./trapeze}")
lab=$(realpath labs/00-trap-anatomy)
tree=$PWD
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1

verdict() { # verdict STATUS NAME
	if [ "$1" -eq 0 ]; then
		echo "ok grade-all: $2"
	else
		echo "not ok grade-all: $2"
		sed 's/^/#   /' said | head -20
	fi
}
all() { # all OUT OPTION...: what it says in ./said
	local out=$1
	shift
	"$trapeze" grade-all "$lab" --submissions class --out "$out" "$@" >said 2>&1 </dev/null
}
score_of() { awk -F, -v s="$2" '$1 == s { print $3 }' "$1/summary.csv"; }

mkdir -p class/{ada,bob,cy,dan,eve} class/.hidden
for pair in ada:solution bob:wrong/missing-trap cy:wrong/empty dan:wrong/pc-after-ecall; do
	cp "$lab/${pair#*:}/answers.txt" "class/${pair%%:*}/"
done
ln -s /etc class/zoe
echo '=cmd|x' >class/eve/answers.txt

all out
[ $? = 0 ] && [ "$(score_of out ada) $(score_of out bob) $(score_of out cy) $(score_of out dan) $(score_of out eve)" = '100 97 0 85 0' ]
verdict $? "each student has a line with the score"
[ "$(wc -l <out/summary.csv)" = 6 ] && [ -s out/ada.json ] && grep -q '97 of 100' out/bob.txt
verdict $? "and two reports; a link and a hidden folder are no students"
python3 -c 'import csv
rows = list(csv.DictReader(open("out/summary.csv")))
assert [r["student"] for r in rows] == ["ada", "bob", "cy", "dan", "eve"]
assert rows[1]["program 2, bare"] == "17" and "missing after line 8" in rows[1]["message"]
assert not any(v.startswith("=") for r in rows for v in r.values())'
verdict $? "the summary is CSV, with the points of each test and the first message"

cp out/summary.csv first.csv
all out && grep -q ' 0 graded now' said && cmp -s first.csv out/summary.csv
verdict $? "who has a report of the same submission is not graded again"
cp "$lab/solution/answers.txt" class/cy/
all out && grep -q ' 1 graded now' said && [ "$(score_of out cy)" = 100 ]
verdict $? "who has handed in something else is"
rm out/ada.json
all out && grep -q ' 1 graded now' said
verdict $? "a run that was interrupted goes on where it stopped"
sed -i 's/"score":	100/"score":	40/' out/ada.json
all out --regrade && [ "$(cat out/changes.csv)" = "$(printf 'student,before,after\nada,40,100')" ] &&
	grep -q '"score":	40' out/before/ada.json && cmp -s out/bob.txt out/before/bob.txt
verdict $? "--regrade makes all reports again, keeps the earlier ones, and says whose score changed"
# A regrade that a person stops after ada: what it leaves is made here, since no signal comes at the same point twice.
cp -r out stopped && touch stopped/regrade-1-of-1 && rm stopped/before/{bob,cy,dan,eve}.*
sed -i 's/"score":	97/"score":	7/' stopped/bob.json
all stopped --regrade && [ "$(cat stopped/changes.csv)" = "$(printf 'student,before,after\nada,40,100\nbob,7,97')" ] &&
	grep -q '"score":	40' stopped/before/ada.json && grep -q '"score":	7,' stopped/before/bob.json && [ ! -e stopped/regrade-1-of-1 ]
verdict $? "a regrade that was interrupted and is started again lists the changes of both runs, and keeps the first reports"
all stopped --regrade && [ "$(cat stopped/changes.csv)" = student,before,after ] && grep -q '"score":	100' stopped/before/ada.json
verdict $? "and the next regrade begins anew"

same() { diff -r -x changes.csv -x before out "$1" >said; } # same FOLDER: its reports are those of ./out
all jobs --jobs 3 && same jobs
verdict $? "several jobs give the same bytes"
all shards --shard 2/3 && all shards --merge
[ $? = 4 ] && grep -q 'of 3 parts, these are missing: 1, 3; run them' said
verdict $? "a merge says which parts are missing, and is no success"
for k in 1 3; do all shards --shard $k/3; done
all shards --merge && same shards && [ -z "$(ls shards/part* 2>/dev/null)" ]
verdict $? "three shards, merged, give the same bytes"
mv shards/bob.json bob.json && all shards --merge
[ $? = 4 ] && grep -q 'bob: what they handed in is not graded yet (1 in all)' said && mv bob.json shards/
verdict $? "a merge says whose submission is not graded"
sed -i 's/"score":	85/"score":	12/' shards/dan.json && sed -i 's/"score":	97/"score":	13/' shards/bob.json
all shards --regrade --shard 1/2 && all shards --merge
[ $? = 4 ] && grep -q 'of 2 parts, these are missing: 2' said
verdict $? "nor is the merge of a course that was made again in part"
all shards --regrade --shard 2/2 && all shards --merge &&
	[ "$(cat shards/changes.csv)" = "$(printf 'student,before,after\nbob,13,97\ndan,12,85')" ] && same shards
verdict $? "the changes of all shards are in one changes.csv"
if command -v parallel >/dev/null; then
	parallel -j2 "$trapeze" grade-all "$lab" --submissions class --out spread --shard {}/2 ::: 1 2 >said 2>&1
	all spread --merge && same spread
	verdict $? "two shards under GNU parallel give the same bytes"
else
	echo "skip grade-all: GNU parallel is not here"
fi
mkdir class/fay && sed 's/^program 5/program 4/' "$lab/solution/answers.txt" >class/fay/answers.txt
all out --stats && grep -q '^6 students are graded' said && grep -qE '^ +4 +1 +1 +0  program 1, bare$' said &&
	grep -qE '^ +1  program 2, bare: a trap is missing after line #' said
verdict $? "--stats tells how many pass each test, and for which reasons points are lost"
mkdir class/gil && sed '2s/80400024/8040002z/' "$lab/solution/answers.txt" >class/gil/answers.txt
all out --stats && [ "$(sed -n '/do not have the mistakes/,$p' said | tail -n +2 | tr -d ' \n')" = gil ]
verdict $? "and who made mistakes that the lab's own wrong submissions do not have"
rm -r class/{fay,gil} out/{fay,gil}.*
all out
python3 -c 'import csv
rows = list(csv.reader(open("out/summary.csv")))
assert len({len(r) for r in rows}) == 1 and rows[0][:8] == "student seed score max_score status message submission lab".split()
assert len({r[7] for r in rows[1:] if r[7]}) == 1 and len({r[6] for r in rows[1:] if r[6]}) > 3' 2>>said
verdict $? "the lines of the summary have as many fields as its head, with the hashes of submission and lab"

# ---- seeds
echo 'a secret of the course 2026' >secret
all seeds --secret secret
python3 -c 'import csv, hmac, hashlib
rows = list(csv.DictReader(open("seeds/summary.csv")))
for r in rows:
    digest = hmac.new(b"a secret of the course 2026", b"00-trap-anatomy\0" + r["student"].encode(), hashlib.sha256).digest()
    assert int(r["seed"]) == int.from_bytes(digest[:8], "big") >> 11 | 1, r
assert len({r["seed"] for r in rows}) == 5'
verdict $? "seeds follow from the secret, the lab and the student, by HMAC-SHA-256"
exact=
for seed in 9007199254740991 9007199254740989 9007199254740993 8765432109876541 1000000000000001; do
	"$trapeze" grade "$lab" --submission class/ada --seed $seed --format json >said
	grep -qx "	\"seed\":	$seed," said || exact=$seed
done
[ -z "$exact" ]
verdict $? "a report has the seed to its last digit"
seed=$(awk -F, '$1 == "ada" { print $2 }' seeds/summary.csv)
"$trapeze" grade "$lab" --key --seed "$seed" >class/ada/answers.txt
all seeds --secret secret && [ "$(score_of seeds ada)" = 100 ] && [ "$(score_of seeds cy)" -lt 60 ]
verdict $? "and each student's own answers are the right ones"

# ---- rosters, and what is wrong
printf 'ada,Ada Lovelace\nmax,Max Planck\n' >roster.csv
all rolled --roster roster.csv
[ $? = 0 ] && grep -q '^max,1,,,not handed in,' rolled/summary.csv && [ "$(wc -l <rolled/summary.csv)" = 3 ]
verdict $? "a roster says who is graded, and who has handed in nothing"
folder='class/o"brien, max'
mkdir "$folder" class/grace && cp class/bob/answers.txt "$folder/" && cp class/ada/answers.txt class/grace/
printf '\357\273\277Student,Name\r\nada,"Lovelace, Ada ""Countess"" of\r\nLovelace"\r\n"o""brien, max",Max;\r\n\r\n"grace"\r\nbob;Bob' >roster.csv
all quoted --roster roster.csv
[ $? = 0 ] && python3 -c 'import csv
rows = [(r["student"], r["status"]) for r in csv.DictReader(open("quoted/summary.csv"))]
assert rows == [(s, "graded") for s in ["ada", "bob", "grace", "o\"brien, max"]], rows' 2>>said &&
	grep -q "3 folders are of nobody on the roster; the first is 'cy'" said
verdict $? "a roster is CSV: a heading, quotes, commas, line ends in a field, a byte order mark; who is not on it is told of"
rm -r "$folder" class/grace
ln -s ada class/linked && printf 'linked\n' >roster.csv
all linked --roster roster.csv
[ $? = 0 ] && grep -q '^linked,1,,,not handed in' linked/summary.csv
verdict $? "a link to the folder of somebody else hands in nothing"
rm class/linked
bad_roster() { # bad_roster NAME PATTERN: the roster on standard input is refused, and nothing is written
	cat >bad.csv
	all none --roster bad.csv
	[ $? = 3 ] && grep -qE -- "$2" said && [ ! -e none ]
	verdict $? "$1"
}
bad_roster "a roster that is a program" 'bad.csv: it is not a text file; save' </bin/ls
bad_roster "an empty roster" 'bad.csv: it names no student' </dev/null
bad_roster "a quote that is never closed" 'bad.csv:2: a quote is opened and never closed' <<<$'ada\n"bob'
bad_roster "text behind a closing quote" 'bad.csv:3: there is text behind a closing quote' <<<$'ada,"a\nb"\n"x"y'
bad_roster "a student twice" "bad.csv: 'ada' is there twice" <<<$'ada\nbob\nada'
bad_roster "a name with a line end" "bad.csv:1: 'a.x0ab' is no name of a folder" <<<$'"a\nb"'
printf '../etc\n' >roster.csv
all rolled --roster roster.csv
[ $? = 3 ] && grep -q "roster.csv:1: '../etc' is no name" said
verdict $? "a name that leads out of the folder is refused"
for roster in '' '--roster out/summary.csv'; do
	"$trapeze" grade-all "$lab" --submissions /nonexistent --out o $roster >said 2>&1
	[ $? = 3 ] && grep -q 'no such folder' said && [ ! -e o ]
	verdict $? "a folder that is not there $roster"
done
mkdir nobody
"$trapeze" grade-all "$lab" --submissions nobody --out o >said 2>&1
[ $? = 3 ] && grep -q 'there is no folder of a student in it' said && [ ! -e o ]
verdict $? "a folder without students"
all o --shard 3/2
[ $? = 2 ] && grep -q 'K/N is wanted' said
verdict $? "a shard that is not there"
for where in class class/. class/reports; do
	all $where
	[ $? = 3 ] && grep -q 'cannot go among the submissions' said && [ ! -e class/reports ] && [ ! -e class/summary.csv ]
	verdict $? "reports do not go to $where"
done
all nowhere --merge
[ $? = 3 ] && grep -q 'no such folder' said && [ ! -e nowhere ]
verdict $? "a merge of reports that are not there"
for pair in '--merge --shard 1/2' '--merge --regrade' '--shard 1/2 --stats' '--shard 1/2 --similar' '--seeds --regrade' '--secret s --seed 3'; do
	all out $pair
	[ $? = 2 ] && grep -q 'cannot be combined; leave one out' said
	verdict $? "$pair contradict each other"
done
odd=$(printf 'class/g\303\266del\377')
mkdir "$odd" 'class/a\b' $'class/two\nlines' && cp class/bob/answers.txt "$odd/"
LC_ALL=C all odd
[ $? = 0 ] && python3 -c 'import csv
names = [r["student"] for r in csv.DictReader(open("odd/summary.csv", encoding="utf-8"))]
assert "g\u00f6del\\xff" in names, names' 2>>said && [ "$(grep -c "rename it" said)" = 2 ] && grep -q "'two.x0alines' is no name.* rename it" said
verdict $? "a name that is no text is made text in the summary, and a folder that can be no student's is told of"
rm -r "$odd" 'class/a\b' $'class/two\nlines'
mkdir bad && echo 'error "no"' >bad/lab.lua
"$trapeze" grade-all ./bad --submissions class --out out >said 2>&1
[ $? = 3 ] && cmp -s jobs/bob.json out/bob.json
verdict $? "a lab with an error costs nobody a report"

# ---- where nothing can be written
if [ "$(id -u)" = 0 ]; then
	mkdir fixed && chmod 755 "$here" fixed && chmod -R a+rX class
	as='setpriv --reuid 65534 --regid 65534 --clear-groups env'
	if $as "$trapeze" --version >/dev/null 2>&1; then
		$as "$trapeze" grade-all "$lab" --submissions class --out fixed >said 2>&1
		[ $? = 3 ] && grep -q 'fixed: nothing can be written there: Permission denied' said && [ "$(wc -l <said)" = 1 ]
		verdict $? "a folder where nothing can be written is told of before anybody is graded"
	else
		echo "skip grade-all: nobody else may run $trapeze"
	fi
fi

# ---- a process that somebody ends
mkdir slow && cat >slow/lab.lua <<'END'
-- Slow
lab { files = { ["answers.txt"] = "64K" }, points = 100 }
test("long", { points = 100, limit = 1e12 }, function() machine {} guest { source = "j .", ram = "1M" } run { steps = 1e12 // 1 | 0 } return true end)
END
mkdir one one/ada ended && echo '{"score": 55, "max_score": 100}' >ended/ada.json
"$trapeze" grade-all ./slow --submissions one --out ended >said 2>&1 </dev/null &
grader=$!
for _ in $(seq 400); do worker=$(child_of $grader) && child=$(child_of "$worker") && break; sleep 0.05; done
kill -9 "$worker" "$child"
wait $grader
[ $? = 4 ] && grep -q 'ada: not graded: the process ended with signal 9' said && grep -q '^ada,1,55,100,graded earlier,' ended/summary.csv
verdict $? "whose process was ended is not graded, and that is said; the grade that there was stays"

# ---- who is alike
mkdir -p alike/{ada,bob,cy,dan,eve} clab/start
cat >clab/lab.lua <<'END'
-- A file in C
lab { files = { ["v.c"] = "64K" }, points = 100 }
test("size", { points = 100 }, function()
    local text = submission("v.c") or ""
    machine {}
    guest { source = "li t0, " .. #text .. "\n1: addi t0, t0, -1\n bnez t0, 1b\n li a7, 8\n ecall", ram = "1M" }
    run {}
    return #text > 9000, "short"
end)
END
cp "$tree/labs/04-shadow/start/shadow.c" clab/start/v.c
cp "$tree/hypervisor/shadow.c" alike/ada/v.c
sed -E 's/\bspte\b/entry/g; s/\bspace\b/room/g; s/walk/way/g; s,//.*,// mine,; s/^    /\t/' "$tree/hypervisor/shadow.c" >alike/bob/v.c
cp "$tree/hypervisor/schedule.c" alike/cy/v.c
cp clab/start/v.c alike/dan/v.c
cp "$tree/hypervisor/shadow.c" alike/eve/v.c && echo 'int more;' >>alike/eve/v.c
"$trapeze" grade-all ./clab --submissions alike --out pairs --similar >said 2>&1
[ $? = 0 ] && python3 -c 'import csv
rows = {(r["first"], r["second"]): r for r in csv.DictReader(open("pairs/similar.csv"))}
assert set(rows) == {("ada", "bob"), ("ada", "eve"), ("bob", "eve")}, rows
assert int(rows["ada", "bob"]["alike_percent"]) > 90 and rows["ada", "bob"]["same_run"] == "no", rows' 2>>said
verdict $? "texts with other names and comments are alike; the starter that all have is not"
cp alike/ada/v.c alike/dan/v.c
"$trapeze" grade-all ./clab --submissions alike --out pairs --similar >said 2>&1 && grep -q '^ada,dan,100,yes' pairs/similar.csv
verdict $? "and the same text runs the same steps"
"$trapeze" grade-all ./clab size --submissions alike --explain cy >said 2>&1 </dev/null
grep -q '^size, case 1 of 1' said
verdict $? "--explain replays a test of a student"
"$trapeze" grade-all ./clab size --submissions alike --explain zoe >said 2>&1
[ $? = 3 ] && grep -q "no student 'zoe'" said
verdict $? "who must be one"
"$trapeze" grade-all ./clab --submissions alike --explain ada >said 2>&1
[ $? = 2 ] && grep -q 'a lab and a test are wanted' said
verdict $? "and the test must be named"

# ---- many
rm -rf class/*
for n in $(seq 200); do
	mkdir "class/s$n"
	cp "$lab/wrong/missing-trap/answers.txt" "class/s$n/"
done
mkdir tmp
(ulimit -n 24; TMPDIR=$here/tmp all many --jobs 2) # 24 descriptors: one that leaks for each student would end them
[ $? = 0 ] && [ "$(grep -c ',97,100,graded,' many/summary.csv)" = 200 ] && [ "$(find many -type f | wc -l)" = 401 ]
verdict $? "200 submissions are graded"
[ -z "$(ls tmp)" ] && ! child_of $$ >/dev/null
verdict $? "and nothing is left behind"
