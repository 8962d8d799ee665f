// sleep: sleeps as many time slices as its argument says.
#include "scenarios/guests/kite/user/kite.h"

int main(int argc, char **argv)
{
    return sleep(argc > 1 ? number(argv[1]) : 1) < 0;
}
