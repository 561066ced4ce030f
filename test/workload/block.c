/* Block requests of a known size. With O_DIRECT, one call is one request if the device does not split that size. */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The state of a SCSI disk: a disk that is offline fails requests before it issues them. */
static void set_state(const char *device, const char *state)
{
	char path[256];
	const char *name = strrchr(device, '/');
	snprintf(path, sizeof(path), "/sys/block/%s/device/state", name ? name + 1 : device);
	int file = open(path, O_WRONLY);
	if (file < 0 || write(file, state, strlen(state)) < 0)
		fail(path);
	close(file);
}

static void request(int device, const char *operation, int error, char *buffer, uint64_t size, uint64_t offset)
{
	uint64_t range[2] = {offset, size};
	if (!strcmp(operation, "read")) {
		if (pread(device, buffer, size, (off_t)offset) != (ssize_t)size)
			fail("pread");
	} else if (!strcmp(operation, "failing-read")) {
		if (pread(device, buffer, size, (off_t)offset) != -1 || errno != error)
			fail("pread did not fail as expected");
	} else if (!strcmp(operation, "offline-read")) {
		/* EIO before 5.17. */
		if (pread(device, buffer, size, (off_t)offset) != -1 || (errno != EIO && errno != ENODEV))
			fail("pread did not fail");
	} else if (!strcmp(operation, "write")) {
		if (pwrite(device, buffer, size, (off_t)offset) != (ssize_t)size)
			fail("pwrite");
	} else if (!strcmp(operation, "flush")) {
		if (fsync(device))
			fail("fsync");
	} else if (!strcmp(operation, "discard")) {
		if (ioctl(device, BLKDISCARD, range))
			fail("BLKDISCARD");
	} else {
		fail_plain("the operation must be read, failing-read, offline-read, write, flush or discard, not", operation);
	}
}

static void perform_block(struct run *run)
{
	const char *path = argument(run, 0, ""), *operation = argument(run, 2, "read");
	uint64_t size = number(argument(run, 1, "4096"));
	int error = errno_number(argument(run, 3, "EIO"));
	char *buffer = aligned_alloc(4096, (size + 4095) & ~4095ULL);
	int device = open(path, (strstr(operation, "read") ? O_RDONLY : O_RDWR) | O_DIRECT);
	if (device < 0)
		fail(path);
	off_t capacity = lseek(device, 0, SEEK_END);
	if (capacity < 0)
		fail("lseek");
	if (!buffer || !size || (uint64_t)capacity < size)
		fail_plain("the request does not fit the device: SIZE", argument(run, 1, ""));
	memset(buffer, 'x', size);
	bool goes_offline = !strcmp(operation, "offline-read");
	if (goes_offline)
		set_state(path, "offline\n");
	begin(run);
	for (uint64_t i = 0; i < run->count; i++)
		request(device, operation, error, buffer, size, i % ((uint64_t)capacity / size) * size);
	end(run);
	if (goes_offline)
		set_state(path, "running\n");
	close(device);
	free(buffer);
	report(run, "bytes", strcmp(operation, "flush") ? run->count * size : 0);
}

const struct workload block_workloads[] = {
	{"block", "DEVICE SIZE [read|failing-read|offline-read|write|flush|discard] [ERRNO]  (write and discard overwrite it)", 2, perform_block},
	{0},
};
