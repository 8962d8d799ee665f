-- Devices
-- Three guests print the same word, and pay very different prices.
lesson {
    10, "Devices", section = "16.6.3", minutes = 10,
    idea = [[Each access to an emulated device is an exit. So the interface of the device decides
             the price.]],
    discussion = [[Guest and VMM could share a queue of requests in memory. How many exits would
                   it need?]],
}

local uart = [[
        .globl  _start
_start: li      s0, 0x10000000      # the UART
        lla     s1, text
next:   lbu     a0, 0(s1)
        beqz    a0, done
wait:   lbu     t0, 5(s0)           # ready?
        andi    t0, t0, 0x20
        beqz    t0, wait
put:    sb      a0, 0(s0)
        addi    s1, s1, 1
        j       next
done:   j       done
text:   .asciz  "hello"
]]

local putchar = [[
        .globl  _start
_start: lla     s1, text
        li      a7, 1               # firmware: print a letter
next:   lbu     a0, 0(s1)
        beqz    a0, done
        ecall
        addi    s1, s1, 1
        j       next
done:   j       done
text:   .asciz  "hello"
]]

local write = [[
        .globl  _start
_start: li      a7, 0x4442434e      # firmware: print a text
        li      a6, 0
        li      a0, 5               # so many letters
        lla     a1, text            # from here
        li      a2, 0
        ecall
done:   j       done
text:   .asciz  "hello"
]]

local function world(name, source)
    machine {}
    vmm {}
    return guest { name = name, source = source, ram = "64K" }
end

-- The exits of a guest that has printed its word, beside the one that brought its first page.
local function exits_of(printer)
    check(printer:name() .. " has printed hello", printer:console() == "hello")
    return counters(printer).exit - counters(printer).fill
end

local printer = world("uart", uart)
run { pc = "put" }
check("the question whether the UART is ready was an exit",
    counters(printer).exit - counters(printer).fill == 1)
check("the shadow has the program, and not the UART",
    printer:shadow "put" and not printer:shadow(0x10000000))
say {
    [[This guest has a driver for the UART. It asks whether the UART is ready, then stores a letter.
      No shadow maps the UART, so each access faults, and the VMM emulates it.]],
    look = "3",
}
local driver = ask {
    "How many exits do the five letters of hello cost?",
    "0", "5", "10",
    right = 3,
    why = {
        "Without exits all guests would write to the one real UART.",
        "Five is the number of the stores. The driver also asks whether the UART is ready.",
        [[There are two accesses for each letter: the load that asks whether the UART is ready, and
          the store.]],
    },
}

run { pc = "done" }
local choices = { [0] = 1, [5] = 2, [10] = 3 }
local by_driver = exits_of(printer)
reveal(driver, choices[by_driver])
say {
    ("Five letters took %d exits. Pane 7 shows them on the guest's own console."):format(by_driver),
    look = "7",
}

printer = world("calls", putchar)
run { pc = "done" }
local by_letter = exits_of(printer)
check("a call for each letter is five exits", by_letter == 5)
say {
    ([[The second guest has no driver. It calls the firmware once for each letter, and the VMM
       answers. This took %d exits.]]):format(by_letter),
    look = "4",
}
local text = ask {
    "The firmware can also print a whole text in one call. How many exits?",
    "1", "5", "6",
    right = 1,
    why = {
        "ecall traps once. The VMM then reads the text from the guest's memory.",
        "The VMM can read the guest's memory itself, so the letters cost no exits.",
        "There is no exit for each letter and none at the end: one call does it all.",
    },
}

printer = world("text", write)
run { pc = "done" }
local by_text = exits_of(printer)
choices = { [1] = 1, [5] = 2, [6] = 3 }
reveal(text, choices[by_text])
say {
    ([[It took %d exit in place of %d, and the text is the same. Fewer and larger requests are
       cheaper.]]):format(by_text, by_driver),
    look = "4",
}
try {
    "Let the guests print a longer word.",
    "The exits of the first two grow with each letter. The third still needs one.",
}
