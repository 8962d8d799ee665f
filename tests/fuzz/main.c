// The fuzzer's command line: random programs in several configurations, all of which must end in
// the same state.
//
// usage: fuzz [--count N] [--seed S] [--only CONFIGURATION ...] [--portable] [--no-shrink] [--write
// FILE] [--list]
#include "scenarios/random/gen.h"
#include "tests/fuzz/lockstep.h"
#include "tests/fuzz/shrink.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define KERNEL_RAM 0x02000000u

struct request {
    u64 seed, count;
    enum program_kind kind;
    bool no_shrink, events, console;
    const char *write, *keep, *vmm, *kernel, *append;
    bool only[CONFIGURATIONS_MAX]; // of each configuration: is it asked for by name?
    bool chooses;                  // some are
};

static const char usage[] =
    "usage: fuzz [OPTION]...\n"
    "Runs random programs bare and in other configurations, and compares what they end in.\n"
    "  --seed S     the first program's seed (default 1); the next ones count up\n"
    "  --count N    programs (default 100)\n"
    "  --only NAME  compare with this configuration only; may be repeated. --list tells the names\n"
    "  --portable   programs that QEMU runs in the same way\n"
    "  --wide       programs with what is rare: up to 4 harts, 16 MiB, strange tables, long "
    "queues\n"
    "  --short      programs with few blocks, for VMMs inside VMMs\n"
    "  --no-shrink  print a failing program as it is\n"
    "  --events     print the hash of every event of every run as well: a run's fingerprint\n"
    "  --keep F     write a failing program, as it was shrunk, to F as assembly\n"
    "  --write F    write the program of --seed to F as an ELF image (F.s: as assembly), and run "
    "nothing\n"
    "  --console    print what the program of --seed prints on the bare machine, and no more\n"
    "  --kernel F   run this kernel image instead, in every configuration wanted\n"
    "  --append S   its boot arguments\n"
    "  --vmm F      the VMM as T32 code (default build/guests/vmm.elf)\n"
    "  --list       the configurations\n"
    "  --help       this text\n"
    "Exit status: 0 all equal, 1 a program failed, 2 usage.\n";

static int list(void)
{
    for (const struct configuration *c = configurations; c->name; c++)
        printf("%-16s %s%s\n", c->name, c->what, c->usual ? "" : " (on request)");
    return 0;
}

// ---- writing one program

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && !strcmp(text + n - m, end);
}

static bool write_file(const char *name, const void *bytes, size_t size)
{
    FILE *f = fopen(name, "wb");
    bool good = f && fwrite(bytes, 1, size, f) == size;
    if (f && fclose(f))
        good = false;
    if (!good)
        fprintf(stderr, "fuzz: cannot write %s\n", name);
    return good;
}

static int write_program(const struct request *q)
{
    struct program p;
    struct asm_image image;
    struct asm_errors errors;
    gen_program(&p, q->seed, q->kind);
    char *source = program_text(&p);
    bool good;
    if (ends_with(q->write, ".s")) {
        good = write_file(q->write, source, strlen(source));
    } else if ((good = asm_assemble(source, strlen(source), "fuzz.s", ASM_BASE, false, &image,
                                    &errors))) {
        size_t size;
        u8 *elf = asm_elf(&image, &size);
        good = elf && write_file(q->write, elf, size);
        free(elf);
        asm_image_free(&image);
    } else {
        fputs(errors.text, stderr);
        asm_errors_free(&errors);
    }
    free(source);
    program_free(&p);
    return good ? 0 : 1;
}

// ---- running many

struct tally {
    u64 programs, unfinished, failed, exits, checks, retired;
};

