/* Why the kernel refused an event, in a sentence, and the way out. */
#include "profiler/perf/sampler_private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "profiler/perf/sys.h"

/* The least that any task may do with perf_event_open below paranoid 3: count nothing on itself. */
static int least_errno(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof attr,
		.config = PERF_COUNT_SW_DUMMY,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};
	int fd = perf_sys.open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		return errno;
	perf_sys.close(fd);
	return 0;
}

static const char *name_of(const struct refusal *r)
{
	return r->event ? r->event->name : "the events that tell of mappings";
}

static struct err *no_permission(const struct refusal *r)
{
	long paranoid = perf_sysctl("perf_event_paranoid", -2);
	int least = least_errno();
	struct err *err;

	/* Docker's and systemd's seccomp filters answer EPERM or ENOSYS to everything; Debian and
	   Ubuntu kernels at paranoid 3 or 4 answer EACCES to everything. */
	if (least == EPERM || least == ENOSYS || (least && paranoid < 3)) {
		err = err_os(least, "perf_event_open is not allowed here");
		return err_hint(err, "a seccomp filter forbids it, as containers have: start the "
				     "container with --cap-add PERFMON and a seccomp profile that "
				     "allows perf_event_open, or run aprof outside");
	}
	if (least) {
		err = err_os(least,
			     "perf_event_open is kept from ordinary users "
			     "(kernel.perf_event_paranoid is %ld)",
			     paranoid);
		return err_hint(err, "'sudo sysctl kernel.perf_event_paranoid=1', or 'sudo setcap "
				     "cap_perfmon+ep' on aprof, or sudo allows it");
	}
	if (r->cpu_wide) {
		err = err_os(r->os_errno,
			     "no right to sample whole CPUs "
			     "(kernel.perf_event_paranoid is %ld)",
			     paranoid);
		return err_hint(err, "'sudo sysctl kernel.perf_event_paranoid=0', or 'sudo setcap "
				     "cap_perfmon+ep' on aprof, or sudo allows it");
	}
	if (r->kernel_only && paranoid > 1) {
		err = err_os(r->os_errno,
			     "no right to sample the kernel "
			     "(kernel.perf_event_paranoid is %ld)",
			     paranoid);
		return err_hint(err, "'sudo sysctl kernel.perf_event_paranoid=1', or 'sudo setcap "
				     "cap_perfmon+ep' on aprof, or sudo allows it");
	}
	err = err_os(r->os_errno, "no right to sample task %u with %s", r->tid, name_of(r));
	return err_hint(err, "another user's process, or one that gained rights by its file, needs "
			     "sudo or CAP_PERFMON and CAP_SYS_PTRACE");
}

static struct err *no_system_call(const struct refusal *r)
{
	return err_hint(err_os(r->os_errno, "perf_event_open is not there"),
			"the kernel was built without CONFIG_PERF_EVENTS, or a seccomp filter of a "
			"container hides it");
}

static struct err *no_event(const struct refusal *r)
{
	return err_hint(
		err_os(r->os_errno, "this machine cannot sample '%s'", name_of(r)),
		"cpu-clock works everywhere");
}

static struct err *no_precision(const struct refusal *r)
{
	return err_hint(err_os(r->os_errno, "this machine cannot sample '%s' that way", name_of(r)),
			"without :precise= and branch records it may be");
}

static struct err *no_descriptors(const struct refusal *r)
{
	return err_hint(err_os(r->os_errno,
			       "not enough descriptors for one event on each thread and "
			       "CPU"),
			"'ulimit -n' sets the limit; CPU-wide clock events (sudo, or "
			"kernel.perf_event_paranoid=0) need one for each CPU only");
}

static struct err *no_task(const struct refusal *r)
{
	return err_new("no process or thread %u", r->tid);
}

static struct err *busy(const struct refusal *r)
{
	return err_hint(err_os(r->os_errno, "'%s' cannot be sampled now", name_of(r)),
			"somebody else holds the counter (another profiler, the NMI watchdog: "
			"'sudo sysctl kernel.nmi_watchdog=0')");
}

static struct err *not_understood(const struct refusal *r)
{
	return err_hint(err_os(r->os_errno, "the kernel does not accept '%s' as it was asked for",
			       name_of(r)),
			"without its modifiers it may; cpu-clock works everywhere");
}

struct err *refusal_err(const struct refusal *refusal)
{
	static const struct {
		int os_errno;
		struct err *(*explain)(const struct refusal *);
	} table[] = {
		{ EACCES, no_permission },
		{ EPERM, no_permission },
		{ ENOSYS, no_system_call },
		{ ENOENT, no_event },
		{ ENODEV, no_event },
		{ ENXIO, no_event },
		{ EOPNOTSUPP, no_precision },
		{ EMFILE, no_descriptors },
		{ ENFILE, no_descriptors },
		{ ESRCH, no_task },
		{ EBUSY, busy },
		{ EINVAL, not_understood },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (table[i].os_errno == refusal->os_errno)
			return table[i].explain(refusal);
	return err_os(refusal->os_errno, "cannot sample '%s'", name_of(refusal));
}
