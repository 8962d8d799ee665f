// hello: the smallest program.
#include "scenarios/guests/kite/user/kite.h"

int main(void)
{
    printf("hello from process %d\n", getpid());
    return 0;
}
