/* Starting the target: a child that waits until sampling is armed, then becomes the command. */
#ifndef APROF_SESSION_LAUNCH_H
#define APROF_SESSION_LAUNCH_H

#include <signal.h>
#include <sys/types.h>

#include <aprof/err.h>
#include <aprof/types.h>

struct child {
	pid_t pid; /* 0: none */
	int go; /* writing a byte here lets it exec */
	int result; /* reads an errno if exec failed, end of file if it worked */
	int status; /* wait status, once `ended` */
	bool ended;
};

struct launch_options {
	bool stdout_to_stderr; /* our own stdout carries the profile */
	const sigset_t *signals; /* the mask that the target starts with */
};

/* Forks the child; it waits. argv ends with NULL. */
ERR_MUST_CHECK struct err *child_start(struct child *child, char *const *argv,
				       const struct launch_options *options);
/*
 * Lets it exec, which on a busy machine takes a while: `meanwhile` (or NULL) is called now and then
 * until it has. An error says why the command could not be started.
 */
typedef void child_meanwhile(void *arg);
ERR_MUST_CHECK struct err *child_go(struct child *child, const char *command,
				    child_meanwhile *meanwhile, void *arg);
/* Reaps it if it has ended; does not block. */
void child_poll(struct child *child);
/* Blocks until it has ended. */
void child_wait(struct child *child);
/* The exit status a shell would give: the target's own, or 128 + signal. */
int child_exit_status(const struct child *child);
/* Before it was let go: it ends without having run anything. */
void child_cancel(struct child *child);

#endif
