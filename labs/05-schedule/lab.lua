-- A scheduler
-- The student writes hypervisor/schedule.c with a rule of its own. The grader builds a VMM with it, and several guests
-- share a hart by the wall clock. The machine itself measures which guest ran when, by the frames that pc is in.
lab { files = { ["schedule.c"] = "64K" }, build = "schedule", points = 100, hours = 6 }

local QUANTUM = 10000

---------- guests

-- It computes for ever and never traps.
local busy = [[
1:  addi s0, s0, 1
    j    1b
]]

-- It sleeps till the times 2 * period, 3 * period and so on of the machine's clock, and computes a little after each.
-- The n-th arrival at `awake` is late by the time that passed since (n + 1) * period.
local function sleeper(period, work)
    return string.format([[
    li   t0, 0x20               # the timer may wake it, and sstatus.SIE = 0: no handler is entered
    csrw sie, t0
    li   s1, %d
    mv   s0, s1
again:
    add  s0, s0, s1
    csrw stimecmp, s0
    csrw stimecmph, zero
    wfi
awake:
    li   t1, %d
1:  addi t1, t1, -1
    bnez t1, 1b
    j    again
]], period, work)
end

-- It computes for a moment, then sleeps for a moment, again and again.
local function interactive(work, pause)
    return string.format([[
    li   t0, 0x20
    csrw sie, t0
    li   s1, %d
again:
    li   t1, %d
1:  addi t1, t1, -1
    bnez t1, 1b
    csrr s0, time
    add  s0, s0, s1
    csrw stimecmp, s0
    csrw stimecmph, zero
    wfi
awake:
    j    again
]], pause, work // 2)
end

-- It sleeps till the time, then computes for ever.
local function late_worker(time)
    return string.format([[
    li   t0, 0x20
    csrw sie, t0
    li   s0, %d
    csrw stimecmp, s0
    csrw stimecmph, zero
    wfi
awake:
    addi s0, s0, 1
    j    awake
]], time)
end

-- Two VCPUs, each of which is scheduled by itself, send a call to each other and sleep till one comes: no timer wakes
-- them. VCPU 0 powers the machine off after `rounds` rounds.
local function table_tennis(rounds)
    return string.format([[
    li   a7, 0x48534d           # HSM: start hart 1 at `second`
    li   a6, 0
    li   a0, 1
    lla  a1, second
    ecall
    li   s0, %d
    li   s1, 2                  # the hart mask of hart 1
first:
    jal  serve
    jal  receive
    addi s0, s0, -1
    bnez s0, first
    li   a7, 8
    ecall
second:
    li   s1, 1
2:  jal  receive
    jal  serve
    j    2b
serve:
    mv   a0, s1
    li   a1, 0
    li   a7, 0x735049           # IPI
    li   a6, 0
    ecall
    ret
receive:
    csrwi sie, 2
3:  wfi
    csrr t0, sip
    andi t0, t0, 2
    beqz t0, 3b
    csrci sip, 2
    ret
]], rounds)
end

---------- what is asked of the machine

local function run(guests, cycles)
    local m = meter { vmm = built(), quantum = QUANTUM, guests = guests }
    m:run(cycles)
    return m
end

-- A guest's part of what all of them ran.
local function part(m, guest, guests)
    local all = 0
    for i = 1, guests do all = all + m:ran(i) end
    return all > 0 and m:ran(guest) / all or 0
end

local function percent(x)
    return string.format("%.1f%%", 100 * x)
end

-- Small numbers that follow from the seed of the case.
local function random(case)
    local state = case
    return function(least, most)
        state = (state * 1103515245 + 12345) & 0x7fffffff
        return least + (state >> 8) % (most - least + 1)
    end
end

---------- the tests

test("everybody runs", { points = 5, limit = 2e7 }, function()
    local m = run({ { source = busy }, { source = busy }, { source = busy } }, 2000000)
    for i = 1, 3 do
        if m:ran(i) == 0 then return false, "three guests that compute all run", "guest " .. i .. " never runs" end
    end
    return true
end)

test("a slice ends", { points = 10, after = "everybody runs", limit = 2e7 }, function()
    local m = run({ { source = busy }, { source = busy } }, 2000000)
    local longest = math.max(m:longest(1), m:longest(2))
    return longest <= 2 * QUANTUM,
        "of two guests that compute, with equal weights, none has the hart for more than 2 quanta (20,000 cycles)",
        string.format("one had it for %d cycles", longest)
end)

test("shares", { points = 20, after = "everybody runs", cases = 3, limit = 12e7 }, function(case)
    local draw, guests, sum = random(case), {}, 0
    for i = 1, 4 do
        guests[i] = { source = busy, weight = 50 * draw(1, 8) + 100 * (i - 1) }
        sum = sum + guests[i].weight
    end
    local m = run(guests, 20000000)
    for i = 1, 4 do
        local want, got = guests[i].weight / sum, part(m, i, 4)
        if math.abs(got - want) > 0.08 * want then
            return false, string.format("weight %d of %d: %s of the hart, or 8%% more or less", guests[i].weight, sum,
                percent(want)), "guest " .. i .. " got " .. percent(got)
        end
    end
    return true
end)

test("nobody starves", { points = 10, after = "everybody runs", limit = 6e7 }, function()
    local guests = {}
    for i = 1, 12 do guests[i] = { source = busy, weight = i == 1 and 400 or 100 } end
    local m = run(guests, 6000000)
    for i = 1, 12 do
        if m:gap(i) > 30 * QUANTUM then
            return false, "12 guests compute: each waits for at most 30 quanta (300,000 cycles)",
                string.format("guest %d starved for %d cycles", i, m:gap(i))
        end
    end
    return true
end)

-- The VMM starts its guests one after another, and each of them has its first slice. Until then the guests that come
-- last have had nothing, so a guest that sleeps has used more than its share.
local START = 300000

-- A guest of this weight sleeps till a time, again and again, beside `others`. After the start it must never be late by
-- more than `quanta`. The weight is such that the guest uses much less than its share.
local function wakes_in_time(weight, others, quanta, beside)
    local period = 53000
    local sleeps = { source = sleeper(period, 100), weight = weight, watch = "awake" }
    local m = run({ sleeps, table.unpack(others) }, 6000000)
    local times = m:arrivals(1)
    if #times < 6000000 // period - 5 then
        return false, string.format("a guest that sleeps till a time, %s, wakes %d times", beside,
            6000000 // period - 2), string.format("it woke %d times", #times)
    end
    for n, time in ipairs(times) do
        local due = (n + 1) * period
        local late = time - due
        if due > START and late > quanta * QUANTUM then
            return false, string.format("a guest that sleeps till a time, %s, wakes %d cycles late at most", beside,
                quanta * QUANTUM), string.format("it woke %d cycles late, the %d. time", late, n)
        end
    end
    return true
end

test("a guest that wakes", { points = 10, after = "a slice ends", limit = 6e7 }, function()
    local others = {}
    for i = 1, 6 do others[i] = { source = busy } end
    return wakes_in_time(100, others, 3, "beside six guests that compute")
end)

-- However much of the hart a guest is to have, its slices are no longer than a quantum.
test("beside large weights", { points = 10, after = "a slice ends", limit = 6e7 }, function()
    return wakes_in_time(400, { { source = busy, weight = 900 }, { source = busy, weight = 700 } }, 3,
        "beside two guests of weight 900 and 700 that compute")
end)

-- While all guests sleep, so does the hart: till the first of them is due.
test("all asleep", { points = 5, limit = 6e7 }, function()
    return wakes_in_time(100, { { source = sleeper(71000, 100) } }, 1, "beside one that sleeps, too")
end)

test("short turns", { points = 10, after = "everybody runs", limit = 6e7 }, function()
    local guests = { { source = interactive(2000, 10000), watch = "awake" } }
    for i = 2, 4 do guests[i] = { source = busy } end
    local m = run(guests, 6000000)
    local got = part(m, 1, 4)
    return got >= 0.08,
        "a guest with a share of 25% computes for 2,000 cycles and sleeps for 10,000: it gets 8% of the hart or more",
        "it got " .. percent(got) .. ". Does it pay for more than it uses?"
end)

test("nothing is saved", { points = 10, after = "a slice ends", limit = 6e7 }, function()
    local m = run({ { source = late_worker(3000000) }, { source = busy }, { source = busy } }, 3000000)
    local before = { m:ran(1), m:ran(2), m:ran(3) }
    m:run(3000000 + 12 * QUANTUM)
    local sleeper, all = m:ran(1) - before[1], 0
    for i = 1, 3 do all = all + m:ran(i) - before[i] end
    if sleeper == 0 then
        return false, "a guest that slept for 300 quanta runs when it wakes", "it did not run for 12 quanta"
    end
    return sleeper <= 0.6 * all,
        "a guest of three that slept for 300 quanta has at most 60% of the 12 quanta after that",
        "it came back and had " .. percent(sleeper / all) .. " of them"
end)

test("a call wakes", { points = 5, limit = 2e7 }, function()
    local m = run({ { source = table_tennis(400), vcpus = 2, pinned = true } }, 15000000)
    return m:off(), "two VCPUs call each other 400 times, and the machine goes off",
        "it never went off: the wake-up of a VCPU that sleeps till somebody calls it was lost"
end)

test("the hart is not idle", { points = 5, after = "everybody runs", limit = 4e7 }, function()
    local m = run({ { source = busy, weight = 50 }, { source = late_worker(0x7fffffff), weight = 500 } }, 2000000)
    local got = m:ran(1) / m:cycles()
    return got >= 0.7, "a guest of weight 50 has at least 70% of the hart while the other one, of weight 500, sleeps",
        "it had " .. percent(got)
end)
