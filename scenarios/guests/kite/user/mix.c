// mix: a little of what most programs do. It follows and sorts lists, multiplies, takes text
// apart, and checks the results. Its argument says how many rounds.
#include "scenarios/guests/kite/user/kite.h"

struct node {
    struct node *next;
    u16 key, value;
};

static u32 crc16(u32 sum, u32 value)
{
    for (u32 bit = 0; bit < 16; bit++, value >>= 1)
        sum = sum >> 1 ^ ((sum ^ value) & 1 ? 0xa001 : 0);
    return sum;
}

static struct node *list_merge(struct node *a, struct node *b)
{
    struct node head, *last = &head;
    while (a && b) {
        struct node **less = a->key <= b->key ? &a : &b;
        last = last->next = *less;
        *less = last->next;
    }
    last->next = a ? a : b;
    return head.next;
}

static struct node *list_sort(struct node *list)
{
    struct node *middle = list;
    if (!list || !list->next)
        return list;
    for (struct node *end = list->next; end && end->next; end = end->next->next)
        middle = middle->next;
    struct node *rest = middle->next;
    middle->next = NULL;
    return list_merge(list_sort(list), list_sort(rest));
}

static struct node *list_reverse(struct node *list)
{
    struct node *done = NULL;
    while (list) {
        struct node *next = list->next;
        list->next = done;
        done = list;
        list = next;
    }
    return done;
}

static const struct node *list_find(const struct node *list, u32 key)
{
    while (list && list->key != key)
        list = list->next;
    return list;
}

static u32 mix_lists(u32 seed)
{
    static struct node nodes[64];
    u32 sum = 0;
    for (u32 i = 0; i < 64; i++)
        nodes[i] =
            (struct node){i < 63 ? &nodes[i + 1] : NULL, (u16)((i * 37 + seed) % 64), (u16)i};
    struct node *list = list_sort(list_reverse(nodes));
    for (u32 key = 0; key < 64; key += 5)
        sum = crc16(sum, list_find(list, key)->value);
    return sum;
}

static u32 mix_matrix(u32 seed)
{
    enum { N = 10 };
    static i16 a[N][N], b[N][N];
    u32 sum = 0;
    for (u32 i = 0; i < N; i++)
        for (u32 j = 0; j < N; j++) {
            a[i][j] = (i16)(i * seed + j);
            b[i][j] = (i16)(i - j * seed);
        }
    for (u32 i = 0; i < N; i++)
        for (u32 j = 0; j < N; j++) {
            i32 product = 0;
            for (u32 k = 0; k < N; k++)
                product += a[i][k] * b[k][j];
            sum = crc16(sum, (u32)product >> 2 & 0xffff);
        }
    return sum;
}

// The words of a text, by their kind: counts whole numbers, fractions and others.
enum word { WORD_START, WORD_SIGN, WORD_WHOLE, WORD_FRACTION, WORD_OTHER, WORD_KINDS };

static enum word word_next(enum word state, char c)
{
    bool digit = c >= '0' && c <= '9';
    switch (state) {
    case WORD_START:
        if (c == '-' || c == '+')
            return WORD_SIGN;
        if (c == '.')
            return WORD_FRACTION;
        return digit ? WORD_WHOLE : WORD_OTHER;
    case WORD_SIGN:
        return digit ? WORD_WHOLE : WORD_OTHER;
    case WORD_WHOLE:
        if (c == '.')
            return WORD_FRACTION;
        return digit ? WORD_WHOLE : WORD_OTHER;
    case WORD_FRACTION:
        return digit ? WORD_FRACTION : WORD_OTHER;
    default:
        return WORD_OTHER;
    }
}

static u32 mix_text(u32 seed)
{
    static const char text[] = "12,-7,3.25,kite,+40,.5,-x,1024,99.9.9,0,page,-1.75,7e3,65536,+,2.";
    u32 counts[WORD_KINDS] = {0}, sum = 0;
    for (u32 round = 0; round < 4; round++) {
        enum word state = WORD_START;
        for (const char *at = text + (seed + round) % 4; *at; at++) {
            if (*at == ',') {
                counts[state]++;
                state = WORD_START;
            } else {
                state = word_next(state, *at);
            }
        }
        counts[state]++;
    }
    for (u32 i = 0; i < WORD_KINDS; i++)
        sum = crc16(sum, counts[i]);
    return sum;
}

static u32 mix(void)
{
    u32 sum = 0;
    for (u32 seed = 1; seed <= 20; seed++)
        sum = crc16(sum, mix_lists(seed) ^ mix_matrix(seed) ^ mix_text(seed));
    return sum;
}

int main(int argc, char **argv)
{
    u32 sum = 0;
    for (u32 rounds = argc > 1 ? number(argv[1]) : 1; rounds > 0; rounds--)
        sum += mix();
    printf("mix %x\n", sum);
    return 0;
}
