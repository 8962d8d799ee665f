// What a kite program can use: system calls (abi.h says what they do), text, and main(argc,
// argv), whose result is the exit status.
#ifndef KITE_USER_H
#define KITE_USER_H

#include "scenarios/guests/kite/abi.h"

i32 fork(void);
i32 exec(const char *path, char **argv);
void exit(i32 status) __attribute__((noreturn));
i32 wait(i32 *status);
i32 kill(i32 pid);
i32 getpid(void);
i32 yield(void);
i32 sleep(u32 slices);
i32 uptime(void);
void *sbrk(i32 bytes); // NULL: there is no memory
i32 pipe(i32 fds[2]);
i32 dup(i32 fd);
i32 open(const char *path);
i32 close(i32 fd);
i32 read(i32 fd, void *to, u32 bytes);
i32 write(i32 fd, const void *from, u32 bytes);
i32 list(u32 index, struct file_info *info);
i32 status(u32 index, struct process_info *info);
i32 micro(u32 which, u32 times);
void halt(i32 status) __attribute__((noreturn));
i32 memory(void);
i32 foreground(i32 pid);
i32 system_call(u32 number, u32 a, u32 b, u32 c); // any number, also one without a call

// printf to standard output, or to a descriptor: %s %d %u %x %c %%, with a width (%5d, %-8s).
// Each call makes one write of at most 512 bytes.
void printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
void fprintf(i32 fd, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Reads the next line of a descriptor, byte by byte, without its newline and cut to `size`.
// Returns its length, or -1 if there is no further line.
i32 read_line(i32 fd, char *line, u32 size);
u32 number(const char *s); // decimal or 0x..., up to the first other character
// What ended a child, by the status from wait: "exit", "killed", "load page fault", ...
const char *cause_name(i32 status);

void *memcpy(void *to, const void *from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int byte, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);

#endif
