#include "cgroup_files.h"
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE (PATH_MAX + 64)

static void path_of(char path[PATH_SIZE], const char *folder, const char *name)
{
	snprintf(path, PATH_SIZE, "%s/%s", folder, name);
}

void write_file(const char *folder, const char *name, const char *text)
{
	char path[PATH_SIZE];
	path_of(path, folder, name);
	int file = open(path, O_WRONLY);
	if (file < 0 || write(file, text, strlen(text)) < 0)
		fail(path);
	close(file);
}

void write_file_if_present(const char *folder, const char *name, const char *text)
{
	char path[PATH_SIZE];
	path_of(path, folder, name);
	if (!access(path, F_OK))
		write_file(folder, name, text);
}

void remove_cgroup(const char *folder)
{
	/* A process can be reaped shortly before it leaves its cgroup. */
	for (int tries = 0; rmdir(folder) && errno == EBUSY && tries < 500; tries++)
		usleep(10000);
}
