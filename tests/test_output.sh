#!/bin/bash
# Standard output that is full or closed: every command says so, and its status is not 0. A report does not suffer from it.
set -u
trapeze=$(realpath "${TRAPEZE:-./trapeze}")
root=$(realpath .)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
lab=00-trap-anatomy
printf '_start: nop\n' >one.s
"$trapeze" run first-trap --headless --record run.rec >/dev/null
mkdir -p class/ada && cp "$root/labs/$lab"/solution/* class/ada

# Every command, in each of its ways to print.
cat >commands <<END
--help
--version

run --help
run first-trap --headless
run first-trap --plain
run first-trap --trace -
run first-trap --headless --trace /dev/stdout
run first-trap --headless --record /dev/stdout
run first-trap --html /dev/stdout
replay run.rec
boot hello
boot hello --depth 1 --twin
boot hello --stats /dev/stdout
compare native --only exec
compare --list
grade --list
grade $lab --seed 1 --sheet
grade $lab --seed 1 --key
grade $lab --seed 1 --submission class/ada
grade $lab --seed 1 --submission class/ada --format json
grade-all $lab --submissions class --out reports --stats
build 04-shadow --trust --submission $root/labs/04-shadow/start
asm one.s --list
asm one.s -o -
dis 0x00000013
isa
isa satp
isa --classify
isa --markdown
words
words shadow
END

# told WAY COMMAND STATUS: a status that is not 0, and one message that names standard output.
told() {
	local why=
	[ "$3" = 0 ] && why="status 0"
	grep -q 'stdout\|standard output' err || why="${why:+$why, }no word about it: $(head -n 1 err)"
	[ "$1" = full ] || grep -q 'it is closed' err || why="${why:+$why, }it does not say closed: $(head -n 1 err)"
	if [ -z "$why" ]; then echo "ok output: $1: trapeze $2"; else echo "not ok output: $1: trapeze $2: $why"; fi
}
while read -r command; do
	read -ra words <<<"$command"
	timeout 300 "$trapeze" "${words[@]}" </dev/null >/dev/full 2>err
	told "full" "$command" $?
	timeout 300 "$trapeze" "${words[@]}" </dev/null >&- 2>err
	told "closed" "$command" $?
	rm -rf reports
done <commands

# verdict STATUS NAME
verdict() { if [ "$1" = 0 ]; then echo "ok output: $2"; else echo "not ok output: $2: $(head -n 2 err)"; fi; }
"$trapeze" boot hello --state state.json >&- 2>err
[ $? = 70 ] && [ -s state.json ] && ! grep -q 'hello: booted' state.json
verdict $? "a report is whole though standard output is closed, and no other text goes into it"
"$trapeze" asm one.s -o one.elf >&- 2>err
verdict $? "a command that prints nothing needs no standard output"
"$trapeze" asm - -o none.elf <&- 2>err
[ $? = 3 ] && grep -q 'standard input' err && [ ! -e none.elf ]
verdict $? "standard input that is closed is not an empty file"

# ---- files that are written: a link stays, and no file takes the place of another
cp "$root/scenarios/guests/hello/hello.s" guest.s
rm -rf reports class run.rec out.txt
wrote() { # wrote NAME STATUS FILE COMMAND...: the status, and FILE is a whole report; "": no file is new or changed
	local name=$1 want=$2 file=$3 before after got
	shift 3
	before=$(find . -type f ! -name err | sort | xargs md5sum)
	timeout 200 "$trapeze" "$@" >out.txt 2>err
	got=$?
	rm -f out.txt
	after=$(find . -type f ! -name err | sort | xargs md5sum)
	[ $got = "$want" ] && if [ "$file" ]; then [ -f "$file" ] && [ ! -L "$file" ] && tail -n 1 "$file" | grep -q '^}'; else [ "$before" = "$after" ]; fi
	verdict $? "$name"
}
mkdir other
ln -s there link && ln -s link second && ln -s other/far far && ln -s loop loop && ln -s missing/x nowhere && ln -s "$work/absolute" abs
wrote "a report through a link that leads nowhere yet" 0 there boot guest.s --state link
wrote "a report through two links" 0 there boot guest.s --state second
wrote "a report through a link to another folder" 0 other/far boot guest.s --state far
wrote "a report through a link with a whole path" 0 absolute boot guest.s --state abs
[ -L link ] && [ -L second ] && [ -L far ] && [ -L abs ]
verdict $? "the links are still links"
rm -f there other/far absolute
wrote "a link that leads to itself" 3 "" boot guest.s --state loop
wrote "a link to a folder that is not there" 3 "" boot guest.s --state nowhere
wrote "one new file by two names" 2 "" boot guest.s --state link --trace ./there
wrote "one new file by two links" 2 "" boot guest.s --state second --stats link
touch there && ln there hard
wrote "one file by a hard link" 2 "" boot guest.s --state there --trace hard
wrote "the image as its own report" 2 "" boot guest.s --trace guest.s
ln -s guest.s guest.elf
wrote "the source as its own image" 2 "" asm guest.s
wrote "a report in the file of standard output" 2 "" boot guest.s --stats out.txt
