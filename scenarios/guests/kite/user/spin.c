// spin: keeps the hart busy without a system call, for as many million rounds as its argument
// says, or for ever without one.
#include "scenarios/guests/kite/user/kite.h"

int main(int argc, char **argv)
{
    u32 millions = argc > 1 ? number(argv[1]) : 0;
    for (u32 done = 0; millions == 0 || done < millions; done++)
        for (volatile u32 i = 0; i < 1000000; i++)
            ;
    return 0;
}
