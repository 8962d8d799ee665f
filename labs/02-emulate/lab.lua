-- Emulate
-- The student writes the part of a VMM that does what the hardware would do: CSRs, traps, sret, wfi, interrupts. The
-- grader builds a VMM with it. Forty-five programs run under this VMM and bare, side by side. At each entry the
-- registers are compared, now and then all CSRs, at the end all memory.
lab { files = { ["emulate.c"] = "64K" }, build = "emulate", points = 100, hours = 8 }

local STEPS = 20 * 1000 * 1000 -- of a program, its VMM's work included

-- Runs the guest to its end under the student's VMM, and says whether it lived as bare.
local function lives_as_bare(guest, steps)
    guest.vmm = built()
    local t = twin(guest)
    t:run(steps or STEPS)
    local same, expected, happened, where = t:same()
    if not same then return false, expected, happened, where end
    if t:power() == "on" then
        return false, "the guest comes to its end",
            "the machine took " .. (steps or STEPS) .. " steps, and the guest had not come to its end", t:last_exit()
    end
    if t:innocuous() > 0 then
        return false, "the guest's own instructions run on the hart",
            string.format("the VMM carried out %d of them itself", t:innocuous()), "at the end"
    end
    return true, t:exits()
end

-- A program begins in K. Its handler counts in s11, keeps what it finds in s8 (scause), s9 (sepc), s10 (stval) and s7
-- (sstatus), and returns behind the instruction that trapped. Interrupts are taken once: it closes what came.
local function program(text)
    return [[
        la      t0, handler
        csrw    stvec, t0
]] .. text .. [[
off:    li      a7, 8
        ecall
user_off:                               # from U: the kernel switches off for it
        ecall
        .align  2
handler:
        addi    s11, s11, 1
        csrr    s8, scause
        csrr    s9, sepc
        csrr    s10, stval
        csrr    s7, sstatus
        bltz    s8, interrupt
        li      t6, 8
        beq     s8, t6, off
        addi    t6, s9, 4
        csrw    sepc, t6
        sret
interrupt:
        csrw    sie, zero
        sret
to_user:                                # goes on in U at the address in ra
        csrw    sepc, ra
        li      t6, 0x100
        csrc    sstatus, t6
        sret
]]
end

