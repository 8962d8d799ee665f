-- Shadow page tables
-- The student writes hypervisor/shadow.c. The grader builds a VMM with it, and runs guests under this VMM and bare,
-- side by side. At each entry registers, rights and console are compared, now and then all CSRs, at the end all memory.
lab { files = { ["shadow.c"] = "64K" }, build = "shadow", points = 100, hours = 14 }

local STEPS = 20 * 1000 * 1000 -- of a guest, its VMM's work included

-- Runs the guest to its end under the student's VMM. Returns the twin, and the verdict as a test does.
local function run_twin(guest, steps)
    steps = steps or STEPS
    guest.vmm = built()
    local t = twin(guest)
    t:run(steps)
    local same, expected, happened, where = t:same()
    if same and t:power() == "on" then
        return t, false, "the guest comes to its end",
            string.format("it does not end: the programs ran for more than %d machine steps", steps), t:last_exit()
    end
    return t, same, expected, happened, where
end

local function lives_as_bare(guest, steps)
    local t, same, expected, happened, where = run_twin(guest, steps)
    if same and t:innocuous() > 0 then
        return false, "the guest's own instructions run on the hart",
            string.format("the VMM carried out %d of them itself", t:innocuous())
    end
    return same, expected, happened, where
end

---------- guests

-- A superpage whose frames lie partly beyond the end of RAM (6 MiB) cannot be one entry of a shadow. The guest reads
-- two of its pages, then maps another superpage there, and fences one address. The fence is about the whole superpage.
local superpage = [[
    li   s0, 0x80500000         # the root
    li   t0, 0x201000cf         # 0x80400000 and what follows, for the code
    li   t1, 0x80500804
    sw   t0, 0(t1)
    li   t0, 0x201000c3         # the same frames once more at 0x40000000, to be read
    sw   t0, 1024(s0)
    li   t0, 0x80402000
    li   t1, 1
    sw   t1, 0(t0)
    li   t0, 0x80080500
    csrw satp, t0
    sfence.vma
    li   s1, 0x40001000
    lw   s2, 0(s1)
    li   s1, 0x40002000
    lw   s3, 0(s1)              # 1
    li   t0, 0x200000c3         # now 0x40000000 means 0x80000000
    li   t1, 0x80500400
    sw   t0, 0(t1)
    li   t1, 0x40000000
    sfence.vma t1
    lw   s4, 0(s1)              # 0
    li   a7, 8
    ecall
]]

-- Two address spaces take turns. After each turn the guest fences the first one. That is no reason to forget the
-- second.
local address_spaces = [[
    li   s0, 0x80500000         # root of address space 1
    li   s1, 0x80502000         # root of address space 2
    li   t0, 0x201000cf         # 0x80400000 and what follows, for the code
    li   t1, 0x804
    add  t2, s0, t1
    sw   t0, 0(t2)
    add  t2, s1, t1
    sw   t0, 0(t2)
    li   t0, 0x20140401         # 16 pages from 0x40000000 on
    sw   t0, 1024(s0)
    sw   t0, 1024(s1)
    li   t0, 0x201440c7
    li   t1, 0x80501000
    li   t2, 16
    li   s5, 4096
entry:
    sw   t0, 0(t1)
    addi t0, t0, 1024
    addi t1, t1, 4
    addi t2, t2, -1
    bnez t2, entry
    li   s2, 0x80480500
    li   s3, 0x80880502
    csrw satp, s2
    sfence.vma
    li   s4, 40
turn:
    csrw satp, s3
    li   t0, 0x40000000
    li   t1, 16
page:
    lw   t2, 0(t0)
    add  t0, t0, s5
    addi t1, t1, -1
    bnez t1, page
    csrw satp, s2
    li   t3, 1
    sfence.vma x0, t3
    addi s4, s4, -1
    bnez s4, turn
    li   a7, 8
    ecall
]]

---------- the tests

test("boots", { points = 10, limit = 3e7 }, function()
    return lives_as_bare { image = "hello", policy = "drop-all" }
end)

test("random programs, drop-all", { points = 15, after = "boots", cases = 10, limit = 6e8 }, function(case)
    return lives_as_bare({ random = case, policy = "drop-all" }, 2 * STEPS)
end)

test("random programs, cached", { points = 25, after = "boots", cases = 20, limit = 12e8 }, function(case)
    return lives_as_bare({ random = case, policy = "cached" }, 2 * STEPS)
end)

test("a kernel with processes", { points = 20, after = "boots", limit = 3e8 }, function()
    return lives_as_bare({ image = "kite", append = "selftest", ram = "16M", policy = "cached" }, 12 * STEPS)
end)

test("a fence of a superpage", { points = 10, after = "boots", limit = 3e7 }, function()
    return lives_as_bare { source = superpage, ram = "6M", policy = "cached" }
end)

-- A shadow that is forgotten without a reason is filled again, exit by exit.
local function needs_few_exits(guest, budget, steps)
    local t, same, expected, happened, where = run_twin(guest, steps)
    if same then return partial(t:exits(), budget) end
    return false, expected, happened, where
end

test("forgets what the fence names", { points = 10, after = "a fence of a superpage", limit = 3e7 }, function()
    return needs_few_exits({ source = address_spaces, policy = "cached" }, { full = 300, none = 700 })
end)

test("keeps what it can", { points = 10, after = "a kernel with processes", limit = 3e8 }, function()
    return needs_few_exits({ image = "kite", append = "selftest", ram = "16M", policy = "cached" },
        { full = 82000, none = 87000 }, 12 * STEPS)
end)
