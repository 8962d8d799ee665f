#!/bin/bash
# What the tables of commands promise: --help of each command fits the page, its examples run, the manual page is sound, and the
# completions of bash and zsh offer the commands, options, values and names that there are.
set -u
. "$(dirname "$0")/terminal.sh"
cd "$(dirname "$0")/.." || exit 1
trapeze=$(realpath "${TRAPEZE:-./trapeze}")
docs=$(realpath "${BUILD:-build}")/docs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/here"
printf '#!/bin/sh\nexec "%s" "$@"\n' "$trapeze" >"$work/bin/trapeze" # on the PATH, wherever the program is
chmod +x "$work/bin/trapeze"
PATH=$work/bin:$PATH
# what the examples of `trapeze build` and `trapeze grade-all` find in a student's and in a teacher's folder
cp labs/04-shadow/start/shadow.c "$work/here"
mkdir "$work/here/class" && cp -r labs/00-trap-anatomy/solution "$work/here/class/alice"
cd "$work/here" || exit 1

verdict() { # verdict STATUS NAME [WHY]
	if [ "$1" -eq 0 ]; then echo "ok help: $2"; else echo "not ok help: $2: ${3-}"; fi
}

trapeze --help >all
commands=$(sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p' all)
[ "$(echo "$commands" | wc -l)" -ge 7 ]
verdict $? "trapeze --help lists the commands" "$(tr '\n' ' ' <all)"

for command in $commands; do
	trapeze "$command" --help >"$command.help" 2>&1 && grep -q "^usage: trapeze $command" "$command.help" &&
		[ "$(awk 'length > 79' "$command.help" | grep -vc '^  trapeze')" = 0 ]
	verdict $? "$command --help is a page of 79 columns" "$(awk 'length > 79' "$command.help" | head -1)"
	trapeze "$command" -h | cmp -s - "$command.help" && trapeze "$command" --version | grep -q '^trapeze [0-9]'
	verdict $? "$command takes -h and --version"
	sed -n '/^Examples:/,/^$/s/^  \(trapeze.*\|.*| trapeze .*\)/\1/p' "$command.help" >examples
	[ -s examples ] || echo "not ok help: $command has no examples"
	while read -r example; do
		timeout 300 bash -c "set -o pipefail; $example" >out 2>err </dev/null
		status=$?
		[ $status -eq 141 ] && status=0 # the program before a `head` that has seen enough
		[ $status -eq 0 ] && [ -s out ]
		verdict $? "example: $example" "status $status: $(head -1 err)"
	done <examples
done
missing=
for format in $(trapeze grade 00-trap-anatomy --format nothing 2>&1 | sed -n 's/.*--format nothing: \(.*\) is wanted/\1/p' | tr -d ,); do
	[ "$format" = or ] || grep -qw -- "$format" grade.help || missing="$missing $format"
done
[ -z "$missing" ]
verdict $? "grade --help names each format" "it lacks $missing"
[ -z "$(find . -newer all -name '*.elf' -o -newer all -name '*.bin')" ]
verdict $? "no example leaves a file behind"

# ---- the manual page
if command -v groff >/dev/null; then
	warnings=$(groff -ww -man -Tutf8 "$docs/trapeze.1" 2>&1 >page | head -3)
	[ -z "$warnings" ] && [ -s page ]
	verdict $? "the manual page is sound" "$warnings"
	GROFF_NO_SGR=1 groff -man -Tascii "$docs/trapeze.1" | sed 's/.\x08//g' >page
	missing=
	for command in $commands; do
		for option in $(sed -n '/^Options/,/^$/s/^  \(-., \)*--\([a-z]*\).*/--\2/p' "$command.help"); do
			grep -q -- "$option" page || missing="$missing $option"
		done
	done
	[ -z "$missing" ]
	verdict $? "the manual page has every option" "it lacks $missing"
	missing=
	for command in $(printf 'help\nquit\n' | trapeze run first-trap --plain --paused | awk '/^[a-z]+ +[^ ]/ { print $1 }'); do
		grep -Eq "^ *[^ ]+( [^ ]+)?, :$command\b" page || missing="$missing $command"
	done
	[ "$(echo $missing)" = "screen pane regs walk answer" ]
	verdict $? "the manual page has every key and command of the dashboard" "it lacks $missing"
else
	echo "skip help: the manual page: groff is not here"
fi

# ---- bash: what is offered for the last word
offered() { # offered WORD...
	bash -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _trapeze; printf "%s\n" "${COMPREPLY[@]}"' \
		offered "$docs/trapeze.bash" "$@" 2>&1 | sort | tr '\n' ' '
}
offers() { # offers "WORDS" NAME WORD...
	local want=$1 name=$2 got
	shift 2
	got=$(offered "$@")
	[ "$got" = "$want " ]
	verdict $? "bash completes $name" "it offers: $got"
}
touch kernel.elf
offers "boot" "a command" trapeze bo
offers "--state --stats" "an option" trapeze boot --sta
offers "drop-all" "a choice" trapeze boot --policy d
offers "kernel.elf" "a file of the shell" trapeze boot ker
offers "kernel.elf" "the value of an option that is a file" trapeze boot --disk ker
offers "hello" "a guest that comes with trapeze" trapeze boot hel
offers "first-trap" "a scenario that comes with trapeze" trapeze run first
offers "00-trap-anatomy" "a lab that comes with trapeze" trapeze grade 00
offers "sfence.vma" "an instruction" trapeze isa sfence
missing=
for command in $commands; do
	for option in $(sed -n '/^Options/,/^$/s/^  \(-., \)*--\([a-z]*\).*/--\2/p' "$command.help"); do
		[ "$(offered trapeze "$command" "$option" | grep -cw -- "$option")" = 1 ] || missing="$missing $command$option"
	done
done
[ -z "$missing" ]
verdict $? "bash knows every option" "it does not know $missing"

# bash itself, on a terminal of its own, to which a person types Tab
if why=$(lacks_terminal script); then
	echo "skip help: bash itself: $why"
else
	cat >ask.bash <<-END
		PS1='ready> '
		bind 'set bell-style none'
		source $docs/trapeze.bash
		trapeze() { [ "\$*" ] && echo "GIVEN \$*"; command trapeze "\$@"; } >&3
	END
	{
		for _ in $(seq 200); do grep -q 'ready>' out.bash 2>/dev/null && break || sleep 0.05; done
		printf 'trapeze boo\t--polic\td\t; exit\n'
		sleep 2
	} | timeout 60 script -qfc "bash --rcfile ask.bash --noprofile -i" out.bash 3>given >/dev/null 2>&1
	grep -q 'GIVEN boot --policy drop-all' given
	verdict $? "bash completes a command, its option and its choice" "$(tail -c 300 out.bash | tr -d '\r' | tr '\n' ' ')"
fi

# ---- zsh: its own completion system is asked, on a terminal of its own
if why=$(lacks_terminal zsh); then
	echo "skip help: the completion of zsh: $why"
else
	zsh -n "$docs/_trapeze" 2>err && [ ! -s err ]
	verdict $? "zsh can read its completion" "$(head -1 err)"
	cat >ask.zsh <<-'END'
		zmodload zsh/zpty
		zpty child zsh -f -i
		zpty -w child "PS1= ; fpath=($DOCS \$fpath); autoload -Uz compinit; compinit -u -D; trapeze() { print GIVEN \$@ }"
		zpty -w -n child "trapeze boot --polic"$'\t'"d"$'\t'$'\n'
		zpty -w child "exit"
		while zpty -r child line; do print -r -- $line; done
	END
	DOCS=$docs timeout 200 zsh -f ask.zsh >out 2>&1
	grep -q 'GIVEN boot --policy drop-all' out
	verdict $? "zsh completes an option and its choice" "$(tail -c 300 out | tr -d '\r' | tr '\n' ' ')"
fi
