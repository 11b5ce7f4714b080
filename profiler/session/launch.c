/* Forking, holding and releasing the target. */
#include "profiler/session/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child: undo what we changed for ourselves, wait for the word, exec, tell if that failed. */
static void __attribute__((noreturn))
run_child(char *const *argv, const struct launch_options *options, int go, int result)
{
	int failed;
	char word;

	if (options->stdout_to_stderr)
		dup2(STDERR_FILENO, STDOUT_FILENO);
	sigprocmask(SIG_SETMASK, options->signals, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (read(go, &word, 1) != 1)
		_exit(127); /* cancelled, or the recorder is gone */
	execvp(argv[0], argv);
	failed = errno;
	if (write(result, &failed, sizeof failed) < 0)
		_exit(126);
	_exit(127);
}

static void close_pair(int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

struct err *child_start(struct child *child, char *const *argv, const struct launch_options *options)
{
	int go[2], result[2];

	*child = (struct child){ .go = -1, .result = -1 };
	if (pipe2(go, O_CLOEXEC) < 0)
		return err_os(errno, "pipe");
	if (pipe2(result, O_CLOEXEC) < 0) {
		close_pair(go);
		return err_os(errno, "pipe");
	}
	child->pid = fork();
	if (child->pid == 0) {
		close(go[1]);
		run_child(argv, options, go[0], result[1]);
	}
	close(go[0]);
	close(result[1]);
	child->go = go[1];
	child->result = result[0];
	if (child->pid < 0) {
		child->pid = 0;
		close(go[1]);
		close(result[0]);
		return err_os(errno, "fork");
	}
	return NULL;
}

static struct err *cannot_run(const char *command, int why)
{
	struct err *err = err_os(why, "cannot run %s", command);

	if (why == ENOENT && !strchr(command, '/'))
		return err_hint(err, "there is no such command in PATH; for a file here, use ./%s",
				command);
	if (why == EACCES)
		return err_hint(err, "is it an executable file?");
	return err;
}

#define MEANWHILE_MS 2

struct err *child_go(struct child *child, const char *command, child_meanwhile *meanwhile, void *arg)
{
	struct pollfd result = { .fd = child->result, .events = POLLIN };
	int why = 0;
	ssize_t n;

	if (write(child->go, "g", 1) != 1)
		return err_os(errno, "cannot start %s", command);
	close(child->go);
	child->go = -1;
	while (meanwhile && poll(&result, 1, MEANWHILE_MS) == 0)
		meanwhile(arg);
	do {
		n = read(child->result, &why, sizeof why);
	} while (n < 0 && errno == EINTR);
	close(child->result);
	child->result = -1;
	if (n <= 0)
		return NULL;
	child_wait(child);
	return cannot_run(command, why);
}

static void reap(struct child *child, int flags)
{
	pid_t got;

	if (!child->pid || child->ended)
		return;
	do {
		got = waitpid(child->pid, &child->status, flags);
	} while (got < 0 && errno == EINTR);
	child->ended = got != 0;
}

void child_poll(struct child *child)
{
	reap(child, WNOHANG);
}

void child_wait(struct child *child)
{
	reap(child, 0);
}

int child_exit_status(const struct child *child)
{
	if (!child->ended)
		return 0;
	return WIFSIGNALED(child->status) ? 128 + WTERMSIG(child->status) :
					    WEXITSTATUS(child->status);
}

void child_cancel(struct child *child)
{
	if (!child->pid || child->ended)
		return;
	if (child->go >= 0)
		close(child->go);
	if (child->result >= 0)
		close(child->result);
	child->go = child->result = -1;
	child_wait(child);
}
