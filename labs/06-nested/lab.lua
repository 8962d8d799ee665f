-- A VMM in a VMM
-- The student predicts how exits multiply, and writes hypervisor/t32/lend_guest.c, by which a VMM that is a guest asks
-- the VMM below for a whole switch. The grader builds a VMM with it. Below runs trapeze's own VMM, and the machine
-- counts each trap that takes the hart out of U.
lab {
    files = { ["answers.txt"] = "4K", ["lend_guest.c"] = "64K" }, build = "lend", points = 100, hours = 6,
}

---------- part 1: how exits multiply

local QUESTIONS = {
    { name = "plain-1", depth = 1 }, { name = "plain-2", depth = 2 }, { name = "plain-3", depth = 3 },
    { name = "lent-2", depth = 2, enlightened = true }, { name = "lent-3", depth = 3, enlightened = true },
}
local PLAIN = { "add s1, s1, s0", "mul s2, s0, s0", "xor s3, s3, s0", "fence", "lui s4, 0x12345" }
local PRIVILEGED = { "csrw sscratch, s0", "csrr s5, sepc", "csrr s6, stvec", "csrw scause, s1" }

-- The program follows from the seed of the run. Also returned: how many privileged instructions lie between its labels.
local function program()
    math.randomseed(seed)
    local rounds, body, privileged = math.random(3, 6), {}, 0
    for _ = 1, 6 do
        local list = math.random(2) == 1 and PRIVILEGED or PLAIN
        if list == PRIVILEGED then privileged = privileged + 1 end
        body[#body + 1] = "        " .. list[math.random(#list)]
    end
    if privileged == 0 then
        body[1] = "        csrw sscratch, s0"
        privileged = 1
    end
    local text = table.concat({
        "        li   s0, " .. rounds,
        "first:",
        table.concat(body, "\n"),
        "        addi s0, s0, -1",
        "        bnez s0, first",
        "last:   j    last",
    }, "\n")
    return text, rounds * privileged
end

-- The traps that L0 takes from the first privileged instruction at `first` to the last one. All VMMs are trapeze's own.
local function measure(q)
    local source, privileged = program()
    machine {}
    vmm { enlightened = q.enlightened }
    local inside
    for level = 2, q.depth do
        inside = vmm { name = "vmm" .. level, inside = inside, enlightened = q.enlightened }
    end
    -- One privileged instruction comes before, so that all that happens once is over when the count begins.
    local g = guest { name = "g", source = "csrw sscratch, zero\n" .. source, ram = "64K", inside = inside }
    run { event = "exit", guest = g, cause = "illegal-insn" }
    local before = counters().exit
    for _ = 1, privileged do run { event = "exit", guest = g, cause = "illegal-insn" } end
    return counters().exit - before
end

sheet(function()
    print("Lab 6, seed " .. seed .. "\n")
    print((program()))
    print([[

How many exits does the outermost VMM (L0) take for the instructions from `first` to `last`? Hidden page faults and
turns of other guests do not count. Write five lines into answers.txt, each a name and a number:]])
    for _, q in ipairs(QUESTIONS) do
        print(string.format("    %-8s  %d VMM%s below the guest%s", q.name, q.depth, q.depth > 1 and "s" or "",
            q.enlightened and ", each asks the one below it for a whole switch" or ""))
    end
end)

key(function()
    for _, q in ipairs(QUESTIONS) do print(q.name .. " " .. measure(q)) end
end)

-- The answers by name; or nil and what is wrong.
local function predictions()
    local lines, complaint = answers("answers.txt")
    if not lines then return nil, complaint end
    local known, found = {}, {}
    for _, q in ipairs(QUESTIONS) do known[q.name] = true end
    for _, line in ipairs(lines) do
        local name, number = line.text:lower():match("^%s*([%w-]+)%s+(%d+)%s*$")
        if not name or #number > 9 or not known[name] then
            return nil, string.format("line %d: a line is a name of the sheet and a number", line.line)
        end
        if found[name] then return nil, string.format("line %d: %s is answered twice", line.line, name) end
        found[name] = tonumber(number)
    end
    return found
end

test("predictions", { points = 30, limit = 2e7 }, function()
    local found, complaint = predictions()
    if not found then return false, complaint end
    local right, message = 0, nil
    for _, q in ipairs(QUESTIONS) do
        local count = measure(q)
        if found[q.name] == count then
            right = right + 1
        else
            message = message or string.format("%s: you say %s; the machine took %d exits", q.name,
                found[q.name] or "nothing", count)
        end
    end
    return right / #QUESTIONS, message
end)

---------- part 2: the call

-- A guest under the student's VMM, which is a guest itself. Returns the verdict as a test does, and the twin.
local function nested(guest, depth, enlightened)
    guest.vmm, guest.depth, guest.enlightened = built(), depth, enlightened
    local t = twin(guest)
    t:run()
    return t
end

-- 300 exits that one instruction each makes.
local exits = [[
    li   s0, 300
1:  csrw sscratch, s0
    addi s0, s0, -1
    bnez s0, 1b
    li   a7, 8
    ecall
]]

-- A timer interrupt arrives in the middle of a computation, again and again.
local timer = [[
    la   t0, trap
    csrw stvec, t0
    li   s0, 0
    li   s1, 40
    csrr t0, time
    addi t0, t0, 97
    csrw stimecmp, t0
    csrw stimecmph, zero
    li   t0, 0x20
    csrw sie, t0
    csrsi sstatus, 2
1:  addi s0, s0, 1
    slli s2, s0, 3
    xor  s3, s3, s2
    j    1b
    .balign 4
trap:
    add  s4, s4, s0
    slli s4, s4, 1
    csrr t0, time
    addi t0, t0, 101
    csrw stimecmp, t0
    addi s1, s1, -1
    beqz s1, 2f
    sret
2:  li   a7, 8
    ecall
]]

test("alone", { points = 5, limit = 2e7 }, function()
    return nested({ image = "hello" }, 1, false):same()
end)

test("where nobody lends", { points = 10, limit = 2e7 }, function()
    return nested({ image = "hello" }, 2, false):same()
end)

local function few(depth, most)
    local t = nested({ source = exits, ram = "1M" }, depth, true)
    local same, expected, happened, where = t:same()
    if not same then return false, expected, happened, where end
    local each = t:all_exits() / t:exits()
    return each <= most, string.format("at depth %d an exit of the guest costs L0 %d exits at most", depth, most),
        string.format("it costs %.1f", each)
end

test("few exits", { points = 10, after = "alone", limit = 2e7 }, function() return few(2, 3) end)

test("a kernel", { points = 10, after = "few exits", limit = 2e7 }, function()
    return nested({ image = "hello" }, 2, true):same()
end)

test("the same tick", { points = 10, after = "few exits", limit = 2e7 }, function()
    return nested({ source = timer, ram = "1M" }, 2, true):same()
end)

-- By the wall clock the VMM knows the time from lend_run. Its guest sets its timer and sleeps, eight times.
local SLEEP = 50000
local sleeper = string.format([[
    la   s0, awake
    csrw stvec, s0
    li   t0, 0x20
    csrw sie, t0
    csrw stimecmph, zero
    li   s1, 8
set:
    csrr t0, time
    li   t1, %d
    add  t0, t0, t1
    csrw stimecmp, t0
    csrsi sstatus, 2
1:  wfi
    j    1b
    .balign 4
awake:
    addi s1, s1, -1
    bnez s1, set
    li   a7, 8
    ecall
]], SLEEP)

test("the time of day", { points = 5, after = "few exits", limit = 2e7 }, function()
    local m = meter { vmm = built(), depth = 2, guests = { { source = sleeper, watch = "awake" } } }
    m:run(40 * SLEEP)
    local woke = m:arrivals(1)
    for i = 2, 8 do
        local slept = (woke[i] or 0) - (woke[i - 1] or 0)
        if slept < SLEEP or slept > 1.3 * SLEEP then
            local what = woke[i] and string.format("took %d cycles", slept) or "did not end"
            return false, string.format("a guest that sleeps for %d cycles wakes not earlier, and after %d at most",
                SLEEP, 1.3 * SLEEP), string.format("sleep %d %s", i, what)
        end
    end
    return true
end)

test("random programs", { points = 15, after = "few exits", cases = 8, limit = 2e8 }, function(case)
    return nested({ random = case }, 2, true):same()
end)

test("in itself", { points = 5, after = "few exits", limit = 2e8 }, function() return few(3, 9) end)
