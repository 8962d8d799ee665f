#!/bin/bash
# The rules of the house that a machine can check: who may include whom, how long things may be, words that have no place in finished code.
# A rule that is broken prints where, a line each.
set -u
export LC_ALL=C
cd "$(dirname "$0")/.." || exit 1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# holds NAME: nothing on standard input means that the rule holds.
holds() {
	local found
	found=$(cat)
	if [ -z "$found" ]; then
		echo "ok structure: $1"
	else
		echo "$found" | sed 's/^/# /'
		echo "not ok structure: $1: $(echo "$found" | wc -l) places"
	fi
}

sources() { # sources ENDING...: our files of these kinds, but for what was built
	local ending
	for ending; do
		find isa sim hypervisor scenarios ui labs tests -type f -name "*.$ending"
	done | sort
}

# includes FOLDERS FILE...: lines that include a file of ours which is in none of these folders (as in "isa|sim")
includes() {
	local allowed=$1
	shift
	grep -HnE '^ *# *include +"' "$@" </dev/null | grep -vE "# *include +\"($allowed)[/\"]"
}
code_of() { find "$@" -name '*.[chS]' -o -name '*.def'; }

# ---- dependencies: isa <- sim <- hypervisor <- scenarios <- ui
includes 'isa|isa_table.inc' $(code_of isa) |
	holds "isa/ includes nothing of ours from outside"
includes 'isa|sim' $(code_of sim) | holds "sim/ includes isa/ alone"
core=$(code_of hypervisor | grep -v '^hypervisor/native/')
includes 'isa|hypervisor' $core |
	holds "the VMM core includes isa/ and hypervisor/ alone"
includes 'isa|sim|hypervisor' $(code_of hypervisor/native) |
	holds "the VMM's native side includes nothing above it"
includes 'isa|sim|hypervisor|scenarios' $(code_of scenarios) | holds "scenarios/ does not include ui/"
includes 'scenarios/guests|isa/types.h' $(code_of scenarios/guests) | holds "the guests include nothing of the machine or the VMM"
grep -lE 'include +<(curses|ncurses|panel)' $(code_of ui scenarios hypervisor sim isa) | grep -v '^ui/terminal/screen_curses.c$' |
	holds "curses appears in one file"
grep -nE 'include +<' $core $(code_of isa/arch isa/board) isa/decode.c isa/tables.c |
	grep -vE '<std(int|bool|def)\.h>' | holds "freestanding code includes no libc"

