#!/bin/bash
# What a teacher packs: handouts that are the same bytes every time, and a student who has nothing else can build and grade with them.
set -u
trapeze=$(realpath "${TRAPEZE:-./trapeze}")
tree=$PWD
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
verdict() { if [ "$1" -eq 0 ]; then echo "ok handout: $2"; else echo "not ok handout: $2"; fi; }
export TRAPEZE=$trapeze
mkdir "$here/path" && ln -s "$trapeze" "$here/path/trapeze"

labs/handout 04-shadow "$here/a" && sleep 1 && (umask 077 && labs/handout 04-shadow "$here/b") && cmp -s "$here/a/04-shadow.tar.gz" "$here/b/04-shadow.tar.gz"
verdict $? "the same bytes every time"
mkdir "$here/student" && cd "$here/student" && tar xf ../a/04-shadow.tar.gz && cd 04-shadow || exit 1
[ -f README.md ] && [ -f shadow.c ] && [ "$(cat seed)" = 1 ] && [ ! -e lab.lua ]
verdict $? "it has the handout, the file to begin with and the seed, and no answers"
if command -v clang >/dev/null && command -v ld.lld >/dev/null; then
	"$trapeze" build 04-shadow | grep -q '^it builds'
	verdict $? "in an empty folder it builds"
	"$trapeze" grade 04-shadow --seed "$(cat seed)" | grep -q 'of 100'
	verdict $? "and is graded"
fi
cd "$tree" || exit 1
printf 'ada@example.org,Ada\nbob@example.org,Bob\n' >"$here/roster"
echo 'a secret of the course' >"$here/secret"
labs/handout 00-trap-anatomy "$here/class" "$here/roster" "$here/secret"
[ "$(ls "$here/class")" = "$(printf 'ada@example.org.tar.gz\nbob@example.org.tar.gz')" ]
verdict $? "with a roster there is one for each student"
echo '-eve' >"$here/odd" && labs/handout 00-trap-anatomy "$here/odd-class" "$here/odd" "$here/secret" && [ "$(ls "$here/odd-class")" = -eve.tar.gz ]
verdict $? "whose name is that of the roster, without the quotes of a CSV file"
sheet() { tar xOf "$here/class/$1@example.org.tar.gz" 00-trap-anatomy/sheet.txt; }
[ -n "$(sheet ada)" ] && [ "$(sheet ada)" != "$(sheet bob)" ]
verdict $? "with a sheet of his or her own"
seed=$(tar xOf "$here/class/ada@example.org.tar.gz" 00-trap-anatomy/seed)
[ "$("$trapeze" grade 00-trap-anatomy --sheet --seed "$seed")" = "$(sheet ada)" ]
verdict $? "which is that of the seed"

# The commands of each handout work as they are printed, in the folder of the handout and with nothing else. A student who has written nothing yet is
# graded, and gets few points or none (status 1). The file that a command needs beside the handout is a witness of lab 01.
for lab in labs/*/; do
	name=$(basename "$lab")
	if grep -q 'build = "' "$lab/lab.lua" && ! command -v clang >/dev/null; then continue; fi
	labs/handout "$name" "$here/each" && cd "$here/each" && tar xf "$name.tar.gz" && cd "$name" || exit 1
	[ ! -f witness-0.s ] || cp witness-0.s witness-3.s
	wrong=
	while read -r command; do
		PATH=$here/path:$PATH timeout 300 bash -c "$command" >"$here/said" 2>&1 </dev/null || [ $? = 1 ] || wrong+="$command: $(tail -1 "$here/said"); "
	done < <(sed -n 's/^    \(trapeze .*\)/\1/p' README.md)
	[ -z "$wrong" ] && grep -q '^    trapeze grade \.$' README.md
	verdict $? "the commands of $name work as they are printed ${wrong:+($wrong)}"
	missing=
	for heading in 'What you get' 'What you do' 'What you hand in' 'How it is graded' 'Watch it' 'Worth thinking about' 'Further reading'; do
		grep -qx "## $heading" README.md || missing+="$heading; "
	done
	[ -z "$missing" ]
	verdict $? "the handout of $name has all parts ${missing:+(not: $missing)}"
	cd "$tree" || exit 1
done

# The zip for Gradescope, run as Gradescope would, but with this trapeze.
if command -v zip >/dev/null && command -v unzip >/dev/null; then
	tar -czf "$here/sources.tar.gz" README.md
	labs/gradescope 00-trap-anatomy "$here/sources.tar.gz" "$here/one.zip" "$here/secret" &&
		labs/gradescope 00-trap-anatomy "$here/sources.tar.gz" "$here/two.zip" "$here/secret" && cmp -s "$here/one.zip" "$here/two.zip"
	verdict $? "the zip for Gradescope is the same bytes every time"
	[ "$(unzip -Z1 "$here/one.zip" | sort | tr '\n' ' ')" = 'run_autograder secret setup.sh trapeze.tar.gz ' ]
	verdict $? "with setup.sh and run_autograder at its root"
	mkdir -p "$here/autograder"/{source,submission,results} "$here/bin"
	unzip -q "$here/one.zip" -d "$here/autograder/source"
	ln -s "$trapeze" "$here/bin/trapeze"
	echo '{"users": [{"email": "ada@example.org", "name": "Ada"}]}' >"$here/autograder/submission_metadata.json"
	"$trapeze" grade 00-trap-anatomy --key --seed "$seed" >"$here/autograder/submission/answers.txt"
	sed "s#/tmp/#$here/#g; s#/autograder/#$here/autograder/#g" "$here/autograder/source/run_autograder" >"$here/run"
	PATH=$here/bin:$PATH bash "$here/run" && grep -q '"score":	100' "$here/autograder/results/results.json"
	verdict $? "run_autograder finds the student's seed and writes the result"
else
	echo "skip handout: zip is not here"
fi

# The autograder for Classroom 50, run as its runner would, in a checkout of a student.
tar -czf "$here/sources.tar.gz" README.md
for copy in one two; do labs/classroom50 00-trap-anatomy "$here/sources.tar.gz" "$here/$copy.tar.gz"; done
cmp -s "$here/one.tar.gz" "$here/two.tar.gz"
verdict $? "the autograder for Classroom 50 is the same bytes every time"
mkdir "$here/bundle" "$here/checkout" && tar xf "$here/one.tar.gz" -C "$here/bundle" && cd "$here/checkout" || exit 1
git init -q . && "$trapeze" grade 00-trap-anatomy --key --seed "$seed" >answers.txt && git add . &&
	GIT_COMMITTER_DATE='2026-11-21T12:00:00+0100' git -c user.name=ada -c user.email=ada@example.org commit -qm one
runner() {
	CLASSROOM=os ASSIGNMENT=traps USERNAME=ada@example.org SUBMISSION_TAG=submit/1 COMMIT_URL=u RELEASE_URL=v REVIEW_URL=w \
		CLASSROOM50_BUNDLE_DIR="$here/bundle" TRAPEZE_SECRET='a secret of the course' python3 "$here/bundle/autograder.py" >/dev/null 2>&1
}
runner && python3 -c 'import json
r = json.load(open("result.json"))
assert r["score"] == 100 and r["owner"] == "ada@example.org" and r["datetime"] == "2026-11-21T11:00:00Z", r'
verdict $? "it finds the student's seed and the time of the commit, and writes the result"
rm result.json
TRAPEZE=/bin/false runner
[ $? != 0 ] && [ ! -e result.json ]
verdict $? "without a grade there is no result"
cd "$tree" || exit 1
