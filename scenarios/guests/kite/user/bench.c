// bench: workloads that only compute, each of them in mode U for nearly all of its life. They do
// not measure time: whoever runs the machine does that.
//
//     bench [NAME [ROUNDS]]      e.g. the boot arguments `bench sieve 20`; without a name all of
//                                them run, one round each
//
// Each prints its name and a checksum, which is the same on every machine.
#include "scenarios/guests/kite/user/kite.h"

enum { SIEVE = 65536, SORT = 8192, CRC = 32768, MATRIX = 40 };

// The memory of stream, chase and walk: more than fits in caches and TLBs.
#define MEMORY_WORDS 0x300000u // 12 MiB
static u32 memory_area[MEMORY_WORDS];

static u32 next_random(u32 *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static u32 fib_of(u32 n)
{
    return n < 2 ? n : fib_of(n - 1) + fib_of(n - 2);
}

// Calls and returns.
static u32 fib(void)
{
    return fib_of(22);
}

// Stores with a stride.
static u32 sieve(void)
{
    static u8 composite[SIEVE];
    u32 count = 0;
    memset(composite, 0, sizeof composite);
    for (u32 i = 2; i < SIEVE; i++) {
        if (composite[i])
            continue;
        count++;
        for (u32 j = 2 * i; j < SIEVE; j += i)
            composite[j] = 1;
    }
    return count;
}

// Sorts the range; both ends belong to it.
static void sort(u32 *from, u32 *to)
{
    while (from < to) {
        u32 pivot = from[(to - from) / 2], *i = from, *j = to;
        while (i <= j) {
            while (*i < pivot)
                i++;
            while (*j > pivot)
                j--;
            if (i > j)
                break;
            u32 other = *i;
            *i++ = *j;
            *j-- = other;
        }
        if (j - from < to - i) { // recursion for the smaller part only keeps the stack small
            sort(from, j);
            from = i;
        } else {
            sort(i, to);
            to = j;
        }
    }
}

// Branches that nobody can predict.
static u32 qsort(void)
{
    static u32 numbers[SORT];
    u32 state = 1, sum = 0;
    for (u32 i = 0; i < SORT; i++)
        numbers[i] = next_random(&state);
    sort(numbers, numbers + SORT - 1);
    for (u32 i = 1; i < SORT; i++)
        sum += (numbers[i - 1] <= numbers[i]) + (numbers[i] & 1);
    return sum;
}

// Loads and stores in order, 4 MiB each.
static u32 stream(void)
{
    enum { WORDS = MEMORY_WORDS / 3 };
    u32 *a = memory_area, *b = a + WORDS, *c = b + WORDS, sum = 0;
    for (u32 i = 0; i < WORDS; i++)
        a[i] = i;
    for (u32 i = 0; i < WORDS; i++)
        b[i] = a[i] * 3;
    for (u32 i = 0; i < WORDS; i++)
        c[i] = a[i] + b[i];
    for (u32 i = 0; i < WORDS; i++)
        sum += c[i];
    return sum;
}

// All 65,536 lines of 64 bytes in 4 MiB form one ring, in random order: each line holds the
// place of the next.
enum { LINE_WORDS = 16, LINES = 65536 };

static void chase_prepare(void)
{
    u32 state = 3;
    for (u32 i = 0; i < LINES; i++)
        memory_area[i * LINE_WORDS] = i * LINE_WORDS;
    // Each line is exchanged with an earlier one, never with itself, so the result is one ring.
    for (u32 i = LINES - 1; i > 0; i--) {
        u32 *one = &memory_area[i * LINE_WORDS];
        u32 *other = &memory_area[next_random(&state) % i * LINE_WORDS];
        u32 place = *one;
        *one = *other;
        *other = place;
    }
}

// Every load needs the result of the load before. Each round continues where the last one stopped.
static u32 chase(void)
{
    static u32 at;
    for (u32 i = 0; i < LINES / 4; i++)
        at = memory_area[at];
    return at;
}

// A word in each of 2,048 pages.
static u32 walk(void)
{
    const u32 pages = 2048, stride = 1024 + 16; // each word in another cache line
    u32 sum = 0;
    for (u32 round = 0; round < 16; round++)
        for (u32 i = 0; i < pages; i++)
            sum += memory_area[i * stride]++;
    return sum;
}

// Shifts and logic.
static u32 crc(void)
{
    u32 state = 7, sum = 0xffffffffu;
    for (u32 i = 0; i < CRC; i++) {
        sum ^= next_random(&state) & 0xff;
        for (u32 bit = 0; bit < 8; bit++)
            sum = sum >> 1 ^ (0xedb88320u & (0 - (sum & 1)));
    }
    return ~sum;
}

// Multiplications.
static u32 matmul(void)
{
    static u32 a[MATRIX][MATRIX], b[MATRIX][MATRIX];
    u32 trace = 0;
    for (u32 i = 0; i < MATRIX; i++)
        for (u32 j = 0; j < MATRIX; j++) {
            a[i][j] = i * 3 + j;
            b[i][j] = i ^ j;
        }
    for (u32 i = 0; i < MATRIX; i++)
        for (u32 j = 0; j < MATRIX; j++) {
            u32 sum = 0;
            for (u32 k = 0; k < MATRIX; k++)
                sum += a[i][k] * b[k][j];
            trace = trace * 31 + sum;
        }
    return trace;
}

// A machine in the machine: an interpreter of five instructions runs a loop that sums and
// multiplies.
static u32 interpreter(void)
{
    enum { ADD, MULTIPLY, DECREMENT, JUMP_IF, STOP };
    static const u8 program[] = {ADD, MULTIPLY, ADD, DECREMENT, JUMP_IF, 0, STOP};
    u32 sum = 1, left = 20000, at = 0;
    for (;;)
        switch (program[at++]) {
        case ADD:
            sum += left;
            break;
        case MULTIPLY:
            sum *= 1664525;
            break;
        case DECREMENT:
            left--;
            break;
        case JUMP_IF:
            at = left ? program[at] : at + 1;
            break;
        default:
            return sum;
        }
}

static const struct {
    const char *name;
    u32 (*run)(void);
    void (*prepare)(void); // called once before the rounds, or NULL
} workloads[] = {
    {"fib", fib, NULL},       {"sieve", sieve, NULL},          {"qsort", qsort, NULL},
    {"stream", stream, NULL}, {"chase", chase, chase_prepare}, {"walk", walk, NULL},
    {"crc", crc, NULL},       {"matmul", matmul, NULL},        {"interpreter", interpreter, NULL},
};

int main(int argc, char **argv)
{
    u32 rounds = argc > 2 ? number(argv[2]) : 1;
    bool any = false;
    for (u32 i = 0; i < sizeof workloads / sizeof workloads[0]; i++) {
        if (argc > 1 && strcmp(argv[1], workloads[i].name) != 0)
            continue;
        u32 sum = 0;
        if (workloads[i].prepare)
            workloads[i].prepare();
        for (u32 round = 0; round < rounds; round++)
            sum += workloads[i].run();
        printf("%s %x\n", workloads[i].name, sum);
        any = true;
    }
    if (!any)
        fprintf(2, "bench: no workload %s\n", argv[1]);
    return !any;
}
