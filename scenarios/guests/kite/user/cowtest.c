// cowtest: after a fork both sides see the same memory until one of them writes; then that page
// is its own.
#include "scenarios/guests/kite/user/test.h"

#define PAGE 4096u
#define PAGES 32u

static u8 area[PAGES * PAGE];
static u32 counter = 5;

static i32 child_sees_and_writes(void)
{
    bool same = true;
    for (u32 i = 0; i < PAGES; i++) {
        same &= area[i * PAGE] == (u8)i;
        area[i * PAGE] = 99;
    }
    return same && area[7 * PAGE] == 99 ? 0 : 1;
}

static bool child_first(void)
{
    i32 status = in_child(child_sees_and_writes);
    bool same = true;
    for (u32 i = 0; i < PAGES; i++)
        same &= area[i * PAGE] == (u8)i;
    return check(status == 0 && same, "cow: the child's writes are its own");
}

static bool parent_first(void)
{
    i32 fds[2];
    char byte;
    pipe(fds);
    i32 pid = fork();
    if (pid == 0) {
        close(fds[1]);
        read(fds[0], &byte, 1); // wait until the parent has written
        exit(counter == 5 && area[3 * PAGE] == 3 ? 0 : 1);
    }
    counter = 6;
    area[3 * PAGE] = 77;
    close(fds[0]);
    close(fds[1]);
    i32 status = wait_for(pid);
    bool mine = counter == 6 && area[3 * PAGE] == 77;
    counter = 5;
    area[3 * PAGE] = 3;
    return check(status == 0 && mine, "cow: so are the parent's");
}

// A fork costs page tables and the pages that both sides touch at once, but not a copy of all
// memory.
static bool cheap(void)
{
    i32 fds[2], before = memory(), after = 0;
    pipe(fds);
    i32 pid = fork();
    if (pid == 0) {
        after = memory();
        write(fds[1], &after, sizeof after);
        exit(0);
    }
    read(fds[0], &after, sizeof after);
    close(fds[0]);
    close(fds[1]);
    wait_for(pid);
    return check(after - before < (i32)PAGES / 2, "cow: a fork does not copy what nobody writes");
}

// In read, the kernel writes for the child, and must not write to the page of the parent.
static i32 kernel_writes(void)
{
    i32 fd = open("/etc/fruit");
    return read(fd, area + 5 * PAGE, 4) == 4 && memcmp(area + 5 * PAGE, "pear", 4) == 0 ? 0 : 1;
}

static bool by_the_kernel(void)
{
    i32 status = in_child(kernel_writes);
    return check(status == 0 && area[5 * PAGE] == 5 && area[5 * PAGE + 1] == 0,
                 "cow: what the kernel writes for the child is the child's");
}

static i32 grandchild(void)
{
    counter += 100;
    return (i32)counter;
}

static i32 child_with_child(void)
{
    counter += 10;
    i32 below = in_child(grandchild);
    return below == 115 && counter == 15 ? 0 : 1;
}

int main(void)
{
    for (u32 i = 0; i < PAGES; i++)
        area[i * PAGE] = (u8)i;
    bool ok = child_first();
    ok &= parent_first();
    ok &= cheap();
    ok &= by_the_kernel();
    ok &= check(in_child(child_with_child) == 0 && counter == 5, "cow: over three generations");
    return ok ? 0 : FAILED;
}
