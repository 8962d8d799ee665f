// trapeze asm: assembles a file.
// Read next: isa/asm/asm.h.
#include "isa/asm/asm.h"
#include "ui/command/file.h"
#include "ui/command/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: trapeze asm FILE.s [-o FILE] [--flat] [--base ADDRESS] [--profile t32|holes] "
    "[--list]\n\n"
    "Assembles T32 (RISC-V RV32IMA) assembly text; FILE.s may be - for standard input.\n\n"
    "  -o, --output FILE   where to write (default: FILE.elf, or FILE.bin with --flat; - is "
    "standard output)\n"
    "      --flat          write the bytes alone, to be loaded at the base; default: an ELF32 file "
    "with symbols\n"
    "      --base ADDRESS  where the first byte will be (default: 0x80400000, where kernels are "
    "loaded)\n"
    "      --profile NAME  t32 (default), or holes: with the sensitive unprivileged instructions\n"
    "      --list          write no file; print addresses, words and source lines\n"
    "      --help, --version\n";

enum { OPTION_FLAT = OPTION_OWN, OPTION_BASE, OPTION_PROFILE, OPTION_LIST };

static const struct option options[] = {
    {"output", required_argument, NULL, 'o'},
    {"flat", no_argument, NULL, OPTION_FLAT},
    {"base", required_argument, NULL, OPTION_BASE},
    {"profile", required_argument, NULL, OPTION_PROFILE},
    {"list", no_argument, NULL, OPTION_LIST},
    OPTIONS_COMMON,
    {0},
};

struct request {
    const char *input, *output;
    u64 base;
    bool flat, holes, list;
};

// -1: go on; else the exit status.
static int read_options(int argc, char **argv, struct request *r)
{
    static const char *const profiles[] = {"t32", "holes", NULL};
    int option, choice;
    *r = (struct request){.base = ASM_BASE};
    while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
        switch (option) {
        case 'o':
            r->output = optarg;
            break;
        case OPTION_FLAT:
            r->flat = true;
            break;
        case OPTION_LIST:
            r->list = true;
            break;
        case OPTION_BASE:
            if (!option_number("asm", "--base", optarg, 0, 0xfffffffc, &r->base))
                return STATUS_USAGE;
            break;
        case OPTION_PROFILE:
            if ((choice = option_choice("asm", "--profile", optarg, profiles)) < 0)
                return STATUS_USAGE;
            r->holes = choice == 1;
            break;
        default:
            return option_common(option, "asm", usage);
        }
    }
    if (r->base & 3)
        return option_wrong("asm", "--base must be a multiple of 4");
    if (argc - optind != 1)
        return option_wrong("asm",
                            argc == optind ? "name a file to assemble" : "one file at a time");
    r->input = argv[optind];
    return -1;
}

// "dir/name.s" gives "dir/name.elf".
static char *default_output(const struct request *r)
{
    const char *slash = strrchr(r->input, '/'), *dot = strrchr(r->input, '.');
    size_t length =
        dot && dot > (slash ? slash : r->input) ? (size_t)(dot - r->input) : strlen(r->input);
    char *name = malloc(length + 5);
    if (name)
        sprintf(name, "%.*s%s", (int)length, r->input, r->flat ? ".bin" : ".elf");
    return name;
}

// Where each line of the text starts, one more than there are; NULL: out of memory.
static const char **line_starts(const char *text)
{
    size_t count = 2;
    for (const char *p = text; *p; p++)
        count += *p == '\n';
    const char **starts = malloc(count * sizeof *starts);
    for (size_t i = 0; starts && i < count; i++) {
        starts[i] = text;
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return starts;
}

// Each source line behind the words that it made.
static int print_list(const struct asm_image *image, const char *text)
{
    const char **starts = line_starts(text);
    if (!starts) {
        fputs("trapeze asm: out of memory\n", stderr);
        return STATUS_INTERNAL;
    }
    for (u32 i = 0; i < image->line_count; i++) {
        const struct asm_line *at = &image->lines[i];
        const char *line = i && at->line == at[-1].line ? "" : starts[at->line - 1];
        u32 word;
        memcpy(&word, image->bytes + (at->address - image->base), 4);
        printf("%08x  %08x  %.*s\n", (unsigned)at->address, (unsigned)word,
               (int)strcspn(line, "\r\n"), line);
    }
    free(starts);
    return STATUS_DONE;
}

static int write_output(const struct request *r, const struct asm_image *image)
{
    size_t size = image->size;
    u8 *elf = r->flat ? NULL : asm_elf(image, &size);
    char *name = r->output                ? strdup(r->output)
                 : !strcmp(r->input, "-") ? strdup("-")
                                          : default_output(r);
    int status = STATUS_INTERNAL;
    if (name && (r->flat || elf))
        status = file_write("asm", name, r->flat ? image->bytes : elf, size) ? STATUS_DONE
                                                                             : STATUS_INPUT;
    else
        fputs("trapeze asm: out of memory\n", stderr);
    free(name);
    free(elf);
    return status;
}

int cmd_asm(int argc, char **argv)
{
    struct request r;
    struct asm_image image;
    struct asm_errors errors;
    size_t length;
    int status = read_options(argc, argv, &r);
    if (status >= 0)
        return status;
    char *text = file_read("asm", r.input, ASM_SOURCE_MAX, &length);
    if (!text)
        return STATUS_INPUT;
    const char *name = strcmp(r.input, "-") ? r.input : "standard input";
    if (!asm_assemble(text, length, name, (u32)r.base, r.holes, &image, &errors)) {
        fputs(errors.text, stderr);
        fprintf(stderr, "trapeze asm: %s: %u error%s, nothing written\n", name,
                (unsigned)errors.count, errors.count == 1 ? "" : "s");
        asm_errors_free(&errors);
        free(text);
        return STATUS_INPUT;
    }
    status = r.list ? print_list(&image, text) : write_output(&r, &image);
    asm_image_free(&image);
    free(text);
    return status;
}
