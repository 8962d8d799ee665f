// trapeze asm: assembles a file.
// Read next: ui/command/boot.c.
#include "isa/asm/asm.h"
#include "scenarios/host/files.h"
#include "ui/command/file.h"
#include "ui/command/options.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct request {
    const char *input, *output;
    u32 base;
    bool flat, list;
    u32 profile;
};

// Returns -1 if there is something to assemble, else the exit status.
static int read_options(int argc, char **argv, struct request *r)
{
    struct command_line line;
    int status = options_read("asm", argc, argv, &line);
    if (status < 0)
        status = options_one_operand("asm", &line, "name a file to assemble", "file");
    if (status >= 0)
        return status;
    *r = (struct request){
        .input = line.operands[0],
        .output = line.value[OPTION_ASM_OUTPUT].text,
        .base = (u32)line.value[OPTION_ASM_AT].number,
        .flat = line.value[OPTION_ASM_FLAT].given,
        .profile = line.value[OPTION_ASM_PROFILE].number,
        .list = line.value[OPTION_ASM_LIST].given,
    };
    return r->base & 3 ? option_wrong("asm", "--base must be a multiple of 4") : -1;
}

// Where the image goes: where the person said, to standard output if the source came from standard
// input, or else beside the source: "dir/name.s" gives "dir/name.elf". The caller frees the name.
static char *output_name(const struct request *r)
{
    if (r->output || !strcmp(r->input, "-"))
        return strdup(r->output ? r->output : "-");
    const char *slash = strrchr(r->input, '/'), *dot = strrchr(r->input, '.');
    bool has_ending = dot && dot > (slash ? slash : r->input); // a dot in a folder's name is none
    size_t length = has_ending ? (size_t)(dot - r->input) : strlen(r->input);
    char *name = malloc(length + 5);
    if (name)
        sprintf(name, "%.*s%s", (int)length, r->input, r->flat ? ".bin" : ".elf");
    return name;
}

// Where each line of the text starts; one more start than there are lines, so that the end of the
// last line is known. The text may hold zero bytes, so it is not read as a string. Returns NULL if
// there is not enough memory.
static const char **line_starts(const char *text, size_t length)
{
    size_t count = 2, line = 1;
    for (size_t i = 0; i < length; i++)
        count += text[i] == '\n';
    const char **starts = malloc(count * sizeof *starts);
    if (!starts)
        return NULL;
    starts[0] = text;
    for (size_t i = 0; i < length; i++)
        if (text[i] == '\n')
            starts[line++] = text + i + 1;
    starts[line] = text + length;
    return starts;
}

// Prints the line from `from` to `to` without its end. A byte that a terminal might obey is shown
// as a question mark.
static void print_line(const char *from, const char *to)
{
    while (to > from && (to[-1] == '\n' || to[-1] == '\r'))
        to--;
    for (; from < to; from++)
        putchar(iscntrl((unsigned char)*from) && *from != '\t' ? '?' : *from);
}

// Prints each word with its address and the source line that made it. A line that made several
// words is printed once.
static int print_list(const struct asm_image *image, const char *text, size_t length)
{
    const char **starts = line_starts(text, length);
    if (!starts) {
        fputs("trapeze asm: out of memory\n", stderr);
        return STATUS_INTERNAL;
    }
    for (u32 i = 0; i < image->line_count; i++) {
        const struct asm_line *at = &image->lines[i];
        u32 word;
        memcpy(&word, image->bytes + (at->address - image->base), 4);
        printf("%08x  %08x  ", (unsigned)at->address, (unsigned)word);
        if (!i || at->line != at[-1].line)
            print_line(starts[at->line - 1], starts[at->line]);
        putchar('\n');
    }
    free(starts);
    return STATUS_DONE;
}

static int write_output(const struct request *r, const struct asm_image *image)
{
    size_t size = image->size;
    u8 *elf = r->flat ? NULL : asm_elf(image, &size);
    char *name = output_name(r);
    int status = STATUS_DONE;
    if (!name || (!r->flat && !elf)) {
        fputs("trapeze asm: out of memory\n", stderr);
        status = STATUS_INTERNAL;
    } else if (strcmp(r->input, "-") && file_is_same(name, r->input)) {
        status = option_wrong("asm", "%s is the source itself; name another file with -o", name);
    } else if (!file_write("asm", name, r->flat ? image->bytes : elf, size)) {
        status = STATUS_INPUT;
    }
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
    if (!asm_assemble(text, length, name, r.base, r.profile, &image, &errors)) {
        fputs(errors.text, stderr);
        fprintf(stderr, "trapeze asm: %s: %u error%s, nothing written\n", name,
                (unsigned)errors.count, errors.count == 1 ? "" : "s");
        asm_errors_free(&errors);
        free(text);
        return STATUS_INPUT;
    }
    status = r.list ? print_list(&image, text, length) : write_output(&r, &image);
    asm_image_free(&image);
    free(text);
    return status;
}
