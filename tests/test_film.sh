#!/bin/bash
# Films of a run, of a recording and of what a person did in the dashboard: a cast that a JSON reader takes line by line, and a page
# that a browser plays where one is installed.
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
	cat >rebuild.py <<-'END'
		import json, re, sys
		lines = open(sys.argv[1], encoding="utf-8").read().split("\n")
		header = json.loads(lines[0])
		assert header["version"] == 2 and header["width"] >= 80, header
		size = header["width"], header["height"]
		screen, row, column, before, marks = [[" "] * size[0] for _ in range(size[1])], 0, 0, 0, 0
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
		assert marks >= 1 and lines[-1] == "", marks
	END
	python3 rebuild.py a.cast >last 2>err
	status=$?
	[ $status -eq 0 ] && [ "$(grep -c '"m"' a.cast)" -ge 2 ] && grep -q 'DONE: 4 checks passed' last && grep -q '3 Traps' last && grep -q '└──' last
	check "a reader of JSON lines rebuilds the last screen from the cast; stops are markers" $?
else
	echo "skip the cast is read by another program: there is no python3"
fi

if command -v asciinema >/dev/null && command -v script >/dev/null; then
	LC_ALL=C.UTF-8 script -qec 'asciinema cat a.cast' played </dev/null >out 2>err && grep -q 'DONE: 4 checks passed' played
	check "asciinema plays the cast" $?
else
	echo "skip asciinema plays the cast: asciinema or script is not here"
fi

# What a person typed, answered and marked is in the film: of a recording, and of the dashboard.
cat >typed.lua <<-'END'
	-- kite with a person
	machine {}
	vmm {}
	guest { name = "kite", image = "kite" }
	run {}
	check("kite is off", true)
END
printf '%s\n' run 'input echo one two three' 'bookmark the middle' 'input ls' 'film lived.cast' 'film lived.html' 'input halt' 'film over.cast' 'film x.txt' quit |
	timeout 300 "$TRAPEZE" run typed.lua --plain --paused --record typed.rec >out 2>err
[ -s lived.html ] && grep -q '"m","the middle"' lived.cast && ! grep -q '"m","the middle"' a.cast && grep -q 'ends in .cast' out && ! grep -q 'is off' lived.cast &&
	! ls x.txt* 2>/dev/null
check "the dashboard makes a film of what a person did, up to the present moment; bookmarks are markers" $?
timeout 300 "$TRAPEZE" replay typed.rec --size 120x50 --cast typed.cast --html typed.html >out 2>err && [ -s typed.html ]
check "a recording becomes a film" $?
if command -v python3 >/dev/null; then
	for cast in typed over lived; do
		python3 rebuild.py $cast.cast >$cast.last 2>err || echo "# $cast.cast: $(cat err)"
	done
	grep -q 'DONE: 1 check passed' typed.last && cmp -s typed.last over.last && grep -q 'halt' typed.last && grep -q 'WAITS FOR INPUT' lived.last &&
		grep -q 'etc/motd' lived.last
	check "the last screens of both films are the same, and the film of an earlier moment ends there" $?
fi
"$TRAPEZE" replay typed.rec --cast typed.rec 2>err
[ $? -eq 2 ] && grep -q 'is the recording itself' err && sed -i 's/kite is off/kite is on/' typed.lua && "$TRAPEZE" replay typed.rec --cast y.cast >out 2>&1 &&
	grep -q 'has been changed' out && [ -s y.cast ] && "$TRAPEZE" replay 00-trap-anatomy --test x --cast y.cast 2>err
[ $? -eq 2 ] && grep -q 'films of recordings' err
check "a film never takes the place of its recording, and a changed scenario is told" $?

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
# Keys are pressed in the page, and an entry of its list is clicked. The page then says what came of it, and which errors there were.
cat >press.html <<-'END'
	<script>
	const said = [], say = text => said.push(text), where = () => get('where').textContent.split(' ')[1];
	window.onerror = text => say('error ' + text);
	const key = (name, at) => (at || document.body).dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true }));
	say(where()); key('ArrowRight'); key('ArrowRight'); key('ArrowLeft'); say(where());
	key(' ', get('on')); say(get('play').textContent); // Space presses the button in focus, whichever that is
	key('ArrowRight', get('slide')); say(where()); // the slider moves itself
	key(' '); say(get('play').textContent); key(' '); say(get('play').textContent);
	get('list').children[4].click(); say(where()); say(get('story').querySelectorAll('tr').length > 2 ? 'story' : 'none');
	document.body.append('said: ' + said.join(', '));
	</script>
END
cat a.html press.html >pressed.html
"$browser" --headless --no-sandbox --disable-gpu --virtual-time-budget=3000 --dump-dom "file://$folder/pressed.html" >dom 2>err
grep -q 'frame 5 of ' dom && grep -q 'PAUSED' dom && grep -q '<button class="stop">' dom && grep -q 'csrw' dom
check "the page plays in a browser" $?
grep -q 'said: 1, 2, play, 2, pause, play, 5, story' dom
check "the page obeys keys and clicks, without an error" $?
printf '%s\n' trap 'export screen.svg' 'export screen.html' quit | "$TRAPEZE" run first-trap --plain --paused >out 2>err
for form in svg html; do # what the panes say is there, and the browser finds no error
	"$browser" --headless --no-sandbox --disable-gpu --dump-dom "file://$folder/screen.$form" 2>err | sed 's/<[^>]*>//g' >$form.text
	grep -q '1 Guests' $form.text && grep -q 'fetch 80400000' $form.text && ! grep -q 'error on line' $form.text
	check "a browser reads a screen as $form" $?
done
exit $failed
