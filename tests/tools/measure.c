/*
 * measure COMMAND [ARGUMENT…]: runs it in a session of its own and prints, when it
 * and all it waited for have ended,
 *
 *     wall=SECONDS cpu=SECONDS anon=BYTES exit=N
 *
 * cpu: user and system time of it and its waited-for descendants. anon: the most
 * anonymous memory that one process of the session had (RssAnon, looked at every 2
 * milliseconds). The command's output goes to standard error.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* RssAnon of process PID in bytes; 0 when it is gone. */
static long anonymous(const char *pid)
{
	char path[300], line[200];
	long kb = 0;
	snprintf(path, sizeof(path), "/proc/%s/status", pid);
	FILE *f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "RssAnon: %ld kB", &kb) == 1) {
			break;
		}
	}
	if (f) {
		fclose(f);
	}
	return kb * 1024;
}

static long most_anonymous(pid_t session)
{
	long most = 0;
	DIR *proc = opendir("/proc");
	for (struct dirent *d; proc && (d = readdir(proc));) {
		if (isdigit((unsigned char)d->d_name[0]) &&
		    getsid((pid_t)atol(d->d_name)) == session) {
			long n = anonymous(d->d_name);
			most = n > most ? n : most;
		}
	}
	if (proc) {
		closedir(proc);
	}
	return most;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: measure COMMAND [ARGUMENT…]\n");
		return 64;
	}
	double start = seconds();
	pid_t pid = fork();
	if (pid == 0) {
		setsid();
		dup2(STDERR_FILENO, STDOUT_FILENO);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	int status = 0;
	long anon = 0;
	while (waitpid(pid, &status, WNOHANG) == 0) {
		long n = most_anonymous(pid);
		anon = n > anon ? n : anon;
		nanosleep(&(struct timespec){ 0, 2000000 }, NULL);
	}
	double wall = seconds() - start;
	struct rusage r;
	getrusage(RUSAGE_CHILDREN, &r);
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	printf("wall=%.6f cpu=%.6f anon=%ld exit=%d\n", wall, of(r.ru_utime) + of(r.ru_stime), anon,
	       code);
	return code;
}
