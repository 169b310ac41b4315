//go:build cgo && linux

// Package cthread is a thread that Go knows nothing of, started before a
// sandbox is closed; it exists for the sandbox's tests.
package cthread

/*
#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

static int question[2], answer[2];

static void *serve(void *unused) {
	int domain;
	while (read(question[0], &domain, sizeof domain) == sizeof domain) {
		int fd = socket(domain, SOCK_DGRAM, 0), e = fd < 0 ? errno : 0;
		if (fd >= 0) close(fd);
		if (write(answer[1], &e, sizeof e) != sizeof e) break;
	}
	return 0;
}

static int start(void) {
	pthread_t t;
	if (pipe(question) || pipe(answer)) return -1;
	return pthread_create(&t, 0, serve, 0);
}

static int ask(int domain) {
	int e = -1;
	if (write(question[1], &domain, sizeof domain) != sizeof domain) return -1;
	return read(answer[0], &e, sizeof e) == sizeof e ? e : -1;
}
*/
import "C"

// Start starts the thread.
func Start() bool { return C.start() == 0 }

// Socket lets the thread open a socket and returns errno, 0 for success.
func Socket(domain int) int { return int(C.ask(C.int(domain))) }
