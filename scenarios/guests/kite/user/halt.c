// halt: switches the machine off. An argument other than 0 says that something failed.
#include "scenarios/guests/kite/user/kite.h"

int main(int argc, char **argv)
{
    halt(argc > 1 ? (i32)number(argv[1]) : 0);
}
