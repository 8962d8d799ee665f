// A host tool: it makes a volume (volume.h) of files.
//
//     usage: mkfs OUT NAME=FILE ...     e.g. mkfs kite.fs /bin/sh=build/sh /etc/motd=files/motd
#include "scenarios/guests/kite/volume.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void die(const char *what, const char *which)
{
    fprintf(stderr, "mkfs: %s: %s\n", which, what);
    exit(1);
}

// Appends the file at `path` to `out`, whose position is `at`. Returns the size of the file.
static uint32_t copy_file(FILE *out, const char *path)
{
    FILE *in = fopen(path, "rb");
    if (!in)
        die("cannot be opened", path);
    char block[4096];
    uint32_t bytes = 0;
    for (size_t n; (n = fread(block, 1, sizeof block, in)) > 0; bytes += (uint32_t)n)
        if (fwrite(block, 1, n, out) != n)
            die("cannot be written", "output");
    if (ferror(in))
        die("cannot be read", path);
    fclose(in);
    return bytes;
}

static uint32_t pad(FILE *out, uint32_t bytes)
{
    for (; bytes % VOLUME_ALIGN; bytes++)
        putc(0, out);
    return bytes;
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc - 2 > VOLUME_FILES)
        die("usage: mkfs OUT NAME=FILE ... (at most 256 files)", "arguments");
    static struct volume_entry entries[VOLUME_FILES];
    struct volume_header header = {.files = (uint32_t)argc - 2};
    memcpy(header.magic, VOLUME_MAGIC, sizeof header.magic);
    FILE *out = fopen(argv[1], "wb");
    if (!out)
        die("cannot be made", argv[1]);
    fwrite(&header, sizeof header, 1, out);
    fwrite(entries, sizeof entries[0], header.files, out);
    uint32_t at = pad(out, (uint32_t)(sizeof header + header.files * sizeof entries[0]));
    for (uint32_t i = 0; i < header.files; i++) {
        char *name = argv[i + 2], *equals = strchr(name, '=');
        if (!equals || (size_t)(equals - name) >= VOLUME_NAME)
            die("not NAME=FILE with a name under 52 bytes", name);
        memcpy(entries[i].name, name, (size_t)(equals - name));
        entries[i].start = at;
        entries[i].bytes = copy_file(out, equals + 1);
        at = pad(out, at + entries[i].bytes);
    }
    header.bytes = at;
    rewind(out);
    fwrite(&header, sizeof header, 1, out);
    fwrite(entries, sizeof entries[0], header.files, out);
    if (ferror(out) || fclose(out))
        die("cannot be written", argv[1]);
    return 0;
}
