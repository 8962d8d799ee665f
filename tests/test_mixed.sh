#!/bin/bash
# One VMM runs guests by different techniques on one hart, which changes from guest mode to real U and back all the
# time. Each guest has a timer, one has two VCPUs, and one is a VMM itself. Each must end as it ends alone and bare, and
# must not be disturbed by what another one has left in the hart's registers.
# Needs TRAPEZE and BUILD, as tests/run sets them.
TRAPEZE=$(realpath "${TRAPEZE:-./trapeze}")
here=$(realpath tests/mixed)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

"$TRAPEZE" asm "$here/keeper.s" --profile h -o keeper.elf || exit 1
"$TRAPEZE" asm "$here/clocked.s" -o clocked.elf || exit 1

# scenario CLOCK CODE [OUTER [ENLIGHTENED]]: the mixed guests under the VMM of this code; or, with OUTER, inside a VMM
# that runs by this technique under it
scenario() {
	local within= vmm="vmm { code = \"$2\" }"
	if [ -n "$3" ]; then
		within=", inside = inner"
		vmm="vmm { code = \"$2\", technique = \"$3\", enlightened = ${4:-false} }
local inner = vmm { name = \"inner\" }"
	fi
	cat >mixed.lua <<END_LUA
machine { profile = "h", clock = "$1" }
$vmm
local guests = {
    guest { name = "keeper", image = "keeper.elf", ram = "8M", technique = "assist"$within },
    guest { name = "computes", source = [[
_start: li   t0, 200000
1:      addi t0, t0, -1
        bnez t0, 1b
        li   a7, 8
        ecall]], ram = "8M", technique = "trap"$within },
    guest { name = "trapped", image = "clocked.elf", ram = "8M", technique = "trap"$within },
    guest { name = "assisted", image = "clocked.elf", ram = "8M", vcpus = 2, technique = "assist"$within },
}
run { off = true, limit = 200000000 }
local ends, preempted = {}, counters(guests[2]).preempt
for i, g in ipairs(guests) do ends[i] = g:state() end
check("no interrupt of another guest takes the hart from one that computes", function()
    return preempted < 100, ("%d times"):format(preempted)
end)
for i, image in pairs { "keeper.elf", [3] = "clocked.elf", [4] = "clocked.elf" } do
    machine { profile = "h", clock = "$1" }
    local g = guest { name = "bare", image = image, ram = "8M", vcpus = i == 4 and 2 or 1 }
    run { off = true, limit = 10000000 }
    check(image .. " " .. i .. " ends as bare", function()
        if "$1" == "virtual" then return same(g:state(), ends[i]) end
        for _, hart in ipairs(ends[i].harts) do
            if hart.x[9] ~= g:state().harts[1].x[9] then return false, "other counts of interrupts" end
        end
        return true
    end)
end
END_LUA
}

mixed() { # mixed NAME CLOCK CODE [OUTER [ENLIGHTENED]]
	local name=$1
	shift
	scenario "$@"
	if timeout -s KILL 400 "$TRAPEZE" run ./mixed.lua --headless >said 2>&1; then
		echo "ok mixed: $name"
	else
		echo "not ok mixed: $name"
		tail -6 said | sed 's/^/# /'
		failed=1
	fi
}
for clock in virtual wall; do
	for code in native t32; do
		mixed "the $code VMM by the $clock clock" $clock $code
		mixed "a VMM inside, which runs by assist, and the $code VMM by the $clock clock" $clock $code assist
		mixed "a VMM inside, which asks for whole switches, and the $code VMM by the $clock clock" $clock $code assist true
		mixed "a VMM inside, which runs by trap, and the $code VMM by the $clock clock" $clock $code trap
	done
done
# Two guests, and a guest of one of them, use one ASID each, by different techniques. Neither may find what the other one
# has translated.
for number in 0 1 2 3; do
	for inside in 0 1; do
		sed "s/NUMBER/$number/; s/INSIDE$/$inside/" "$here/space.s" >space.s
		"$TRAPEZE" asm space.s --profile h -o "space-$number-$inside.elf" || exit 1
	done
done
for code in native t32; do
	cat >spaces.lua <<END_LUA
for number = 0, 3 do
    machine { profile = "h" }
    vmm { code = "$code", technique = "assist", quantum = 300 }
    local function reader(inside, technique)
        local image = ("space-%d-%d.elf"):format(number, inside)
        return guest { name = technique, image = image, ram = "8M", technique = technique }
    end
    local guests = { reader(1, "assist"), reader(0, "assist-shadow"), reader(0, "trap") }
    run { off = true, limit = 10000000 }
    for _, g in ipairs(guests) do
        check(("ASID %d, %s"):format(number, g:name()), g:status() == "OFF")
    end
end
END_LUA
	name="the $code VMM keeps apart what guests of all techniques and a guest's guest translate"
	if timeout -s KILL 400 "$TRAPEZE" run ./spaces.lua --headless >said 2>&1; then
		echo "ok mixed: $name"
	else
		echo "not ok mixed: $name"
		grep FAIL said | sed 's/^/# /'
		failed=1
	fi
done
exit $failed
