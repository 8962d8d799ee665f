// filetest: files are found and read, in pieces of any size.
#include "scenarios/guests/kite/user/test.h"

static u32 sum_of(const char *path, u32 piece, u32 *bytes)
{
    static u8 buffer[4096];
    i32 fd = open(path), n;
    u32 sum = 0;
    *bytes = 0;
    while (fd >= 0 && (n = read(fd, buffer, piece)) > 0) {
        for (i32 i = 0; i < n; i++)
            sum = sum * 31 + buffer[i];
        *bytes += (u32)n;
    }
    close(fd);
    return sum;
}

static bool whole_and_in_pieces(void)
{
    static const u32 pieces[] = {61, 512, 1000, 4095};
    u32 bytes, whole = sum_of("/bin/cat", 4096, &bytes), total = bytes;
    bool same = total > 4096;
    for (u32 i = 0; i < 4; i++)
        same &= sum_of("/bin/cat", pieces[i], &bytes) == whole && bytes == total;
    whole = sum_of("/etc/motd", 4096, &total);
    same &= total > 100 && sum_of("/etc/motd", 1, &bytes) == whole &&
            bytes == total; // byte by byte is slow
    return check(same, "read: a file is the same in pieces of any size");
}

static bool listed(void)
{
    struct file_info info;
    bool found = false, sizes = true;
    u32 count = 0, bytes;
    for (; list(count, &info) == 0; count++) {
        if (strcmp(info.name, "/etc/fruit") != 0)
            continue;
        found = true;
        sum_of(info.name, 512, &bytes);
        sizes &= bytes == info.bytes;
    }
    return check(found && sizes && count > 20 && list(count, &info) == NOT_FOUND,
                 "list: names every file, with its size");
}

static bool shared_position(void)
{
    i32 fd = open("/etc/fruit"), status;
    char bytes[10];
    read(fd, bytes, 5);
    i32 pid = fork();
    if (pid == 0) {
        read(fd, bytes, 6);
        exit(memcmp(bytes, "apple\n", 6) != 0);
    }
    status = wait_for(pid);
    read(fd, bytes, 7);
    close(fd);
    return check(status == 0 && memcmp(bytes, "quince\n", 7) == 0,
                 "read: parent and child share where they are in a file");
}

static bool wrong_use(void)
{
    i32 fds[20], n = 0;
    bool ok = check(open("/etc/nothing") == NOT_FOUND && open("") == NOT_FOUND,
                    "open: a file that is not there");
    while (n < 20 && (fds[n] = open("/etc/motd")) >= 0)
        n++;
    ok &= check(n > 4 && n < 20 && fds[n] == TOO_MANY,
                "open: as many as there is room, then an error");
    while (n > 0)
        close(fds[--n]);
    ok &= check(close(15) == BAD_FILE && close(-1) == BAD_FILE && dup(12) == BAD_FILE,
                "close: what is not open");
    i32 fd = open("/etc/motd");
    ok &= check(write(fd, "x", 1) == BAD_FILE, "write: the file system is read-only");
    close(fd);
    return ok;
}

int main(void)
{
    bool ok = whole_and_in_pieces();
    ok &= listed();
    ok &= shared_position();
    ok &= wrong_use();
    return ok ? 0 : FAILED;
}
