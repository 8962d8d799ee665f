#!/bin/bash
# Films of a run: a cast that a JSON reader takes line by line, and a page that a browser plays where one is installed.
TRAPEZE=$(realpath "${TRAPEZE:-./trapeze}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failed=0
check() { # check NAME STATUS: tells the result
	if [ "$2" -eq 0 ]; then
		echo "ok film: $1"
	else
		echo "not ok film: $1"
		sed 's/^/#   /' err 2>/dev/null | head -5
		failed=1
	fi
}

"$TRAPEZE" run first-trap --cast a.cast --html a.html >out 2>err && "$TRAPEZE" run first-trap --cast b.cast 2>err &&
	[ -s a.html ] && cmp -s a.cast b.cast
check "the same run gives the same cast, byte for byte" $?

# The screen that the bytes of the cast leave behind is rebuilt with the few sequences that a cast uses.
if command -v python3 >/dev/null; then
	python3 - a.cast >last 2>err <<-'END'
		import json, re, sys
		lines = open(sys.argv[1], encoding="utf-8").read().split("\n")
		header = json.loads(lines[0])
		assert header["version"] == 2 and (header["width"], header["height"]) == (80, 24), header
		screen, row, column, before, marks = [[" "] * 80 for _ in range(24)], 0, 0, 0, 0
		for line in lines[1:-1]:
		    time, kind, text = json.loads(line)
		    assert time >= before and kind in "om", line[:80]
		    before, marks = time, marks + (kind == "m")
		    for part in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|[^\x1b]", text if kind == "o" else ""):
		        if part[-1] == "H" and len(part) > 1:
		            row, column = (int(n) - 1 for n in part[2:-1].split(";"))
		        elif len(part) == 1:
		            assert part >= " ", part
		            screen[row][column] = part
		            column += 1
		print("\n".join("".join(row) for row in screen))
		assert marks >= 2 and lines[-1] == "", marks
	END
	status=$?
	[ $status -eq 0 ] && grep -q 'DONE: 4 checks passed' last && grep -q '3 Traps' last && grep -q '└──' last
	check "a reader of JSON lines rebuilds the last screen from the cast; stops are markers" $?
else
	echo "skip the cast is read by another program: there is no python3"
fi

# A guest and a script that try to write HTML, JSON and control sequences into the film.
printf 'vmm{} local g = guest{ram="64K", source="_start: li a7, 1; li a0, 60; ecall; li a0, 27; ecall; li a7, 8; ecall"} mark "</script><b>\\27[31m\\"x" run()' >bad.lua
"$TRAPEZE" run bad.lua --cast bad.cast --html bad.html 2>err && ! grep -qP '[\x00-\x09\x0b-\x1f\x7f]' bad.cast bad.html &&
	[ "$(grep -c '</script>' bad.html)" -eq 2 ] && ! grep -q '<b>' bad.html
check "what guests and scripts write stays text" $?

"$TRAPEZE" run first-trap --cast "$folder/none/a.cast" 2>err
[ $? -eq 3 ] && grep -q 'none/a.cast' err && "$TRAPEZE" run first-trap --cast c.cast --size 9x9 2>err
[ $? -eq 2 ] && grep -q -- '--size 9x9' err && ! [ -e c.cast ] && echo 'error "no"' >wrong.lua && "$TRAPEZE" run wrong.lua --cast c.cast 2>err
[ $? -eq 3 ] && grep -q 'wrong.lua:1' err && ! [ -e c.cast ] && "$TRAPEZE" run first-trap --cast c --html c 2>err
[ $? -eq 2 ] && ! [ -e c ]
check "a film that cannot be made is told, and leaves no file" $?
"$TRAPEZE" run nested --html n.html --size 160x50 --limit 400000 2>err
[ $? -eq 4 ] && grep -q '"crossing 1: ' n.html && [ "$(grep -c '"t":' n.html)" -le 500 ]
check "a film of a nested run tells its crossings, and its length is bounded" $?

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
if [ -z "$browser" ]; then
	echo "skip the page plays in a browser: there is no chromium"
	exit $failed
fi
"$browser" --headless --no-sandbox --disable-gpu --virtual-time-budget=3000 --dump-dom "file://$folder/a.html" >dom 2>err
grep -q 'frame 1 of ' dom && grep -q 'PAUSED' dom && grep -q '<button class="stop">' dom && grep -q 'csrw' dom
check "the page plays in a browser" $?
exit $failed
