#!/bin/bash
# The labs: every solution gets full marks, every wrong submission its score and a message that names the mistake, and nothing that a submission
# can be made of hurts the grader. usage: tests/test_labs.sh   (TRAPEZE: the program)
set -u
trapeze=${TRAPEZE:-./trapeze}
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT

teachers=${TEACHERS:-labs} # where each lab's solution/, wrong/ and expected.txt are
ok() { echo "ok labs: $1"; }
not_ok() {
	echo "not ok labs: $1"
	sed 's/^/#   /' <<<"${2-}"
}

# grade LAB DIR: the report in $said, the exit status in $status, the total in $score
grade() {
	said=$("$trapeze" grade "$1" --submission "$2" --format "${3-text}" 2>&1 </dev/null)
	status=$?
	score=$(awk 'END { print $1 }' <<<"$said")
}

# submission LAB FOLDER: the folder to grade, in $given. In a lab that builds C the solution of a file is solution/FILE, or else the file of the VMM or of isa/.
# A wrong submission there is the solution with some of its files edited (FILE.sed) or replaced.
submission() {
	local edit name from
	given=$teachers/$(basename "$1")/$2
	[ "$2" != start ] || given=$1$2
	grep -q 'build = "' "$1lab.lua" && [ "$2" != start ] || return
	rm -rf "$here/given" && mkdir "$here/given"
	for name in $(ls "$1start"); do
		from=$teachers/$(basename "$1")/solution/$name edit=$given/${name%.*}.sed
		[ -f "$from" ] || from=$(find hypervisor isa -name "$name")
		sed -f "$([ -f "$edit" ] && echo "$edit" || echo /dev/null)" "$from" >"$here/given/$name"
	done
	find "$given" -type f ! -name '*.sed' -exec cp {} "$here/given" \; 2>/dev/null
	given=$here/given
}

