-- Emulated disks
-- The student predicts what a sector costs with two kinds of disk, and writes both devices for a VMM: isa/board/pio.c
-- and the queue of isa/board/virtio.c. A guest drives the student's devices under a VMM, and trapeze's own on a bare
-- machine. Registers, RAM and the disks must agree.
lab {
    files = { ["answers.txt"] = "4K", ["pio.c"] = "64K", ["virtio.c"] = "64K" }, build = "devices", points = 100,
    hours = 8,
}

---------- pieces of guest programs

local PIO, VIRTIO, PLIC = 0x10010000, 0x10001000, 0x0c000000
local QUEUE, SIZE = 0x80020000, 32                    -- a queue of 32 descriptors
local AVAILABLE, USED = QUEUE + 16 * SIZE, QUEUE + 4096
local HEADERS, DATA = QUEUE + 0x2000, QUEUE + 0x4000  -- of request i: 32 bytes and 1,024 bytes
local READ, WRITE, FLUSH, NAME = 0, 1, 4, 8

local function store(address, value, instruction)
    return string.format("    li t0, 0x%x\n    li t1, %d\n    %s t1, 0(t0)", address, value, instruction or "sw")
end

local function load(register, address, instruction)
    return string.format("    li t0, 0x%x\n    %s %s, 0(t0)", address, instruction or "lw", register)
end

