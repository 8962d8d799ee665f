// The exit status of the program. Functions use it, too, to tell what kind of failure they met.
// Read next: scenarios/host/files.h.
#ifndef SCENARIOS_HOST_STATUS_H
#define SCENARIOS_HOST_STATUS_H

enum status {
    STATUS_DONE = 0, // done, or passed
    // A check failed; or the guest powered off with a failure, asked for a reboot, or is stuck.
    STATUS_FAILED = 1,
    STATUS_USAGE = 2, // the command line asks for something that is impossible
    STATUS_INPUT = 3, // a file, a script or an image is wrong
    STATUS_LIMIT = 4, // --limit was reached
    // Our own error, or the host's: too little memory, or standard output cannot be written.
    STATUS_INTERNAL = 70,
};

#endif
