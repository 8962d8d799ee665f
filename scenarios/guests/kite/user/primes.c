// primes: a pipeline of processes, one for each prime. Each process passes on the numbers that
// its prime does not divide. Its argument is the limit.
#include "scenarios/guests/kite/user/kite.h"

#define MOST 24 // processes; the kernel has room for 31

static void feed(i32 to, u32 limit)
{
    for (u32 n = 2; n <= limit; n++)
        write(to, &n, sizeof n);
}

// Prints the first number that comes. Passes the other numbers, if that one does not divide
// them, to the next process, which is like this one.
static int sieve(i32 from, u32 depth)
{
    u32 prime, n;
    if (read(from, &prime, sizeof prime) != sizeof prime)
        return 0;
    printf("%u\n", prime);
    i32 fds[2];
    if (depth == MOST || pipe(fds) < 0)
        return 1;
    i32 child = fork();
    if (child == 0) {
        close(from);
        close(fds[1]);
        return sieve(fds[0], depth + 1);
    }
    close(fds[0]);
    while (read(from, &n, sizeof n) == sizeof n)
        if (n % prime != 0)
            write(fds[1], &n, sizeof n);
    close(fds[1]);
    i32 status = 1;
    if (child > 0)
        wait(&status);
    return status != 0;
}

int main(int argc, char **argv)
{
    i32 fds[2], status = 1;
    if (pipe(fds) < 0)
        return 1;
    if (fork() == 0) {
        close(fds[1]);
        return sieve(fds[0], 0);
    }
    close(fds[0]);
    feed(fds[1], argc > 1 ? number(argv[1]) : 60);
    close(fds[1]);
    wait(&status);
    return status != 0;
}