-- A test of several programs, a case each. A program has a title, which says what it is about. It may also have a
-- function that runs it in another way.
local function test_programs(name, points, programs, profile)
    test(name, { points = points, cases = #programs, limit = 2e8 }, function(_, number)
        local title, text, run = table.unpack(programs[number])
        local guest = { source = program(text), ram = "6M", profile = profile }
        local same, expected, happened, where = (run or lives_as_bare)(guest)
        if same then return true end
        return false, expected, happened, title .. ": " .. where
    end)
end

test("boots", { points = 6, limit = 1e8 }, function() return lives_as_bare { image = "hello" } end)

---------- CSRs

-- By the policy `drop-all` the VMM forgets its shadows whenever satp is written, if its emulation says so. Then they
-- are filled again, exit by exit, as often as under the VMM of trapeze.
local function forgets_shadows(guest)
    guest.policy = "drop-all"
    local same, count, happened, where = lives_as_bare(guest)
    if not same then return false, count, happened, where end
    guest.vmm = "t32"
    local right = twin(guest)
    right:run()
    local wanted = right:exits()
    return math.abs(count - wanted) <= wanted // 10,
        string.format("by the policy drop-all about %d exits, since a write of satp empties the shadows", wanted),
        string.format("%d exits", count), "at the end"
end

test_programs("CSRs", 15, {
    { "fields that refuse values", [[
        li      t0, -1
        csrw    sepc, t0
        csrr    s0, sepc
        csrw    sie, t0
        csrr    s1, sie
        csrw    sie, zero
        csrw    scounteren, t0
        csrr    s2, scounteren
        li      t1, 0xfffffffd          # sstatus, without SIE
        csrw    sstatus, t1
        csrr    s3, sstatus
        csrw    sstatus, zero
        csrw    stval, t0
        csrr    s4, stval
        csrw    scause, t0
        csrr    s5, scause
        csrw    sscratch, t0
        csrr    s6, sscratch
]] },
    { "modes 2 and 3 of stvec are not taken", [[
        la      t0, handler
        ori     t1, t0, 2
        csrw    stvec, t1
        csrr    s0, stvec
        ori     t1, t0, 3
        csrw    stvec, t1
        csrr    s1, stvec
        ori     t1, t0, 1
        csrw    stvec, t1
        csrr    s2, stvec
        li      t1, 0x7fffffff          # satp in bare mode keeps its other fields
        csrw    satp, t1
        csrr    s3, satp
        csrw    satp, zero
]] },
    { "csrrs and csrrc with x0 or 0 do not write", [[
        csrrs   s0, time, zero
        csrrci  s1, cycle, 0
        li      t0, 0x5555
        csrw    sscratch, t0
        csrrs   s2, sscratch, zero
        csrrc   s3, sscratch, zero
        csrrwi  s4, sscratch, 0         # writes 0
        csrr    s5, sscratch
        li      t0, 0x0ff0
        csrrw   t0, sscratch, t0        # swaps with itself
        csrrs   t0, sscratch, t0
        li      t1, 0x0f0f
        csrrc   t1, sscratch, t1
        csrr    s6, sscratch
        csrrsi  s0, sscratch, 21
        csrrci  zero, sscratch, 4
        csrr    s1, sscratch
        csrrw   zero, sscratch, t1
        csrr    s2, sscratch
]] },
    { "illegal accesses change nothing", [[
        li      a0, 0x123
        li      a1, 0x456
        csrrw   a0, cycle, a1
        mv      s0, a0
        csrrsi  a0, time, 1
        mv      s1, a0
        csrrc   a0, instreth, a1
        mv      s2, a0
        csrr    a0, 0x7c0
        mv      s3, a0
        csrrw   a0, 0xfff, zero
        mv      s4, a0
        csrrw   zero, instret, zero
]] },
    { "stimecmp decides about sip.STIP; of sip only SSIP is written", [[
        li      t0, -1
        csrw    sip, t0
        csrr    s0, sip
        csrw    stimecmph, zero
        csrw    stimecmp, zero
        csrr    s1, sip
        csrw    sip, zero
        csrr    s2, sip
        csrw    stimecmph, t0
        csrr    s3, sip
        li      t0, 0x13579bdf
        csrw    stimecmp, t0
        csrr    s4, stimecmp
        csrr    s5, stimecmph
]] },
    { "the VMM hears of each write of satp, and of nothing else", [[
        li      s0, 0x80500000          # a root that maps the code and 16 pages from 0x40000000 on
        li      t0, 0x201000cf
        li      t1, 0x80500804
        sw      t0, 0(t1)
        li      t0, 0x20140401
        sw      t0, 1024(s0)
        li      t0, 0x201440c7
        li      t1, 0x80501000
        li      t2, 16
        li      s5, 4096
entry:  sw      t0, 0(t1)
        addi    t0, t0, 1024
        addi    t1, t1, 4
        addi    t2, t2, -1
        bnez    t2, entry
        li      s2, 0x80080500
        csrw    satp, s2
        sfence.vma
        li      s4, 10
turn:   csrrs   s3, satp, zero          # reads
        csrr    s3, satp
        li      t0, 0x40000000
        li      t1, 16
page:   lw      t2, 0(t0)
        add     t0, t0, s5
        addi    t1, t1, -1
        bnez    t1, page
        andi    t3, s4, 1               # every other time it writes
        beqz    t3, next
        csrw    satp, zero
        csrw    satp, s2
next:   addi    s4, s4, -1
        bnez    s4, turn
]], forgets_shadows },
})

---------- traps

test_programs("traps", 20, {
    { "a trap from K, with and without SIE before", [[
        ebreak
        csrr    s0, sstatus
        csrsi   sstatus, 2
        ebreak
        csrr    s1, sstatus
        .word   0
        csrr    s2, sstatus
        csrci   sstatus, 2
]] },
    { "sret with each SPP and SPIE", [[
        la      t0, first
        csrw    sepc, t0
        li      t0, 0x120
        csrw    sstatus, t0
        sret
first:  csrr    s0, sstatus
        la      t0, second
        csrw    sepc, t0
        li      t0, 0x100
        csrw    sstatus, t0
        sret
second: csrr    s1, sstatus
        la      t0, third
        csrw    sepc, t0
        li      t0, 0x22
        csrw    sstatus, t0
        sret
third:  csrr    s2, sstatus             # in U: illegal, and the handler comes back to U
        ecall
]] },
    { "a vectored stvec: an exception goes to its base", [[
        la      t0, handler
        ori     t0, t0, 1
        csrw    stvec, t0
        ebreak
        la      t0, table               # a software interrupt goes to base + 4
        ori     t0, t0, 1
        csrw    stvec, t0
        csrwi   sie, 2
        csrwi   sip, 2
        csrsi   sstatus, 2
        nop
        j       off
        .align  2
table:  j       off
        li      s0, 1
        j       handler
]] },
    { "what a program in U must not do", [[
        csrwi   scounteren, 7
        la      ra, user
        j       to_user
user:   csrr    s0, sstatus
        csrw    sscratch, s0
        sret
        wfi
        sfence.vma
        csrrw   s1, satp, zero
        ebreak
        j       user_off
]] },
    { "SUM and MXR stay when a trap comes and goes", [[
        la      ra, user
        li      t0, 0xc0000
        csrw    sstatus, t0
        j       to_user
user:   ebreak
        nop
        ebreak
        j       user_off
]] },
    { "a handler that cannot be fetched: the guest is stuck at the first trap that changes nothing", [[
        li      t0, 0x40000000
        csrw    stvec, t0
        csrsi   sstatus, 2
        ebreak
]] },
})

---------- interrupts

test_programs("interrupts and wfi", 18, {
    { "an interrupt that is opened while it is pending", [[
        csrwi   sie, 2
        csrwi   sip, 2
        li      s0, 1
        csrsi   sstatus, 2
        li      s0, 2
        li      s1, 3
]] },
    { "software comes before timer", [[
        csrw    stimecmph, zero
        csrw    stimecmp, zero
        li      t0, 0x22
        csrw    sie, t0
        csrwi   sip, 2
        csrsi   sstatus, 2
        nop
        csrwi   sip, 0
        li      t0, 0x20
        csrw    sie, t0
        csrsi   sstatus, 2
        nop
]] },
    { "U is open to interrupts whatever SIE says, and K is not", [[
        csrwi   sie, 2
        csrwi   sip, 2
        nop
        mv      s0, s11
        la      ra, user
        j       to_user
user:   li      s1, 1
        li      s2, 2
        j       user_off
]] },
    { "a timer interrupt comes before the same instruction", [[
        csrr    t0, time
        addi    t0, t0, 100
        csrw    stimecmph, zero
        csrw    stimecmp, t0
        li      t1, 0x20
        csrw    sie, t1
        csrsi   sstatus, 2
loop:   addi    s0, s0, 1
        beqz    s11, loop
        csrr    s1, time
        csrr    s2, instret
]] },
    { "wfi does not sleep while an interrupt is pending, even with SIE = 0", [[
        csrwi   sie, 2
        csrwi   sip, 2
        csrr    s0, time
        wfi
        csrr    s1, time
        csrwi   sip, 0
        csrr    t0, time                # a sleep until the timer
        addi    t0, t0, 500
        csrw    stimecmph, zero
        csrw    stimecmp, t0
        li      t1, 0x20
        csrw    sie, t1
        wfi
        csrr    s2, time
        csrr    s3, instret
        csrwi   stimecmph, 3            # and one until time has a high half
        wfi
        csrr    s4, timeh
        csrr    s5, cycleh
]] },
    { "what sie does not enable neither wakes nor interrupts", [[
        csrwi   sip, 2
        csrr    t0, time
        addi    t0, t0, 300
        csrw    stimecmph, zero
        csrw    stimecmp, t0
        li      t1, 0x20
        csrw    sie, t1
        csrsi   sstatus, 2
        wfi
        csrr    s0, time
        mv      s1, s11
]] },
    { "wfi with nothing that could wake the guest: it is stuck", [[
        li      t0, 0x20
        csrw    sie, t0
        csrsi   sstatus, 2
        csrwi   sip, 2
        wfi
]] },
})

---------- counters

test_programs("counters", 8, {
    { "what the counters count in K", [[
        csrr    s0, time
        csrr    s1, cycle
        csrr    s2, instret
        csrr    s3, timeh
        csrr    s4, cycleh
        csrr    s5, instreth
        csrr    s6, scounteren
        ebreak
        csrr    s0, instret             # an instruction that traps does not count
]] },
    { "U may read what scounteren says", [[
        li      t0, 2
        csrw    scounteren, t0
        la      ra, user
        j       to_user
user:   csrr    s0, time
        csrr    s1, timeh
        csrr    s2, cycle
        csrr    s3, cycleh
        csrr    s4, instret
        csrr    s5, instreth
        csrw    time, s0
        j       user_off
]] },
})

---------- a machine that nobody else has

local house = "house:" .. seed % 65536
local facts = classify(house)

-- The names of the three instructions that trap in U and not in K.
local privileged = {}
for i = 0, 11 do
    if facts["house" .. i].privileged then privileged[#privileged + 1] = "house" .. i end
end

-- A program that uses an instruction of the house with several operands, in K, and looks at what may have changed.
local function use(insn)
    local lines = {}
    for _, pair in ipairs { { 0, 0 }, { -1, 5 }, { 0x12345678, 0xffff }, { 0x7fffffff, -1 }, { 0x00a5c3f0, 1 } } do
        lines[#lines + 1] = string.format([[
        li      a1, %d
        li      a2, %d
        csrw    sscratch, a2
        %s  a0, a1, a2
        %s  a2, a2, a1
        %s  zero, a1, a2
        csrr    a3, sscratch
        csrr    a4, sstatus
]], pair[1], pair[2], insn, insn, insn)
    end
    return table.concat(lines)
end

test_programs("your house", 10, {
    { privileged[1] .. " in K", use(privileged[1]) },
    { privileged[2] .. " in K", use(privileged[2]) },
    { privileged[3] .. " in K", use(privileged[3]) },
    { "the instructions of the house, one after another",
        use(privileged[3]) .. use(privileged[1]) .. use(privileged[2]) },
    { "the instructions of the house are illegal in U", string.format([[
        la      ra, user
        j       to_user
user:   %s  s0, ra, ra
        %s  s1, ra, ra
        %s  s2, ra, ra
        j       user_off
]], table.unpack(privileged)) },
}, house)

sheet(function()
    print("Your machine is --profile " .. house .. ". Three of its instructions trap in U and not in K.")
    print("In K they do this (rd stays as it is where nothing is said of it; SUM is bit 18 of sstatus):")
    for _, name in ipairs(privileged) do print(name .. ": " .. facts[name].rule) end
end)

---------- everything at once

test("random programs", { points = 17, cases = 17, limit = 1e9 }, function(case)
    return lives_as_bare { random = case }
end)

test("a kernel with processes", { points = 6, after = "boots", limit = 3e8 }, function()
    return lives_as_bare({ image = "kite", append = "selftest", ram = "16M" }, 10 * STEPS)
end)
