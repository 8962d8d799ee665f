// What a debugger sends, from its first byte to the end of the connection. A small kernel runs
// below it.
// Read next: tests/fuzz/inputs/keys.c.
#include "tests/fuzz/inputs/inputs.h"

#include "ui/gdb/server.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static const char kernel[] = "_start: la t0, trap\n csrw stvec, t0\n li s0, 40\n"
                             "again: ebreak\n addi s0, s0, -1\n bnez s0, again\n"
                             "end: wfi\n j end\n"
                             "trap: csrr t0, sepc\n addi t0, t0, 4\n csrw sepc, t0\n sret\n";

// The server sends answers that nobody needs. They are taken out of the socket, which has little
// room.
static void *take_answers(void *peer)
{
    char answers[4096];
    while (recv(*(int *)peer, answers, sizeof answers, 0) > 0)
        ;
    return NULL;
}

static void converse(struct world *w, const u8 *bytes, size_t size)
{
    int ends[2];
    pthread_t taker;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
        return;
    // The input is short, so all of it fits into the socket before the server reads.
    bool sent = send(ends[0], bytes, size, MSG_NOSIGNAL) == (ssize_t)size;
    shutdown(ends[0], SHUT_WR);
    bool taking = sent && !pthread_create(&taker, NULL, take_answers, &ends[0]);
    if (taking)
        gdb_answer(w, 0, ends[1]);
    close(ends[1]);
    if (taking)
        pthread_join(taker, NULL);
    close(ends[0]);
}

void try_debugger(const u8 *bytes, size_t size)
{
    struct world_plan *plan = malloc(sizeof *plan);
    char error[WORLD_ERROR];
    enum status why;
    if (!plan)
        return;
    world_plan_default(plan);
    plan->guest[0].source = kernel;
    plan->guest[0].image = "kernel.s";
    plan->guest[0].ram = 1u << 20;
    world_plan_chain(plan, size & 1);
    struct world *w = world_new(plan, &why, error, sizeof error);
    free(plan);
    if (!w) {
        fprintf(stderr, "%s\n", error);
        exit(1); // the kernel above is wrong
    }
    converse(w, bytes, size < 32768 ? size : 32768);
    world_free(w);
}
