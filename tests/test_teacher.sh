#!/bin/bash
# labs/README.md is true: each command of the pages for the teacher and for the assistant is run, in a course of three students.
set -u
trapeze=$(realpath "${TRAPEZE:-./trapeze}")
tree=$PWD
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
verdict() { # verdict STATUS NAME
	if [ "$1" -eq 0 ]; then
		echo "ok teacher: $2"
	else
		echo "not ok teacher: $2"
		sed 's/^/#   /' said | head -20
	fi
}

# `trapeze` is the program under test; `make` does what the Makefile says for these targets, since its `all` and `dist` are tested elsewhere.
mkdir bin
ln -s "$trapeze" bin/trapeze
cat >bin/make <<END
#!/bin/bash
for word in "\${@:2}"; do declare "\$word"; done
cd "$tree" || exit 1
case \$1 in
handout) TRAPEZE=$trapeze labs/handout "\$LAB" "$here/build/handout" "$here/\$ROSTER" "$here/\$SECRET" ;;
gradescope) labs/gradescope "\$LAB" README.md "$here/gradescope.zip" "$here/\$SECRET" ;;
classroom50) labs/classroom50 "\$LAB" README.md "$here/classroom50.tar.gz" ;;
esac
END
chmod +x bin/make
PATH=$here/bin:$PATH
for target in handout gradescope classroom50; do
	grep -q "^$target:" "$tree/Makefile"
	verdict $? "make has the target $target"
done
printf 'ada,Ada\nbob,Bob\ncy,Cy\n' >students.csv
mkdir -p class/{ada,bob,cy}

page() { sed -n "/^## $1/,/^## /p" "$tree/labs/README.md" | sed -n 's/^    //p'; }
works() { # works COMMAND: with status 0, or with 1 where a submission is not perfect
	bash -c "$1" >said 2>&1 </dev/null
	local status=$?
	[ $status = 0 ] || { [ $status = 1 ] && grep -qE ' of 100|failed' said; }
	verdict $? "$1"
}
count=0
while read -r command; do
	case $command in
	*' .'*) continue ;; # in the folder of a handout: below
	*zip*) command -v zip >/dev/null || continue ;;
	esac
	works "$command" && count=$((count + 1))
done < <(page 'For the teacher' | grep -v gradescope; command -v zip >/dev/null && page 'For the teacher' | grep gradescope)
[ "$(ls build/handout)" = "$(printf 'ada.tar.gz\nbob.tar.gz\ncy.tar.gz')" ] && [ -s secret ]
verdict $? "each student has a handout"

# The students work: ada well, bob not so well, and cy does not hand in.
seed() { trapeze grade-all 00-trap-anatomy --roster students.csv --secret secret --seeds | awk -F, -v s="$1" '$1 == s { print $2 }'; }
tar xf build/handout/ada.tar.gz && [ "$(cat 00-trap-anatomy/seed)" = "$(seed ada)" ]
verdict $? "and in it the seed that the course has for the student"
trapeze grade 00-trap-anatomy --key --seed "$(seed ada)" >class/ada/answers.txt
trapeze grade 00-trap-anatomy --key --seed "$(seed bob)" | sed '/program 2/,/program 3/s/ K$/ U/' >class/bob/answers.txt
rmdir class/cy
while read -r command; do
	case $command in
	parallel* | *--merge*) # the second merges what the first has made
		command -v parallel >/dev/null || { echo "skip teacher: $command: GNU parallel is not here" && continue; } ;;
	esac
	works "$command" && count=$((count + 1))
	case $command in
	*--stats*) [ "$(cut -d, -f1,3 reports/summary.csv | grep -c '^ada,100$\|^bob,[0-9][0-9]$')" = 2 ] && verdict 0 "the summary has the two scores" ;;
	*--explain*) grep -q 'program 2, bare, case 1 of 1: passed' said && verdict 0 "a test of ada is shown" ;;
	*--regrade*) [ "$(cat reports/changes.csv)" = 'student,before,after' ] && verdict 0 "no score has changed" ;;
	*--similar*) [ -s reports/similar.csv ] && verdict 0 "and similar.csv is there" ;;
	esac
done < <(page 'For the assistant')
[ $count -ge 10 ]
verdict $? "at least ten commands stand on the two pages ($count)"

# The solutions have moved to a folder of the teachers.
mkdir -p teachers/00-trap-anatomy && cp -r "$tree/labs/00-trap-anatomy/"{solution,right,wrong,expected.txt,checks.txt} teachers/00-trap-anatomy/
echo 'solution 99 as the teachers want it' >>teachers/00-trap-anatomy/expected.txt
(cd "$tree" && TEACHERS=$here/teachers TRAPEZE=$trapeze tests/test_labs.sh) >said 2>&1
[ "$(grep -c '^not ok' said)" = 1 ] && grep -q '^not ok labs: 00-trap-anatomy: solution gets 99, told: as the teachers want it' said &&
	grep -q '^ok labs: 00-trap-anatomy: solution gets 100' said && grep -q '^skip labs: 04-shadow' said
verdict $? "the labs are checked with what the teachers have"

# In the folder of a handout, with code.
if [ -x /usr/bin/clang ] && [ -x /usr/bin/ld.lld ]; then
	(cd "$tree" && TRAPEZE=$trapeze labs/handout 04-shadow "$here/code") && tar xf code/04-shadow.tar.gz && cd 04-shadow || exit 1
	cp "$tree/hypervisor/shadow.c" .
	page 'For the teacher' | grep ' \.\( \|$\)' | while read -r command; do
		case $command in 'trapeze grade .') continue ;; esac # tests/test_labs.sh grades the whole lab
		works "$command"
	done
else
	echo "skip teacher: clang and lld are not here"
fi
