#!/bin/bash
# trapeze grade-all: a class is graded once, goes on where it stopped, in shards or at once, with a seed for each student; nothing is left behind.
set -u
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
all out --regrade && [ "$(cat out/changes.csv)" = "$(printf 'student,before,after\nada,40,100')" ]
verdict $? "--regrade makes all reports again and says whose score changed"

all jobs --jobs 3 && diff -r -x changes.csv out jobs >said
verdict $? "several jobs give the same bytes"
for k in 1 2 3; do all shards --shard $k/3; done
[ ! -e shards/summary.csv ] && all shards --merge && diff -r -x changes.csv out shards >said
verdict $? "three shards, merged, give the same bytes"
if command -v parallel >/dev/null; then
	parallel -j2 "$trapeze" grade-all "$lab" --submissions class --out spread --shard {}/2 ::: 1 2 >said 2>&1
	all spread --merge && diff -r -x changes.csv out spread >said
	verdict $? "two shards under GNU parallel give the same bytes"
else
	echo "skip grade-all: GNU parallel is not here"
fi
all out --stats && grep -q 'of 5 students' said && grep -q 'answers.txt\|line #' said
verdict $? "--stats tells for which reasons points are lost"

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
seed=$(awk -F, '$1 == "ada" { print $2 }' seeds/summary.csv)
"$trapeze" grade "$lab" --key --seed "$seed" >class/ada/answers.txt
all seeds --secret secret && [ "$(score_of seeds ada)" = 100 ] && [ "$(score_of seeds cy)" -lt 60 ]
verdict $? "and each student's own answers are the right ones"

# ---- rosters, and what is wrong
printf 'ada,Ada Lovelace\nmax,Max Planck\n' >roster.csv
all rolled --roster roster.csv
[ $? = 0 ] && grep -q '^max,1,,,not handed in' rolled/summary.csv && [ "$(wc -l <rolled/summary.csv)" = 3 ]
verdict $? "a roster says who is graded, and who has handed in nothing"
printf '../etc\n' >roster.csv
all rolled --roster roster.csv
[ $? = 3 ] && grep -q "roster.csv:1: '../etc' is no name" said
verdict $? "a name that leads out of the folder is refused"
"$trapeze" grade-all "$lab" --submissions /nonexistent --out o >said 2>&1
[ $? = 3 ] && grep -q 'no such folder' said && [ ! -e o ]
verdict $? "a folder that is not there"
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
all out --merge --shard 1/2
[ $? = 2 ] && grep -q 'goes without --shard' said
verdict $? "a merge of one shard"
odd=$(printf 'class/g\303\266del\377')
mkdir "$odd" 'class/a\b' && cp class/bob/answers.txt "$odd/"
LC_ALL=C all odd
[ $? = 0 ] && python3 -c 'import csv
names = [r["student"] for r in csv.DictReader(open("odd/summary.csv", encoding="utf-8"))]
assert "g\u00f6del\\xff" in names, names' 2>>said && grep -q "rename it" said
verdict $? "a name that is no text is made text in the summary, and a folder that can be no student's is told of"
rm -r "$odd" 'class/a\b'
mkdir bad && echo 'error "no"' >bad/lab.lua
"$trapeze" grade-all ./bad --submissions class --out out >said 2>&1
[ $? = 3 ] && cmp -s jobs/bob.json out/bob.json
verdict $? "a lab with an error costs nobody a report"

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
[ -z "$(ls tmp)" ] && ! pgrep -P $$ trapeze >/dev/null
verdict $? "and nothing is left behind"
