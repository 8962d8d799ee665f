// ps: lists the processes.
#include "scenarios/guests/kite/user/kite.h"

int main(void)
{
    static const char *const states[] = {"free", "ready", "waiting", "zombie"};
    struct process_info info;
    printf("  pid parent state    pages name\n");
    for (u32 i = 0; status(i, &info) == 0; i++)
        if (info.pid != 0)
            printf("%5u %6u %-8s %5u %s\n", info.pid, info.parent, states[info.state & 3],
                   info.pages, info.name);
    return 0;
}
