// kill: ends the processes whose numbers are its arguments.
#include "scenarios/guests/kite/user/kite.h"

int main(int argc, char **argv)
{
    int failed = argc < 2;
    for (int i = 1; i < argc; i++)
        if (kill((i32)number(argv[i])) < 0) {
            fprintf(2, "kill: no process %s\n", argv[i]);
            failed = 1;
        }
    return failed;
}
