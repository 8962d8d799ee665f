// pipetest: bytes from one process to another.
#include "scenarios/guests/kite/user/test.h"

#define MANY 20000 // several times what a pipe holds

static u8 byte_of(u32 i)
{
    return (u8)(i * 7 + i / 256);
}

static bool many_bytes(void)
{
    i32 fds[2];
    pipe(fds);
    i32 pid = fork();
    if (pid == 0) {
        u8 chunk[700];
        for (u32 at = 0, n; at < MANY; at += n) {
            n = MANY - at < sizeof chunk ? MANY - at : sizeof chunk;
            for (u32 i = 0; i < n; i++)
                chunk[i] = byte_of(at + i);
            if (write(fds[1], chunk, n) != (i32)n)
                exit(1);
        }
        exit(0);
    }
    close(fds[1]);
    u8 chunk[300];
    u32 got = 0;
    bool right = true;
    for (i32 n; (n = read(fds[0], chunk, sizeof chunk)) > 0; got += (u32)n)
        for (i32 i = 0; i < n; i++)
            right &= chunk[i] == byte_of(got + (u32)i);
    close(fds[0]);
    return check(wait_for(pid) == 0 && right && got == MANY,
                 "pipe: twenty thousand bytes in order, then the end");
}

static bool closed_ends(void)
{
    i32 fds[2];
    char byte;
    pipe(fds);
    write(fds[1], "ab", 2);
    close(fds[1]);
    bool ok = check(read(fds[0], &byte, 1) == 1 && byte == 'a' && read(fds[0], &byte, 1) == 1 &&
                        read(fds[0], &byte, 1) == 0,
                    "pipe: what was written is read, though the writer has gone");
    close(fds[0]);
    pipe(fds);
    close(fds[0]);
    ok &= check(write(fds[1], "x", 1) == NO_READER,
                "pipe: nobody to read is an error for the writer");
    close(fds[1]);
    return ok;
}

// A writer that waits on a full pipe is told when the reader has gone.
static bool full_pipe(void)
{
    i32 fds[2];
    pipe(fds);
    i32 pid = fork();
    if (pid == 0) {
        static char block[8192];
        close(fds[0]);
        exit(write(fds[1], block, sizeof block) == NO_READER ? 0 : 1);
    }
    close(fds[1]);
    sleep(2);
    close(fds[0]);
    return check(wait_for(pid) == 0, "pipe: a full one wakes its writer when the reader goes");
}

static bool many_writers(void)
{
    i32 fds[2], counts[8] = {0}, n = 0;
    pipe(fds);
    for (i32 i = 0; i < 8; i++)
        if (fork() == 0) {
            u8 me = (u8)i;
            for (i32 j = 0; j < 50; j++) {
                write(fds[1], &me, 1);
                if (j % 10 == 0)
                    yield();
            }
            exit(0);
        }
    close(fds[1]);
    u8 who;
    for (; read(fds[0], &who, 1) == 1; n++)
        counts[who & 7]++;
    close(fds[0]);
    bool each = n == 400;
    for (i32 i = 0; i < 8; i++)
        each &= counts[i] == 50 && wait(NULL) > 0;
    return check(each, "pipe: eight writers, nothing lost");
}

static bool wrong_use(void)
{
    i32 fds[2];
    char byte;
    bool ok = check(pipe((i32 *)0x80400000u) == BAD_ADDRESS && pipe((i32 *)0) == BAD_ADDRESS,
                    "pipe: a place for it that is not the caller's");
    pipe(fds);
    ok &= check(read(fds[1], &byte, 1) == BAD_FILE && write(fds[0], "x", 1) == BAD_FILE,
                "pipe: each end goes one way");
    i32 copy = dup(fds[1]);
    close(fds[1]);
    write(copy, "y", 1);
    ok &= check(read(fds[0], &byte, 1) == 1 && byte == 'y', "dup: the copy is the same end");
    close(copy);
    close(fds[0]);
    return ok;
}

int main(void)
{
    i32 before = memory();
    bool ok = many_bytes();
    ok &= closed_ends();
    ok &= full_pipe();
    ok &= many_writers();
    ok &= wrong_use();
    i32 rounds = memory(), fds[2];
    for (u32 i = 0; i < 50; i++) {
        pipe(fds);
        close(fds[0]);
        close(fds[1]);
    }
    ok &= check(memory() == rounds && rounds >= before, "pipe: every page comes back");
    return ok ? 0 : FAILED;
}
