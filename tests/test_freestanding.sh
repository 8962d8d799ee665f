#!/bin/bash
# The VMM's core stands on hypervisor/hw.h alone. All its objects of the T32 build, linked into one, ask for the functions of that header and
# for what a compiler expects of any runtime (memcpy, memset); none of its files reaches a header of the simulator or of the host; the
# image is small. Needs BUILD, as tests/run sets it, and the guests built.
BUILD=${BUILD:-build}
objects=$BUILD/guests/t32
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

verdict() { # verdict STATUS NAME [WHAT WENT WRONG]
	if [ "$1" -eq 0 ]; then
		echo "ok freestanding: $2"
	else
		echo "not ok freestanding: $2: ${3:-status $1}"
		failed=1
	fi
}

core() { # the core's objects, or with ".d" what each was made of; one whose source has gone is no part of it
	local made
	for made in $(find "$objects/hypervisor" "$objects/isa" -name "*${1:-.o}" ! -path "*/hypervisor/t32/*"); do
		local source=${made#"$objects"/}
		[ -e "${source%.*}.c" ] && echo "$made"
	done
}

if [ ! -d "$objects" ]; then
	echo "skip freestanding: no T32 build in $objects (make guests)"
	exit 0
fi

# shellcheck disable=SC2046
ld.lld -m elf32lriscv -r -o "$work/core.o" $(core) && llvm-nm --undefined-only --just-symbol-name "$work/core.o" | sort >"$work/asked"
verdict $? "the core links into one object"
sed 's,//.*,,' hypervisor/hw.h | grep -oE 'hw_[a-z_]+\(' | tr -d '(' | sort >"$work/offered"
runtime="memcpy memset"

more=$(comm -23 "$work/asked" <(printf '%s\n' $runtime | sort - "$work/offered") | tr '\n' ' ')
[ -z "$more" ]
verdict $? "the core asks for nothing but hw.h and memcpy, memset" "it asks for $more"
less=$(comm -13 "$work/asked" "$work/offered" | tr '\n' ' ')
[ -s "$work/offered" ] && [ -z "$less" ]
verdict $? "every function of hw.h is used by the core" "none asks for $less"

read -r text data _ < <(llvm-size "$BUILD/guests/vmm.elf" | tail -n 1)
[ $((text + data)) -lt 98304 ]
verdict $? "the VMM's image is under 96 KiB" "it has $((text + data)) bytes"

# What each object was made of, headers within headers included: the compiler wrote it down. Its own headers (stdint.h and the like) are
# not listed by a relative path.
core .d | xargs cat | tr -d '\\' | tr ' ' '\n' | grep -E '^[^/].*\.[ch]$' | grep -v "^$BUILD/" | sort -u >"$work/made-of"
strange=$(grep -v -E '^(isa|hypervisor)/' "$work/made-of" | tr '\n' ' ')
[ -s "$work/made-of" ] && [ -z "$strange" ]
verdict $? "the core is made of files of isa/ and hypervisor/ alone" "it includes $strange"
backend=$(grep -E '^hypervisor/(native|t32)/' "$work/made-of" | tr '\n' ' ')
[ -z "$backend" ]
verdict $? "the core includes no header of a backend" "it includes $backend"
host=$(grep -l -E '^#include <' $(grep -E '^hypervisor/' "$work/made-of") | tr '\n' ' ')
[ -z "$host" ]
verdict $? "no file of the core names a system header" "$host do"
exit $failed
