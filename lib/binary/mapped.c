/* Mapped files, and the handler of the signal that a truncated one raises. */
#include "lib/binary/mapped.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE ((uintptr_t)4096)
#define HUGE_PAGE ((uintptr_t)2 << 20)
/* MADV_WILLNEED reads no more at once (force_page_cache_ra(); most disks have 128 KiB). */
#define WINDOW ((uintptr_t)128 << 10)

/* What the handler may look at: no lock, no list. Files beyond these are not guarded. */
static struct slot {
	_Atomic uintptr_t start, end; /* end 0: free */
} slots[8192];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static size_t next_slot;
static struct sigaction before;

static bool is_mapped(uintptr_t at)
{
	for (size_t i = 0; i < ARRAY_LEN(slots); i++)
		if (at < atomic_load(&slots[i].end) && at >= atomic_load(&slots[i].start))
			return true;
	return false;
}

static void on_bus_error(int signal_number, siginfo_t *info, void *context)
{
	uintptr_t page = (uintptr_t)info->si_addr & ~(PAGE - 1);

	(void)signal_number;
	(void)context;
	if (info->si_code == BUS_ADRERR && is_mapped((uintptr_t)info->si_addr) &&
	    mmap((void *)page, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) !=
		    MAP_FAILED)
		return;
	/* Not ours: it happens again, and is then handled as if we were not here. */
	sigaction(SIGBUS, &before, NULL);
}

static void handle_bus_errors(void)
{
	struct sigaction action = { .sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO };

	sigaction(SIGBUS, &action, &before);
}

static void guard(uintptr_t start, uintptr_t end)
{
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < ARRAY_LEN(slots); i++) {
		struct slot *slot = &slots[(next_slot + i) % ARRAY_LEN(slots)];

		if (atomic_load(&slot->end))
			continue;
		atomic_store(&slot->start, start);
		atomic_store(&slot->end, end);
		next_slot += i + 1;
		break;
	}
	pthread_mutex_unlock(&lock);
}

static void unguard(uintptr_t start)
{
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < ARRAY_LEN(slots); i++)
		if (atomic_load(&slots[i].end) && atomic_load(&slots[i].start) == start)
			atomic_store(&slots[i].end, 0);
	pthread_mutex_unlock(&lock);
}

const u8 *mapped_new(int fd, size_t size, enum binary_reading by)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	void *data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

	if (data == MAP_FAILED)
		return NULL;
	mapped_read_by(data, size, by);
	pthread_once(&once, handle_bus_errors);
	guard((uintptr_t)data, (uintptr_t)data + size);
	return data;
}

/*
 * With MADV_HUGEPAGE a fault reads 4 MiB (do_sync_mmap_readahead(), Linux 5.18), in huge pages where
 * the file system has them (XFS 5.18, ext4 6.16), which are mapped as such. That takes less than half
 * the time, and a tenth of the CPU, of MADV_WILLNEED, which makes small pages.
 */
void mapped_read_by(const u8 *data, size_t size, enum binary_reading by)
{
	madvise((void *)data, size, by == BINARY_PAGES ? MADV_RANDOM : MADV_NORMAL);
	if (by == BINARY_HUGE_PAGES)
		madvise((void *)data, size, MADV_HUGEPAGE);
}

static void touch(uintptr_t page)
{
	(void)*(const volatile u8 *)page;
}

/* False if it cannot be told: to other users mincore(2) says that all of a file is (5.2). */
static bool is_in_memory(uintptr_t page)
{
	unsigned char is = 0;

	return geteuid() == 0 && mincore((void *)page, PAGE, &is) == 0 && (is & 1);
}

/* It is a wish: what fails is read when it is used. */
static void ask_for(uintptr_t start, uintptr_t end)
{
	for (; start < end; start += WINDOW)
		madvise((void *)start, end - start < WINDOW ? end - start : WINDOW, MADV_WILLNEED);
}

/* Where the first page of a huge one does not bring the others, older kernels are asked for them. */
void mapped_read_ahead(struct bytes part, const bool *stop)
{
	uintptr_t at = (uintptr_t)part.at & ~(PAGE - 1), end = (uintptr_t)part.end;

	while (at < end && !__atomic_load_n(stop, __ATOMIC_RELAXED)) {
		uintptr_t next = (at + HUGE_PAGE) & ~(HUGE_PAGE - 1);

		next = next < end ? next : end;
		touch(at);
		if (!is_in_memory((next - 1) & ~(PAGE - 1)))
			ask_for(at, next);
		at = next;
	}
}

void mapped_free(const u8 *data, size_t size)
{
	unguard((uintptr_t)data);
	munmap((void *)data, size);
}