# ---- what each lab says about its own submissions. LABS=full: about all of them; else about the first few of each lab that needs a compiler
for lab in labs/*/; do
	name=$(basename "$lab")
	[ -f "$teachers/$name/expected.txt" ] || { echo "skip labs: $name: its submissions are not in $teachers" && continue; }
	count=0
	while read -r folder points words; do
		case $folder in '' | '#'*) continue ;; esac
		[ -d "$lab/start" ] && [ "${LABS-}" != full ] && [ $((count += 1)) -gt 5 ] && continue
		submission "$lab" "$folder"
		grade "$name" "$given"
		want=$([ "$points" = 100 ] && echo 0 || echo 1)
		if [ "$status" = "$want" ] && [ "$score" = "$points" ] && grep -qF -- "$words" <<<"$said"; then
			ok "$name: $folder gets $points${words:+, told: $words}"
		else
			not_ok "$name: $folder gets $points${words:+, told: $words}" "status $status: $said"
		fi
	done <"$teachers/$name/expected.txt"
done

# ---- 00-trap-anatomy: another seed, and submissions nobody should hand in
lab=00-trap-anatomy
for seed in 2 3 77 4711; do
	mkdir -p "$here/seed$seed"
	"$trapeze" grade $lab --key --seed $seed >"$here/seed$seed/answers.txt"
	said=$("$trapeze" grade $lab --seed $seed --submission "$here/seed$seed" 2>&1)
	if [ $? = 0 ] && grep -q '100 of 100' <<<"$said"; then
		ok "the key of seed $seed gets full marks at seed $seed"
	else
		not_ok "the key of seed $seed gets full marks at seed $seed" "$said"
	fi
done
mkdir -p "$here/capitals"
"$trapeze" grade $lab --key | tr a-z A-Z >"$here/capitals/answers.txt"
grade $lab "$here/capitals"
if [ "$score" = 100 ]; then ok "answers in capital letters get full marks"; else not_ok "answers in capital letters get full marks" "$said"; fi
grade $lab "$here/seed2"
if [ "$status" = 1 ] && [ "$(awk 'END { print ($1 < 60) }' <<<"$said")" = 1 ]; then
	ok "the key of another seed does not pass"
else
	not_ok "the key of another seed does not pass" "$said"
fi

# ---- 01-virtualizable: the classes of other houses
for seed in 2 65537 9007199254740991; do
	mkdir -p "$here/house$seed"
	"$trapeze" grade 01-virtualizable --key --seed $seed >"$here/house$seed/classes.txt"
	said=$("$trapeze" grade 01-virtualizable --seed $seed --submission "$here/house$seed" 2>&1)
	if grep -q ' 24 of 24   privileged' <<<"$said" && grep -q ' 24 of 24   sensitive' <<<"$said" && grep -q ' 48 of 100' <<<"$said"; then
		ok "the classes of the house of seed $seed get their 48 points"
	else
		not_ok "the classes of the house of seed $seed get their 48 points" "$said"
	fi
done
mkdir -p "$here/capital-classes"
tr a-z A-Z <labs/01-virtualizable/solution/classes.txt >"$here/capital-classes/classes.txt"
grade 01-virtualizable "$here/capital-classes"
if [ "$score" = 48 ]; then ok "classes in capital letters are read"; else not_ok "classes in capital letters are read" "$said"; fi
grade 01-virtualizable "$here/house2"
if [ "$score" -lt 30 ]; then ok "the classes of another house do not pass"; else not_ok "the classes of another house do not pass" "$said"; fi

# ---- 02-emulate: what was right for one house is wrong for another, and right in all else
said=$("$trapeze" grade 02-emulate --seed 2 --submission labs/02-emulate/solution 2>&1)
if grep -q ' 92 of 100' <<<"$said" && grep -q ' 2 of 10   your house' <<<"$said"; then
	ok "the solution of lab 02 loses points for the house of another seed alone"
else
	not_ok "the solution of lab 02 loses points for the house of another seed alone" "$said"
fi

# hostile NAME WORDS: the folder $here/NAME gets 0 points and the words
hostile() {
	grade $lab "$here/$1"
	if [ "$status" = 1 ] && [ "$score" = 0 ] && grep -qF -- "$2" <<<"$said"; then
		ok "$1: no points, told: $2"
	else
		not_ok "$1: no points, told: $2" "status $status: $said"
	fi
}
key=$here/seed1/answers.txt
mkdir -p "$here"/{seed1,nothing,link,fifo,folder,huge,nul,escape,many-lines,long-line,far-numbers,shotgun,forged}
"$trapeze" grade $lab --key >"$key"
ln -s "$key" "$here/link/answers.txt"
mkfifo "$here/fifo/answers.txt"
mkdir "$here/folder/answers.txt"
head -c 100000000 /dev/zero | tr '\0' 'x' >"$here/huge/answers.txt"
{ printf 'program 1\n\0'; cat "$key"; } >"$here/nul/answers.txt"
{ printf 'program 1\n\033[2J\033]0;owned\007 80400000 K\n'; } >"$here/escape/answers.txt"
{ echo program 1; yes 'illegal-insn 80400008 K' | head -2000; } >"$here/many-lines/answers.txt"
{ echo program 1; head -c 50000 /dev/zero | tr '\0' 'y'; } >"$here/long-line/answers.txt"
printf 'program 1\necall-u 99999999999999999999 U\n%%s%%n 0x%%x K\nprogram 18446744073709551617\nprogram -1\n' >"$here/far-numbers/answers.txt"
printf '{"score": 100}\n 100 of 100  Trap anatomy\n' >"$here/forged/answers.txt"
hostile nothing 'answers.txt is missing'
hostile link 'is a symbolic link'
hostile fifo 'is not a regular file'
hostile folder 'is not a regular file'
hostile huge 'is too large'
hostile nul 'is not a text file'
hostile escape 'is not a text file'
hostile many-lines 'more than 200 lines'
hostile long-line "a line is 'CAUSE PC MODE'"
hostile far-numbers 'is not an address'
hostile forged "an answer before any 'program N' line"

# Every pc with every cause and mode: right lines are there, but so many wrong ones that they are worth nothing.
{
	for p in 1 2 3 4 5; do
		echo "program $p"
		for pc in 80400008 80400010 80400014 80400024 80400028 80400030 80400038 80400054 80400064; do
			for cause in illegal-insn ecall-u breakpoint load-misaligned load-access-fault; do
				echo "$cause $pc K"
				echo "$cause $pc U"
			done
		done
	done
} >"$here/shotgun/answers.txt"
grade $lab "$here/shotgun"
if [ "$score" = 0 ]; then ok "answering everything is worth nothing"; else not_ok "answering everything is worth nothing" "$said"; fi

# ---- requests that make no sense
refused() { # refused STATUS WORDS ARGUMENT...
	local want=$1 words=$2
	shift 2
	said=$("$trapeze" grade "$@" 2>&1 </dev/null)
	status=$?
	if [ $status = "$want" ] && grep -qF -- "$words" <<<"$said"; then
		ok "grade $*: status $want, told: $words"
	else
		not_ok "grade $*: status $want, told: $words" "status $status: $said"
	fi
}
refused 3 'there is no such lab' 99-nothing
refused 3 'there is no such folder' $lab --submission /nonexistent
refused 2 'which lab?'
refused 2 'text, json, gradescope' $lab --format pdf
refused 2 "there is no test 'nothing'" $lab --submission "$teachers/$lab/solution" --only nothing
refused 2 'say --only TEST too' $lab --case 1
refused 2 '--seed' $lab --seed x
if "$trapeze" grade --list | grep -q '^00-trap-anatomy'; then ok "--list names the labs"; else not_ok "--list names the labs"; fi
if cmp -s <("$trapeze" grade $lab --sheet --seed 5) <("$trapeze" grade $lab --sheet --seed 5) &&
	! cmp -s <("$trapeze" grade $lab --sheet --seed 5) <("$trapeze" grade $lab --sheet --seed 6); then
	ok "a seed gives one work sheet, another seed another"
else
	not_ok "a seed gives one work sheet, another seed another"
fi
