// Tries the inputs that are there: those that once broke a reader, the seeds, and some damaged
// copies of each, which are the same in every run.
//
// usage: inputs FOLDER [COPIES]   FOLDER/TARGET/ has the inputs of a target. One line a target, as
//                                 tests/run wants it.
// Read next: tests/fuzz/inputs/libfuzzer.c.
#include "tests/fuzz/inputs/inputs.h"

#include "scenarios/host/files.h"
#include "scenarios/random/rng.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define COPIES 20
#define INPUT_MOST (4u << 20) // bytes
#define DAMAGES 8             // of one copy, at most

// Bytes that mean something to one reader or another.
static const char telling[] = "\n\"#:;,'{}[]()\x80\xff -+%09azAZ";

// What a target is at. The parent reads it when the child has died.
struct progress {
    char input[512];
    u32 copy; // 0: the input as it is
    u32 tried;
    bool done; // the target came to its end
};

// Changes some bytes, puts a part in another place, or cuts the end off. Returns the new size.
static size_t damage(u8 *bytes, size_t size, struct rng *r)
{
    for (u32 left = 1 + rng_below(r, DAMAGES); size && left; left--) {
        u32 at = rng_below(r, (u32)size), from = rng_below(r, (u32)size);
        size_t room = size - (at > from ? at : from);
        switch (rng_below(r, 8)) {
        case 0:
            size = at;
            break;
        case 1:
            memmove(bytes + at, bytes + from, rng_below(r, (u32)(room < 64 ? room : 64)));
            break;
        case 2: // numbers at the edges of their range, which a reader might add to
            memset(bytes + at, rng_percent(r, 50) ? 0xff : 0, size - at < 4 ? size - at : 4);
            break;
        case 3:
            bytes[at] = (u8)RNG_PICK(r, telling);
            break;
        default:
            bytes[at] ^= (u8)(1u << rng_below(r, 8));
        }
    }
    return size;
}

// Each copy is in memory of its own size, so that a sanitizer sees every step beyond its end.
static void try_copy(const struct input_target *t, const char *text, size_t size, struct rng *r)
{
    u8 *bytes = malloc(size ? size : 1);
    memcpy(bytes, text, size);
    if (r)
        size = damage(bytes, size, r);
    u8 *exact = realloc(bytes, size ? size : 1);
    t->try(exact, size);
    free(exact);
}

static void try_file(const struct input_target *t, const char *path, u32 copies,
                     struct progress *now)
{
    char error[512];
    size_t size;
    char *text = file_text(path, INPUT_MOST, &size, error, sizeof error);
    struct rng r = {.state = size};
    snprintf(now->input, sizeof now->input, "%s", text ? path : error);
    if (!text)
        abort();
    for (now->copy = 0; now->copy <= copies; now->copy++, now->tried++)
        try_copy(t, text, size, now->copy ? &r : NULL);
    free(text);
}

static void try_folder(const struct input_target *t, const char *root, u32 copies,
                       struct progress *now)
{
    struct dirent **names;
    char *folder = file_join(root, t->name);
    if (!folder)
        abort();
    int count = scandir(folder, &names, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char *path = file_join(folder, names[i]->d_name);
        if (path && *names[i]->d_name != '.')
            try_file(t, path, copies, now);
        free(path);
        free(names[i]);
    }
    if (count >= 0)
        free(names);
    free(folder);
}

// A target runs in a process of its own, so that one that dies is told, and the others run.
static bool run_target(const struct input_target *t, const char *root, u32 copies,
                       struct progress *now)
{
    int status = 0;
    *now = (struct progress){.copy = 0};
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        try_folder(t, root, copies, now);
        now->done = true;
        exit(0); // not _exit: leaks are looked for at the end
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        status = -1;
    if (status || !now->done)
        printf("not ok inputs: %s: %s, copy %u: status %d\n", t->name, now->input,
               (unsigned)now->copy, status);
    else if (!now->tried)
        printf("not ok inputs: %s: there are no inputs in %s/%s\n", t->name, root, t->name);
    else
        printf("ok inputs: %s reads %u inputs, damaged ones too\n", t->name, (unsigned)now->tried);
    return !status && now->done && now->tried;
}

int main(int argc, char **argv)
{
    struct progress *now =
        mmap(NULL, sizeof *now, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    u32 copies = argc > 2 ? (u32)strtoul(argv[2], NULL, 10) : COPIES;
    u32 failed = 0;
    if (now == MAP_FAILED || argc < 2) {
        fputs("usage: inputs FOLDER [COPIES]\n", stderr);
        return 2;
    }
    for (u32 i = 0; input_target_at(i); i++)
        failed += !run_target(input_target_at(i), argv[1], copies, now);
    return failed != 0;
}
