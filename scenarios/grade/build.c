// Building a submission. Contract: scenarios/grade/build.h.
#include "scenarios/grade/build.h"

#include "scenarios/host/files.h"
#include "scenarios/host/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY_ID 65534
#define GIVEN_MOST (16u << 20)

// Adds "FILE WHAT" to the log. Returns false.
static bool say(struct build *b, const char *file, const char *what)
{
    size_t used = strlen(b->log);
    snprintf(b->log + used, sizeof b->log - used, "%s %s\n", file, what);
    return false;
}

// ---- the fresh folder

static bool put(const char *folder, const char *name, const void *bytes, size_t size)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wbx");
    bool good = f && fwrite(bytes, 1, size, f) == size;
    if (f && fclose(f))
        good = false;
    return good;
}

// A plain file of the submission, no link followed, nothing waited for.
static bool take_file(struct build *b, int from, const struct lab_file *file)
{
    struct stat about;
    int fd = openat(from, file->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return say(b, file->name,
                   errno == ELOOP ? "is a symbolic link; submit the file itself" : "is missing");
    char *bytes = malloc(file->most + 1u);
    size_t size = 0;
    ssize_t n = -1;
    bool plain = !fstat(fd, &about) && S_ISREG(about.st_mode);
    while (plain && bytes && size <= file->most &&
           (n = read(fd, bytes + size, file->most + 1 - size)) > 0)
        size += (size_t)n;
    close(fd);
    bool good = plain && bytes && n == 0 && size <= file->most;
    if (!plain)
        say(b, file->name, "is not a regular file");
    else if (!good)
        say(b, file->name, "is too large, or cannot be read");
    good = good && put(b->folder, file->name, bytes, size);
    free(bytes);
    return good;
}

static bool take_files(struct build *b, const struct lab *lab, const char *submission)
{
    int from = open(submission, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = from >= 0;
    for (u32 i = 0; good && i < lab->files; i++)
        good = take_file(b, from, &lab->file[i]);
    if (from >= 0)
        close(from);
    return good;
}

// ---- what is given: headers, and the rest of the VMM

static bool copy_file(const char *from, const char *to, const char *name)
{
    char error[512];
    size_t size;
    char *text = file_text(from, GIVEN_MOST, &size, error, sizeof error);
    bool good = text && put(to, name, text, size);
    free(text);
    return good;
}

// Copies a folder of ours with all that is in it.
static bool copy_folder(const char *from, const char *to)
{
    DIR *dir = opendir(from);
    bool good = dir;
    for (struct dirent *d; good && (d = readdir(dir));) {
        char path[512], there[512];
        struct stat about;
        if (*d->d_name == '.')
            continue;
        snprintf(path, sizeof path, "%.250s/%.250s", from, d->d_name);
        snprintf(there, sizeof there, "%.250s/%.250s", to, d->d_name);
        good = !stat(path, &about);
        if (good && S_ISDIR(about.st_mode))
            good = !mkdir(there, 0755) && copy_folder(path, there);
        else
            good = good && copy_file(path, to, d->d_name);
    }
    if (dir)
        closedir(dir);
    return good;
}

// "GUESTS/labs/NAME": headers, the rest of the VMM as an archive, and what the student must define.
static bool copy_given(struct build *b, const char *name)
{
    char *guests = folder_guests();
    char *labs = guests ? file_join(guests, "labs") : NULL;
    char *given = labs ? file_join(labs, name) : NULL;
    bool good = given && copy_folder(given, b->folder);
    free(given);
    free(labs);
    free(guests);
    return good;
}

static int hand_over(const char *path, const struct stat *about, int type, struct FTW *where)
{
    (void)about;
    (void)type;
    (void)where;
    return lchown(path, NOBODY_ID, NOBODY_ID);
}

// ---- compiling and linking

static enum box_end compile(struct build *b, const char *source, const char *object, bool trust)
{
    char *const argv[] = {
        "clang", "--target=riscv32-unknown-none-elf", "-march=rv32ima", "-mabi=ilp32", "-mno-relax",
        "-std=c17", "-O2", "-g", "-fdebug-compilation-dir=.", "-Wall", "-Wextra",
        // The same file makes the same code on any day.
        "-U__DATE__", "-U__TIME__", "-U__TIMESTAMP__", "-Wno-builtin-macro-redefined",
        "-ffreestanding", "-fno-builtin", "-fno-pic", "-fno-stack-protector", "-fno-common",
        "-ffunction-sections", "-fdata-sections", "-fno-crash-diagnostics",
        "-fno-color-diagnostics",
        // The VMM's stack has 8 KiB, and nothing would tell that a function has left it.
        "-Wframe-larger-than=2048", "-Werror=frame-larger-than=", "-Werror=vla", "-Werror=alloca",
        "-Iinclude", "-c", "-o", (char *)object, (char *)source, NULL};
    return box_run(argv, b->folder, trust, b->log, sizeof b->log);
}

static enum box_end link_vmm(struct build *b, char *const objects[], u32 count, bool trust)
{
    // An object may name further libraries, and the linker would read any text as a script.
    char *argv[16 + LAB_FILES_MAX] = {"ld.lld",
                                      "-m",
                                      "elf32lriscv",
                                      "--no-relax",
                                      "--build-id=none",
                                      "-z",
                                      "norelro",
                                      "--gc-sections",
                                      "--no-dependent-libraries",
                                      "-T",
                                      "vmm.ld",
                                      "-o",
                                      "vmm.elf",
                                      "--whole-archive",
                                      "rest.a"};
    u32 n = 15;
    for (u32 i = 0; i < count; i++)
        argv[n++] = objects[i];
    return box_run(argv, b->folder, trust, b->log, sizeof b->log);
}

static bool is_source(const char *name)
{
    size_t n = strlen(name);
    return n > 2 && !strcmp(name + n - 2, ".c");
}

// What the files of the lab must define together: a name a line. malloc'ed.
static char *read_symbols(struct build *b)
{
    char list[400], error[512];
    size_t size;
    snprintf(list, sizeof list, "%s/symbols", b->folder);
    return file_text(list, GIVEN_MOST, &size, error, sizeof error);
}

// Is a name left that no object has defined?
static bool check_missing(struct build *b, const char *symbols)
{
    for (const char *line = symbols; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        char name[128];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(line, "\n"), line);
        if (*name && *name != '-')
            return say(b, name, "is missing");
    }
    return true;
}

static enum box_end build_file(struct build *b, const char *source, const char *object,
                               char *symbols, bool trust)
{
    char path[400];
    enum box_end end = compile(b, source, object, trust);
    snprintf(path, sizeof path, "%s/%s", b->folder, object);
    if (end == BOX_DONE && !object_is_allowed(path, source, symbols, b->log, sizeof b->log))
        end = BOX_FAILED;
    if (end != BOX_NONE)
        object_toolchain(path, b->toolchain, sizeof b->toolchain);
    return end;
}

// BOX_FAILED: the student's files do not build.
static enum box_end build_files(struct build *b, const struct lab *lab, bool trust)
{
    char object[LAB_FILES_MAX][LAB_NAME + 4], *objects[LAB_FILES_MAX];
    char *symbols = read_symbols(b);
    enum box_end end = symbols ? BOX_DONE : BOX_FAILED;
    u32 count = 0;
    for (u32 i = 0; i < lab->files && end == BOX_DONE; i++) {
        if (!is_source(lab->file[i].name))
            continue;
        snprintf(object[count], sizeof object[count], "%s.o", lab->file[i].name);
        objects[count] = object[count];
        end = build_file(b, lab->file[i].name, object[count++], symbols, trust);
    }
    if (end == BOX_DONE && !check_missing(b, symbols))
        end = BOX_FAILED;
    free(symbols);
    return end == BOX_DONE ? link_vmm(b, objects, count, trust) : end;
}

enum status build_run(const struct lab *lab, const char *submission, bool trust, struct build *b,
                      char *error, size_t error_size)
{
    *b = (struct build){.good = false};
    if (!build_folder_make(b) || !copy_given(b, lab->build)) {
        snprintf(error, error_size,
                 "not graded: what the lab needs for building is not there ('%s'), or there is no "
                 "room for it; 'make guests' makes it",
                 lab->build);
        return STATUS_LIMIT;
    }
    if (!take_files(b, lab, submission))
        return STATUS_DONE;
    if (!geteuid() && nftw(b->folder, hand_over, 16, FTW_PHYS)) {
        snprintf(error, error_size, "not graded: the folder for building cannot be handed over");
        return STATUS_LIMIT;
    }
    enum box_end end = build_files(b, lab, trust);
    if (end == BOX_NONE) {
        snprintf(error, error_size,
                 "not graded: this host has no clang and ld.lld in /usr/bin, or no box for them "
                 "(root, or Landlock); --trust builds without a box");
        return STATUS_LIMIT;
    }
    b->good = end == BOX_DONE;
    snprintf(b->image, sizeof b->image, "%s/vmm.elf", b->folder);
    return STATUS_DONE;
}

void build_clean(struct build *b)
{
    build_folder_remove(b);
}