static void report_failure(const struct request *q, struct program *p,
                           const struct configuration *other, const char *difference)
{
    char text[RUN_ERROR];
    printf("not ok: seed %" PRIu64 ", bare and %s differ: %s\n", p->seed, other->name, difference);
    if (!q->no_shrink) {
        u32 before = program_size(p), runs = program_shrink(p, other);
        if (program_fails(p, other, text, sizeof text))
            printf("# shrunk from %u pieces to %u in %u runs; now: %s\n", before, program_size(p),
                   runs, text);
    }
    if (other->like)
        lockstep_print(configuration_find(other->like), other, p);
    for (u32 i = 0; i < p->count; i++)
        if (!p->pieces[i].keep && !p->pieces[i].gone)
            printf("# %s\n%s", p->pieces[i].kind, p->pieces[i].text);
    if (q->keep) {
        char *source = program_text(p);
        write_file(q->keep, source, strlen(source));
        free(source);
    }
    static const char *const kinds[] = {[PROGRAM_PORTABLE] = " --portable",
                                        [PROGRAM_WIDE] = " --wide",
                                        [PROGRAM_SHORT] = " --short"};
    printf("# with its frame: fuzz --seed %" PRIu64 " --count 1 --only %s%s%s --keep FILE.s\n",
           p->seed, other->name, q->kind ? kinds[q->kind] : "", q->no_shrink ? " --no-shrink" : "");
}

static bool is_wanted(const struct request *q, const struct configuration *c)
{
    return q->chooses ? q->only[c - configurations] : c->usual;
}

// The events of each configuration that ran, as a hash; 0: it did not run.
struct streams {
    u64 hash[CONFIGURATIONS_MAX];
};

static bool events_differ(const struct streams *s, const struct configuration *c, char *text,
                          size_t size)
{
    const struct configuration *like = c->like ? configuration_find(c->like) : NULL;
    u64 mine = s->hash[c - configurations], other = like ? s->hash[like - configurations] : 0;
    return other && mine != other &&
           snprintf(text, size, "the same end, but not the events of %s", like->name);
}

static void note_run(const struct request *q, struct tally *t, struct streams *s,
                     const struct run *r, u64 seed)
{
    s->hash[r->configuration - configurations] = r->event_hash;
    t->exits += r->exits;
    t->checks += r->checks;
    if (q->events)
        printf("%" PRIu64 " %s %016" PRIx64 "\n", seed, r->configuration->name, r->event_hash);
}

// Runs one image in every configuration wanted; returns the first that differs from the reference,
// or NULL.
static const struct configuration *run_image(const struct request *q, struct tally *t,
                                             const struct asm_image *image, const struct program *p,
                                             char *text, size_t size)
{
    const struct configuration *bad = NULL;
    struct streams streams = {{0}};
    struct run reference, other;
    run_program(&reference, &configurations[0], image, p->options);
    t->unfinished += reference.ending == ENDING_STEPS && !reference.broken[0];
    t->retired += reference.hart[0].retired;
    note_run(q, t, &streams, &reference, p->seed);
    if (reference.broken[0] && snprintf(text, size, "%s", reference.broken))
        bad = &configurations[0];
    for (const struct configuration *c = configurations + 1;
         c->name && !bad && reference.ending != ENDING_STEPS; c++) {
        if (!is_wanted(q, c))
            continue;
        run_program(&other, c, image, p->options);
        note_run(q, t, &streams, &other, p->seed);
        if (run_differs(&reference, &other, text, size) || events_differ(&streams, c, text, size))
            bad = c;
        run_free(&other);
    }
    run_free(&reference);
    return bad;
}

static void run_seed(const struct request *q, struct tally *t, u64 seed)
{
    struct program p;
    struct asm_image image;
    struct asm_errors errors;
    char text[RUN_ERROR];
    gen_program(&p, seed, q->kind);
    p.options.vmm_image = q->vmm;
    p.options.events = q->events;
    char *source = program_text(&p);
    t->programs++;
    if (asm_assemble(source, strlen(source), "fuzz.s", ASM_BASE, false, &image, &errors)) {
        const struct configuration *bad = run_image(q, t, &image, &p, text, sizeof text);
        asm_image_free(&image);
        if (bad && ++t->failed)
            report_failure(q, &p, bad, text);
    } else {
        printf("not ok: seed %" PRIu64 " does not assemble\n%s", seed, errors.text);
        asm_errors_free(&errors);
        t->failed++;
    }
    free(source);
    program_free(&p);
}

// What one program prints, for a comparison with another machine.
static int print_console(const struct request *q)
{
    struct program p;
    struct asm_image image;
    struct asm_errors errors;
    struct run r;
    gen_program(&p, q->seed, q->kind);
    char *source = program_text(&p);
    bool good = asm_assemble(source, strlen(source), "fuzz.s", ASM_BASE, false, &image, &errors);
    if (good) {
        good = run_program(&r, &configurations[0], &image, p.options);
        fwrite(r.console, 1, r.console_size, stdout);
        fputs(r.broken, stderr);
        run_free(&r);
        asm_image_free(&image);
    } else {
        fputs(errors.text, stderr);
        asm_errors_free(&errors);
    }
    free(source);
    program_free(&p);
    return good ? 0 : 1;
}

