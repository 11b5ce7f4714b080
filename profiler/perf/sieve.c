/* The BPF program that keeps strangers' samples back, its map, and the marks in it. */
#include "profiler/perf/sieve.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <aprof/alloc.h>

#include "profiler/perf/sys.h"

/* Of 64-bit kernels (PID_MAX_LIMIT, include/linux/threads.h). */
#define PIDS_MAX (4u << 20)

/* The bits of 64 processes are one element. */
#define MARKS_OF(pids) (((pids) + 63) / 64)

struct sieve {
	int map, program;
	u64 *marks; /* the map's memory, shared with the program */
	u32 count; /* elements of it */
	size_t mapped;
};

/* The inode of the initial pid namespace (PROC_PID_INIT_INO, include/linux/proc_ns.h). */
#define INITIAL_PID_NS 0xEFFFFFFCu

#define INSN(code_, dst, src, off_, imm_) \
	{ .code = (code_), .dst_reg = (dst), .src_reg = (src), .off = (off_), .imm = (imm_) }

/* return !(marks[pid / 64] >> pid % 64 & 1), and 1 where there is no such element. */
static int load_program(int map)
{
	const struct bpf_insn program[] = {
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_get_current_pid_tgid),
		INSN(BPF_ALU64 | BPF_RSH | BPF_K, 0, 0, 0, 32), /* the tgid */
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 6, 0, 0, 0),
		INSN(BPF_ALU64 | BPF_RSH | BPF_K, 0, 0, 0, 6),
		INSN(BPF_STX | BPF_MEM | BPF_W, 10, 0, -4, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 2, 10, 0, 0),
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, -4),
		INSN(BPF_LD | BPF_IMM | BPF_DW, 1, BPF_PSEUDO_MAP_FD, 0, map),
		INSN(0, 0, 0, 0, 0), /* its second half */
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_map_lookup_elem),
		INSN(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 6, 0),
		INSN(BPF_LDX | BPF_MEM | BPF_DW, 0, 0, 0, 0),
		INSN(BPF_ALU64 | BPF_AND | BPF_K, 6, 0, 0, 63),
		INSN(BPF_ALU64 | BPF_RSH | BPF_X, 0, 6, 0, 0),
		INSN(BPF_ALU64 | BPF_AND | BPF_K, 0, 0, 0, 1),
		INSN(BPF_ALU64 | BPF_XOR | BPF_K, 0, 0, 0, 1),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 1),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_PERF_EVENT,
		.insns = (u64)(uintptr_t)program,
		.insn_cnt = ARRAY_LEN(program),
		.license = (u64)(uintptr_t) "Apache-2.0", /* no helper asks for more */
		.prog_name = "aprof_sieve",
	};

	return perf_sys.bpf(BPF_PROG_LOAD, &attr, sizeof attr);
}

static int create_map(u32 count)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = sizeof(u32),
		.value_size = sizeof(u64),
		.max_entries = count,
		.map_flags = BPF_F_MMAPABLE,
		.map_name = "aprof_strangers",
	};

	return perf_sys.bpf(BPF_MAP_CREATE, &attr, sizeof attr);
}

static bool in_initial_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) == 0 && st.st_ino == INITIAL_PID_NS;
}

static struct err *open_parts(struct sieve *sieve)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	long pids = perf_sysctl("pid_max", PIDS_MAX);
	void *at;

	if (!perf_sys.bpf)
		return err_new("no bpf() here");
	/* The program sees other ids than records carry. */
	if (!in_initial_namespace())
		return err_new("a pid namespace");
	sieve->count = MARKS_OF(pids > 0 && pids < PIDS_MAX ? (u32)pids : PIDS_MAX);
	sieve->mapped = align_up(sieve->count * sizeof *sieve->marks, page);
	sieve->map = create_map(sieve->count);
	if (sieve->map < 0)
		return err_os(errno, "no BPF map");
	sieve->program = load_program(sieve->map);
	if (sieve->program < 0)
		return err_os(errno, "no BPF program");
	at = perf_sys.map(sieve->map, sieve->mapped);
	if (at == MAP_FAILED)
		return err_os(errno, "no memory of a BPF map");
	sieve->marks = at;
	return NULL;
}

struct err *sieve_open(struct sieve **out)
{
	struct sieve *sieve = xzalloc(sizeof *sieve);
	struct err *err;

	sieve->map = sieve->program = -1;
	err = open_parts(sieve);
	if (err) {
		sieve_close(sieve);
		return err;
	}
	*out = sieve;
	return NULL;
}

void sieve_close(struct sieve *sieve)
{
	if (!sieve)
		return;
	if (sieve->marks)
		perf_sys.unmap(sieve->marks, sieve->mapped);
	if (sieve->program >= 0)
		perf_sys.close(sieve->program);
	if (sieve->map >= 0)
		perf_sys.close(sieve->map);
	free(sieve);
}

int sieve_attach(const struct sieve *sieve, int event_fd)
{
	return perf_sys.ioctl(event_fd, PERF_EVENT_IOC_SET_BPF, (unsigned long)sieve->program) ?
		       errno :
		       0;
}

void sieve_mark(struct sieve *sieve, u32 pid)
{
	if (pid / 64 < sieve->count)
		__atomic_fetch_or(&sieve->marks[pid / 64], 1ull << pid % 64, __ATOMIC_RELAXED);
}

void sieve_unmark(struct sieve *sieve, u32 pid)
{
	if (pid / 64 < sieve->count)
		__atomic_fetch_and(&sieve->marks[pid / 64], ~(1ull << pid % 64), __ATOMIC_RELAXED);
}

bool sieve_is_marked(const struct sieve *sieve, u32 pid)
{
	return pid / 64 < sieve->count &&
	       __atomic_load_n(&sieve->marks[pid / 64], __ATOMIC_RELAXED) >> pid % 64 & 1;
}
