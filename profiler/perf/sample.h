/* What one record from the kernel says, decoded: views into the ring, valid until it is consumed. */
#ifndef APROF_PERF_SAMPLE_H
#define APROF_PERF_SAMPLE_H

#include <linux/perf_event.h>

#include <aprof/frame.h>
#include <aprof/types.h>

/* Sampled general registers, in the order of the ABI's PERF_REG_X86_* bits that we ask for. */
enum user_reg {
	UREG_AX,
	UREG_BX,
	UREG_CX,
	UREG_DX,
	UREG_SI,
	UREG_DI,
	UREG_BP,
	UREG_SP,
	UREG_IP,
	UREG_R8,
	UREG_R9,
	UREG_R10,
	UREG_R11,
	UREG_R12,
	UREG_R13,
	UREG_R14,
	UREG_R15,
	UREG_COUNT
};

struct user_regs {
	bool asked; /* the event samples them */
	bool valid; /* false: kernel thread, exiting task, or a 32-bit task */
	bool is_32bit;
	u64 reg[UREG_COUNT];
};

struct sample {
	u64 time; /* ns, CLOCK_MONOTONIC when recorded by us */
	u64 ip;
	u64 period; /* weight: clock ns or events */
	u64 addr;
	u64 id;
	u32 pid, tid, cpu;
	u32 event; /* index of the recording's events */
	u16 misc; /* PERF_RECORD_MISC_* of the header */
	u8 space; /* enum frame_space, from misc's cpumode */

	/* PERF_SAMPLE_CALLCHAIN, with PERF_CONTEXT_* markers still in it. May be unaligned to
	   nothing: the kernel writes 8-byte words. */
	const u64 *chain;
	u64 chain_len;

	struct user_regs regs; /* PERF_SAMPLE_REGS_USER */
	const u8 *stack; /* PERF_SAMPLE_STACK_USER: bytes from the user SP upwards */
	u64 stack_size; /* bytes that hold data (dyn_size) */
	u64 stack_asked; /* bytes that were asked for; stack_size equal to it: the copy was cut */

	const struct perf_branch_entry *branches; /* newest first */
	u64 branches_len;
	u64 hw_idx; /* valid if has_hw_idx */
	bool has_hw_idx;
	bool are_calls; /* the hardware's call stack: calls that have not returned */

	const u8 *raw; /* PERF_SAMPLE_RAW: the tracepoint's fields; NULL without */
	u32 raw_size;
};

/* Everything else that changes our picture of the machine. Strings are NUL-terminated in place. */
struct mmap_record {
	u32 pid, tid;
	u64 start, len, offset;
	u32 prot; /* PROT_*; PROT_EXEC assumed for MMAP (1) of non-data */
	bool is_kernel;
	struct build_id build_id; /* size 0 where the kernel sent dev/inode */
	u32 maj, min;
	u64 inode; /* 0 where the build id was sent */
	const char *path;
};

struct comm_record {
	u32 pid, tid;
	bool exec;
	const char *comm;
};

/* PERF_RECORD_FORK and PERF_RECORD_EXIT. A new thread of a process has pid == ppid. */
struct task_record {
	u32 pid, ppid, tid, ptid;
};

struct lost_record {
	u64 count; /* PERF_RECORD_LOST: records; LOST_SAMPLES: samples */
	bool samples_only;
};

/* PERF_RECORD_CALLCHAIN_DEFERRED: the user part of the chains that end in this cookie. */
struct deferred_record {
	u64 cookie;
	const u64 *chain;
	u64 chain_len;
};

/* PERF_RECORD_SWITCH and SWITCH_CPU_WIDE. */
struct switch_record {
	bool out; /* the thread stops running */
	bool preempted; /* … though it could go on */
	u32 other_pid, other_tid; /* of the next or previous thread; 0 where not said */
};

struct ksymbol_record {
	u64 addr;
	u32 len;
	bool unregister;
	const char *name;
};

/* Decoded form of one record; `type` is PERF_RECORD_*. */
struct record {
	u32 type;
	u16 misc; /* PERF_RECORD_MISC_* of the header */
	u64 time; /* ns; 0 if the record carries none */
	u64 id; /* of the event; 0 if the record carries none */
	u32 cpu;
	u32 pid, tid; /* of sample_id, where there is one */
	union {
		struct sample sample;
		struct mmap_record mmap;
		struct comm_record comm;
		struct task_record task;
		struct lost_record lost;
		struct ksymbol_record ksymbol;
		struct deferred_record deferred;
		struct switch_record context_switch;
	};
};

#endif