# ---- no circles: an arrow leads from an object that needs a symbol to the object that defines it
# A symbol that several objects define is a contract: the linker chooses who keeps it (hypervisor/hw.h is kept by a native
# backend, by a T32 one and by the scripted one of the tests). Nobody who calls through a contract depends on who keeps it.
build=${BUILD:-build}
arrows() { # a line an arrow: the file that needs, the file that defines
	find "$build" -name '*.o' ! -path '*/guests/scenarios/*' | while read -r object; do # not what a source that is gone has left
		source=${object#"$build/"}
		[ -e "${source%.o}.c" ] || [[ $source == guests/* ]] && echo "$object"
	done | xargs nm -P -A 2>/dev/null | awk -v build="$build/" '
		{ file = substr($1, length(build) + 1); sub(/\.o:$/, ".c", file); ours = file ~ /^(isa|sim|hypervisor|scenarios|ui)\// }
		$3 ~ /^[TDBRC]$/ && (ours || file ~ /^tests\/vmm\/fake|^guests\/t32\/hypervisor\/t32/) { definer[$2] = file; definers[$2]++ }
		$3 == "U" && ours { needs[file " " $2] }
		END { for (need in needs) { split(need, n, " ")
			if (definers[n[2]] == 1 && definer[n[2]] != n[1] && definer[n[2]] !~ /^(tests|guests)/) print n[1], definer[n[2]] } }' | sort -u
}
arrows=$(arrows)
circles() { tsort 2>&1 >/dev/null | grep -v 'input contains a loop'; }
[ "$(echo "$arrows" | wc -l)" -gt 100 ] || echo "only $(echo "$arrows" | wc -l) arrows were found in $build" | holds "the objects tell who needs whom"
echo "$arrows" | circles | holds "no file is in a circle of files that need each other"
echo "$arrows" | sed -E 's,/[^/ ]+( |$),\1,g' | awk '$1 != $2' | sort -u | circles | holds "no folder is in a circle of folders that need each other"

# ---- sizes
wider() { # wider COLUMNS FILE...: lines that are longer; the row of a table in Markdown cannot be broken
	local most=$1
	shift
	LC_ALL=C awk -v most="$most" '/^[|]/ && FILENAME ~ /md$/ { next } { n = gsub(/[^\200-\277]/, "&") }
		n > most { print FILENAME ":" FNR ": " n " columns" }' "$@"
}
wider 100 $(sources c h) | holds "no line of C is longer than 100 columns"
wider 120 $(sources s S lua def md) README.md | holds "no line of assembly, Lua, a table or a README is longer than 120 columns"
for file in $(sources c h s S lua); do
	awk -v f="$file" 'END { if (NR > (f ~ /^tests/ ? 600 : 500)) print f ": " NR " lines" }' "$file"
done | holds "no file is longer than 500 lines (a list of tests: 600)"
for file in $(sources c | grep -v ^tests/); do
	awk -v f="$file" '/^[A-Za-z].*\(/ { name = $0 } /^{$/ { start = FNR }
		/^}$/ && start { if (FNR - start > 61) print f ":" start ": " FNR - start - 1 " lines: " name; start = 0 }' "$file"
done | holds "no function is longer than 60 lines"

# A conditional expression chooses between two values. To choose among more, an if, a switch or a table is easier to read.
awk 'FNR == 1 { depth = 0; split("", marks) }
	{ line = $0; sub(/\/\/.*/, "", line); gsub(/"([^"\\]|\\.)*"/, "\"\"", line); gsub(/\047([^\047\\]|\\.)\047/, "0", line)
	gsub(/[^][(){};,?]/, "", line)
	for (i = 1; i <= length(line); i++) {
		c = substr(line, i, 1)
		if (c ~ /[[({]/) marks[++depth] = 0
		else if (c ~ /[])}]/) { if (depth > 0) depth-- }
		else if (c != "?") marks[depth] = 0
		else if (marks[depth]++) print FILENAME ":" FNR ": a conditional expression inside another one"
	} }' $(sources c h) | holds "no conditional expression is an operand of another one"

# ---- chapters open with their purpose
for file in $(sources c h); do
	head -1 "$file" | grep -q '^//' || echo "$file"
done | holds "every file opens with a comment"
for folder in isa sim hypervisor scenarios scenarios/guests ui tests labs labs/*/; do
	[ -s "$folder/README.md" ] || echo "$folder"
done | holds "every folder has a README.md"
.ci/tour 2>&1 >/dev/null | holds "the tour finds what it names"
# The reading order is in one place, the README.md of each folder; what a file says to read next has to agree.
awk 'FNR == 1 { text = "" } /^(\/\/|#|--)/ && FNR < 60 { sub(/^(\/\/|#|--) ?/, ""); text = text " " $0 }
	match(text, /Read next: +[a-zA-Z0-9_.\/-]+/) { name = substr(text, RSTART + 10, RLENGTH - 10); gsub(/^ +|[.]$/, "", name)
		print FILENAME, name; text = ""; nextfile }' $(sources c h S def) | sort >"$work/said"
.ci/tour --next | sort | comm -23 "$work/said" - | sed 's/ / says to read next, but the tour does not: /' |
	holds "what a file says to read next is next in the tour"
for folder in isa sim hypervisor scenarios ui tests; do
	[ "$(.ci/tour "$folder" | wc -l)" -gt 6 ] || echo "$folder"
done | holds "every README.md says in which order to read"

# ---- words
everything() { # every text of ours but this one
	{ sources c h s S def lua sh md ld py; ls .ci/* Makefile README.md tests/run; } | grep -v test_structure
}
grep -nwE 'TODO|FIXME|XXX|HACK' $(everything) | holds "nothing is left to be done in a comment"
grep -niwE 'stubs?|placeholders?' $(everything | grep -v ^tests) | holds "nothing stands in for something else"
grep -nE '/work/|/home/[a-z]|/root/' $(everything) | holds "no path of a developer's machine"
grep -niE '\b(issue #?[0-9]|in this session|co-authored)' $(everything) | holds "the tree speaks for itself"
