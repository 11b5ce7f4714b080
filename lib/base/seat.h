/*
 * Keeping threads that work for each other on different CPUs.
 *
 * Linux may leave a thread on the CPU of the one that woke it though others are idle: a halted CPU of
 * a virtual machine counts as taken away by the host (available_idle_cpu()). So who starts to
 * work where another works moves once, to where nobody of them does; nothing keeps it there.
 */
#ifndef APROF_BASE_SEAT_H
#define APROF_BASE_SEAT_H

/* The calling thread works from now on, or still does; then, it waits. */
void seat_take(void);
void seat_leave(void);

#endif
