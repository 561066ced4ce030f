/*
 * Times what the benchmarks of reading need a bare program for. Reads one command per line, answers with one line:
 *   find PID             id of the only map of a process with keys of 24 bytes
 *   fill ID N            puts N entries into it                         ok
 *   move                 has the program beside the map add to every entry   ok
 *   read ID              nanoseconds of one BPF_MAP_LOOKUP_BATCH over all entries, and their number
 *   get PORT PATH ACCEPT ENCODING   nanoseconds from the request to the last byte of the answer, its bytes
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct key {
	uint32_t process;
	uint16_t device;
	uint16_t operation;
	char command[16];
};

static const char *const commands[] = { "nginx", "postgres", "kworker/u8:2", "systemd-journal", "node", "bash" };

_Noreturn static void fail(const char *operation)
{
	fprintf(stderr, "meter: %s: %s\n", operation, strerror(errno));
	exit(1);
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

static int open_map(uint32_t id)
{
	int map = bpf_map_get_fd_by_id(id);

	if (map < 0)
		fail("open map");
	return map;
}

static uint32_t map_size(int map)
{
	struct bpf_map_info info = {};
	uint32_t size = sizeof(info);

	if (bpf_obj_get_info_by_fd(map, &info, &size))
		fail("describe map");
	return info.max_entries;
}

static void find(uint32_t process)
{
	for (int descriptor = 0; descriptor < 256; descriptor++) {
		char path[64], line[128];
		unsigned int key_size = 0, id = 0, value;
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%u/fdinfo/%d", process, descriptor);
		file = fopen(path, "r");
		while (file && fgets(line, sizeof(line), file)) {
			if (sscanf(line, "key_size: %u", &value) == 1)
				key_size = value;
			if (sscanf(line, "map_id: %u", &value) == 1)
				id = value;
		}
		if (file)
			fclose(file);
		if (key_size == sizeof(struct key) && id) {
			printf("%u\n", id);
			return;
		}
	}
	errno = ENOENT;
	fail("find map");
}

static void fill(uint32_t id, uint32_t count)
{
	struct key *keys = calloc(count, sizeof(*keys));
	uint64_t *values = calloc(count, sizeof(*values));
	DECLARE_LIBBPF_OPTS(bpf_map_batch_opts, options);
	int map = open_map(id);

	for (uint32_t i = 0; i < count; i++) {
		keys[i].process = 1000 + i;
		keys[i].device = i % 26;
		keys[i].operation = i % 2;
		snprintf(keys[i].command, sizeof(keys[i].command), "%s", commands[i % 6]);
		values[i] = 100000 + 97ull * i;
	}
	if (bpf_map_update_batch(map, keys, values, &count, &options))
		fail("fill map");
	close(map);
	free(keys);
	free(values);
	printf("ok\n");
}

static void move(void)
{
	/* scrape.bpf.c looks for this name. */
	prctl(PR_SET_NAME, "santabpf-move");
	prctl(PR_SET_NAME, "meter");
	printf("ok\n");
}

static void read_map(uint32_t id)
{
	static struct key *keys;
	static uint64_t *values;
	static uint32_t room;
	int map = open_map(id);
	uint32_t count = map_size(map), position;
	DECLARE_LIBBPF_OPTS(bpf_map_batch_opts, options);
	uint64_t start, end;
	int result;

	if (count > room) {
		room = count;
		keys = realloc(keys, room * sizeof(*keys));
		values = realloc(values, room * sizeof(*values));
		/* The kernel's part is wanted, not that of memory which is touched for the first time. */
		memset(keys, 1, room * sizeof(*keys));
		memset(values, 1, room * sizeof(*values));
	}
	start = now();
	result = bpf_map_lookup_batch(map, NULL, &position, keys, values, &count, &options);
	end = now();
	if (result && errno != ENOENT)
		fail("read map");
	close(map);
	printf("%" PRIu64 " %u\n", end - start, count);
}

static void get(int port, const char *path, const char *accept, const char *encoding)
{
	static char buffer[1 << 18];
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int length = snprintf(buffer, sizeof(buffer),
			      "GET %s HTTP/1.1\r\nHost: localhost\r\nAccept: %s\r\nAccept-Encoding: %s\r\nConnection: close\r\n\r\n",
			      path, accept, encoding);
	uint64_t start = now(), bytes = 0;
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ssize_t got;

	if (client < 0 || connect(client, (struct sockaddr *)&address, sizeof(address)))
		fail("connect");
	if (write(client, buffer, length) != length)
		fail("send request");
	while ((got = read(client, buffer, sizeof(buffer))) > 0) {
		if (bytes == 0 && strncmp(buffer, "HTTP/1.1 200", 12))
			fail("get an answer with status 200");
		bytes += got;
	}
	if (got < 0)
		fail("read answer");
	printf("%" PRIu64 " %" PRIu64 "\n", now() - start, bytes);
	close(client);
}

int main(void)
{
	char line[512], path[128], accept[128], encoding[64];
	unsigned int first, second;

	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "find %u", &first) == 1)
			find(first);
		else if (sscanf(line, "fill %u %u", &first, &second) == 2)
			fill(first, second);
		else if (!strcmp(line, "move\n"))
			move();
		else if (sscanf(line, "read %u", &first) == 1)
			read_map(first);
		else if (sscanf(line, "get %u %127s %127s %63s", &first, path, accept, encoding) == 4)
			get(first, path, accept, encoding);
		else
			return 2;
		fflush(stdout);
	}
	return 0;
}
