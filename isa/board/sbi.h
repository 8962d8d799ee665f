// The numbers of the SBI, the interface between a kernel and its firmware. A kernel puts an
// extension in a7, a function of it in a6 and arguments in a0 to a5, and executes `ecall` in mode
// K. The answer comes in a0 (an enum sbi_error) and a1 (a value). Source: RISC-V SBI Specification
// 2.0; the chapter of each extension stands beside it.
// Read next: isa/board/nacl.h.
#ifndef ISA_BOARD_SBI_H
#define ISA_BOARD_SBI_H

enum sbi_error {
    SBI_OK = 0,
    SBI_FAILED = -1,
    SBI_NOT_SUPPORTED = -2,
    SBI_INVALID_PARAM = -3,
    SBI_DENIED = -4,
    SBI_INVALID_ADDRESS = -5,
    SBI_ALREADY_AVAILABLE = -6,
    SBI_NO_SHARED_MEMORY = -9,
};

// Most extensions are numbered by the letters of their name: 0x54494d45 is "TIME".
enum sbi_extension {
    SBI_BASE = 0x10,         // chapter 4: who answers, and what it can do
    SBI_TIME = 0x54494d45,   // chapter 6: the timer
    SBI_IPI = 0x00735049,    // chapter 7: interrupts from hart to hart
    SBI_RFENCE = 0x52464e43, // chapter 8: fences on other harts
    SBI_HSM = 0x0048534d,    // chapter 9: harts are started and stopped
    SBI_SRST = 0x53525354,   // chapter 10: the power
    SBI_DBCN = 0x4442434e,   // chapter 12: the console
    SBI_NACL = 0x4e41434c,   // chapter 15: VMMs in VMMs (isa/board/nacl.h)
};

enum sbi_base_function {
    SBI_BASE_SPECIFICATION,
    SBI_BASE_IMPLEMENTATION,
    SBI_BASE_IMPLEMENTATION_VERSION,
    SBI_BASE_PROBE,
    SBI_BASE_VENDOR,
    SBI_BASE_ARCHITECTURE,
    SBI_BASE_MACHINE,
};
enum sbi_time_function { SBI_TIME_SET_TIMER };
enum sbi_ipi_function { SBI_IPI_SEND };
enum sbi_rfence_function {
    SBI_RFENCE_FENCE_I,
    SBI_RFENCE_SFENCE_VMA,
    SBI_RFENCE_SFENCE_VMA_ASID,
    SBI_RFENCE_HFENCE_GVMA_VMID,
    SBI_RFENCE_HFENCE_GVMA,
    SBI_RFENCE_HFENCE_VVMA_ASID,
    SBI_RFENCE_HFENCE_VVMA,
};
enum sbi_hsm_function { SBI_HSM_START, SBI_HSM_STOP, SBI_HSM_STATUS, SBI_HSM_SUSPEND };
enum sbi_srst_function { SBI_SRST_RESET };
enum sbi_dbcn_function { SBI_DBCN_WRITE, SBI_DBCN_READ, SBI_DBCN_WRITE_BYTE };
enum sbi_nacl_function {
    SBI_NACL_PROBE_FEATURE,
    SBI_NACL_SET_SHARED_MEMORY,
    SBI_NACL_SYNC_CSR,
    SBI_NACL_SYNC_HFENCE,
    SBI_NACL_SYNC_SRET,
};

// What HSM_STATUS answers.
enum sbi_hart_state { SBI_HART_STARTED, SBI_HART_STOPPED };

// The two kinds of suspension that the specification names for HSM_SUSPEND.
#define SBI_SUSPEND_RETENTIVE 0u
#define SBI_SUSPEND_NON_RETENTIVE 0x80000000u

// The arguments of SRST_RESET: type and reason.
enum sbi_reset_type { SBI_SHUTDOWN, SBI_COLD_REBOOT, SBI_WARM_REBOOT };
enum sbi_reset_reason { SBI_REASON_NONE, SBI_REASON_FAILURE };

// The legacy extensions of chapter 5. Each is a single call, named by a7 alone.
enum sbi_legacy_extension {
    SBI_LEGACY_SET_TIMER,
    SBI_LEGACY_PUTCHAR,
    SBI_LEGACY_GETCHAR,
    SBI_LEGACY_CLEAR_IPI,
    SBI_LEGACY_SEND_IPI,
    SBI_LEGACY_FENCE_I,
    SBI_LEGACY_SFENCE_VMA,
    SBI_LEGACY_SFENCE_VMA_ASID,
    SBI_LEGACY_SHUTDOWN,
    SBI_LEGACY_CALLS
};

#endif