local function source(lines)
    lines[#lines + 1] = "    li a7, 8\n    ecall"
    return table.concat(lines, "\n")
end

-- s2 to s7 take what a guest looks at, one after another.
local function looks()
    local next = 1
    return function() next = next + 1; return "s" .. next end
end

local pio = {}
function pio.read(sector, to)
    return store(PIO + 8, sector) .. "\n" .. store(PIO + 12, 1) .. string.format([[

    li   t0, 0x%x
    li   t1, 0x%x
    li   t2, 128
1:  lw   t3, 20(t0)
    sw   t3, 0(t1)
    addi t1, t1, 4
    addi t2, t2, -1
    bnez t2, 1b]], PIO, to)
end

-- `other`: a number that SECTOR gets in the middle of the command, which must not care.
function pio.write(sector, seed, words, other)
    return store(PIO + 8, sector) .. "\n" .. store(PIO + 12, 2) .. "\n" .. store(PIO + 8, other or sector)
        .. string.format([[

    li   t0, 0x%x
    li   t1, %d
    li   t2, %d
1:  sw   t1, 20(t0)
    addi t1, t1, 77
    addi t2, t2, -1
    bnez t2, 1b]], PIO, seed, words or 128)
end

local virtio = {}
function virtio.start()
    local lines = {}
    for _, pair in ipairs { { 0x70, 0 }, { 0x70, 3 }, { 0x20, 0 }, { 0x28, 4096 }, { 0x30, 0 }, { 0x38, SIZE },
        { 0x3c, 4096 }, { 0x40, QUEUE >> 12 }, { 0x70, 7 } } do
        lines[#lines + 1] = store(VIRTIO + pair[1], pair[2])
    end
    return table.concat(lines, "\n")
end

function virtio.descriptor(i, address, bytes, flags, next, high)
    local at = QUEUE + 16 * i
    return table.concat({ store(at, address), store(at + 4, high or 0), store(at + 8, bytes),
        store(at + 12, flags | (next or 0) << 16) }, "\n")
end

-- Request i takes the descriptors 3i to 3i + 2. It is put into the available ring at `slot`.
function virtio.request(i, kind, sector, slot, bytes)
    local header, data = HEADERS + 32 * i, DATA + 1024 * i
    return table.concat({
        store(header, kind), store(header + 4, 0), store(header + 8, sector), store(header + 12, 0),
        store(header + 16, 0xff),
        virtio.descriptor(3 * i, header, 16, 1, 3 * i + 1),
        virtio.descriptor(3 * i + 1, data, bytes or 512, kind == WRITE and 1 or 3, 3 * i + 2),
        virtio.descriptor(3 * i + 2, header + 16, 1, 2),
        store(AVAILABLE + 4 + 2 * (slot % SIZE), 3 * i, "sh"),
    }, "\n")
end

function virtio.notify(index)
    return store(AVAILABLE + 2, index, "sh") .. "\n" .. store(VIRTIO + 0x50, 0)
end

-- Enables an interrupt of the PLIC for the hart, which looks at sip and enters no handler.
local function listen(irq)
    return table.concat({ store(PLIC + 4 * irq, 1), store(PLIC + 0x2080, 1 << irq), store(PLIC + 0x201000, 0) }, "\n")
end

-- Is it pending? Then the guest claims it and completes it, and looks again.
local function claim(look)
    return table.concat({ "    csrr " .. look() .. ", sip", load("t2", PLIC + 0x201004), "    mv " .. look() .. ", t2",
        string.format("    li t0, 0x%x\n    sw t2, 0(t0)", PLIC + 0x201004) }, "\n")
end

-- Small numbers that follow from the seed.
local function random(from)
    local state = from
    return function(least, most)
        state = (state * 1103515245 + 12345) & 0x7fffffff
        return least + (state >> 8) % (most - least + 1)
    end
end

---------- part 1: what a sector costs

-- Each guest moves sectors between its labels `first` and `last`, and touches its memory before.
local function costs()
    local draw = random(seed)
    local sectors, batch = draw(2, 5), draw(4, 9)
    local words, one, many = {}, {}, {}
    for i = 1, sectors do
        words[#words + 1] = pio.read(i, DATA)
        one[#one + 1] = store(AVAILABLE + 2, i, "sh") .. "\n" .. store(VIRTIO + 0x50, 0) .. "\n"
            .. load("t2", VIRTIO + 0x60) .. "\n" .. string.format("    li t0, 0x%x\n    sw t2, 0(t0)", VIRTIO + 0x64)
    end
    many[1] = store(AVAILABLE + 2, batch, "sh") .. "\n" .. store(VIRTIO + 0x50, 0) .. "\n"
        .. load("t2", VIRTIO + 0x60) .. "\n" .. string.format("    li t0, 0x%x\n    sw t2, 0(t0)", VIRTIO + 0x64)
    local function ready(count)
        local lines = { virtio.start() }
        for i = 0, count - 1 do lines[#lines + 1] = virtio.request(i, READ, i, i) end
        return table.concat(lines, "\n")
    end
    return {
        { name = "pio", before = "", moves = words,
            what = sectors .. " sectors by the PIO disk: each time sector, command, and 128 loads of DATA" },
        { name = "one", before = ready(sectors), moves = one,
            what = sectors .. " sectors by virtio, one request at a time: notify, load and acknowledge the interrupt" },
        { name = "batch", before = ready(batch), moves = many,
            what = batch .. " sectors by virtio, all requests in one batch: the same three accesses once" },
    }
end

local function measure(q)
    machine {}
    vmm {}
    local touch = load("t0", AVAILABLE) .. "\n" .. store(DATA, 0)
    local g = guest { name = "g", ram = "1M", disk = "disk.txt", source = source {
        q.before, touch, "    j first\n    .balign 4096\nfirst:", table.concat(q.moves, "\n"), "last:" } }
    run { pc = "first" }
    step(1)
    local before = counters().exit
    run { pc = "last" }
    return counters().exit - before
end

sheet(function()
    print("Lab 7, seed " .. seed .. "\n")
    print([[
A guest runs under a VMM that emulates its disks. Its memory and its code are in the shadow tables already. How many
exits does it take to read
]])
    for _, q in ipairs(costs()) do print(string.format("    %-6s %s", q.name, q.what)) end
    print("\nWrite three lines into answers.txt, each a name and a number.")
end)

key(function()
    for _, q in ipairs(costs()) do print(q.name .. " " .. measure(q)) end
end)

test("predictions", { points = 20, limit = 2e7 }, function()
    local lines, complaint = answers("answers.txt")
    if not lines then return false, complaint end
    local found, right, message = {}, 0, nil
    for _, line in ipairs(lines) do
        local name, number = line.text:lower():match("^%s*(%a+)%s+(%d+)%s*$")
        if not name or #number > 9 then
            return false, string.format("line %d: a line is a name of the sheet and a number", line.line)
        end
        if found[name] then return false, string.format("line %d: %s is answered twice", line.line, name) end
        found[name] = tonumber(number)
    end
    for _, q in ipairs(costs()) do
        local count = measure(q)
        if found[q.name] == count then
            right = right + 1
        else
            message = message or string.format("%s: you say %s; the machine took %d exits", q.name,
                found[q.name] or "nothing", count)
        end
    end
    return right / 3, message
end)

---------- part 2: the devices

local function lives_as_bare(lines)
    local t = twin { vmm = built(), ram = "1M", disk = "disk.txt", source = source(lines) }
    t:run()
    return t:same()
end

test("a sector by PIO", { points = 10, limit = 2e7, cases = 2 }, function(case)
    local draw = random(case)
    local look = looks()
    return lives_as_bare {
        load(look(), PIO), load(look(), PIO + 4), load(look(), PIO + 16),
        pio.read(draw(1, 7), DATA), load(look(), PIO + 16), load(look(), PIO + 20), pio.read(draw(8, 15), DATA + 512),
    }
end)

test("writing by PIO", { points = 10, after = "a sector by PIO", limit = 2e7, cases = 2 }, function(case)
    local draw = random(case)
    local look, sector = looks(), draw(1, 15)
    return lives_as_bare {
        pio.write(sector, draw(1, 1000000), 128, 16), load(look(), PIO + 16),
        pio.write(draw(16, 19), 5, 100), load(look(), PIO + 16), -- not a whole sector: nothing is written
        pio.read(sector, DATA), load(look(), PIO + 16),
        -- During a READ a store to DATA changes nothing.
        store(PIO + 8, sector), store(PIO + 12, 1), store(PIO + 20, 99), load(look(), PIO + 20),
    }
end)

test("errors and interrupts of PIO", { points = 10, after = "a sector by PIO", limit = 2e7 }, function()
    local look = looks()
    return lives_as_bare {
        listen(11), store(PIO + 12, 9), "    csrr a5, sip", store(PIO + 24, 1), -- CONTROL decides if the line is high
        store(PIO + 8, 1000000), store(PIO + 12, 1), load(look(), PIO + 16), -- beyond the disk
        claim(look), store(PIO + 16, 0), load(look(), PIO + 16),
        store(PIO + 8, 1), store(PIO + 12, 3), load(look(), PIO + 16),       -- no such command
        store(PIO + 12, 1), load("a2", PIO + 16), load("a3", PIO + 8), "    csrr a4, sip",
        store(PIO + 8, 20), store(PIO + 12, 2), load(look(), PIO + 16),      -- the first sector that is not there
    }
end)

test("a request", { points = 10, limit = 2e7, cases = 2 }, function(case)
    local draw = random(case)
    local look = looks()
    return lives_as_bare {
        listen(1), virtio.start(), virtio.request(0, READ, draw(0, 15), 0), virtio.notify(1),
        load(look(), VIRTIO + 0x60), claim(look), load(look(), USED), load(look(), USED + 8),
        store(VIRTIO + 0x64, 1), load("a2", VIRTIO + 0x60), "    csrr a3, sip",
        virtio.request(1, WRITE, draw(16, 19), 1), virtio.notify(2), virtio.request(2, NAME, 0, 2, 20),
        virtio.notify(3), load("a4", USED),
    }
end)

test("many requests, one notification", { points = 10, after = "a request", limit = 2e7 }, function()
    local look, lines = looks(), { virtio.start(), store(AVAILABLE, 1, "sh") } -- the driver wants no interrupt
    for i = 0, 8 do
        local sector = i == 4 and 99999 or 2 * i -- one of them is beyond the disk
        lines[#lines + 1] = virtio.request(i, i % 3 == 2 and WRITE or READ, sector, i)
    end
    lines[#lines + 1] = virtio.notify(9)
    lines[#lines + 1] = load(look(), USED)
    lines[#lines + 1] = load(look(), VIRTIO + 0x60)
    lines[#lines + 1] = store(AVAILABLE, 0, "sh") -- now it wants one, but nothing is new
    lines[#lines + 1] = virtio.notify(9)
    lines[#lines + 1] = load(look(), VIRTIO + 0x60)
    return lives_as_bare(lines)
end)

-- 65,600 requests, 32 at a time: the indices count modulo 65,536, and the rings modulo their size.
test("the index goes round", { points = 10, after = "a request", limit = 6e8 }, function()
    local lines = { virtio.start(), virtio.request(0, FLUSH, 0, 0) }
    for slot = 1, SIZE - 1 do lines[#lines + 1] = store(AVAILABLE + 4 + 2 * slot, 0, "sh") end
    lines[#lines + 1] = string.format([[
    li   s2, 2050
    li   s3, 0
    li   s4, 0x%x
    li   s5, 0x%x
1:  addi s3, s3, 32
    sh   s3, 2(s4)
    sw   zero, 0x50(s5)
    addi s2, s2, -1
    bnez s2, 1b]], AVAILABLE, VIRTIO)
    lines[#lines + 1] = load("s6", USED)
    lines[#lines + 1] = load("s7", VIRTIO + 0x70)
    return lives_as_bare(lines)
end)

-- What a driver may not do. The device asks for a reset (bit 6 of Status), and moves nothing more.
local BEYOND = 0x20a -- behind the queue lies what would be a good descriptor
local FAULTS = {
    { "a chain of descriptors is a loop", function() return virtio.descriptor(1, DATA, 512, 3, 1) end },
    { "a descriptor's address has more than 32 bits", function() return virtio.descriptor(1, DATA, 512, 3, 2, 1) end },
    { "a descriptor names one beyond the table", function()
        return virtio.descriptor(1, DATA, 512, 3, BEYOND) .. "\n" .. virtio.descriptor(BEYOND, HEADERS + 16, 1, 2)
    end },
    { "a readable buffer stands after a writable one", function()
        return virtio.descriptor(2, DATA + 1024, 512, 1, 3) .. "\n" .. virtio.descriptor(3, HEADERS + 16, 1, 2)
    end },
    { "a buffer lies outside of RAM", function() return virtio.descriptor(1, 0x90000000, 512, 3, 2) end },
    { "the available index runs ahead", function() return store(AVAILABLE + 2, SIZE + 9, "sh") end, SIZE + 9 },
    { "the ring names a descriptor beyond the table", function()
        return virtio.descriptor(BEYOND, HEADERS, 16, 1, 1) .. "\n" .. store(AVAILABLE + 4, BEYOND, "sh")
    end },
}

test("a hostile driver", { points = 10, after = "a request", cases = #FAULTS, limit = 2e7 }, function(_, number)
    local fault, look = FAULTS[number], looks()
    local same, expected, happened, where = lives_as_bare {
        virtio.start(), virtio.request(0, READ, 3, 0), fault[2](), virtio.notify(fault[3] or 1),
        load(look(), VIRTIO + 0x70), load(look(), VIRTIO + 0x60), load(look(), USED),
        virtio.request(0, READ, 4, 1), virtio.notify(2), load(look(), USED), -- broken, it does nothing more
        store(VIRTIO + 0x70, 0), load(look(), VIRTIO + 0x70),
    }
    if same then return true end
    return false, fault[1] .. ": " .. expected, happened, where
end)

test("random programs", { points = 10, after = "a request", cases = 20, limit = 12e8 }, function(case)
    local t = twin { vmm = built(), random = case, disk = "disk.txt" }
    t:run()
    return t:same()
end)
