#!/bin/bash
# trapeze run: the scenarios that come with it pass, and plain and headless output have their forms.
set -u
trapeze=$(realpath "${TRAPEZE:-./trapeze}")
scenarios=$(realpath scenarios) guests=$(realpath "${BUILD:-build}/guests")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

verdict() { # verdict STATUS NAME [WHY]
	if [ "$1" -eq 0 ]; then echo "ok run: $2"; else echo "not ok run: $2: ${3-}"; fi
}

for file in "$scenarios"/*.lua; do
	name=$(basename "$file")
	timeout 400 "$trapeze" run "$file" --headless >out 2>&1 </dev/null
	status=$?
	# A scenario passes, checks something, and says in its first comment what it is.
	[ $status = 0 ] && ! grep -q '^FAIL' out && grep -q "^$name: [1-9][0-9]* of" out && head -1 "$file" | grep -q '^-- [A-Z]'
	verdict $? "$name passes" "status $status: $(grep -m1 -E 'FAIL|trapeze' out || tail -1 out)"
	timeout 400 "$trapeze" run "$file" --headless >again 2>&1 </dev/null
	cmp -s out again
	verdict $? "$name says the same each time" "$(diff out again | head -3)"
done

# Where the host puts things in memory, and what the time is, changes nothing that a script sees.
cat >repeat.lua <<'END'
machine {}
vmm {}
local b, a = guest { image = "hello", name = "zz" }, guest { image = "hello", name = "aa" }
local t, f = {}, function() end
local all = { [print] = 1, [string.len] = 2, [next] = 3, [f] = 4, [t] = 5, [{}] = 6, [a] = 7, [b] = 8, x = 9,
              [true] = 10, [3] = 11, [machine] = 12, [ipairs {}] = 13, [function() end] = 14 }
for k, v in pairs(all) do print(k, v) end
print(next(all))
local names = {}
for i = 1, 300 do names["k" .. i * 7919 % 1000] = i end
for k, v in next, names do print(k, v) end
local list = {}
for i = 1, 20000 do list[i] = { i % 3 == 0 and i or 5, i } end
table.sort(list, function(x, y) return x[1] < y[1] end)
for i = 1, #list, 500 do print(list[i][2]) end
print({}, f, a, setmetatable({}, { __name = "P" }), ("%s"):format(a))
math.randomseed()
print(math.random(), same({ [t] = 1, [f] = 2 }, { [t] = 2, [f] = 1 }))
print(pcall(guest, { zeta = 1, alpha = 2, mid = 3 }))
END
for _ in 1 2 3 4 5; do "$trapeze" run repeat.lua --headless 2>&1; done >all
ln -s "$trapeze" other && ./other run repeat.lua --headless >>all 2>&1 # the name of the program does not matter, either
"$trapeze" run repeat.lua --headless >one 2>&1
[ $? = 0 ] && cat one one one one one one | cmp -s - all
verdict $? "a script sees the same in each process" "$(diff one all | head -3)"

cat >small.lua <<'END'
-- Small
machine {}
vmm {}
local g = guest { name = "one", ram = "8M", source = [[
        li a0, 72
        li a7, 1
        ecall
        li a0, 10
        ecall
        li a7, 8
        ecall
]] }
mark "before"
run()
print("seed", seed, "number", math.random(1000))
check("it is off", 3, g:status() == "OFF")
END
"$trapeze" run small.lua --plain >out 2>&1 </dev/null
verdict $? "--plain runs a scenario" "$(tail -1 out)"
grep -q 'mark: before' out && grep -q 'g1/v0.* K exit ' out && grep -q 'g1 .*console  | H$' out && grep -q ' emulate ' out
verdict $? "--plain has a line for each event, and one for a line of the console" "$(cat out)"
"$trapeze" run small.lua >piped 2>&1 </dev/null
cmp -s out piped
verdict $? "output that is no terminal is plain"
grep -q "$(printf '\033')" out
[ $? = 1 ]
verdict $? "plain output moves no cursor"
"$trapeze" run small.lua --headless >out 2>&1
grep -q '^pass  it is off  (3 of 3)$' out && grep -q '^small.lua: 1 of 1 checks passed, 3 of 3 points$' out && [ "$(wc -l <out)" = 3 ]
verdict $? "--headless says checks and result" "$(cat out)"
"$trapeze" run small.lua --headless --seed 7 | grep seed >seven
"$trapeze" run small.lua --headless --seed 7 | grep seed >seven_again
"$trapeze" run small.lua --headless --seed 8 | grep seed >eight
cmp -s seven seven_again && ! cmp -s seven eight
verdict $? "a seed repeats"
"$trapeze" run small.lua --headless --limit 3 >out 2>&1
[ $? = 4 ] && grep -q 'limit of 3 steps was reached at line 14' out
verdict $? "--limit is status 4 and names the line" "$(cat out)"
sed 's/"OFF"/"ON"/' small.lua >failing.lua
"$trapeze" run failing.lua --headless >out 2>&1
[ $? = 1 ] && grep -q '^FAIL  it is off  (0 of 3): it does not hold  \[failing.lua:16\]$' out
verdict $? "a failed check is status 1 and names its line" "$(cat out)"
printf 'machine {}\nguest { name = "g", source = "j .", technique = "trap" }\nrun()\n' >technique.lua
"$trapeze" run technique.lua --headless >out 2>&1
[ $? = 3 ] && grep -q 'technique.lua:2: technique: .*say vmm{} before this guest' out
verdict $? "a technique for a guest without a VMM is refused, with the line and the way out" "$(cat out)"
printf 'machine { profile = "h" }\nvmm { code = "t32" }\nlocal s = "csrw sscratch, a0; li a7, 8; ecall"\nguest { name = "a", source = s, technique = "assist" }\nguest { name = "b", source = s, technique = "trap" }\nguest { name = "c", source = s, technique = "assist-shadow" }\nrun { off = true }\ncheck("off", true)\n' >mixed.lua
"$trapeze" run mixed.lua --headless >out 2>&1
verdict $? "one T32 VMM runs guests by every technique" "$(cat out)"
(cd / && "$trapeze" run first-trap --headless >/dev/null 2>&1)
verdict $? "our scenarios are found by name from anywhere"
"$trapeze" run small.lua --headless >/dev/full 2>err
[ $? = 70 ]
verdict $? "output that cannot be written is no success"

# ---- a lesson in lines of text: the second question is skipped, or its answer is no choice
cat >lesson.lua <<'END'
-- A lesson
lesson { 1, "A lesson", section = "1.2", minutes = 3, idea = "An idea.", discussion = "Why?" }
local g = guest { name = "tiny", source = ".globl _start\n_start: li a0, 7\ndone: j done", ram = "64K" }
say "Here it begins."
local q = ask { "What is a0?", "six", "seven", right = 2, why = { "Too few.", "It is seven." } }
run { pc = "done" }
reveal(q, g:reg "a0" - 5)
try { "Write 8.", "It is 8." }
END
printf '1\n' | "$trapeze" run lesson.lua --plain >out 2>&1
[ $? = 0 ] && grep -q '^Lesson 1: A lesson (1.2), 3 minutes$' out && grep -q '^-- Here it begins\.$' out &&
	grep -q '^== You said: six\. Too few\.$' out && grep -q '^== The answer is: seven\. It is seven\.$' out &&
	grep -q '^0 of 1 predictions were right\.$' out && grep -q '^Try: Write 8\.$' out && grep -q '^Discuss: Why?$' out
verdict $? "--plain says, asks on standard input, and gives the reason" "$(cat out)"
printf '2\n' | "$trapeze" run lesson.lua --plain | grep -q '^== You are right: seven\. It is seven\.$'
verdict $? "--plain knows a right prediction"
for answer in '' 3 0 -1 seven; do
	echo "$answer" | "$trapeze" run lesson.lua --plain | grep -q '^== The answer is: seven\.'
	verdict $? "--plain takes '$answer' for no prediction"
done
for answer in 3 0 seven 2x; do
	echo "$answer" | "$trapeze" run lesson.lua --plain | grep -q 'A number from 1 to 2 was wanted, so this question is skipped\.$'
	verdict $? "--plain says that '$answer' is no prediction"
done
"$trapeze" run lesson.lua --plain </dev/null | tail -1 | grep -q '1 of 1 checks passed'
verdict $? "--plain goes on when nobody answers"
sed 's/right = 2/right = 1/' lesson.lua >wrong.lua
"$trapeze" run wrong.lua --headless >out 2>&1
[ $? = 1 ] && grep -q '^FAIL  What is a0? -> six: the machine shows: seven' out
verdict $? "a wrong answer key is status 1" "$(cat out)"
(cd / && "$trapeze" run 3 --headless | grep -q '^03-')
verdict $? "a lesson is found by its number"

# A kernel that is only marked as compressed (e_flags, byte 36 of an ELF header) runs, with a word about it.
cp "$guests/hello.elf" marked.elf && printf '\1' | dd of=marked.elf bs=1 seek=36 conv=notrunc status=none
echo 'machine {} vmm {} guest { name = "ann", image = "marked.elf" } guest { image = "marked.elf" } run()' >marked.lua
"$trapeze" run marked.lua --headless >out 2>&1
[ $? = 0 ] && [ "$(grep -c 'the kernel of ann is marked as having compressed instructions' out)" = 1 ]
verdict $? "a scenario tells once that a kernel is only marked as compressed" "$(cat out)"

# Where /proc is not mounted, the scenarios and the guests are found all the same.
if [[ ${BUILD:-build} == *san* ]]; then
	echo "skip run: trapeze finds its files without /proc: the sanitizers themselves read /proc"
elif unshare -m umount -l /proc 2>/dev/null; then
	unshare -m sh -c 'umount -l /proc && cd / && "$0" run first-trap --headless && exec "$0" boot hello' "$trapeze" >out 2>&1
	[ $? = 0 ] && grep -q '4 of 4 checks passed' out && grep -q 'hello: paging is on' out
	verdict $? "trapeze finds its files without /proc" "$(cat out)"
else
	echo "skip run: trapeze finds its files without /proc: /proc cannot be unmounted here"
fi

# The lesson in scenarios/README.md is a lesson.
awk '/^```lua/ { n++; on = 1; next } /^```/ { on = 0 } on && n == 3' "$scenarios/README.md" >readme.lua
"$trapeze" run readme.lua --headless >out 2>&1
[ $? = 0 ] && grep -q '^readme.lua: 2 of 2 checks passed' out
verdict $? "the lesson in scenarios/README.md runs" "$(cat out)"