static void print_tally(const struct tally *t)
{
    printf("%" PRIu64 " programs, %" PRIu64 " failed, %" PRIu64 " reached no end; %" PRIu64
           " instructions bare, %" PRIu64 " exits, %" PRIu64 " shadow entries looked at\n",
           t->programs, t->failed, t->unfinished, t->retired, t->exits, t->checks);
}

// A whole kernel, under the same checks.
static int run_kernel(const struct request *q)
{
    struct tally t = {.programs = 1};
    struct program p = {.options = {.harts = 1,
                                    .ram = KERNEL_RAM,
                                    .kernel = q->kernel,
                                    .append = q->append,
                                    .vmm_image = q->vmm}};
    char text[RUN_ERROR];
    const struct configuration *bad = run_image(q, &t, NULL, &p, text, sizeof text);
    if (bad && ++t.failed)
        printf("not ok: %s, bare and %s differ: %s\n", q->kernel, bad->name, text);
    print_tally(&t);
    return t.failed || t.unfinished;
}

static int run_all(const struct request *q)
{
    struct tally t = {0};
    for (u64 i = 0; i < q->count && t.failed < 10; i++)
        run_seed(q, &t, q->seed + i);
    print_tally(&t);
    return t.failed != 0;
}

#define GO_ON -1

static bool choose(struct request *q, const char *name)
{
    const struct configuration *c = configuration_find(name);
    if (c)
        q->only[c - configurations] = q->chooses = true;
    return c;
}

// Takes one option into the request. Returns GO_ON, or the status to end with.
static int take_option(struct request *q, int option)
{
    switch (option) {
    case 's':
        q->seed = strtoull(optarg, NULL, 0);
        break;
    case 'c':
        q->count = strtoull(optarg, NULL, 0);
        break;
    case 'o':
        if (choose(q, optarg))
            break;
        fprintf(stderr, "fuzz: no configuration %s; --list tells the names\n", optarg);
        return 2;
    case 'p':
        q->kind = PROGRAM_PORTABLE;
        break;
    case 'W':
        q->kind = PROGRAM_WIDE;
        break;
    case 'S':
        q->kind = PROGRAM_SHORT;
        break;
    case 'n':
        q->no_shrink = true;
        break;
    case 'e':
        q->events = true;
        break;
    case 'C':
        q->console = true;
        break;
    case 'w':
        q->write = optarg;
        break;
    case 'k':
        q->keep = optarg;
        break;
    case 'K':
        q->kernel = optarg;
        break;
    case 'a':
        q->append = optarg;
        break;
    case 'v':
        q->vmm = optarg;
        break;
    case 'l':
        return list();
    case 'h':
        fputs(usage, stdout);
        return 0;
    default:
        fputs(usage, stderr);
        return 2;
    }
    return GO_ON;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"seed", 1, NULL, 's'},
        {"count", 1, NULL, 'c'},
        {"only", 1, NULL, 'o'},
        {"portable", 0, NULL, 'p'},
        {"wide", 0, NULL, 'W'},
        {"short", 0, NULL, 'S'},
        {"no-shrink", 0, NULL, 'n'},
        {"events", 0, NULL, 'e'},
        {"console", 0, NULL, 'C'},
        {"write", 1, NULL, 'w'},
        {"keep", 1, NULL, 'k'},
        {"vmm", 1, NULL, 'v'},
        {"kernel", 1, NULL, 'K'},
        {"append", 1, NULL, 'a'},
        {"list", 0, NULL, 'l'},
        {"help", 0, NULL, 'h'},
        {0},
    };
    struct request q = {.seed = 1, .count = 100, .vmm = "build/guests/vmm.elf"};
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        int status = take_option(&q, c);
        if (status != GO_ON)
            return status;
    }
    if (q.write)
        return write_program(&q);
    if (q.kernel)
        return run_kernel(&q);
    return q.console ? print_console(&q) : run_all(&q);
}
