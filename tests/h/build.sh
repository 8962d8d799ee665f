#!/bin/bash
# Builds the smallest VMM for the hypervisor extension (monitor.c), with kite in it as its guest.
# usage: tests/h/build.sh KITE.elf OUT.elf
set -e
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
llvm-objcopy -O binary "$1" "$work/kite.bin" 2>/dev/null || llvm-objcopy-14 -O binary "$1" "$work/kite.bin"
clang --target=riscv32-unknown-none-elf -march=rv32ima -mabi=ilp32 -O2 -Wall -Wextra -Werror -ffreestanding \
	-nostdlib -fuse-ld=lld -mno-relax -I. -Wa,-I"$work" -T scenarios/guests/guest.ld tests/h/monitor.s tests/h/monitor.c \
	-o "$2"
