/* System calls on files: opens, reads, writes. */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static int open_once(const char *path, const char *via)
{
	if (!strcmp(via, "openat"))
		return (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY, 0);
	if (!strcmp(via, "openat2")) {
		struct open_how how = {.flags = O_RDONLY};
		return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	}
#ifdef SYS_open
	if (!strcmp(via, "open"))
		return (int)syscall(SYS_open, path, O_RDONLY, 0);
	if (!strcmp(via, "creat"))
		return (int)syscall(SYS_creat, path, 0600);
#endif
	fail_plain("the system call must be openat, openat2, open or creat, not", via);
}

static void perform_opens(struct run *run)
{
	const char *path = argument(run, 0, ""), *via = argument(run, 1, "openat");
	begin(run);
	for (uint64_t i = 0; i < run->count; i++) {
		int file = open_once(path, via);
		if (file < 0)
			fail(path);
		close(file);
	}
	end(run);
}

/* One deterministic failure for each errno. It needs no file and also works as root. */
static int open_failing(int wanted)
{
	static char long_name[4097];
	switch (wanted) {
	case ENOENT:
		return (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/no-such-file", O_RDONLY, 0);
	case EISDIR:
		return (int)syscall(SYS_openat, AT_FDCWD, "/", O_WRONLY, 0);
	case ENOTDIR:
		return (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/exe/x", O_RDONLY, 0);
	case EEXIST:
		return (int)syscall(SYS_openat, AT_FDCWD, "/", O_CREAT | O_EXCL, 0600);
	case ELOOP:
		return (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/exe", O_RDONLY | O_NOFOLLOW, 0);
	case EBADF:
		return (int)syscall(SYS_openat, -1, "relative", O_RDONLY, 0);
	case EFAULT:
		return (int)syscall(SYS_openat, AT_FDCWD, NULL, O_RDONLY, 0);
	case ENAMETOOLONG:
		memset(long_name, 'x', sizeof(long_name) - 1);
		return (int)syscall(SYS_openat, AT_FDCWD, long_name, O_RDONLY, 0);
	}
	fail_plain("this errno is not supported", strerror(wanted));
}

static void perform_failing_open(struct run *run)
{
	int wanted = errno_number(argument(run, 0, "ENOENT"));
	begin(run);
	for (uint64_t i = 0; i < run->count; i++)
		if (open_failing(wanted) != -1 || errno != wanted)
			fail("open failed with another errno than requested");
	end(run);
	report(run, "errno", wanted);
}

static ssize_t transfer(const char *via, int file, char *buffer, size_t size)
{
	struct iovec parts[2] = {{buffer, size / 2}, {buffer + size / 2, size - size / 2}};
	if (!strcmp(via, "read"))
		return syscall(SYS_read, file, buffer, size);
	if (!strcmp(via, "pread64"))
		return syscall(SYS_pread64, file, buffer, size, 0);
	if (!strcmp(via, "readv"))
		return syscall(SYS_readv, file, parts, 2);
	if (!strcmp(via, "preadv"))
		return syscall(SYS_preadv, file, parts, 2, 0, 0);
	if (!strcmp(via, "preadv2"))
		return syscall(SYS_preadv2, file, parts, 2, 0, 0, 0);
	if (!strcmp(via, "write"))
		return syscall(SYS_write, file, buffer, size);
	if (!strcmp(via, "pwrite64"))
		return syscall(SYS_pwrite64, file, buffer, size, 0);
	if (!strcmp(via, "writev"))
		return syscall(SYS_writev, file, parts, 2);
	if (!strcmp(via, "pwritev"))
		return syscall(SYS_pwritev, file, parts, 2, 0, 0);
	if (!strcmp(via, "pwritev2"))
		return syscall(SYS_pwritev2, file, parts, 2, 0, 0, 0);
	fail_plain("unknown system call of the read or write family", via);
}

static void perform_transfers(struct run *run, const char *via, int flags)
{
	size_t size = number(argument(run, 0, "0"));
	const char *path = argument(run, 1, "");
	int file = open(path, flags, 0600);
	char *buffer = malloc(size + 1);
	if (file < 0)
		fail(path);
	if (!buffer)
		fail("malloc");
	memset(buffer, 'x', size + 1);
	begin(run);
	for (uint64_t i = 0; i < run->count; i++) {
		ssize_t done = transfer(via, file, buffer, size);
		if (done < 0)
			fail(via);
		if ((size_t)done != size)
			fail_plain("fewer bytes were transferred than requested", via);
		if (lseek(file, 0, SEEK_SET) < 0 && errno != ESPIPE)
			fail("lseek");
	}
	end(run);
	free(buffer);
	close(file);
	report(run, "bytes", run->count * size);
}

static void perform_write(struct run *run)
{
	perform_transfers(run, argument(run, 2, "write"), O_WRONLY | O_CREAT);
}

static void perform_read(struct run *run)
{
	perform_transfers(run, argument(run, 2, "read"), O_RDONLY);
}

#define CHUNK 65536
#define PAGE 4096

/* Reads the whole file once. */
static void pass(const char *via, int file, size_t size, char *buffer)
{
	static volatile char seen;
	off_t offset = 0;
	int nowhere;

	if (!strcmp(via, "map")) {
		char *map = mmap(NULL, size, PROT_READ, MAP_SHARED, file, 0);
		if (map == MAP_FAILED)
			fail("mmap");
		for (size_t i = 0; i < size; i += PAGE)
			seen = map[i];
		(void)seen;
		munmap(map, size);
	} else if (!strcmp(via, "sendfile")) {
		nowhere = open("/dev/null", O_WRONLY);
		while ((size_t)offset < size)
			if (nowhere < 0 || sendfile(nowhere, file, &offset, CHUNK) <= 0)
				fail("sendfile");
		close(nowhere);
	} else if (!strcmp(via, "write")) {
		for (; (size_t)offset < size; offset += PAGE)
			if (pwrite(file, "x", 1, offset) != 1)
				fail("pwrite");
	} else {
		for (ssize_t done; (size_t)offset < size; offset += done)
			if ((done = pread(file, buffer, CHUNK, offset)) <= 0)
				fail("pread");
	}
}

/* Evicts the file from the page cache. */
static void forget(int file)
{
	if (fdatasync(file))
		fail("fdatasync");
	if ((errno = posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED)))
		fail("posix_fadvise");
}

static void perform_passes(struct run *run)
{
	const char *path = argument(run, 0, ""), *via = argument(run, 1, "read");
	bool warm = !strcmp(via, "warm"), direct = !strcmp(via, "direct"), changes = !strcmp(via, "write");
	int file = open(path, (changes ? O_RDWR : O_RDONLY) | (direct ? O_DIRECT : 0));
	off_t size = file < 0 ? -1 : lseek(file, 0, SEEK_END);
	char *buffer = aligned_alloc(PAGE, CHUNK);
	if (size < 0)
		fail(path);
	if (!buffer)
		fail("malloc");
	if (warm)
		pass(via, file, size, buffer);
	for (uint64_t i = 0; i < run->count; i++) {
		if (!warm)
			forget(file);
		begin(run);
		pass(via, file, size, buffer);
		end(run);
	}
	free(buffer);
	close(file);
	report(run, "bytes", run->count * size);
}

const struct workload file_workloads[] = {
	{"opens", "PATH [openat|openat2|open|creat]", 1, perform_opens},
	{"failing-open", "ERRNO", 1, perform_failing_open},
	{"write", "SIZE PATH [write|pwrite64|writev|pwritev|pwritev2]", 2, perform_write},
	{"passes", "PATH [read|warm|direct|map|sendfile|write]  (passes over a file that is not in the page cache, except for warm)", 1,
	 perform_passes},
	{"read", "SIZE PATH [read|pread64|readv|preadv|preadv2]", 2, perform_read},
	{0},
};
