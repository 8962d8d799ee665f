// Where the kernel begins in C. Each part is started when the parts that it needs are there.
// Then the first process is made, and process 0 becomes the idle process.
// Read next: scenarios/guests/kite/kernel/tree.c.
#include "scenarios/guests/kite/kernel/console.h"
#include "scenarios/guests/kite/kernel/csr.h"
#include "scenarios/guests/kite/kernel/kernel.h"
#include "scenarios/guests/kite/kernel/page.h"
#include "scenarios/guests/kite/kernel/process.h"
#include "scenarios/guests/kite/kernel/space.h"
#include "scenarios/guests/kite/kernel/volume.h"

#define INIT "/bin/init"
#define WORDS_MAX 16

extern u8 kernel_end[];

static struct boot boot;

// The boot arguments. init=PATH names the first program. `selftest`, `bench` and `traps` are
// short for one. Every other word is an argument of that program.
static const char *const programs[][2] = {
    {"selftest", "/bin/selftest"}, {"bench", "/bin/bench"}, {"traps", "/bin/traps"}};

static const char *program_of(const char *word)
{
    if (strncmp(word, "init=", 5) == 0)
        return word + 5;
    for (u32 i = 0; i < sizeof programs / sizeof programs[0]; i++)
        if (strcmp(word, programs[i][0]) == 0)
            return programs[i][1];
    return NULL;
}

// The next word at *at, which gets a 0 behind it. NULL: there is no further word.
static char *next_word(char **at)
{
    char *s = *at;
    while (*s == ' ')
        s++;
    char *word = s;
    while (*s && *s != ' ')
        s++;
    *at = *s ? s + 1 : s;
    *s = 0;
    return *word ? word : NULL;
}

// The arguments of the first program: its path, and then every word that is not meant for the
// kernel. They are words that end in 0, one after the other, as exec wants them. Returns how
// many there are.
static u32 first_words(char *words, u32 size)
{
    char *word, rest[sizeof boot.arguments], *at = boot.arguments;
    const char *path = NULL;
    u32 count = 1, end = 0;
    // The path has to come first, but it may stand anywhere, so the other words wait in `rest`.
    while (count < WORDS_MAX && (word = next_word(&at)) != NULL) {
        const char *program = path ? NULL : program_of(word);
        if (program) {
            path = program;
            continue;
        }
        text_copy(rest + end, word, sizeof rest - end);
        end += (u32)strlen(word) + 1;
        count++;
    }
    text_copy(words, path ? path : INIT, size);
    memcpy(words + strlen(words) + 1, rest, end);
    return count;
}

// The first process starts here, in the kernel. It has a stack of its own already, so it may
// wait for a disk. Then it becomes a program.
static void first_process(void)
{
    struct process *p = current();
    print("kite: files are in %s\n", volume_mount(boot.initrd_start, boot.initrd_end));
    char words[sizeof boot.arguments + sizeof INIT];
    u32 count = first_words(words, sizeof words);
    i32 answer = exec_words(words, words, count, p->frame);
    if (answer < 0)
        panic("%s cannot be started (error %d)", words, answer);
    p->frame->x[REG_A0] = (u32)answer;
    p->files[0] = file_console();
    p->files[1] = file_share(p->files[0]);
    p->files[2] = file_share(p->files[0]);
    // There was no trap into the kernel that could be returned from. The frame was filled in by
    // exec, so leaving by it is the same.
    __asm__ volatile("mv sp, %0\n\tj trap_leave" ::"r"(p->frame) : "memory");
    __builtin_unreachable();
}

static void start_first_process(void)
{
    struct process *p = process_new();
    if (!p)
        panic("no room for the first process");
    // The first switch to this process "returns" to the address in ra.
    p->context.ra = (u32)first_process;
    process_ready(p);
}

// Process 0 runs while no other process wants the hart. An interrupt that is pending ends `wfi`
// even while interrupts are off, so none can come unnoticed between the decision to sleep and
// the sleep. After `wfi` interrupts are let in for a moment.
static void __attribute__((noreturn)) idle(void)
{
    for (;;) {
        schedule();
        wait_for_interrupt();
        csr_set(sstatus, SSTATUS_SIE);
        csr_clear(sstatus, SSTATUS_SIE);
    }
}

void __attribute__((noreturn)) kernel_main(u32 hart, u32 tree)
{
    boot.hart = hart;
    if (!tree_read(tree, &boot)) {
        firmware_print("kite: a1 points to no device tree\n"); // the console is not there yet
        firmware_power_off(false);
    }
    const struct reserved reserved[] = {{boot.tree_start, boot.tree_end},
                                        {boot.initrd_start, boot.initrd_end}};
    // From space_init on the kernel runs with paging, so device addresses below are virtual.
    space_init(boot.ram_end);
    trap_init();
    console_init(boot.hart);
    print("kite: a small kernel for T32 and RV32IMA\n");
    page_init((u32)kernel_end, boot.ram_end, reserved, 2);
    process_init();
    start_first_process();
    idle();
}
